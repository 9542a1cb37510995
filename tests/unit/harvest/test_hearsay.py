"""What people say of a dataset at its own portal changes nothing of the record here."""

import pytest

from harvest.changes import canonical

NODE = "<https://peer.example/1>"
A = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
RECORD = f'{NODE} <http://purl.org/dc/terms/title> "公交" .\n'
RATING = f"""{NODE} <https://schema.org/aggregateRating> _:r .
_:r <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://schema.org/AggregateRating> .
_:r <https://schema.org/ratingValue> "4.5" .
"""
SAID = f"""{NODE} <http://www.w3.org/ns/duv#hasFeedback> <https://peer.example/1#said> .
<https://peer.example/1#said> {A} <http://www.w3.org/ns/duv#UserFeedback> .
<https://peer.example/1#said> <http://www.w3.org/ns/oa#bodyValue> "很好" .
_:reply <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://www.w3.org/ns/oa#Annotation> .
_:reply <http://www.w3.org/ns/oa#hasTarget> <https://peer.example/1#said> .
"""


@pytest.mark.parametrize("more", [RATING, SAID, RATING + SAID], ids=["rated", "said", "both"])
def test_a_record_stays_the_same_whatever_is_said_of_it(more: str) -> None:
    assert canonical((RECORD + more).encode(), NODE) == canonical(RECORD.encode(), NODE)


def test_what_only_looks_alike_is_part_of_the_record() -> None:
    other = f"{NODE} <http://purl.org/dc/terms/relation> <https://peer.example/aggregateRating> .\n"
    other += SAID.splitlines(keepends=True)[2]  # words of a node that nothing links
    assert len(canonical((RECORD + other).encode(), NODE).ntriples.splitlines()) == 3
