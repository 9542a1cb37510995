"""
Solutions and booleans in the four result formats, row by row into a file, with limits on rows and bytes.

The engine writes them too, but can't stop at a row; this is a third slower and knows where it is.
https://www.w3.org/TR/sparql11-results-json/ /rdf-sparql-XMLres/ /sparql11-results-csv-tsv/
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from json.encoder import encode_basestring as _json
from typing import Any, BinaryIO
from xml.sax.saxutils import escape, quoteattr

from vocab.iris import language_tag

_STRING = "http://www.w3.org/2001/XMLSchema#string"
_BLOCK_ROWS = 500
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TO_QUOTE = re.compile('[",\r\n]')

IRI, BLANK, LITERAL, TRIPLE = "iri", "blank", "literal", "triple"
Kinds = Mapping[type, str]
"""The engine's classes of terms -> the four kinds."""


@lru_cache(maxsize=1_000)
def _tag(language: str) -> str:
    """As the record and every other syntax write it; the engine keeps tags in lower case."""
    return language_tag(language) or language


class Limited:
    """Passes items on until a limit is reached; `cut` then says which."""

    def __init__(self, items: Iterable[Any], out: BinaryIO, rows: int, size: int) -> None:
        self._items, self._out, self._rows, self._size = items, out, rows, size
        self.passed = 0
        self.cut = ""

    def __iter__(self) -> Iterator[Any]:
        for item in self._items:
            if self.passed >= self._rows:
                self.cut = "rows"
                return
            if self.passed % _BLOCK_ROWS == 0 and self._out.tell() > self._size:
                self.cut = "bytes"
                return
            self.passed += 1
            yield item


class Rearranged:
    """The same rows with their columns in another order."""

    def __init__(self, rows: Limited, variables: Sequence[str], ordered: Sequence[str]) -> None:
        self._rows = rows
        self._columns = [variables.index(name) for name in ordered]

    @property
    def cut(self) -> str:
        return self._rows.cut

    def __iter__(self) -> Iterator[Any]:
        for row in self._rows:
            yield [row[column] for column in self._columns]


Rows = Limited | Rearranged


def write_solutions(format_: str, variables: Sequence[str], rows: Rows, out: BinaryIO, kinds: Kinds) -> None:
    _SOLUTIONS[format_](variables, rows, out, kinds)


def write_boolean(format_: str, value: bool, out: BinaryIO) -> None:
    word = "true" if value else "false"
    if format_ == "json":
        out.write(f'{{"head":{{}},"boolean":{word}}}'.encode())
    elif format_ == "xml":
        out.write(f"{_XML_START}<head/><boolean>{word}</boolean></sparql>".encode())
    else:
        out.write(f"{word}\n".encode())


def _blocks(rows: Rows, out: BinaryIO, line: Callable[[Any], str], between: str = "") -> None:
    first = True
    block: list[str] = []
    for row in rows:
        block.append(line(row))
        if len(block) == _BLOCK_ROWS:
            out.write((("" if first else between) + between.join(block)).encode())
            block, first = [], False
    if block:
        out.write((("" if first else between) + between.join(block)).encode())


def _write_json(variables: Sequence[str], rows: Rows, out: BinaryIO, kinds: Kinds) -> None:
    names = [_json(variable) for variable in variables]
    out.write(f'{{"head":{{"vars":[{",".join(names)}]}},"results":{{"bindings":['.encode())

    def term(value: Any) -> str:
        kind = kinds[type(value)]
        if kind == IRI:
            return f'{{"type":"uri","value":{_json(value.value)}}}'
        if kind == LITERAL:
            text = f'{{"type":"literal","value":{_json(value.value)}'
            if value.language:
                return f'{text},"xml:lang":{_json(_tag(value.language))}}}'
            datatype = value.datatype.value
            return text + "}" if datatype == _STRING else f'{text},"datatype":{_json(datatype)}}}'
        if kind == BLANK:
            return f'{{"type":"bnode","value":{_json(value.value)}}}'
        parts = (f'"{part}":{term(getattr(value, part))}' for part in ("subject", "predicate", "object"))
        return f'{{"type":"triple","value":{{{",".join(parts)}}}}}'

    def line(row: Any) -> str:
        bound = (f"{name}:{term(value)}" for name, value in zip(names, row, strict=True) if value is not None)
        return f"{{{','.join(bound)}}}"

    _blocks(rows, out, line, ",")
    # A name of ours at the end, where a reader of the standard members passes over it.
    out.write(b"]}" + (f',"truncated":{_json(rows.cut)}' if rows.cut else "").encode() + b"}")


