"""A search result as a list shows it: made from what the index carries, without asking the record."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

from flask import current_app
from markupsafe import Markup, escape

from app.i18n import Language, pick
from app.web import language
from app.web.labels import in_tongue, label_in
from app.web.language import gettext as _
from indexer.results import Hit

_SUMMARY_CHARACTERS = 160
_OTHER_FIELDS = ("data_items", "keywords")
_MARKED = (("", ""), ("<mark>", "</mark>"))


@dataclass(frozen=True, slots=True)
class Card:
    """`found` says where else the words stand (data items, keywords), when title and summary don't show them."""

    address: str
    title: Markup
    summary: Markup
    found: Markup
    attribute: str
    attribute_label: str
    publisher: Markup
    publisher_address: str
    modified: str
    formats: tuple[str, ...]


def cards(hits: Iterable[Hit]) -> list[Card]:
    reader = language.current()
    root = cast(str, current_app.jinja_env.globals["root"])
    return [_card(hit, reader, root) for hit in hits]


def _card(hit: Hit, reader: Language, root: str) -> Card:
    shown = cast(dict[str, Any], hit.display)
    publisher = shown.get("publisher") or {}
    attribute = shown.get("open_attribute") or ""
    marked = hit.highlight
    titles, descriptions = shown.get("titles") or {}, shown.get("descriptions") or {}
    if pick(titles, reader)[0] == pick(descriptions, reader)[0]:
        descriptions = {}  # two thirds of real summaries repeat the title
    return Card(
        address=f"{root}/dataset/{hit.id}",
        title=_text(titles, marked.get("title"), reader) or escape(hit.id),
        summary=_text(descriptions, marked.get("description") if descriptions else None, reader, _SUMMARY_CHARACTERS),
        found=_found(marked),
        attribute=attribute,
        attribute_label=label_in("open-attribute", attribute, reader.tag) if attribute else "",
        publisher=_text(publisher.get("names") or {}, None, reader),
        publisher_address=f"{root}/publisher/{publisher['id']}" if publisher.get("id") else "",
        modified=shown.get("modified") or "",
        formats=tuple(label_in("format", form, reader.tag) for form in shown.get("formats") or ()),
    )


def _text(texts: dict[str, str], runs: tuple[tuple[str, bool], ...] | None, reader: Language, most: int = 0) -> Markup:
    """The highlighted fragment where there is one, else the text that serves the reader best, cut to `most`."""
    text, tag = pick(texts, reader)
    if runs and any(is_match for _, is_match in runs):
        fragment = "".join(run for run, _ in runs)
        # a fragment of another language's text must not be given out as the reader's
        said_in = tag if fragment.strip("…") in text else _tag_of(texts, fragment.strip("…"), tag)
        marked = _marked(runs)
        return marked if said_in in ("", reader.tag) else Markup('<span lang="{}">{}</span>').format(said_in, marked)
    if most and len(text) > most:
        text = text[:most].rstrip() + "…"
    return in_tongue(text, tag)


def _tag_of(texts: dict[str, str], fragment: str, default: str) -> str:
    return next((tag for tag, text in texts.items() if fragment in text), default)


def _marked(runs: Iterable[tuple[str, bool]]) -> Markup:
    pieces = []
    for text, is_match in runs:
        before, after = _MARKED[is_match]
        pieces.append(f"{before}{escape(text)}{after}")
    return Markup("".join(pieces))  # noqa: S704 (every run is escaped above)


def _found(highlight: dict[str, tuple[tuple[str, bool], ...]]) -> Markup:
    if "title" in highlight or "description" in highlight:
        return Markup("")
    names = {"data_items": _("数据项"), "keywords": _("关键词")}
    for field in _OTHER_FIELDS:
        if runs := highlight.get(field):
            return Markup("{}{}{}").format(names[field], _("："), _marked(runs))
    return Markup("")
