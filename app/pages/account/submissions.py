"""One's own words with what became of them, and taking them back."""

from flask import Blueprint, Response, request

from app.errors import NotFound
from app.pages.account.mine import me, titles_of
from app.pages.portal import portal
from app.web.pages import page, pager, see_other
from app.web.paging import number
from app.web.permissions import ACCOUNT_PATH, signed_in

blueprint = Blueprint("account_submissions", __name__)

_PATH = f"{ACCOUNT_PATH}/submissions"
_SIZE = 50


@blueprint.get(_PATH)
@signed_in
def show() -> Response:
    own, shown = portal().feedback.of_account(me()), number(request.args.get("page"))
    some = own[(shown - 1) * _SIZE : shown * _SIZE]
    return page(
        "account/submissions.html",
        own=some,
        titles=titles_of({each.post.dataset_id for each in some}),
        total=len(own),
        reports=portal().feedback.reports_of(me())[:_SIZE],
        pager=pager(shown, len(own), _SIZE),
        waiting="waiting" in request.args,
        withdrawn="withdrawn" in request.args,
    )


@blueprint.post(_PATH)
@signed_in
def withdraw() -> Response:
    said = request.form.get("id", "")
    if not (said.isascii() and said.isdigit() and len(said) < 16):
        raise NotFound("没有这条内容。", "There is no such post.")
    portal().feedback.withdraw(int(said), by=me())
    return see_other(f"{_PATH}?withdrawn=1")
