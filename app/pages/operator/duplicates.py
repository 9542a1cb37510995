"""Entries that may be one dataset, beside each other with what tells them apart; a person may say that they are not."""

from dataclasses import dataclass

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound as NoPage

from app.catalogue.duplicates import SHOWN, Group
from app.catalogue.model import DatasetView, PublicEntry
from app.catalogue.sameness import FILE, IDENTIFIER, KINDS, NAME
from app.errors import SuishuError
from app.pages.portal import portal
from app.web import labels, language, operator
from app.web.language import gettext as _
from app.web.pages import day, grouped, page, see_other
from app.web.permissions import OPERATOR_PATH
from app.web.permissions import operator as operators

blueprint = Blueprint("operator_duplicates", __name__)

PATH = f"{OPERATOR_PATH}/duplicates"
_MAX_VALUE = 200


@dataclass(frozen=True, slots=True)
class Line:
    """One fact of a group's entries, in their order; `differs` where they do not all say the same."""

    name: str
    values: list[str]
    differs: bool


@dataclass(frozen=True, slots=True)
class Shown:
    group: Group
    titles: list[str]
    lines: list[Line]


@blueprint.get(PATH)
@operators
def show() -> Response:
    return _page()


@blueprint.post(PATH)
@operators
def apart() -> Response:
    kind, value = request.form.get("kind", ""), request.form.get("value", "")[:_MAX_VALUE]
    try:
        portal().duplicates.keep_apart(kind, value, by=operator.current().actor)
    except SuishuError as error:
        return _page(404, language.said(error))
    return see_other(f"{PATH}?kind={kind}&apart=1")


def _page(status: int = 200, error: str = "") -> Response:
    counts = portal().duplicates.counts()
    wanted = request.values.get("kind", "")
    kind = wanted if wanted in KINDS else next((kind for kind in KINDS if counts[kind]), KINDS[0])
    if wanted and wanted not in KINDS and not error:
        raise NoPage
    groups, after = portal().duplicates.page(kind, request.args.get("after", "")[:_MAX_VALUE])
    return page(
        "operator/duplicates.html",
        status=status,
        error=error,
        apart="apart" in request.args,
        kind=kind,
        kinds=[(each, _named(each), counts[each]) for each in KINDS],
        groups=[_shown(group) for group in groups],
        after=after,
        most=SHOWN,
    )


def _named(kind: str) -> str:
    return {FILE: _("下载地址相同"), NAME: _("名称和开放主体相同"), IDENTIFIER: _("标识相同")}[kind]


def _shown(group: Group) -> Shown:
    said = [_facts(entry) for entry in group.entries]
    lines = []
    for name in said[0] if said else ():
        values = [facts[name] for facts in said]
        if any(values):
            lines.append(Line(name, values, len(set(values)) > 1))
    titles = [labels.plain(entry.view.titles) or entry.view.id for entry in group.entries]
    return Shown(group, titles, sorted(lines, key=lambda line: not line.differs))


def _facts(entry: PublicEntry) -> dict[str, str]:
    view = entry.view
    return {
        _("数据来源"): entry.source_title,
        _("数据集名称"): labels.plain(view.titles),
        _("开放主体"): labels.plain(view.publisher.names) if view.publisher else "",
        _("标识"): "；".join(view.identifiers[:3]),
        _("更新日期"): day(view.modified),
        _("发布日期"): day(view.issued),
        _("数据量"): grouped(view.rows) if view.rows is not None else "",
        _("数据格式"): "、".join(view.formats[:8]),
        _("开放属性"): labels.label("open-attribute", view.open_attribute) if view.open_attribute else "",
        _("更新频率"): labels.label("frequency", view.frequency) if view.frequency else "",
        _("数据项"): grouped(len(view.data_items)) if view.data_items else "",
        _("摘要"): _short(labels.plain(view.descriptions)),
        _("下载地址"): _short(_files(view)),
        _("来源中的地址"): _short(view.source_iri or next(iter(view.landing_pages), "")),
    }


def _files(view: DatasetView) -> str:
    return "\n".join(dict.fromkeys(each.download_url for each in view.distributions[:5] if each.download_url))


def _short(text: str) -> str:
    return text if len(text) <= 160 else text[:160] + "…"
