"""Tokens that open something: random words of 256 bits, of which only a hash is kept."""

import hashlib
import secrets

_MAX_CHARACTERS = 200
"""More than a token has; what is longer is none, and need not be read to its end."""


def new() -> str:
    return secrets.token_urlsafe(32)


def hashed(token: str) -> str:
    """What is kept of a token. Random words of 256 bits need no slow hash: nobody can try them."""
    return hashlib.sha256(token[:_MAX_CHARACTERS].encode("utf-8", "replace")).hexdigest()
