"""The ways into one's account: its second factor, and a sign-in elsewhere that it is linked to."""

from flask import Blueprint, Response, request

from app.errors import SuishuError
from app.pages.account.form import form
from app.pages.account.mine import me
from app.pages.portal import portal
from app.web.permissions import ACCOUNT_PATH, signed_in

blueprint = Blueprint("account_security", __name__)


@blueprint.get(f"{ACCOUNT_PATH}/security")
@signed_in
def show() -> Response:
    return security()


def security(error: SuishuError | None = None) -> Response:
    who = me()
    return form(
        "security",
        error,
        who=who,
        factor=portal().second_factor.state(who),
        provider=portal().provider,
        linked=portal().identities.of(who),
        saved="saved" in request.args,
    )
