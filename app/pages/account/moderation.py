"""Where moderators decide what stays in sight."""

from flask import Blueprint, Response, request

from app.accounts.model import Right
from app.errors import Invalid, SuishuError
from app.feedback.words import MAX_REASON_CHARACTERS
from app.pages.account.feedback import refused, typed
from app.pages.account.mine import me, titles_of
from app.pages.portal import portal
from app.web import language
from app.web.pages import page, see_other
from app.web.permissions import ACCOUNT_PATH, needs, signed_in

blueprint = Blueprint("account_moderation", __name__)

_PATH = f"{ACCOUNT_PATH}/moderation"


@blueprint.get(_PATH)
@signed_in
@needs(Right.MODERATE)
def queue() -> Response:
    return _queue()


@blueprint.post(f"{_PATH}/<int(max=9007199254740991):post_id>")
@signed_in
@needs(Right.MODERATE)
def decide(post_id: int) -> Response:
    moderation, wanted = portal().moderation, request.form.get("act", "")
    try:
        if wanted == "hide":
            moderation.hide(post_id, typed("reason"), by=me())
        elif wanted == "show":
            moderation.show(post_id, by=me())
        elif wanted == "dismiss":
            moderation.dismiss(post_id, by=me())
        else:
            raise Invalid("请选择一项操作。", "Choose what to do.")
    except Invalid as error:
        return refused(_queue(error, post_id), error)
    return see_other(f"{_PATH}?saved=1")


def _queue(error: SuishuError | None = None, failed: int = 0) -> Response:
    waiting, hidden = portal().moderation.queue(me()), portal().moderation.hidden(me())
    return page(
        "account/moderation.html",
        error=language.said(error) if error else "",
        failed=failed,
        reason=typed("reason"),
        most=MAX_REASON_CHARACTERS,
        waiting=waiting,
        hidden=hidden,
        titles=titles_of({case.post.dataset_id for case in (*waiting, *hidden)}),
        saved="saved" in request.args,
    )
