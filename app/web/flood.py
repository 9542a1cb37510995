"""How often one address may ask for something, remembered for minutes, in this process, and not by the address."""

import ipaddress
import secrets
import threading
import time
from hashlib import blake2b

from flask import request

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
    """
    The address to count by. A proxy on this machine or in this network passes on whose request it is, as the last
    name in X-Forwarded-For; from anywhere else that header is what anybody may write. Of IPv6 the network counts,
    since one household has all of it.
    """
    address = request.remote_addr or ""
    try:
        if ipaddress.ip_address(address).is_private:
            address = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip() or address
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((found, 64), strict=False)) if found.version == 6 else str(found)
