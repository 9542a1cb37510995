"""Mends IRIs that real catalogues spell wrongly: blanks, braces, backslashes, stray percent signs."""

import re

# What RFC 3987 never allows in an IRI, beside a percent sign that starts no escape. Private-use characters are
# allowed in the query alone; encoding them everywhere is always valid.
_FORBIDDEN = re.compile(
    r"[\x00-\x20\x7f-\x9f<>\"{}|^`\\\ud800-\udfff\ue000-\uf8ff\ufdd0-\ufdef\ufff0-\uffff\u2028\u2029]"
    r"|[\U000e0000-\U000e0fff\U000f0000-\U0010ffff]|%(?![0-9A-Fa-f]{2})"
)
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff"
_MAX_LENGTH = 8_000
_LANGUAGE = re.compile(
    r"(?:[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4,8})(?:-[a-z]{4})?(?:-(?:[a-z]{2}|[0-9]{3}))?"
    r"(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*(?:-[0-9a-wyz](?:-[a-z0-9]{2,8})+)*(?:-x(?:-[a-z0-9]{1,8})+)?",
    re.I,
)


def mended(iri: str) -> str | None:
    """
    The IRI with what RFC 3987 forbids percent-encoded, or None when it has no scheme or is longer than any address.

    >>> mended(" http://a.example/b c/{id}?k=[1]#x#y")
    'http://a.example/b%20c/%7Bid%7D?k=%5B1%5D#x%23y'
    """
    text = iri.strip().strip(_INVISIBLE)
    scheme = _SCHEME.match(text)
    if scheme is None or len(text) > _MAX_LENGTH:
        return None
    text = _FORBIDDEN.sub(_percent, text)
    rest = text[scheme.end() :]
    host = ""
    if rest.startswith("//"):
        end = re.search(r"[/?#]", rest[2:])
        cut = 2 + end.start() if end else len(rest)
        host, rest = _host(rest[:cut]), rest[cut:]
    before, hash_, fragment = rest.partition("#")
    rest = before + hash_ + fragment.replace("#", "%23")
    return text[: scheme.end()] + host + rest.replace("[", "%5B").replace("]", "%5D")


def _host(authority: str) -> str:
    """An authority keeps its brackets only around an IPv6 address."""
    if re.fullmatch(r"//(?:[^@\[\]]*@)?\[[0-9A-Fa-f:.]+\](?::\d*)?", authority):
        return authority
    return authority.replace("[", "%5B").replace("]", "%5D")


def _percent(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match[0].encode("utf-8", "surrogatepass"))


def language_tag(tag: str) -> str | None:
    """
    A tag as BCP 47 writes it (RFC 5646, sections 2.1 and 2.1.1), or None when it cannot be one.

    >>> language_tag("ZH_hans"), language_tag("pt_br"), language_tag("中文")
    ('zh-Hans', 'pt-BR', None)
    """
    text = tag.strip().replace("_", "-")
    if not _LANGUAGE.fullmatch(text):
        return None
    first, *rest = text.split("-")
    return "-".join([first.lower(), *(_subtag(part) for part in rest)])


def _subtag(part: str) -> str:
    if len(part) == 4 and part.isalpha():
        return part.title()
    return part.upper() if len(part) == 2 else part.lower()
