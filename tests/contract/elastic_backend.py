"""Elasticsearch behind the doors of the search contract."""

import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from indexer.elastic import ElasticReader, ElasticWriter, rebuild
from tests.contract.search_backends import Backend

_OTHER_PROCESS = """
import sys
from indexer.elastic import ElasticReader
reader = ElasticReader(sys.argv[1])
for line in sys.stdin:
    print(reader.count(), flush=True)
"""


class ElasticBackend(Backend):
    def __init__(self, server: str, folder: Path) -> None:
        self.path = folder
        self.url = f"{server}/t{secrets.token_hex(6)}"
        with rebuild(self.url):
            pass
        self.reader = ElasticReader(self.url)
        self.writer = ElasticWriter(self.url)

    def counts_elsewhere(self) -> Iterator[int]:
        process = subprocess.Popen(
            [sys.executable, "-c", _OTHER_PROCESS, self.url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert process.stdin
        assert process.stdout
        try:
            while True:
                process.stdin.write("?\n")
                process.stdin.flush()
                yield int(process.stdout.readline())
        finally:
            process.kill()
            process.communicate()
