"""Brings a document's bytes to UTF-8, the only encoding the fast parser reads."""

import codecs
import re

from vocab.errors import RdfError
from vocab.notes import Kind, Notes

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16: its mark begins with that of UTF-16
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# UTF-16 and UTF-32 without a mark, by where the zero bytes of the first ASCII characters stand (XML 1.0, appendix F).
_ZEROS = ((b"\0\0\0.", "utf-32-be"), (b".\0\0\0", "utf-32-le"), (b"\0.\0.", "utf-16-be"), (b".\0.\0", "utf-16-le"))
_XML_DECLARATION = re.compile(rb"""^\s*<\?xml\b[^>]{0,200}?\bencoding\s*=\s*["']([A-Za-z][\w.:-]{0,40})["']""")
_DECLARED = re.compile(r"""^(\s*<\?xml\b[^>]{0,200}?)\s+encoding\s*=\s*["'][^"']*["']""")
_COMMON_CHINESE = re.compile(r"[\u4e00-\u9fff\u3000-\u303f\uff00-\uffef“”‘’—…·]")


def detect(head: bytes, *, declared: str = "") -> str:
    """
    The codec of a document by its first bytes: byte order mark, pattern of zeros, XML declaration, then `declared`
    (the charset of a Content-Type), else "utf-8". "utf-8-sig" where a mark must go.
    """
    for mark, codec in _BOMS:
        if head.startswith(mark):
            return codec
    pattern = b"".join(b"." if byte else b"\0" for byte in head[:4])
    for zeros, codec in _ZEROS:
        if pattern == zeros:
            return codec
    match = _XML_DECLARATION.match(head)
    name = match[1].decode() if match else declared.strip().strip("\"'")
    return _codec(name) if name else "utf-8"


def to_utf8(data: bytes, notes: Notes, *, declared: str = "") -> bytes:
    """
    The document in UTF-8 without a mark; a note when its bytes were not what it said they were.

    Undeclared GB18030, which mainland portals send, is recognised when all of it decodes to common Chinese
    characters; otherwise what cannot be decoded becomes U+FFFD.
    """
    codec = detect(data[:256], declared=declared)
    if codec == "utf-8" and _is_utf8(data):
        return data
    try:
        text = data.decode(codec)
    except UnicodeDecodeError as error:
        text = _decode_anyway(data, codec, error, notes)
    return undeclared(text).encode("utf-8", "replace")


def undeclared(text: str) -> str:
    """The text without an encoding in its XML declaration, which would no longer be true."""
    return _DECLARED.sub(r"\1", text, count=1) if text.lstrip()[:5] == "<?xml" else text


def _decode_anyway(data: bytes, codec: str, error: UnicodeDecodeError, notes: Notes) -> str:
    if codec.startswith("utf-8") and (chinese := _as_gb18030(data)):
        notes.add(Kind.ENCODING, "文本不是 UTF-8，已按 GB18030 读取", "the text is not UTF-8; it was read as GB18030")
        return chinese
    text = data.decode(codec, "replace")
    lost = text.count("\ufffd")
    notes.add(
        Kind.ENCODING,
        f"文本自第 {error.start} 字节起不是 {codec}，{lost} 个字符改为 U+FFFD",
        f"the text is not {codec} from byte {error.start} on; {lost} characters became U+FFFD",
    )
    return text


def _as_gb18030(data: bytes) -> str | None:
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        return None
    return text if all(char < "\x80" or _COMMON_CHINESE.match(char) for char in set(text)) else None


def _is_utf8(data: bytes) -> bool:
    if data.isascii():
        return True
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _codec(name: str) -> str:
    # GB2312 and GBK texts hold characters of their superset; so do the other two pairs (WHATWG Encoding).
    wider = {"gb2312": "gb18030", "gbk": "gb18030", "big5": "big5hkscs", "iso-8859-1": "cp1252", "us-ascii": "utf-8"}
    wanted = wider.get(name.lower(), name)
    try:
        info = codecs.lookup(wanted)
        "".encode(wanted)  # refuses codecs that are no character encodings, such as zip or hex
    except LookupError:
        raise RdfError(
            f"不认识文档声明的字符编码 {name}，请改用 UTF-8",
            f"the document declares the encoding {name}, which is unknown: use UTF-8",
        ) from None
    # UTF-16 that is declared in readable ASCII is not UTF-16.
    return "utf-8" if info.name.startswith(("utf-16", "utf-32", "utf-8", "ascii", "utf-7")) else info.name
