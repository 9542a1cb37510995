"""What people say of a dataset, on pages that are the same for everybody; saying something is under `/account`."""

import re

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound

from app.catalogue.model import PublicEntry, Tombstone
from app.feedback.model import Kind
from app.pages.portal import portal
from app.web.pages import page, pager
from app.web.paging import number
from app.web.permissions import public

blueprint = Blueprint("feedback", __name__)

SIZE = 20
ON_DATASET = 5
"""How much stands on the dataset's own page."""
KINDS = (Kind.COMMENT, Kind.CORRECTION, Kind.USAGE)
_ID = re.compile(r"[a-z2-7]{16}")


@blueprint.get("/dataset/<id_>/feedback")
@public
def show(id_: str) -> Response:
    found = portal().catalogue.entry(id_, alone=True) if _ID.fullmatch(id_) else None
    if isinstance(found, Tombstone):
        return page("gone.html", status=410, tombstone=found)
    if not isinstance(found, PublicEntry):
        raise NotFound
    kind = wanted_kind(request.args.get("kind", ""))
    shown = number(request.args.get("page"))
    posts, total = portal().feedback.of_dataset(id_, kind=kind, page=shown, size=SIZE)
    counts = portal().feedback.counts(id_)
    return page(
        "feedback.html",
        view=found.view,
        posts=posts,
        total=total,
        counts=counts,
        all=sum(counts.values()),
        kinds=KINDS,
        kind=kind,
        pager=pager(shown, total, SIZE, kind=kind or ""),
    )


def wanted_kind(text: str) -> Kind | None:
    """What a page is limited to; None for everything, also where nobody knows the word."""
    return Kind(text) if text in KINDS else None
