"""
The rules that SHACL can't say or that engines don't agree on: check digits, today's date, the order of dates.

A shape names its check by `sui:checkedBy`; the engines never see such a shape, and both get the same findings.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta, timezone

from shapes import terms, uscc
from shapes.finding import Finding
from shapes.profile import SUI, Profile
from shapes.statements import DATASET, TYPE, Statement

BEIJING = timezone(timedelta(hours=8))
"""The clock of the city; a time without a zone is taken for one of here, and days begin here."""

_ISSUED = b"<http://purl.org/dc/terms/issued>"
_MODIFIED = b"<http://purl.org/dc/terms/modified>"
_TEMPORAL = b"<http://purl.org/dc/terms/temporal>"
_START = b"<http://www.w3.org/ns/dcat#startDate>"
_END = b"<http://www.w3.org/ns/dcat#endDate>"
_PUBLISHER = b"<http://purl.org/dc/terms/publisher>"
_IDENTIFIER = b"<http://purl.org/dc/terms/identifier>"
_READ = frozenset({TYPE, _ISSUED, _MODIFIED, _TEMPORAL, _START, _END, _PUBLISHER, _IDENTIFIER})
_DATED = re.compile(
    rb'"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2})(T[0-9:.]{8,30})?)?)?(Z|[+-][0-9]{2}:[0-9]{2})?"'
    rb"\^\^<http://www\.w3\.org/2001/XMLSchema#(date|dateTime|gYear|gYearMonth)>"
)
_CODE = re.compile(rb'"([0-9A-Z]{18})"(?:@.*|\^\^.*)?')

Found = Iterator[tuple[bytes, bytes | None]]
"""Focus and value, each a term in N-Triples syntax."""


class Facts:
    """What the checks look at, by predicate and subject."""

    def __init__(self, statements: list[Statement], today: date) -> None:
        self.today = today
        self._values: dict[bytes, dict[bytes, dict[bytes, None]]] = {predicate: {} for predicate in _READ}
        for subject, predicate, value in statements:
            if predicate in _READ:
                self._values[predicate].setdefault(subject, {})[value] = None
        self.datasets = sorted(subject for subject, types in self._values[TYPE].items() if DATASET in types)

    def values(self, subject: bytes, predicate: bytes) -> list[bytes]:
        """Each value once, in the order of the record."""
        return list(self._values[predicate].get(subject, ()))


def run(profile: Profile, statements: list[Statement], today: date) -> list[Finding]:
    """What the checks that the profile names find; `today` is the day that no date may lie after."""
    if not profile.checks:
        return []
    facts = Facts(statements, today)
    found = []
    for name, rule in profile.checks.items():
        for focus, value in _CHECKS[name](facts):
            node = None if value is None else terms.parse(value.decode())
            found.append(Finding(terms.parse(focus.decode()), node, rule.iri, f"{SUI}{name.capitalize()}Check"))
    return found


def _dataset(facts: Facts) -> Found:
    if not facts.datasets:
        yield b"<urn:suishu:record>", None


def _uscc(facts: Facts) -> Found:
    publishers = dict.fromkeys(p for dataset in facts.datasets for p in facts.values(dataset, _PUBLISHER))
    for publisher in publishers:
        if publisher[:1] == b"<":  # a name in place of the organisation is another rule's matter
            codes = facts.values(publisher, _IDENTIFIER)
            if not any((form := _CODE.fullmatch(code)) and uscc.is_valid(form[1].decode()) for code in codes):
                for code in codes or (None,):
                    yield publisher, code


def _future(facts: Facts) -> Found:
    for dataset in facts.datasets:
        for predicate in (_ISSUED, _MODIFIED):
            for value in facts.values(dataset, predicate):
                days = _days(value)
                if days is not None and days[0] > facts.today:
                    yield dataset, value


def _order(facts: Facts) -> Found:
    for dataset in facts.datasets:
        issued, modified = facts.values(dataset, _ISSUED), facts.values(dataset, _MODIFIED)
        if len(issued) == len(modified) == 1 and _reversed(issued[0], modified[0]):
            yield dataset, modified[0]


def _period(facts: Facts) -> Found:
    for dataset in facts.datasets:
        for period in facts.values(dataset, _TEMPORAL):
            starts, ends = facts.values(period, _START), facts.values(period, _END)
            if len(starts) == len(ends) == 1 and _reversed(starts[0], ends[0]):
                yield dataset, period


def _reversed(earlier: bytes, later: bytes) -> bool:
    """True where the second lies before the first for certain; a date and a moment of that day are no such pair."""
    moments = _moment(earlier), _moment(later)
    if moments[0] is not None and moments[1] is not None:
        return moments[1] < moments[0]
    first, last = _days(earlier), _days(later)
    return first is not None and last is not None and last[1] < first[0]


def _moment(literal: bytes) -> datetime | None:
    form = _DATED.fullmatch(literal)
    if form is None or form[6] != b"dateTime" or form[4] is None:
        return None
    try:
        moment = datetime.fromisoformat(literal[1 : literal.index(b'"', 1)].decode())
    except ValueError:
        return None
    try:
        return (moment if moment.tzinfo else moment.replace(tzinfo=BEIJING)).astimezone(BEIJING)
    except OverflowError:
        return None


def _days(literal: bytes) -> tuple[date, date] | None:
    """First and last day of a date, a moment, a month or a year; None for what is none of them."""
    moment = _moment(literal)
    if moment is not None:
        return moment.date(), moment.date()
    form = _DATED.fullmatch(literal)
    if form is None or form[6] == b"dateTime":
        return None
    year, month, day = int(form[1]), form[2] and int(form[2]), form[3] and int(form[3])
    try:
        first = date(year, month or 1, day or 1)
        if day:
            return first, first
        if month:
            return first, date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
        return first, date(year, 12, 31)
    except ValueError:
        return None


_CHECKS: dict[str, Callable[[Facts], Found]] = {
    "dataset": _dataset,
    "uscc": _uscc,
    "future": _future,
    "order": _order,
    "period": _period,
}
