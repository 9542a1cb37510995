"""
Passwords: what is good enough, and how one is kept (argon2id with the library's own parameters, RFC 9106).

The rules are those of NIST SP 800-63B: length counts, kinds of characters do not, and nothing that stands in the
account itself or is one thing again and again.
"""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.errors import Invalid

MIN_CHARACTERS = 10
MAX_CHARACTERS = 128
"""Hashing more would let anybody keep a core busy."""
_MIN_DIFFERENT = 5

_hasher = PasswordHasher()


def hashed(password: str, *, beside: tuple[str, ...] = ()) -> str:
    """What is kept of a password. Raises `Invalid` for one that is too weak; words of `beside` must not stand in it."""
    if len(password) < MIN_CHARACTERS:
        raise Invalid(
            f"密码至少 {MIN_CHARACTERS} 个字符，可以用几个词组成一句话。",
            f"A password has at least {MIN_CHARACTERS} characters; a few words make a good one.",
        )
    if len(password) > MAX_CHARACTERS:
        raise Invalid(f"密码不超过 {MAX_CHARACTERS} 个字符。", f"A password has at most {MAX_CHARACTERS} characters.")
    folded = password.casefold()
    if len(set(folded)) < _MIN_DIFFERENT or any(len(word) > 2 and word.casefold() in folded for word in beside):
        raise Invalid(
            "密码太容易猜到：不要重复同几个字符，也不要包含邮箱或昵称。",
            "The password is too easy to guess: no few characters again and again, no mail address, no name in it.",
        )
    return _hasher.hash(password)


def is_right(password: str, kept: str) -> bool:
    """Takes as long for an account that there is not: `kept` is "" then."""
    if len(password) > MAX_CHARACTERS:
        return False
    try:
        return _hasher.verify(kept or _of_nobody(), password) and bool(kept)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _of_nobody() -> str:
    return _hasher.hash("the password of an account that there is not")
