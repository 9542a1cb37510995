"""
A real Elasticsearch for tests: Elastic's own integration-test distribution from Maven Central, one node on loopback.

    python -m tests.services.elasticsearch start FOLDER [PORT]     install into FOLDER, start, wait, print the URL
    python -m tests.services.elasticsearch stop FOLDER

Needs mvn and a JDK of version 21 or later (SUISHU_TEST_JAVA_HOME, JAVA_HOME or the newest under /usr/lib/jvm). The
distribution is the real node with few modules: what passes on it passes on a full server.
"""

import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zipfile
from contextlib import suppress
from pathlib import Path

import psutil

from tests.services.ports import free_port

VERSION = "9.2.4"
_ARTIFACT = f"org.elasticsearch.distribution.integ-test-zip:elasticsearch:{VERSION}:zip"
_PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy"
_HEAP = "512m"
_START_S = 90
_STOP_S = 30
_OLDEST_JAVA = 21


class CannotStart(Exception):
    """Says what is missing, or where to look."""


def start(folder: Path, port: int = 0) -> str:
    """Starts one node whose program and data lie in `folder`; returns its URL. Raises CannotStart."""
    java = _java_home()
    node = _install(folder)
    port = port or free_port()
    _configure(node, port, "discovery.type: single-node\n")
    _launch(folder, node, java)
    url = f"http://127.0.0.1:{port}"
    _wait(folder, url, _START_S)
    _warm(url)
    return url


def start_cluster(folder: Path, size: int) -> dict[str, Path]:
    """Starts nodes that find each other; returns the folder of each by its URL. Raises CannotStart."""
    java = _java_home()
    ports = [(free_port(), free_port()) for _ in range(size)]
    seeds = ", ".join(f'"127.0.0.1:{transport}"' for _, transport in ports)
    nodes: dict[str, Path] = {}
    try:
        for number, (port, transport) in enumerate(ports):
            place = folder / str(number)
            if number:
                shutil.copytree(folder / "0", place, ignore=shutil.ignore_patterns("data", "logs", "pid", "output.txt"))
            else:
                _install(place)
            _configure(
                place / f"elasticsearch-{VERSION}",
                port,
                f"node.name: node-{number}\ndiscovery.seed_hosts: [{seeds}]\ncluster.initial_master_nodes: [node-0]\n",
                transport,
            )
            _launch(place, place / f"elasticsearch-{VERSION}", java)
            nodes[f"http://127.0.0.1:{port}"] = place
        for url, place in nodes.items():
            _wait(place, url, size * _START_S)
        _warm(next(iter(nodes)))
        return nodes
    except BaseException:
        for place in nodes.values():
            stop(place)
        raise


def _launch(folder: Path, node: Path, java: Path) -> None:
    environment = {
        **os.environ,
        "ES_JAVA_HOME": str(java),
        "ES_JAVA_OPTS": f"-Xms{_HEAP} -Xmx{_HEAP}",
        "HOME": str(node),
    }
    with (folder / "output.txt").open("wb") as out:
        process = subprocess.Popen(
            [node / "bin" / "elasticsearch"],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            **_owner(node),
        )
    (folder / "pid").write_text(str(process.pid))


def _wait(folder: Path, url: str, seconds: float) -> None:
    group, deadline = int((folder / "pid").read_text()), time.monotonic() + seconds
    while time.monotonic() < deadline and _lives(group):
        if _answers(url):
            return
        time.sleep(0.3)
    stop(folder)
    output = (folder / "output.txt").read_text(errors="replace")
    raise CannotStart(f"Elasticsearch did not start:\n{output[-2000:]}")


def kill(folder: Path) -> None:
    """`kill -9` of the node that was started in `folder`."""
    os.killpg(int((folder / "pid").read_text()), signal.SIGKILL)


def stop(folder: Path) -> None:
    """Ends the node that was started in `folder`, the server together with its launcher."""
    try:
        group = int((folder / "pid").read_text())
        os.killpg(group, signal.SIGTERM)
    except (FileNotFoundError, ProcessLookupError):
        return
    deadline = time.monotonic() + _STOP_S
    while _lives(group):
        if time.monotonic() > deadline:
            os.killpg(group, signal.SIGKILL)
            break
        time.sleep(0.1)
    (folder / "pid").unlink(missing_ok=True)


