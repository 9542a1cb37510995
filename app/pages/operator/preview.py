"""
What a harvest of a source would do now, for the operator: counts, reasons and samples of changes, and not one write.
It is kept nowhere either: the page that was asked for shows it, and the next one reads the source again.
"""

from flask import Blueprint, Response

from app.errors import Busy, SuishuError
from app.harvesting import apart
from app.harvesting.model import SourceEntry
from app.harvesting.preview import Preview
from app.pages.portal import portal
from app.pages.sources import known, rule_words, told
from app.web import language
from app.web.pages import page
from app.web.permissions import OPERATOR_PATH
from app.web.permissions import operator as operators

blueprint = Blueprint("operator_preview", __name__)

PATH = f"{OPERATOR_PATH}/source/<id_>/preview"


@blueprint.get(PATH)
@operators
def show(id_: str) -> Response:
    return _page(known(id_))


@blueprint.post(PATH)
@operators
def preview(id_: str) -> Response:
    source = known(id_)
    try:
        return _page(source, apart.preview(portal().settings, source))
    except SuishuError as error:
        return _page(source, error=language.said(error), status=409 if isinstance(error, Busy) else 503)


def _page(source: SourceEntry, found: Preview | None = None, error: str = "", status: int = 200) -> Response:
    return page(
        "operator/preview.html",
        status=status,
        error=error,
        source=source,
        preview=found,
        reasons=told(found.report) if found else (),
        rule_words=rule_words,
        patience_s=round(apart.PATIENCE_S),
    )
