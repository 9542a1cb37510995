"""
An entry as search engines read it: schema.org/Dataset in a data block of its page.
https://developers.google.com/search/docs/appearance/structured-data/dataset
"""

import json
from typing import Any

from markupsafe import Markup

from app.catalogue.heading import TITLES
from app.catalogue.model import DatasetView, Distribution
from app.ratings.model import STARS, Summary
from app.web.labels import label_in, licence_name, plain, web_link
from app.web.language import current

_MAX_DESCRIPTION_CHARACTERS = 5_000
_MAX_ITEMS = 500
_ESCAPED = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
"""What could end the block or begin another: JSON may escape any character."""


def script(view: DatasetView, base_url: str, rating: Summary) -> Markup:
    """
    The inside of `<script type="application/ld+json">`. No browser runs a block of that type, so the content security
    policy needs no hash for it (https://html.spec.whatwg.org/multipage/scripting.html#data-block).
    """
    text = json.dumps(described(view, base_url, rating), ensure_ascii=False)
    for character, escape in _ESCAPED.items():
        text = text.replace(character, escape)
    return Markup(text)  # noqa: S704 (escaped for where it stands)


def described(view: DatasetView, base_url: str, rating: Summary) -> dict[str, Any]:
    """Only fields that the entry has; only http and https addresses."""
    tag = current().tag
    places = [label_in("district", code, tag) for code in view.districts] + list(view.spatial_other)
    said: dict[str, Any] = {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": view.uri,
        "url": view.uri,
        "name": plain(view.titles) or view.id,
        "alternateName": [text for text in view.titles.values() if text != plain(view.titles)],
        "description": (plain(view.descriptions) or plain(view.titles))[:_MAX_DESCRIPTION_CHARACTERS],
        "identifier": list(view.identifiers),
        "keywords": [*view.keywords, *(label_in("theme", code, tag) for code in view.themes)],
        "publisher": _publisher(view),
        "creator": _publisher(view),
        "license": next(filter(None, map(web_link, view.licences)), ""),
        "isAccessibleForFree": True if view.open_attribute == "WTJ" else None,
        "conditionsOfAccess": label_in("open-attribute", view.open_attribute, tag) if view.open_attribute else "",
        "datePublished": view.issued.isoformat() if view.issued else "",
        "dateModified": view.modified.isoformat() if view.modified else "",
        "temporalCoverage": "/".join(end or ".." for end in view.temporal) if view.temporal else "",
        "spatialCoverage": places,
        "isBasedOn": web_link(view.source_iri),
        "variableMeasured": [item.title or item.name for item in view.data_items[:_MAX_ITEMS]],
        "aggregateRating": _rating(rating),
        "distribution": [found for each in view.distributions if (found := _download(each))],
        "includedInDataCatalog": {"@type": "DataCatalog", "name": TITLES["zh-Hans"], "url": f"{base_url}/catalog"},
    }
    return {name: value for name, value in said.items() if value not in ("", None, [], {})}


def _rating(rating: Summary) -> dict[str, Any]:
    if not rating.count:
        return {}
    return {
        "@type": "AggregateRating",
        "ratingValue": round(rating.mean, 2),
        "ratingCount": rating.count,
        "worstRating": STARS[0],
        "bestRating": STARS[-1],
    }


def _publisher(view: DatasetView) -> dict[str, Any]:
    if not view.publisher or not plain(view.publisher.names):
        return {}
    found = {"@type": "Organization", "name": plain(view.publisher.names)}
    return found | ({"identifier": view.publisher.uscc} if view.publisher.uscc else {})


def _download(each: Distribution) -> dict[str, Any]:
    """{} where there is no address to fetch the data from: a page to apply on is no download."""
    address = web_link(each.download_url)
    if not address:
        return {}
    said = {
        "@type": "DataDownload",
        "contentUrl": address,
        "name": plain(each.titles),
        "encodingFormat": each.media_type or (label_in("format", each.format, "en") if each.format else ""),
        "contentSize": f"{each.byte_size} B" if each.byte_size is not None else "",
        "license": web_link(each.licence) or (licence_name(each.licence) if each.licence else ""),
    }
    return {name: value for name, value in said.items() if value}
