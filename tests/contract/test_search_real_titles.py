"""Real titles, typed as they are, come first: long and short, shared by several records, with signs of the syntax."""

import itertools
import json
from collections.abc import Iterator
from random import Random

import pytest

from indexer.analysis import title_key
from indexer.document import Document
from tests.contract.search_backends import Backend
from tests.factories.search import document
from tests.shared_data import SHARED, needs_shared

_RECORDS = 6_000
_ASKED = 150


def _records() -> Iterator[Document]:
    assert SHARED
    for name in ("mainland", "taiwan"):
        with (SHARED / "catalogues" / f"{name}.jsonl").open(encoding="utf-8") as file:
            for number, line in enumerate(itertools.islice(file, 0, None, 5)):
                row = json.loads(line)
                yield document(
                    f"{name}{number}",
                    row["title"],
                    descriptions=(row.get("description") or "",),
                    publisher_names=(row.get("department") or "",),
                    places=(row.get("city") or "",),
                )


@needs_shared
@pytest.mark.slow
def test_a_real_title_is_first_whatever_it_is_made_of(backend: Backend) -> None:
    records = list(itertools.islice(_records(), _RECORDS))
    backend.index(*records)
    titles = sorted({each.titles[0] for each in records if title_key(each.titles[0])})
    short = [title for title in titles if len(title) <= 3]
    signs = [title for title in titles if any(sign in title for sign in '"“”-−:：「」()（）')]
    chance = Random(20261127)
    asked = [title for some in (titles, short, signs) for title in chance.sample(some, min(_ASKED, len(some)))]
    wrong = {}
    for title in asked:
        first = backend.search(title, size=1, facets=(), highlight=False).hits[:1]
        if not first or title_key(str(first[0].display["title"])) != title_key(title):
            wrong[title] = first and first[0].display["title"]
    assert wrong == {}
