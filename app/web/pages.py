"""What templates can say, and a page as an answer."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from flask import Flask, Response, current_app, g, redirect, request
from werkzeug.datastructures import MultiDict

from app.i18n import LANGUAGES, Language
from app.web import labels, language
from app.web.answers import answer
from app.web.language import gettext as _
from app.web.links import address
from app.web.paging import Pager, last_page
from app.web.templates import render

HERE = ZoneInfo("Asia/Shanghai")
VARY = ("Accept", "Accept-Language", "Cookie")


@dataclass(frozen=True, slots=True)
class Words:
    """Words that lists say again and again; looked up once a language."""

    updated: str
    selected: str
    more: str
    colon: str


@lru_cache(maxsize=len(LANGUAGES))
def _words(reader: Language) -> Words:
    return Words(updated=_("更新"), selected=_("（已选，点按取消）"), more=_("更多"), colon=_("："))


def words() -> Words:
    return _words(language.current())


def page(template: str, *, status: int = 200, modified: datetime | None = None, **context: Any) -> Response:
    """A template as an answer that a browser may keep but asks about again."""
    response = answer(render(template, context), "text/html", modified=modified, vary=VARY, status=status)
    response.headers["Content-Language"] = language.current().tag
    return response


def pager(shown: int, total: int, size: int, **kept: str) -> Pager:
    """The links to the other pages of a list at this address; `kept` are parameters that stay in them."""

    def link(number: int) -> str:
        return request.script_root + address(request.path, [*kept.items(), ("page", str(number))])

    return Pager(shown, last_page(total, size), link)


def root() -> str:
    """The path under which the portal lives, "" at the top of its host."""
    return cast(str, current_app.config["SUISHU_ROOT"])


def see_other(place: str) -> Response:
    """Leads on from a form to a page of ours; who loads that again sends nothing twice (RFC 9110 15.4.4)."""
    return cast(Response, redirect(f"{root()}{place}", 303))


def grouped(number: int) -> str:
    """12345 -> 12,345; both languages write it so."""
    return f"{number:,}"


def moment(at: datetime) -> str:
    """Date and time of day in the city, as GB/T 7408 writes them."""
    return at.astimezone(HERE).strftime("%Y-%m-%d %H:%M")


def host(link: str) -> str:
    return urlsplit(link).hostname or ""


def byte_size(number: int) -> str:
    size = float(number)
    for unit in ("B", "KB", "MB", "GB", "TB"):
        if size < 1000 or unit == "TB":
            return f"{size:.0f} {unit}" if unit == "B" or size >= 100 else f"{size:.1f} {unit}"
        size /= 1000
    raise AssertionError("unreachable")


def in_language(other: Language) -> str:
    """This address in another language."""
    arguments = MultiDict(request.args)
    arguments["lang"] = other.tag
    chosen = [(name, value) for name, values in arguments.lists() for value in values]
    return request.script_root + address(request.path, chosen)


def install(app: Flask, *, base_url: str) -> None:
    """Gives templates what they can say."""
    root = urlsplit(base_url).path
    app.config["SUISHU_ROOT"] = root
    folder = Path(app.static_folder or "")
    marks = {
        file.relative_to(folder).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()[:10]
        for file in folder.rglob("*")
        if file.is_file()
    }

    def asset(name: str) -> str:
        return f"{root}/static/{name}?v={marks[name]}"

    app.config["SUISHU_ASSETS"] = frozenset(marks)

    def optional_asset(name: str) -> str:
        """Of what is fetched at set-up; "" where it was not."""
        return asset(name) if name in app.config["SUISHU_ASSETS"] else ""

    def words_of_page() -> dict[str, Any]:
        if "language" not in g:
            return {}
        return {"language": g.language, "words": words(), "colon": words().colon}

    app.context_processor(words_of_page)
    app.jinja_env.globals.update(
        root=root,
        base_url=base_url,
        asset=asset,
        optional_asset=optional_asset,
        languages=LANGUAGES,
        in_language=in_language,
        label=labels.label,
        plain=labels.plain,
        say=labels.say,
    )
    filters: dict[str, Callable[..., Any]] = {"grouped": grouped, "moment": moment, "host": host}
    app.jinja_env.filters.update(filters)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True


def day(value: date | None) -> str:
    return value.isoformat() if value else ""
