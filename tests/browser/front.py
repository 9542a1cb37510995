"""What browser tests need from npm; skipped, saying so, where it was not fetched."""

import os
import shutil
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[2]
AXE = _ROOT / "node_modules" / "axe-core" / "axe.min.js"
EDITOR = _ROOT / "app" / "static" / "npm" / "yasqe.min.js"


def needs(file: Path) -> list[pytest.MarkDecorator]:
    """In CI, where there is npm, a missing file fails its tests in place of skipping them."""
    must = os.environ.get("CI") == "true" and shutil.which("npm") is not None
    return [pytest.mark.skipif(not must and not file.exists(), reason=f"{file.name} is fetched by npm in `make test`")]
