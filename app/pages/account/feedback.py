"""Saying something of a dataset, and what can be done with what is said: reply, decide, report."""

from collections.abc import Callable

from flask import Blueprint, Response, request

from app.accounts.model import Right
from app.errors import Invalid, SuishuError, TooMany
from app.feedback import words
from app.feedback.keeping import Kept
from app.feedback.model import Fault, Kind, Post, Standing, Wrong
from app.feedback.moves import Step, steps
from app.pages.account.mine import me
from app.pages.account.rating import public_entry, speaks_for
from app.pages.portal import portal
from app.web import language
from app.web.labels import plain
from app.web.pages import page, see_other
from app.web.permissions import ACCOUNT_PATH, signed_in
from app.web.problems import status_of

blueprint = Blueprint("account_feedback", __name__)

_SAY = f"{ACCOUNT_PATH}/feedback/<id_>/<any(comment,correction,usage):kind>"
_POST = f"{ACCOUNT_PATH}/said/<int(max=9007199254740991):post_id>"
_LIMITS = {
    "body": words.MAX_BODY_CHARACTERS,
    "title": words.MAX_TITLE_CHARACTERS,
    "link": words.MAX_LINK_CHARACTERS,
    "item": words.MAX_ITEM_CHARACTERS,
    "row": words.MAX_PART_CHARACTERS,
    "expected": words.MAX_PART_CHARACTERS,
    "evidence": words.MAX_PART_CHARACTERS,
    "answer": words.MAX_PART_CHARACTERS,
    "reason": words.MAX_REASON_CHARACTERS,
    "fault": 10,
}


@blueprint.get(_SAY)
@signed_in
def ask(id_: str, kind: str) -> Response:
    return _form(id_, Kind(kind))


@blueprint.post(_SAY)
@signed_in
def say(id_: str, kind: str) -> Response:
    try:
        kept = _SAYING[Kind(kind)](id_)
    except (Invalid, TooMany) as error:
        return refused(_form(id_, Kind(kind), error), error)
    if kept.standing is Standing.WAITING:
        return see_other(f"{ACCOUNT_PATH}/submissions?waiting=1")
    return see_other(f"/dataset/{id_}/feedback#post-{kept.id}")


@blueprint.get(_POST)
@signed_in
def look(post_id: int) -> Response:
    return _post(portal().feedback.shown_post(post_id))


@blueprint.post(_POST)
@signed_in
def act(post_id: int) -> Response:
    said = portal().feedback.shown_post(post_id)
    wanted = request.form.get("act", "")
    try:
        if wanted == "reply":
            portal().feedback.reply(post_id, typed("body"), by=me())
        elif wanted == "report":
            portal().feedback.report(post_id, typed("reason"), by=me())
        elif wanted in list(Step):
            portal().corrections.decide(post_id, Step(wanted), typed("answer"), by=me())
        else:
            raise Invalid("请选择一项操作。", "Choose what to do.")
    except (Invalid, TooMany) as error:
        return refused(_post(said, error, wanted), error)
    if wanted == "reply":
        return see_other(f"/dataset/{said.dataset_id}/feedback#post-{post_id}")
    return see_other(f"{ACCOUNT_PATH}/said/{post_id}?{'reported' if wanted == 'report' else 'saved'}=1")


def typed(name: str) -> str:
    """A field of the form; what is too long is still too long, and no page has to bear all of it."""
    return request.form.get(name, "")[: 2 * _LIMITS[name]].replace("\0", "")


def refused(response: Response, error: SuishuError) -> Response:
    response.status_code = status_of(error)
    if isinstance(error, TooMany):
        response.headers["Retry-After"] = str(error.retry_after_s)
    return response


def _comment(id_: str) -> Kept:
    return portal().feedback.comment(id_, typed("body"), by=me())


def _usage(id_: str) -> Kept:
    return portal().feedback.tell_usage(id_, typed("title"), typed("body"), typed("link"), by=me())


def _correction(id_: str) -> Kept:
    fault = typed("fault")
    if fault not in list(Fault):
        raise Invalid("请选择是错误还是遗漏。", "Choose whether it is an error or an omission.")
    wrong = Wrong(Fault(fault), *(typed(name) for name in ("item", "row", "expected", "evidence")))
    return portal().corrections.send(id_, typed("body"), wrong, typed("link"), by=me())


_SAYING: dict[Kind, Callable[[str], Kept]] = {
    Kind.COMMENT: _comment,
    Kind.USAGE: _usage,
    Kind.CORRECTION: _correction,
}


def _form(id_: str, kind: Kind, error: SuishuError | None = None) -> Response:
    view = public_entry(id_).view
    return page(
        "account/say.html",
        error=language.said(error) if error else "",
        view=view,
        kind=kind,
        may=Right.COMMENT in me().rights and not speaks_for(view),
        items=list(dict.fromkeys(name for item in view.data_items if (name := item.title or item.name))),
        faults=list(Fault),
        typed={name: typed(name) for name in _LIMITS},
        most=_LIMITS,
    )


def _post(said: Post, error: SuishuError | None = None, wanted: str = "") -> Response:
    entry = public_entry(said.dataset_id)
    may_decide = said.correction is not None and portal().corrections.may_decide(said.dataset_id, me())
    return page(
        "account/said.html",
        error=language.said(error) if error else "",
        post=said,
        view=entry.view,
        title=plain(entry.view.titles) or entry.view.id,
        may_reply=said.kind is not Kind.REPLY and portal().feedback.may_reply(said.dataset_id, me()),
        steps=steps(said.correction.state) if said.correction is not None and may_decide else [],
        act=wanted,
        typed={name: typed(name) for name in ("body", "reason", "answer")},
        most=_LIMITS,
        done="reported" if "reported" in request.args else "saved" if "saved" in request.args else "",
    )
