"""
The web: granian with one worker a core.

The application is imported before the workers are forked: they start at once, share its memory, and know their
parent from the first moment, so that none is left holding the port when it ends.
"""

import importlib
import os
import sys
from collections.abc import Callable
from typing import Any

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from app.sparql.confine import die_with_parent

APPLICATION = "app.factory:create_app"
_RESPAWN_S = 0.2
_KILL_AFTER_S = 1


def main() -> None:
    host, port, workers, threads = sys.argv[1:]
    parent = os.getpid()
    module, _, name = APPLICATION.partition(":")
    create: Callable[[], Any] = getattr(importlib.import_module(module), name)

    def load() -> Any:
        die_with_parent(parent)
        return create()

    server = Server(
        APPLICATION,
        address=host,
        port=int(port),
        interface=Interfaces.WSGI,
        workers=int(workers),
        blocking_threads=int(threads),
        websockets=False,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,  # else granian ends as a whole when one worker does
        respawn_interval=_RESPAWN_S,
        workers_kill_timeout=_KILL_AFTER_S,
    )
    server.serve(target_loader=load, wrap_loader=False)


if __name__ == "__main__":
    main()
