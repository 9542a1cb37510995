"""
One run's dealings with one source: the one way by which a dialect gets its documents.

Every dialect pages through here, so that limits, the pause between requests and the search for loops are the same for
all of them.
"""

import hashlib
import re
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from harvest.errors import Refused, SourceFailed
from harvest.fetch import Fetched, Fetcher, Question
from harvest.limits import Limits
from harvest.mapping.rules import Rules
from harvest.source import Document, Memory
from harvest.sources.packed import gunzipped

ACCEPT = "text/turtle, application/n-triples, application/rdf+xml;q=0.9, application/ld+json;q=0.8, */*;q=0.1"
"""Of who does not know yet what is there: RDF where there is a choice."""
_URL = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*://")


class NotModified(Exception):
    """The document that a run begins with is what it was when the source was last read to its end."""


class Loop(SourceFailed):
    """A page leads back to one that was read before."""


@dataclass
class Visit:
    """Used as a context manager; documents are there until it ends, those of `page` until they are left."""

    location: str
    rules: Rules = field(default_factory=Rules)
    fetcher: Fetcher = field(default_factory=Fetcher)
    limits: Limits = field(default_factory=Limits)
    memory: Memory = field(default_factory=Memory)
    accept: str = ACCEPT
    asked: int = 0
    """Documents that were asked for."""
    validators: dict[str, str] = field(default_factory=dict)
    """Of the documents of this run; they become the memory's when it has ended well."""
    _open: ExitStack = field(default_factory=ExitStack, repr=False)
    _first: Document | None = None
    _visited: dict[str, None] = field(default_factory=dict, repr=False)
    _contents: dict[bytes, str] = field(default_factory=dict, repr=False)
    _bytes: int = 0
    _began: float = field(default_factory=time.monotonic)
    _last: float | None = None

    @property
    def is_remote(self) -> bool:
        return bool(_URL.match(self.location))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def first(self) -> Document:
        """
        The document at the source's own address or path. Raises NotModified where it was the only one of the last
        run and has not changed since.
        """
        if self._first is None:
            if self.is_remote:
                known = self.memory.validators.get(self.location, "")
                self._visited[_document_of(self.location)] = None
                fetched = self._open.enter_context(self._fetched(self.location, Question(self.accept), known))
                if fetched.not_modified:
                    raise NotModified
                self._visited.setdefault(_document_of(fetched.url))
                document = self._document(self.location, fetched)
            else:
                document = _file(self.location)
            self._first = gunzipped(document, self._open, self.limits.bytes)
        return self._first

    @contextmanager
    def page(self, address: str, question: Question | None = None) -> Iterator[Document]:
        """One more document. Raises Loop for a question that was asked before."""
        with ExitStack() as opened:
            fetched = opened.enter_context(self._new(address, question or Question(self.accept), ""))
            yield gunzipped(self._document(address, fetched), opened, self.limits.bytes)

    @contextmanager
    def changed(self, address: str) -> Iterator[Document | None]:
        """As `page`; None where the document is what it was when the source was last read."""
        with ExitStack() as opened:
            known = self.memory.validators.get(address, "")
            fetched = opened.enter_context(self._new(address, Question(self.accept), known))
            if fetched.not_modified:
                yield None
            else:
                yield gunzipped(self._document(address, fetched), opened, self.limits.bytes)

    def read_instead(self, content: bytes) -> None:
        """What was fetched stands for the first document in another form: `content`."""
        document = self.first()
        file = self._open.enter_context(tempfile.NamedTemporaryFile(prefix="suishu-read-"))  # noqa: SIM115
        file.write(content)
        file.flush()
        self._first = Document(Path(file.name), document.name, document.content_type, document.address)

    def was_asked(self, address: str) -> bool:
        return _document_of(address) in self._visited

    def refuse_repetition(self, content: bytes, address: str) -> None:
        """Raises Loop where a page has just the content of an earlier one: the source does not heed the page number."""
        digest = hashlib.sha256(content).digest()
        if digest in self._contents:
            raise loop(address)
        self._contents[digest] = address

    def check_time(self) -> None:
        if time.monotonic() - self._began > self.limits.run_s:
            raise SourceFailed(
                f"采集已超过时限（{self.limits.run_s:.0f} 秒），其余未读。",
                f"The run took longer than its limit of {self.limits.run_s:.0f} seconds; the rest is left.",
            )

    def remember(self) -> None:
        """The run was read to its end: what was asked for need not be sent again while it stays what it is."""
        self.memory.validators = dict(self.validators)

    @contextmanager
    def _new(self, address: str, question: Question, validator: str) -> Iterator[Fetched]:
        posted = "" if question.body is None else f" {hashlib.sha256(question.body).hexdigest()}"
        name = _document_of(address) + posted
        if name in self._visited:
            raise loop(address)
        self._visited[name] = None
        with self._fetched(address, question, validator) as fetched:
            yield fetched

    @contextmanager
    def _fetched(self, address: str, question: Question, validator: str) -> Iterator[Fetched]:
        self.check_time()
        if self.asked >= self.limits.pages:
            raise SourceFailed(
                f"来源超过 {self.limits.pages:,} 页，其余未读。",
                f"The source has over {self.limits.pages:,} pages; the rest is left.",
            )
        left = self.limits.bytes - self._bytes
        if left <= 0:
            raise Refused(
                f"来源内容合计超过 {self.limits.bytes:,} 字节，其余未读。",
                f"The source has over {self.limits.bytes:,} bytes in all; the rest is left.",
            )
        self._pause()
        self.asked += 1
        seconds = self.limits.run_s - (time.monotonic() - self._began)
        whole = Question(
            question.accept, question.body, question.content_type, validator, max_bytes=left, seconds=seconds
        )
        with self.fetcher.get(address, whole) as fetched:
            self._bytes += fetched.path.stat().st_size
            if fetched.not_modified:
                self.validators[address] = validator
            elif fetched.validator:
                self.validators[address] = fetched.validator
            yield fetched

    def _pause(self) -> None:
        if self._last is not None and self.limits.pause_s:
            time.sleep(max(0.0, self._last + self.limits.pause_s - time.monotonic()))
        self._last = time.monotonic()

    @staticmethod
    def _document(address: str, fetched: Fetched) -> Document:
        name = address.partition("?")[0].rpartition("/")[2] or address
        return Document(fetched.path, name, fetched.content_type, fetched.url)


def _document_of(address: str) -> str:
    return address.partition("#")[0]


def loop(address: str) -> Loop:
    return Loop(
        f"来源的分页出现循环：又回到了读过的 {address}。已读到的记录有效；请联系来源方修正分页。",
        f"The source's pages go round in a circle: they lead back to {address}, which was read before. "
        "What was read counts; ask the source to mend its paging.",
    )


def cut(total: int, given: int) -> SourceFailed:
    """The source broke its word on how many records it has."""
    return SourceFailed(
        f"来源称共有 {total:,} 条记录，实际只给出 {given:,} 条，可能被截断；不会据此认为任何记录已消失。",
        f"The source says that it has {total:,} records and gave {given:,}: it may have been cut off. Nothing is taken "
        "for gone.",
    )


def _file(location: str) -> Document:
    path = Path(location)
    if not path.is_file():
        raise SourceFailed(f"找不到文件 {location}。", f"There is no file {location}.")
    try:
        with path.open("rb"):
            return Document(path, path.name)
    except OSError as error:
        raise SourceFailed(f"无法打开 {location}：{error}。", f"{location} can't be opened: {error}.") from None
