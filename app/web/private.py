"""What the paths with sessions have in common."""

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing (RFC 9110 9.2.1)."""


def is_below(place: str, path: str) -> bool:
    """Whether a path is that place, or lies under it."""
    return path.startswith(place) and path[len(place) : len(place) + 1] in ("", "/")
