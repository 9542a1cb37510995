"""Reads single values as catalogues really write them. Nothing here raises for a value; what can't be read is None."""

import json
import re
import unicodedata
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta, timezone

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff\u200b\u2060\ufffe\uffff]")
_SPACES = re.compile(r"\s+")
_NOTHING = frozenset(
    {"", "-", "--", "—", "/", "\\", "无", "無", "null", "none", "nan", "undefined", "n/a", "暂无", "暫無", "[]", "{}"}
)
_DATE = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号號]?"
    r"(?:[T\s]*(\d{1,2})[:时時](\d{1,2})(?:[:分](\d{1,2})(?:\.\d+)?)?\s*秒?\s*(Z|[+-]\d{2}:?\d{2})?)?"
)
_COMPACT_DATE = re.compile(r"(19\d\d|20\d\d)(\d\d)(\d\d)(?:\s?(\d\d)(\d\d)(\d\d))?")
_ROC_DATE = re.compile(r"(?:民國|民国)?\s*(\d{2,3})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日?")
_LINE_ENDS = re.compile(r"\s*[\r\n]\s*")
_CHINA = timezone(timedelta(hours=8))
_SEPARATORS = re.compile(r"[，、；;,|\r\n\t]+")


def text(value: object) -> str:
    """One line of text: no control characters, white space made single, "" for nothing."""
    if type(value) is str and value.isprintable() and "  " not in value:
        return value.strip()
    return _SPACES.sub(" ", _CONTROL.sub("", plain(value))).strip()


def paragraphs(value: object) -> str:
    """Text that keeps its lines."""
    lines = (_SPACES.sub(" ", line).strip() for line in _CONTROL.sub("", plain(value)).splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def plain(value: object) -> str:
    """A cell's value as its author saw it: 3.0 of a spreadsheet is 3, a midnight is a day."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime):
        return value.isoformat(" ") if value.time().isoformat() != "00:00:00" else value.date().isoformat()
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def is_nothing(value: str) -> bool:
    """Is it one of the words that portals write for an empty field?"""
    return value.strip().lower() in _NOTHING


def listed(value: object) -> list[str]:
    """
    The elements of a value that is a list, or looks like one: `['xls', 'api']` or `[csv,json]` in a string.
    Anything else is one element. Repetitions and empty elements go; a line end inside an element becomes ，.
    """
    if isinstance(value, str):
        inner = value.strip()
        if inner[:1] == "[" and inner[-1:] == "]":
            value = [part.strip(" '\"") for part in inner[1:-1].split(",")]
    elements = value if isinstance(value, list | tuple | set) else [value]
    found = (text(_element(element)) for element in elements)
    return list(dict.fromkeys(word for word in found if word and not is_nothing(word)))


def _element(value: object) -> object:
    if isinstance(value, dict):
        return value.get("name", "")
    return _LINE_ENDS.sub("，", value.strip()) if isinstance(value, str) else value


def words(value: object) -> list[str]:
    """Elements, each split on the separators of Chinese and Western lists (，、；;, and line ends)."""
    if isinstance(value, str) and "[" not in value:
        pieces: Iterable[str] = _SEPARATORS.split(value)
    else:
        pieces = (piece for element in listed(value) for piece in _SEPARATORS.split(element))
    cleaned = (text(piece).strip(" '\"‘’“”「」") for piece in pieces)
    return list(dict.fromkeys(word for word in cleaned if word and not is_nothing(word)))


def number(value: object) -> int | None:
    """A count such as 469,585 or "1024 条"; None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value if 0 <= value < 10**15 else None
    digits = unicodedata.normalize("NFKC", text(value)).replace(",", "").replace(" ", "")
    match = re.fullmatch(r"(\d{1,15})(?:\.0+)?[条條行笔筆个個]?", digits)
    return int(match[1]) if match else None


def moment(value: object) -> str | None:
    """
    A day (`2023-06-16`) or an instant (`2018-07-06T22:28:04`, with its zone where one was given) in ISO 8601.
    None for what is neither, a bare year or month included.
    """
    if isinstance(value, datetime):
        return value.isoformat() if value.time().isoformat() != "00:00:00" else value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    written = unicodedata.normalize("NFKC", text(value))
    if match := _DATE.fullmatch(written) or _DATE.match(written):
        return _iso(match.groups()) if not re.match(r"\d", written[match.end() :]) else None
    if match := _COMPACT_DATE.fullmatch(written):
        return _iso((*match.groups(), None))
    if match := _ROC_DATE.fullmatch(written):
        return _iso((str(int(match[1]) + 1911), match[2], match[3], None, None, None, None))
    if re.fullmatch(r"1\d{9}(\d{3})?", written):  # seconds or milliseconds since 1970
        seconds = int(written) / (1000 if len(written) == 13 else 1)
        return datetime.fromtimestamp(seconds, UTC).astimezone(_CHINA).replace(microsecond=0).isoformat()
    return None


def _iso(parts: tuple[str | None, ...]) -> str | None:
    year, month, day, hour, minute, second, zone = parts
    try:
        on = date(int(year or 0), int(month or 0), int(day or 0))
        if hour is None or (zone is None and not int(hour) and not int(minute or 0) and not int(second or 0)):
            return on.isoformat()
        at = datetime(on.year, on.month, on.day, int(hour), int(minute or 0), int(second or 0)).isoformat()
    except ValueError:
        return None
    if not zone or zone == "Z":
        return at + (zone or "")
    return f"{at}{zone[:3]}:{zone[-2:]}"


def yes_no(value: object) -> bool | None:
    """是/否 in the ways tables say it."""
    word = text(value).lower()
    if word in {"是", "y", "yes", "true", "1", "√", "开放", "開放", "对", "有"}:
        return True
    return False if word in {"否", "n", "no", "false", "0", "×", "不开放", "不開放", "不予开放", "无"} else None


_SAMPLE_CHARACTERS = 500


def chinese(samples: Iterable[str]) -> str:
    """
    "zh-Hant" when the characters that only one script has are mostly traditional, else "zh-Hans".

    A character counts for a script when only that script's first national set has it: GB 2312 or Big5.
    """
    simplified = traditional = 0
    for character in "".join(sample[:_SAMPLE_CHARACTERS] for sample in samples):
        if "\u4e00" <= character <= "\u9fff":
            in_gb, in_big5 = _encodes(character, "gb2312"), _encodes(character, "big5")
            simplified += in_gb and not in_big5
            traditional += in_big5 and not in_gb
    return "zh-Hant" if traditional > simplified else "zh-Hans"


def _encodes(character: str, codec: str) -> bool:
    try:
        character.encode(codec)
    except UnicodeEncodeError:
        return False
    return True
