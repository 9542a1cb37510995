"""Has the published graph measured when it changed. See `app.triplestore.figures`."""

import threading
import time

import structlog

from app.triplestore import figures
from app.triplestore.protocol import StoreUnavailable
from app.wiring import Portal

_LOOK_EVERY_S = 2.0
_SHARE = 20
"""Measuring takes a core; between two it rests so many times as long as the last one took."""


def measure(portal: Portal) -> bool:
    """Measures what is published, unless that was done. False when there was nothing to do."""
    mark = portal.published_graph_mark()
    kept = figures.kept(portal.settings.home)
    if mark is None or (kept is not None and (kept.mark, kept.state) == (mark, portal.published_graph_state())):
        return False
    graph = portal.published_graph()
    try:
        figures.keep(portal.settings.home, figures.measure(graph))
    finally:
        graph.close()
    return True


def try_to_measure(portal: Portal) -> bool:
    """The same, and a failure is only told: figures are nothing that others wait for."""
    try:
        return measure(portal)
    except (StoreUnavailable, OSError, RuntimeError, ValueError, SyntaxError) as error:
        structlog.get_logger().warning("the published graph was not measured", error=str(error))
        return False


def measure_now_and_then(portal: Portal, stop: threading.Event) -> None:
    """Until `stop` is set."""
    pause_s = 0.0
    while not stop.wait(max(_LOOK_EVERY_S, pause_s)):
        began = time.monotonic()
        if try_to_measure(portal):
            pause_s = _SHARE * (time.monotonic() - began)
