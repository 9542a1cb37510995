"""Pages of runs and of what they changed, and the operator's pages of sources and of deletions that wait."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.catalogue.model import SourceKind
from app.factory import create_app
from app.harvesting.model import DeletionState, SourceLimits
from app.wiring import Portal
from tests.factories.sources import incoming
from tests.unit.app.bureau import SOURCE, Bureau, id_of
from tests.web.operators import browser, entered, send

SECRET = "MARKED-SECRET"


@pytest.fixture(scope="module")
def bureau(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    """Ten entries; then one changed, one refused, one held, four missing."""
    bureau = Bureau(tmp_path_factory.mktemp("portal"), SourceKind.FEDERATED)
    bureau.harvest(*(incoming(number) for number in range(10)))
    said = f'<http://purl.org/dc/terms/description> "{SECRET}"'
    closed = incoming(5, f"不公开 {SECRET}", access="NON_PUBLIC", also=[said])
    bureau.harvest(
        incoming(0, "公交线路与站点"), *(incoming(n) for n in range(1, 5)), closed,
        incoming(11, title="", also=[said]),
    )  # fmt: skip
    yield bureau
    bureau.portal.close()


@pytest.fixture(scope="module")
def portal(bureau: Bureau) -> Portal:
    return bureau.portal


@pytest.fixture(scope="module")
def application(portal: Portal) -> Flask:
    return create_app(portal=portal)


@pytest.fixture
def visitor(application: Flask) -> FlaskClient:
    return browser(application)


@pytest.fixture
def operator(application: Flask, portal: Portal) -> FlaskClient:
    return entered(application, portal)


def test_a_run_tells_what_it_changed_and_links_to_it(visitor: FlaskClient) -> None:
    page = visitor.get(f"/source/{SOURCE}/run/2").text
    for what in ("changed", "missing", "quarantined"):
        assert f"/source/{SOURCE}/run/2/changes?what={what}" in page
    assert "http-equiv" not in page


def test_changes_are_shown_with_what_differs(visitor: FlaskClient) -> None:
    page = visitor.get(f"/source/{SOURCE}/run/2/changes?what=changed").text
    assert "公交线路与站点" in page
    assert re.search(r"change-removed.*公交线路站点", page)
    english = visitor.get(f"/source/{SOURCE}/run/2/changes?what=missing&lang=en").text
    assert f"/dataset/{id_of(6)}" in english


def test_nothing_of_what_is_not_public_stands_on_the_pages_of_a_run(visitor: FlaskClient) -> None:
    for what in ("changed", "quarantined", "missing", "nonsense", ""):
        answer = visitor.get(f"/source/{SOURCE}/run/2/changes?what={what}&page=1")
        assert answer.status_code == 200
        assert f'description" "{SECRET}' not in answer.text
    quarantined = visitor.get(f"/source/{SOURCE}/run/2/changes?what=quarantined").text
    assert SECRET not in quarantined
    assert "不公开" in quarantined


@pytest.mark.parametrize("path", ["run/99", "run/99/changes", "run/99999999999999999999/changes", "run/-1/changes"])
def test_a_run_that_is_none_is_not_found(visitor: FlaskClient, path: str) -> None:
    assert visitor.get(f"/source/{SOURCE}/{path}").status_code == 404
    assert visitor.get(f"/source/{SOURCE}/run/1/changes?page=x").status_code == 200


def test_alerts_and_schedules_stand_on_the_public_pages_without_their_words(visitor: FlaskClient) -> None:
    for path in ("/source", f"/source/{SOURCE}"):
        page = visitor.get(path).text
        assert "来源大幅减少，等待人工确认" in page
        assert "不自动采集" in page


def test_the_operators_pages_are_for_the_operator(visitor: FlaskClient) -> None:
    for path in ("source", f"source/{SOURCE}", "deletion", "deletion/1"):
        assert visitor.get(f"/operator/{path}").status_code == 401
    for path in (f"source/{SOURCE}/run", f"source/{SOURCE}/cancel", "deletion/1/confirm", "deletion/1/reject"):
        assert visitor.post(f"/operator/{path}").status_code == 401


def test_a_form_without_its_token_changes_nothing(operator: FlaskClient, portal: Portal) -> None:
    assert operator.post(f"/operator/source/{SOURCE}/pause").status_code == 403
    assert not portal.operation.state(SOURCE).plan.is_paused


def test_the_operator_plans_pauses_and_limits_a_source(operator: FlaskClient, portal: Portal) -> None:
    place = f"/operator/source/{SOURCE}"
    assert send(operator, f"{place}/schedule", {"schedule": "每天 03:00"}).status_code == 303
    assert "每天 03:00" in operator.get(place).text
    wrong = send(operator, f"{place}/schedule", {"schedule": "<b>soon"})
    assert wrong.status_code == 400
    assert "&lt;b&gt;soon" in wrong.text
    assert "<b>soon" not in wrong.text
    send(operator, f"{place}/pause")
    assert "已暂停" in operator.get("/operator/source").text
    send(operator, f"{place}/go-on")
    assert send(operator, f"{place}/limits", {"pages": "7", "pause_s": "0.5"}).status_code == 303
    assert portal.operation.state(SOURCE).plan.limits == SourceLimits(pages=7, pause_s=0.5)
    assert send(operator, f"{place}/limits", {"records": "2000001", "run_s": "86400"}).status_code == 303
    assert 'value="2000001"' in operator.get(place).text
    assert 'value="86400"' in operator.get(place).text
    for said in ("many", "0", "-1", "nan", "1" * 500):
        assert send(operator, f"{place}/limits", {"pages": said}).status_code == 400
    assert send(operator, f"{place}/limits", {"missing_percent": "nan"}).status_code == 400
    assert send(operator, f"{place}/limits", {}).status_code == 303
    assert portal.operation.state(SOURCE).plan.limits == SourceLimits()


def test_the_operator_asks_for_a_run_and_takes_it_back(operator: FlaskClient, portal: Portal) -> None:
    place = f"/operator/source/{SOURCE}"
    assert send(operator, f"{place}/run").status_code == 303
    assert portal.operation.state(SOURCE).plan.wanted_by.startswith("operator:")
    assert "取消采集" in operator.get(place).text
    assert send(operator, f"{place}/cancel").status_code == 303
    assert send(operator, f"{place}/cancel").status_code == 400
    assert send(operator, "/operator/source/nobody/run").status_code == 404


def test_a_run_that_goes_on_is_shown_with_a_page_that_reloads_itself(
    operator: FlaskClient, visitor: FlaskClient, portal: Portal
) -> None:
    portal.operation.want(SOURCE, by="operator:test")
    [run] = portal.operation.begin_due(1)
    address = f"/source/{SOURCE}/run/{run.id}"
    assert '<meta http-equiv="refresh" content="5">' in visitor.get(address).text
    assert "http-equiv" not in visitor.get(f"{address}?still=1").text
    refused = send(operator, f"/operator/source/{SOURCE}/run")
    assert refused.status_code == 409
    send(operator, f"/operator/source/{SOURCE}/cancel")
    assert "正在取消" in visitor.get(address).text


def test_the_operator_sees_what_is_missing_and_decides_once(operator: FlaskClient, portal: Portal) -> None:
    [held] = portal.operation.deletions()
    place = f"/operator/deletion/{held.id}"
    assert place in operator.get("/operator/deletion").text
    assert f"/dataset/{id_of(7)}" in operator.get(place).text
    assert send(operator, f"{place}/reject").status_code == 303
    assert portal.operation.deletion(held.id).state is DeletionState.REJECTED
    assert send(operator, f"{place}/confirm").status_code == 409
    assert operator.get("/operator/deletion/999").status_code == 404
    assert send(operator, "/operator/deletion/999/confirm").status_code == 404


def test_the_same_pages_are_there_in_english(application: Flask, portal: Portal) -> None:
    english = entered(application, portal, "en")
    for path in ("source", f"source/{SOURCE}", "deletion", "deletion/1"):
        page = english.get(f"/operator/{path}").text
        content = page[page.index("<main") : page.index("</main>")]
        content = content.replace("每天 03:00", "").replace("交通运输局", "")
        assert not re.search(r"[\u4e00-\u9fff]", re.sub(r"<li><a[^>]*>[^<]*</a></li>", "", content)), path
