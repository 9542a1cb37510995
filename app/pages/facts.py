"""The table of an entry's fields: each with its name and its values in the reader's language."""

from dataclasses import dataclass

from markupsafe import Markup, escape

from app.catalogue.model import DatasetView
from app.web.labels import label, licence_name, readable, web_link
from app.web.language import gettext as _
from app.web.pages import day, grouped


@dataclass(frozen=True, slots=True)
class Fact:
    name: str
    values: tuple[str | Markup, ...]


def facts(view: DatasetView) -> list[Fact]:
    """
    Fields in the order of Article 11, then the rest. What the measures ask for is listed even where it is missing;
    the source's own words stand beside or in place of a code.
    """
    other = view.other_terms
    rows = [
        Fact(_("代码"), view.identifiers or _missing()),
        Fact(_("领域"), _codes("theme", view.themes, other.get("theme")) or _missing()),
        Fact(_("行业"), _codes("industry", view.industries)),
        Fact(
            _("开放属性"), _codes("open-attribute", (view.open_attribute,), other.get("open_attribute")) or _missing()
        ),
        Fact(_("开放条件"), view.conditions),
        Fact(_("数据格式"), _codes("format", view.formats, other.get("format")) or _missing()),
        Fact(_("更新频率"), _codes("frequency", (view.frequency,), other.get("frequency")) or _missing()),
        Fact(_("发布日期"), (day(view.issued),)),
        Fact(_("更新日期"), (day(view.modified),)),
        Fact(_("数据分级"), _codes("level", (view.level,), other.get("level"))),
        Fact(_("行政区划"), (*_codes("district", view.districts), *map(_shown, view.spatial_other))),
        Fact(_("时间范围"), (_period(view.temporal),)),
        Fact(_("数据量"), (_("%(rows)s 行") % {"rows": grouped(view.rows)} if view.rows is not None else "",)),
        Fact(_("许可"), tuple(map(_licence, view.licences))),
    ]
    shown = [Fact(row.name, tuple(value for value in row.values if value)) for row in rows]
    return [row for row in shown if row.values]


def _missing() -> tuple[Markup]:
    return (Markup('<span class="soft">{}</span>').format(_("未提供")),)


def _codes(scheme: str, notations: tuple[str, ...], own_words: tuple[str, ...] | None = None) -> tuple[str, ...]:
    found = [label(scheme, notation) for notation in notations if notation]
    for word in map(readable, own_words or ()):
        if word not in found:
            found.append(_("%(word)s（来源用语）") % {"word": word} if found else word)
    return (_("、").join(found),) if found else ()


def _shown(word: str) -> str | Markup:
    """A word, or a link where it is an address."""
    if link := web_link(word):
        return Markup('<a rel="noopener nofollow" href="{}">{}</a>').format(link, word)
    return escape(word)


def _licence(licence: str) -> str | Markup:
    link = web_link(licence)
    name = licence_name(licence)
    return Markup('<a rel="license noopener nofollow" href="{}">{}</a>').format(link, name) if link else name


def _period(period: tuple[str, str] | None) -> str:
    if period is None:
        return ""
    start, end = period
    if start and end:
        return _("%(start)s 至 %(end)s") % {"start": start, "end": end}
    return _("自 %(start)s 起") % {"start": start} if start else _("至 %(end)s") % {"end": end}
