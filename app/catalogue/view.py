"""
Reads an entry's public RDF into what pages, feeds and the index show. Pure.

Sources say the same thing in many ways and some of it wrongly (a text where a node belongs, five titles in one
language, a year where a date belongs). What can't be read is shown in the source's own words or left out, and never
makes an error.
"""

from datetime import date
from functools import cache

from app.catalogue import parts, prose
from app.catalogue.model import DatasetView
from app.catalogue.openness import open_attribute
from app.catalogue.reading import Node, is_notation, last_part, notation, unique, whole_number
from app.catalogue.statements import iri, literal, read
from app.catalogue.terms import ADMS, DCAT, DCT, PROV, SCHEMA, SKOS, SUI
from vocab import codelists
from vocab.codelists import Concept

_TIME = "http://www.w3.org/2006/time#"
_EU_THEME = "http://publications.europa.eu/resource/authority/data-theme/"
_PROVISIONAL = _EU_THEME + "OP_DATPRO"
"""Says that data is for the time being, and nothing of what it is about."""


def view(ntriples: bytes, id_: str, base_url: str, *, source_id: str = "") -> DatasetView:
    """
    The view of one entry, from its public RDF with our base address in place.

    `source_id` makes the id of a publisher that is known by nothing but a name inside its source.
    """
    return view_of(Node(read(ntriples), f"<{base_url}/dataset/{id_}>", f"{base_url}/"), id_, source_id)


def view_of(node: Node, id_: str, source_id: str) -> DatasetView:
    """The view of the entry that `node` is."""
    files = parts.distributions(node)
    themes, industries, other_themes = _themes(node)
    frequencies, other_frequencies = parts.known_and_other(
        node, "frequency", DCT + "accrualPeriodicity", by_last_part=True
    )
    _, other_attributes = parts.known_and_other(node, "open-attribute", DCT + "accessRights")
    levels, other_levels = parts.known_and_other(node, "level", SUI + "level")
    districts, elsewhere = parts.known_and_other(node, "district", DCT + "spatial")
    formats, other_formats = parts.formats(node)
    other = {
        "theme": node.words(SUI + "themeText") or other_themes,
        "frequency": node.words(SUI + "frequencyText") or _short(other_frequencies),
        "open_attribute": node.words(SUI + "openAttributeText") or _short(other_attributes),
        "format": node.words(SUI + "formatText") or tuple(map(last_part, other_formats)),
        "level": _short(other_levels),
    }
    return DatasetView(
        id=id_,
        uri=iri(node.term),
        titles=prose.in_each(prose.one_line, node.text(DCT + "title", SCHEMA + "name")),
        descriptions=prose.in_each(prose.readable, node.text(DCT + "description")),
        identifiers=_identifiers(node),
        keywords=node.words(DCAT + "keyword"),
        publisher=parts.publisher(node, source_id),
        contacts=parts.contacts(node),
        themes=themes,
        industries=industries,
        open_attribute=open_attribute(node.graph, node.term),
        conditions=unique(map(prose.readable, node.words(DCT + "rights"))),
        level=next(iter(levels), ""),
        frequency=next(iter(frequencies), ""),
        formats=unique([*formats, *(file.format for file in files if is_notation("format", file.format))]),
        districts=districts,
        spatial_other=elsewhere,
        temporal=_period(node),
        issued=min(_dates(node, DCT + "issued"), default=None),
        modified=max(_dates(node, DCT + "modified"), default=None),
        rows=whole_number(node.word(SUI + "rows")),
        data_items=parts.data_items(node),
        distributions=files,
        licences=unique([*node.words(DCT + "license"), *(f.licence for f in files if f.licence)]),
        landing_pages=node.iris(DCAT + "landingPage"),
        source_iri=next(iter(node.iris(PROV + "wasDerivedFrom")), ""),
        other_terms={name: words for name, words in other.items() if words},
        withheld=tuple(sorted(node.words(SUI + "withheld"))),
    )


def themes(node: Node) -> tuple[str, ...]:
    """Notations of the entry's domains alone."""
    return _themes(node)[0]


def _identifiers(node: Node) -> tuple[str, ...]:
    others = (other.word(SKOS + "notation") for other in node.nodes(ADMS + "identifier"))
    return unique([*node.words(DCT + "identifier"), *(other for other in others if other)])


def _themes(node: Node) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """
    Notations of the 22 domains, of industry sections, and the rest in words.

    An EU data theme is wider than a domain and says none beside one that is said. Where none is, the few that cut as
    one of ours does say that one.
    """
    themes, industries, others, european = [], [], [], []
    for value in node.terms(DCAT + "theme"):
        address = iri(value)
        if address.startswith(_EU_THEME):
            others.append(last_part(address))
            european.append(address)
        elif code := notation("theme", value):
            themes.append(code)
        elif code := notation("industry", value):
            industries.append(code)
        elif not notation("theme-gbt21063", value):
            others += [last_part(word) if word == address else word for word in node.spoken(value)]
    themes = themes or [_same_cut()[address] for address in european if address in _same_cut()]
    return unique(themes), unique(industries), () if themes else unique(others)


@cache
def _same_cut() -> dict[str, str]:
    """EU theme -> notation of the domain, where each is the only one that the other is matched to."""
    matched: dict[str, list[Concept]] = {}
    for concept in codelists.scheme("theme"):
        for address in concept.matches:
            matched.setdefault(address, []).append(concept)
    return {
        address: concepts[0].notation
        for address, concepts in matched.items()
        if address.startswith(_EU_THEME) and address != _PROVISIONAL and len(concepts) == len(concepts[0].matches) == 1
    }


def _short(words: tuple[str, ...]) -> tuple[str, ...]:
    """Of an address only the part that says something."""
    return tuple(last_part(word) if word.startswith(("http://", "https://")) else word for word in words)


def _dates(node: Node, predicate: str) -> list[date]:
    """Days that can be read; a bare year or month is no day."""
    found = []
    for value in node.terms(predicate):
        said = literal(value)
        try:
            found.append(date.fromisoformat(said.text.strip()[:10]) if said else None)
        except ValueError:
            continue
    return [day for day in found if day]


def _period(node: Node) -> tuple[str, str] | None:
    for period in node.nodes(DCT + "temporal"):
        start = period.word(DCAT + "startDate", SCHEMA + "startDate", _TIME + "hasBeginning")
        end = period.word(DCAT + "endDate", SCHEMA + "endDate", _TIME + "hasEnd")
        if start or end:
            return start, end
    return None
