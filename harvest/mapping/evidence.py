"""What the words of a column say about the field that it is. Each sign is a share of words that read as such."""

import re
from collections.abc import Callable, Sequence
from itertools import islice
from urllib.parse import urlsplit

from harvest.mapping import codes, values
from harvest.mapping.items import items
from harvest.mapping.statements import link
from harvest.mapping.survey import Column
from harvest.record import valid_uscc

_LOOKED_AT = 200
"""Words of a column that are read; the most frequent first."""
_ORGAN = re.compile(
    r"(?:局|委|委员会|委員會|厅|廳|办|办公室|辦公室|中心|公司|院|处|處|署|部|政府|大队|支队|总队|大隊|银行|集团|所|会|會|站|馆|館|队|隊|区|縣|县|市|协会|联合会|"
    r"总工会|管委会|分局|学校|學校|大学|医院|醫院|bureau|office|department|ministry|agency|authority)[】\])）]?$",
    re.IGNORECASE,
)
_FILE = re.compile(r"\.(?:csv|xlsx?|json|xml|zip|pdf|docx?|txt|ods|shp|kml|rar)(?:$|[?#])", re.IGNORECASE)
_API = re.compile(r"/(?:api|service|rest|wfs|wms|openapi)(?:/|$|\?)", re.IGNORECASE)
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"(?:\+?86[- ]?)?(?:\(?0\d{2,3}\)?[- ]?)?\d{7,8}(?:(?:-|转)\d{1,6})?|1\d{10}")
_CODE = re.compile(r"(?=.*\d)[A-Za-z0-9][A-Za-z0-9._/:-]{3,63}")
_SENTENCE = re.compile(r"[。；！？]|，.*，")
_LISTED = re.compile(r"[，、；;,|\r\n\t]")
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_LICENCE = re.compile(r"授权|授權|許可|许可|licen[cs]e|creativecommons|CC[ -]BY|ODbL", re.IGNORECASE)
_THEMES = ("theme", "theme-gbt21063")


def evidence(column: Column) -> dict[str, float]:
    """Field -> how well the words fit it, 0 to 1. A column that nothing was said in fits nothing."""
    words = list(islice(column.words, _LOOKED_AT))
    if not words:
        return {}
    found = {field: share for field, test in _SIGNS if (share := _share(words, test))}
    found |= _subjects(words)
    if _share(words, _is_link) > 0.8:
        return _links(column, words) | {"licence": found.get("licence", 0.0)}
    if found.get("moment", 0.0) > 0.8:
        return {"issued": 0.7 * found["moment"], "modified": 0.7 * found["moment"]}
    if found.get("number", 0.0) > 0.9 and found.get("uscc", 0.0) < 0.5 and found.get("phone", 0.0) < 0.8:
        return {"rows": 0.55, "identifier": 0.5 if column.distinct > 0.98 and column.filled > 1 else 0.0}
    found.pop("moment", None)
    found.pop("number", None)
    for field, share in _prose(column, words).items():
        found[field] = max(share, found.get(field, 0.0))
    return {field: share for field, share in found.items() if share >= 0.3}


def later(one: Column, other: Column) -> bool:
    """Are the days of one column, in the mean of its newest half, after those of the other?"""
    return _newest(one) > _newest(other)


def _share(words: Sequence[str], test: Callable[[str], bool]) -> float:
    return sum(map(test, words)) / len(words)


def _is_coded(*schemes: str) -> Callable[[str], bool]:
    return lambda word: any(codes.concept(scheme, word) for scheme in schemes)


def _are_formats(word: str) -> bool:
    said = values.words(word)
    return bool(said) and all(codes.concept("format", each) for each in said)


def _is_link(word: str) -> bool:
    return bool(link(word)) or (word.startswith("/") and len(word) > 4 and " " not in word)


_SIGNS: tuple[tuple[str, Callable[[str], bool]], ...] = (
    ("moment", lambda word: values.moment(word) is not None and not word.isdigit()),
    ("number", lambda word: values.number(word) is not None),
    ("uscc", lambda word: valid_uscc(word.upper())),
    ("email", lambda word: bool(_EMAIL.fullmatch(word))),
    ("phone", lambda word: bool(_PHONE.fullmatch(word))),
    ("frequency", _is_coded("frequency")),
    ("open_attribute", _is_coded("open-attribute")),
    ("level", _is_coded("level")),
    ("district", _is_coded("district")),
    ("format", _are_formats),
    ("publisher", lambda word: len(word) < 40 and bool(_ORGAN.search(word))),
    ("licence", lambda word: bool(_LICENCE.search(word))),
)


def _subjects(words: Sequence[str]) -> dict[str, float]:
    """Themes and industries share words (教育, 金融业 is none of both): the greater share of whole cells decides."""

    def known(schemes: tuple[str, ...]) -> float:
        def test(word: str) -> bool:
            found, unknown = codes.subjects(word, schemes)
            return len(found) > len(unknown)

        return _share(words, test)

    theme, industry = known(_THEMES), known(("industry",))
    return {"theme": theme, "industry": industry if industry > theme else industry / 2}


def _links(column: Column, words: Sequence[str]) -> dict[str, float]:
    files, interfaces = _share(words, lambda w: bool(_FILE.search(w))), _share(words, lambda w: bool(_API.search(w)))
    pages = 0.75 if column.distinct > 0.2 or len({urlsplit(word).netloc for word in words}) == 1 else 0.5
    return {"download": 0.85 * files, "api": 0.8 * interfaces, "landing_page": pages * (1 - max(files, interfaces))}


def _prose(column: Column, words: Sequence[str]) -> dict[str, float]:
    """Free text: what is short and different in each row names it, what is long describes it, what is cut is a list."""
    found: dict[str, float] = {}
    chinese = _share(words, lambda word: bool(_CHINESE.search(word)))
    sentences = _share(words, lambda word: bool(_SENTENCE.search(word)))
    lists = _share(words, lambda word: len(_LISTED.findall(word)) >= 1 and len(word) < 200)
    if _share(words, lambda word: bool(_CODE.fullmatch(word))) > 0.9 and column.distinct > 0.9 and chinese < 0.1:
        found["identifier"] = 0.7
    if column.distinct > 0.5 and 4 <= column.length <= 45 and sentences < 0.25 and lists < 0.4 and chinese > 0.5:
        found["title"] = 0.4 + 0.35 * min(1.0, column.distinct) - column.length / 400
        found["description"] = 0.5  # of two such columns the shorter is the title
    if column.length > 18 and (sentences > 0.15 or column.length > 30):
        found["description"] = min(0.75, 0.4 + sentences / 2 + column.length / 400)
    if len(words) >= 3 and column.distinct < 0.3 and 2 <= column.length <= 9 and chinese > 0.8:
        found["theme"] = 0.5  # a list of a few words, which no code list knows
    if lists > 0.5 and column.length < 120:
        found["keyword"] = 0.55
    many = _share(words, lambda word: len(items(word)[0]) >= 4)
    if many > 0.6:
        found["data_items"] = 0.35 + 0.3 * many
    return found


def _newest(column: Column) -> str:
    days = sorted(filter(None, map(values.moment, column.words)))
    return days[len(days) * 3 // 4] if days else ""
