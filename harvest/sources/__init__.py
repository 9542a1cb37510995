"""
Opens a source in whatever dialect it speaks. A new dialect is one module here and one line in `DIALECTS`.
"""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from harvest.errors import SourceFailed, without_secrets
from harvest.fetch import Fetcher
from harvest.limits import Limits
from harvest.mapping.rules import rules
from harvest.record import OnlyChanges, Said, Source
from harvest.source import Memory
from harvest.sources.ckan import CkanSource
from harvest.sources.csw import CswSource
from harvest.sources.datajson import DataJsonSource
from harvest.sources.dcat import DcatSource
from harvest.sources.guessing import guess, guess_address
from harvest.sources.ldes import LdesSource
from harvest.sources.portal_json import PortalJsonSource
from harvest.sources.sparql import SparqlSource
from harvest.sources.table import TableSource
from harvest.sources.visit import NotModified, Visit
from harvest.sources.waf import WafSource

DIALECTS: dict[str, Callable[[Visit], Source]] = {
    "dcat": DcatSource,
    "table": lambda visit: TableSource(visit.first(), visit.rules, visit.memory),
    "portal-json": PortalJsonSource,
    "ckan": CkanSource,
    "datajson": DataJsonSource,
    "sparql": SparqlSource,
    "csw": CswSource,
    "waf": WafSource,
    "ldes": LdesSource,
}


def open_source(
    location: str,
    *,
    dialect: str | None = None,
    mapping: Path | Mapping[str, Any] | None = None,
    fetcher: Fetcher | None = None,
    memory: Memory | None = None,
    limits: Limits | None = None,
) -> Source:
    """
    A source at an address or a path; `dialect` one of DIALECTS, guessed from the document when None. `memory` is
    what was chosen before, and takes what is chosen now.

    Nothing is opened before its records are asked for. A wrong dialect or mapping raises SourceFailed at once.
    """
    if dialect is not None and dialect not in DIALECTS:
        known = ", ".join(DIALECTS)
        raise SourceFailed(f"不支持的格式 {dialect}；可用：{known}。", f"Unknown dialect {dialect}; known are {known}.")
    how = rules(_mapping(mapping))
    visit = Visit(location, how, fetcher or Fetcher(), limits or Limits(), memory or Memory())
    return _Opened(visit, dialect)


class _Opened:
    def __init__(self, visit: Visit, dialect: str | None) -> None:
        self.name = visit.rules.title or without_secrets(visit.location)
        self._visit = visit
        self._dialect = dialect

    @property
    def asked(self) -> int:
        """How many documents were asked for so far: a sign of life where no record was read yet."""
        return self._visit.asked

    def records(self) -> Iterator[Said]:
        with self._visit as visit:
            try:
                dialect = self._dialect or self._guessed()
                yield from self._limited(DIALECTS[dialect](visit))
            except NotModified:
                yield OnlyChanges()
                visit.remember()
                return
            if visit.asked == 1 or dialect == "waf":
                visit.remember()
            else:
                visit.memory.validators = {}

    def _guessed(self) -> str:
        if self._visit.rules.paging:
            return "portal-json"  # its address alone may give nothing
        return guess_address(self._visit.location) or guess(self._visit.first(), DIALECTS)

    def _limited(self, source: Source) -> Iterator[Said]:
        limits = self._visit.limits
        for number, record in enumerate(source.records()):
            if number >= limits.records:
                raise SourceFailed(
                    f"来源超过 {limits.records:,} 条记录，其余未读。",
                    f"The source has over {limits.records:,} records; the rest is left.",
                )
            self._visit.check_time()
            yield record


def _mapping(mapping: Path | Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    if not isinstance(mapping, Path):
        return mapping
    try:
        said: Mapping[str, Any] | None = yaml.safe_load(mapping.read_text(encoding="utf-8"))
    except (OSError, UnicodeError, yaml.YAMLError) as error:
        raise SourceFailed(
            f"无法读取映射文件 {mapping}：{error}。", f"The mapping {mapping} can't be read: {error}."
        ) from None
    return said
