"""Real servers, started by the scripts beside this file: one of a kind for a whole run, on a free port."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from app.triplestore.server import Address, Server
from tests.services.ports import free_port

_SCRIPTS = Path(__file__).parent
_NOT_INSTALLED = 77
IN_CI = os.environ.get("CI") == "true"


class NotInstalled(Exception):
    """Says what is missing."""


@contextmanager
def running(name: str) -> Iterator[Address]:
    """Skips where what it needs is not installed; in CI it fails."""
    with ExitStack() as stack:
        try:
            address = stack.enter_context(started(name))
        except NotInstalled as error:
            if IN_CI:
                pytest.fail(str(error))
            pytest.skip(str(error))
        yield address


@contextmanager
def started(name: str) -> Iterator[Address]:
    """An empty one. Raises `NotInstalled`, or RuntimeError when it does not start."""
    with tempfile.TemporaryDirectory(prefix=f"suishu-{name}-") as folder:
        done = _script(name, "start", str(free_port()), folder)
        if done.returncode == _NOT_INSTALLED:
            raise NotInstalled(done.stderr.strip().splitlines()[-1])
        if done.returncode:
            raise RuntimeError(f"{name} did not start: {done.stderr}")
        try:
            yield Address(*done.stdout.split())
        finally:
            _script(name, "stop", "0", folder)


def empty(address: Address) -> None:
    """Takes away what a test left."""
    server = Server(address)
    graphs = [row[0].value for row in server.select("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }")]
    for graph in graphs:
        if graph.startswith(("urn:suishu:", "https://data.example", "https://w3id.org/suishu")):
            server.update(f"DROP SILENT GRAPH <{graph}>")
    if "/catalog/" in address.query:
        server.update("DROP DEFAULT")


def _script(name: str, verb: str, port: str, folder: str) -> "subprocess.CompletedProcess[str]":
    command = [str(_SCRIPTS / name), verb, port, folder]
    return subprocess.run(command, capture_output=True, text=True, timeout=3_000)
