"""Saying who one is, seeing what became of it, and taking it back (Art. 15)."""

from flask import Blueprint, Response, request
from werkzeug.exceptions import BadRequest

from app.accounts.model import Right
from app.accounts.realname.model import KEPT, Kind, State
from app.accounts.realname.numbers import MAX_NAME_CHARACTERS
from app.accounts.realname.service import MOST_A_DAY
from app.errors import Invalid, SuishuError, TooMany, Unavailable
from app.pages.account.mine import me
from app.pages.portal import portal
from app.web import language
from app.web.language import gettext as _
from app.web.pages import page, see_other
from app.web.permissions import ACCOUNT_PATH, signed_in
from app.web.problems import status_of

blueprint = Blueprint("account_real_name", __name__)

_PATH = f"{ACCOUNT_PATH}/real-name"
_SHOWN = 10


@blueprint.get(_PATH)
@signed_in
def show() -> Response:
    return _page()


@blueprint.post(_PATH)
@signed_in
def apply() -> Response:
    said = {name: request.form.get(name, "")[:1000] for name in ("kind", "number", "name")}
    try:
        if "consent" not in request.form:
            raise Invalid("请勾选同意后再提交。", "Agree to this before you send it.")
        if said["kind"] not in list(Kind):
            raise Invalid("请选择个人或组织。", "Choose a person or an organisation.")
        portal().real_names.apply(Kind(said["kind"]), said["number"], said["name"], by=me())
    except (Invalid, TooMany, Unavailable) as error:
        return _page(status_of(error), error)
    return see_other(f"{_PATH}?sent=1")


@blueprint.post(f"{_PATH}/withdraw")
@signed_in
def withdraw() -> Response:
    try:
        portal().real_names.withdraw(State(request.form.get("state", "")), by=me())
    except (ValueError, Invalid):
        raise BadRequest from None
    return see_other(f"{_PATH}?withdrawn=1")


def words(state: State) -> str:
    """What an application's state is called."""
    return {
        State.WAITING: _("等待核验"),
        State.APPROVED: _("已通过"),
        State.REFUSED: _("未通过"),
        State.WITHDRAWN: _("已撤回"),
        State.REPLACED: _("已由新的认证取代"),
        State.REVOKED: _("已撤销"),
    }[state]


def _page(status: int = 200, error: SuishuError | None = None) -> Response:
    """A number that was typed is not given back: whoever looks over a shoulder has seen it long enough."""
    who = me()
    applications = portal().real_names.of_account(who)
    response = page(
        "account/real_name.html",
        status=status,
        error=language.said(error) if error else "",
        done=_done(),
        who=who,
        offered=portal().real_names.is_offered,
        may=Right.PROVE_NAME in who.rights,
        applications=applications[:_SHOWN],
        kept=[each for each in applications if each.state in KEPT],
        waits=any(each.state is State.WAITING for each in applications),
        words=words,
        kinds=kinds(),
        kind=request.form.get("kind", ""),
        name=request.form.get("name", "")[:MAX_NAME_CHARACTERS],
        longest_name=MAX_NAME_CHARACTERS,
        most_a_day=MOST_A_DAY,
    )
    if isinstance(error, TooMany):
        response.headers["Retry-After"] = str(error.retry_after_s)
    return response


def kinds() -> dict[str, str]:
    """Kind -> what its number is called."""
    return {Kind.PERSON: _("公民身份号码"), Kind.ORGANISATION: _("统一社会信用代码")}


def _done() -> str:
    if "sent" in request.args:
        return _("申请已提交，核验结果会用邮件通知您。")
    if "withdrawn" in request.args:
        return _("号码和姓名已经删除。")
    return ""
