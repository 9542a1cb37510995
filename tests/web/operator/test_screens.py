"""The operator's screens, by forms as a browser without JavaScript sends them."""

import io
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.audit.tables import audit_event
from app.catalogue.model import SourceKind
from app.harvesting.mapping.model import MAX_BYTES
from app.wiring import Portal
from tests.factories.sheets import PARKS, as_csv
from tests.web.operators import browser, entered, send

SECRET = "机密摘要-7f3a"


def _upload(client: FlaskClient, path: Path, name: str = "") -> TestResponse:
    with path.open("rb") as file:
        return send(client, "/operator/mapping", {"file": (file, name or path.name)})


def _draft(client: FlaskClient, path: Path) -> str:
    answer = _upload(client, path)
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def _form(page: TestResponse) -> dict[str, Any]:
    """What a browser would send of the form with the columns, nothing changed."""
    fields = {}
    for name, options in re.findall(r'<select name="(field-\d+)"[^>]*>(.*?)</select>', page.text, re.DOTALL):
        chosen = re.search(r'value="(\w*)" selected', options)
        fields[name] = chosen[1] if chosen else ""
    return fields


def _actors(portal: Portal, action: str) -> list[str]:
    with portal.database.read() as connection:
        return list(connection.scalars(select(audit_event.c.actor).where(audit_event.c.action == action)))


def test_an_upload_is_guessed_corrected_tried_and_saved(client: FlaskClient, portal: Portal, tmp_path: Path) -> None:
    address = _draft(client, as_csv(tmp_path / "parks.csv"))
    shown = client.get(address)
    assert "12 条记录" in shown.text
    assert "花鸟鱼虫" in shown.text
    form = _form(shown)
    assert form["field-1"] == "description"
    form |= {"field-7": "keyword", "code_field": "theme", "code": "花鸟鱼虫", "means": "生态环境"}
    assert send(client, address, form).status_code == 303
    assert "花鸟鱼虫: 生态环境" in client.get(address).text
    tried = client.get(f"{address}?trial=federated")
    assert re.search(r"可以发布</dt><dd>12<", tried.text)
    assert portal.harvesting.sources() == []
    with portal.database.read() as connection:
        assert connection.scalar(select(audit_event.c.id).where(audit_event.c.action == "source.added")) is None

    saved = send(client, f"{address}/save", {"title": "公园目录", "id": "parks", "kind": "federated"})
    assert saved.status_code == 303
    (source,) = portal.harvesting.sources()
    assert (source.id, source.kind, source.dialect) == ("parks", SourceKind.FEDERATED, "table")
    assert Path(source.location).is_file()
    assert "花鸟鱼虫: 生态环境" in Path(source.mapping).read_text(encoding="utf-8")
    assert client.get(address).status_code == 404
    assert all(
        actor.startswith("operator:")
        for action in ("source.added", "source.mapped")
        for actor in _actors(portal, action)
    )
    report = portal.harvesting.harvest("parks").report
    assert (report.new, report.quarantined) == (12, 0)
    assert "unknown-theme: 花鸟鱼虫" not in report.reasons
    assert report.reasons["unknown-frequency: 看情况"] == 4


def test_the_yaml_can_be_written_by_hand_and_a_wrong_one_is_told_and_kept(client: FlaskClient, tmp_path: Path) -> None:
    address = _draft(client, as_csv(tmp_path / "parks.csv"))
    client.get(address)
    wrong = send(client, address, {"yaml": "rename: {资源名称: nowhere}"})
    assert wrong.status_code == 400
    assert "不认识的字段 nowhere" in wrong.text
    assert "{资源名称: nowhere}" in wrong.text
    assert send(client, address, {"yaml": "title: 手写\nrename: {资源名称: title}\n"}).status_code == 303
    assert "title: 手写" in client.get(address).text


def test_a_meaning_that_no_code_list_has_is_told(client: FlaskClient, tmp_path: Path) -> None:
    address = _draft(client, as_csv(tmp_path / "parks.csv"))
    form = _form(client.get(address)) | {"code_field": "theme", "code": "花鸟鱼虫", "means": "不存在的领域"}
    answer = send(client, address, form)
    assert answer.status_code == 400
    assert "不是代码表中的名称" in answer.text


