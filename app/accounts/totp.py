"""
The codes of a second factor (TOTP, RFC 6238), and how its secret is kept: encrypted under a key made from the portal's
own (HKDF, RFC 5869), so that whoever reads the database alone can make no code.
"""

import base64
import hmac
import unicodedata
from collections.abc import Callable
from datetime import datetime

import pyotp
import structlog
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

DIGITS = 6
_STEPS_ASTRAY = 1
"""A clock may be half a minute wrong, as RFC 6238 5.2 has it."""


class Codes:
    """`key` is the portal's secret, `place` tells its codes from another portal's in the app that makes them."""

    def __init__(self, key: Callable[[], str], place: str) -> None:
        self._key = key
        self._place = place

    def new(self) -> str:
        """A new secret, as it is kept."""
        return self._box().encrypt(pyotp.random_base32().encode()).decode()

    def secret(self, kept: str) -> str:
        """For an app that reads no picture."""
        return self._box().decrypt(kept).decode()

    def address(self, kept: str, email: str) -> str:
        """The same for one that does (https://github.com/google/google-authenticator/wiki/Key-Uri-Format)."""
        return pyotp.TOTP(self.secret(kept)).provisioning_uri(name=email, issuer_name=self._place)

    def step(self, kept: str, code: str, now: datetime, *, after: int) -> int | None:
        """The time step that a code is of; None for a wrong one, and for one that is no later than `after`."""
        said = "".join(unicodedata.normalize("NFKC", code).split())
        try:
            totp = pyotp.TOTP(self.secret(kept), digits=DIGITS)
        except InvalidToken:
            structlog.get_logger().error("a second factor can't be read: it was kept under another secret key")
            return None
        current = totp.timecode(now)
        for step in range(current - _STEPS_ASTRAY, current + _STEPS_ASTRAY + 1):
            if step > after and hmac.compare_digest(totp.generate_otp(step).encode(), said.encode()):
                return step
        return None

    def _box(self) -> Fernet:
        made = HKDF(SHA256(), 32, salt=None, info=b"suishu second factor").derive(self._key().encode())
        return Fernet(base64.urlsafe_b64encode(made))
