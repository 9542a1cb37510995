"""`suishu check`: do the public graph and the search index hold what the record says, and nothing else?"""

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from app import outbox
from app.errors import SuishuError
from app.processes.projections import dataset_uri, search_cursor_name
from app.processes.standing import standing_graphs
from app.triplestore.protocol import GraphReader, StoreUnavailable, mark_of
from app.wiring import Portal
from indexer.errors import SearchUnavailable

_LANGUAGE = re.compile(rb'"@[A-Za-z0-9-]+ \.$', re.MULTILINE)
_PATIENCE_S = 15.0
_ROUNDS = 3
_MAX_FINDINGS = 200

_WORDS = {
    "behind": ("落后于记录", "is behind the record"),
    "unavailable": ("无法打开", "can't be opened"),
    "missing": ("缺少已发布的条目", "lacks a published entry"),
    "unindexed": ("被检索引擎拒绝，检索不到", "is refused by the search engine and can't be found"),
    "stray": ("含有不应公开的条目", "holds what is not published"),
    "different": ("内容与记录不同", "says something else than the record"),
    "merged": ("默认图与命名图不一致", "default graph and named graphs differ"),
    "more": ("还有更多不一致之处", "differs in more places than are listed"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not agree. `part` is "graph" or "index", `subject` an id or a graph's name, "" for all."""

    part: str
    kind: str
    subject: str = ""
    detail: str = ""

    def __str__(self) -> str:
        zh, en = _WORDS[self.kind]
        return " ".join(piece for piece in (f"{self.part}: {zh} / {en}", self.subject, self.detail) if piece)


def check(portal: Portal) -> list[Finding]:
    """
    What does not agree, [] when all does. Waits a while for a running keeper to catch up; what still changes while
    it looks is looked at again, so that a harvest under way is no finding.
    """
    return [*_settled(portal, _graph), *_settled(portal, _index)]


def _settled(portal: Portal, look: Callable[[Portal], list[Finding]]) -> list[Finding]:
    findings: list[Finding] = []
    for _ in range(_ROUNDS):
        before = _latest(portal)
        findings = look(portal)
        if not findings or before == _latest(portal):
            break
    if len(findings) > _MAX_FINDINGS:
        rest = len(findings) - _MAX_FINDINGS
        findings = [*findings[:_MAX_FINDINGS], Finding(findings[0].part, "more", detail=f"+{rest}")]
    return findings


def _graph(portal: Portal) -> list[Finding]:
    try:
        if (behind := _behind(portal, "graph", lambda: _graph_cursor(portal))) is not None:
            return [behind]
        reader = portal.published_graph()
        try:
            return list(_compare_graph(portal, reader))
        finally:
            reader.close()
    except StoreUnavailable as error:
        return [Finding("graph", "unavailable", detail=str(error))]


def _compare_graph(portal: Portal, reader: GraphReader) -> Iterator[Finding]:
    strays = set(reader.names())
    merged = _Merged()
    for name, ntriples in _expected(portal):
        if name not in strays:
            yield Finding("graph", "missing", name)
            continue
        strays.discard(name)
        found = reader.graph(name)
        merged.add(name, found)
        # Nearly always the store gives back the lines but for the case of tags, and then nothing has to be parsed.
        if found != frozenset(_LANGUAGE.sub(_lower, ntriples).splitlines()) and found != reader.stored_form(ntriples):
            yield Finding("graph", "different", name)
    for name in sorted(strays):
        merged.add(name, reader.graph(name))
        yield Finding("graph", "stray", name)
    if merged.fingerprint() != reader.fingerprint(""):
        missing, stray = reader.merge_faults()  # slower, and exact
        if missing or stray:
            yield Finding("graph", "merged", detail=f"-{missing} +{stray}")


class _Merged:
    """What the default graph must hold, as a fingerprint: each statement once, however many graphs have it."""

    def __init__(self) -> None:
        self._own = 0
        self._shared: set[int] = set()

    def add(self, name: str, lines: frozenset[bytes]) -> None:
        own = f"<{name}".encode()
        for line in lines:
            if line.startswith(own):  # about the dataset itself, so in no other graph; were it, we would look closer
                self._own += mark_of(line)
            else:
                self._shared.add(mark_of(line))

    def fingerprint(self) -> int:
        return self._own + sum(self._shared)


def _lower(match: re.Match[bytes]) -> bytes:
    return match[0].lower()


def _expected(portal: Portal) -> Iterator[tuple[str, bytes]]:
    yield from standing_graphs(portal)
    for id_, ntriples in portal.catalogue.public_graphs():
        yield dataset_uri(portal.settings.base_url, id_), ntriples


def _index(portal: Portal) -> list[Finding]:
    if (behind := _behind(portal, "index", lambda: _search_cursor(portal))) is not None:
        return [behind]
    try:
        strays = set(portal.search.reader.ids())
        refused = portal.search.unindexed()
    except SearchUnavailable as error:
        return [Finding("index", "unavailable", detail=str(error))]
    findings = []
    for id_ in portal.catalogue.all_public_ids():
        if id_ not in strays:
            reason = refused.get(id_, "")
            findings.append(Finding("index", "unindexed" if reason else "missing", id_, reason))
        strays.discard(id_)
    return findings + [Finding("index", "stray", id_) for id_ in sorted(strays)]


def _behind(portal: Portal, part: str, cursor: Callable[[], int]) -> Finding | None:
    wanted = _latest(portal)
    deadline = time.monotonic() + _PATIENCE_S
    while (at := cursor()) < wanted:
        if not _keeper_runs(portal) or time.monotonic() > deadline:
            return Finding(part, "behind", detail=f"{at} < {wanted}")
        time.sleep(0.1)
    return None


def _keeper_runs(portal: Portal) -> bool:
    from app.processes.keeper import LEASE

    try:
        with portal.database.lock(LEASE) as held:
            return not held
    except SuishuError:
        return False


def _latest(portal: Portal) -> int:
    with portal.database.read() as connection:
        return outbox.latest(connection)


def _search_cursor(portal: Portal) -> int:
    with portal.database.read() as connection:
        return outbox.cursor(connection, search_cursor_name(portal))


def _graph_cursor(portal: Portal) -> int:
    mark = portal.published_graph_mark()
    return mark.cursor if mark else -1
