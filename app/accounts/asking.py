"""
How a provider of sign-ins is asked: within seconds, for small documents, and never into the portal's own network.

The operator named the provider, so its own host and port may lie anywhere. Others stand in its documents alone, and may
only be in the public network; the connection goes to the address that was checked. Redirects are not followed.

Certificates are checked against those that this machine trusts, where an authority of an organisation's own may be, and
those that come with httpx.
"""

import ipaddress
import socket
import ssl
import time
from functools import cache

import certifi
import httpx

from harvest.fetch.deadline import Deadline
from harvest.fetch.reach import may_be_asked

SECONDS = 5.0
"""For one document as a whole: somebody waits."""
_MAX_BYTES = 512 * 1024


class Guarded(httpx.BaseTransport):
    """Raises `httpx.HTTPError` for what must not be asked, is late or too large. `own`: the provider's own address."""

    def __init__(self, own: str) -> None:
        self._own = _place(httpx.URL(own))
        self._inner = httpx.HTTPTransport(verify=_trusted(), trust_env=False)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        name, port = _place(request.url)
        asked = request.url.copy_with(host=self._checked(name, port))
        request.headers["Accept-Encoding"] = "identity"
        with Deadline(time.monotonic() + SECONDS) as deadline:
            extensions = {**request.extensions, "sni_hostname": name, "trace": deadline.trace}
            sent = httpx.Request(
                request.method, asked, headers=request.headers, content=request.read(), extensions=extensions
            )
            response = self._inner.handle_request(sent)
            try:
                body = self._read(response)
            finally:
                response.close()
            if deadline.is_over:  # without a length, a connection that we cut looks like the end
                raise httpx.ReadTimeout("late")
        return httpx.Response(response.status_code, headers=response.headers, content=body)

    def close(self) -> None:
        self._inner.close()

    def _checked(self, name: str, port: int) -> str:
        """An address of the host. Raises where one of them must not be asked."""
        try:
            found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise httpx.ConnectError(f"DNS: {error}") from None
        addresses = sorted(
            {str(entry[4][0]).partition("%")[0] for entry in found}, key=lambda each: (":" in each, each)
        )
        if (name, port) != self._own and not all(may_be_asked(ipaddress.ip_address(each), ()) for each in addresses):
            raise httpx.UnsupportedProtocol("another host, in a private network")
        return addresses[0]

    @staticmethod
    def _read(response: httpx.Response) -> bytes:
        if response.headers.get("content-encoding", "identity") != "identity":
            raise httpx.DecodingError("packed")
        body = bytearray()
        for chunk in response.iter_raw():
            body += chunk
            if len(body) > _MAX_BYTES:
                raise httpx.ReadError("too large")
        return bytes(body)


def _place(url: httpx.URL) -> tuple[str, int]:
    return url.raw_host.decode("ascii").strip("[]"), url.port or (443 if url.scheme == "https" else 80)


@cache
def _trusted() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context
