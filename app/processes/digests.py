"""Has digests made while the keeper runs. Of changes that the index has: else a search would miss what it has not."""

import threading

import structlog

from app import outbox
from app.catalogue import changes
from app.processes.projections import search_cursor_name
from app.wiring import Portal

_LOOK_EVERY_S = 15.0


def make_digests_now_and_then(portal: Portal, stop: threading.Event) -> None:
    """Until `stop` is set; never where no letter can leave."""
    if not portal.settings.mail_url.get_secret_value():
        return
    while not stop.wait(_LOOK_EVERY_S):
        try:
            make_digests(portal)
        except Exception as error:  # whatever it is, they are due still
            structlog.get_logger().error("digests were not made", why=type(error).__name__)
            stop.wait(10 * _LOOK_EVERY_S)


def make_digests(portal: Portal) -> int:
    """Those that are due; how many letters."""
    upto = indexed(portal)
    return 0 if upto is None else portal.digests.make_due(upto)


def indexed(portal: Portal) -> int | None:
    """The number of the last change of the catalogue that the index has for certain; None where there is no index."""
    with portal.database.read() as connection:
        name = search_cursor_name(portal)
        if not outbox.is_followed(connection, name):
            return None
        latest = changes.latest(connection)  # read first: what comes meanwhile is not in the index
        waits_since = outbox.changed_after(connection, outbox.cursor(connection, name))
        return latest if waits_since is None else min(latest, changes.latest(connection, before=waits_since))
