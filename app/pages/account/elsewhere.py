"""
Signing in elsewhere (OpenID Connect): the way there, the way back, and the form for whoever has no account yet or links
one. The way there is a link, since a form may lead to pages of ours alone (`form-action`).
"""

import hmac
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from flask import Blueprint, Response, redirect, request
from werkzeug.exceptions import NotFound

from app.accounts.identities import Identity
from app.accounts.words import MAX_NAME_CHARACTERS
from app.errors import Invalid, SuishuError
from app.pages.account import flow as flows
from app.pages.account.arrival import let_in
from app.pages.account.entry import sign_in_form
from app.pages.account.flow import Flow, Purpose
from app.pages.account.form import form
from app.pages.account.mine import me
from app.pages.account.security import security
from app.pages.portal import portal
from app.web import accounts, forms, language
from app.web.flood import asker
from app.web.pages import see_other
from app.web.permissions import ACCOUNT_PATH, public, signed_in
from app.web.same_site import is_from_here

if TYPE_CHECKING:
    from app.accounts.provider import Provider

blueprint = Blueprint("account_elsewhere", __name__, url_prefix=f"{ACCOUNT_PATH}/elsewhere")


@blueprint.get("")
@public
def leave() -> Response:
    """Off to the provider; not from a page that is not ours, nor for what needs a session without one."""
    said = request.args.get("for", "")
    purpose = Purpose(said) if said in list(Purpose) else Purpose.SIGN_IN
    if not is_from_here() or (purpose is not Purpose.SIGN_IN and accounts.account() is None):
        return see_other(f"{ACCOUNT_PATH}/sign-in")
    forms.count(forms.OF_ADDRESS, asker())
    flow = flows.begin(purpose, accounts.place(request.args.get("to", "")))
    try:
        address = _provider().address(flow.state, flow.nonce, flow.verifier, anew=purpose is Purpose.PROOF)
    except SuishuError as error:
        return _refused(flow, error)
    return flows.hold(cast(Response, redirect(address, 303)), flow)


@blueprint.get("/back")
@public
def come_back() -> Response:
    """What a browser brings back counts once: the cookie to which it is bound goes, whatever happens."""
    forms.count(forms.OF_ADDRESS, asker())
    flow = flows.held(came=False)
    try:
        if flow is None or not hmac.compare_digest(request.args.get("state", "").encode(), flow.state.encode()):
            raise Invalid(
                "登录已超时，或者不是从本页开始的，请重新登录。",
                "Signing in took too long, or did not begin here; begin again.",
            )
        identity = _provider().identity(request.args, nonce=flow.nonce, verifier=flow.verifier)
        return _arrived(flow, identity)
    except SuishuError as error:
        return accounts.drop(_refused(flow, error), flows.COOKIE)


@blueprint.get("/finish")
@public
def ask_finish() -> Response:
    return _finish()


@blueprint.post("/finish")
@public
def finish() -> Response:
    flow = flows.held(came=True)
    if flow is None or flow.came is None:
        return _late()
    try:
        if flow.purpose is Purpose.LINK:
            response = _link(flow, flow.came)
        else:
            entered = portal().identities.join(
                flow.came, request.form.get("name", "")[:1000], language=language.current().tag
            )
            response = let_in(entered, flow.to or "?welcome=1")
    except SuishuError as error:
        return _finish(error)
    return accounts.drop(response, flows.COOKIE)


@blueprint.post("/unlink")
@signed_in
def unlink() -> Response:
    try:
        portal().identities.unlink(me(), request.form.get("old", "")[:1000], session=accounts.secret(), address=asker())
    except SuishuError as error:
        return security(error)
    return see_other(f"{ACCOUNT_PATH}/security?saved=1")


def _arrived(flow: Flow, identity: Identity) -> Response:
    if flow.purpose is Purpose.SIGN_IN:
        entered = portal().identities.enter(identity)
        if entered is not None:
            return accounts.drop(let_in(entered, flow.to), flows.COOKIE)
        portal().identities.may_join(identity)
    elif not flows.is_of_this_session(flow):
        raise Invalid("登录已超时，请重新登录。", "Your session ended meanwhile; sign in again.")
    elif flow.purpose is Purpose.PROOF:
        portal().identities.prove(me(), identity, session=accounts.secret())
        return accounts.drop(see_other(f"{ACCOUNT_PATH}{flow.to}"), flows.COOKIE)
    return flows.hold(see_other(f"{ACCOUNT_PATH}/elsewhere/finish"), replace(flow, came=identity))


def _link(flow: Flow, identity: Identity) -> Response:
    if not flows.is_of_this_session(flow):
        raise Invalid("登录已超时，请重新登录。", "Your session ended meanwhile; sign in again.")
    token = request.form.get(accounts.FIELD, "")
    if not hmac.compare_digest(token.encode(), accounts.form_token().encode()):
        raise Invalid("表单已过期，请重新提交。", "The form is too old; send it again.")
    password = request.form.get("old", "")[:1000]
    portal().identities.link(me(), identity, password, session=accounts.secret(), address=asker())
    return see_other(f"{ACCOUNT_PATH}/security?saved=1")


def _finish(error: SuishuError | None = None) -> Response:
    flow = flows.held(came=True)
    if flow is None or flow.came is None:
        return _late()
    return form(
        "finish",
        error,
        provider=_provider(),
        email=flow.came.email,
        linking=flow.purpose is Purpose.LINK,
        who=accounts.account(),
        name=request.form.get("name", "")[: 2 * MAX_NAME_CHARACTERS],
        longest_name=MAX_NAME_CHARACTERS,
    )


def _refused(flow: Flow | None, error: SuishuError) -> Response:
    """On the page where the flow began, as far as it is there."""
    if flow is not None and flow.purpose is not Purpose.SIGN_IN and accounts.account() is not None:
        return security(error)
    return sign_in_form(error, to=f"{ACCOUNT_PATH}{flow.to}" if flow and flow.to else "")


def _provider() -> "Provider":
    found = portal().provider
    if found is None:
        raise NotFound
    return found


def _late() -> Response:
    return accounts.drop(see_other(f"{ACCOUNT_PATH}/sign-in?late=1"), flows.COOKIE)
