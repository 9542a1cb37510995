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
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Self
from urllib.parse import urljoin

import httpx
import stamina

from harvest.errors import Refused, SourceFailed
from harvest.fetch.reach import Address, Network, may_be_asked

USER_AGENT = "Suishu-harvester/0.1 (+https://w3id.org/suishu)"
MAX_REDIRECTS = 5
_CHUNK = 256 * 1024
_WORTH_RETRYING = frozenset({408, 425, 429, 500, 502, 503, 504})
_NO_SUCH_NAME = frozenset({socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)})

logging.getLogger("httpx").setLevel(logging.WARNING)  # it would log each address whole, with what opens it


@dataclass
class Fetched:
    """A document that was fetched into a temporary file; closing it (or leaving its `with`) deletes the file."""

    path: Path
    url: str
    """The address that answered, after redirects."""
    content_type: str = ""

    def close(self) -> None:
        self.path.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _Again(Exception):
    """A failure that may pass: a broken connection, a busy server."""

    def __init__(self, error: SourceFailed) -> None:
        self.error = error


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

    def get(self, url: str, *, accept: str = "*/*") -> Fetched:
        """The document at `url`. Raises Refused for what must not be asked or is too large, else SourceFailed."""
        try:
            for attempt in stamina.retry_context(
                on=_Again, attempts=self.attempts, wait_initial=self.retry_wait_s, wait_max=20, timeout=self.timeout_s
            ):
                with attempt:
                    return self._once(url, accept)
        except _Again as again:
            raise again.error from None
        raise AssertionError("retry_context returns or raises")

    def _once(self, url: str, accept: str) -> Fetched:
        deadline = time.monotonic() + self.timeout_s
        timeout = httpx.Timeout(10, read=30)
        headers = {"User-Agent": USER_AGENT, "Accept": accept, "Accept-Encoding": "gzip"}
        with httpx.Client(timeout=timeout, trust_env=False, follow_redirects=False) as client:
            for _ in range(MAX_REDIRECTS + 1):
                target, host = self._checked(url)
                request = client.build_request("GET", target, headers={**headers, "Host": host[0]})
                request.extensions["sni_hostname"] = host[1]
                try:
                    response = client.send(request, stream=True)
                    try:
                        following = self._redirect(url, response)
                        if not following:
                            return self._kept(url, response, deadline)
                    finally:
                        response.close()
                except httpx.TransportError as error:
                    raise _Again(_failed(url, f"{type(error).__name__}: {error}")) from None
                url = following
        raise Refused(
            f"{url} 重定向超过 {MAX_REDIRECTS} 次，请直接填写最终地址。",
            f"{url} redirects more than {MAX_REDIRECTS} times; give the final address.",
        )

    @staticmethod
    def _redirect(url: str, response: httpx.Response) -> str:
        """Where the answer sends us, "" when it is the document itself."""
        location = str(response.headers.get("location", ""))
        if response.status_code in (301, 302, 303, 307, 308) and location:
            return urljoin(url, location)
        if response.status_code == 200:
            return ""
        error = _failed(url, f"HTTP {response.status_code}")
        raise _Again(error) if response.status_code in _WORTH_RETRYING else error

    def _checked(self, url: str) -> tuple[httpx.URL, tuple[str, str]]:
        """The address with the host replaced by a checked IP, and (Host header, host) that were asked for."""
        try:
            asked = httpx.URL(url)
        except (httpx.InvalidURL, ValueError):
            raise Refused(f"地址无效：{url[:200]}", f"Not a valid address: {url[:200]}") from None
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

    def _kept(self, url: str, response: httpx.Response, deadline: float) -> Fetched:
        content_type = response.headers.get("content-type", "")
        handle, name = tempfile.mkstemp(prefix="suishu-fetch-")
        fetched = Fetched(Path(name), url, content_type)
        try:
            with os.fdopen(handle, "wb") as file:
                self._spool(url, response, file, deadline)
        except BaseException:
            fetched.close()
            raise
        return fetched

    def _spool(self, url: str, response: httpx.Response, file: BinaryIO, deadline: float) -> None:
        came = written = 0
        for chunk in _unpacked(url, response.headers.get("content-encoding", ""), self._raw(url, response)):
            came = response.num_bytes_downloaded
            written += len(chunk)
            if written > self.max_unpacked_bytes or came > self.max_body_bytes:
                limit = self.max_unpacked_bytes if written > self.max_unpacked_bytes else self.max_body_bytes
                raise Refused(
                    f"{url} 的内容超过上限（{limit:,} 字节），请分页提供。",
                    f"{url} is larger than the limit of {limit:,} bytes; offer it in pages.",
                )
            if time.monotonic() > deadline:
                raise SourceFailed(
                    f"{url} 在 {self.timeout_s:.0f} 秒内没有传完，请稍后再试。",
                    f"{url} was not complete after {self.timeout_s:.0f} seconds; try again later.",
                )
            file.write(chunk)

    @staticmethod
    def _raw(url: str, response: httpx.Response) -> Iterator[bytes]:
        try:
            yield from response.iter_raw(_CHUNK)
        except httpx.TransportError as error:
            raise _Again(_failed(url, f"{type(error).__name__}: {error}")) from None


def _failed(url: str, why: str) -> SourceFailed:
    return SourceFailed(
        f"无法读取 {url}（{why}）。请检查地址是否正确、网站是否可以访问。",
        f"{url} can't be read ({why}). Check the address and that the site can be reached.",
    )


def _unpacked(url: str, encoding: str, chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The body without its transfer compression, never more than a chunk at a time: a bomb is noticed on its way."""
    encoding = encoding.strip().lower()
    if encoding in ("", "identity"):
        yield from chunks
        return
    if encoding not in ("gzip", "x-gzip", "deflate"):
        raise _failed(url, f"Content-Encoding: {re.sub(r'[^ -~]', '?', encoding)[:40]}")
    unpacker: Any = zlib.decompressobj(47)
    begun = False
    try:
        for chunk in chunks:
            while chunk:
                begun = True
                yield unpacker.decompress(chunk, _CHUNK)
                chunk = unpacker.unconsumed_tail
                if unpacker.eof:
                    chunk, unpacker, begun = unpacker.unused_data, zlib.decompressobj(47), False
    except zlib.error as error:
        raise _failed(url, f"gzip: {error}") from None
    if begun:
        raise _Again(_failed(url, "gzip: cut off"))
