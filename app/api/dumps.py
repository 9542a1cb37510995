"""The whole public graph as one file, in memory that does not grow with it."""

import gzip
from importlib.metadata import version
from typing import IO, cast

from flask import Blueprint, Response

from app.api.portal import portal
from app.catalogue.export import whole
from app.web.answers import stream
from app.web.permissions import public
from app.web.rdf import SYNTAXES
from app.web.streaming import Pulled
from app.web.unchanged import not_modified, validated
from vocab.rdf import write

blueprint = Blueprint("dumps", __name__)

_LEVEL = 5
"""Of gzip: smaller costs twice the time for some per cent."""


@blueprint.get("/dump/catalog.<any(nt,ttl,rdf,jsonld):extension>")
@blueprint.get("/dump/catalog.<any(nt,ttl,rdf,jsonld):extension>.<any(gz):packing>")
@public
def dump(extension: str, packing: str = "") -> Response:
    syntax = next(each for each in SYNTAXES if each.extension == f".{extension}")
    catalogue, base_url = portal().catalogue, portal().settings.base_url
    mark, modified = f"{portal().browsing.mark()}-{version('suishu')}-{extension}{packing}", catalogue.last_changed()
    if (unchanged := not_modified(mark, modified)) is not None:
        return unchanged

    def produce(out: IO[bytes]) -> None:
        if not packing:
            write(whole(catalogue, base_url), syntax.format, out)
            return
        with gzip.GzipFile(fileobj=out, mode="wb", compresslevel=_LEVEL, mtime=0) as packed:
            write(whole(catalogue, base_url), syntax.format, cast(IO[bytes], packed))

    media_type = "application/gzip" if packing else syntax.media_types[0]
    response = stream(Pulled(produce), media_type, filename=f"catalog.{extension}{'.gz' if packing else ''}")
    return validated(response, mark, modified)
