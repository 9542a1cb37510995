"""What people say of a dataset at its own portal changes nothing of the record here."""

import pytest

from harvest.changes import canonical

NODE = "<https://peer.example/1>"
RECORD = f'{NODE} <http://purl.org/dc/terms/title> "公交" .\n'
RATING = f"""{NODE} <https://schema.org/aggregateRating> _:r .
_:r <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://schema.org/AggregateRating> .
_:r <https://schema.org/ratingValue> "4.5" .
"""
IS_A = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
SAID = f"""{NODE} <http://www.w3.org/ns/duv#hasFeedback> <https://peer.example/1#said> .
<https://peer.example/1#said> {IS_A} <http://www.w3.org/ns/duv#UserFeedback> .
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


DUV, OA = "http://www.w3.org/ns/duv#", "http://www.w3.org/ns/oa#"


def test_the_words_in_a_body_of_their_own_go_with_the_comment_and_so_does_who_wrote_them() -> None:
    more = f"""{NODE} <{DUV}hasFeedback> _:said .
_:said {IS_A} <{DUV}UserFeedback> .
_:said <{OA}hasBody> _:body .
_:body {IS_A} <{OA}TextualBody> .
_:body <http://www.w3.org/1999/02/22-rdf-syntax-ns#value> "电话 13800000000" .
_:said <http://purl.org/dc/terms/creator> <https://peer.example/people/1> .
<https://peer.example/people/1> <http://xmlns.com/foaf/0.1/name> "张三" .
_:reply {IS_A} <{OA}Annotation> .
_:reply <{OA}hasTarget> _:said .
_:again {IS_A} <{OA}Annotation> .
_:again <{OA}hasTarget> _:reply .
"""
    assert canonical((RECORD + more).encode(), NODE) == canonical(RECORD.encode(), NODE)


@pytest.mark.parametrize("link", ["https://schema.org/aggregateRating", f"{DUV}hasFeedback"])
def test_what_the_record_itself_speaks_of_is_no_hearsay_whatever_it_is_called(link: str) -> None:
    own = f"""{NODE} <http://www.w3.org/ns/dcat#distribution> <https://peer.example/1/file> .
<https://peer.example/1/file> {IS_A} <http://www.w3.org/ns/dcat#Distribution> .
<https://peer.example/1/file> <http://purl.org/dc/terms/license> <https://peer.example/licence> .
<https://peer.example/1/file> <http://purl.org/dc/terms/rights> _:rights .
_:rights <http://www.w3.org/2000/01/rdf-schema#label> "不予开放" .
"""
    called = f"""{NODE} <{link}> <https://peer.example/1/file> .
<https://peer.example/1/file> {IS_A} <https://schema.org/AggregateRating> .
<https://peer.example/1/file> {IS_A} <{DUV}UserFeedback> .
"""
    found = canonical((RECORD + own + called).encode(), NODE).ntriples
    for line in canonical((RECORD + own).encode(), NODE).ntriples.splitlines():
        assert line in found


def test_reviews_and_what_is_only_a_quality_annotation_of_a_user_are_hearsay_but_not_the_publishers_own() -> None:
    dqv = "http://www.w3.org/ns/dqv#"
    more = f"""{NODE} <http://schema.org/review> _:review .
_:review {IS_A} <http://schema.org/Review> .
_:review <http://schema.org/author> _:who .
_:who <http://schema.org/name> "张三" .
{NODE} <{dqv}hasQualityAnnotation> _:said .
_:said {IS_A} <{dqv}UserQualityFeedback> .
_:said <{OA}bodyValue> "站名写错了" .
"""
    own = f"""{NODE} <{dqv}hasQualityAnnotation> _:own .
_:own {IS_A} <{dqv}QualityCertificate> .
"""
    assert canonical((RECORD + more + own).encode(), NODE) == canonical((RECORD + own).encode(), NODE)
