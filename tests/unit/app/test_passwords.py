"""How a password is kept, by the program itself: other tests hash with less work."""

import subprocess
import sys

from argon2 import PasswordHasher, extract_parameters

WORDS = "麦穗 and rice"


def test_a_kept_password_is_as_dear_to_guess_as_the_library_has_it() -> None:
    program = f"from app.accounts.passwords import hashed; print(hashed({WORDS!r}))"
    kept = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.strip()
    found = extract_parameters(kept)
    assert kept.startswith("$argon2id$")
    assert (found.memory_cost, found.time_cost) == (PasswordHasher().memory_cost, PasswordHasher().time_cost)
    assert found.memory_cost >= 64 * 1024
    assert PasswordHasher().verify(kept, WORDS)
