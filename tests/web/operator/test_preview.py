"""The preview of a harvest in the operator's pages, by forms as a browser without JavaScript sends them."""

import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from structlog.testing import capture_logs

from app import sandbox
from app.catalogue.model import SourceKind
from app.db import metadata
from app.errors import Unavailable
from app.harvesting import apart
from app.harvesting.model import SourceEntry
from app.processes.keeper import catch_up
from app.wiring import Portal
from tests.factories.sheets import as_csv
from tests.services.hostile import Hostile
from tests.waiting import has_ended, wait_until
from tests.web.operators import browser, entered, send

PAGE = "/operator/source/parks/preview"
ATTACK = "<script>alert(1)</script>"


def _rows(*numbers: int) -> list[dict[str, str]]:
    return [
        {
            "数据集代码": f"GZ-{n}",
            "数据集名称": f"公园名录{n}",
            "数据摘要": f"第 {n} 版的公园。",
            "开放主体": "市林业和园林局",
        }
        for n in numbers
    ]


@pytest.fixture
def source(portal: Portal, tmp_path: Path) -> SourceEntry:
    """Ten entries; then six are gone, one says something else, one is new, and one has no title."""
    path = as_csv(tmp_path / "parks.csv", _rows(*range(1, 11)))
    run = portal.harvesting.harvest_location(str(path), id_="parks", kind=SourceKind.FEDERATED, title="公园目录")
    assert run.report.new == 10
    rows = _rows(1, 2, 3, 4, 20, 21)
    rows[0]["数据集名称"] = f"湖泊 {ATTACK}"
    rows[5] |= {"数据集名称": "", "数据摘要": ATTACK}
    as_csv(path, rows)
    found = portal.harvesting.source("parks")
    assert found
    return found


def _rows_kept(portal: Portal) -> dict[str, list[str]]:
    """Every row of every table, whole."""
    with portal.database.read() as connection:
        return {
            name: sorted(repr(tuple(row)) for row in connection.execute(select(table)))
            for name, table in metadata.tables.items()
        }


