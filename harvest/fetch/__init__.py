"""
The one way by which harvesting asks the network: guarded, limited, patient where that helps.

A source's address is somebody else's word. Every host is resolved here, each of its addresses is checked, and the
connection goes to the address that was checked, so that a name which changes its mind in between (DNS rebinding)
reaches nothing inside. Each redirect is checked again.
"""

import ipaddress
import logging
import os
import re
import socket
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urljoin

import httpx
import stamina

from harvest.errors import Refused, SourceFailed
from harvest.fetch.deadline import Deadline
from harvest.fetch.exchange import USER_AGENT, Fetched, Question
from harvest.fetch.reach import Address, Network, may_be_asked
from harvest.fetch.unpack import Bomb, Broken, unpacked

MAX_REDIRECTS = 5
MAX_RETRY_AFTER_S = 60.0
"""A server that wants to be left alone for longer is left alone; the next run asks it again."""
_WORTH_RETRYING = frozenset({408, 425, 429, 500, 502, 503, 504})
_NO_SUCH_NAME = frozenset({socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)})

__all__ = ["USER_AGENT", "Fetched", "Fetcher", "Question"]

logging.getLogger("httpx").setLevel(logging.WARNING)  # it would log each address whole, with what opens it


class _Again(Exception):
    """A failure that may pass: a broken connection, a busy server, which may have said when to ask again."""

    def __init__(self, error: SourceFailed, after_s: float | None = None) -> None:
        self.error = error
        self.after_s = after_s


def _worth_waiting(error: Exception) -> bool | float:
    """For stamina: whether to ask again, or after how many seconds."""
    if not isinstance(error, _Again):
        return False
    return True if error.after_s is None else error.after_s


@dataclass
class Fetcher:
    """
    Gets documents over http and https. `allowed_networks` (CIDR) are private networks that may be asked all the
    same. `max_body_bytes` counts what comes over the wire, `max_unpacked_bytes` what is in it.
    """

    allowed_networks: Sequence[str] = ()
    max_body_bytes: int = 1024**3
    max_unpacked_bytes: int = 4 * 1024**3
    timeout_s: float = 900
    """For one document as a whole; a silent connection is given up after 30 seconds."""
    attempts: int = 3
    retry_wait_s: float = 1.0
    _networks: list[Network] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._networks = [ipaddress.ip_network(network) for network in self.allowed_networks]

    def get(self, url: str, question: Question | None = None) -> Fetched:
        """The document at `url`. Raises Refused for what must not be asked or is too large, else SourceFailed."""
        asked = question or Question()
        seconds = self.timeout_s if asked.seconds is None else min(self.timeout_s, asked.seconds)
        ends = time.monotonic() + seconds
        try:
            for attempt in stamina.retry_context(
                on=_worth_waiting,
                attempts=self.attempts,
                wait_initial=self.retry_wait_s,
                wait_max=20,
                timeout=max(seconds, 0.001),
            ):
                with attempt:
                    return self._once(url, asked, ends, seconds)
        except _Again as again:
            raise again.error from None
        raise AssertionError("retry_context returns or raises")

    def _once(self, url: str, asked: Question, ends: float, seconds: float) -> Fetched:
        with (
            Deadline(ends) as deadline,
            httpx.Client(timeout=httpx.Timeout(10, read=30), trust_env=False, follow_redirects=False) as client,
        ):
            body = asked.body
            for _ in range(MAX_REDIRECTS + 1):
                target, host = self._checked(url)
                request = client.build_request(
                    "GET" if body is None else "POST", target, headers={**asked.headers, "Host": host[0]}, content=body
                )
                request.extensions |= {"sni_hostname": host[1], "trace": deadline.trace}
                try:
                    response = client.send(request, stream=True)
                    try:
                        following = self._redirect(url, response)
                        if not following:
                            return self._kept(url, response, asked, deadline, seconds)
                    finally:
                        response.close()
                except httpx.TransportError as error:
                    raise _late(url, seconds) if deadline.is_over else _broken(url, error) from None
                body = body if response.status_code in (307, 308) else None
                url = following
        raise Refused(
            f"{url} 重定向超过 {MAX_REDIRECTS} 次，请直接填写最终地址。",
            f"{url} redirects more than {MAX_REDIRECTS} times; give the final address.",
        )

    @staticmethod
    def _redirect(url: str, response: httpx.Response) -> str:
        """Where the answer sends us, "" when it is the document itself or says that nothing changed."""
        location = str(response.headers.get("location", ""))
        if response.status_code in (301, 302, 303, 307, 308) and location:
            return _joined(url, location)
        if response.status_code in (200, 304):
            return ""
        error = _failed(url, f"HTTP {response.status_code}")
        if response.status_code not in _WORTH_RETRYING:
            raise error
        after_s = _retry_after(response.headers.get("retry-after", ""))
        if after_s is not None and after_s > MAX_RETRY_AFTER_S:
            raise _failed(url, f"HTTP {response.status_code}, Retry-After: {after_s:.0f} s")
        raise _Again(error, after_s)

    def _checked(self, url: str) -> tuple[httpx.URL, tuple[str, str]]:
        """The address with the host replaced by a checked IP, and (Host header, host) that were asked for."""
        try:
            asked = httpx.URL(url)
        except (httpx.InvalidURL, ValueError):
            raise _invalid(url) from None
        if asked.scheme not in ("http", "https") or not asked.host:
            raise Refused(
                f"只能采集 http 或 https 地址：{url[:200]}", f"Only http and https addresses are harvested: {url[:200]}"
            )
        port = asked.port or (443 if asked.scheme == "https" else 80)
        name = asked.raw_host.decode("ascii")
        addresses = self._resolved(name.strip("[]"), port, url)
        for address in addresses:
            if not may_be_asked(address, self._networks):
                raise Refused(
                    f"{url} 指向内部网络地址 {address}，不予采集。如确需采集，请由管理员在设置中放行该网段。",
                    f"{url} points into a private network ({address}) and is not harvested. "
                    "If that is intended, the administrator allows this network in the settings.",
                )
        host = asked.netloc.decode("ascii").rpartition("@")[2]
        return asked.copy_with(host=str(addresses[0])), (host, name)

    @staticmethod
    def _resolved(host: str, port: int, url: str) -> list[Address]:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            failed = _failed(url, f"DNS: {error}")
            raise failed if getattr(error, "errno", None) in _NO_SUCH_NAME else _Again(failed) from None
        # IPv4 first: many hosts of cities have IPv6 addresses that nobody serves.
        names = sorted({str(entry[4][0]).partition("%")[0] for entry in found}, key=lambda name: (":" in name, name))
        return [ipaddress.ip_address(name) for name in names]

    def _kept(self, url: str, response: httpx.Response, asked: Question, deadline: Deadline, seconds: float) -> Fetched:
        headers = response.headers
        handle, name = tempfile.mkstemp(prefix="suishu-fetch-")
        validator = headers.get("etag") or headers.get("last-modified", "")
        fetched = Fetched(Path(name), url, headers.get("content-type", ""), validator, response.status_code == 304)
        try:
            with os.fdopen(handle, "wb") as file:
                if fetched.not_modified:
                    if not asked.validator:
                        raise _failed(url, "HTTP 304")
                    return fetched
                self._spool(url, response, file, deadline, seconds, asked.max_bytes)
        except BaseException:
            fetched.close()
            raise
        return fetched

    def _spool(
        self,
        url: str,
        response: httpx.Response,
        file: BinaryIO,
        deadline: Deadline,
        seconds: float,
        max_bytes: int | None,
    ) -> None:
        most = self.max_unpacked_bytes if max_bytes is None else min(self.max_unpacked_bytes, max_bytes)
        if _declared(response) > min(most, self.max_body_bytes):  # what is packed is no smaller unpacked
            raise _too_large(url, min(most, self.max_body_bytes))
        written = 0
        try:
            for chunk in self._content(url, response):
                written += len(chunk)
                if written > most or response.num_bytes_downloaded > self.max_body_bytes:
                    raise _too_large(url, most if written > most else self.max_body_bytes)
                if deadline.is_over:
                    raise _late(url, seconds)
                file.write(chunk)
            if deadline.is_over:  # without a length, a connection that we cut looks like the end of the document
                raise _late(url, seconds)
        except Bomb:
            raise Refused(
                f"{url} 的压缩内容异常：解压后远大于正常目录，已拒绝。请提供未压缩的文件。",
                f"{url} is compressed as no catalogue is: it unpacks to many times its size and is refused. "
                "Offer it uncompressed.",
            ) from None
        except Broken as broken:
            raise _Again(_failed(url, str(broken))) if broken.cut else _failed(url, str(broken)) from None

    @staticmethod
    def _content(url: str, response: httpx.Response) -> Iterator[bytes]:
        encoding = response.headers.get("content-encoding", "").strip().lower()
        if encoding in ("", "identity"):
            return response.iter_raw()
        if encoding not in ("gzip", "x-gzip", "deflate"):
            raise _failed(url, f"Content-Encoding: {re.sub(r'[^ -~]', '?', encoding)[:40]}")
        return unpacked(response.iter_raw())


