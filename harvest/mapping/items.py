"""Reads the data items that a catalogue writes into one cell."""

import re

from harvest.mapping.codes import concept
from harvest.mapping.entry import Item
from harvest.mapping.values import paragraphs, text

_QUOTED = re.compile(r"[「『“\"]([^」』”\"]*)[」』”\"]")
_BRACKETS = {"(": ")", "（": "）", "[": "]", "【": "】", "「": "」", "《": "》"}
_SEPARATORS = "、，,;；|\n\t"
_DESCRIBED = re.compile(r"^(.+?)\s*[(（](.*)[)）]$", re.DOTALL)
_SENTENCE = re.compile(r"[。！？：:]|https?://|請|请")
_REMARKS = re.compile(r"[，,;；]")
_OPENNESS = {"开放": True, "開放": True, "不开放": False, "不開放": False, "不予开放": False}
_MAX_NAME = 60
_MAX_ALONE = 24
_MAX_IN_SENTENCE = 14
MAX_ITEMS = 2_000
_BRACKETED = re.compile(r"\s*[(（].*$")  # VARCHAR(32)


def datatype(word: object) -> str:
    """The local name of the XSD type that a word of the 编制指南 or of SQL means, else the word itself."""
    written = text(word)
    found = concept("item-datatype", _BRACKETED.sub("", written))
    return found.facts.get("datatype", written) if found else written


def items(cell: object) -> tuple[list[Item], str]:
    """
    The items of a cell such as `「序號」、「名稱」` or `区(行政区)、地号(土地地号)`, and "".

    A cell that is no list (a sentence, an address, a reference to a document) comes back as text with no items.
    """
    written = paragraphs(cell).strip("\"' \n")
    if not written:
        return [], ""
    quoted = _QUOTED.findall(written)
    if quoted and not _QUOTED.sub("", written).strip(_SEPARATORS + " 。.及和與与等"):
        pieces = quoted
    else:
        pieces = _split(written.rstrip("。."))
    names = list(dict.fromkeys(piece for piece in map(text, pieces) if piece))
    longest = max(map(len, (_described(name)[0] for name in names)), default=0)
    alone = len(names) == 1 and (longest > _MAX_ALONE or _SENTENCE.search(names[0]))
    if not names or longest > _MAX_NAME or alone or ("。" in written and longest > _MAX_IN_SENTENCE):
        return [], written
    found = [_item(*_described(name)) for name in names[:MAX_ITEMS]]
    return list({item.name: item for item in reversed(found)}.values())[::-1], ""


def _item(name: str, remark: str) -> Item:
    """`金额（数值型，元，不开放）`: among the remarks in the brackets a data type and 开放 or 不开放 are told apart."""
    made = Item(name, name)
    rest = []
    for part in _REMARKS.split(remark):
        word = part.strip()
        if not made.datatype and len(word) > 1 and concept("item-datatype", word):
            made.datatype = datatype(word)
        elif word in _OPENNESS:
            made.open = _OPENNESS[word]
        else:
            rest.append(part)
    made.description = remark if len(rest) == len(_REMARKS.split(remark)) else "，".join(map(str.strip, rest))
    return made


def _described(piece: str) -> tuple[str, str]:
    match = _DESCRIBED.match(piece)
    if not match or not match[1].strip():
        return piece, ""
    return match[1].strip(), match[2].strip()


def _split(written: str) -> list[str]:
    """Splits on separators that stand outside of brackets."""
    pieces, start, closing = [], 0, ""
    for index, character in enumerate(written):
        if closing:
            if character == closing:
                closing = ""
        elif character in _BRACKETS:
            # An opening bracket that nothing closes is only a character.
            closing = _BRACKETS[character] if _BRACKETS[character] in written[index:] else ""
        elif character in _SEPARATORS:
            pieces.append(written[start:index])
            start = index + 1
    return [*pieces, written[start:]]
