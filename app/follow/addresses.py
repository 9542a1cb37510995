"""
Addresses that open something without a sign-in: signed with the portal's key, kept nowhere.

One that ends letters works for ever and can do nothing else; one of a feed until its word is changed.
"""

import hashlib
from collections.abc import Callable
from functools import cached_property

from itsdangerous import BadData, URLSafeSerializer

from app.errors import NotFound

MAX_TOKEN_CHARACTERS = 300


class Addresses:
    def __init__(self, key: Callable[[], str], base_url: str) -> None:
        self._key = key
        self.base_url = base_url

    def to_end(self, account_id: str, mark: str = "") -> str:
        """Ends digests, or with the mark of something followed that."""
        return f"{self.base_url}/account/unsubscribe/{_written(self._ends, account_id, mark)}"

    def end(self, token: str) -> tuple[str, str]:
        """Account and mark that a token of `to_end` is of. Raises `NotFound`."""
        return _read(self._ends, token)

    def to_feed(self, account_id: str, word: str) -> str:
        return f"{self.base_url}/account/feed/{_written(self._feeds, account_id, word)}.atom"

    def feed(self, token: str) -> tuple[str, str]:
        """Account and word that a token of `to_feed` is of. Raises `NotFound`."""
        return _read(self._feeds, token)

    @cached_property
    def _ends(self) -> URLSafeSerializer:
        return self._signer("unsubscribe")

    @cached_property
    def _feeds(self) -> URLSafeSerializer:
        return self._signer("feed")

    def _signer(self, purpose: str) -> URLSafeSerializer:
        signing = {"digest_method": hashlib.sha256, "key_derivation": "hmac"}
        return URLSafeSerializer(self._key(), salt=f"suishu.follow.{purpose}", signer_kwargs=signing)


def _written(signer: URLSafeSerializer, *words: str) -> str:
    made = signer.dumps(words)
    return made if isinstance(made, str) else made.decode()


def _read(signer: URLSafeSerializer, token: str) -> tuple[str, str]:
    try:
        first, second = signer.loads(token[:MAX_TOKEN_CHARACTERS])
    except BadData:
        raise NotFound("这个链接无效或已停用。", "This link is not valid, or no longer.") from None
    return first, second
