"""What search knows of an entry, made from its public view alone. Pure."""

from datetime import date

from app.catalogue.model import DatasetView, Text
from app.search.standing import fresh_until, quality
from indexer.document import Document
from vocab import codelists

SUMMARY_CHARACTERS = 300
_INDEXED_CHARACTERS = 20_000
"""More of one description than this finds nothing better and costs everybody."""


def document(
    entry: DatasetView, *, source_id: str = "", source_title: str = "", rating: int = 0, ratings: int = 0
) -> Document:
    """
    The document of one published entry. `display` holds all that a result list shows. `rating`: the mean of so many
    `ratings` in hundredths of a star.
    """
    publisher = entry.publisher
    return Document(
        id=entry.id,
        uri=entry.uri,
        identifiers=entry.identifiers,
        titles=tuple(_chinese_first(entry.titles)),
        descriptions=tuple(text[:_INDEXED_CHARACTERS] for text in _chinese_first(entry.descriptions)),
        keywords=entry.keywords,
        publisher_id=publisher.id if publisher else "",
        publisher_names=tuple(_chinese_first(publisher.names)) if publisher else (),
        data_items=tuple(dict.fromkeys(word for item in entry.data_items for word in (item.title, item.name) if word)),
        places=_places(entry, source_title),
        topics=_topics(entry),
        themes=entry.themes,
        open_attribute=entry.open_attribute,
        formats=_with_broader("format", entry.formats),
        frequency=entry.frequency,
        districts=_with_broader("district", entry.districts),
        source_id=source_id,
        issued=entry.issued,
        modified=entry.modified,
        due=fresh_until(entry),
        quality=quality(entry),
        uses=ratings,  # who rates has used
        rating=rating,
        display={
            "titles": entry.titles,
            "descriptions": {language: _cut(text) for language, text in entry.descriptions.items()},
            "publisher": {"id": publisher.id, "names": publisher.names} if publisher else None,
            "themes": list(entry.themes),
            "open_attribute": entry.open_attribute,
            "formats": list(entry.formats),
            "frequency": entry.frequency,
            "issued": _iso(entry.issued),
            "modified": _iso(entry.modified),
            "rating": [rating, ratings] if ratings else None,
            "source_id": source_id,
            "source_title": source_title,
        },
    )


def _places(entry: DatasetView, source_title: str) -> tuple[str, ...]:
    """Names of the districts, and of the source: many portals name their city nowhere else."""
    labels = _labels("district", entry.districts)
    return tuple(dict.fromkeys(name for name in (*labels, *entry.spatial_other, source_title) if name))


def _topics(entry: DatasetView) -> tuple[str, ...]:
    labels = *_labels("theme", entry.themes), *_labels("industry", entry.industries)
    return tuple(dict.fromkeys((*labels, *entry.other_terms.get("theme", ()))))


def _with_broader(scheme: str, notations: tuple[str, ...]) -> tuple[str, ...]:
    """Who looks for a whole finds its parts: an entry of a district is one of the city too."""
    found = dict.fromkeys(notations)
    for notation in notations:
        concept = codelists.scheme(scheme).get(notation)
        while concept and concept.broader and concept.broader not in found:
            found[concept.broader] = None
            concept = codelists.scheme(scheme).get(concept.broader)
    return tuple(found)


def _labels(scheme: str, notations: tuple[str, ...]) -> list[str]:
    found = (codelists.scheme(scheme).get(notation) for notation in notations)
    return [label for concept in found if concept for label in concept.labels.values()]


def _chinese_first(texts: Text) -> list[str]:
    order = {"zh-Hans": 0, "zh": 1, "zh-CN": 1, "": 2, "zh-Hant": 3, "zh-TW": 3, "zh-HK": 3}
    ordered = sorted(texts.items(), key=lambda pair: order.get(pair[0], 4))
    return list(dict.fromkeys(text for _, text in ordered))


def _cut(text: str) -> str:
    return text if len(text) <= SUMMARY_CHARACTERS else text[: SUMMARY_CHARACTERS - 1].rstrip() + "…"


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
