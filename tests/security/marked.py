"""
What is personal or secret, and every place where none of it may turn up. A feature that keeps something of people adds
a line to SEEDS; one that shows or writes something, a line to PLACES.
"""

import gzip
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from urllib.parse import urljoin, urlsplit

from flask import Flask
from flask.testing import FlaskClient

from app.accounts.model import Role
from app.audit.log import Wanted
from app.processes import keeper
from app.wiring import Portal
from tests.factories.sparql import question, running_pool
from tests.web.operators import browser

BASE = "https://data.example"
ADDRESS = "203.0.113.177"
EMAIL, NAME, PASSWORD = "quilliam7c1e@marked.example", "Quilliam7c1e", "wort7c1e lang und trocken"


@dataclass
class House:
    """A portal that people use; `marks` is what was seeded: its name, and the words that may not turn up."""

    portal: Portal
    application: Flask
    ids: list[str]
    marks: dict[str, str] = field(default_factory=dict)
    member: FlaskClient | None = None

    def browser(self, language: str = "zh-Hans") -> FlaskClient:
        client = browser(self.application, language)
        client.environ_base["wsgi.url_scheme"] = "https"
        client.environ_base["REMOTE_ADDR"] = ADDRESS
        return client

    def link(self) -> str:
        """In the newest letter."""
        office = self.portal.post_office()
        assert office is not None
        office.deliver()
        letters = sorted((self.portal.settings.home / "mail").glob("*.eml"), key=lambda file: file.stat().st_mtime_ns)
        body = message_from_bytes(letters[-1].read_bytes(), policy=policy.default).get_body()
        found = re.search(rf"{BASE}(/account/\w+/[\w-]+)", str(body and body.get_content()))
        assert found
        return found[1]

    def send(self, client: FlaskClient, address: str, **form: str) -> None:
        found = re.search(r'name="form_token" value="(\w+)"', client.get("/account").text)
        assert found
        assert client.post(address, data={"form_token": found[1], **form}).status_code == 303


# Seeds: each does something as people do it, and tells what it left


def signing_up(house: House) -> dict[str, str]:
    client = house.browser()
    client.post("/account/sign-up", data={"email": EMAIL, "password": PASSWORD, "name": NAME})
    link = house.link()
    assert client.post(link, data={"password": PASSWORD}).status_code == 303
    house.member = client
    cookie = client.get_cookie("suishu_account", path="/account")
    assert cookie is not None
    account = house.portal.accounts.who(cookie.value)
    assert account is not None
    return {
        "mail address": EMAIL, "its beginning": EMAIL.partition("@")[0], "name": NAME, "password": PASSWORD,
        "session": cookie.value, "link of a sign-up": link.rpartition("/")[2], "account's id": account.id,
        "network address": ADDRESS,
    }  # fmt: skip


def rating(house: House) -> dict[str, str]:
    assert house.member is not None
    for id_ in house.ids:
        house.send(house.member, f"/account/rating/{id_}", stars="4")
    token = re.search(r'name="form_token" value="(\w+)"', house.member.get("/account").text)
    assert token
    return {"form's token": token[1]}


def forgetting_a_password(house: House) -> dict[str, str]:
    house.browser().post("/account/forgotten", data={"email": EMAIL})
    return {"link for a new password": house.link().rpartition("/")[2]}


def mistyping(house: House) -> dict[str, str]:
    house.browser().post("/account/sign-in", data={"email": EMAIL, "password": "irrtum7c1e und so weiter"})
    house.browser().get(f"/account/reset/{'falsch7c1e'}")
    return {"mistyped password": "irrtum7c1e", "link that never was": "falsch7c1e"}


def asking_for_data(house: House) -> dict[str, str]:
    form = {"q": "wunsch7c1e", "description": "bitte an wunsch7c1e@example.org, 13800138000"}
    house.browser().post("/data-request", data=form)
    return {"data request": "wunsch7c1e", "phone in it": "13800138000"}


def operating(house: House) -> dict[str, str]:
    token = house.portal.access.make_link()
    client = house.browser()
    client.post("/operator/enter", data={"token": token})
    cookie = client.get_cookie("suishu_operator", path="/operator")
    return {
        "operator's link": token,
        "operator's cookie": cookie.value if cookie else "",
        "key": house.portal.settings.secret(),
    }


def staff(house: House) -> dict[str, str]:
    house.portal.accounts.add(
        "amt7c1e@example.org", "dienstwort7c1e lang", "Amt7c1e", [(Role.AUTHORITY, "")], by="test"
    )
    client = house.browser()
    form = {"email": "amt7c1e@example.org", "password": "dienstwort7c1e lang"}
    assert client.post("/account/sign-in", data=form).status_code == 303
    client.get("/account/desk/said")
    return {"staff's address": "amt7c1e", "staff's name": "Amt7c1e", "staff's password": "dienstwort7c1e"}


