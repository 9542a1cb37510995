"""
One check, in a process of its own: reads what is asked from standard input, writes what came of it to standard output,
and has given up its memory and time before it reads a byte of the document.

    python -m app.checking.worker
"""

import json
import sys
import time
from dataclasses import asdict
from pathlib import Path

from app.checking.lines import Lines
from app.checking.model import MAX_BYTES, MEMORY_LIMIT_MB, TIME_LIMIT_S, Asked, Checked, Failed, Found
from app.sandbox import confine
from harvest.errors import Refused, SourceFailed
from harvest.fetch import Fetcher, Question
from shapes.profile import load
from shapes.validate import Report, Result, validate
from vocab.rdf import Format, RdfError, guess, to_ntriples

_ACCEPT = "text/turtle, application/ld+json, application/rdf+xml, application/n-triples, */*;q=0.1"
_DATASET = "<http://www.w3.org/ns/dcat#Dataset>"
_FETCH_S = 12.0
_LOOK_S = 5.0
"""For finding lines; the findings after that have none."""


def fetcher() -> Fetcher:
    """Nobody who is unknown to us may have private networks asked, whatever harvesting is allowed."""
    return Fetcher(
        max_body_bytes=MAX_BYTES, max_unpacked_bytes=MAX_BYTES, timeout_s=_FETCH_S, attempts=1, allowed_networks=()
    )


def check(asked: Asked, document: bytes, fetch: Fetcher | None = None) -> Checked | Failed:
    """Never raises for what a document or a server does."""
    url, content_type = asked.url, asked.content_type
    if url:
        try:
            with (fetch or fetcher()).get(url, Question(accept=_ACCEPT)) as fetched:
                document, url, content_type = Path(fetched.path).read_bytes(), fetched.url, fetched.content_type
        except (Refused, SourceFailed):
            # Not in its own words: they would tell a stranger what our names resolve to.
            return Failed("address")
    format_ = _format(asked, content_type, url, document)
    if format_ is None:
        return Failed("unread")
    try:
        parsed = to_ntriples(document, format_, url)
        ntriples = parsed.read()
    except RdfError as error:
        line = error.line or (_broken_line(document) if format_ is Format.RDF_XML else 0)
        return Failed("syntax", error.reason_zh, error.reason_en, line)
    notes = [(note.zh, note.en) for note in parsed.notes]
    report = validate(ntriples, asked.profile)
    triples = [_split(line) for line in ntriples.decode().splitlines()]
    lines = Lines(document.decode(errors="replace"), triples)
    return Checked(
        profile=asked.profile,
        format=format_.value,
        statements=len(set(triples)),
        datasets=len({subject for subject, _, value in triples if value == _DATASET}),
        conforms=report.conforms,
        cut=report.cut,
        results=_found(report, lines),
        notes=notes,
        report=report.ntriples().decode(),
    )


def _format(asked: Asked, content_type: str, url: str, document: bytes) -> Format | None:
    if asked.format:
        return next((each for each in Format if each.value == asked.format), None)
    return guess(filename=asked.filename or url, content_type=content_type, head=document[:16_384])


def _broken_line(document: bytes) -> int:
    """Where it is no XML, which the parser of RDF/XML keeps to itself; 0 where it is XML and no RDF."""
    from lxml import etree  # here alone, so that no other check waits for it to load

    from harvest.mapping.iso19139 import careful_parser

    try:
        etree.fromstring(document, careful_parser())
    except etree.XMLSyntaxError as error:
        return error.lineno or 0
    return 0


def _split(line: str) -> tuple[str, str, str]:
    subject, predicate, value = line.removesuffix(" .").split(" ", 2)
    return subject, predicate, value


def _found(report: Report, lines: Lines) -> list[Found]:
    rules = load(report.profile).rules
    enough = time.process_time() + _LOOK_S
    found = []
    for result in report.results:
        path = rules[result.shape].path
        predicates = list(path.predicates()) if path else []
        found.append(_one(result, lines if time.process_time() < enough else None, predicates))
    return sorted(found, key=lambda each: (each.line == 0, each.line))


def _one(result: Result, lines: Lines | None, predicates: list[str]) -> Found:
    line = lines.find(result.focus, predicates, result.value.removesuffix("…")) if lines else 0
    first, excerpt = lines.around(line) if lines and line else (0, [])
    return Found(
        severity=result.severity,
        message=dict(result.message),
        focus=result.focus,
        path=result.path,
        value=result.value,
        rule=result.rule,
        article=result.article,
        line=line,
        excerpt=excerpt,
        excerpt_from=first,
    )


def main() -> None:
    confine(MEMORY_LIMIT_MB, TIME_LIMIT_S)
    asked = Asked(**json.loads(sys.stdin.buffer.readline()))
    try:
        outcome = check(asked, sys.stdin.buffer.read())
    except (MemoryError, RecursionError):
        outcome = Failed("memory")
    json.dump({"failed": isinstance(outcome, Failed)} | asdict(outcome), sys.stdout)


if __name__ == "__main__":
    main()
