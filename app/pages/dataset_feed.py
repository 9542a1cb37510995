"""The versions of one dataset as a feed, each with what changed."""

import re

from feedgen.entry import FeedEntry
from flask import Blueprint, Response
from werkzeug.exceptions import Gone, NotFound

from app.catalogue.model import PublicEntry, Tombstone
from app.pages import history
from app.pages.history import Step
from app.pages.portal import portal
from app.web import atom
from app.web.answers import answer
from app.web.labels import plain
from app.web.language import gettext as _
from app.web.pages import VARY
from app.web.permissions import public

blueprint = Blueprint("dataset_feed", __name__)

_ID = re.compile(r"[a-z2-7]{16}")


@blueprint.get("/dataset/<id_>.atom")
@public
def show(id_: str) -> Response:
    found = portal().catalogue.entry(id_, alone=True) if _ID.fullmatch(id_) else None
    if isinstance(found, Tombstone):
        raise Gone  # which has feed readers ask no more
    if not isinstance(found, PublicEntry):
        raise NotFound
    view = found.view
    title = _("%(title)s：版本记录") % {"title": plain(view.titles) or view.id}
    feed = atom.begin(
        title, id_=view.uri, page=view.uri, itself=f"{view.uri}.atom", base_url=portal().settings.base_url
    )
    for step in history.steps(portal().catalogue.history(id_), view.uri):
        feed.add_entry(_entry(step, view.uri), order="append")
    response = answer(atom.end(feed), atom.MEDIA_TYPE, vary=VARY)
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _entry(step: Step, uri: str) -> FeedEntry:
    entry = FeedEntry()
    entry.id(f"{uri}#version-{step.number}")
    entry.title(_("第 %(number)s 版") % {"number": step.number})
    entry.link(href=f"{uri}#history", rel="alternate", type="text/html")
    marks = {"added": "+", "removed": "−"}
    lines = [f"{marks[change.kind]} {change.property}{_('：')}{change.value}" for change in step.changes]
    entry.summary(
        atom.fit("\n".join(lines)) or (_("首次收录") if step.first else _("这一版中，页面所列的内容没有变化。"))
    )
    entry.updated(step.at)
    return entry
