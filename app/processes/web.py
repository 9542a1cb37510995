"""
The web: granian with one worker a core.

The application is imported and the dictionaries of search are loaded (1.5 s, 140 MB) before the workers are forked:
they start at once, share that memory, and know their parent from the first moment, so that none is left holding the
port when it ends.
"""

import importlib
import os
from typing import Any

from app.settings import Settings
from app.sparql.confine import die_with_parent
from indexer.analysis import warm

FACTORY = "app.factory"
"""By name: the factory is above the processes that run it."""
_RESPAWN_S = 0.2
_KILL_AFTER_S = 1


def serve(settings: Settings, host: str, port: int) -> None:
    """Until SIGTERM."""
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    parent = os.getpid()
    factory = importlib.import_module(FACTORY)
    warm()

    def load() -> Any:
        die_with_parent(parent)
        return factory.create_app(settings)

    server = Server(
        FACTORY,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=settings.web_workers,
        blocking_threads=settings.web_threads,
        websockets=False,
        log_level=LogLevels.error,  # it warns of more threads than cores; most of ours wait for slow readers
        respawn_failed_workers=True,  # else granian ends as a whole when one worker does
        respawn_interval=_RESPAWN_S,
        workers_kill_timeout=_KILL_AFTER_S,
    )
    server.serve(target_loader=load, wrap_loader=False)
