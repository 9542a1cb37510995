"""Codes of a second factor, and how their secret is kept."""

import base64
from datetime import UTC, datetime

import pytest
from cryptography.fernet import InvalidToken

from app.accounts.totp import Codes

KEY = "k" * 64
RFC_SECRET = base64.b32encode(b"12345678901234567890").decode()


@pytest.fixture
def codes() -> Codes:
    return Codes(lambda: KEY, "Suishu data.example")


@pytest.mark.parametrize(
    ("at", "code"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (2000000000, "279037"), (20000000000, "353130")],
)
def test_codes_are_those_of_rfc_6238(codes: Codes, at: int, code: str) -> None:
    kept = codes._box().encrypt(RFC_SECRET.encode()).decode()
    now = datetime.fromtimestamp(at, UTC)
    assert codes.step(kept, code, now, after=-1) == at // 30
    assert codes.step(kept, code, now, after=at // 30) is None


@pytest.mark.parametrize("code", ["", "0", "28708", "2870821", "287083", "２８７０８x", "\0" * 6, "287 08", "é" * 6])
def test_what_is_no_code_is_none(codes: Codes, code: str) -> None:
    kept = codes._box().encrypt(RFC_SECRET.encode()).decode()
    assert codes.step(kept, code, datetime.fromtimestamp(59, UTC), after=-1) is None


def test_a_code_may_be_typed_in_wide_digits_and_with_spaces(codes: Codes) -> None:
    kept = codes._box().encrypt(RFC_SECRET.encode()).decode()
    for code in ("２８７０８２", " 287 082 "):
        assert codes.step(kept, code, datetime.fromtimestamp(59, UTC), after=-1) == 1


def test_a_secret_is_kept_encrypted_and_differently_each_time(codes: Codes) -> None:
    kept = codes.new()
    assert codes.secret(kept) not in kept
    assert codes.secret(kept) != codes.secret(codes.new())
    assert len(kept) <= 300  # what the column holds
    assert f"secret={codes.secret(kept)}" in codes.address(kept, "ada@example.org")
    with pytest.raises(InvalidToken):
        Codes(lambda: KEY + "x", "Suishu").secret(kept)