def _retry_after(said: str) -> float | None:
    """Seconds that a `Retry-After` asks for, a number or a date (RFC 9110 10.2.3); None for what is neither."""
    if re.fullmatch(r"\s*[0-9]{1,9}\s*", said):
        return max(0.1, float(said.strip()))
    try:
        at = parsedate_to_datetime(said)
    except (TypeError, ValueError, OverflowError):
        return None
    if at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    return max(0.1, (at - datetime.now(UTC)).total_seconds())


def _joined(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError:
        raise _invalid(location) from None


def _invalid(url: str) -> Refused:
    return Refused(f"地址无效：{url[:200]}", f"Not a valid address: {url[:200]}")


def _failed(url: str, why: str) -> SourceFailed:
    return SourceFailed(
        f"无法读取 {url}（{why}）。请检查地址是否正确、网站是否可以访问。",
        f"{url} can't be read ({why}). Check the address and that the site can be reached.",
    )


def _broken(url: str, error: httpx.TransportError) -> _Again:
    return _Again(_failed(url, f"{type(error).__name__}: {error}"))


def _late(url: str, seconds: float) -> SourceFailed:
    return SourceFailed(
        f"{url} 在 {seconds:.0f} 秒内没有传完，请稍后再试。",
        f"{url} was not complete after {seconds:.0f} seconds; try again later.",
    )


def _declared(response: httpx.Response) -> int:
    """The length that the answer says it has; 0 where it says none."""
    said = str(response.headers.get("content-length", ""))
    return int(said) if said.isascii() and said.isdigit() and len(said) < 20 else 0


def _too_large(url: str, limit: int) -> Refused:
    return Refused(
        f"{url} 的内容超过上限（{limit:,} 字节），请分页提供。",
        f"{url} is larger than the limit of {limit:,} bytes; offer it in pages.",
    )
