"""A recorder in memory and a check that only wants a title: what a run needs and no more."""

from collections.abc import Iterator, Sequence
from typing import Any

from harvest.errors import SourceFailed
from harvest.fetch import Fetcher
from harvest.limits import Limits
from harvest.record import Accepted, Incoming, Known, Problem, Quarantined, RunReport, Unreadable
from harvest.run import run
from harvest.sources import open_source

TITLE = b" <http://purl.org/dc/terms/title> "


class MemoryRecorder:
    """Keeps everything; `writes` counts the records handed to `keep`, `gone` what `seen_all` was told."""

    def __init__(self) -> None:
        self.held: dict[str, Accepted | Quarantined] = {}
        self.writes = 0
        self.batches: list[int] = []
        self.gone: list[str] | None = None
        self.stale = False

    def known(self) -> dict[str, Known]:
        return {
            key: Known(record.id, record.content_hash, True, self.stale, tuple(p.rule for p in record.problems))
            if isinstance(record, Quarantined)
            else Known(record.id, record.content_hash, stale=self.stale)
            for key, record in self.held.items()
        }

    def keep(self, batch: Sequence[Accepted | Quarantined]) -> None:
        self.writes += len(batch)
        self.batches.append(len(batch))
        self.held.update({record.key: record for record in batch})

    def seen_all(self, gone: Sequence[str]) -> None:
        self.gone = list(gone)
        for key in gone:
            del self.held[key]


def harvested(
    location: str, recorder: MemoryRecorder | None = None, *, limits: Limits | None = None, **more: Any
) -> tuple[RunReport, MemoryRecorder]:
    """A whole run over a source that may lie on loopback; `more` goes to `open_source`."""
    kept = recorder or MemoryRecorder()
    source = open_source(location, fetcher=local_fetcher(), limits=limits, **more)
    return run(source, kept, wants_title, source_id="s", base_url="https://p.example"), kept


def local_fetcher(**more: Any) -> Fetcher:
    return Fetcher(allowed_networks=("127.0.0.0/8",), retry_wait_s=0.01, **more)


class ListSource:
    """Yields what it was given; an exception in the list is raised at its place."""

    name = "list"

    def __init__(self, *records: Incoming | Unreadable | Exception) -> None:
        self._records = records

    def records(self) -> Iterator[Incoming | Unreadable]:
        for record in self._records:
            if isinstance(record, Exception):
                raise record
            yield record


def wants_title(ntriples: bytes) -> list[Problem]:
    has_title = any(
        line.startswith(b"<urn:suishu:dataset/") and TITLE in line and b"#" not in line.partition(b" ")[0]
        for line in ntriples.splitlines()
    )
    if has_title:
        return []
    return [Problem("title-missing", "violation", "dct:title", "", "缺少名称。", "The title is missing.", "第十一条")]


def record(number: int, title: str = "", *notes: str) -> Incoming:
    subject = f"<https://example.org/dataset/{number}>"
    line = f'{subject} <http://purl.org/dc/terms/title> "{title}"@zh-Hans .\n' if title else ""
    type_ = f"{subject} <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://www.w3.org/ns/dcat#Dataset> .\n"
    return Incoming(f"https://example.org/dataset/{number}", subject, (type_ + line).encode(), f"row {number}", notes)


FAILED = SourceFailed("第二页无法读取。", "Page 2 can't be read.")
