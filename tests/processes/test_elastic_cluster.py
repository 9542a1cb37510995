"""A cluster that loses a node, and an index that is exchanged, under searches that never pause."""

import json
import secrets
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from indexer.elastic import ElasticReader, ElasticWriter, rebuild
from indexer.errors import SearchUnavailable
from indexer.query import Query
from tests.factories.elastic import entry
from tests.services import elasticsearch
from tests.services.running import skipping_what_cannot_start

pytestmark = [pytest.mark.elasticsearch, pytest.mark.slow]

FIRST = 2_000
BATCH = 100
AFTER_S = 40
ERRS_AT_MOST_S = 30.0


class Poll:
    """Searches without pause; `seen` are the totals, `failed_s` how long in all no search was answered."""

    def __init__(self, url: str) -> None:
        self._reader = ElasticReader(url)
        self._stop = threading.Event()
        self.seen: list[int] = []
        self.failed_s = 0.0
        self.errors: list[str] = []

    def _run(self) -> None:
        while not self._stop.is_set():
            began = time.monotonic()
            try:
                self.seen.append(self._reader.search(Query("公积金", facets=())).total)
            except SearchUnavailable as error:
                self.errors.append(str(error))
                self.failed_s += time.monotonic() - began

    @contextmanager
    def going_on(self) -> Iterator["Poll"]:
        thread = threading.Thread(target=self._run)
        thread.start()
        try:
            yield self
        finally:
            self._stop.set()
            thread.join()


@pytest.fixture
def cluster() -> Iterator[dict[str, Path]]:
    with tempfile.TemporaryDirectory(prefix="suishu-cluster-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)  # the servers run as another user than root
        with skipping_what_cannot_start():
            nodes = elasticsearch.start_cluster(Path(folder), 3)
        try:
            yield nodes
        finally:
            for place in nodes.values():
                elasticsearch.stop(place)


def asked(url: str) -> list[dict[str, str]]:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return list(json.load(answer))


def wait_until(is_so: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.2)


@pytest.mark.timeout(600)
def test_a_node_killed_while_indexing_and_searching_loses_nothing(cluster: dict[str, Path]) -> None:
    name = f"t{secrets.token_hex(6)}"
    url = f"{','.join(cluster)}/{name}"
    with rebuild(url) as writer:
        writer.apply([entry(f"a{number:05}") for number in range(FIRST)], [])
    shards = f"{next(iter(cluster))}/_cat/shards/{name}?format=json&h=state,prirep,node"
    wait_until(lambda: [shard["state"] for shard in asked(shards)] == ["STARTED", "STARTED"], 60)
    primary = next(shard["node"] for shard in asked(shards) if shard["prirep"] == "p")
    committed = {f"a{number:05}" for number in range(FIRST)}
    writer = ElasticWriter(url)
    with Poll(url).going_on() as poll:
        wait_until(lambda: len(poll.seen) > 20, 30)
        until, killed = time.monotonic() + AFTER_S, False
        number = 0
        while time.monotonic() < until:
            batch = [f"b{number:05}x{each}" for each in range(BATCH)]
            while True:  # as the keeper does: the same batch again until it is taken
                try:
                    writer.apply([entry(id_) for id_ in batch], [])
                    writer.commit()
                    break
                except SearchUnavailable:
                    assert time.monotonic() < until + 60
                    time.sleep(0.2)
            committed.update(batch)
            number += 1
            if not killed and number == 5:
                elasticsearch.kill(list(cluster.values())[int(primary.removeprefix("node-"))])
                killed = True
        assert killed
        answered = len(poll.seen)
        wait_until(lambda: len(poll.seen) > answered + 20, 60)
    writer.close()
    assert number > 10
    assert poll.seen == sorted(poll.seen), "a search saw fewer records than the one before"
    assert poll.failed_s < ERRS_AT_MOST_S, poll.errors[:3]
    assert set(ElasticReader(url).ids()) == committed


def test_searches_that_never_pause_see_every_record_while_the_index_is_exchanged(elasticsearch_url: str) -> None:
    url = f"{elasticsearch_url}/t{secrets.token_hex(6)}"
    records = [entry(f"a{number:05}") for number in range(FIRST)]
    with rebuild(url) as writer:
        writer.apply(records, [])
    with Poll(url).going_on() as poll:
        for _ in range(4):
            with rebuild(url) as writer:
                for start in range(0, FIRST, 500):
                    writer.apply(records[start : start + 500], [])
    assert poll.errors == []
    assert len(poll.seen) > 50
    assert set(poll.seen) == {FIRST}
