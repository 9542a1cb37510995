"""The language of a request: `?lang=`, else the cookie, else Accept-Language; and its words in templates."""

from functools import cached_property, lru_cache, partial
from typing import cast

from babel.support import Translations
from flask import Flask, Response, after_this_request, g, request
from flask_babel import Babel, Domain, get_locale

from app.errors import SuishuError
from app.i18n import DEFAULT, LANGUAGES, Language, language, preferred, translations

COOKIE = "lang"
_YEAR_S = 365 * 24 * 3600


def current() -> Language:
    """The language of this request."""
    return cast(Language, g.language)


def said(error: SuishuError) -> str:
    """What an error says, in the language of this request."""
    return error.in_language(current().tag)


def gettext(message: str) -> str:
    """A message in the language of this request, without Flask-Babel's detour by way of the locale: pages say many."""
    return messages(g.language).get(message, message)


def pgettext(context: str, message: str) -> str:
    """The same where one Chinese word has several in other languages; `context` tells them apart."""
    return messages(g.language).get(f"{context}\x04{message}", message)


def ngettext(singular: str, plural: str, number: int) -> str:
    return translations(g.language.locale).ngettext(singular, plural, number)


@lru_cache(maxsize=len(LANGUAGES))
def messages(reader: Language) -> dict[str, str]:
    """Message -> its translation; with a context the key is as gettext has it, `context\\x04message`."""
    found: dict[str, str] = {}
    catalogue = cast(dict[str | tuple[str, int], str], translations(reader.locale)._catalog)
    for message, text in catalogue.items():
        if isinstance(message, str):
            found[message] = text
        elif message[1] == 0:  # a message with a plural, asked for without a number
            found.setdefault(message[0], text)
    return found


class _Messages(Domain):  # type: ignore[misc]
    """Flask-Babel's own look-up (forms, Python code) from the same catalogues."""

    def get_translations(self) -> Translations:
        return translations(str(get_locale()))


class _Babel(Babel):  # type: ignore[misc]
    @cached_property
    def domain_instance(self) -> _Messages:
        return _Messages()


def choose() -> None:
    """Sets the language of this request."""
    said = request.environ  # most programs say nothing of it: their arguments and cookies need not be read
    is_asked = "lang" in said.get("QUERY_STRING", "") and "lang" in request.args
    asked = language(request.args["lang"]) if is_asked else None
    kept = language(request.cookies[COOKIE]) if "HTTP_COOKIE" in said and COOKIE in request.cookies else None
    g.language = asked or kept or preferred(said.get("HTTP_ACCEPT_LANGUAGE", ""))
    if asked:
        after_this_request(partial(_remember, asked))


def _remember(asked: Language, response: Response) -> Response:
    response.set_cookie(COOKIE, asked.tag, max_age=_YEAR_S, samesite="Lax", secure=request.is_secure, httponly=True)
    return response


def install(app: Flask) -> None:
    """Chooses the language before each request, and gives templates `_` and `ngettext`."""
    app.before_request(choose)
    babel = _Babel(configure_jinja=False)
    babel.init_app(
        app,
        default_locale=DEFAULT.locale,
        default_timezone="Asia/Shanghai",
        locale_selector=lambda: current().locale if "language" in g else DEFAULT.locale,
    )
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    app.jinja_env.install_gettext_callables(gettext, ngettext, newstyle=True, pgettext=pgettext)  # type: ignore[attr-defined]
