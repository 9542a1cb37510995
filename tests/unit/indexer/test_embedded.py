"""What the embedded index promises beside the contract: its folder, its lock, its versions, and kills."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from indexer.embedded import EmbeddedReader, EmbeddedWriter, folder, rebuild
from indexer.embedded.schema import tie_key
from indexer.errors import IndexOutdated, SearchUnavailable
from indexer.query import Query
from tests.factories.search import document


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "index"


def fill(path: Path, *ids: str) -> None:
    writer = EmbeddedWriter(path)
    writer.apply([document(id_, "公积金", formats=(id_,)) for id_ in ids], ())
    writer.commit()
    writer.close()


def ids(path: Path) -> list[str]:
    return list(EmbeddedReader(path).ids())


def generations(path: Path) -> list[Path]:
    return sorted(path.glob("generation-*"))


def test_a_reader_made_before_the_index_finds_it_once_it_is_there(path: Path) -> None:
    reader = EmbeddedReader(path)
    for ask in (reader.count, reader.ids, lambda: reader.search(Query())):
        with pytest.raises(SearchUnavailable, match="suishu reindex"):
            ask()
    fill(path, "x")
    assert reader.count() == 1


def test_what_a_commit_left_that_was_killed_is_in_nobodys_way(path: Path, tmp_path: Path) -> None:
    fill(path, "x", "y")
    (generation,) = generations(path)
    kept = shutil.copy(generation / "meta.json", tmp_path / "before.json")

    def without_x() -> None:
        writer = EmbeddedWriter(path)
        writer.apply((), ["x"])
        writer.commit()
        writer.close()

    without_x()
    assert list(generation.glob("*.del"))
    shutil.copy(kept, generation / "meta.json")  # as if the kill came before the last step of the commit
    without_x()
    assert ids(path) == ["y"]


def test_a_reader_follows_commits_and_exchanges(path: Path) -> None:
    fill(path, "x")
    reader = EmbeddedReader(path)
    assert list(reader.ids()) == ["x"]
    with rebuild(path) as writer:
        writer.apply([document("y", formats=("csv",))], ())
        writer.commit()
        assert list(reader.ids()) == ["x"], "nothing changes before the block ends"
    assert list(reader.ids()) == ["y"]
    assert [value.value for value in reader.search(Query()).facets["format"]] == ["csv"]
    fill(path, "z")
    assert list(reader.ids()) == ["y", "z"]
    assert len(generations(path)) == 1, "the old one is gone when the next writer opens"


def test_a_rebuild_makes_an_index_where_there_was_none(path: Path) -> None:
    with rebuild(path) as writer:
        writer.apply([document("x")], ())
    assert ids(path) == ["x"]


def test_a_rebuild_that_fails_leaves_the_old_index_and_no_rubbish(path: Path) -> None:
    fill(path, "x")

    def fail() -> None:
        with rebuild(path) as writer:
            writer.apply([document("y")], ())
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert ids(path) == ["x"]
    assert len(generations(path)) == 1
    fill(path, "z")


def test_a_copy_that_lost_its_link_can_be_read_written_and_rebuilt(path: Path, tmp_path: Path) -> None:
    fill(path, "x")
    copy = tmp_path / "copy"
    shutil.copytree(path, copy)
    assert ids(copy) == ["x"]
    fill(copy, "y")
    assert ids(copy) == ["x", "y"]
    with rebuild(copy) as writer:
        writer.apply([document("z")], ())
    assert ids(copy) == ["z"]
    fill(copy, "w")
    assert len(generations(copy)) == 1


def test_records_are_stored_in_small_blocks(path: Path) -> None:
    fill(path, "x")
    with rebuild(path) as writer:
        writer.apply([document("y")], ())
    described = json.loads((path / "current" / "meta.json").read_text(encoding="utf-8"))
    assert described["index_settings"]["docstore_blocksize"] == 4096


def test_one_writer_at_a_time(path: Path) -> None:
    writer = EmbeddedWriter(path)
    with pytest.raises(SearchUnavailable, match="Another process"):
        EmbeddedWriter(path)
    with pytest.raises(SearchUnavailable, match="Another process"), rebuild(path):
        pass
    writer.close()
    writer.close()
    EmbeddedWriter(path).close()


def test_an_index_of_another_version_asks_for_a_rebuild(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(path, "x")
    monkeypatch.setattr(folder, "SCHEMA_VERSION", 999)
    with pytest.raises(IndexOutdated, match="suishu reindex"):
        EmbeddedReader(path).count()
    with pytest.raises(IndexOutdated, match="suishu reindex"):
        EmbeddedWriter(path)
    with rebuild(path) as writer:
        writer.apply([document("y")], ())
    assert ids(path) == ["y"]


@pytest.mark.parametrize("damage", ["meta", "segments", "sets", "no segments", "link", "not a folder"])
def test_a_damaged_index_is_unavailable_in_words_and_can_be_rebuilt(path: Path, damage: str) -> None:
    fill(path, *(f"d{n}" for n in range(50)))
    (generation,) = generations(path)
    if damage == "meta":
        (generation / "meta.json").write_text("{", encoding="utf-8")
    elif damage in ("segments", "no segments"):
        for file in generation.iterdir():
            if file.suffix in (".store", ".term", ".fast", ".idx"):
                if damage == "segments":
                    file.write_bytes(b"\xff" * file.stat().st_size)
                else:
                    file.unlink()
    elif damage == "sets":
        (generation / "sets.jsonl").write_bytes(b"\xff\n")
    elif damage == "link":
        (path / "current").unlink()
        (path / "current").symlink_to("nowhere")
    else:
        shutil.rmtree(generation)
        generation.write_text("", encoding="utf-8")
    with pytest.raises(SearchUnavailable, match="suishu reindex"):
        EmbeddedReader(path).search(Query(text="公积金"))
    with rebuild(path) as writer:
        writer.apply([document("new", "公积金")], ())
    assert EmbeddedReader(path).search(Query(text="公积金")).total == 1


def test_a_folder_that_cannot_be_written_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(SearchUnavailable, match="Can't write"):
        EmbeddedWriter(tmp_path / "file" / "index")


def test_an_unfinished_line_of_the_sets_is_cut_before_the_next(path: Path) -> None:
    fill(path, "csv")
    (generation,) = generations(path)
    with (generation / "sets.jsonl").open("ab") as file:
        file.write('["format",["数'.encode()[:-1])
    assert EmbeddedReader(path).count() == 1
    fill(path, "json")
    found = EmbeddedReader(path).search(Query()).facets["format"]
    assert [(value.value, value.count) for value in found] == [("csv", 1), ("json", 1)]


def test_a_batch_that_fails_halfway_is_not_committed_later(path: Path) -> None:
    writer = EmbeddedWriter(path)
    writer.apply([document("x")], ())
    writer.commit()
    bad = document("bad", display={"not json": object()})
    with pytest.raises(TypeError):
        writer.apply([document("y"), bad], ["x"])
    writer.commit()
    writer.close()
    assert ids(path) == ["x"]


def test_many_threads_search_while_another_writes(path: Path) -> None:
    writer = EmbeddedWriter(path)
    writer.commit()
    reader = EmbeddedReader(path)

    def search(number: int) -> bool:
        results = reader.search(Query(text=("公积金", "", "d1")[number % 3]))
        return results.total == sum(value.count for value in results.facets["publisher"])

    with ThreadPoolExecutor(6) as pool:
        searches = []
        for number in range(20):
            writer.apply([document(f"d{number}", "公积金", publisher_id=f"p{number % 4}")], ())
            writer.commit()
            searches += [pool.submit(search, each) for each in range(10)]
        assert all(each.result() for each in searches)
    writer.close()
    assert reader.count() == 20


_WRITES_FOR_EVER = """
import sys
from indexer.embedded import EmbeddedWriter, rebuild
from tests.factories.search import document
path, seed = sys.argv[1], int(sys.argv[2])
def batches(writer):
    for number in range(10_000):
        made = [document(f"d{number % 7}-{n}", f"公积金{number}", formats=(f"f{number % 50}-{n}",)) for n in range(20)]
        writer.apply(made, [f"d{(number + 1) % 7}-{n}" for n in range(20)])
        writer.commit()
        print(number, flush=True)
