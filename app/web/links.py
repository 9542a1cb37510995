"""Addresses with parameters. Werkzeug's url_for is right but slow where a page has a hundred links."""

from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import quote


def address(path: str, arguments: Iterable[tuple[str, str]] = ()) -> str:
    """A relative address; parameters that are empty are left out."""
    query = "&".join([parameter(name, value) for name, value in arguments if value])
    path = _path(path)
    return f"{path}?{query}" if query else path


@lru_cache(maxsize=4_096)
def parameter(name: str, value: str) -> str:
    """`name=value`; percent-encoding leaves nothing in it that means something to HTML."""
    return f"{quote(name, safe='')}={quote(value, safe='')}"


@lru_cache(maxsize=1_024)
def _path(path: str) -> str:
    path = quote(path, safe="/:@!$&'()*+,;=~-._")
    # "//host" would be read as another host
    return "/" + path.lstrip("/")
