"""
Which representation answers a request: by suffix, else by the Accept header (RFC 9110, section 12.5.1).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

_MAX_HEADER_CHARACTERS = 2_000
_MAX_RANGES = 60


@dataclass(frozen=True, slots=True)
class Offer:
    """One representation: `name` is what the caller asks for, `media_types` what may name it, best known first."""

    name: str
    media_types: tuple[str, ...]
    extension: str = ""


@lru_cache(maxsize=512)
def _ranges(header: str) -> tuple[tuple[str, str, float], ...]:
    """The media ranges as (type, subtype, q). A range that can't be read is left out, as the header is only a wish."""
    found = []
    for part in header[:_MAX_HEADER_CHARACTERS].split(",")[:_MAX_RANGES]:
        media, *parameters = (piece.strip() for piece in part.split(";"))
        kind, slash, subtype = media.lower().partition("/")
        if not slash or not kind or not subtype or (kind == "*" and subtype != "*"):
            continue
        quality = 1.0
        for parameter in parameters:
            name, _, value = parameter.partition("=")
            if name.strip().lower() == "q":
                try:
                    quality = float(value)
                except ValueError:
                    quality = 0.0
                if not 0.0 <= quality <= 1.0:  # also false for NaN
                    quality = 0.0
        found.append((kind, subtype, quality))
    return tuple(found)


def quality(header: str, media_type: str) -> float:
    """How welcome a media type is, 0 to 1: the most specific range that covers it decides."""
    kind, _, subtype = media_type.partition("/")
    best, specificity = 0.0, -1
    for range_kind, range_subtype, q in _ranges(header):
        if range_kind == kind and range_subtype == subtype:
            rank = 2
        elif range_kind == kind and range_subtype == "*":
            rank = 1
        elif range_kind == "*":
            rank = 0
        else:
            continue
        if rank > specificity or (rank == specificity and q > best):
            best, specificity = q, rank
    return best


def choose(header: str, offers: Sequence[Offer]) -> Offer | None:
    """
    The offer that suits an Accept header best, earlier offers first where it does not care; None when nothing fits.
    An empty header, or one in which nothing can be read, takes the first offer.
    """
    if not _ranges(header):
        return offers[0]
    best: Offer | None = None
    best_quality = 0.0
    for offer in offers:
        welcome = max(quality(header, media_type) for media_type in offer.media_types)
        if welcome > best_quality:
            best, best_quality = offer, welcome
    return best