def test_a_mapping_without_a_title_is_not_saved(client: FlaskClient, portal: Portal, tmp_path: Path) -> None:
    address = _draft(client, as_csv(tmp_path / "parks.csv"))
    form = _form(client.get(address)) | {"field-0": ""}
    assert send(client, address, form).status_code == 303
    answer = send(client, f"{address}/save", {"title": "x", "kind": "own"})
    assert answer.status_code == 400
    assert "哪一列是数据集名称" in answer.text
    assert portal.harvesting.sources() == []


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.csv", b"", "空的"),
        ("a.ttl", b"<urn:a> <urn:b> <urn:c> .", "不是表格"),
        ("a.json", b'{"a": 1}', "记录列表"),
        ("a.xlsx", b"PK\x03\x04" + b"\0" * 100, "无法打开工作簿"),
        ("a.csv", b"\x00" * 1000, "不是表格"),
        ("deep.json", b"[" * 200_000, "JSON"),
    ],
)
def test_what_is_no_catalogue_is_refused_in_words(
    client: FlaskClient, tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    answer = _upload(client, path)
    if answer.status_code == 303:
        answer = client.get(answer.headers["Location"])
    assert answer.status_code == 400
    assert words in answer.text


def test_a_workbook_that_unpacks_to_gigabytes_ends_with_its_reader(client: FlaskClient, tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 400_000_000)
    assert path.stat().st_size < 1_000_000
    answer = client.get(_upload(client, path).headers["Location"])
    assert answer.status_code == 400
    assert "过大" in answer.text


def test_too_large_an_upload_is_refused_before_it_is_read(client: FlaskClient) -> None:
    body = io.BytesIO(b"x")
    answer = client.post(
        "/operator/mapping",
        input_stream=body,
        content_type="multipart/form-data; boundary=x",
        environ_overrides={"CONTENT_LENGTH": str(MAX_BYTES + 2_000_000)},
    )
    assert answer.status_code == 413


def test_an_address_inside_is_refused(client: FlaskClient) -> None:
    for address in ("http://127.0.0.1/a.csv", "http://169.254.169.254/x", "file:///etc/passwd", "ftp://x/y", "x"):
        answer = send(client, "/operator/mapping", {"address": address})
        assert answer.status_code == 400, address
        assert "root:" not in answer.text


def test_hostile_headings_and_cells_stay_text(client: FlaskClient, portal: Portal, tmp_path: Path) -> None:
    hostile = "\"><script>alert('标题')</script>"
    rows = [
        {
            "标题": f"=cmd|' /C calc'!A0 {n}",
            hostile: "<img src=x onerror=alert(1)>",
            "领域\u202e": "{{ 7*7 }}",
            "a\nb": "\u202egnp.exe",
            "../../etc/passwd": "x\x00y",
        }
        for n in range(3)
    ]
    address = _draft(client, as_csv(tmp_path / "../../<b>evil.csv".replace("/", "_"), rows))
    page = client.get(address)
    assert page.status_code == 200
    assert "<script>alert" not in page.text
    assert "<img src=x" not in page.text
    assert send(client, address, _form(page)).status_code == 303
    assert send(client, f"{address}/save", {"title": hostile, "id": "", "kind": "federated"}).status_code == 303
    (source,) = portal.harvesting.sources()
    inside = (portal.settings.home / "sources").resolve()
    assert Path(source.location).is_relative_to(inside)
    assert Path(source.mapping).is_relative_to((portal.settings.home / "mappings").resolve())
    assert portal.harvesting.harvest(source.id).report.new == 3


@pytest.mark.parametrize("id_", ["../x", "A", "a b", "x" * 81, "é", "a/../../b"])
def test_an_id_that_can_not_be_one_is_refused(client: FlaskClient, portal: Portal, tmp_path: Path, id_: str) -> None:
    address = _draft(client, as_csv(tmp_path / "parks.csv"))
    client.get(address)
    answer = send(client, f"{address}/save", {"title": "x", "id": id_, "kind": "own"})
    assert answer.status_code == 400
    assert portal.harvesting.sources() == []
    assert not (portal.settings.home / "sources").exists()


@pytest.mark.parametrize("id_", ["0" * 16, "../../etc", "x", "0" * 17, "%2e%2e"])
def test_a_draft_that_is_none_is_not_found(client: FlaskClient, id_: str) -> None:
    assert client.get(f"/operator/mapping/{id_}").status_code == 404


# Quarantine


def _quarantined(client: FlaskClient, portal: Portal, tmp_path: Path) -> str:
    rows = [dict(row) for row in PARKS]
    rows[0] |= {"资源名称": "", "备用": "公园名录甲", "简要描述": SECRET}
    rows[1] |= {"资源名称": "", "备用": "公园名录乙"}
    rows = [{**row, "编号": f"GZ-PARK-{n:03}"} for n, row in enumerate(rows)]
    address = _draft(client, as_csv(tmp_path / "parks.csv", rows))
    client.get(address)
    send(client, f"{address}/save", {"title": "公园目录", "id": "parks", "kind": "federated"})
    assert portal.harvesting.harvest("parks").report.quarantined == 2
    return "/operator/source/parks/quarantine"


def test_quarantine_shows_all_to_the_operator_and_nothing_to_others(
    client: FlaskClient, application: Flask, portal: Portal, tmp_path: Path
) -> None:
    address = _quarantined(client, portal, tmp_path)
    shown = client.get(address).text
    assert SECRET in shown
    assert "没有名称" in shown
    assert "第 2 行" in shown
    assert "2 条记录被隔离" in client.get("/operator").text
    assert SECRET not in browser(application).get("/source/parks/quarantine").text
    assert browser(application).get(address).status_code == 401


def test_one_record_is_tried_again_and_refused_again_with_its_reasons(
    client: FlaskClient, portal: Portal, tmp_path: Path
) -> None:
    address = _quarantined(client, portal, tmp_path)
    _, (first, second) = portal.harvesting.quarantine("parks", full=True)
    answer = send(client, address, {"record": first.id}, follow_redirects=True)
    assert "重试 1 条：收录 0 条，仍被隔离 1 条" in answer.text
    _, again = portal.harvesting.quarantine("parks", full=True)
    assert {each.id for each in again} == {first.id, second.id}
    assert next(each.at for each in again if each.id == first.id) > first.at
    assert next(each.at for each in again if each.id == second.id) == second.at
    assert _actors(portal, "records.retried")[0].startswith("operator:")


def test_after_the_mapping_was_mended_one_record_or_all_are_kept(
    client: FlaskClient, portal: Portal, tmp_path: Path
) -> None:
    address = _quarantined(client, portal, tmp_path)
    _, (first, second) = portal.harvesting.quarantine("parks", full=True)
    old = portal.harvesting.source("parks")
    assert old is not None
    draft = send(client, "/operator/source/parks/mapping", {"record": first.id}).headers["Location"]
    page = client.get(draft)
    assert "被隔离的记录" in page.text
    form = _form(page)
    form["field-7"] = "title"  # 备用: the second column that names the title, for rows that have no other
    assert send(client, draft, form).status_code == 303
    assert send(client, f"{draft}/save").status_code == 303
    new = portal.harvesting.source("parks")
    assert new is not None
    assert new.mapping != old.mapping
    assert Path(old.mapping).is_file()

    answer = send(client, address, {"record": first.id}, follow_redirects=True)
    assert "收录 1 条，仍被隔离 0 条" in answer.text
    assert portal.catalogue.entry(first.id) is not None
    assert [each.id for each in portal.harvesting.quarantine("parks")[1]] == [second.id]
    answer = send(client, address, {"all": "1"}, follow_redirects=True)
    assert "收录 1 条，仍被隔离 0 条" in answer.text
    assert portal.harvesting.counts()["parks"].quarantined == 0
    assert portal.harvesting.counts()["parks"].published == 12
    again = portal.harvesting.harvest("parks").report
    assert (again.new, again.gone, again.unchanged + again.changed) == (0, 0, 12)


def test_a_record_that_the_source_has_no_more_stays_refused(
    client: FlaskClient, portal: Portal, tmp_path: Path
) -> None:
    address = _quarantined(client, portal, tmp_path)
    source = portal.harvesting.source("parks")
    assert source is not None
    as_csv(Path(source.location), [{**PARKS[5], "编号": "GZ-PARK-005"}])
    answer = send(client, address, {"all": "1"}, follow_redirects=True)
    assert "来源中已没有 2 条" in answer.text
    assert portal.harvesting.counts()["parks"].quarantined == 2
    assert portal.harvesting.counts()["parks"].published == 10


def test_a_source_that_can_not_be_read_says_so_and_changes_nothing(
    client: FlaskClient, portal: Portal, tmp_path: Path
) -> None:
    address = _quarantined(client, portal, tmp_path)
    source = portal.harvesting.source("parks")
    assert source is not None
    Path(source.location).unlink()
    answer = send(client, address, {"all": "1"}, follow_redirects=True)
    assert "找不到文件" in answer.text
    assert portal.harvesting.counts()["parks"].quarantined == 2
    assert send(client, "/operator/source/nowhere/quarantine", {"all": "1"}).status_code == 404
    assert send(client, address).status_code == 400


def test_while_the_source_is_harvested_nothing_is_tried(client: FlaskClient, portal: Portal, tmp_path: Path) -> None:
    address = _quarantined(client, portal, tmp_path)
    with portal.database.lock("harvest-parks") as held:
        assert held
        answer = send(client, address, {"all": "1"})
    assert answer.status_code == 503
    assert "正在采集" in answer.text


# Duplicates


def test_duplicates_are_shown_beside_each_other_and_can_be_kept_apart(
    client: FlaskClient, portal: Portal, tmp_path: Path
) -> None:
    for id_, year in (("one", "每年"), ("two", "每月")):
        rows = [{**PARKS[0], "更新频次": year, "资源名称": "<b>公园</b>"}]
        address = _draft(client, as_csv(tmp_path / f"{id_}.csv", rows))
        client.get(address)
        send(client, f"{address}/save", {"title": f"目录 {id_}", "id": id_, "kind": "federated"})
        assert portal.harvesting.harvest(id_).report.new == 1
    shown = client.get("/operator/duplicates?kind=same-name").text
    assert re.search(r'class="differs"><th scope="row">更新频率', shown)
    assert "目录 one" in shown
    assert "<b>公园</b>" not in shown
    assert "1 组条目可能重复" in client.get("/operator").text
    value = re.search(r'name="value" value="(\w+)"', shown)
    assert value
    answer = send(client, "/operator/duplicates", {"kind": "same-name", "value": value[1]}, follow_redirects=True)
    assert "已记下" in answer.text
    assert "没有这样的重复" in answer.text
    assert _actors(portal, "duplicates.apart")[0].startswith("operator:")
    assert send(client, "/operator/duplicates", {"kind": "same-name", "value": "x"}).status_code == 404
    assert send(client, "/operator/duplicates", {"kind": "x' OR 1=1", "value": "x"}).status_code in (400, 404)
    assert client.get("/operator/duplicates?kind=x").status_code == 404
    assert client.get("/operator/duplicates?kind=same-id&after=%00%ff").status_code == 200


PAGES = ("/operator", "/operator/mapping", "/operator/duplicates", "/operator/source/parks/quarantine")


@pytest.mark.parametrize("language", ["zh-Hans", "en"])
def test_every_page_says_all_its_words_in_both_languages(
    application: Flask, portal: Portal, client: FlaskClient, tmp_path: Path, language: str
) -> None:
    _quarantined(client, portal, tmp_path)
    draft = _draft(
        client, as_csv(tmp_path / "again.csv", [{"title": "Parks", "theme": "x"}, {"title": "Lakes", "theme": "y"}])
    )
    reader = entered(application, portal, language)
    for address in (*PAGES, draft, f"{draft}?trial=own"):
        page = reader.get(address)
        assert page.status_code == 200, address
        assert f'<html lang="{language}">' in page.text
        assert not re.search(r"<style|\sstyle=|<script(?! src=\"/static/)|\son[a-z]+=\"", page.text), address
        ids = re.findall(r'\sid="([^"]+)"', page.text)
        assert len(ids) == len(set(ids)), address
        assert set(re.findall(r'href="#([^"]+)"', page.text)) <= set(ids), address
    if language == "en" and draft:
        main = re.search(r"<main.*</main>", reader.get(draft).text, re.DOTALL)
        assert main
        words = re.sub(r"<datalist.*?</datalist>|<textarea.*?</textarea>", "", main[0], flags=re.DOTALL)
        assert not re.search(r"[\u4e00-\u9fff]", words), re.findall(r".{20}[\u4e00-\u9fff].{20}", words)
