"""`suishu harvest` without a server: another process projects meanwhile, and what changes nothing writes nothing."""

from pathlib import Path

from benchmarks import generate
from tests.processes.serving import Home

ENTRIES = 1_000


def files(home: Home) -> dict[str, tuple[int, int]]:
    """Of graph and index each file's size and the moment of its last change."""
    found = [path for name in ("graph", "index") for path in (home.path / name).rglob("*") if path.is_file()]
    return {str(path): (path.stat().st_size, path.stat().st_mtime_ns) for path in found}


def test_what_is_projected_beside_the_harvest_is_whole_and_the_same_again_touches_no_file(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    source = generate.write(tmp_path / "catalogue.nt", ENTRIES)
    first = home.run("harvest", str(source), "--id", "bench", timeout_s=300)
    assert first.returncode == 0, first.stderr
    checked = home.run("check", timeout_s=200)
    assert checked.returncode == 0, checked.stdout
    before = files(home)
    again = home.run("harvest", "bench", timeout_s=200)
    assert again.returncode == 0, again.stderr
    assert files(home) == before
