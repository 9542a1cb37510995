"""Records with faults: a valid example with one to four of its statements dropped, doubled or spoilt, by a seed."""

import random

from tests.unit.shapes.examples import VALID, ntriples

XSD = "http://www.w3.org/2001/XMLSchema#"
_TYPES = ("date", "dateTime", "gYear", "gYearMonth", "integer", "decimal", "boolean", "string", "anyURI", "duration")
_TAGS = ("zh", "zh-Hans", "ZH-HANS", "zh-hant-TW", "en", "en-GB", "fr", "x-own", "zho")
_TEXTS = (
    "", " ", "\\n", "x", "水", "\U0001f600", "2024-02-30", "2023-05-10", "2024-05-31", "2999-01-01", "9999-12-31Z",
    "0000-01-01", "-0044-03-15", "12024-01-01", "2024-05-31+08:00", "2024-05-31T24:00:00", "2024-05-31T08:00:00",
    "2024-05-31T08:00:00.5+14:00", "2024-05-31T08:00:60Z", "2024-5-1", "2024", "2024-13", "2024-05-31\\n", "1e3", "-5",
    "180", "007", "5.0", "true", "TRUE", "1", "11440100MB2D5EX013", "11440100MB2D5EX011", "11440100mb2d5ex013",
    "a、b", "dataItems", "government", "n/a", "null", "水" * 201, "x" * 10001, 'quote \\" and \\\\ slash', "\\t",
)  # fmt: skip
_IRIS = (
    "http://example.org/x", "urn:x", "mailto:a@example.org", "tel:110", "urn:suishu:blank:x",
    "https://w3id.org/suishu/scheme/theme/qita", "https://w3id.org/suishu/scheme/level/core",
    "https://w3id.org/suishu/scheme/grounds/YTJ-1", "http://publications.europa.eu/resource/authority/file-type/CSV",
    "http://publications.europa.eu/resource/authority/access-right/PUBLIC",
    "http://publications.europa.eu/resource/authority/access-right/RESTRICTED",
    "http://publications.europa.eu/resource/authority/access-right/NON_PUBLIC",
    "http://publications.europa.eu/resource/authority/frequency/UNKNOWN",
    "http://www.w3.org/ns/dcat#Dataset", "http://xmlns.com/foaf/0.1/Agent",
)  # fmt: skip


def record(seed: int) -> bytes:
    """One damaged record; the same for the same seed."""
    chance = random.Random(seed)
    lines = ntriples(chance.choice(VALID)).decode().splitlines()
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(lines))
        match chance.randrange(8):
            case 0:
                del lines[place]
                if not lines:
                    break
            case 1:
                lines.insert(place, _with_value(lines[place], _term(chance)))
            case 2:
                lines[place] = _with_value(lines[place], f"{_quoted(lines[place])}^^<{XSD}{chance.choice(_TYPES)}>")
            case 3:
                lines[place] = _with_value(lines[place], f"{_quoted(lines[place])}@{chance.choice(_TAGS)}")
            case 4:
                lines[place] = _with_value(lines[place], _term(chance))
            case 5:
                lines[place] = _with_value(lines[place], chance.choice(lines).split(" ", 2)[2].removesuffix(" ."))
            case _:
                lines[place] = _with_value(lines[place], _alike(lines[place], chance))
    return "".join(f"{line}\n" for line in lines).encode()


def _term(chance: random.Random) -> str:
    match chance.randrange(5):
        case 0:
            return f"<{chance.choice(_IRIS)}>"
        case 1:
            return "_:other"
        case 2:
            return f'"{chance.choice(_TEXTS)}"^^<{XSD}{chance.choice(_TYPES)}>'
        case 3:
            return f'"{chance.choice(_TEXTS)}"@{chance.choice(_TAGS)}'
        case _:
            return f'"{chance.choice(_TEXTS)}"'


def _with_value(line: str, value: str) -> str:
    subject, predicate, _ = line.split(" ", 2)
    return f"{subject} {predicate} {value} ."


def _alike(line: str, chance: random.Random) -> str:
    """Another value of the same kind: an IRI of the same vocabulary, or a text of the same datatype or language."""
    value = line.split(" ", 2)[2].removesuffix(" .")
    if not value.startswith('"'):
        start = value[: value.rfind("/") + 1]
        return f"<{chance.choice([iri for iri in _IRIS if f'<{iri}'.startswith(start)] or _IRIS)}>"
    return f'"{chance.choice(_TEXTS)}{value[value.rindex(chr(34)) :]}'


def _quoted(line: str) -> str:
    value = line.split(" ", 2)[2].removesuffix(" .")
    return value[: value.rindex('"') + 1] if value.startswith('"') else f'"{value.strip("<>_:")}"'
