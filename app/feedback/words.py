"""What people type, made fit for pages, graphs and letters; and what of it can't be. Pure."""

import re
import unicodedata
from urllib.parse import urlsplit

from app.errors import Invalid

MAX_BODY_CHARACTERS = 2_000
MAX_TITLE_CHARACTERS = 100
MAX_LINK_CHARACTERS = 500
MAX_ITEM_CHARACTERS = 200
MAX_PART_CHARACTERS = 1_000
"""Of a row, of what would be right, of evidence."""
MAX_REASON_CHARACTERS = 500
"""Of a report, and of why something is hidden."""

_JOINERS = "\u200c\u200d"
"""Persian words and emoji are written with them."""
_MOST_MARKS = 4
"""Marks on one letter: more than any script writes, less than hides the lines above."""
_BREAKS = re.compile(r"\r\n?|[\u2028\u2029]")
_EMPTY_LINES = re.compile(r"\n{3,}")
_LINKS = re.compile(r"https?://|www\.", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://[^\s/?#]+(?:[/?][^\s#]*)?(?:#[^\s#]*)?", re.IGNORECASE)
_UNFIT = re.compile(r"[<>\"\\^`{|}\[\]]|%(?![0-9A-Fa-f]{2})")
_HOST = re.compile(r"[^\W_](?:[\w.-]*[^\W_])?")


def tidy(text: str) -> str:
    """
    Text of several lines without what nobody sees: control characters, marks that turn the direction of writing,
    halves of surrogate pairs; at most one empty line in a row.
    """
    seen = "".join(" " if letter == "\t" else letter for letter in _BREAKS.sub("\n", text) if _is_seen(letter))
    kept: list[str] = []
    marks = 0
    for letter in unicodedata.normalize("NFC", seen):
        marks = marks + 1 if unicodedata.category(letter) in ("Mn", "Me") else 0
        if marks <= _MOST_MARKS:
            kept.append(letter)
    lines = (line.rstrip() for line in "".join(kept).split("\n"))
    return _EMPTY_LINES.sub("\n\n", "\n".join(lines)).strip(f" \n{_JOINERS}")


def one_line(text: str) -> str:
    return " ".join(tidy(text).split())


def checked(text: str, most: int, zh: str, en: str, *, needed: bool = True) -> str:
    """Tidied text of at most `most` characters; `zh` and `en` name the field. Raises `Invalid`."""
    text = tidy(text)
    if needed and not text:
        raise Invalid(f"请填写{zh}。", f"Fill in: {en}.")
    if len(text) > most:
        raise Invalid(
            f"{zh}不超过 {most} 字，现在有 {len(text)} 字。",
            f"At most {most} characters, {len(text)} now: {en}.",
        )
    return text


def links_in(text: str) -> int:
    """How many addresses stand in a text."""
    return len(_LINKS.findall(text))


def web_address(text: str, *, needed: bool = False) -> str:
    """An address that may become a link and an IRI, "" where none was given. Raises `Invalid` for any other."""
    address = text.strip()
    if not address and not needed:
        return ""
    if len(address) > MAX_LINK_CHARACTERS or not _is_fit(address):
        raise Invalid(
            f"链接须是以 http:// 或 https:// 开头的完整网址，不超过 {MAX_LINK_CHARACTERS} 个字符。",
            f"The link must be a whole address that begins with http:// or https://, of at most {MAX_LINK_CHARACTERS} "
            "characters.",
        )
    return address


def _is_fit(address: str) -> bool:
    if not address.isprintable() or not _ADDRESS.fullmatch(address) or _UNFIT.search(address):
        return False
    try:
        parts = urlsplit(address)
        parts.port  # noqa: B018 (raises where it is no number)
    except ValueError:
        return False
    return "@" not in parts.netloc and _HOST.fullmatch(parts.hostname or "") is not None


def _is_seen(letter: str) -> bool:
    """Not a control or format character, no half of a pair, nor a code point for no character, which XML can't hold."""
    number = ord(letter)
    if number & 0xFFFE == 0xFFFE or 0xFDD0 <= number <= 0xFDEF:
        return False
    return letter in f"\n\t{_JOINERS}" or unicodedata.category(letter) not in ("Cc", "Cf", "Cs", "Co")
