"""
Which entries come from other portals: they are listed as they came, and the measures of the city do not speak of them.
"""

import time

from flask import current_app

from app.catalogue.model import PublicEntry, SourceKind
from app.pages.portal import portal

_KNOWN = "suishu.origins"
_SECONDS = 60.0


def is_federated(entry: PublicEntry) -> bool:
    return entry.profile == "intake"


def federated() -> frozenset[str]:
    """Ids of other portals' sources that have published entries; remembered for a minute, as every list asks."""
    now = time.monotonic()
    known: frozenset[str]
    known, until = current_app.extensions.get(_KNOWN, (frozenset(), 0.0))
    if now > until:
        harvesting = portal().harvesting
        counts = harvesting.counts()
        known = frozenset(
            source.id
            for source in harvesting.sources()
            if source.kind is SourceKind.FEDERATED and source.id in counts and counts[source.id].published
        )
        current_app.extensions[_KNOWN] = known, now + _SECONDS
    return known
