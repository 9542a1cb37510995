"""One's access tokens: made, shown once, revoked."""

from flask import Blueprint, Response, request

from app.accounts.access_tokens.model import Scope
from app.accounts.access_tokens.service import MAX_DAYS, MAX_NAME_CHARACTERS, MOST
from app.errors import Invalid
from app.pages.account.mine import me
from app.pages.portal import portal
from app.web import language
from app.web.language import gettext as _
from app.web.pages import page, see_other
from app.web.paging import number
from app.web.permissions import ACCOUNT_PATH, signed_in

blueprint = Blueprint("account_tokens", __name__)

_PATH = f"{ACCOUNT_PATH}/tokens"
_DAYS = (30, 90, 180, MAX_DAYS)


@blueprint.get(_PATH)
@signed_in
def show() -> Response:
    return _page()


@blueprint.post(_PATH)
@signed_in
def make() -> Response:
    """The token stands in this answer and nowhere else; sent again, the same form meets the name that is taken."""
    days = number(request.form.get("days"), default=0, least=0, most=MAX_DAYS + 1)
    try:
        made = portal().access_tokens.make(
            request.form.get("name", "")[:1000], request.form.getlist("scope")[:50], days, by=me()
        )
    except Invalid as error:
        return _page(400, language.said(error))
    return _page(made=made)


@blueprint.post(f"{_PATH}/<id_>/revoke")
@signed_in
def revoke(id_: str) -> Response:
    portal().access_tokens.revoke(id_, by=me())
    return see_other(f"{_PATH}?revoked=1")


def _page(status: int = 200, error: str = "", *, made: str = "") -> Response:
    return page(
        "account/tokens.html",
        status=status,
        error=error,
        made=made,
        revoked="revoked" in request.args,
        tokens=portal().access_tokens.of_account(me()),
        now=portal().clock(),
        scopes=_scopes(),
        days=_DAYS,
        chosen=[] if made else request.form.getlist("scope"),
        name="" if made else request.form.get("name", "")[: 2 * MAX_NAME_CHARACTERS],
        longest_name=MAX_NAME_CHARACTERS,
        most=MOST,
    )


def _scopes() -> dict[Scope, str]:
    """What each lets a program do."""
    return {
        Scope.READ_ACCOUNT: _("读取昵称、角色和是否已实名"),
        Scope.READ_RATINGS: _("读取我的评分"),
        Scope.WRITE_RATINGS: _("代我评分、更改和撤回评分"),
    }
