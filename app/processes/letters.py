"""Has letters handed over while the keeper runs: one process does it, so that none is sent twice at once."""

import threading

import structlog

from app.wiring import Portal

_LOOK_EVERY_S = 1.0


def deliver_now_and_then(portal: Portal, stop: threading.Event) -> None:
    """Until `stop` is set."""
    office = portal.post_office()
    if office is None:
        return
    while not stop.wait(_LOOK_EVERY_S):
        try:
            office.deliver()
        except Exception as error:
            structlog.get_logger().error("letters were not handed over", why=type(error).__name__)
            stop.wait(10 * _LOOK_EVERY_S)
