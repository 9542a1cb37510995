"""
What one client may have done for it in a while, counted in seconds of work or in forms, for all web processes together.

A token bucket a client (https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm) in a small file that the processes
map. No address is kept: a keyed hash of it chooses one of many slots, and a slot holds nothing but the time at which
its debt is paid. Two clients that meet in a slot share a budget; with 65,536 slots that is rare and harms nobody long.
"""

import fcntl
import mmap
import os
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from math import ceil
from pathlib import Path

from werkzeug import Request

WINDOW_S = 60.0
_SLOTS = 65_536
_SLOT = struct.Struct("=d")
_MOST_DEBT = 10
"""In windows."""
_TICK_S = 0.001
"""What rounding may add up to."""
_IPV6_NETWORK = 64
"""Bits of an IPv6 address that name a subscriber; the others are the subscriber's own to change."""


class Budget:
    """`work_s` is what a client may use in `window_s`, a minute; 0 counts nothing and refuses nobody."""

    def __init__(self, path: Path, key: bytes, work_s: float, window_s: float = WINDOW_S) -> None:
        self._path = path
        self._key = blake2b(key).digest()
        self._work_s = work_s
        self._window_s = window_s
        self._lock = threading.Lock()
        self._file: int | None = None
        self._slots: mmap.mmap | None = None

    @property
    def work_s(self) -> float:
        return self._work_s

    def wait_s(self, client: str) -> int:
        """0 when the client has something left, else in how many seconds it has again."""
        if not self._work_s:
            return 0
        return max(0, ceil(self._owed(client) - self._window_s))

    def left_s(self, client: str) -> float:
        """Seconds of work that are left; never below 0."""
        return max(0.0, self._work_s * (1 - self._owed(client) / self._window_s)) if self._work_s else 0.0

    def charge(self, client: str, seconds: float) -> None:
        """Whoever owes more than a window's budget waits; debts are limited, so that nobody waits for hours."""
        if self._work_s:
            with self._held(client) as (slots, slot):
                owed = self._read(slots, slot) + seconds * self._window_s / self._work_s
                _SLOT.pack_into(slots, slot, time.time() + min(owed, self._most_debt_s))

    def take(self, client: str) -> int:
        """One piece of work, charged where it is left: 0. Else in how many seconds it will be; nothing is charged."""
        if not self._work_s:
            return 0
        with self._held(client) as (slots, slot):
            owed = self._read(slots, slot) + self._window_s / self._work_s
            if owed > self._window_s + _TICK_S:
                return max(1, ceil(owed - self._window_s))
            _SLOT.pack_into(slots, slot, time.time() + owed)
            return 0

    @property
    def _most_debt_s(self) -> float:
        return _MOST_DEBT * self._window_s

    def _owed(self, client: str) -> float:
        """In seconds of time."""
        with self._lock:
            _, slots = self._opened()
            return self._read(slots, self._slot(client))

    def _read(self, slots: mmap.mmap, slot: int) -> float:
        return float(min(max(0.0, _SLOT.unpack_from(slots, slot)[0] - time.time()), self._most_debt_s))

    @contextmanager
    def _held(self, client: str) -> Iterator[tuple[mmap.mmap, int]]:
        """The client's slot, which nobody else writes meanwhile."""
        slot = self._slot(client)
        with self._lock:
            file, slots = self._opened()
            fcntl.lockf(file, fcntl.LOCK_EX, _SLOT.size, slot)
            try:
                yield slots, slot
            finally:
                fcntl.lockf(file, fcntl.LOCK_UN, _SLOT.size, slot)

    def _slot(self, client: str) -> int:
        number = int.from_bytes(blake2b(client.encode(errors="replace"), key=self._key, digest_size=8).digest(), "big")
        return number % _SLOTS * _SLOT.size

    def _opened(self) -> tuple[int, mmap.mmap]:
        # Opened at the first question, after the web processes were forked.
        if self._file is None or self._slots is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            os.ftruncate(self._file, _SLOTS * _SLOT.size)
            self._slots = mmap.mmap(self._file, _SLOTS * _SLOT.size)
        return self._file, self._slots


def client_of(request: Request, trusted_proxies: int) -> str:
    """
    Who asks, as far as budgets tell people apart. Of `X-Forwarded-For` only what the portal's own proxies wrote is
    believed: the last `trusted_proxies` entries.
    """
    address = request.remote_addr or ""
    if trusted_proxies:
        hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
        if len(hops) >= trusted_proxies:
            address = hops[-trusted_proxies]
    if ":" not in address:
        return address[:100]  # IPv4, or nothing that can be taken apart
    try:
        parsed: IPv4Address | IPv6Address = ip_address(address.strip("[]"))
    except ValueError:
        return address[:100]
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ip_network((parsed, _IPV6_NETWORK), strict=False))
    return str(parsed)
