"""
Queries that people and programs can start from: one file each in `queries/`, with its titles at its head.

For programs they stand in the service description as SHACL's executables, as catalogues of SPARQL examples have them:
https://www.w3.org/TR/shacl-af/#SPARQLRule and https://github.com/sib-swiss/sparql-examples
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from app.web.rdf import iri, literal
from vocab.namespaces import RDF, RDFS, SCHEMA, SH

_FOLDER = Path(__file__).parent / "queries"
_HEAD = re.compile(r"# ([\w -]+): (.+)\n")
_FORM = re.compile(r"(?m)^(SELECT|ASK|CONSTRUCT|DESCRIBE)\b")
_DESCRIBE = "https://purl.expasy.org/sparql-examples/ontology#"
TOPICS = ("fresh", "publishers", "themes", "opening", "data", "gaps", "graph")


@dataclass(frozen=True, slots=True)
class Example:
    """`titles` by language tag. `may_be_empty` says why it may find nothing on the demonstration catalogue, else ""."""

    name: str
    topic: str
    titles: dict[str, str]
    query: str
    may_be_empty: str = ""

    @property
    def form(self) -> str:
        """SELECT, ASK, CONSTRUCT or DESCRIBE."""
        return _FORM.findall(self.query)[0]  # type: ignore[no-any-return]

    def speaks_of(self, words: str) -> bool:
        """Whether all of these words occur in it, in a title or in the query."""
        text = " ".join((*self.titles.values(), self.query)).lower()
        return all(word in text for word in words.lower().split())


@cache
def examples() -> tuple[Example, ...]:
    """By topic, then by name."""
    found = [_read(path) for path in sorted(_FOLDER.glob("*.rq"))]
    return tuple(sorted(found, key=lambda each: TOPICS.index(each.topic)))


def _read(path: Path) -> Example:
    text = path.read_text(encoding="utf-8")
    said: dict[str, str] = {}
    while match := _HEAD.match(text):
        said[match[1]] = match[2].strip()
        text = text[match.end() :]
    titles = {tag: said[tag] for tag in ("zh-Hans", "en")}
    return Example(path.stem, said["topic"], titles, text, said.get("may be empty", ""))


def example_query(name: str) -> str:
    """ "" when there is none of that name."""
    return next((each.query for each in examples() if each.name == name), "")


def described(base_url: str) -> bytes:
    """All of them as N-Triples."""
    endpoint = iri(f"{base_url}/sparql")
    lines = []
    for each in examples():
        subject = iri(f"{base_url}/sparql#example-{each.name}")
        form = each.form.capitalize()
        if each.form == "DESCRIBE":
            kind, predicate = f"{_DESCRIBE}DescribeExecutable", f"{_DESCRIBE}describe"
        else:
            kind, predicate = str(SH[f"SPARQL{form}Executable"]), str(SH[each.form.lower()])
        statements = [
            (RDF.type, iri(str(SH.SPARQLExecutable))),
            (RDF.type, iri(kind)),
            *((RDFS.comment, literal(title, tag)) for tag, title in each.titles.items()),
            (predicate, literal(each.query)),
            (SCHEMA.target, endpoint),
            (SCHEMA.keywords, literal(each.topic)),
        ]
        lines += [f"{subject} {iri(str(name))} {value} .\n" for name, value in statements]
    return "".join(lines).encode()