if seed % 3 == 0:
    print("rebuild", flush=True)
    with rebuild(path) as writer:
        batches(writer)
else:
    batches(EmbeddedWriter(path))
"""


def test_a_writer_killed_at_any_point_leaves_an_index_that_goes_on(path: Path) -> None:
    fill(path, "first")
    chance = random.Random(7)
    for seed in range(6):
        process = subprocess.Popen(
            [sys.executable, "-c", _WRITES_FOR_EVER, str(path), str(seed)],
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parents[3],
        )
        assert process.stdout
        process.stdout.readline()
        time.sleep(chance.random() * 0.3)
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        reader = EmbeddedReader(path)
        results = reader.search(Query(text="公积金", facet_size=1000))
        assert results.total == reader.count() == len(list(reader.ids()))
        assert sum(value.count for value in results.facets["format"]) == results.total
        fill(path, "first", f"after-{seed}")
        assert f"after-{seed}" in ids(path)
        assert len(generations(path)) == 1


def test_ids_of_the_portal_are_told_apart_in_their_own_order() -> None:
    chance = random.Random(5)
    made = ["".join(chance.choices("234567abcdefghijklmnopqrstuvwxyz", k=16)) for _ in range(500)]
    assert sorted(made, key=tie_key, reverse=True) == sorted(made)
    assert sorted(["d1", "d10", "d2", "a"], key=tie_key, reverse=True) == ["a", "d1", "d10", "d2"]
    long = [f"a-dataset-with-a-long-name-{n}" for n in range(500)]
    assert len({tie_key(each) for each in long}) == 500


def test_records_that_match_without_the_score_of_a_word_follow_those_that_have_one(path: Path) -> None:
    """In 参数据此 stand the characters of 数据, but not the word: a search that only looks at scores would lose it."""
    writer = EmbeddedWriter(path)
    scored = [document(f"a{number}", "统计数据") for number in range(600)]
    others = [document(f"b{number}", "参考", descriptions=("参数据此",)) for number in range(100)]
    fresh = document("c", "参考", descriptions=("参数据此",), due=date.max)
    writer.apply([*scored, *others, fresh, document("not found", "参考", due=date.max)], ())
    writer.commit()
    writer.close()
    reader = EmbeddedReader(path)
    pages = [reader.search(Query("数据", page=page, size=100, facets=())) for page in range(1, 9)]
    found = [hit.id for results in pages for hit in results.hits]
    assert [results.total for results in pages] == [701] * 8
    assert {id_[0] for id_ in found[601:]} == {"b"}
    assert sorted(found) == sorted(each.id for each in (*scored, *others, fresh))


def test_counts_of_a_broad_word_are_those_of_the_commit_that_is_asked(tmp_path: Path) -> None:
    path = tmp_path / "index"
    writer, reader = EmbeddedWriter(path), EmbeddedReader(path)
    writer.apply([document(f"d{number}", "数据", themes=("a",)) for number in range(5_000)], [])
    writer.commit()
    for _ in range(2):
        found = reader.search(Query(text="数据"))
        assert (found.total, found.facets["theme"][0].count) == (5_000, 5_000)
        assert reader.search(Query(text="数据", filters={"theme": ("b",)})).total == 0
    writer.apply([], ["d1"])
    writer.commit()
    found = reader.search(Query(text="数据"))
    assert (found.total, found.facets["theme"][0].count) == (4_999, 4_999)
    writer.close()
