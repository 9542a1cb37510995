"""The ways to a dataset's data, and to those who answer for it. Only http and https addresses become links."""

from dataclasses import dataclass

from app.catalogue.model import DatasetView, Distribution
from app.web.labels import label, licence_name, mail_link, phone_link, plain, readable, web_link
from app.web.language import gettext as _
from app.web.pages import byte_size

Linked = tuple[str, str]
"""Text, and the address it links to or ""."""


@dataclass(frozen=True, slots=True)
class Download:
    title: str
    description: str
    format: str
    size: str
    modified: str
    licence: str
    licence_link: str
    download: str
    access: str
    is_api: bool
    unsafe: bool
    """True when an address was given that must not become a link."""


@dataclass(frozen=True, slots=True)
class Contacts:
    name: str
    phones: tuple[Linked, ...]
    emails: tuple[Linked, ...]
    urls: tuple[Linked, ...]


def downloads(view: DatasetView) -> list[Download]:
    return [_download(each, plain(view.titles)) for each in view.distributions]


def _download(each: Distribution, dataset_title: str) -> Download:
    download, access = web_link(each.download_url), web_link(each.access_url)
    given = [address for address in (each.download_url, each.access_url) if address]
    form = readable(label("format", each.format)) if each.format else each.media_type
    fallback = _("%(title)s（接口）") if each.is_api else "%(title)s"
    return Download(
        title=plain(each.titles) or fallback % {"title": dataset_title},
        description=plain(each.descriptions),
        format=form,
        size=byte_size(each.byte_size) if each.byte_size is not None else "",
        modified=each.modified[:10],
        licence=licence_name(each.licence),
        licence_link=web_link(each.licence),
        download=download,
        access=access if access != download else "",
        is_api=each.is_api,
        unsafe=bool(given) and not (download or access),
    )


def contacts(view: DatasetView) -> list[Contacts]:
    found = [
        Contacts(
            name=plain(contact.names),
            phones=tuple((phone.removeprefix("tel:"), phone_link(phone)) for phone in contact.phones),
            emails=tuple((mail.removeprefix("mailto:"), mail_link(mail)) for mail in contact.emails),
            urls=tuple((url, web_link(url)) for url in contact.urls),
        )
        for contact in view.contacts
    ]
    return [each for each in found if each.name or each.phones or each.emails or each.urls]
