"""Whether the parts of the portal answer, for whoever watches it."""

import json
from collections import Counter

import structlog
from flask import Blueprint, Response

from app.api.portal import portal
from app.errors import SuishuError
from app.web.permissions import public
from indexer.errors import SearchUnavailable
from indexer.query import Query

blueprint = Blueprint("health", __name__)


@blueprint.get("/health")
@public
def health() -> Response:
    """
    200 when everything answers, else 503; says which part does not, and nothing of why: that is in the log. Entries
    that the search engine refuses are counted by the kind of reason; the rest is answered all the same. `harvest`
    counts what a person should look at, by kind: what it is stands on the operator's pages.
    """
    parts = {"record": _record(), "search": _search()}
    well = all(state == "ok" for state in parts.values())
    said = {
        "status": "ok" if well else "degraded",
        "parts": parts,
        "unindexed": _unindexed(),
        "harvest": _harvest() if parts["record"] == "ok" else {},
    }
    body = json.dumps(said)
    return Response(body, 200 if well else 503, {"Cache-Control": "no-store"}, mimetype="application/json")


def _record() -> str:
    try:
        portal().catalogue.last_changed()
    except (SuishuError, OSError) as error:
        structlog.get_logger().warning("health: the record does not answer", error=str(error))
        return "unavailable"
    return "ok"


def _search() -> str:
    try:
        portal().search.search(Query(size=1, facets=(), highlight=False))
    except SearchUnavailable as error:
        structlog.get_logger().warning("health: search does not answer", error=str(error))
        return "unavailable"
    return "ok"


def _harvest() -> dict[str, object]:
    operation = portal().operation
    alerts = Counter(alert.kind.value for alert in operation.alerts())
    return {"alerts": dict(alerts), "held_deletions": len(operation.deletions())}


def _unindexed() -> dict[str, int]:
    """How many entries, by the kind of reason: a server begins its own words with that."""
    try:
        reasons = portal().search.unindexed().values()
    except SearchUnavailable:
        return {}
    return dict(Counter(reason.partition(":")[0].strip()[:80] for reason in reasons))
