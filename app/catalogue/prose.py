"""
Descriptions as plain text: what portals write as HTML or Markdown, without the marks. Pure.

The record keeps what the source wrote. Nothing here makes markup: what comes out is text, for pages to escape.
"""

import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Final

from app.catalogue.model import Text

_MAX_CHARACTERS: Final = 20_000
"""Nobody reads more; a parser that somebody wants to keep busy gets no more either."""

_BLOCKS: Final = frozenset((
    "address", "article", "aside", "blockquote", "center", "dd", "div", "dl", "dt", "fieldset", "figcaption",
    "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "main", "nav", "ol", "p", "pre",
    "section", "table", "ul",
))  # fmt: skip
_LINES: Final = frozenset(("br", "li", "tr", "caption", "thead", "tbody", "tfoot"))
_CELLS: Final = frozenset(("td", "th"))
_UNSHOWN: Final = frozenset(("script", "style", "head", "template", "noscript", "iframe", "object", "svg"))
_INLINE: Final = frozenset((
    "a", "abbr", "b", "big", "body", "cite", "code", "del", "em", "font", "html", "i", "img", "ins", "kbd", "label",
    "mark", "o:p", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var",
    "wbr", "title", "meta", "link", "input", "button", "col", "colgroup",
))  # fmt: skip
_TAGS: Final = "|".join(sorted(_BLOCKS | _LINES | _CELLS | _UNSHOWN | _INLINE, key=len, reverse=True))
_TAG = re.compile(rf"</?(?:{_TAGS})(?=[\s/>])[^<>]*>|<!--", re.IGNORECASE)
_NO_TAG = re.compile(rf"<(?!/?(?:{_TAGS})(?=[\s/>])[^<>]*>)", re.IGNORECASE)
"""`<` in `a < b` and `<年份>` is a sign; of tags without an end the parser would take the square of the time."""
_BREAKING = re.compile(rf"</?(?:{'|'.join(sorted(_BLOCKS | _LINES))})(?=[\s/>])", re.IGNORECASE)
_ENTITY_BODY = r"(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});"
_ENTITY = re.compile("&" + _ENTITY_BODY)
_NO_ENTITY = re.compile(f"&(?!{_ENTITY_BODY})")
"""`&copy` in `?id=1&copy=2` is no sign of copyright."""
_ADDRESS = re.compile(r"(?:https?://|mailto:)\S+", re.IGNORECASE)

_MARKDOWN: Final = (
    (re.compile(r"<((?:https?://|mailto:)[^\s<>]{1,2000})>"), r"\1"),
    (re.compile(r"^ {0,3}#{1,6}[ \t]+(\S.{0,300}?)[ \t#]*$", re.MULTILINE), r"\1"),
    (re.compile(r"(?<![\w*])\*\*(?=\S)([^*\n]{1,1000})(?<=\S)\*\*(?!\*)"), r"\1"),
    (re.compile(r"(?<!`)`([^`\n]{1,300})`(?!`)"), r"\1"),
)
_MARKDOWN_IMAGE = re.compile(r"!\[([^\[\]\n]{0,300})\]\([^()\s]{1,2000}(?:\s+\"[^\"\n]{0,300}\")?\)")
_MARKDOWN_LINK = re.compile(
    r"\[([^\[\]\n]{1,300})\]\(((?:https?://|mailto:)[^()\s]{1,2000})(?:\s+\"[^\"\n]{0,300}\")?\)"
)
_EMPTY_LINES = re.compile(r"\n{3,}")


def readable(text: str) -> str:
    """A description without marks: paragraphs stay apart, a link's address stands behind its words."""
    if len(text) > _MAX_CHARACTERS:
        return text
    if "](" in text or "**" in text or "`" in text or "#" in text or "<" in text:
        text = _MARKDOWN_IMAGE.sub(r"\1", text)
        text = _MARKDOWN_LINK.sub(lambda match: _linked(match[1], match[2]), text)
        for pattern, kept in _MARKDOWN:
            text = pattern.sub(kept, text)
    if _TAG.search(text):
        text = _without_html(text)
    elif _ENTITY.search(text):
        text = _without_html(text)
        if _TAG.search(text):  # HTML that was escaped once too often
            text = _without_html(text)
    return _EMPTY_LINES.sub("\n\n", "\n".join(line.strip() for line in text.splitlines())).strip()


def one_line(text: str) -> str:
    """A title without marks; as it is where it is nothing else."""
    if len(text) > _MAX_CHARACTERS or not (_TAG.search(text) or _ENTITY.search(text)):
        return text
    return " ".join(_without_html(text).split()) or text


def in_each(change: Callable[[str], str], texts: Text) -> Text:
    """The change made in each language; what says nothing then is left out."""
    return {language: said for language, text in texts.items() if (said := change(text))}


def _without_html(text: str) -> str:
    reader = _Reader(flowing=_BREAKING.search(text) is not None)
    reader.feed(_NO_ENTITY.sub("&amp;", _NO_TAG.sub("&lt;", _without_comments(text))))
    reader.close()
    reader.end_link()
    return "".join(reader.found).replace("\xa0", " ")


def _without_comments(text: str) -> str:
    """By search: the parser takes the square of the time for many that have no end."""
    kept, at = [], 0
    while (start := text.find("<!--", at)) >= 0 and (end := text.find("-->", start)) >= 0:
        kept.append(text[at:start])
        at = end + 3
    return "".join(kept) + text[at:]


def _linked(words: str, address: str) -> str:
    words, plain = words.strip(), re.sub(r"^mailto:", "", address, flags=re.IGNORECASE)
    if not words or words.rstrip("/") in (
        address.rstrip("/"),
        plain.rstrip("/"),
        plain.partition("://")[2].rstrip("/"),
    ):
        return plain
    return f"{words} ({plain})"


class _Reader(HTMLParser):
    """`flowing`: line breaks are said by elements, so those of the text are spaces."""

    def __init__(self, *, flowing: bool) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._flowing = flowing
        self._unshown = 0
        self._link: tuple[str, int] | None = None
        """Address of the link that is open, and where its words begin."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSHOWN:
            self._unshown += 1
        self._break(tag)
        if tag == "li":
            self.found.append("- ")
        elif tag in _CELLS:
            self.found.append(" ")
        elif tag == "img":
            self.found.append(dict(attrs).get("alt") or "")
        elif tag == "a":
            self.end_link()
            self._link = ((dict(attrs).get("href") or "").strip(), len(self.found))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag in _UNSHOWN:
            self._unshown -= 1

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSHOWN:
            self._unshown = max(0, self._unshown - 1)
        elif tag == "a":
            self.end_link()
        elif tag in _BLOCKS:
            self._break(tag)

    def handle_data(self, data: str) -> None:
        if not self._unshown:
            self.found.append(re.sub(r"\s+", " ", data) if self._flowing else data)

    def end_link(self) -> None:
        if self._link is not None and _ADDRESS.fullmatch(self._link[0]):
            address, start = self._link
            self.found[start:] = [_linked("".join(self.found[start:]), address)]
        self._link = None

    def _break(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.found.append("\n\n")
        elif tag in _LINES:
            self.found.append("\n")
