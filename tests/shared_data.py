"""Finds the optional folder of real catalogues; tests that need it are skipped, saying so, where it is missing."""

import os
from pathlib import Path

import pytest

_FOLDER = Path(os.environ.get("SUISHU_TEST_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))
SHARED: Path | None = _FOLDER if _FOLDER.is_dir() else None

needs_shared = pytest.mark.skipif(
    SHARED is None, reason=f"real catalogues are not at {_FOLDER}; set SUISHU_TEST_DATA to run this test"
)