Seed = Callable[[House], dict[str, str]]
SEEDS: tuple[Seed, ...] = (
    signing_up,
    rating,
    forgetting_a_password,
    mistyping,
    asking_for_data,
    operating,
    staff,
)


# Places: each gives what can be read there, by anybody or by those who read logs, exports and files


def pages(house: House) -> Iterator[tuple[str, bytes]]:
    """All that links lead a stranger to, from where there are links and from interfaces that nothing links to."""
    client = house.browser("en")
    starts = [
        "/", "/dataset", "/catalog", "/publisher", "/theme", "/source", "/about", "/robots.txt", "/sitemap.xml",
        "/ns", "/health", "/data.json", "/changes", "/changes/node/0", "/changes/page/0", "/api/openapi.json",
        "/api/search?size=100", "/api/suggest?q=q", "/dataset.atom?size=100", "/dataset.json?size=100",
        "/.well-known/void",
        *(f"/api/3/action/{name}" for name in ("status_show", "package_list", "package_search?rows=1000", "tag_list",
          "current_package_list_with_resources", "organization_list?all_fields=true", "group_list?all_fields=true")),
        *(f"/dataset/{id_}{form}" for id_ in house.ids for form in ("", ".nt", ".ttl", ".rdf", ".jsonld")),
        *(f"/catalog{form}" for form in (".nt", ".ttl", ".rdf", ".jsonld")),
        *(f"/catalog/export.{form}" for form in ("csv", "xlsx", "jsonld")),
        *(f"/dump/catalog.{form}" for form in ("nt", "nt.gz", "ttl", "rdf", "jsonld")),
    ]  # fmt: skip
    seen, waiting = set(starts), list(starts)
    while waiting:
        address = waiting.pop()
        answer = client.get(address)
        yield address, b"\n".join([answer.data, str(answer.headers).encode()])
        for link in re.findall(r'(?:href|src)="([^"]+)"', answer.text if answer.mimetype == "text/html" else ""):
            parts = urlsplit(urljoin(f"{BASE}{address}", link.replace("&amp;", "&")))
            path = parts.path + (f"?{parts.query}" if parts.query else "")
            if f"{parts.scheme}://{parts.netloc}" == BASE and path not in seen and len(seen) < 1500:
                seen.add(path)
                waiting.append(path)


def errors(house: House) -> Iterator[tuple[str, bytes]]:
    client = house.browser()
    for address in (
        "/nowhere",
        "/account/nowhere",
        "/account/desk/said",
        "/account/audit",
        "/operator",
        "/dataset?page=x",
    ):
        for accept in ("text/html", "application/json"):
            answer = client.get(address, headers={"Accept": accept})
            yield f"{address} as {accept}", answer.data + str(answer.headers).encode()
    for address in (
        "/account/sign-in",
        "/account/erase",
        "/account/rating/x",
        "/operator/leave",
        "/api/check",
        "/sparql",
    ):
        answer = client.post(address, data=b"x" * 2_000_000)
        yield f"POST {address}", answer.data + str(answer.headers).encode()


def graph(house: House) -> Iterator[tuple[str, bytes]]:
    query = "SELECT * { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }"
    with running_pool(house.portal.settings.home, time_limit_s=10) as (_, workers):
        yield "SPARQL", b"".join(workers.ask(question(query, rows=1_000_000)).chunks())
    published = house.portal.published_graph()
    yield "published graph", b"".join(line for name in published.names() for line in published.graph(name))
    published.close()


def files(house: House) -> Iterator[tuple[str, bytes]]:
    """Of the home, but for the database, the key, and the letters that a folder gets in a server's place."""
    home = house.portal.settings.home
    for path in home.rglob("*"):
        place = path.relative_to(home)
        if (
            path.is_file()
            and place.parts[0] not in ("mail", "secret.key")
            and not place.name.startswith("record.sqlite")
        ):
            yield str(place), path.read_bytes() + str(place).encode()


def audit(house: House) -> Iterator[tuple[str, bytes]]:
    stream = io.BytesIO()
    house.portal.audit.export(stream)
    yield "audit log, exported", stream.getvalue()
    yield "audit log, a page", repr(house.portal.audit.page(Wanted())).encode()


Place = Callable[[House], Iterator[tuple[str, bytes]]]
PLACES: tuple[Place, ...] = (
    pages,
    errors,
    graph,
    files,
    audit,
)
"""The log is looked at after all of them."""

MAY_BE = {("account's id", audit)}
"""(what, where): what a place is there for."""


def seeded(house: House) -> House:
    for seed in SEEDS:
        house.marks |= {what: mark for what, mark in seed(house).items() if mark}
    assert keeper.catch_up(house.portal)
    return house


def readable(body: bytes) -> bytes:
    """Unpacked, where it was packed."""
    if body.startswith(b"\x1f\x8b"):
        return gzip.decompress(body.partition(b"\nContent-")[0] if b"\nContent-" in body else body)
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as parts:
            return b"\n".join(parts.read(name) for name in parts.namelist())
    return body
