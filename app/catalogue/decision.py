"""What becomes of an entry when a record arrives for it. Pure: told what is there, says what to write."""

from dataclasses import dataclass
from datetime import datetime

from app.audit.events import Action
from app.catalogue.disclosure import Listing, disclosed
from app.catalogue.model import State
from app.catalogue.openness import Openness, openness_of
from app.catalogue.statements import Graph, read


@dataclass(frozen=True, slots=True)
class Arrival:
    """
    A record to keep. `ntriples` is canonical, its node `<urn:suishu:dataset/{id}>`. `problems` are what the checks
    found, as JSON-able mappings; `state` is PUBLISHED, or HELD when the problems forbid it.
    """

    id: str
    source_id: str
    source_key: str
    source_iri: str
    ntriples: bytes
    content_hash: str
    state: State
    profile: str
    problems: tuple[dict[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Current:
    """What the record says of an entry now."""

    state: State
    version: int
    content_hash: str
    openness: Openness
    published_at: datetime | None
    problems: tuple[dict[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """
    What to write. `public_ntriples` is None where the public may see nothing. `wipe_before`: public RDF of versions
    before this one goes; 0 leaves all. `graph` says of the entry what the public RDF does, or, where there is none,
    what the record does.
    """

    arrival: Arrival
    before: Current | None
    version: int
    openness: Openness
    public_ntriples: bytes | None
    published_at: datetime | None
    wipe_before: int
    action: Action
    graph: Graph

    @property
    def is_new_version(self) -> bool:
        return self.before is None or self.version != self.before.version

    @property
    def is_announced(self) -> bool:
        """True when projections have something to do: it is public now, or was."""
        return self.public_ntriples is not None or (self.before is not None and self.before.state is State.PUBLISHED)


def decide(arrival: Arrival, before: Current | None, at: datetime) -> Decision | None:
    """The decision, or None when nothing would change."""
    same_content = before is not None and before.content_hash == arrival.content_hash
    if before and same_content and before.state is arrival.state and before.problems == arrival.problems:
        return None
    graph = read(arrival.ntriples)
    opened = openness_of(graph, arrival.id)
    version = 1 if before is None else before.version if same_content else before.version + 1
    published_at = before.published_at if before else None
    shown = None
    wipe_before = 0
    if arrival.state is State.PUBLISHED:
        published_at = published_at or at
        listing = Listing(arrival.id, arrival.source_iri, arrival.profile, published_at, recorded_at=at)
        shown, is_whole = disclosed(arrival.ntriples, graph, listing, opened)
        graph = graph if is_whole else read(shown)
        if before and opened.closes(before.openness):
            wipe_before = version
    elif before:
        wipe_before = version + 1
    was_public = before is not None and before.state is State.PUBLISHED
    action = (
        Action.DATASET_HELD
        if arrival.state is not State.PUBLISHED
        else Action.DATASET_CHANGED
        if was_public
        else Action.DATASET_PUBLISHED
    )
    return Decision(arrival, before, version, opened, shown, published_at, wipe_before, action, graph)
