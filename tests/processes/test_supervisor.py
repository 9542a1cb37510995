"""`suishu serve` as a program."""

import concurrent.futures
import signal
import socket
import time
from pathlib import Path

import psutil
import pytest

from tests.processes.serving import Home
from tests.waiting import wait_until

pytestmark = [pytest.mark.slow, pytest.mark.alone]

ENDLESS = "/sparql?query=SELECT(COUNT(*)AS?n){?a?b?c.?d?e?f.?g?h?i.?j?k?l}"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("portal") / "home")
    demo = home.run("demo", "--no-serve")
    assert demo.returncode == 0, demo.stderr
    return home


def test_serve_says_where_it_is_and_ends_in_order(home: Home) -> None:
    with home.serving() as supervisor:
        wait_until(lambda: f"{home.base_url}/" in home.log() and len(supervisor.children()) == 4)
        family = [supervisor, *supervisor.children(recursive=True)]
        assert len(family) >= 7  # keeper, pool with two workers, granian with its workers
    _, alive = psutil.wait_procs(family, timeout=5)
    assert alive == []


def test_everything_dies_with_a_killed_supervisor_and_the_port_is_free(home: Home) -> None:
    with home.serving() as supervisor:
        family = supervisor.children(recursive=True)
        supervisor.kill()
        _, alive = psutil.wait_procs(family, timeout=5)
        assert alive == []
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", home.port))


@pytest.mark.parametrize("after_s", [0.2, 0.6, 1.0, 1.5, 2.0])
def test_a_supervisor_killed_while_it_starts_leaves_nobody(home: Home, after_s: float) -> None:
    process = home.begin("serve", "--port", str(home.port))
    time.sleep(after_s)
    process.kill()
    process.wait()
    wait_until(lambda: home.processes() == [], 10)


def test_whatever_is_killed_comes_back(home: Home) -> None:
    kinds = 4  # web, SPARQL workers, keeper, harvester
    with home.serving() as supervisor:
        wait_until(lambda: len(supervisor.children()) == kinds)
        for victim in [*supervisor.children(), *supervisor.children(recursive=True)]:
            if victim.is_running():
                victim.kill()
            wait_until(lambda: home.status("/health") == 200 and home.status("/sparql?query=ASK{}") == 200)
        wait_until(lambda: len(supervisor.children()) == kinds)


def test_a_taken_port_is_told_with_what_to_do(home: Home) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        refused = home.run("serve", "--port", str(other.getsockname()[1]))
    assert refused.returncode == 3
    assert "--port" in refused.stderr


def test_a_second_server_in_one_home_is_refused(home: Home) -> None:
    with home.serving():
        refused = home.run("serve", "--port", "1")
        assert refused.returncode == 3
        assert "SUISHU_HOME" in refused.stderr


def test_pages_answer_while_all_the_sparql_workers_are_busy(home: Home) -> None:
    with home.serving(), concurrent.futures.ThreadPoolExecutor(20) as pool:
        endless = [pool.submit(home.get, ENDLESS, 60) for _ in range(20)]
        time.sleep(0.5)
        slowest = 0.0
        for _ in range(30):
            began = time.monotonic()
            assert home.get("/dataset?q=bus")[0] == 200
            slowest = max(slowest, time.monotonic() - began)
        assert slowest < 5.0  # the endless ones take ten; alone on a machine this takes hundredths
        assert {future.result()[0] for future in endless} == {503}
        assert home.status("/sparql?query=ASK{}") == 200


def test_a_reader_that_reads_nothing_holds_up_nobody(home: Home) -> None:
    everything = "/sparql?query=SELECT*{?a?b?c}&format=xml"  # some seven megabytes
    with home.serving():
        slow = [socket.create_connection(("127.0.0.1", home.port)) for _ in range(16)]
        for connection in slow:
            connection.sendall(f"GET {everything} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        time.sleep(3)
        for _ in range(10):
            began = time.monotonic()
            assert home.get("/dataset?q=bus")[0] == 200
            assert time.monotonic() - began < 2.0
        for connection in slow:
            connection.close()
        wait_until(lambda: home.status("/sparql?query=ASK{}") == 200)


def test_a_change_is_seen_while_the_portal_runs(home: Home, tmp_path: Path) -> None:
    record = tmp_path / "new.ttl"
    record.write_text(
        "@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .\n"
        '<https://new.example/1> a dcat:Dataset ; dct:title "全新的数据集"@zh-Hans ; dct:identifier "N1" ;\n'
        '  dct:publisher [ a <http://xmlns.com/foaf/0.1/Agent> ; <http://xmlns.com/foaf/0.1/name> "新局"@zh-Hans ] .\n'
    )
    with home.serving() as supervisor:
        harvested = home.run("harvest", str(record))
        assert harvested.returncode == 0, harvested.stderr
        wait_until(lambda: home.ask('SELECT ?s { ?s ?p "全新的数据集"@zh-Hans }') != "", 5)
        assert home.run("check").returncode == 0
        supervisor.send_signal(signal.SIGTERM)
