"""Waiting for what other processes do."""

import time
from collections.abc import Callable

import psutil


def wait_until(true: Callable[[], bool], seconds: float = 20.0) -> float:
    """How many seconds it took; fails where it takes more than these."""
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < seconds
        time.sleep(0.05)
    return time.monotonic() - began


def has_ended(pid: int) -> bool:
    """An orphan stays as a zombie where no init collects those."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