def remove(folder: Path) -> None:
    """Stops the node and removes all that it wrote."""
    stop(folder)
    shutil.rmtree(folder, ignore_errors=True)


def _lives(group: int) -> bool:
    with suppress(ChildProcessError):  # then whoever started it hears of its end
        os.waitpid(group, os.WNOHANG)
    for process in psutil.process_iter(["status"]):
        with suppress(ProcessLookupError):
            if process.info["status"] != psutil.STATUS_ZOMBIE and os.getpgid(process.pid) == group:
                return True
    return False


def _java_home() -> Path:
    named = [Path(os.environ[name]) for name in ("SUISHU_TEST_JAVA_HOME", "JAVA_HOME") if os.environ.get(name)]
    found = [(_java_version(home), home) for home in (*named, *sorted(Path("/usr/lib/jvm").glob("*")))]
    version, home = max(found, default=(0, Path()), key=lambda each: each[0])
    if version < _OLDEST_JAVA:
        raise CannotStart(f"a JDK of version {_OLDEST_JAVA} or later is needed; name one by SUISHU_TEST_JAVA_HOME")
    return home


def _java_version(home: Path) -> int:
    try:
        found = re.search(r'^JAVA_VERSION="(\d+)', (home / "release").read_text(), re.MULTILINE)
    except OSError:
        return 0
    return int(found[1]) if found and (home / "bin" / "java").exists() else 0


def _install(folder: Path) -> Path:
    if shutil.which("mvn") is None:
        raise CannotStart("mvn (Maven) is needed to fetch Elasticsearch")
    folder.mkdir(parents=True, exist_ok=True)
    archive = folder / f"elasticsearch-{VERSION}.zip"
    fetched = subprocess.run(
        ["mvn", "-q", "-B", _PLUGIN, f"-Dartifact={_ARTIFACT}", f"-DoutputDirectory={folder}"],
        capture_output=True,
        text=True,
        cwd=folder,
    )
    if fetched.returncode:
        raise CannotStart(f"mvn can't fetch {_ARTIFACT}:\n{(fetched.stdout + fetched.stderr)[-2000:]}")
    with zipfile.ZipFile(archive) as zipped:
        zipped.extractall(folder)
    archive.unlink()
    node = folder / f"elasticsearch-{VERSION}"
    for program in (node / "bin").iterdir():
        program.chmod(0o755)
    for helper in (node / "modules").glob("*/platform/*/bin/*"):
        helper.chmod(0o755)
    return node


def _configure(node: Path, port: int, discovery: str, transport: int = 0) -> None:
    (node / "config" / "elasticsearch.yml").write_text(
        "cluster.name: suishu-test\n"
        f"{discovery}"
        "network.host: 127.0.0.1\n"
        f"http.port: {port}\n"
        f"transport.port: {transport or free_port()}\n"
        "xpack.security.enabled: false\n"
        "cluster.routing.allocation.disk.threshold_enabled: false\n"
    )


def _owner(node: Path) -> dict[str, object]:
    """The server refuses to run as root, as CI often does; then `nobody` owns it and runs it."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    for folder, _, files in os.walk(node):
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
        for file in files:
            os.chown(os.path.join(folder, file), nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/_cluster/health", timeout=2) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False


def _warm(url: str) -> None:
    """The first index and search of a new server take seconds, longer than a portal waits."""
    for method, path in (("PUT", "/warm/_doc/1?refresh=true"), ("GET", "/warm/_search?q=a:b"), ("DELETE", "/warm")):
        body = b'{"a": "b"}' if method == "PUT" else None
        request = urllib.request.Request(url + path, body, {"Content-Type": "application/json"}, method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            answer.read()


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["start", folder]:
            print(start(Path(folder).resolve()))
        case ["start", folder, port]:
            print(start(Path(folder).resolve(), int(port)))
        case ["stop", folder]:
            stop(Path(folder).resolve())
        case _:
            sys.exit(__doc__)
