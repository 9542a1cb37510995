"""A dataset's page, its RDF, and the tombstone of one that was withdrawn."""

import re
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, Response
from markupsafe import Markup, escape
from werkzeug.exceptions import NotFound

from app.catalogue.model import DatasetView, PublicEntry, Tombstone
from app.catalogue.profiles import DCAT_AP, PROFILES, WHOLE, is_high_value, named, shaped
from app.catalogue.ranges import with_ranges
from app.catalogue.sound import sound
from app.catalogue.tombstone import statements
from app.pages import feedback, hints, history, namesakes, origins, schema_org
from app.pages.downloads import contacts, downloads
from app.pages.facts import facts
from app.pages.portal import portal
from app.web import language
from app.web.labels import plain, web_link
from app.web.language import gettext as _
from app.web.negotiation import Offer
from app.web.pages import page
from app.web.permissions import public
from app.web.profiles import choose, told
from app.web.rdf import HTML, SYNTAXES, rdf_answer, representation
from vocab import codelists

blueprint = Blueprint("dataset", __name__)

_ID = re.compile(r"[a-z2-7]{16}")


@dataclass(frozen=True, slots=True)
class ItemsHave:
    """Which columns the table of data items needs: one that would be empty is left out."""

    title: bool
    datatype: bool
    description: bool
    open: bool


@blueprint.get("/dataset/<id_>")
@blueprint.get("/dataset/<id_>.<any(ttl,jsonld,rdf,nt):extension>")
@public
def show(id_: str, extension: str = "") -> Response:
    if not _ID.fullmatch(id_):
        raise NotFound
    wanted = representation(extension)
    found = portal().catalogue.entry(id_, alone=wanted is HTML)
    if found is None:
        raise NotFound
    if isinstance(found, Tombstone):
        return _gone(found, wanted, negotiated=not extension)
    if wanted is not HTML:
        return _rdf(found, wanted, negotiated=not extension)
    return _page(found)


def _rdf(entry: PublicEntry, wanted: Offer, *, negotiated: bool) -> Response:
    """Raises `NotOffered` for a profile that nobody knows, or that this entry does not have."""
    lines = sound(entry.ntriples)
    offers = PROFILES if is_high_value(lines, entry.view.uri) else (WHOLE, DCAT_AP)
    profile = choose(offers, named)
    graph = with_ranges(shaped(lines, entry.view.uri, profile))
    modified = _latest(entry, portal().feedback.changed_at(entry.view.id))
    return told(rdf_answer(graph, wanted, modified=modified, negotiated=negotiated), profile, offers)


def _latest(entry: PublicEntry, said_at: datetime | None) -> datetime:
    """Of record, words and ratings: who asks by time alone must learn that words were taken away."""
    return max(entry.recorded_at, said_at or entry.recorded_at)


def _gone(tombstone: Tombstone, wanted: Offer, *, negotiated: bool) -> Response:
    if wanted is HTML:
        return page("gone.html", status=410, tombstone=tombstone)
    return rdf_answer(statements(tombstone), wanted, modified=tombstone.withdrawn_at, negotiated=negotiated, status=410)


def _page(entry: PublicEntry) -> Response:
    view = entry.view
    versions = portal().catalogue.history(view.id)
    rating = portal().ratings.summary(view.id)
    changed_at = portal().feedback.changed_at(view.id)
    posts, posts_total = portal().feedback.of_dataset(view.id, size=feedback.ON_DATASET) if changed_at else ([], 0)
    return page(
        "dataset.html",
        modified=_latest(entry, changed_at),
        entry=entry,
        view=view,
        behind=namesakes.behind,
        federated=origins.is_federated(entry),
        syntaxes=SYNTAXES,
        other_titles=_others(view.titles),
        other_descriptions=_others(view.descriptions),
        rating=rating,
        posts=posts,
        posts_total=posts_total,
        downloads=downloads(view),
        landing=[link for address in view.landing_pages if (link := web_link(address))],
        items_have=_items_have(view),
        datatype=_datatype,
        facts=facts(view),
        contacts=contacts(view),
        source_link=web_link(view.source_iri),
        hints=hints.of(entry),
        history=history.steps(versions, view.uri),
        history_total=len(versions),
        history_cut=bool(versions) and versions[-1].version > 1,
        citation=_citation(view),
        schema_org=schema_org.script(view, portal().settings.base_url, rating),
    )


def _others(texts: dict[str, str]) -> list[tuple[str, str]]:
    """The texts in languages that the heading does not show, as (text, tag)."""
    shown = plain(texts)
    return [(text, tag) for tag, text in texts.items() if text != shown]


def _items_have(view: DatasetView) -> ItemsHave:
    items = view.data_items
    return ItemsHave(
        title=any(item.title and item.name and item.title != item.name for item in items),
        datatype=any(item.datatype for item in items),
        description=any(item.description for item in items),
        open=any(item.open is not None for item in items),
    )


def _datatype(word: str) -> str:
    concept = codelists.scheme("item-datatype").find(word)
    return concept.label(language.current().tag) if concept else word


def _citation(view: DatasetView) -> Markup:
    """Publisher, title, date, portal, address: the order of GB/T 7714 for an electronic resource."""
    portal_and_day = [_("穗数"), *([view.modified.isoformat()] if view.modified else [])]
    parts = [
        plain(view.publisher.names) if view.publisher else "",
        f"{plain(view.titles)}[DS/OL]",
        _("，").join(portal_and_day),
        view.uri,
    ]
    return escape(". ".join(part for part in parts if part))
