"""Answers that are kept: found again only where they would be given again."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from app.sparql import kept
from app.sparql.body import Body
from app.sparql.kept import KeptAnswers
from app.sparql.wire import Head, Question
from tests.factories.sparql import publish, question

HEAD = Head(form="solutions", format="json", rows=3, bytes=4, seconds=1.0)
ASKED = question("SELECT * { ?s ?p ?o }")


@pytest.fixture
def answers(tmp_path: Path) -> KeptAnswers:
    publish(tmp_path, [])
    return KeptAnswers.in_home(tmp_path)


def keep(answers: KeptAnswers, asked: Question = ASKED, head: Head = HEAD, body: bytes = b"body") -> None:
    with Body(answers.places.root) as written:
        written.write(body)
        answers.keep(asked, head, written, answers.places.published_name())


def found(answers: KeptAnswers, asked: Question = ASKED) -> bytes | None:
    if (answer := answers.find(asked)) is None:
        return None
    head, file = answer
    assert head.kept
    with os.fdopen(file, "rb") as body:
        return body.read(head.bytes)


def test_an_answer_is_found_by_the_same_question_alone(answers: KeptAnswers) -> None:
    assert found(answers) is None
    keep(answers)
    assert found(answers) == b"body"
    others = [
        {"query": "SELECT * { ?s ?p ?o . }"},
        {"solutions": "csv"},
        {"base": "https://data.example/"},
        {"default_graphs": ["https://data.example/1"]},
        {"named_graphs": ["https://data.example/1"]},
    ]
    assert [found(answers, replace(ASKED, **each)) for each in others] == [None] * len(others)


def test_line_ends_of_a_form_make_no_difference_but_in_a_long_string(answers: KeptAnswers) -> None:
    keep(answers, question("SELECT *\n{ ?s ?p ?o }\n"))
    assert found(answers, question("SELECT *\r\n{ ?s ?p ?o }")) == b"body"
    keep(answers, question('SELECT ("""\n""" AS ?x) {}'))
    assert found(answers, question('SELECT ("""\r\n""" AS ?x) {}')) is None


def test_a_whole_answer_serves_every_limit_that_it_fits_into(answers: KeptAnswers) -> None:
    keep(answers, replace(ASKED, rows=100))
    assert found(answers, replace(ASKED, rows=3)) == b"body"
    assert found(answers, replace(ASKED, rows=2)) is None


def test_an_answer_that_was_cut_serves_its_own_limit_alone(answers: KeptAnswers) -> None:
    keep(answers, replace(ASKED, rows=3), replace(HEAD, cut="rows"))
    assert found(answers, replace(ASKED, rows=3)) == b"body"
    assert found(answers, replace(ASKED, rows=4)) is None


def test_answers_for_two_limits_lie_beside_each_other(answers: KeptAnswers) -> None:
    keep(answers, replace(ASKED, rows=2), replace(HEAD, rows=2, cut="rows"), b"twos")
    keep(answers, replace(ASKED, rows=100))
    assert [found(answers, replace(ASKED, rows=rows)) for rows in (2, 100)] == [b"twos", b"body"]


@pytest.mark.parametrize(
    "expression",
    ["NOW()", "rand ( )", "UUID()", "STRUUID()", "NOW # \n ()", r"\u004eOW()", "1NOW()", "YEAR(NOW())"],
)
def test_what_the_clock_or_chance_decides_is_not_kept(answers: KeptAnswers, expression: str) -> None:
    asked = question(f"SELECT ({expression} AS ?x) {{}}")
    keep(answers, asked)
    assert found(answers, asked) is None


def test_refusals_quick_answers_and_large_ones_are_not_kept(answers: KeptAnswers) -> None:
    for head in (replace(HEAD, refusal="syntax"), replace(HEAD, seconds=0.001), replace(HEAD, bytes=10**9)):
        keep(answers, head=head)
    assert found(answers) is None


def test_nothing_is_found_on_another_snapshot_and_the_old_ones_are_dropped(
    answers: KeptAnswers, tmp_path: Path
) -> None:
    keep(answers)
    publish(tmp_path, [])
    assert found(answers) is None
    answers.trim()
    assert list(answers.folder.iterdir()) == []


def test_the_oldest_go_when_there_is_too_much(answers: KeptAnswers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MAX_BYTES", 10_000)
    asked = [question(f"SELECT * {{ ?s ?p {number} }}") for number in range(5)]
    for each in asked:
        keep(answers, each)
    for number, file in enumerate(sorted(answers.folder.rglob("*"), key=lambda path: path.stat().st_mtime_ns)):
        if file.is_file():
            os.utime(file, ns=(number, number))
    answers.trim()
    left = [each for each in asked if found(answers, each) is not None]
    assert left
    assert left == asked[-len(left) :]
    assert sum(file.stat().st_blocks * 512 for file in answers.folder.rglob("*") if file.is_file()) <= 10_000


def test_a_file_that_is_no_answer_is_passed_over(answers: KeptAnswers) -> None:
    keep(answers)
    for file in answers.folder.rglob("*"):
        if file.is_file():
            file.write_bytes(b"\xff" * 3)
    assert found(answers) is None
