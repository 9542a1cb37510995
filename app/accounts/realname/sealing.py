"""
How numbers and names are kept: sealed (Fernet: AES-128-CBC and HMAC-SHA256), and beside that a mark to compare by.

The first key seals, every key opens, so that keys can be changed: put the new one first, reseal, take the old one away.
"""

import hashlib
import hmac
import json
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from app.accounts.realname.model import Claim, Kind


class Sealer:
    """`keys` are Fernet's: 32 random bytes as URL-safe base64. Without any nothing is sealed, `is_ready` is False."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._sealing = MultiFernet([Fernet(key) for key in keys]) if keys else None
        self._marking = [hmac.digest(key.encode(), b"suishu real-name mark", "sha256") for key in keys]

    @property
    def is_ready(self) -> bool:
        return self._sealing is not None

    def seal(self, claim: Claim, account_id: str) -> str:
        """Opens for this account alone: copied to another's row it is worth nothing."""
        if self._sealing is None:
            raise RuntimeError("no key: nothing is kept unsealed")
        said = {"account": account_id, "kind": claim.kind, "number": claim.number, "name": claim.name}
        return self._sealing.encrypt(json.dumps(said).encode()).decode()

    def open(self, sealed: str | None, account_id: str) -> Claim | None:
        """None for what is another's, or what no key opens."""
        if self._sealing is None or not sealed:
            return None
        try:
            said = json.loads(self._sealing.decrypt(sealed))
        except InvalidToken:
            return None
        if said["account"] != account_id:
            return None
        return Claim(Kind(said["kind"]), said["number"], said["name"])

    def marks(self, claim: Claim) -> list[str]:
        """
        One for each key, that of the sealing key first. Equal for equal numbers, and nothing to read: whoever has no
        key can't try numbers, of which there are too few to hide behind a hash.
        """
        said = f"{claim.kind} {claim.number}".encode()
        return [hmac.new(key, said, hashlib.sha256).hexdigest() for key in self._marking]
