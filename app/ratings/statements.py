"""
Ratings as statements of the public graph, nothing of who gave them. Pure.

schema:AggregateRating for search engines, and the same number as a measurement (https://www.w3.org/TR/vocab-dqv/).
"""

from collections.abc import Mapping

from app.catalogue.statements import quoted
from app.catalogue.terms import SCHEMA, SUI, TYPE, XSD
from app.ratings.model import STARS, Summary

_DQV = "http://www.w3.org/ns/dqv#"


def described(found: Mapping[str, Summary], base_url: str) -> dict[str, bytes]:
    """Dataset's id -> N-Triples of what its ratings say together; nothing where nobody rated."""
    return {id_: _lines(f"{base_url}/dataset/{id_}", summary) for id_, summary in found.items() if summary.count}


def _lines(dataset: str, summary: Summary) -> bytes:
    this, node = f"<{dataset}>", f"<{dataset}#rating>"
    mean = quoted(f"{summary.mean:.2f}", datatype=XSD + "decimal")
    lines = [
        f"{this} <{SCHEMA}aggregateRating> {node} .",
        f"{this} <{_DQV}hasQualityMeasurement> {node} .",
        f"{node} <{TYPE}> <{SCHEMA}AggregateRating> .",
        f"{node} <{TYPE}> <{_DQV}QualityMeasurement> .",
        f"{node} <{_DQV}isMeasurementOf> <{SUI}bayesianMeanRating> .",
        f"{node} <{_DQV}value> {mean} .",
        f"{node} <{SCHEMA}ratingValue> {mean} .",
        f"{node} <{SCHEMA}ratingCount> {_whole(summary.count)} .",
        f"{node} <{SCHEMA}worstRating> {_whole(STARS[0])} .",
        f"{node} <{SCHEMA}bestRating> {_whole(STARS[-1])} .",
    ]
    return "".join(f"{line}\n" for line in lines).encode()


def _whole(number: int) -> str:
    return quoted(str(number), datatype=XSD + "integer")
