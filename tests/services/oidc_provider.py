"""The certified provider that the script `oidc` starts, for tests."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.services.ports import free_port

_SCRIPT = Path(__file__).parent / "oidc"
_NOT_INSTALLED = 77


@contextmanager
def running(back: str) -> Iterator[str]:
    """Its issuer; `back` is the address of return. Skips where what it needs is not installed; in CI it fails."""
    with tempfile.TemporaryDirectory(prefix="suishu-oidc-") as folder:
        command = [_SCRIPT, "start", str(free_port()), folder, back]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300)
        if done.returncode == _NOT_INSTALLED and os.environ.get("CI") != "true":
            pytest.skip(done.stderr.strip().splitlines()[-1])
        assert done.returncode == 0, done.stderr
        try:
            yield done.stdout.strip()
        finally:
            subprocess.run([_SCRIPT, "stop", "0", folder], check=True, timeout=60)
