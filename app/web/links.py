"""Addresses with parameters. Werkzeug's url_for is right but slow where a page has a hundred links."""

from collections.abc import Iterable
from urllib.parse import quote, urlencode


def address(path: str, arguments: Iterable[tuple[str, str]] = ()) -> str:
    """A relative address; parameters that are empty are left out."""
    query = urlencode([(name, value) for name, value in arguments if value], quote_via=quote, safe="")
    path = quote(path, safe="/:@!$&'()*+,;=~-._")
    # "//host" would be read as another host
    path = "/" + path.lstrip("/")
    return f"{path}?{query}" if query else path
