"""Labels of codes, and texts in the reader's language."""

import re
from functools import lru_cache
from urllib.parse import unquote, urlsplit

from markupsafe import Markup, escape

from app.i18n import pick
from app.web import language
from vocab import codelists

_MAX_LINK_CHARACTERS = 2_048
_ENCODED = re.compile(r"%[0-9A-Fa-f]{2}")
_UNFIT = re.compile(r"[\x00-\x20\x7f<>\"\\^`{|}\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_MAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,253}")
_CREATIVE_COMMONS = re.compile(
    r"https?://creativecommons\.org/(?:licenses|publicdomain)/([a-z-]+)/(\d\.\d)(?:/|$|/deed)"
)
_PHONE = re.compile(r"\+?[0-9][0-9 ()\-]{2,30}")


@lru_cache(maxsize=8_192)
def label_in(scheme: str, notation: str, tag: str) -> str:
    """The label of a code in one language; the code itself where the scheme does not know it."""
    concept = codelists.scheme(scheme).get(notation)
    return concept.label(tag) if concept else notation


def label(scheme: str, notation: str) -> str:
    return label_in(scheme, notation, language.current().tag)


def all_labels(scheme: str) -> list[tuple[str, str]]:
    """Notation and label of every concept, in the order of the code list."""
    tag = language.current().tag
    return [(concept.notation, concept.label(tag)) for concept in codelists.scheme(scheme)]


def plain(texts: dict[str, str]) -> str:
    """The text that serves the reader best."""
    return pick(texts, language.current())[0]


def say(texts: dict[str, str]) -> Markup:
    """The same as markup that names the language where it is not the page's own."""
    text, tag = pick(texts, language.current())
    return in_tongue(text, tag)


def in_tongue(text: str, tag: str) -> Markup:
    if not tag or tag == language.current().tag:
        return escape(text)
    return Markup('<span lang="{}">{}</span>').format(tag, text)


def readable(word: str) -> str:
    """A word that was the end of an address, decoded where that gives text; any other word as it is."""
    if len(word) > _MAX_LINK_CHARACTERS or not _ENCODED.search(word) or re.search(r"\s", word):
        return word
    try:
        decoded = unquote(word, errors="strict")
    except UnicodeDecodeError:
        return word
    return decoded if decoded.isprintable() else word


def web_link(address: str) -> str:
    """The address if it may become a link: http or https, with a host, nothing that hides where it leads; else ""."""
    address = address.strip()
    if len(address) > _MAX_LINK_CHARACTERS or _UNFIT.search(address):
        return ""
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return ""
    if parts.scheme.lower() not in ("http", "https") or not host or "@" in parts.netloc:
        return ""
    return address


def mail_link(address: str) -> str:
    address = address.removeprefix("mailto:").strip()
    return f"mailto:{address}" if _MAIL.fullmatch(address) else ""


def phone_link(number: str) -> str:
    number = number.removeprefix("tel:").strip()
    return "tel:" + re.sub(r"[ ()]", "", number) if _PHONE.fullmatch(number) else ""


def licence_name(licence: str) -> str:
    """A licence's address without what every address has; Creative Commons by its usual name."""
    if match := _CREATIVE_COMMONS.match(licence):
        return "CC0 1.0" if match[1] == "zero" else f"CC {match[1].upper()} {match[2]}"
    return licence.removeprefix("https://").removeprefix("http://").rstrip("/")