_XML_START = '<?xml version="1.0" encoding="UTF-8"?>\n<sparql xmlns="http://www.w3.org/2005/sparql-results#">'


def _write_xml(variables: Sequence[str], rows: Rows, out: BinaryIO, kinds: Kinds) -> None:
    names = [quoteattr(variable) for variable in variables]
    head = "".join(f"<variable name={name}/>" for name in names)
    out.write(f"{_XML_START}<head>{head}</head><results>\n".encode())

    def text(value: str) -> str:
        return escape(_NOT_IN_XML.sub("\ufffd", value), {"\r": "&#13;"})

    def term(value: Any) -> str:
        kind = kinds[type(value)]
        if kind == IRI:
            return f"<uri>{text(value.value)}</uri>"
        if kind == BLANK:
            return f"<bnode>{text(value.value)}</bnode>"
        if kind == LITERAL:
            if value.language:
                return f"<literal xml:lang={quoteattr(_tag(value.language))}>{text(value.value)}</literal>"
            datatype = value.datatype.value
            if datatype == _STRING:
                return f"<literal>{text(value.value)}</literal>"
            return f"<literal datatype={quoteattr(text(datatype))}>{text(value.value)}</literal>"
        parts = (f"<{part}>{term(getattr(value, part))}</{part}>" for part in ("subject", "predicate", "object"))
        return f"<triple>{''.join(parts)}</triple>"

    def line(row: Any) -> str:
        bound = (
            f"<binding name={name}>{term(value)}</binding>"
            for name, value in zip(names, row, strict=True)
            if value is not None
        )
        return f"<result>{''.join(bound)}</result>\n"

    _blocks(rows, out, line)
    out.write(b"</results>" + (f"<!-- truncated: {rows.cut} -->" if rows.cut else "").encode() + b"</sparql>\n")


def _write_csv(variables: Sequence[str], rows: Rows, out: BinaryIO, kinds: Kinds) -> None:
    def term(value: Any) -> str:
        if value is None:
            return ""
        kind = kinds[type(value)]
        text = f"_:{value.value}" if kind == BLANK else str(value) if kind == TRIPLE else value.value
        return '"' + text.replace('"', '""') + '"' if _TO_QUOTE.search(text) else text

    out.write((",".join(variables) + "\r\n").encode())
    _blocks(rows, out, lambda row: ",".join(map(term, row)) + "\r\n")


def _write_tsv(variables: Sequence[str], rows: Rows, out: BinaryIO, kinds: Kinds) -> None:
    def term(value: Any) -> str:
        # Turtle's terms, whose escapes leave no tab and no line break; https://www.w3.org/TR/sparql11-results-csv-tsv/#tsv
        if value is None:
            return ""
        text = str(value).replace("\t", "\\t")
        language = value.language if kinds[type(value)] == LITERAL else None
        return text.removesuffix(language) + _tag(language) if language else text

    out.write(("\t".join(f"?{variable}" for variable in variables) + "\n").encode())
    _blocks(rows, out, lambda row: "\t".join(map(term, row)) + "\n")


_SOLUTIONS: dict[str, Callable[[Sequence[str], Rows, BinaryIO, Kinds], None]] = {
    "json": _write_json,
    "xml": _write_xml,
    "csv": _write_csv,
    "tsv": _write_tsv,
}
