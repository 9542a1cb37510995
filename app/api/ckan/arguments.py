"""
The parameters of an action, from a query string, a form or a JSON object, read alike.

orjson bears brackets without end, and takes no half of a surrogate pair, which no database and no answer could hold.
"""

from collections.abc import Mapping
from typing import Any

import orjson
from flask import Request
from werkzeug.datastructures import MultiDict

from app.api.ckan.faults import Fault, NotValid
from app.web.paging import number

MAX_CHARACTERS = 4_000
_TRUE = ("true", "1", "yes", "t", "y", "on")


class Arguments:
    """Texts are cut of their blanks; what can't be read raises `NotValid` naming the parameter."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self._given = given

    def text(self, *names: str) -> str:
        """The first of these that was given, "" when none was."""
        for name in names:
            value = self._given.get(name)
            if isinstance(value, list | dict):
                raise NotValid("Not a text", **{name: ["Must be one text or number"]})
            if isinstance(value, str | int | float):
                if len(text := str(value).strip()) > MAX_CHARACTERS:
                    raise NotValid("Too long", **{name: [f"Longer than {MAX_CHARACTERS} characters"]})
                if text:
                    return text
        return ""

    def required(self, *names: str) -> str:
        if text := self.text(*names):
            return text
        raise NotValid("Missing value", **{names[0]: ["Missing value"]})

    def number(self, name: str, default: int, most: int) -> int:
        """A whole number from 0; more than `most` is `most`."""
        text = self.text(name)
        if not text:
            return default
        if not text.isascii() or not text.isdecimal():
            raise NotValid("Not a whole number", **{name: ["Must be a natural number"]})
        return number(text, default=default, least=0, most=most)

    def flag(self, name: str, default: bool = False) -> bool:
        value = self._given.get(name)
        if isinstance(value, bool):
            return value
        return default if value is None else str(value).strip().lower() in _TRUE

    def words(self, name: str) -> list[str]:
        """A list: of a JSON body, or as JSON in a text, or one word alone."""
        value = self._given.get(name)
        if isinstance(value, str) and value.strip().startswith("["):
            try:
                value = orjson.loads(value[: MAX_CHARACTERS * 2])
            except orjson.JSONDecodeError:
                raise NotValid("Not a JSON list", **{name: ["Must be a list of texts, as JSON"]}) from None
        if value is None or value == "":
            return []
        if isinstance(value, str):
            return [value.strip()]
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise NotValid("Not a list", **{name: ["Must be a list of texts"]})
        return [each.strip()[:MAX_CHARACTERS] for each in value]


def read(request: Request) -> Arguments:
    """Raises `Fault` for a body that is no JSON object."""
    given = _named(request.args)
    if request.method == "POST":
        if request.mimetype in ("application/x-www-form-urlencoded", "multipart/form-data") and request.form:
            given |= _named(request.form)
        elif body := request.get_data():
            try:
                said = orjson.loads(body)
            except orjson.JSONDecodeError:
                raise Fault("Bad request - JSON Error: the body is not JSON") from None
            if not isinstance(said, dict):
                raise Fault("Bad request - JSON Error: the body is not an object")
            given |= said
    return Arguments(given)


def _named(said: MultiDict[str, str]) -> dict[str, Any]:
    """What is said more than once is a list, as CKAN takes it."""
    return {name: values[0] if len(values) == 1 else values for name, values in said.lists()}
