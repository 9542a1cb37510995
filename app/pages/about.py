"""What the portal is and what rules it."""

from flask import Blueprint, Response

from app.web.pages import page
from app.web.permissions import public
from app.web.rdf import SYNTAXES

blueprint = Blueprint("about", __name__)


@blueprint.get("/about")
@public
def about() -> Response:
    return page("about.html", syntaxes=SYNTAXES)
