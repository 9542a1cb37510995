"""
Signing up, in and out, and a new password. What a page says is the same whether an address has an account or not; a
link in a letter is used up by a button alone, since mail programs look at addresses before people do.
"""

import time

from flask import Blueprint, Response, request

from app.accounts.passwords import MAX_CHARACTERS, MIN_CHARACTERS
from app.accounts.words import MAX_NAME_CHARACTERS, sought
from app.errors import Invalid, NotFound, SuishuError, TooMany
from app.pages.account.arrival import know_again, known, let_in
from app.pages.account.form import form
from app.pages.portal import portal
from app.web import accounts, forms, language
from app.web.flood import asker
from app.web.forms import heavy
from app.web.language import gettext as _
from app.web.pages import see_other
from app.web.permissions import ACCOUNT_PATH, public, signed_in

blueprint = Blueprint("account_entry", __name__, url_prefix=ACCOUNT_PATH)

_AS_LONG_S = 0.1
"""A letter is written within it; where there is nobody to write to it takes as long, so that time tells nothing."""


@blueprint.get("/sign-in")
@public
def ask_sign_in() -> Response:
    return _form("sign_in")


@blueprint.post("/sign-in")
@public
def sign_in() -> Response:
    try:
        session = portal().accounts.sign_in(_said("email"), _said("password"), address=asker(), browser=known())
    except (Invalid, TooMany) as error:
        return _form("sign_in", error)
    return let_in(session, _where())


@blueprint.get("/sign-up")
@public
def ask_sign_up() -> Response:
    return _form("sign_up")


@blueprint.post("/sign-up")
@public
@heavy
def sign_up() -> Response:
    if not _open():
        closed = _form("sign_up")
        closed.status_code = 503
        return closed
    if request.form.get("website"):  # hidden from people; programs fill in what they find
        return _to("/sign-up?sent=1")
    _count_letter(sought(_said("email")))
    try:
        portal().accounts.sign_up(_said("email"), _said("password"), _said("name"), language=language.current().tag)
    except Invalid as error:
        return _form("sign_up", error)
    return _to("/sign-up?sent=1")


@blueprint.get("/confirm/<secret>")
@public
def ask_confirm(secret: str) -> Response:
    return _form("confirm", secret=secret)


@blueprint.post("/confirm/<secret>")
@public
@heavy
def confirm(secret: str) -> Response:
    try:
        session = portal().accounts.confirm(secret, _said("password"))
    except (Invalid, NotFound) as error:
        return _form("confirm", error, secret=secret)
    return let_in(session, "?welcome=1")


@blueprint.get("/forgotten")
@public
def ask_forgotten() -> Response:
    return _form("forgotten")


@blueprint.post("/forgotten")
@public
@heavy
def forgotten() -> Response:
    _count_letter(sought(_said("email")))
    began = time.monotonic()
    portal().accounts.ask_for_reset(_said("email"))
    time.sleep(max(0.0, began + _AS_LONG_S - time.monotonic()))
    return _to("/forgotten?sent=1")


@blueprint.get("/reset/<secret>")
@public
def ask_reset(secret: str) -> Response:
    return _form("reset", secret=secret)


@blueprint.post("/reset/<secret>")
@public
@heavy
def reset(secret: str) -> Response:
    try:
        browser = portal().accounts.reset(secret, _said("password"), address=asker())
    except (Invalid, NotFound) as error:
        return _form("reset", error, secret=secret)
    return know_again(_to("/sign-in?changed=1"), browser)


@blueprint.post("/sign-out")
@signed_in
def sign_out() -> Response:
    portal().accounts.sign_out(accounts.secret())
    return accounts.forget(_to("/sign-in?left=1"))


def _count_letter(email: str) -> None:
    """Raises `TooMany`."""
    forms.count(forms.LETTERS_OF_ONE, f"{asker()} {email}")
    forms.count(forms.LETTERS, email)


def _said(name: str) -> str:
    return request.form.get(name, "")[:1000]


def _open() -> bool:
    return bool(portal().settings.mail_url.get_secret_value())


def _where() -> str:
    return accounts.place(request.values.get("to", ""))


def _to(place: str) -> Response:
    return see_other(f"{ACCOUNT_PATH}{place}")


def sign_in_form(error: SuishuError, *, to: str) -> Response:
    """For other ways in that came to nothing."""
    return _form("sign_in", error, to=to)


def _form(name: str, error: SuishuError | None = None, *, secret: str = "", to: str = "") -> Response:
    return form(
        name,
        error,
        secret=secret,
        open=_open(),
        told=_told(),
        provider=portal().provider,
        email=request.form.get("email", "")[:254],
        name=request.form.get("name", "")[: 2 * MAX_NAME_CHARACTERS],
        to=to or (request.values.get("to", "") if _where() else ""),
        least=MIN_CHARACTERS,
        most=MAX_CHARACTERS,
        longest_name=MAX_NAME_CHARACTERS,
    )


def _told() -> str:
    """What happened before this page."""
    if "sent" in request.args:
        return _(
            "如果这个邮箱可以使用，我们已经寄出一封邮件，请按邮件中的链接继续。没有收到时，请检查垃圾邮件或稍后再试。"
        )
    if "changed" in request.args:
        return _("密码已更改，请用新密码登录。")
    if "left" in request.args:
        return _("已经退出登录。")
    if "late" in request.args:
        return _("登录已超时，请重新登录。")
    return ""
