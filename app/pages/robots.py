"""For search engines: what they may read, and where all the pages are."""

from collections.abc import Iterator
from xml.sax.saxutils import escape

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound

from app.pages.portal import portal
from app.web.answers import answer
from app.web.paging import last_page, number
from app.web.permissions import public

blueprint = Blueprint("robots", __name__)

_URLS = 20_000
"""A sitemap may hold 50,000 addresses (https://www.sitemaps.org/protocol.html)."""
_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


@blueprint.get("/robots.txt")
@public
def robots() -> Response:
    """Searches and queries have no end and say nothing that the catalogue does not."""
    base = portal().settings.base_url
    lines = (
        "User-agent: *",
        "Disallow: /dataset?",
        "Disallow: /sparql",
        "Disallow: /*/graph",
        "Disallow: /api/",
        "Disallow: /dump/",
        "",
    )
    return answer("\n".join((*lines, f"Sitemap: {base}/sitemap.xml", "")), "text/plain", max_age_s=3600)


@blueprint.get("/sitemap.xml")
@public
def sitemap() -> Response:
    """The index of sitemaps, or with ?page= one of them."""
    base, total = portal().settings.base_url, portal().catalogue.totals().datasets
    last = last_page(total, _URLS)
    if "page" not in request.args:
        parts = (f"<sitemap><loc>{escape(base)}/sitemap.xml?page={page}</loc></sitemap>" for page in range(1, last + 1))
        body = f'<sitemapindex xmlns="{_NAMESPACE}">{"".join(parts)}</sitemapindex>'
    else:
        shown = number(request.args.get("page"))
        if shown > last:
            raise NotFound
        body = f'<urlset xmlns="{_NAMESPACE}">{"".join(_urls(base, shown))}</urlset>'
    return answer(f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n', "application/xml")


def _urls(base: str, shown: int) -> Iterator[str]:
    for id_, at in portal().browsing.dated((shown - 1) * _URLS, _URLS):
        yield f"<url><loc>{escape(base)}/dataset/{id_}</loc><lastmod>{at:%Y-%m-%dT%H:%M:%SZ}</lastmod></url>"
