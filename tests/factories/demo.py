"""The demonstration catalogue in a portal, as `suishu demo` harvests it."""

from pathlib import Path

import yaml

from app import wiring
from app.catalogue.model import SourceKind
from app.wiring import Portal

DEMO = Path(wiring.__file__).parent / "demo"


def harvest_demo(portal: Portal) -> None:
    for entry in yaml.safe_load((DEMO / "sources.yaml").read_text(encoding="utf-8")):
        portal.harvesting.harvest_location(
            str(DEMO / entry["file"]),
            dialect=entry["dialect"],
            mapping=str(DEMO / entry["mapping"]) if entry.get("mapping") else "",
            kind=SourceKind(entry["kind"]),
            id_=entry["id"],
        )
