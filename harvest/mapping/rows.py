"""From a row of named values (of a table, or of a portal's JSON) to an entry. Shared by both dialects."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urljoin

from harvest.mapping import codes, values
from harvest.mapping.codes import concept
from harvest.mapping.entry import Agent, Basis, Contact, Distribution, Entry, Item
from harvest.mapping.fields import LISTS, columns
from harvest.mapping.items import MAX_ITEMS, datatype, items
from harvest.mapping.statements import link

_COUNT_IN_BRACKETS = re.compile(r"\s*[(（]\d+[)）]$")
_CODE_AND_NAME = re.compile(r"^([0-9A-Z]{6,18})\s*[【\[](.+)[】\]]$")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_URL = re.compile(r"https?://[^\s，、；;|]+", re.IGNORECASE)
_PHONE = re.compile(
    r"(?:\+?86[-\s]?)?(?:\(?0\d{2,3}\)?[-\s]?)?\d{7,8}(?:(?:-|转|轉)\d{1,6})?|1\d{10}|\b(?:1[0-2]|9[56])\d{3,4}\b|\b1(?:10|19|2[0-9])\b"
)
_KINDS = {"政府": "government", "机关": "government", "企业": "enterprise", "企業": "enterprise", "社会": "society"}
_WITHHELD = {"摘要": "description", "描述": "description", "description": "description", "数据项": "dataItems",
             "字段": "dataItems", "dataitems": "dataItems"}  # fmt: skip
_SAID_BESIDE = frozenset({"theme", "industry", "format", "frequency", "open_attribute"})
"""Coded fields that have a property for the source's own words."""
_SUBJECTS = frozenset({"theme", "industry", "keyword"})
_NOT_FORMATS = frozenset({"$type", "null", "undefined"})


@dataclass(frozen=True, slots=True)
class Settings:
    """
    What holds for all rows of a source. `codes`: field -> the source's value -> what it means (a label or notation
    of the code list). `constants`: field -> value for rows that have none.
    """

    language: str = "zh-Hans"
    base_url: str = ""
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)


class Row:
    """One row's values by field of the profile. A field of `LISTS` may have several values, any other one."""

    def __init__(self, raw: Mapping[str, object], columns: Mapping[str, Sequence[str]], settings: Settings) -> None:
        self.settings = settings
        self.found: dict[str, list[object]] = {}
        self.translated: dict[str, list[str]] = {}
        """Field -> the source's own words that the mapping said the meaning of."""
        for name, headings in columns.items():
            said = [raw[h] for h in headings if h in raw and not values.is_nothing(values.text(raw[h]))]
            if said:
                self.found[name] = said if name in LISTS else said[:1]
        for name, value in settings.constants.items():
            self.found.setdefault(name, [value])

    def all(self, name: str) -> list[object]:
        """The field's values, with the source's own codes replaced by what they mean."""
        said = self.found.get(name)
        if said is None:
            return []
        meanings = self.settings.codes.get(name)
        if meanings:
            said = [self._meant(name, meanings, each) for one in said for each in self._elements(one)]
        return said

    def _meant(self, name: str, meanings: Mapping[str, str], said: object) -> object:
        """What the mapping says that a value means: as a whole, else each word of a list in a cell."""
        word = values.text(said)
        if word in meanings:
            return self._translation(name, meanings, word)
        if not isinstance(said, str) or name not in LISTS:
            return said
        parts = codes.elements(said) if name in _SUBJECTS else values.words(said)
        if not any(part in meanings for part in parts):
            return said
        return "，".join(self._translation(name, meanings, part) if part in meanings else part for part in parts)

    def _translation(self, name: str, meanings: Mapping[str, str], word: str) -> str:
        kept = self.translated.setdefault(name, [])
        if word not in kept:
            kept.append(word)
        return meanings[word]

    @staticmethod
    def _elements(value: object) -> list[object]:
        return list(value) if isinstance(value, list) else [value]

    def one(self, name: str) -> object:
        return self.all(name)[0] if name in self.found else None

    def text(self, name: str) -> str:
        if name not in self.found:
            return ""
        value = self.one(name)
        return "，".join(values.listed(value)) if isinstance(value, list) else values.text(value)

    def words(self, name: str) -> list[str]:
        return list(dict.fromkeys(word for value in self.all(name) for word in values.words(value)))


def entry(row: Row) -> Entry:
    """The row as an entry; what can't be read becomes a note."""
    settings = row.settings
    made = Entry(language=settings.language)
    made.title = row.text("title").strip("\"'")
    made.description = values.paragraphs(
        row.text("description") if isinstance(row.one("description"), list) else row.one("description")
    )
    for tag, title, description in (("en", "title_en", "description_en"), ("zh-Hant", "title_hant", "")):
        if row.text(title):
            made.titles[tag] = row.text(title)
        if description and row.text(description):
            made.descriptions[tag] = row.text(description)
    made.identifiers = [values.text(value) for value in row.all("identifier")]
    made.publisher = _publisher(row)
    made.contact = _contact(row)
    made.themes = _elements(row, "theme")
    made.industries = _elements(row, "industry")
    made.keywords = [w for element in _elements(row, "keyword") for w in codes.keywords(element)]
    made.open_attribute = row.text("open_attribute")
    made.conditions = [
        text for value in row.all("condition") if (text := values.text(value)) and not concept("open-attribute", text)
    ]
    made.basis = Basis(row.text("ground"), row.text("basis"), row.text("legislation"))
    made.items, made.items_text = _items(row)
    made.formats = [word for word in row.words("format") if word not in _NOT_FORMATS]
    made.frequency = row.text("frequency").strip("‘’'\"“”")
    made.issued, made.modified = _moment(row, "issued", made), _moment(row, "modified", made)
    made.districts = row.words("district")
    made.period = _period(row, made)
    made.level = row.text("level")
    made.licence = row.text("licence")
    made.rows = _count(row, "rows", made)
    _addresses(row, made)
    made.withheld = sorted({_WITHHELD[w.lower()] for w in row.words("withheld") if w.lower() in _WITHHELD})
    made.said = {name: words for name, words in row.translated.items() if name in _SAID_BESIDE}
    return made


