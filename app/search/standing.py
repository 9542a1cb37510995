"""What ranks an entry among equals: how completely it is described, and until when it is as fresh as promised. Pure."""

from datetime import date, timedelta

from app.catalogue.model import DatasetView
from vocab import codelists

_POINTS = {
    "keywords": 30, "themes": 30, "place": 20, "period": 20,
    "access": 50, "download": 50, "format": 30, "readable": 40,
    "licence": 30, "open_attribute": 15, "contact": 20, "publisher": 10,
    "rights": 5, "size": 5, "issued": 5, "modified": 5,
    "summary": 30, "data_items": 30, "frequency": 20,
}  # fmt: skip
"""
The points of the Metadata Quality Assessment of data.europa.eu (https://data.europa.eu/mqa/methodology), as far as an
entry alone tells: addresses are not visited. The last row is ours: a summary that says more than the title, data items
and a frequency, which the rules of a city's catalogue demand and DCAT-AP does not.
"""

_READ_BY_PROGRAMS = frozenset({"电子表格", "数据库", "自描述格式", "服务接口"})
"""Classes of formats of which no person must make data first."""

_GEOGRAPHIC = frozenset({"shp", "kml", "kmz", "gml", "gpkg"})
"""Among the images by class, and data for any program of maps."""

_DAYS = {
    "REALTIME": 1, "HOURLY": 1, "DAILY": 1, "WEEKLY": 7, "TENDAY": 10, "MONTHLY": 31, "QUARTERLY": 92,
    "SEMIANNUAL": 183, "ANNUAL": 366, "BIENNIAL": 731,
}  # fmt: skip
_UNSAID_DAYS = 366
"""Of an entry that says nothing of its frequency, or nothing that is a number: once a year is expected of it."""

_LEAST_GRACE = timedelta(days=30)
"""Portals note a day of change by hand and some days late, of daily data too."""


def quality(entry: DatasetView) -> float:
    """How completely an entry is described, 0 to 1."""
    has = {
        "keywords": entry.keywords,
        "themes": entry.themes,
        "place": entry.districts or entry.spatial_other,
        "period": entry.temporal,
        "access": entry.distributions or entry.landing_pages,
        "download": any(file.download_url or file.is_api for file in entry.distributions),
        "format": entry.formats,
        "readable": any(_is_read_by_programs(notation) for notation in entry.formats),
        "licence": entry.licences,
        "open_attribute": entry.open_attribute,
        "contact": entry.contacts,
        "publisher": entry.publisher,
        "rights": entry.conditions,
        "size": entry.rows or any(file.byte_size for file in entry.distributions),
        "issued": entry.issued,
        "modified": entry.modified,
        "summary": set(entry.descriptions.values()) - set(entry.titles.values()),
        "data_items": entry.data_items,
        "frequency": entry.frequency,
    }
    return sum(points for name, points in _POINTS.items() if has[name]) / sum(_POINTS.values())


def fresh_until(entry: DatasetView) -> date | None:
    """
    The last day on which an entry is as fresh as it promised: its last change, one period and half of another, a month
    at least. `date.max` of what is never updated; None where no change is known, or none that can be.
    """
    last = entry.modified or entry.issued
    if last is None:
        return None
    if entry.frequency == "NEVER":
        return date.max
    period = timedelta(days=_DAYS.get(entry.frequency, _UNSAID_DAYS))
    try:
        return last + period + max(period / 2, _LEAST_GRACE)
    except OverflowError:
        return date.max


def _is_read_by_programs(notation: str) -> bool:
    concept = codelists.scheme("format").get(notation)
    return notation in _GEOGRAPHIC or (concept is not None and concept.facts.get("formatClass") in _READ_BY_PROGRAMS)
