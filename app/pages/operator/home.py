"""The operator's first page: what needs a person, in one list."""

from flask import Blueprint, Response

from app.pages.portal import portal
from app.web import operator
from app.web.pages import page
from app.web.permissions import OPERATOR_PATH
from app.web.permissions import operator as operators

blueprint = Blueprint("operator_home", __name__)


@blueprint.get(OPERATOR_PATH)
@operators
def home() -> Response:
    return page("operator/home.html", who=operator.current(), requests=portal().data_requests.count())
