"""
Browsers in which somebody signed in before: they hold a word that says so. Strangers who guess at an account from many
addresses are too many for whoever comes without such a word, and lock its owner out of none that has one.

The word opens nothing. It is signed for one account and its password as it is now, and kept nowhere.
"""

import hashlib
import hmac
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy.engine import Row

from app import tokens

LASTS = timedelta(days=180)
_MAX_CHARACTERS = 200


class Browsers:
    """`key` is the portal's secret."""

    def __init__(self, key: Callable[[], str]) -> None:
        self._key = key

    def word(self, account_id: str, password_hash: str) -> str:
        """For a browser whose user has just shown who it is."""
        nonce = tokens.new()
        return f"{nonce}.{self._signed(nonce, account_id, password_hash)}"

    def known(self, word: str, row: Row[tuple[object, ...]] | None) -> str:
        """By what a browser is told from others, "" for one in which nobody signed in to this account."""
        nonce, _, signed = word[:_MAX_CHARACTERS].partition(".")
        if row is None or not signed:
            return ""
        fits = hmac.compare_digest(
            signed.encode("utf-8", "replace"), self._signed(nonce, row.id, row.password_hash).encode()
        )
        return nonce if fits else ""

    def _signed(self, nonce: str, account_id: str, password_hash: str) -> str:
        said = f"browser {nonce} {account_id} {password_hash}".encode("utf-8", "replace")
        return hmac.new(self._key().encode(), said, hashlib.sha256).hexdigest()
