"""A published graph and the workers that answer from it."""

import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from app.sparql.client import NoWorker, SparqlClient, socket_path
from app.sparql.pool import PoolSettings
from app.sparql.wire import Question
from app.triplestore.embedded import EmbeddedStore
from app.triplestore.places import Places
from app.triplestore.protocol import Mark


def publish(home: Path, graphs: Iterable[tuple[str, bytes]]) -> None:
    store = EmbeddedStore(Places.in_home(home))
    store.rebuild(graphs, Mark(1, "test"))
    store.close()


def question(query: str, **changes: object) -> Question:
    return Question(**({"query": query, "solutions": "json", "graph": "n-triples", "rows": 1000} | changes))


@contextmanager
def running_pool(home: Path, **changes: object) -> Iterator[tuple[subprocess.Popen[bytes], SparqlClient]]:
    settings = PoolSettings(**({"home": str(home), "socket": str(socket_path(home)), "time_limit_s": 1.0} | changes))
    process = subprocess.Popen([sys.executable, "-m", "app.sparql.pool", settings.argument()])
    client = SparqlClient.in_home(home, settings.time_limit_s)
    try:
        _wait_for(client)
        yield process, client
    finally:
        process.terminate()
        process.wait(20)


def _wait_for(client: SparqlClient) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            client.ask(question("ASK {}")).close()
            return
        except NoWorker:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)
