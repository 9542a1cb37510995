"""
The changes of the catalogue as a Linked Data Event Stream: https://semiceu.github.io/LinkedDataEventStreams/

A root leads to inner nodes and these to pages, each with the times it holds; a page has up to a hundred members, oldest
first. A member is a version of an entry as the public may see it, or the end of one. What the record closed or withdrew
since is in no page any more, so a page that is full may be kept by who follows the stream, never by a cache between.
"""

from datetime import datetime

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotAcceptable, NotFound

from app.api.portal import portal
from app.catalogue.feed import NODE_PAGES, Change, Part
from app.catalogue.heading import TITLES
from app.catalogue.ranges import Ranges
from app.catalogue.sound import sound
from app.catalogue.terms import DCAT, DCT, PROV, TYPE
from app.catalogue.tombstone import ACTIVITY, instant
from app.web.negotiation import choose
from app.web.permissions import public
from app.web.rdf import SYNTAXES, iri, literal, rdf_answer

blueprint = Blueprint("changes", __name__, url_prefix="/changes")

_LDES = "https://w3id.org/ldes#"
_TREE = "https://w3id.org/tree#"
_KEPT_S = 7 * 24 * 3600
_MAX_NUMBER = 10**12
"""No database counts further."""


@blueprint.get("")
@public
def root() -> Response:
    """What the stream is, and its inner nodes."""
    parts = portal().feed.nodes()
    stream, here = _stream(), _address()
    lines = [
        f"{stream} <{TYPE}> <{_LDES}EventStream> .",
        f"{stream} <{_LDES}timestampPath> <{PROV}generatedAtTime> .",
        f"{stream} <{_LDES}versionOfPath> <{DCT}isVersionOf> .",
        f"{stream} <{_LDES}versionDeletePath> <{TYPE}> .",
        f"{stream} <{_LDES}versionDeleteObject> <{ACTIVITY}Delete> .",
        f"{here} <{DCT}isPartOf> <{portal().settings.base_url}/catalog> .",
    ]
    lines += [f"{stream} <{DCT}title> {literal(text, tag)} ." for tag, text in TITLES.items()]
    return _node(here, lines, [("node", part) for part in parts], full=False)


@blueprint.get("/node/<int:number>")
@public
def node(number: int) -> Response:
    """The pages of an inner node."""
    parts = portal().feed.pages(number) if number < _MAX_NUMBER else []
    if not parts:
        raise NotFound
    last = parts[-1]
    return _node(
        _address(f"/node/{number}"),
        [],
        [("page", part) for part in parts],
        full=last.until is not None and _is_last_of_node(last),
        modified=last.until,
    )


@blueprint.get("/page/<int:number>")
@public
def page(number: int) -> Response:
    """Up to a hundred changes, oldest first."""
    part = portal().feed.part(number) if number < _MAX_NUMBER else None
    if part is None:
        raise NotFound
    lines: list[str] = []
    for change in portal().feed.changes(number):
        lines += _member(change)
    return _node(
        _address(f"/page/{number}"), list(dict.fromkeys(lines)), [], full=part.until is not None, modified=part.until
    )


@blueprint.get("/<int:seq>")
@public
def change(seq: int) -> Response:
    """One change; 410 for one that was closed, withdrawn or written anew since."""
    found = portal().feed.change(seq) if seq < _MAX_NUMBER else None
    if found is not None:
        return _respond(_member(found), modified=found.at)
    if seq < _MAX_NUMBER and portal().feed.exists(seq):
        here = _address(f"/{seq}")
        return _respond([f"{here} <{TYPE}> <{ACTIVITY}Tombstone> ."], status=410)
    raise NotFound


def _is_last_of_node(part: Part) -> bool:
    return (part.number + 1) % NODE_PAGES == 0


def _address(path: str = "") -> str:
    return iri(f"{portal().settings.base_url}/changes{path}")


def _stream() -> str:
    return _address("#stream")


def _node(
    here: str, lines: list[str], parts: list[tuple[str, Part]], *, full: bool, modified: datetime | None = None
) -> Response:
    """https://w3id.org/tree/specification: a node of the stream's one view and its relations."""
    said = [
        f"{_stream()} <{_TREE}view> {_address()} .",
        f"{here} <{TYPE}> <{_TREE}Node> .",
        *lines,
    ]
    for kind, part in parts:
        target = _address(f"/{kind}/{part.number}")
        said += _relation(here, target, f"{kind}-{part.number}-from", "GreaterThanOrEqualToRelation", part.since)
        if part.until is not None:
            said += _relation(here, target, f"{kind}-{part.number}-to", "LessThanOrEqualToRelation", part.until)
    response = _respond(said, modified=modified if full else None)
    if full:
        response.headers["Cache-Control"] = f"private, max-age={_KEPT_S}, immutable"
    return response


def _relation(here: str, target: str, name: str, kind: str, at: datetime) -> list[str]:
    relation = f"{here[:-1]}#{name}>"
    return [
        f"{here} <{_TREE}relation> {relation} .",
        f"{relation} <{TYPE}> <{_TREE}{kind}> .",
        f"{relation} <{_TREE}node> {target} .",
        f"{relation} <{_TREE}path> <{PROV}generatedAtTime> .",
        f"{relation} <{_TREE}value> {instant(at)} .",
    ]


def _member(change: Change) -> list[str]:
    """
    The version under an address of its own, so that two of one entry stand side by side: in the entry's statements it
    takes the place of the entry's address, that of its parts too.
    """
    base = portal().settings.base_url
    member, entry = f"{base}/changes/{change.seq}", f"{base}/dataset/{change.dataset_id}"
    lines = [
        f"{_stream()} <{_TREE}member> <{member}> .",
        f"<{member}> <{DCT}isVersionOf> <{entry}> .",
        f"<{member}> <{PROV}generatedAtTime> {instant(change.at)} .",
    ]
    if change.ntriples is None:
        return [*lines, f"<{member}> <{TYPE}> <{ACTIVITY}Delete> .", f"<{member}> <{TYPE}> <{DCAT}Dataset> ."]
    own = (f"<{entry}>", f"<{entry}#")
    said = sound(change.ntriples)
    # With what the pages of the catalogue say of codes beside an entry: a follower gets the same record either way.
    for line in (said + Ranges().of(said)).decode().split("\n"):
        subject, _, rest = line.partition(" ")
        predicate, _, object_ = rest.partition(" ")
        if not object_ or subject == f"<{base}/catalog>":
            continue
        subject, object_ = (f"<{member}{term[len(entry) + 1 :]}" if term.startswith(own) else term
                            for term in (subject, object_))  # fmt: skip
        lines.append(f"{subject} {predicate} {object_}")
    return lines


def _respond(lines: list[str], *, modified: datetime | None = None, status: int = 200) -> Response:
    """In the syntax that the request likes best; Turtle for who takes anything."""
    wanted = choose(request.headers.get("Accept", ""), SYNTAXES)
    if wanted is None:
        raise NotAcceptable
    return rdf_answer("".join(f"{line}\n" for line in lines).encode(), wanted, modified=modified, status=status)
