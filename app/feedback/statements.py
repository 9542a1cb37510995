"""
What people say as statements of the public graph, nothing of who said it. Pure.

Comments are duv:UserFeedback (https://www.w3.org/TR/vocab-duv/), corrections also dqv:UserQualityFeedback
(https://www.w3.org/TR/vocab-dqv/), both annotations of the Web Annotation Vocabulary with their words as
oa:bodyValue; usage notes are duv:Usage.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from app.catalogue.statements import quoted
from app.catalogue.terms import ADMS, DCT, FOAF, TYPE, XSD
from app.feedback.model import Kind, Post
from vocab.namespaces import DQV, DUV, OA, SCHEME

_MOTIVES = {
    Kind.COMMENT: f"{OA}commenting",
    Kind.CORRECTION: f"{DQV}qualityAssessment",
    Kind.REPLY: f"{OA}replying",
}


def described(found: Mapping[str, Iterable[Post]], base_url: str) -> dict[str, bytes]:
    """Dataset's id -> N-Triples of what is said of it."""
    return {
        id_: "".join(f"{line}\n" for each in said for line in _lines(each, f"{base_url}/dataset/{id_}")).encode()
        for id_, said in found.items()
    }


def _lines(said: Post, dataset: str) -> list[str]:
    this, node = f"<{dataset}>", _node(dataset, said)
    lines = _usage(said, this, node) if said.kind is Kind.USAGE else _annotation(said, this, node)
    for reply in said.replies:
        lines += _annotation(reply, node, _node(dataset, reply))
    return lines


def _usage(said: Post, this: str, node: str) -> list[str]:
    return [
        f"{this} <{DUV}hasUsage> {node} .",
        f"{node} <{TYPE}> <{DUV}Usage> .",
        f"{node} <{DUV}refersTo> {this} .",
        f"{node} <{DCT}title> {quoted(said.title)} .",
        f"{node} <{DCT}description> {quoted(said.body)} .",
        f"{node} <{DCT}created> {_instant(said.at)} .",
        *([f"{node} <{FOAF}page> <{said.link}> ."] if said.link else []),
    ]


def _annotation(said: Post, target: str, node: str) -> list[str]:
    lines = [
        f"{node} <{TYPE}> <{OA}Annotation> .",
        f"{node} <{OA}hasTarget> {target} .",
        f"{node} <{OA}motivatedBy> <{_MOTIVES[said.kind]}> .",
        f"{node} <{OA}bodyValue> {quoted(said.body)} .",
        f"{node} <{DCT}created> {_instant(said.at)} .",
    ]
    if said.kind is not Kind.REPLY:
        lines += [f"{target} <{DUV}hasFeedback> {node} .", f"{node} <{TYPE}> <{DUV}UserFeedback> ."]
    if said.correction is not None:
        lines += [
            f"{target} <{DQV}hasQualityAnnotation> {node} .",
            f"{node} <{TYPE}> <{DQV}UserQualityFeedback> .",
            f"{node} <{ADMS}status> <{SCHEME}correction-state/{said.correction.state}> .",
        ]
    return lines


def _node(dataset: str, said: Post) -> str:
    return f"<{dataset}#{said.kind}-{said.id}>"


def _instant(at: datetime) -> str:
    return quoted(at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), datatype=XSD + "dateTime")
