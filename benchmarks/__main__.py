"""
`make bench`: each figure beside its floor, the bare engines at the same work in the same run.

Sizes are given in entries (default 1000 10000 100000). The ratio is what counts: machines differ by half from day
to day. Sections can be chosen: `python -m benchmarks --only search,web 10000`.
"""

import argparse
import json
import tempfile
from pathlib import Path

from benchmarks import crowd, dump, elastic, endless, generate, harvest, indexing, machine, outward, search, sparql, web
from benchmarks.table import Row, show

ON_A_PORTAL = {
    "harvest": harvest.measure,
    "search": search.measure,
    "dump": dump.measure,
    "web": web.measure,
    "outward": outward.measure,
    "endless": endless.measure,
    "sparql": sparql.measure,
    "crowd": crowd.measure,
}
SECTIONS = {**ON_A_PORTAL, "indexing": indexing.measure, "elastic": elastic.measure}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, default=[1000, 10_000, 100_000])
    parser.add_argument("--only", default=",".join(SECTIONS), help="comma-separated: " + ", ".join(SECTIONS))
    parser.add_argument("--json", type=Path, help="write the rows to a file too")
    options = parser.parse_args()
    chosen = options.only.split(",")
    print(f"Measured on {machine.describe()}\n")
    rows: list[Row] = []
    for size in options.sizes:
        with tempfile.TemporaryDirectory(prefix="suishu-bench-") as folder:
            place = Path(folder)
            source = place / "catalogue.nt"
            generate.write(source, size)
            if (ON_A_PORTAL.keys() - {"harvest"}) & set(chosen):  # which begins with an empty one
                harvest.prepare(place / "home", source)
            for name, measure in SECTIONS.items():
                if name in chosen:
                    found = list(measure(place, source, size))
                    show(f"{name}, {size:,} entries", found)
                    rows += found
    if options.json:
        options.json.write_text(json.dumps([row.__dict__ for row in rows], ensure_ascii=False, indent=1))


main()
