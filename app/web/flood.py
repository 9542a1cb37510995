"""How often one address may ask for something, remembered for minutes, in this process, and not by the address."""

import secrets
import threading
import time
from functools import cache
from hashlib import blake2b
from ipaddress import ip_address
from typing import cast

import structlog
from flask import current_app, request
from werkzeug import Request

from app.web.budget import client_of

TRUSTED_PROXIES = "SUISHU_TRUSTED_PROXIES"
_MAX_KNOWN = 50_000


class Flood:
    """
    At most `most` times in `window_s` seconds for one address. What is remembered is a mark of the address under a
    key that nobody knows and that changes with each window, so that no address can be told from it.
    """

    def __init__(self, most: int, window_s: float) -> None:
        self.window_s = window_s
        self._most = most
        self._lock = threading.Lock()
        self._begin(0.0)

    def allows(self, address: str) -> bool:
        """Counts this time too."""
        now = time.monotonic()
        with self._lock:
            if now - self._since > self.window_s or len(self._times) > _MAX_KNOWN:
                self._begin(now)
            mark = blake2b(address.encode("utf-8", "replace"), digest_size=8, key=self._key).digest()
            self._times[mark] = times = self._times.get(mark, 0) + 1
        return times <= self._most

    def _begin(self, now: float) -> None:
        self._since = now
        self._key = secrets.token_bytes(16)
        self._times: dict[bytes, int] = {}


def asker() -> str:
    """The address to count this request by."""
    return asker_of(request, cast(int, current_app.config[TRUSTED_PROXIES]))


def asker_of(request: Request, proxies: int) -> str:
    """The same of any request; what stands in X-Forwarded-For is believed of so many proxies of ours alone."""
    if not proxies and "X-Forwarded-For" in request.headers and _is_near(request.remote_addr or ""):
        _warn()
    return client_of(request, proxies)


def _is_near(address: str) -> bool:
    try:
        return ip_address(address).is_private
    except ValueError:
        return False


@cache
def _warn() -> None:
    """Once a process: behind a proxy that nobody told of, all people look like one."""
    structlog.get_logger().warning("a proxy is in front of the portal: set SUISHU_TRUSTED_PROXIES")
