"""Public entries as CKAN shows datasets, organizations, groups, tags and resources."""

import hashlib
from typing import Any

from app.catalogue.model import DatasetView, Distribution, PublicEntry, Publisher, Text
from app.catalogue.statements import literal
from app.catalogue.terms import DCT
from app.i18n import DEFAULT, pick
from app.web.labels import label_in, licence_name, web_link

Shown = dict[str, Any]

_TAG = DEFAULT.tag
_RESOURCE_MARK_CHARACTERS = 12


def text(texts: Text) -> str:
    """One text where CKAN knows one language: Chinese first, whoever asks."""
    return pick(texts, DEFAULT)[0]


def package(entry: PublicEntry) -> Shown:
    view = entry.view
    resources = [resource(each, view, place) for place, each in enumerate(view.distributions)]
    tags = [tag(word) for word in view.keywords]
    contact = view.contacts[0] if view.contacts else None
    mails = [mail.removeprefix("mailto:") for mail in contact.emails] if contact else []
    publisher = view.publisher
    return {
        "id": view.id,
        "name": view.id,
        "title": text(view.titles),
        "title_translated": view.titles,
        "notes": text(view.descriptions),
        "notes_translated": view.descriptions,
        "url": next(filter(None, map(web_link, view.landing_pages)), view.uri),
        "type": "dataset",
        "state": "active",
        "private": False,
        "isopen": view.open_attribute == "WTJ" and bool(view.licences),
        "version": str(entry.version),
        "author": text(publisher.names) if publisher else "",
        "author_email": "",
        "maintainer": text(contact.names) if contact else "",
        "maintainer_email": mails[0] if mails else "",
        "license_id": view.licences[0] if view.licences else "",
        "license_title": licence_name(view.licences[0]) if view.licences else "",
        "license_url": web_link(view.licences[0]) if view.licences else "",
        "metadata_created": _instant(entry, "issued"),
        "metadata_modified": _instant(entry, "modified"),
        "creator_user_id": None,
        "owner_org": publisher.id if publisher else None,
        "organization": _organization(publisher) if publisher else None,
        "groups": [group(code) for code in view.themes],
        "tags": tags,
        "num_tags": len(tags),
        "resources": resources,
        "num_resources": len(resources),
        "extras": [{"key": key, "value": value} for key, value in _extras(entry).items() if value],
        "relationships_as_subject": [],
        "relationships_as_object": [],
    }


def _instant(entry: PublicEntry, what: str) -> str:
    """What the entry's catalogue record says, as CKAN writes times: UTC without a zone."""
    key = f"<{entry.view.uri}#record> <{DCT}{what}> ".encode()
    for line in entry.ntriples.splitlines():
        if line.startswith(key) and (said := literal(line[len(key) :].decode().removesuffix(" ."))):
            return said.text.removesuffix("Z") + ".000000"
    return ""


def _extras(entry: PublicEntry) -> dict[str, str]:
    """What CKAN has no field for, under the names that ckanext-dcat gives it where it has one."""
    view = entry.view
    return {
        "uri": view.uri,
        "identifier": view.identifiers[0] if view.identifiers else "",
        "issued": view.issued.isoformat() if view.issued else "",
        "modified": view.modified.isoformat() if view.modified else "",
        "frequency": view.frequency,
        "frequency_label": label_in("frequency", view.frequency, _TAG) if view.frequency else "",
        "open_attribute": view.open_attribute,
        "open_attribute_label": label_in("open-attribute", view.open_attribute, _TAG) if view.open_attribute else "",
        "conditions": "；".join(view.conditions),
        "districts": " ".join(view.districts),
        "temporal_start": view.temporal[0] if view.temporal else "",
        "temporal_end": view.temporal[1] if view.temporal else "",
        "rows": str(view.rows) if view.rows is not None else "",
        "source_iri": view.source_iri,
        "source": entry.source_title,
        "publisher_name": text(view.publisher.names) if view.publisher else "",
        "publisher_identifier": view.publisher.uscc if view.publisher else "",
    }


def resource_id(dataset_id: str, each: Distribution) -> str:
    """The dataset's id and a mark of the distribution's address: the same as long as that stays."""
    mark = hashlib.blake2b(each.iri.encode("utf-8", "replace"), digest_size=_RESOURCE_MARK_CHARACTERS // 2)
    return f"{dataset_id}-{mark.hexdigest()}"


def resource(each: Distribution, view: DatasetView, place: int) -> Shown:
    """Addresses that could not become a link are left out."""
    download, access = web_link(each.download_url), web_link(each.access_url)
    form = label_in("format", each.format, _TAG) if each.format else ""
    return {
        "id": resource_id(view.id, each),
        "package_id": view.id,
        "position": place,
        "name": text(each.titles) or text(view.titles),
        "description": text(each.descriptions),
        "url": download or access,
        "download_url": download,
        "access_url": access,
        "format": form,
        "mimetype": each.media_type or None,
        "size": each.byte_size,
        "license": each.licence,
        "created": each.issued or None,
        "last_modified": each.modified or None,
        "resource_type": "api" if each.is_api else "file",
        "url_type": None,
        "state": "active",
        "uri": each.iri,
    }


def _organization(publisher: Publisher) -> Shown:
    name = text(publisher.names) or publisher.id
    return {
        "id": publisher.id,
        "name": publisher.id,
        "title": name,
        "title_translated": publisher.names,
        "display_name": name,
        "type": "organization",
        "is_organization": True,
        "approval_status": "approved",
        "state": "active",
        "description": "",
        "image_url": "",
    }


def organization(publisher: Publisher, entries: int) -> Shown:
    extras = [{"key": "identifier", "value": publisher.uscc}] if publisher.uscc else []
    return {
        **_organization(publisher),
        "image_display_url": "",
        "package_count": entries,
        "num_followers": 0,
        "extras": extras,
        "tags": [],
        "groups": [],
        "users": [],
    }


def group(code: str) -> Shown:
    label = label_in("theme", code, _TAG)
    return {
        "id": code,
        "name": code,
        "title": label,
        "title_translated": {tag_: label_in("theme", code, tag_) for tag_ in ("zh-Hans", "en")},
        "display_name": label,
        "description": "",
        "image_display_url": "",
    }


def whole_group(code: str, entries: int) -> Shown:
    return {
        **group(code),
        "type": "group",
        "is_organization": False,
        "approval_status": "approved",
        "state": "active",
        "image_url": "",
        "package_count": entries,
        "num_followers": 0,
        "extras": [],
        "tags": [],
        "groups": [],
        "users": [],
    }


def tag(word: str) -> Shown:
    return {"id": word, "name": word, "display_name": word, "state": "active", "vocabulary_id": None}
