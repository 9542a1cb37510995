"""The audit log and the list of permissions as pages, and where acts come from."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.accounts.model import RIGHTS, Right, Role
from app.audit.events import Action
from app.audit.log import PAGE_SIZE, Wanted, verify_file
from app.audit.origin import marked
from app.factory import create_app
from app.web.permissions import Access, declared, needs, public, require_declarations
from app.wiring import Portal
from tests.factories.portals import numbered, portal_with
from tests.web.operators import browser, entered

PASSWORD = "a long dry password"


@dataclass
class House:
    portal: Portal
    application: Flask
    ids: list[str]
    known: set[str] = field(default_factory=set)

    def signed_in(
        self, role: Role, language: str = "zh-Hans", address: str = "203.0.113.9", scope: str = ""
    ) -> FlaskClient:
        email = f"{role}{scope}@example.org"
        if email not in self.known:
            self.portal.accounts.add(email, PASSWORD, "Office", [(role, scope)], by="test")
            self.known.add(email)
        client = browser(self.application, language)
        client.environ_base["wsgi.url_scheme"] = "https"
        client.environ_base["REMOTE_ADDR"] = address
        assert client.post("/account/sign-in", data={"email": email, "password": PASSWORD}).status_code == 303
        return client


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    records = numbered(PAGE_SIZE + 5)
    portal = portal_with(tmp_path / "home", records, followed=False)
    yield House(portal, create_app(portal=portal), [record.id for record in records])
    portal.close()


@pytest.mark.parametrize("role", Role)
def test_the_log_is_for_those_who_may_read_it(house: House, role: Role) -> None:
    client = house.signed_in(role)
    may = role in (Role.OPERATOR, Role.AUTHORITY)
    for address in ("/account/audit", "/account/audit/export.jsonl", "/account/permissions"):
        answer = client.get(address)
        assert answer.status_code == (200 if may else 403), address
        assert answer.headers["Cache-Control"] == "no-store"
        stranger = browser(house.application).get(address)
        assert stranger.status_code == 303
        assert "/account/sign-in" in stranger.location
    assert ('href="/account/audit"' in client.get("/account").text) is may
    if not may:
        assert "没有使用这个页面的权限" in client.get("/account/audit").text


@pytest.mark.parametrize("role", [Role.AUTHORITY, Role.OPERATOR])
def test_a_role_for_some_publishers_data_has_no_right_over_the_whole_portal(house: House, role: Role) -> None:
    client = house.signed_in(role, scope="p1")
    assert client.get("/account/desk").status_code == 200
    home = client.get("/account").text
    for address in ("/account/audit", "/account/permissions", "/account/moderation", "/account/verify"):
        assert client.get(address).status_code == 403, address
        assert f'href="{address}"' not in home


@pytest.mark.parametrize(("language", "title"), [("zh-Hans", "审计日志"), ("en", "Audit log")])
def test_the_log_is_read_page_by_page_and_by_what_is_sought(house: House, language: str, title: str) -> None:
    client = house.signed_in(Role.AUTHORITY, language)
    first = client.get("/account/audit")
    assert f"<h1>{title}</h1>" in first.text
    after = re.search(r'rel="next" href="([^"]+)"', first.text)
    assert after
    second = client.get(after[1].replace("&amp;", "&")).text
    subjects = re.findall(r"<bdi class=\"address\">(dataset/\w+)</bdi>", first.text + second)
    assert sorted(subjects) == sorted(f"dataset/{id_}" for id_ in house.ids)
    one = client.get("/account/audit", query_string={"subject": f"dataset/{house.ids[3]}"}).text
    assert re.findall(r"(dataset/\w+)</bdi>", one) == [f"dataset/{house.ids[3]}"]
    assert "dataset/" not in client.get("/account/audit?action=account.roles-granted").text.partition("<tbody>")[2]
    assert "<tbody>" not in client.get("/account/audit?until=2000-01-01").text
    assert "<tbody>" in client.get("/account/audit?since=2000-01-01&until=2999-12-31").text


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"since": "yesterday"}, 400),
        ({"until": "2026-13-01"}, 400),
        ({"since": "0001-01-01", "until": "9999-12-31"}, 400),
        ({"before": "x"}, 200),
        ({"before": "9" * 30}, 200),
        ({"before": "-1"}, 200),
        ({"action": "' OR 1=1 --", "subject": "<script>alert(1)</script>", "actor": "\0"}, 200),
        ({"subject": "x" * 100_000}, 200),
    ],
)
def test_whatever_is_asked_of_the_log_is_answered(house: House, query: dict[str, str], status: int) -> None:
    client = house.signed_in(Role.OPERATOR)
    answer = client.get("/account/audit", query_string=query)
    assert answer.status_code == status
    assert "<script>alert" not in answer.text
    assert client.get("/account/audit/export.jsonl", query_string=query).status_code == 200


def test_the_export_can_be_checked_elsewhere(house: House) -> None:
    client = house.signed_in(Role.AUTHORITY)
    link = re.search(r'href="([^"]*export\.jsonl[^"]*)"', client.get("/account/audit?since=2000-01-01&action=x").text)
    assert link
    assert link[1] == "/account/audit/export.jsonl?since=2000-01-01"
    answer = client.get(link[1])
    assert answer.mimetype == "application/x-ndjson"
    assert "Access-Control-Allow-Origin" not in answer.headers
    head = house.portal.audit.head()
    assert head is not None
    verdict = verify_file(io.BytesIO(answer.data), [head])
    assert verdict.rows > PAGE_SIZE
    assert verdict.findings == ()


def rate(client: FlaskClient, id_: str) -> None:
    found = re.search(r'name="form_token" value="(\w+)"', client.get("/account").text)
    assert found
    answer = client.post(f"/account/rating/{id_}", data={"form_token": found[1], "stars": "4"})
    assert answer.status_code == 303


def origins(house: House, action: Action) -> list[str]:
    return [row.origin for row in house.portal.audit.page(Wanted(action=action))[0]]


def test_where_an_act_came_from_is_a_mark_of_the_network_and_no_address(house: House) -> None:
    addresses = ("203.0.113.9", "203.0.113.9", "198.51.100.7", "2001:db8::1", "2001:db8::2")
    for id_, address in zip(house.ids, addresses, strict=False):
        rate(house.signed_in(Role.DATA_USER, address=address), id_)
    marks = origins(house, Action.RATED)[::-1]
    assert all(re.fullmatch(r"web:[0-9a-f]{16}", mark) for mark in marks)
    assert marks[0] == marks[1]
    assert marks[3] == marks[4]  # one household
    assert len(set(marks)) == 3
    export = io.BytesIO()
    house.portal.audit.export(export)
    assert not re.search(rb"203\.0|198\.51|2001:db8", export.getvalue())


def test_visitors_leave_no_mark_and_the_operators_link_does(house: House) -> None:
    client = browser(house.application)
    entered(house.application, house.portal)
    client.post("/data-request", data={"q": "缺少的数据", "description": "想要的数据"})
    assert origins(house, Action.DATA_REQUESTED) == ["web"]
    (mark,) = origins(house, Action.OPERATOR_ENTERED)
    assert re.fullmatch(r"web:[0-9a-f]{16}", mark)


def test_what_a_program_does_by_a_token_leaves_its_mark_too(house: House) -> None:
    house.signed_in(Role.DATA_USER)
    session = house.portal.accounts.sign_in("data-user@example.org", PASSWORD, address="test")
    who = house.portal.accounts.who(session.secret)
    assert who is not None
    token = house.portal.access_tokens.make("t", ["write:ratings"], 1, by=who)
    headers = {"Authorization": f"Bearer {token}"}
    client = house.application.test_client()
    assert client.put(f"/api/1/me/ratings/{house.ids[0]}", json={"stars": 4}, headers=headers).status_code == 200
    (mark,) = origins(house, Action.RATED)
    assert re.fullmatch(r"web:[0-9a-f]{16}", mark)


def test_the_mark_changes_with_the_month_and_the_key(house: House) -> None:
    november, december = datetime(2026, 11, 30, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)
    marks = {marked("203.0.113.9", key, at) for key in ("k", "l") for at in (november, december)}
    assert len(marks) == 4
    assert marked("203.0.113.9", "k", november) == marked("203.0.113.9", "k", datetime(2026, 11, 1, tzinfo=UTC))


def test_the_list_of_permissions_has_every_route(house: House) -> None:
    client = house.signed_in(Role.OPERATOR, "en")
    text = client.get("/account/permissions").text
    rows = re.findall(
        r"<tr><td>([A-Z ]+)</td><td><code>([^<]+)</code></td><td>(?:<code>([^<]+)</code>|—)</td></tr>", text
    )
    shown = {(methods, rule.replace("&lt;", "<").replace("&gt;", ">"), rights) for methods, rule, rights in rows}
    rules = list(house.application.url_map.iter_rules())
    assert len(rows) == len(rules) > 80
    for rule in rules:
        methods = " ".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        assert any(said[:2] == (methods, rule.rule) for said in shown), rule.rule
    assert ("GET", "/account/audit", "read-audit") in shown
    assert ("POST", "/account/rating/<id_>", "rate") in shown
    assert ("GET", "/account/desk", "see-desk") in shown
    assert ("GET", "/", "") in shown
    for right in Right:
        assert f"<code>{right}</code>" in text


def test_what_a_route_declares_is_what_it_asks(house: House) -> None:
    """Each route that needs a right refuses an account without it, before anything else is looked at."""
    nobody = {role: house.signed_in(role) for role in Role}
    asked = [route for route in declared(house.application) if route.needs and route.access is not Access.TOKEN]
    assert len(asked) >= 4
    for route in asked:
        assert route.access is Access.ACCOUNT
        for role, client in nobody.items():
            if not RIGHTS[role] & set(route.needs):
                found = re.search(r'name="form_token" value="(\w+)"', client.get("/account").text)
                assert found
                for method in route.methods:
                    address = re.sub(r"<any\((\w+)[^>]*>", r"\1", re.sub(r"<int[^>]+>", "1", route.rule))
                    address = re.sub(r"<[^>]+>", house.ids[0], address)
                    answer = client.open(address, method=method, data={"form_token": found[1]})
                    assert answer.status_code == 403, (route.rule, role)


def test_rights_of_nobody_in_particular_stop_the_start() -> None:
    app = Flask("x", static_folder=None)
    app.add_url_rule("/open", "open", public(needs(Right.RATE)(lambda: "a")))
    with pytest.raises(RuntimeError, match="open"):
        require_declarations(app)


def test_details_are_shown_as_text(house: House) -> None:
    client = house.signed_in(Role.OPERATOR)
    house.portal.catalogue.withdraw([house.ids[0]], actor="<b>x</b>", why="<img src=x onerror=alert(1)>")
    text = client.get("/account/audit?action=dataset.withdrawn").text
    assert "&lt;img src=x onerror=alert(1)&gt;" in text
    assert "<img src=x" not in text
    assert "<b>x" not in text
