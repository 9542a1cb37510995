"""Records made to be slow: each is recorded or quarantined in words, and its neighbours are as they would be alone."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.security.portals import harvest, opened

DCT = "http://purl.org/dc/terms/"
DCAT = "http://www.w3.org/ns/dcat#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
SLOW = "<https://a.example/slow>"
CPU_S = 5.0
"""Each takes well under a second alone; this only tells it from what hangs, on a machine that others use too."""


def plain(subject: str, title: str = "公交线路站点") -> str:
    return (
        f'{subject} <{RDF}type> <{DCAT}Dataset> .\n{subject} <{DCT}title> "{title}"@zh-Hans .\n'
        f'{subject} <{DCT}identifier> "{len(subject)}" .\n{subject} <{DCT}publisher> <https://a.example/agency> .\n'
    )


def clique() -> str:
    nodes = range(30)
    links = (f"_:k{one} <urn:p> _:k{other} .\n" for one in nodes for other in nodes if one != other)
    return plain(SLOW) + f"{SLOW} <urn:p> _:k0 .\n" + "".join(links)


def long_list() -> str:
    items = (f'_:l{n} <{RDF}first> "{n}" .\n_:l{n} <{RDF}rest> _:l{n + 1} .\n' for n in range(100_000))
    return plain(SLOW) + f"{SLOW} <{DCT}provenance> _:l0 .\n" + "".join(items)


def keywords() -> str:
    return plain(SLOW) + "".join(f'{SLOW} <{DCAT}keyword> "词{n}"@zh .\n' for n in range(34_866))


def long_title() -> str:
    return plain(SLOW, "长" * 3_500_000)


@pytest.mark.parametrize(
    ("slow", "rule"),
    [
        pytest.param(clique, "record-too-complex", id="30 blank nodes that all point to each other"),
        pytest.param(long_list, "unreadable", id="a list of 100,000 items"),
        pytest.param(keywords, "", id="34,866 keywords"),
        pytest.param(long_title, "intake-title-length", id="a title of 10 MB"),
    ],
)
def test_a_slow_record_is_kept_or_refused_in_words_and_the_run_goes_on(
    tmp_path: Path, slow: Callable[[], str], rule: str
) -> None:
    portal = opened(tmp_path)
    neighbours = [plain(f"<https://a.example/{'n' * number}>") for number in range(1, 5)]
    agency = '<https://a.example/agency> <http://xmlns.com/foaf/0.1/name> "示例局"@zh-Hans .\n'
    text = "".join([*neighbours[:2], slow(), *neighbours[2:], agency])
    began = time.process_time()
    report = harvest(portal, tmp_path, text, ending="nt")
    assert time.process_time() - began < CPU_S
    assert report.complete
    assert report.seen == 5
    assert report.new == (4 if rule else 5)
    if rule:
        assert report.quarantined == report.reasons[rule] == 1
        (refused,) = portal.harvesting.quarantine("agency", full=True)[1]
        assert refused.problems[0].message_zh
        assert refused.problems[0].message_en
    portal.close()
