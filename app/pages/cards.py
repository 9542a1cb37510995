"""
Search results as lists show them, made from what the index carries, without asking the record.

This markup is written here and not in a template: it is said twenty times a page, and a template takes four times as
long for it. Everything that a source wrote goes through `escape`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape
from typing import Any, cast

from markupsafe import Markup

from app.i18n import Language, pick
from app.pages import namesakes
from app.pages.origins import federated
from app.web import language
from app.web.labels import label_in
from app.web.language import gettext as _
from app.web.pages import root
from indexer.document import STAR
from indexer.results import Hit

Runs = tuple[tuple[str, bool], ...]
Shown = dict[str, Any]

_SUMMARY_CHARACTERS = 160


@dataclass(frozen=True, slots=True)
class _Words:
    """What every card says, in one language."""

    reader: Language
    root: str
    updated: str
    data_items: str
    keywords: str
    joint: str
    federated: str
    """The mark of what comes from another portal."""
    portals: frozenset[str]
    """Ids of the sources that are other portals."""
    publishers: dict[tuple[str, str, str], str] = field(default_factory=dict)
    """Markup of those that the list has named already: id, name, its language."""


def _words() -> _Words:
    colon = _("：")
    return _Words(
        language.current(),
        root(),
        _("更新"),
        _("数据项") + colon,
        _("关键词") + colon,
        _("、"),
        _("转自其他门户"),
        federated(),
    )


def cards(hits: Iterable[Hit]) -> Markup:
    """One `<li>` a result: title, summary, where else the words were found, and the facts."""
    words = _words()
    return Markup("".join([_card(hit, words) for hit in hits]))  # noqa: S704 (escaped where it is made)


def briefs(hits: Iterable[Hit]) -> Markup:
    """The same in short: title and facts."""
    words = _words()
    return Markup("".join([_brief(hit, words) for hit in hits]))  # noqa: S704


def _card(hit: Hit, words: _Words) -> str:
    shown, reader, highlight = cast(Shown, hit.display), words.reader, hit.highlight
    titles, descriptions = shown.get("titles") or {}, shown.get("descriptions") or {}
    title, title_tag = pick(titles, reader)
    summary, summary_tag = pick(descriptions, reader)
    heading = _marked(highlight.get("title"), titles, title or hit.id, title_tag, reader)
    text = ""
    if summary and summary != title:  # two thirds of real summaries repeat the title
        text = _marked(highlight.get("description"), descriptions, summary, summary_tag, reader, _SUMMARY_CHARACTERS)
        text = f'<p class="hit-summary">{text}</p>'
    modified, forms = shown.get("modified"), shown.get("formats")
    rated = _rated(*shown["rating"]) if shown.get("rating") else ""
    updated = f"<span>{words.updated} <time>{escape(modified)}</time></span>" if modified else ""
    return (
        f'<li class="hit"><h3><a href="{words.root}/dataset/{hit.id}">{heading}</a></h3>{text}'
        f'{_found(highlight, words)}<div class="hit-facts">{_facts(shown, words)}{updated}{rated}'
        f"{_formats(tuple(forms), reader.tag) if forms else ''}</div></li>\n"
    )


def _brief(hit: Hit, words: _Words) -> str:
    shown = cast(Shown, hit.display)
    title, tag = pick(shown.get("titles") or {}, words.reader)
    parts = [
        f'<li><a class="newest-title" href="{words.root}/dataset/{hit.id}">',
        _tongue(escape(title or hit.id), tag, words.reader),
        '</a> <span class="hit-facts small">',
        _facts(shown, words, linked=False),
        f"<time>{escape(shown['modified'])}</time>" if shown.get("modified") else "",
        "</span></li>\n",
    ]
    return "".join(parts)


def _facts(shown: Shown, words: _Words, *, linked: bool = True) -> str:
    """Where it comes from if that is another portal, open attribute and publisher."""
    facts = ""
    if shown.get("source_id") in words.portals:
        facts = f'<span class="federated" title="{escape(shown.get("source_title") or "")}">{words.federated}</span>'
    if code := shown.get("open_attribute"):
        facts += _attribute(code, words.reader.tag)
    if publisher := shown.get("publisher"):
        name, tag = pick(publisher.get("names") or {}, words.reader)
        key = publisher["id"], name, tag
        text = words.publishers.get(key)
        if text is None:
            text = words.publishers[key] = _publisher(*key, words, linked=linked)
        facts += text
    return facts


@lru_cache(maxsize=256)
def _attribute(code: str, tag: str) -> str:
    return f'<span class="attribute attribute-{escape(code)}">{escape(label_in("open-attribute", code, tag))}</span>'


def _rated(hundredths: int, count: int) -> str:
    mean = f"{hundredths / STAR:.1f}"
    said = escape(_("评分 %(mean)s，%(count)s 人评分") % {"mean": mean, "count": count})
    shown = f'<span class="aside">{said}</span><span aria-hidden="true">★ {mean}</span>'
    return f'<span class="hit-rating" title="{said}">{shown}</span>'


@lru_cache(maxsize=2_048)
def _formats(forms: tuple[str, ...], tag: str) -> str:
    each = [f'<span class="format">{escape(label_in("format", form, tag))}</span>' for form in forms]
    return f'<span class="hit-formats">{"".join(each)}</span>'


def _publisher(id_: str, name: str, tag: str, words: _Words, *, linked: bool) -> str:
    text = _tongue(escape(namesakes.named(id_, name or id_)), tag, words.reader)
    return (
        f'<span><a href="{words.root}/publisher/{escape(id_)}">{text}</a></span>' if linked else f"<span>{text}</span>"
    )


def _marked(runs: Runs | None, texts: dict[str, str], text: str, tag: str, reader: Language, most: int = 0) -> str:
    """The highlighted fragment, else the text, cut to `most`; with its language where that is not the page's."""
    if runs:
        if len(texts) > 1:
            fragment = "".join([run for run, _is_match in runs]).strip("…")
            if fragment not in text:  # it is of another language than the one the reader would get
                tag = next((other for other, words in texts.items() if fragment in words), tag)
        return _tongue(_runs(runs), tag, reader)
    if most and len(text) > most:
        text = text[:most].rstrip() + "…"
    return _tongue(escape(text), tag, reader)


def _runs(runs: Runs) -> str:
    whole = "".join([text for text, _is_match in runs])
    if len(escape(whole)) == len(whole):  # nothing in it to escape: once a text is cheaper than once a piece
        return "".join([f"<mark>{text}</mark>" if is_match else text for text, is_match in runs])
    return "".join([f"<mark>{escape(text)}</mark>" if is_match else escape(text) for text, is_match in runs])


def _found(highlight: dict[str, Runs], words: _Words) -> str:
    """Where the words stand when neither title nor summary shows them."""
    if "title" in highlight or "description" in highlight:
        return ""
    for name, where in ((words.data_items, "data_items"), (words.keywords, "keywords")):
        if runs := highlight.get(where):
            # the index joins them as Chinese does
            said = tuple((text.replace("、", words.joint), is_match) for text, is_match in runs)
            return f'<p class="hit-found">{name}{_runs(said)}</p>'
    return ""


def _tongue(markup: str, tag: str, reader: Language) -> str:
    return f'<span lang="{escape(tag)}">{markup}</span>' if tag and tag != reader.tag else markup
