"""Records as the harvest hands them on: canonical N-Triples around `<urn:suishu:dataset/{id}>`."""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime

from sqlalchemy import insert

from app.catalogue.decision import Arrival
from app.catalogue.model import State
from app.catalogue.tables import source
from app.catalogue.terms import CSVW, DCAT, DCT, FOAF, SUI, TYPE, VCARD, XSD
from app.db import Database
from harvest.record import dataset_id

ACCESS = "http://publications.europa.eu/resource/authority/access-right/"
OPEN, CONDITIONAL, CLOSED = (f"<{ACCESS}{name}>" for name in ("PUBLIC", "RESTRICTED", "NON_PUBLIC"))
SOURCE = "bureau"


def add_source(database: Database, kind: str = "federated") -> None:
    """The one that records are of."""
    row = {
        "title": "交通运输局",
        "location": "",
        "dialect": "",
        "mapping": "",
        "added_at": datetime(2026, 11, 1, tzinfo=UTC),
    }
    with database.write() as connection:
        connection.execute(insert(source).values(id=SOURCE, kind=kind, **row))


def text(words: str, language: str = "zh-Hans") -> str:
    return f'"{words}"@{language}' if language else f'"{words}"'


def node(id_: str) -> str:
    return f"<urn:suishu:dataset/{id_}>"


def part(id_: str, name: str) -> str:
    return f"<urn:suishu:dataset/{id_}#{name}>"


def ntriples(
    id_: str,
    *,
    title: str = "公交线路站点",
    description: str = "广州市公交线路与站点的名称、位置和首末班时间，按月更新，供出行服务使用。",
    access: str = OPEN,
    agency: str = "广州市交通运输局",
    uscc: str = "",
    items: Iterable[str] = ("线路", "站点"),
    download: str = "https://data.example/bus.csv",
    also: Iterable[tuple[str, str, str]] = (),
) -> bytes:
    """One record; `also` adds statements as (subject, predicate's IRI, object), subject "" being the dataset."""
    me, agent, contact = node(id_), "<urn:suishu:publisher/bus>", part(id_, "contact")
    schema, file = part(id_, "schema"), part(id_, "file")
    statements = [
        (me, TYPE, f"<{DCAT}Dataset>"),
        (me, DCT + "title", text(title)),
        (me, DCT + "description", text(description)),
        (me, DCT + "identifier", text(f"GZ-{id_}", "")),
        (me, DCT + "accessRights", access),
        (me, DCT + "publisher", agent),
        (agent, TYPE, f"<{FOAF}Agent>"),
        (agent, FOAF + "name", text(agency)),
        (me, DCAT + "contactPoint", contact),
        (contact, VCARD + "fn", text("数据科")),
        (contact, VCARD + "hasTelephone", "<tel:020-12345678>"),
        (me, DCAT + "distribution", file),
        (file, TYPE, f"<{DCAT}Distribution>"),
        (file, DCAT + "accessURL", "<https://data.example/bus>"),
        (file, DCAT + "downloadURL", f"<{download}>"),
        (me, CSVW + "tableSchema", schema),
    ]
    for position, item in enumerate(items, 1):
        column = part(id_, f"column-{position}")
        statements += [
            (schema, CSVW + "column", column),
            (column, CSVW + "name", text(item, "")),
            (column, SUI + "position", f'"{position}"^^<{XSD}integer>'),
        ]
    if uscc:
        statements.append((agent, DCT + "identifier", text(uscc, "")))
    statements += [(subject or me, predicate, object_) for subject, predicate, object_ in also]
    return lines(statements)


def lines(statements: Iterable[tuple[str, str, str]]) -> bytes:
    return ("\n".join(sorted(f"{s} <{p}> {o} ." for s, p, o in statements)) + "\n").encode()


def arrival(
    key: str = "bus",
    *,
    data: bytes = b"",
    state: State = State.PUBLISHED,
    source_id: str = SOURCE,
    problems: tuple[dict[str, str], ...] = (),
    **words: object,
) -> Arrival:
    """A record of one key, ready to be kept; `words` go to `ntriples`."""
    id_ = dataset_id(source_id, key)
    data = data or ntriples(id_, **words)  # type: ignore[arg-type]
    return Arrival(
        id=id_,
        source_id=source_id,
        source_key=key,
        source_iri=f"https://bureau.example/{key}",
        ntriples=data,
        content_hash=hashlib.sha256(data).hexdigest(),
        state=state,
        profile="intake",
        problems=problems,
    )
