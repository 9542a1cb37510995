"""`python -m tests.fuzz [--seconds N] [TARGET …]`: atheris over each target in turn, N seconds each."""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

_SECONDS = 20


def _one(name: str, seconds: int, corpus: Path) -> None:
    """Never returns: libFuzzer ends the process, with status 0 where it found nothing."""
    import atheris

    with atheris.instrument_imports(include=["harvest", "vocab"]):
        from tests.fuzz.targets import TARGETS
    target = TARGETS[name]
    for number, seed in enumerate(target.seeds):
        (corpus / f"seed-{number}").write_bytes(seed)
    options = [sys.argv[0], str(corpus), f"-max_total_time={seconds}", "-max_len=20000", "-rss_limit_mb=4096",
               "-timeout=20", "-print_final_stats=1", f"-artifact_prefix={corpus.parent}/"]  # fmt: skip
    atheris.Setup(options, target.check)
    atheris.Fuzz()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("targets", nargs="*", metavar="TARGET")
    parser.add_argument("--seconds", type=int, default=_SECONDS)
    parser.add_argument("--corpus", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.corpus:
        _one(asked.targets[0], asked.seconds, asked.corpus)
    from tests.fuzz.targets import TARGETS

    failed = []
    for name in asked.targets or TARGETS:
        with tempfile.TemporaryDirectory(prefix="suishu-fuzz-") as folder:
            corpus = Path(folder) / "corpus"
            corpus.mkdir()
            command = [
                sys.executable,
                "-m",
                "tests.fuzz",
                name,
                "--seconds",
                str(asked.seconds),
                "--corpus",
                str(corpus),
            ]
            done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
            runs = [line.split()[-1] for line in done.stderr.splitlines() if "number_of_executed_units" in line]
            print(f"{name:<14} {runs[0] if runs else '?':>8} runs  {'found a fault' if done.returncode else 'nothing'}")
            if done.returncode:
                failed.append(name)
                print(done.stdout[-2000:], done.stderr[-3000:], sep="\n")
                for found in Path(folder).glob("*-*"):
                    print(f"input of {found.name}: {found.read_bytes()!r}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
