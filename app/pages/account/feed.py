"""What became of all that somebody follows, as a feed at an address that nobody else knows."""

from feedgen.entry import FeedEntry
from flask import Blueprint, Response, g

from app.follow.model import Happened, News
from app.follow.service import FEED_ENTRIES
from app.i18n import DEFAULT
from app.i18n import language as language_of
from app.pages.portal import portal
from app.web import atom
from app.web.labels import plain
from app.web.language import gettext as _
from app.web.permissions import ACCOUNT_PATH, public

blueprint = Blueprint("account_feed", __name__)


@blueprint.get(f"{ACCOUNT_PATH}/feed/<secret>.atom")
@public
def show(secret: str) -> Response:
    """In the language of the digests: a feed reader asks in none. No cache keeps it, as nothing below this path."""
    found = portal().follow.feed(secret)
    g.language = language_of(found.language) or DEFAULT
    base = portal().settings.base_url
    here = f"{base}{ACCOUNT_PATH}"
    feed = atom.begin(
        _("穗数：我的关注"),
        id_=f"{here}/feed",
        page=f"{here}/following",
        itself=f"{here}/feed/{secret}.atom",
        base_url=base,
    )
    told = [(one, section.followed.mark) for section in found.sections for one in section.news]
    told.sort(key=lambda pair: pair[0].at, reverse=True)
    for one, mark in told[:FEED_ENTRIES]:
        feed.add_entry(
            _entry(one, plain(found.titles.get(one.dataset_id, {})), plain(found.names[mark])), order="append"
        )
    return Response(atom.end(feed), mimetype=atom.MEDIA_TYPE)


def _entry(one: News, title: str, because: str) -> FeedEntry:
    happened = {Happened.NEW: _("新增"), Happened.CHANGED: _("更新"), Happened.GONE: _("不再公开")}[one.happened]
    place = f"{portal().settings.base_url}/dataset/{one.dataset_id}"
    entry = FeedEntry()
    entry.id(place)
    entry.title(atom.fit(f"{happened}{_('：')}{title or _('（已不再公开的数据集）')}"))
    entry.link(href=place, rel="alternate", type="text/html")
    entry.category(term=one.happened, label=happened)
    if because and because != title:
        entry.summary(atom.fit(_("来自您关注的“%(name)s”") % {"name": because}))
    entry.updated(one.at)
    return entry
