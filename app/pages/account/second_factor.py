"""
The second factor: its question on the way in, where it is also set up, and what becomes of it afterwards. Whoever holds
half a session reaches the first page and no other.
"""

import segno
from flask import Blueprint, Response, request

from app.accounts.second_factor import Setup
from app.errors import Invalid, NotFound, SuishuError, TooMany
from app.pages.account.arrival import HALF, ask_second
from app.pages.account.form import form
from app.pages.account.mine import me
from app.pages.account.security import security
from app.pages.portal import portal
from app.web import accounts
from app.web.flood import asker
from app.web.pages import page, see_other
from app.web.permissions import ACCOUNT_PATH, public, signed_in

blueprint = Blueprint("account_second_factor", __name__, url_prefix=f"{ACCOUNT_PATH}/second-factor")


@blueprint.get("")
@public
def ask() -> Response:
    return _form()


@blueprint.post("")
@public
def enter() -> Response:
    try:
        entered = portal().second_factor.enter(_half(), _said("code"), address=asker())
    except NotFound:
        return _late()
    except (Invalid, TooMany) as error:
        return _form(error)
    if accounts.secret():
        portal().accounts.sign_out(accounts.secret())
    place = f"{ACCOUNT_PATH}{_place()}"
    response = _codes(entered.codes, place) if entered.codes else see_other(place)
    return accounts.drop(accounts.remember(response, entered.session), HALF)


@blueprint.post("/begin")
@signed_in
def begin() -> Response:
    try:
        half = portal().second_factor.begin(me(), _said("old"), session=accounts.secret(), address=asker())
    except (Invalid, TooMany) as error:
        return security(error)
    return ask_second(half, "/security")


@blueprint.post("/remove")
@signed_in
def remove() -> Response:
    try:
        portal().second_factor.remove(me(), _said("old"), _said("code"), session=accounts.secret(), address=asker())
    except (Invalid, NotFound, TooMany) as error:
        return security(error)
    return accounts.forget(see_other(f"{ACCOUNT_PATH}/sign-in?left=1"))


@blueprint.post("/codes")
@signed_in
def renew_codes() -> Response:
    try:
        codes = portal().second_factor.renew_codes(
            me(), _said("old"), _said("code"), session=accounts.secret(), address=asker()
        )
    except (Invalid, NotFound, TooMany) as error:
        return security(error)
    return _codes(codes, f"{ACCOUNT_PATH}/security")


def _form(error: SuishuError | None = None) -> Response:
    try:
        setup = portal().second_factor.setup(_half())
    except NotFound:
        return _late()
    return form("second_factor", error, setup=setup, picture=_picture(setup), to=f"{ACCOUNT_PATH}{_place()}")


def _codes(codes: list[str], to: str) -> Response:
    return page("account/recovery_codes.html", codes=codes, to=to)


def _picture(setup: Setup | None) -> str:
    """The address as a QR code, in the page itself: an image with an address of its own might stay in a cache."""
    return segno.make(setup.address, error="m").svg_data_uri(scale=5, border=4, light="#fff") if setup else ""


def _half() -> str:
    return request.cookies.get(HALF, "")


def _place() -> str:
    return accounts.place(request.values.get("to", ""))


def _said(name: str) -> str:
    return request.form.get(name, "")[:1000]


def _late() -> Response:
    return accounts.drop(see_other(f"{ACCOUNT_PATH}/sign-in?late=1"), HALF)
