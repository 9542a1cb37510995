"""What all our feeds have in common (Atom, RFC 4287)."""

import re
from datetime import UTC, datetime

from feedgen.feed import FeedGenerator

from app.web import language
from app.web.language import gettext as _

MEDIA_TYPE = "application/atom+xml"
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
"""Stands for a time that nobody gives; Atom demands one."""

_UNFIT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 has no way to say."""


def begin(title: str, *, id_: str, page: str, itself: str, base_url: str) -> FeedGenerator:
    """A feed without entries, in the language of this request; `page` is where people read the same."""
    feed = FeedGenerator()
    feed.id(fit(id_))
    feed.title(fit(title))
    feed.author({"name": _("穗数"), "uri": base_url})
    feed.generator("Suishu 穗数")
    feed.language(language.current().tag)
    feed.link(href=fit(page), rel="alternate", type="text/html")
    feed.link(href=fit(itself), rel="self")
    return feed


def end(feed: FeedGenerator) -> bytes:
    feed.updated(max((entry.updated() for entry in feed.entry()), default=LONG_AGO))
    return bytes(feed.atom_str(pretty=True))


def fit(text: str) -> str:
    return _UNFIT.sub("\ufffd", text)
