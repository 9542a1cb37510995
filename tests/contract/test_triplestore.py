"""What every triple store does; each adapter passes all of it."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import pytest

from app.triplestore import figures, tallies
from app.triplestore.embedded import EmbeddedSnapshot, EmbeddedStore
from app.triplestore.places import Places
from app.triplestore.protocol import GraphReader, Mark, StoreUnavailable, TripleStore, mark_of
from app.triplestore.remote import RemoteReader, RemoteStore
from app.triplestore.server import Address, Server
from tests.services.sparql_servers import empty, running

P = "<http://purl.org/dc/terms/title>"
NAME = "https://data.example/dataset/{}".format


def document(id_: str, *titles: str) -> bytes:
    return "".join(f'<{NAME(id_)}> {P} "{title}" .\n' for title in sorted(titles)).encode()


SHARED = b'<https://data.example/publisher/p> <http://xmlns.com/foaf/0.1/name> "\xe5\xb1\x80"@zh-hans .\n'


@pytest.fixture(scope="module")
def start() -> Iterator[Callable[[str], Address]]:
    """Starts each server once, however the tests are ordered."""
    with ExitStack() as stack:
        yield cache(lambda name: stack.enter_context(running(name)))


_ON_SERVERS = [pytest.param(name, marks=pytest.mark.sparql_server) for name in ("fuseki", "virtuoso")]


@pytest.fixture(params=["embedded", *_ON_SERVERS])
def server(request: pytest.FixtureRequest, start: Callable[[str], Address]) -> Address | None:
    """None for the embedded store."""
    return None if request.param == "embedded" else start(request.param)


@pytest.fixture
def opened(server: Address | None, tmp_path: Path) -> Callable[[], TripleStore]:
    if server is None:
        return lambda: EmbeddedStore(Places(tmp_path / "graph"))
    empty(server)
    return lambda: RemoteStore(Server(server))


@pytest.fixture
def snapshots(server: Address | None) -> None:
    if server is not None:
        pytest.skip("a server has no snapshots: what is applied is public at once")


@pytest.fixture
def store(opened: Callable[[], TripleStore]) -> Iterator[TripleStore]:
    store = opened()
    yield store
    store.close()


@pytest.fixture
def published(server: Address | None, tmp_path: Path) -> Callable[[], GraphReader]:
    if server is None:
        return lambda: EmbeddedSnapshot(Places(tmp_path / "graph"))
    return lambda: RemoteReader(Server(server))


def statements(*documents: bytes) -> set[bytes]:
    return {line for document in documents for line in document.splitlines()}


def test_a_dataset_stands_in_its_graph_and_in_the_default_graph(store: TripleStore) -> None:
    store.apply({NAME("a"): document("a", "甲")}, [], 1)
    assert store.graph(NAME("a")) == store.graph("") == statements(document("a", "甲"))
    assert list(store.names()) == [NAME("a")]


def test_what_a_new_state_does_not_say_is_gone_from_both_graphs(store: TripleStore) -> None:
    store.apply({NAME("a"): document("a", "旧", "同")}, [], 1)
    store.apply({NAME("a"): document("a", "新", "同")}, [], 2)
    assert store.graph(NAME("a")) == store.graph("") == statements(document("a", "新", "同"))


def test_what_two_datasets_state_stays_until_the_last_one_drops_it(store: TripleStore) -> None:
    store.apply({NAME("a"): document("a", "甲") + SHARED, NAME("b"): document("b", "乙") + SHARED}, [], 1)
    store.apply({}, [NAME("a")], 2)
    assert store.graph("") == statements(document("b", "乙"), SHARED)
    store.apply({NAME("b"): document("b", "乙")}, [], 3)
    assert store.graph("") == statements(document("b", "乙"))


def test_what_two_datasets_drop_in_one_batch_is_gone(store: TripleStore) -> None:
    store.apply({NAME("a"): SHARED, NAME("b"): SHARED}, [], 1)
    store.apply({}, [NAME("a"), NAME("b")], 2)
    assert not store.graph("")
    assert list(store.names()) == []


def test_what_one_drops_and_another_takes_up_in_one_batch_stays(store: TripleStore) -> None:
    store.apply({NAME("a"): SHARED}, [], 1)
    store.apply({NAME("b"): SHARED}, [NAME("a")], 2)
    assert store.graph("") == statements(SHARED)
    assert list(store.names()) == [NAME("b")]


def test_repeating_a_batch_changes_nothing(store: TripleStore) -> None:
    batch = {
        NAME("a"): document("a", "甲")
        + f'<{NAME("a")}> <http://purl.org/dc/terms/extent> "05"^^'
        "<http://www.w3.org/2001/XMLSchema#nonNegativeInteger> .\n".encode()
    }  # stores write 5
    assert store.apply(batch, [], 1) > 0
    before = store.graph("")
    assert store.apply(batch, [NAME("never-there")], 1) == 0
    assert store.graph("") == before == store.stored_form(batch[NAME("a")])


def test_the_mark_survives_closing_and_is_no_statement(opened: Callable[[], TripleStore]) -> None:
    store = opened()
    store.rebuild([], Mark(3, "first"))
    store.apply({NAME("a"): document("a", "甲")}, [], 17)
    store.close()
    again = opened()
    assert again.mark() == Mark(17, "first")
    again.apply({NAME("a"): document("a", "乙")}, [], 18)
    assert again.mark() == Mark(18, "first")
    assert again.graph("") == statements(document("a", "乙"))
    again.close()


def test_a_rebuild_replaces_everything(store: TripleStore) -> None:
    store.apply({NAME("old"): document("old", "旧")}, [], 1)
    store.rebuild(((NAME(str(n)), document(str(n), f"第{n}个") + SHARED) for n in range(300)), Mark(9, "next"))
    assert store.mark() == Mark(9, "next")
    assert len(store.graph("")) == 301
    assert len(list(store.names())) == 300
    store.apply({}, [NAME("7")], 10)
    assert len(store.graph("")) == 300


def test_a_batch_of_any_size_is_taken_and_taken_back(store: TripleStore) -> None:
    """Servers limit one request; a statement that many graphs share falls into several."""
    many = [f"第{number}个" for number in range(150)]
    batch = {NAME(str(n)): document(str(n), *many) + SHARED for n in range(60)}
    assert store.apply(batch, [], 1) == 60 * 151
    assert len(store.graph("")) == 60 * 150 + 1
    assert store.merge_faults() == (0, 0)
    assert store.apply(dict.fromkeys(batch, SHARED), [], 2) == 60 * 150
    assert store.graph("") == statements(SHARED)
    store.apply(batch, [], 3)
    store.apply({}, list(batch), 4)
    assert not store.graph("")
    assert list(store.names()) == []
    assert store.mark().cursor == 4


def test_large_new_graphs_are_taken_beside_old_ones_and_taken_back(store: TripleStore) -> None:
    """The embedded store loads them in bulk, past its transactions."""
    store.apply({NAME("old"): document("old", "before") + SHARED}, [], 1)
    large = {
        NAME(f"l{n}"): document(f"l{n}", *(f"{n} {k} {'长' * 100}" for k in range(40))) + SHARED for n in range(60)
    }
    assert sum(map(len, large.values())) > 500_000
    again = {**large, NAME("old"): document("old", "after")}
    changed = store.apply(again, [], 2)
    assert changed == 60 * 41 + 3  # of the old one a title comes, another goes, and the shared name goes from it alone
    assert store.mark().cursor == 2
    assert store.apply(again, [], 3) == 0
    assert set(store.names()) == set(again)
    assert store.stored_form(SHARED) <= store.graph("")
    assert store.graph(NAME("l7")) == store.stored_form(large[NAME("l7")])
    assert store.merge_faults() == (0, 0)
    store.apply({}, list(large), 4)
    assert set(store.names()) == {NAME("old")}
    assert store.graph("") == store.stored_form(document("old", "after"))
    assert store.merge_faults() == (0, 0)


def test_blank_nodes_of_two_datasets_never_become_one(store: TripleStore) -> None:
    blank = b'_:b <http://purl.org/dc/terms/title> "same label" .\n'
    store.apply({NAME("a"): blank}, [], 1)
    store.rebuild([(NAME("a"), blank), (NAME("b"), blank)], Mark())
    assert len(store.graph("")) == 2
    store.apply({}, [NAME("a"), NAME("b")], 2)
    assert not store.graph("")


def test_every_character_comes_out_as_it_went_in_and_can_be_removed(store: TripleStore) -> None:
    hostile = r"\u0000\u0007\"\\ \r\n\t} ; DROP ALL # \u2028 \U0001F600 \\u0041"
    document = f'<{NAME("a")}> {P} "{hostile}" .\n'.encode()
    store.apply({NAME("a"): document, NAME("b"): SHARED}, [], 1)
    assert store.graph(NAME("a")) == store.stored_form(document)
    store.apply({NAME("a"): document + f'<{NAME("a")}> {P} "more" .\n'.encode(), NAME("b"): b""}, [], 2)
    assert store.graph(NAME("a")) > store.stored_form(document)
    store.apply({NAME("a"): SHARED}, [], 3)
    assert store.graph("") == statements(SHARED)


@pytest.mark.usefixtures("snapshots")
def test_readers_see_what_was_published_and_nothing_before(
    store: TripleStore, published: Callable[[], GraphReader]
) -> None:
    with pytest.raises(StoreUnavailable):
        published()
    store.apply({NAME("a"): document("a", "甲")}, [], 1)
    store.publish()
    store.apply({NAME("a"): document("a", "乙")}, [], 2)
    assert published().graph(NAME("a")) == statements(document("a", "甲"))
    assert published().mark().cursor == 1
    store.publish()
    assert published().mark().cursor == 2
    assert published().graph(NAME("a")) == statements(document("a", "乙"))


@pytest.mark.usefixtures("snapshots")
def test_a_reader_keeps_its_state_when_the_next_is_published(
    store: TripleStore, published: Callable[[], GraphReader]
) -> None:
    store.rebuild(((NAME(str(n)), document(str(n), f"第{n}个")) for n in range(200)), Mark(1))
    reader = published()
    store.apply({}, [NAME(str(n)) for n in range(200)], 2)
    store.publish()
    store.publish()
    assert len(reader.graph("")) == 200
    assert not published().graph("")


@pytest.mark.usefixtures("snapshots")
def test_a_snapshot_that_nobody_reads_any_more_is_dropped(
    store: TripleStore, published: Callable[[], GraphReader], tmp_path: Path
) -> None:
    store.publish()
    reader = published()
    for cursor in range(5):
        store.apply({NAME("a"): document("a", str(cursor))}, [], cursor)
        store.publish()
    snapshots = tmp_path / "graph" / "snapshots"
    assert len(list(snapshots.iterdir())) == 2
    reader.close()
    store.publish()
    assert len(list(snapshots.iterdir())) == 1


def test_the_fingerprint_tells_graphs_apart_and_is_a_sum(store: TripleStore) -> None:
    store.apply({NAME("a"): document("a", "甲", "乙") + SHARED, NAME("b"): SHARED}, [], 1)
    assert store.fingerprint(NAME("a")) == sum(map(mark_of, store.graph(NAME("a")))) == store.fingerprint("")
    assert store.fingerprint(NAME("b")) == mark_of(SHARED.strip())


def test_merge_faults_are_counted(store: TripleStore, tmp_path: Path) -> None:
    store.apply({NAME("a"): document("a", "甲") + SHARED, NAME("b"): SHARED}, [], 1)
    assert store.merge_faults() == (0, 0)


@pytest.mark.usefixtures("snapshots")
def test_only_one_process_may_write(store: TripleStore, opened: Callable[[], TripleStore]) -> None:
    with pytest.raises(StoreUnavailable):
        opened()


def test_nothing_of_the_mark_is_in_what_is_published(
    store: TripleStore, published: Callable[[], GraphReader], tmp_path: Path
) -> None:
    store.rebuild([(NAME("a"), document("a", "甲"))], Mark(123456789, "edition-of-today"))
    reader = published()
    assert list(reader.names()) == [NAME("a")]
    assert reader.graph("urn:suishu:private") == frozenset()


@pytest.mark.usefixtures("snapshots")
def test_a_kill_while_loading_leaves_the_old_state_and_is_swept_up(
    opened: Callable[[], TripleStore], tmp_path: Path
) -> None:
    store = opened()
    store.apply({NAME("a"): document("a", "甲")}, [], 1)

    def broken() -> Iterator[tuple[str, bytes]]:
        yield NAME("b"), document("b", "乙")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.rebuild(broken(), Mark(2))
    store.close()
    again = opened()
    assert again.graph("") == statements(document("a", "甲"))
    assert len(list((tmp_path / "graph" / "stores").iterdir())) == 1
    again.close()


def test_nothing_is_published_before_the_first_store_is_opened(
    opened: Callable[[], TripleStore], published: Callable[[], GraphReader]
) -> None:
    with pytest.raises(StoreUnavailable):
        published()


def test_a_rebuild_that_ends_early_keeps_the_old_mark_and_can_be_done_again(
    opened: Callable[[], TripleStore],
) -> None:
    store = opened()
    store.rebuild([(NAME("a"), document("a", "甲") + SHARED)], Mark(1, "old"))

    def broken() -> Iterator[tuple[str, bytes]]:
        yield from ((NAME(str(n)), document(str(n), "新")) for n in range(700))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.rebuild(broken(), Mark(2, "new"))
    store.close()
    again = opened()
    assert again.mark() == Mark(1, "old")
    assert again.graph(NAME("a")) == statements(document("a", "甲"), SHARED)
    again.rebuild([(NAME("b"), document("b", "乙"))], Mark(2, "new"))
    assert list(again.names()) == [NAME("b")]
    assert again.graph("") == statements(document("b", "乙"))
    assert again.merge_faults() == (0, 0)
    again.close()


def test_a_published_graph_is_measured_once_for_each_statement(
    store: TripleStore, published: Callable[[], GraphReader], tmp_path: Path
) -> None:
    typed = f"<{NAME('a')}> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://www.w3.org/ns/dcat#Dataset> .\n"
    store.apply({NAME("a"): document("a", "甲") + typed.encode() + SHARED, NAME("b"): SHARED}, [], 7)
    store.publish()
    reader = published()
    found = figures.measure(reader)
    reader.close()
    assert (found.mark.cursor, found.triples, found.entities, found.whole) == (7, 3, 2, True)
    assert found.classes == {"http://www.w3.org/ns/dcat#Dataset": 1}
    assert found.properties[P.strip("<>")] == 1
    assert found.used["http://www.w3.org/ns/dcat#Dataset"][P.strip("<>")] == 1
    figures.keep(tmp_path, found)
    assert figures.kept(tmp_path) == found
    said = json.loads(figures.path(tmp_path).read_text())
    del said["tallies"]  # as an older version wrote them
    figures.path(tmp_path).write_text(json.dumps(said))
    assert figures.kept(tmp_path) is None


def measured(store: TripleStore, published: Callable[[], GraphReader], lines: list[str]) -> figures.Figures:
    """Of a graph with these statements and nothing else."""
    store.apply({NAME("a"): "".join(f"{line} .\n" for line in lines).encode()}, [], 7)
    store.publish()
    reader = published()
    found = figures.measure(reader)
    reader.close()
    return found


def test_values_of_a_property_are_tallied_where_they_are_few(
    store: TripleStore, published: Callable[[], GraphReader], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tallies, "_MANY", 2)
    monkeypatch.setattr(tallies, "_FEW", 3)
    monkeypatch.setattr(tallies, "_VALUES", tallies._VALUES.replace("4001", "4"))
    type_, p, q = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type", "https://x.example/p", "https://x.example/q"
    r, s = "https://x.example/r", "https://x.example/s"
    values = ['"七\\n\\"七"@zh-hans', '"2026-01-01"^^<http://www.w3.org/2001/XMLSchema#date>', "<https://x.example/七>"]
    lines = [f"<{NAME(each)}> <{type_}> <https://x.example/{'DDE'[at]}>" for at, each in enumerate("abc")]
    lines += [f"<{NAME(each)}> <{p}> {value}" for each in "abc" for value in values[: 1 + "abc".index(each)]]
    lines += [f'<{NAME(each)}> <{q}> "{number}{each}"' for each in "abc" for number in range(2)]
    lines += [f"<{NAME(each)}> <{r}> <https://x.example/a/../b>" for each in "abc"]
    lines += [f'<{NAME(each)}> <{s}> "{"长" * 201}"' for each in "abc"]
    found = measured(store, published, lines)
    if not found.state:
        assert found.tallies == {}  # a server changes at any time
        return
    assert found.tally(p, "") == dict(zip(values, [3, 2, 1], strict=True))
    assert found.tally(p, "https://x.example/D") == dict(zip(values, [2, 1], strict=False))
    assert found.tally(p, "https://x.example/E") is None  # one entity is counted when somebody asks
    assert found.tally(q, "") is None  # too many
    assert found.tally(s, "") is None  # too long
    assert found.tally(r, "") is None  # a query would not say that IRI, but the one that it is resolved to
    assert found.tally(type_, "") == {"<https://x.example/D>": 2, "<https://x.example/E>": 1}


def test_a_type_that_is_a_text_is_no_class_and_spoils_no_figures(
    store: TripleStore, published: Callable[[], GraphReader]
) -> None:
    typed = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
    lines = [f"<{NAME('a')}> <{typed}> <https://x.example/D>", f'<{NAME("b")}> <{typed}> "https://x.example/D"']
    lines += [f'<{NAME("c")}> <{typed}> "no > name }}"', f"<{NAME('c')}> <{typed}> <https://x.example/E>"]
    lines += [f'<{NAME(each)}> <https://x.example/p> "1"' for each in "abc"]
    found = measured(store, published, lines)
    assert found.classes == {"https://x.example/D": 1, "https://x.example/E": 1}
    assert found.used["https://x.example/D"] == {"https://x.example/p": 1, typed: 1}
    assert found.others("https://x.example/p", "https://x.example/D") is None  # b has it, and is found by nothing
