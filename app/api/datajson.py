"""
The whole catalogue as data.json, streamed: DCAT-US 1.1, https://resources.data.gov/resources/dcat-us/

What that schema demands and an entry does not say is filled with the next best thing that is true of the entry.
"""

import json
import re
from collections.abc import Iterator
from importlib.metadata import version
from typing import IO, Any

from flask import Blueprint, Response

from app.api.ckan.packages import text
from app.api.portal import portal
from app.catalogue.model import DatasetView, Distribution, PublicEntry
from app.i18n import DEFAULT
from app.web.answers import stream
from app.web.labels import label_in, mail_link, web_link
from app.web.permissions import public
from app.web.streaming import Pulled
from app.web.unchanged import not_modified, validated

blueprint = Blueprint("datajson", __name__)

_SCHEMA = "https://project-open-data.cio.gov/v1.1/schema"
_BATCH = 200
_LEVELS = {"WTJ": "public", "YTJ": "restricted public", "BKF": "non-public"}
_UNSAID_LEVEL = "restricted public"
"""Where a source says nothing: never taken for open."""
_UNSAID_RIGHTS = "来源未注明开放属性。The source does not say how far the data is open."
_FREQUENCIES = {
    "REALTIME": "R/PT1S", "HOURLY": "R/PT1H", "DAILY": "R/P1D", "WEEKLY": "R/P1W", "TENDAY": "R/P10D",
    "MONTHLY": "R/P1M", "QUARTERLY": "R/P3M", "SEMIANNUAL": "R/P6M", "ANNUAL": "R/P1Y", "BIENNIAL": "R/P2Y",
    "IRREG": "irregular",
}  # fmt: skip
"""ISO 8601 repeating durations."""
_MEDIA_TYPE = re.compile(r"[a-z]+/[a-z0-9][a-z0-9.+-]*")
_MAIL = re.compile(r"mailto:[\w~!$&'()*+,;=:.-]+@[\w.-]+\.[\w.-]+")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


@blueprint.get("/data.json")
@public
def show() -> Response:
    mark, modified = f"{portal().browsing.mark()}-{version('suishu')}-us", portal().catalogue.last_changed()
    if (unchanged := not_modified(mark, modified)) is not None:
        return unchanged
    base_url, mail, catalogue = portal().settings.base_url, portal().settings.operator_email, portal().catalogue

    def entries() -> Iterator[PublicEntry]:
        after = ""
        while found := catalogue.entries(after, _BATCH):
            yield from found
            after = found[-1].view.id

    def produce(out: IO[bytes]) -> None:
        head = {
            "@context": f"{_SCHEMA}/catalog.jsonld",
            "@id": f"{base_url}/data.json",
            "@type": "dcat:Catalog",
            "conformsTo": _SCHEMA,
            "describedBy": f"{_SCHEMA}/catalog.json",
        }
        out.write(json.dumps(head)[:-1].encode() + b', "dataset": [')
        for place, entry in enumerate(entries()):
            out.write((b",\n" if place else b"\n") + json.dumps(dataset(entry, mail), ensure_ascii=False).encode())
        out.write(b"\n]}\n")

    response = validated(stream(Pulled(produce), "application/json", filename="data.json"), mark, modified)
    response.headers["Content-Disposition"] = "inline"
    return response


def dataset(entry: PublicEntry, operator_mail: str) -> dict[str, Any]:
    """One entry; `operator_mail` stands where its publisher gives no mail address, "" leaves the field out."""
    view = entry.view
    tag = DEFAULT.tag
    title = text(view.titles) or view.id
    themes = [label_in("theme", code, tag) for code in view.themes]
    publisher = (text(view.publisher.names) if view.publisher else "") or entry.source_title or entry.source_id
    said: dict[str, Any] = {
        "@type": "dcat:Dataset",
        "title": title,
        "description": text(view.descriptions) or title,
        "keyword": [word for word in view.keywords if word.strip()] or themes or [publisher],
        "modified": (view.modified or view.issued or entry.recorded_at.date()).isoformat(),
        "publisher": {"@type": "org:Organization", "name": publisher},
        "contactPoint": _contact(view, publisher, operator_mail),
        "identifier": view.uri,
        "accessLevel": _LEVELS.get(view.open_attribute, _UNSAID_LEVEL),
        "rights": "；".join(view.conditions)[:255] or ("" if view.open_attribute else _UNSAID_RIGHTS),
        "license": next(filter(None, map(web_link, view.licences)), ""),
        "issued": view.issued.isoformat() if view.issued else "",
        "accrualPeriodicity": _FREQUENCIES.get(view.frequency, ""),
        "spatial": "、".join([*(label_in("district", code, tag) for code in view.districts), *view.spatial_other]),
        "temporal": _temporal(view),
        "theme": themes,
        "landingPage": next(filter(None, map(web_link, view.landing_pages)), view.uri),
        "distribution": [found for each in view.distributions if (found := _distribution(each))],
    }
    return {name: value for name, value in said.items() if value}


def _contact(view: DatasetView, publisher: str, operator_mail: str) -> dict[str, str]:
    mails = (link for each in view.contacts for mail in each.emails if _MAIL.fullmatch(link := mail_link(mail)))
    mail = next(mails, f"mailto:{operator_mail}" if operator_mail else "")
    names = (name for each in view.contacts if (name := text(each.names)))
    return {"@type": "vcard:Contact", "fn": next(names, publisher)} | ({"hasEmail": mail} if mail else {})


def _temporal(view: DatasetView) -> str:
    """Two days with a stroke between, "" where one is not known by its day."""
    days = [end[:10] for end in view.temporal or () if _DAY.match(end)]
    return "/".join(days) if len(days) == 2 else ""


def _distribution(each: Distribution) -> dict[str, str]:
    """{} where no address can become a link."""
    download, access = web_link(each.download_url), web_link(each.access_url)
    if not (download or access):
        return {}
    media_type = each.media_type if _MEDIA_TYPE.fullmatch(each.media_type) else ""
    said = {
        "@type": "dcat:Distribution",
        "title": text(each.titles),
        "description": text(each.descriptions),
        "downloadURL": download,
        "mediaType": media_type or ("application/octet-stream" if download else ""),
        "accessURL": access if access != download else "",
        "format": label_in("format", each.format, "en") if each.format else "",
    }
    return {name: value for name, value in said.items() if value}
