"""The generated entries as documents of search, for figures of the index alone."""

import base64
import hashlib
from collections.abc import Iterator
from datetime import date
from itertools import islice

from benchmarks import generate
from indexer.document import Document

_BATCH = 500


def document(number: int) -> Document:
    said = generate.texts(number)
    id_ = base64.b32encode(hashlib.sha256(str(number).encode()).digest())[:16].decode().lower()
    day = date(2015 + number % 11, 1 + number % 12, 1 + number % 28)
    display = {
        "titles": {"zh-Hans": said["title"]},
        "descriptions": {"zh-Hans": said["description"]},
        "publisher": {"id": said["publisher"], "names": {"zh-Hans": said["publisher"]}},
        "modified": day.isoformat(),
    }
    return Document(
        id=id_,
        uri=f"https://bench.example/dataset/{id_}",
        identifiers=(f"BENCH-{number:07d}",),
        titles=(said["title"],),
        descriptions=(said["description"],),
        keywords=tuple(said["keywords"]),
        publisher_id=hashlib.sha256(said["publisher"].encode()).hexdigest()[:16],
        publisher_names=(said["publisher"],),
        data_items=tuple(said["items"]),
        themes=(generate.THEMES[number * 7919 % len(generate.THEMES)],),
        open_attribute="WTJ",
        formats=("csv", "json"),
        frequency=generate.FREQUENCIES[number * 31 % len(generate.FREQUENCIES)],
        districts=(f"4401{3 + number % 4:02d}",),
        issued=day,
        modified=day,
        display=display,
    )


def batches(size: int) -> Iterator[list[Document]]:
    numbers = iter(range(size))
    while batch := [document(number) for number in islice(numbers, _BATCH)]:
        yield batch
