"""
Asks the saved queries of a snapshot that has stood still for a while, so that whoever opens one has its answer at once:
the answers are kept (`app.sparql.kept`). Between two it rests as long as the last one took, and it stops for a newer
snapshot.
"""

import threading
import time

import structlog

from app.sparql.client import NoWorker, QueryCrashed, QueryEnded, SparqlClient
from app.sparql.examples import examples
from app.sparql.wire import Question
from app.wiring import Portal

_LOOK_EVERY_S = 1.0
_STILL_S = 5.0
"""During a harvest there is a new snapshot every moment."""


def warm_now_and_then(portal: Portal, stop: threading.Event) -> None:
    """Until `stop` is set."""
    warmed, seen, since = "", "", 0.0
    while not stop.wait(_LOOK_EVERY_S):
        try:
            state = portal.published_graph_state()
            if state != seen:
                seen, since = state, time.monotonic()
            elif state and state != warmed and time.monotonic() - since >= _STILL_S and _measured(portal, state):
                warm(portal, state, stop)
                warmed = state
        except Exception as error:  # nothing that anybody waits for
            structlog.get_logger().warning("saved queries were not asked", error=str(error))


def _measured(portal: Portal, state: str) -> bool:
    """Queries take less once it was."""
    known = portal.graph_figures()
    return known is not None and known.state == state


def warm(portal: Portal, state: str, stop: threading.Event) -> None:
    """Asks what nobody asked before on this state."""
    settings = portal.settings
    client = SparqlClient.in_home(settings.home, settings.sparql_time_limit_s)
    for example in examples():
        if stop.is_set() or portal.published_graph_state() != state:
            return
        # As the page and programs ask: a whole answer serves every limit that it fits into.
        asked = Question(example.query, "json", "turtle", settings.sparql_row_limit, base=f"{settings.base_url}/sparql")
        if (known := client.find(asked)) is not None:
            known.close()
            continue
        began = time.monotonic()
        try:
            client.ask(asked).close()
        except (QueryEnded, QueryCrashed, NoWorker):
            continue
        stop.wait(time.monotonic() - began)
