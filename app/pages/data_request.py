"""The form that keeps what somebody looked for and did not find. What is written is read by the operator alone."""

from flask import Blueprint, Response, request
from werkzeug.exceptions import Forbidden

from app.data_requests.service import MAX_DESCRIPTION_CHARACTERS, MAX_TEXT_CHARACTERS
from app.errors import Busy, Invalid
from app.pages.portal import portal
from app.search.parameters import query_from
from app.web import language
from app.web.flood import Flood, asker
from app.web.language import gettext as _
from app.web.pages import page, see_other
from app.web.permissions import public
from app.web.same_site import is_from_here

blueprint = Blueprint("data_request", __name__)

PATH = "/data-request"

_flood = Flood(most=5, window_s=3600)


@blueprint.get(PATH)
@public
def form() -> Response:
    """Filled with what was looked for, when a search led here."""
    return _form(sent="sent" in request.args)


@blueprint.post(PATH)
@public
def send() -> Response:
    if not is_from_here():
        raise Forbidden
    if request.form.get("website"):  # hidden from people; programs fill in what they find
        return _done()
    if not _flood.allows(asker()):
        return _form(429, _("同一网络每小时最多提交 5 条需求，请过一小时再试。"))
    query = query_from(request.form.getlist)
    try:
        portal().data_requests.ask(
            request.form.get("q", ""),
            request.form.get("description", ""),
            filters=query.filters,
            language=language.current().tag,
        )
    except Invalid as error:
        return _form(400, language.said(error))
    except Busy as error:
        return _form(503, language.said(error))
    return _done()


def _done() -> Response:
    return see_other(f"{PATH}?sent=1")


def _form(status: int = 200, error: str = "", *, sent: bool = False) -> Response:
    given = request.form if request.method == "POST" else request.args
    response = page(
        "data_request.html",
        status=status,
        error=error,
        sent=sent,
        text=given.get("q", "")[: 2 * MAX_TEXT_CHARACTERS],
        description=given.get("description", "")[: 2 * MAX_DESCRIPTION_CHARACTERS],
        max_text=MAX_TEXT_CHARACTERS,
        max_description=MAX_DESCRIPTION_CHARACTERS,
    )
    if status in (429, 503):
        response.headers["Retry-After"] = str(int(_flood.window_s))
    return response
