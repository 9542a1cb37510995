"""Which of some records a search finds, by every search backend."""

from datetime import date

from indexer.query import Query
from tests.contract.search_backends import Backend
from tests.contract.test_search_backend import HOSTILE
from tests.factories.search import document


def test_of_some_records_those_are_told_that_the_search_finds(backend: Backend) -> None:
    backend.index(
        document("a", "公交线路", themes=("jiaotong",), modified=date(2024, 5, 1)),
        document("b", "公交站点", themes=("jiaotong",), modified=date(2020, 5, 1)),
        document("c", "地铁线路", themes=("jiaotong",)),
        document("d", "公交司机", themes=("jiuye",)),
    )

    def among(*ids: str, **asked: object) -> set[str]:
        return backend.reader.among(Query(**asked), ids)  # type: ignore[arg-type]

    assert among("a", "b", "c", text="公交") == {"a", "b"}
    assert among("b", "c", "nothing", text="公交") == {"b"}
    assert among("a", "d", text="公交", filters={"theme": ("jiaotong",)}) == {"a"}
    assert among("a", "b", "c", text="公交", years={"modified": (2023, None)}) == {"a"}
    assert among("a", "b", "c", text="线路 -地铁") == {"a"}
    assert among("a", "b", "c") == {"a", "b", "c"}
    assert among(text="公交") == set()


def test_words_are_taken_as_they_are(backend: Backend) -> None:
    backend.index(document("a", "住房公积金贷款"), document("b", "地铁"))
    assert backend.found("gongjijin") == ["a"]
    assert backend.reader.among(Query("gongjijin"), ["a", "b"]) == set()
    assert set(backend.found("公积金 地铁")) == {"a", "b"}  # each has half of it
    assert backend.reader.among(Query("公积金缴存地铁"), ["a", "b"]) == set()


def test_many_are_asked_of_in_pieces_and_nothing_typed_is_an_error(backend: Backend) -> None:
    backend.index(*(document(f"d{number}", f"公交第{number}号") for number in range(1_203)))
    ids = [f"d{number}" for number in range(1_203)]
    assert backend.reader.among(Query("公交"), ids) == set(ids)
    for typed in HOSTILE:
        assert backend.reader.among(Query(typed), ["d1", "\x00", "\ud800", ""]) <= {"d1"}, typed


def test_what_was_removed_or_changed_is_not_found_any_more(backend: Backend) -> None:
    backend.index(document("a", "公交"), document("b", "公交"))
    backend.index(document("a", "地铁"), deletes=["b"])
    assert backend.reader.among(Query("公交"), ["a", "b"]) == set()
    assert backend.reader.among(Query("地铁"), ["a", "b"]) == {"a"}
