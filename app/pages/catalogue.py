"""The open catalogue (Article 11): table, exports, and RDF in pages."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from flask import Blueprint, Response, request
from markupsafe import Markup

from app.catalogue.model import DatasetView
from app.catalogue.service import CatalogueService
from app.i18n import Language, pick
from app.pages import catalogue_rdf
from app.pages.origins import federated
from app.pages.portal import portal
from app.web import language
from app.web.answers import stream
from app.web.labels import label_in, readable
from app.web.language import gettext as _
from app.web.links import address
from app.web.pages import grouped, page, root
from app.web.paging import Pager, last_page, number
from app.web.permissions import public
from app.web.rdf import HTML, SYNTAXES, representation
from app.web.sheets import CSV, XLSX, write_csv, write_xlsx
from app.web.streaming import Pulled
from vocab.rdf import Format, write

blueprint = Blueprint("catalogue", __name__)

PAGE_SIZE = 50
_BATCH = 200
_WIDTHS = (40, 60, 40, 14, 30, 14, 30, 14, 50)


@dataclass(frozen=True, slots=True)
class Row:
    """The fields of Article 11 of one entry, in words; `attribute` is the notation behind `attribute_label`."""

    id: str
    title: str
    description: str
    items: str
    formats: str
    publisher: str
    attribute: str
    attribute_label: str
    conditions: str
    frequency: str
    uri: str

    def cells(self) -> tuple[str, ...]:
        return (
            self.title, self.description, self.items, self.formats, self.publisher, self.attribute_label,
            self.conditions, self.frequency, self.uri,
        )  # fmt: skip


@blueprint.get("/catalog")
@blueprint.get("/catalog.<any(ttl,jsonld,rdf,nt):extension>")
@public
def show(extension: str = "") -> Response:
    wanted = representation(extension)
    if wanted is HTML:
        return _table()
    return catalogue_rdf.show(wanted, extension)


def _table() -> Response:
    catalogue = portal().catalogue
    total = catalogue.totals().datasets
    shown = number(request.args.get("page"))
    reader = language.current()
    said, below = words(), root()
    return page(
        "catalogue.html",
        modified=catalogue.last_changed(),
        columns=columns()[:-1],  # the last is the address, which the name links to
        rows=[row(entry.view, reader, said) for entry in catalogue.page(shown, PAGE_SIZE)],
        pager=Pager(
            shown,
            last_page(total, PAGE_SIZE),
            lambda page: f"{below}{address('/catalog', [('page', str(page) if page > 1 else '')])}",
        ),
        total=total,
        has_federated=bool(federated()),
        total_markup=Markup("<strong>{}</strong>").format(grouped(total)),
        syntaxes=SYNTAXES,
    )


def columns() -> tuple[str, ...]:
    return (
        _("数据集名称"), _("数据摘要"), _("数据项"), _("数据格式"), _("开放主体"), _("开放属性"), _("开放条件"),
        _("更新频率"), _("地址"),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Words:
    """What rows say beside their entries, in one language: exports are written outside of the request."""

    joint: str
    semicolon: str
    no_description: str
    no_items: str


def words() -> Words:
    return Words(
        joint=_("、"),
        semicolon=_("；"),
        no_description=_("开放主体未公开本数据集的摘要，如需了解请与其联系。"),
        no_items=_("开放主体未公开本数据集的数据项。"),
    )


def row(view: DatasetView, reader: Language, words: Words) -> Row:
    """Codes in words; where a source said something that is no code, its own words."""
    tag, other = reader.tag, view.other_terms
    items = [item.title or item.name for item in view.data_items]
    formats = [label_in("format", form, tag) for form in view.formats] or list(map(readable, other.get("format", ())))
    attribute = label_in("open-attribute", view.open_attribute, tag) if view.open_attribute else ""
    frequency = label_in("frequency", view.frequency, tag) if view.frequency else ""
    joint = words.joint
    description = pick(view.descriptions, reader)[0]
    return Row(
        id=view.id,
        title=pick(view.titles, reader)[0] or view.id,
        description=words.no_description if "description" in view.withheld else description,
        items=words.no_items if "dataItems" in view.withheld else joint.join(items),
        formats=joint.join(formats),
        publisher=pick(view.publisher.names, reader)[0] if view.publisher else "",
        attribute=view.open_attribute,
        attribute_label=attribute or joint.join(map(readable, other.get("open_attribute", ()))),
        conditions=words.semicolon.join(view.conditions),
        frequency=frequency or joint.join(map(readable, other.get("frequency", ()))),
        uri=view.uri,
    )


@blueprint.get("/catalog/export.<any(csv,xlsx,jsonld):extension>")
@public
def export(extension: str) -> Response:
    """Every entry, one row each, in the order of the table; the same number whatever the format."""
    catalogue, reader, head, said = portal().catalogue, language.current(), columns(), words()
    title, base_url = _("公共数据开放目录"), portal().settings.base_url

    def rows() -> Iterator[tuple[str, ...]]:
        yield head
        for view in _views(catalogue):
            yield row(view, reader, said).cells()

    def produce(out: IO[bytes]) -> None:
        if extension == "csv":
            write_csv(rows(), out)
        elif extension == "xlsx":
            write_xlsx(rows(), out, title=title, widths=_WIDTHS)
        else:
            write((_without_record(lines, base_url) for _id, lines in catalogue.public_graphs()), Format.JSON_LD, out)

    media_type = {"csv": CSV, "xlsx": XLSX, "jsonld": Format.JSON_LD.media_type}[extension]
    return stream(Pulled(produce), media_type, filename=f"catalog.{extension}")


def _views(catalogue: CatalogueService) -> Iterator[DatasetView]:
    after = ""
    while entries := catalogue.entries(after, _BATCH):
        yield from (entry.view for entry in entries)
        after = entries[-1].view.id


def _without_record(ntriples: bytes, base_url: str) -> bytes:
    """The dataset alone: in a table in JSON-LD the portal's notes about it would count as rows."""
    catalogue = f"<{base_url}/catalog> ".encode()
    lines = (
        line
        for line in ntriples.splitlines(keepends=True)
        if not line.startswith(catalogue) and b"#record> " not in line.split(b" ", 1)[0] + b" "
    )
    return b"".join(lines)
