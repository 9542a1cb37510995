"""The operator's desk: applications that wait, masked, and what a person decides about them."""

from flask import Blueprint, Response, request

from app.accounts.model import Right
from app.accounts.realname.desk import MAX_REASON_CHARACTERS
from app.accounts.realname.model import Claim
from app.errors import Invalid, NotFound, SuishuError, Unavailable
from app.pages.account.mine import me
from app.pages.account.real_name import kinds
from app.pages.portal import portal
from app.web import language
from app.web.language import gettext as _
from app.web.pages import page, see_other
from app.web.permissions import ACCOUNT_PATH, needs, signed_in
from app.web.problems import status_of

blueprint = Blueprint("account_verify", __name__)

PATH = f"{ACCOUNT_PATH}/verify"


@blueprint.get(PATH)
@signed_in
@needs(Right.VERIFY)
def show() -> Response:
    return _page()


@blueprint.post(f"{PATH}/<id_>/read")
@signed_in
@needs(Right.VERIFY)
def read(id_: str) -> Response:
    """Shown in the answer itself and at no address, so that to see it again is to ask again."""
    try:
        claim = portal().real_name_desk.read(id_, by=me())
    except (NotFound, Unavailable) as error:
        return _page(error)
    return _page(opened=(id_, claim))


@blueprint.post(f"{PATH}/<id_>/approve")
@signed_in
@needs(Right.VERIFY)
def approve(id_: str) -> Response:
    try:
        portal().real_name_desk.approve(id_, by=me(), though_elsewhere="known" in request.form)
    except (Invalid, NotFound, Unavailable) as error:
        return _page(error)
    return see_other(f"{PATH}?done=approved")


@blueprint.post(f"{PATH}/<id_>/refuse")
@signed_in
@needs(Right.VERIFY)
def refuse(id_: str) -> Response:
    try:
        portal().real_name_desk.refuse(id_, request.form.get("reason", "")[: 2 * MAX_REASON_CHARACTERS], by=me())
    except (Invalid, NotFound) as error:
        return _page(error)
    return see_other(f"{PATH}?done=refused")


def _page(error: SuishuError | None = None, *, opened: tuple[str, Claim] | None = None) -> Response:
    waiting = portal().real_name_desk.waiting(by=me())
    done = {"approved": _("已通过，申请人会收到邮件。"), "refused": _("已拒绝，申请人会收到写明理由的邮件。")}
    return page(
        "account/verify.html",
        status=status_of(error) if error else 200,
        error=language.said(error) if error else "",
        done=done.get(request.args.get("done", ""), ""),
        waiting=waiting,
        total=portal().real_name_desk.count(),
        offered=portal().real_names.is_offered,
        opened=dict([opened] if opened else []),
        kinds=kinds(),
        longest=MAX_REASON_CHARACTERS,
    )