def _files_kept(portal: Portal) -> dict[str, str]:
    """
    The contents of all files of the home: graph, index, key. Without locks, which are empty files, and the database's
    own, which SQLite moves to and fro: of those the rows count.
    """
    home = portal.settings.home
    return {
        str(path.relative_to(home)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(home.rglob("*"))
        if path.is_file() and not path.name.startswith("record.sqlite") and path.suffix != ".lock"
    }


def _main(page: str) -> str:
    found = re.search(r"<main.*</main>", page, re.DOTALL)
    assert found
    return found[0]


def _count(page: str, name: str) -> str:
    found = re.search(rf"<dt>{name}</dt><dd>([\d,]+)<", page)
    return found[1] if found else ""


@pytest.mark.usefixtures("source")
def test_a_preview_counts_explains_and_shows_samples_and_writes_nothing(client: FlaskClient, portal: Portal) -> None:
    entry = client.get("/operator/source/parks").text
    assert f'action="{PAGE}" method="post"' in entry
    assert catch_up(portal)
    rows, files = _rows_kept(portal), _files_kept(portal)
    assert {name.partition("/")[0] for name in files} >= {"graph", "index"}
    page = send(client, PAGE)
    assert page.status_code == 200
    text = page.text
    counts = {name: _count(text, name) for name in ("读取", "新增", "变更", "未变", "隔离", "暂缓发布", "缺失")}
    assert counts == {"读取": "6", "新增": "1", "变更": "1", "未变": "3", "隔离": "1", "暂缓发布": "0", "缺失": "6"}
    assert "没有写入任何内容" in text
    assert "6 条会先保留，等待人工确认" in text
    assert "没有名称" in text
    assert "公园名录20" in text
    changed = re.search(r"<h2>变更</h2>.*?</section>", text, re.DOTALL)
    assert changed
    link = re.search(r'href="(/dataset/\w{16})"', changed[0])
    assert link
    assert client.get(link[1]).status_code == 200
    assert "&lt;script&gt;alert(1)" in text
    assert ATTACK not in text
    assert _rows_kept(portal) == rows
    assert _files_kept(portal) == files
    assert len(portal.harvesting.runs("parks")) == 1


def test_an_own_source_tells_what_would_be_held(client: FlaskClient, portal: Portal, tmp_path: Path) -> None:
    path = as_csv(tmp_path / "own.csv", _rows(1, 2))
    portal.harvesting.add_source(str(path), kind=SourceKind.OWN, id_="own")
    text = send(client, "/operator/source/own/preview").text
    assert (_count(text, "新增"), _count(text, "暂缓发布")) == ("2", "2")
    assert "<h2>暂缓发布</h2>" in text


def test_a_source_that_can_not_be_read_says_why(client: FlaskClient, source: SourceEntry) -> None:
    Path(source.location).unlink()
    answer = send(client, PAGE)
    assert answer.status_code == 200
    assert "找不到文件" in answer.text
    assert "来源没有读完" in answer.text


def _instead(monkeypatch: pytest.MonkeyPatch, shell: str) -> None:
    """A program that ends as the command may."""
    monkeypatch.setattr(apart, "_COMMAND", ("sh", "-c", shell))


def test_what_takes_too_long_is_ended_and_the_page_says_what_to_do(
    client: FlaskClient, portal: Portal, source: SourceEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apart, "PATIENCE_S", 0.01)
    with pytest.raises(Unavailable, match=r"not read within 0 s.*which waits") as ended:
        apart.preview(portal.settings, source)
    assert "memory" not in ended.value.en
    answer = send(client, PAGE)
    assert answer.status_code == 503
    assert "suishu harvest --preview parks" in answer.text
    assert "没有在 0 秒内读完来源。没有写入任何内容" in answer.text
    assert "内存" not in _main(answer.text)


def test_what_needs_too_much_memory_is_ended(portal: Portal, source: SourceEntry) -> None:
    little = portal.settings.model_copy(update={"harvest_memory_limit_mb": 256})
    assert apart.preview(little, source).report.seen == 6
    rows = _rows(1)
    rows[0]["数据摘要"] = "大" * 60_000_000
    as_csv(Path(source.location), rows)
    try:
        said = apart.preview(little, source).report.failure_en
    except Unavailable as ended:  # where no memory was left even to say so
        said = ended.in_language("en")
    assert re.search(r"takes (more|too much) memory", said), said


@pytest.mark.parametrize("end", ["kill -9 $$", "kill -6 $$", "echo 'MemoryError: no' >&2; exit 1"])
@pytest.mark.usefixtures("source")
def test_an_end_for_want_of_memory_is_told_as_that(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    _instead(monkeypatch, end)
    answer = send(client, PAGE)
    assert answer.status_code == 503
    assert "读取来源需要的内存过多（上限 2048 MB）。没有写入任何内容" in answer.text
    assert "秒内" not in answer.text


@pytest.mark.usefixtures("source")
def test_a_crash_is_told_as_a_fault_and_its_last_words_are_logged_alone(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    fault = "ValueError: https://me:hunter2@city.example/?token=hunter3"
    _instead(monkeypatch, f"echo long ago >&2; seq 40 >&2; echo '{fault}' >&2; exit 1")
    with capture_logs() as logged:
        answer = send(client, PAGE)
    assert answer.status_code == 503
    assert "出现内部错误。没有写入任何内容。请查看门户的日志" in answer.text
    assert "suishu harvest --preview parks" in answer.text
    assert not re.search(r"内存|秒内|ValueError|hunter", _main(answer.text))
    [line] = [each for each in logged if each["event"] == "a command gave no answer"]
    assert (line["command"], line["status"], line["log_level"]) == ("harvest", 1, "error")
    assert line["said"][-2:] == ["40", "ValueError: https://city.example/?token=***"]
    assert "long ago" not in line["said"]


@pytest.mark.parametrize(
    ("end", "words"),
    [
        ("kill -9 $$", "takes too much memory"),
        ("exit 1", "an internal error.*run suishu retry parks"),
        ("sleep 300", "not read within 1 s"),
    ],
)
def test_a_retry_tells_its_ends_apart_too(
    portal: Portal, monkeypatch: pytest.MonkeyPatch, end: str, words: str
) -> None:
    monkeypatch.setattr(apart, "PATIENCE_S", 1.0)
    _instead(monkeypatch, end)
    with pytest.raises(Unavailable, match=words):
        apart.retry(portal.settings, "parks", (), by="operator:x")


_WAITING = """
from app.harvesting import apart
from app.settings import load
from app.wiring import build
settings = load()
portal = build(settings)
source = portal.harvesting.source("hang")
portal.close()
apart.preview(settings, source)
"""


def test_a_preview_ends_with_the_process_that_waits_for_it(portal: Portal) -> None:
    settings = portal.settings.model_copy(update={"harvest_private_networks": "127.0.0.0/8"})
    with Hostile() as hostile:
        portal.harvesting.add_source(hostile.url("hang"), kind=SourceKind.FEDERATED, id_="hang", dialect="dcat")
        environment = os.environ | settings.environment()
        with subprocess.Popen([sys.executable, "-c", _WAITING], env=environment) as waiting:
            wait_until(lambda: bool(hostile.asked), 30)
            [child] = psutil.Process(waiting.pid).children()
            waiting.kill()
        wait_until(lambda: has_ended(child.pid), 30)


@pytest.mark.usefixtures("source")
def test_one_preview_is_read_at_a_time(client: FlaskClient, portal: Portal) -> None:
    with sandbox.turn(portal.settings.home / "locks", "preview", 1) as free:
        assert free
        answer = send(client, PAGE)
    assert answer.status_code == 409
    assert "正在预览另一个来源" in answer.text


@pytest.mark.usefixtures("source")
def test_a_preview_is_the_operators_alone(application: Flask, client: FlaskClient) -> None:
    stranger = browser(application)
    assert stranger.get(PAGE).status_code == 401
    assert stranger.post(PAGE).status_code == 401
    assert client.post(PAGE).status_code == 403  # no token
    assert send(client, "/operator/source/nobody/preview").status_code == 404
    assert "没有写入" not in client.get(PAGE).text


@pytest.mark.usefixtures("source")
def test_the_page_is_there_in_english(application: Flask, portal: Portal) -> None:
    text = send(entered(application, portal, "en"), PAGE).text
    main = _main(text)
    assert "nothing was written" in main
    assert "6 entries would be kept until a person confirms" in main
    headings = "".join(re.findall(r"<(?:h2|h3|dt|th)[^>]*>(.*?)</", main))
    assert not re.search(r"[\u4e00-\u9fff]", headings)
