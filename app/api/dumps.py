"""The whole public graph as one file, in memory that does not grow with it."""

import gzip
from importlib.metadata import version
from typing import IO, cast

from flask import Blueprint, Response, request

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
    # A packed file as it is; or the plain one packed on the way, for those who say that they unpack it.
    on_the_way = not packing and request.accept_encodings["gzip"] > 0 and _named("gzip")
    kind = f"{extension}{packing or ('-gzip' if on_the_way else '')}"
    mark, modified = f"{portal().browsing.mark()}-{version('suishu')}-{kind}", catalogue.last_changed()
    if (unchanged := not_modified(mark, modified)) is not None:
        return _varying(unchanged, packing)

    def produce(out: IO[bytes]) -> None:
        if not packing and not on_the_way:
            write(whole(catalogue, base_url), syntax.format, out)
            return
        with gzip.GzipFile(fileobj=out, mode="wb", compresslevel=_LEVEL, mtime=0) as packed:
            write(whole(catalogue, base_url), syntax.format, cast(IO[bytes], packed))

    media_type = "application/gzip" if packing else syntax.media_types[0]
    response = stream(Pulled(produce), media_type, filename=f"catalog.{extension}{'.gz' if packing else ''}")
    if on_the_way:
        response.headers["Content-Encoding"] = "gzip"
    return _varying(validated(response, mark, modified), packing)


def _named(coding: str) -> bool:
    """Whether it was asked for by name: `*` alone is what programs send that take anything and unpack nothing."""
    return any(name.lower() == coding for name, _ in request.accept_encodings)


def _varying(response: Response, packing: str) -> Response:
    if not packing:
        response.vary.add("Accept-Encoding")
    return response
