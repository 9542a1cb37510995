"""What an action may fail with, in the form that CKAN's clients know."""

from typing import Any


class Fault(Exception):
    """`kind` is CKAN's `__type`; `fields` are what it says of each parameter."""

    status = 400
    kind = "Bad Request"

    def __init__(self, message: str, **fields: list[str]) -> None:
        super().__init__(message)
        self.message = message
        self.fields = fields

    def body(self) -> dict[str, Any]:
        return {"__type": self.kind, "message": self.message, **self.fields}


class NotFound(Fault):
    status = 404
    kind = "Not Found Error"


class Gone(NotFound):
    """What was withdrawn: a CKAN knows no tombstones, so clients look for the same word."""

    status = 410


class NotValid(Fault):
    status = 409
    kind = "Validation Error"


class QueryNotValid(Fault):
    kind = "Search Query Error"


class SearchFailed(Fault):
    status = 409
    kind = "Search Error"


class SearchDown(Fault):
    status = 503
    kind = "Search Index Error"
