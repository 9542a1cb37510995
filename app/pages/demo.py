"""The small real tables behind some entries of the demonstration catalogue, where that catalogue is harvested."""

from pathlib import Path

from flask import Blueprint, Response, abort, send_from_directory

from app.pages.portal import portal
from app.web.permissions import public

blueprint = Blueprint("demo", __name__)

_TABLES = Path(__file__).parents[1] / "demo" / "tables"
_SOURCE = "demo-dcat"


@blueprint.get("/demo/tables/<name>.csv")
@public
def table(name: str) -> Response:
    if portal().harvesting.source(_SOURCE) is None:
        abort(404)
    return send_from_directory(_TABLES, f"{name}.csv", mimetype="text/csv", as_attachment=True)
