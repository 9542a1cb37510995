"""The command line on a home of its own: what it answers, and with which exit status."""

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from stamina.instrumentation import set_on_retry_hooks

from app.cli import harvesting, main
from app.cli.sources import _place
from tests.factories.sources import incoming


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [name for name in os.environ if name.startswith("SUISHU_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("SUISHU_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    return tmp_path / "home"


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    path = tmp_path / "catalogue.nt"
    records = [incoming(1), incoming(2, "轨道交通客流"), incoming(3, title="")]
    path.write_bytes(b"".join(record.ntriples for record in records))
    return path


def suishu(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


def test_help_names_every_command_and_answers_at_once() -> None:
    began = time.monotonic()
    done = subprocess.run([sys.executable, "-m", "app.cli", "--help"], capture_output=True, text=True, check=True)
    assert time.monotonic() - began < 3  # a third of a second where nothing else runs
    for command in (
        "serve",
        "harvest",
        "validate",
        "search",
        "reindex",
        "rebuild-graph",
        "export",
        "demo",
        "check",
        "sources",
        "runs",
        "operator-link",
    ):
        assert command in done.stdout


def test_help_imports_nothing_heavy() -> None:
    heavy = "sqlalchemy rdflib pyoxigraph tantivy flask jieba shacl alembic rich pydantic"
    script = f"import sys, app.cli; print([m for m in '{heavy}'.split() if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_harvest_is_found_exported_and_consistent(catalogue: Path) -> None:
    harvested = suishu("harvest", catalogue, "--title", "交通局")
    assert harvested.exit_code == 0, harvested.output
    assert "quarantined" in harvested.stdout
    found = json.loads(suishu("search", "轨道交通", "--json").stdout)
    assert [result["titles"]["zh-Hans"] for result in found["results"]] == ["轨道交通客流"]
    exported = suishu("export").stdout
    assert exported.count("CatalogRecord>") == 2
    assert "urn:suishu:" not in exported
    assert suishu("check").exit_code == 0


def test_a_report_in_json_has_all_sums(catalogue: Path) -> None:
    report = json.loads(suishu("harvest", catalogue, "--json").stdout)
    assert (report["seen"], report["new"], report["quarantined"], report["recorded"]) == (3, 2, 1, 2)
    again = json.loads(suishu("harvest", "catalogue", "--json").stdout)
    assert (again["source_id"], again["unchanged"], again["run"]) == ("catalogue", 2, 2)


def test_sources_are_listed_with_what_they_have_and_their_last_run(
    catalogue: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nothing = suishu("sources")
    assert (nothing.exit_code, nothing.stdout) == (0, "")
    assert "suishu harvest" in nothing.stderr
    assert json.loads(suishu("sources", "--json").stdout) == []
    suishu("harvest", catalogue, "--title", "交通局", "--id", "transport")
    told = suishu("sources").stdout
    assert told.startswith(f"transport  交通局\n    {catalogue}\n")
    assert "published 2 · quarantined 1" in told
    assert re.search(r"last run: #1 \d{4}-\d\d-\d\d \d\d:\d\d seen 3 · new 2 · quarantined 1$", told, re.MULTILINE)
    listed = json.loads(suishu("sources", "--json").stdout)
    assert [(each["id"], each["counts"]["published"], each["last_run"]["run"]) for each in listed] == [
        ("transport", 2, 1)
    ]
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert "已发布 2 · 隔离 1" in suishu("sources").stdout


def test_runs_are_listed_newest_first_of_one_source_or_of_all(catalogue: Path) -> None:
    assert suishu("runs").exit_code == 0
    for id_ in ("transport", "copy", "transport"):
        (catalogue.parent / f"{id_}.nt").write_bytes(catalogue.read_bytes())
        suishu("harvest", catalogue.parent / f"{id_}.nt", "--id", id_)
    lines = suishu("runs").stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["#3", "#2", "#1"]
    assert lines[0].endswith("transport  seen 3 · unchanged 2 · quarantined 1")
    assert len(suishu("runs", "--limit", 1).stdout.splitlines()) == 1
    found = json.loads(suishu("runs", "transport", "--json").stdout)
    assert [(run["run"], run["source_id"], run["recorded"]) for run in found] == [
        (3, "transport", 2),
        (1, "transport", 2),
    ]
    unknown = suishu("runs", "nowhere")
    assert unknown.exit_code == 2
    assert "There is no source nowhere; `suishu sources` lists them." in unknown.stderr


def test_a_run_that_could_not_read_its_source_says_why(catalogue: Path) -> None:
    suishu("harvest", catalogue, "--id", "transport")
    catalogue.unlink()
    suishu("harvest", "transport")
    first, why, *_rest = suishu("runs", "transport").stdout.splitlines()
    assert "not read to its end · seen 0" in first
    assert why.startswith("    ")
    assert len(why) > 10


def test_a_password_in_an_address_is_never_listed() -> None:
    assert _place("https://me:secret@portal.example/x?y=1") == "https://portal.example/x?y=1"


def test_a_report_says_how_many_entries_are_held_why_and_which(catalogue: Path) -> None:
    told = suishu("harvest", catalogue, "--profile", "guangzhou")
    assert re.search(r"^  held +2$", told.stdout, re.MULTILINE)
    assert re.search(r"^ +2 × [A-Z][^\n]+\.\n +https://bureau\.example/[12]$", told.stdout, re.MULTILINE)
    report = json.loads(suishu("harvest", catalogue, "--json").stdout)
    assert (report["unchanged"], report["held"]) == (2, 2)
    assert any("https://bureau.example/1" in samples for samples in report["samples"].values())


def test_a_report_counts_held_entries_in_chinese(catalogue: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert re.search(r"暂缓发布 +2$", suishu("harvest", catalogue, "--profile", "guangzhou").stdout, re.MULTILINE)


def test_the_demo_says_how_many_entries_are_held(
    catalogue: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sources.yaml").write_text("- {id: bureau, kind: own, title: 交通局, file: catalogue.nt}")
    monkeypatch.setattr(harvesting, "DEMO", tmp_path / "sources.yaml")
    assert "new 2 · quarantined 1 · held 2" in suishu("demo", "--no-serve").stderr


def test_a_new_place_that_gave_nothing_is_reported_as_no_source(tmp_path: Path) -> None:
    (tmp_path / "empty.ttl").write_text("")
    assert "not added" in suishu("harvest", tmp_path / "empty.ttl").stdout
    report = json.loads(suishu("harvest", tmp_path / "empty.ttl", "--json").stdout)
    assert (report["run"], report["source_id"]) == (None, None)


def test_a_source_with_nothing_to_read_ends_with_one(tmp_path: Path) -> None:
    (tmp_path / "empty.ttl").write_text("")
    result = suishu("harvest", tmp_path / "empty.ttl")
    assert result.exit_code == 1
    assert "no dataset" in result.stderr


@pytest.fixture
def default_retry_hooks() -> Iterator[None]:
    set_on_retry_hooks(None)
    yield
    set_on_retry_hooks(None)


@pytest.mark.usefixtures("default_retry_hooks")
def test_a_source_that_does_not_answer_is_asked_again_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUISHU_HARVEST_PRIVATE_NETWORKS", "127.0.0.0/8")
    with socket.socket() as taken:  # bound, but nobody listens there
        taken.bind(("127.0.0.1", 0))
        result = suishu("harvest", f"http://127.0.0.1:{taken.getsockname()[1]}/a.csv")
    assert result.exit_code == 1
    assert result.stderr.count("asking again in") == 2
    assert "stamina" not in result.output


@pytest.mark.parametrize(
    "words",
    [
        ("harvest", "nowhere.ttl"),
        ("harvest", "catalogue.ttl", "--as", "smoke-signals"),
        ("search", "bus", "--filter", "colour=red"),
        ("validate", "nowhere.ttl"),
        ("serve", "--port", "99999"),
        ("dance",),
    ],
)
def test_wrong_usage_ends_with_two(words: tuple[str, ...]) -> None:
    assert suishu(*words).exit_code == 2


def test_a_setting_that_cannot_be_used_ends_with_three(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUISHU_BASE_URL", "nonsense")
    result = suishu("check")
    assert result.exit_code == 3
    assert "SUISHU_BASE_URL" in result.stderr


@pytest.mark.parametrize("command", [("search", "bus"), ("demo",), ("serve",), ("harvest", "a.ttl")])
def test_a_home_that_is_a_file_ends_with_three_and_words(home: Path, command: tuple[str, ...]) -> None:
    home.write_text("")
    result = suishu(*command)
    assert (result.exit_code, type(result.exception)) == (3, SystemExit)
    assert "SUISHU_HOME" in result.stderr


def test_a_folder_is_refused_as_one(tmp_path: Path) -> None:
    result = suishu("harvest", tmp_path)
    assert result.exit_code == 2
    assert "is a directory" in result.stderr


def test_errors_speak_chinese_to_a_chinese_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert "没有" in suishu("harvest", "nowhere.ttl").stderr


def test_searching_an_empty_portal_finds_nothing_or_says_what_to_do() -> None:
    result = suishu("search", "bus")
    assert (result.exit_code, "0 datasets" in result.stdout) == (0, True) or "suishu reindex" in result.stderr


def test_validate_tells_violations_by_exit_status_and_in_three_formats(tmp_path: Path) -> None:
    document = tmp_path / "bus.ttl"
    document.write_text("<https://x.example/1> a <http://www.w3.org/ns/dcat#Dataset> .")
    told = suishu("validate", document)
    assert told.exit_code == 1
    assert "[violation]" in told.stdout
    report = json.loads(suishu("validate", document, "--format", "json").stdout)
    assert not report["conforms"]
    assert {"zh-Hans", "en"} <= report["results"][0]["message"].keys()
    assert "ValidationReport" in suishu("validate", document, "--format", "ttl").stdout


def test_validate_says_where_a_document_breaks(tmp_path: Path) -> None:
    document = tmp_path / "broken.ttl"
    document.write_text("<https://x.example/1> a ")
    result = suishu("validate", document)
    assert result.exit_code == 2
    assert "broken.ttl" in result.stderr


@pytest.mark.parametrize("form", ["ttl", "rdf", "jsonld"])
def test_the_export_speaks_every_syntax(catalogue: Path, tmp_path: Path, form: str) -> None:
    suishu("harvest", catalogue)
    target = tmp_path / f"out.{form}"
    assert suishu("export", "--format", form, "--output", target).exit_code == 0
    assert "轨道交通客流" in target.read_text(encoding="utf-8")


def test_rebuilding_both_projections_from_the_record_agrees(catalogue: Path) -> None:
    suishu("harvest", catalogue)
    assert suishu("reindex").exit_code == 0
    assert suishu("rebuild-graph").exit_code == 0
    assert suishu("check", "--json").stdout.strip() == "[]"


def test_data_requests_are_listed_newest_first(catalogue: Path) -> None:
    from app.cli.output import open_portal

    assert "0 data requests" in suishu("requests").output
    portal = open_portal()
    for text in ("路灯开关时间", "公厕位置"):
        portal.data_requests.ask(text, "第一行\n第二行", filters={"format": ["csv"]}, language="zh-Hans")
    portal.close()
    said = suishu("requests").output
    assert "2 data requests" in said
    assert said.index("公厕位置") < said.index("路灯开关时间")
    assert "format: csv" in said
    assert "第二行" in said
    first, second = json.loads(suishu("requests", "--json").output)
    assert (first["text"], second["text"], second["filters"]) == ("公厕位置", "路灯开关时间", {"format": ["csv"]})
    older = json.loads(suishu("requests", "--json", "--before", first["id"], "--limit", 1).output)
    assert [each["text"] for each in older] == ["路灯开关时间"]


def test_the_operators_link_opens_once_and_can_be_revoked() -> None:
    made = suishu("operator-link", "--json")
    address = json.loads(made.stdout)["address"]
    assert re.fullmatch(r"http://[^ ]+/operator/enter\?token=[\w-]{43}", address)
    assert suishu("operator-link").stdout.startswith(address.partition("=")[0])
    assert json.loads(suishu("operator-link", "--revoke", "--json").stdout) == {"sessions": 0, "links": 2}
    assert suishu("operator-link", "--minutes", "0").exit_code == 2


def test_an_account_is_limited_to_a_district_that_there_is() -> None:
    words = ("--name", "荔湾区政务服务和数据管理局", "--role")
    assert suishu("account", "add", "liwan@example.org", *words, "authority:440103").exit_code == 0
    refused = suishu("account", "roles", "liwan@example.org", "authority:440199")
    assert refused.exit_code == 2
    assert "440199" in refused.stderr
    assert "GB/T 2260" in suishu("account", "add", "--help").stdout