def item(row: Row) -> Item | None:
    """A data item from its own row; None where it has no name."""
    name, title = row.text("item_name"), row.text("item_title")
    if not (name or title):
        return None
    return Item(
        name or title,
        title or name,
        datatype(row.one("item_datatype")),
        values.paragraphs(row.one("item_description")),
        values.yes_no(row.one("item_open")),
    )


def _items(row: Row) -> tuple[list[Item], str]:
    """Data items: a list of objects with keys named like the columns of a 数据项 sheet, or whatever one cell says."""
    value = row.one("data_items")
    objects = [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
    if not objects:
        return items(_joined(value))
    found = columns(dict.fromkeys(str(name) for each in objects for name in each), items=True)
    made = (item(Row(each, found, Settings())) for each in objects[:MAX_ITEMS])
    return [each for each in made if each], ""


def _joined(value: object) -> object:
    return "、".join(values.listed(value)) if isinstance(value, list) else value


def _elements(row: Row, name: str) -> list[str]:
    """Elements of a field whose labels contain separators: only real lists are taken apart here."""
    found = (element for value in row.all(name) for element in values.listed(value))
    return list(dict.fromkeys(element.strip("，,；; ") for element in found))


def _publisher(row: Row) -> Agent:
    name, code = row.text("publisher"), row.text("uscc")
    kind = next((kind for word, kind in _KINDS.items() if word in row.text("publisher_kind")), "")
    written = row.text("publisher_kind")
    if not kind and written in _KINDS.values():
        kind = written
    match = _CODE_AND_NAME.match(name)
    if match:  # 380120000J 【社會局】
        return Agent(match[2].strip(), code, match[1], kind)
    return Agent(_COUNT_IN_BRACKETS.sub("", name), code, "", kind)


def _contact(row: Row) -> Contact:
    """One cell may hold a name, phones, addresses of mail and pages in any mixture."""
    if row.found.keys().isdisjoint(("contact", "phone", "email", "contact_url")):
        return Contact()
    rest = row.text("contact")
    found: dict[str, list[str]] = {}
    for name, pattern in (("email", _EMAIL), ("contact_url", _URL), ("phone", _PHONE)):
        own = row.text(name)
        found[name] = list(dict.fromkeys(pattern.findall(own) or ([own] if own and name == "phone" else [])))
        found[name] += [match for match in pattern.findall(rest) if match not in found[name]]
        rest = pattern.sub(" ", rest)
    rest = re.sub(r"(?:联系)?(?:电话|邮箱|网址|热线|電話|信箱)\s*[:：]?|[\s，、；;,:：()（）/|]+", " ", rest).strip()
    return Contact(rest, found["phone"], found["email"], found["contact_url"])


def _moment(row: Row, name: str, made: Entry) -> str:
    value = row.one(name)
    if value is None:
        return ""
    found = values.moment(value)
    if found is None:
        made.notes.append(f"unreadable-date: {name} {values.text(value)[:40]}")
    return found or ""


def _period(row: Row, made: Entry) -> tuple[str, str]:
    start, end = _moment(row, "temporal_start", made), _moment(row, "temporal_end", made)
    written = row.text("temporal")
    if written and not (start or end):
        found = [values.moment(part) for part in re.split(r"\s*(?:至|到|~|～|—+|--|/(?=\d{4}-))\s*", written)]
        if len(found) == 2 and all(found):
            return found[0] or "", found[1] or ""
        made.notes.append(f"unreadable-period: {written[:40]}")
    return start, end


def _count(row: Row, name: str, made: Entry) -> int | None:
    value = row.one(name)
    found = values.number(value)
    if found is None and value is not None:
        made.notes.append(f"unreadable-number: {name} {values.text(value)[:40]}")
    return found


def _addresses(row: Row, made: Entry) -> None:
    for value in row.all("landing_page"):
        address = values.text(value)
        absolute = urljoin(row.settings.base_url, address) if row.settings.base_url else address
        if link(absolute):
            made.landing_pages.append(absolute)
        else:
            made.notes.append(f"unusable-address: {address[:80]}")
    size = values.number(row.one("byte_size"))
    for name, is_api in (("download", False), ("api", True)):
        for written in (each for value in row.all(name) for each in values.listed(value)):
            for url in _URL.findall(written) or [written]:
                formats = _formats_of(url, made.formats, is_api)
                made.distributions.append(Distribution(url, "", formats, size if not is_api else None, is_api))


def _formats_of(url: str, formats: list[str], is_api: bool) -> list[str]:
    """The format of one file: what its name ends in, if the entry has that one; the entry's only one; else none."""
    if is_api:
        return [word for word in formats if word.lower() in ("api", "接口", "json", "xml")][:1]
    ending = url.partition("?")[0].rpartition(".")[2].lower()
    known = concept("format", ending) if 1 < len(ending) < 8 else None
    return [ending] if known else formats if len(formats) == 1 else []
