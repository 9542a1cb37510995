"""Finds out in which encoding a text from a Chinese office is."""

import codecs

_CANDIDATES = ("gb18030", "cp950", "big5hkscs")
_SAMPLE = 1024 * 1024


def decoded(data: bytes) -> str:
    """
    The text: by its byte order mark, else UTF-8, else whichever of GB 18030 and Big5 reads as common Chinese.

    Big5 bytes nearly always decode as GB 18030 too, but to rare characters: what counts is how many characters are
    among the few thousand common ones, which both encodings keep in their first level. Never raises.
    """
    for mark, codec in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if data.startswith(mark):
            return data[len(mark) :].decode(codec, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    sample = data[:_SAMPLE]
    utf8 = sample.decode("utf-8", "replace")
    if utf8.count("\ufffd") * 50 < sum(character > "\x7f" for character in utf8):
        return data.decode("utf-8", "replace")  # UTF-8 with a few broken characters
    best = max(_CANDIDATES, key=lambda codec: _commonness(sample, codec))
    return data.decode(best, "replace")


def _commonness(data: bytes, codec: str) -> float:
    """Share of characters beyond ASCII that are common; what can't be decoded counts against the codec."""
    text = data.decode(codec, "replace")
    foreign = [character for character in text if character > "\x7f"]
    if not foreign:
        return 0.0
    return sum(_is_common(character) - 5 * (character == "\ufffd") for character in foreign) / len(foreign)


def _is_common(character: str) -> bool:
    """In the first level of GB 2312 or of Big5, or Chinese punctuation."""
    if character in "，。、；：？！「」『』（）《》【】“”‘’—…·％":
        return True
    return _lead(character, "gb2312", 0xB0, 0xD7) or _lead(character, "big5", 0xA4, 0xC6)


def _lead(character: str, codec: str, first: int, last: int) -> bool:
    try:
        encoded = character.encode(codec)
    except UnicodeEncodeError:
        return False
    return len(encoded) == 2 and first <= encoded[0] <= last
