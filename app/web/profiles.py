"""
Which metadata profile answers a request for RDF: `?profile=`, else Accept-Profile.
https://www.w3.org/TR/dx-prof-conneg/, https://profilenegotiation.github.io/I-D-Profile-Negotiation/
"""

import re
from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from flask import Response, request

from app.errors import NotOffered
from app.web.links import address
from vocab.rdf import Format

_MAX_HEADER_CHARACTERS = 2_000
_RANGE = re.compile(r"<([^<>]*)>\s*(?:;\s*q=([0-9.]+))?")


class Offered(Protocol):
    """`iris[0]` is told in answers."""

    @property
    def token(self) -> str: ...
    @property
    def iris(self) -> tuple[str, ...]: ...


P = TypeVar("P", bound=Offered)


def asked() -> list[str]:
    """Names of the profiles that the request would take, best first; none where it says nothing of them."""
    if (chosen := request.args.get("profile", "").strip()) != "":
        return [chosen]
    header = request.headers.get("Accept-Profile", "")[:_MAX_HEADER_CHARACTERS]
    ranges: list[tuple[float, int, str]] = []
    for found in _RANGE.finditer(header):
        try:
            quality = float(found[2]) if found[2] else 1.0
        except ValueError:
            quality = 0.0
        if 0 < quality <= 1:
            ranges.append((-quality, len(ranges), found[1]))
    return [name for _, _, name in sorted(ranges)]


def choose(offers: Sequence[P], named: Callable[[str], P | None]) -> P:
    """The first offer where nothing is asked for. Raises `NotOffered`, naming the offers."""
    names = asked()
    if not names:
        return offers[0]
    found = next((profile for name in names if (profile := named(name)) in offers), None)
    if found is None:
        raise not_offered(offers)
    return found


def not_offered(offers: Sequence[Offered]) -> NotOffered:
    known = "、".join(f"{each.token}（{each.iris[0]}）" for each in offers)
    known_en = ", ".join(f"{each.token} ({each.iris[0]})" for each in offers)
    return NotOffered(
        f"这里没有所要的元数据规范。可选的有：{known}。",
        f"That metadata profile is not offered here. Offered: {known_en}.",
    )


def told(response: Response, profile: Offered, offers: Sequence[Offered]) -> Response:
    """Says which profile it is, and where the others are."""
    response.headers["Content-Profile"] = f"<{profile.iris[0]}>"
    links = [f'<{profile.iris[0]}>; rel="profile"']
    # In place of JSON-LD that it was given, rdflib reads the first alternate of that type.
    kind = "" if response.mimetype in Format.JSON_LD.media_types else f' type="{response.mimetype}";'
    for each in offers:
        if each.token != profile.token:
            arguments = [(n, v) for n, v in request.args.items(multi=True) if n != "profile"]
            other = request.script_root + address(request.path, [*arguments, ("profile", each.token)])
            links.append(f'<{other}>; rel="alternate";{kind} formats="{each.iris[0]}"')
    response.headers["Link"] = ", ".join(links)
    response.vary.add("Accept-Profile")
    return response
