"""Takes in what is asked of the SPARQL endpoint, and has it answered within the limits that everybody has."""

import time
from collections.abc import Callable

from werkzeug import Request

from app.settings import Settings
from app.sparql.client import Answer, NoWorker, QueryCrashed, QueryEnded, SparqlClient
from app.sparql.gate import Gate
from app.sparql.request import Asked, read
from app.sparql.wire import MAX_BODY_BYTES, Question, Refused
from app.web.budget import WINDOW_S, Budget

_LEAST_S = 0.05
"""What a query costs at least: parsing, passing on, writing."""
_EXPOSED = (
    "X-SPARQL-Unknown-Terms, X-SPARQL-MaxRows, X-SPARQL-MaxBytes, X-SPARQL-Time-Limit, X-SPARQL-Truncated, "
    "RateLimit, RateLimit-Policy, Retry-After, Cache-Status"
)


class Denied(Exception):
    """
    Not answered by the portal's own doing. `word` is "busy", "over-budget", "no-worker", "ended" or "crashed";
    `wait_s` says when a budget has something left again.
    """

    def __init__(self, word: str, wait_s: int = 0) -> None:
        super().__init__(word)
        self.word = word
        self.wait_s = wait_s


class Reception:
    """That of a web process. `who` is whom budgets tell apart from others (`app.web.flood`)."""

    def __init__(self, settings: Settings) -> None:
        self._client = SparqlClient.in_home(settings.home, settings.sparql_time_limit_s)
        path = settings.home / "locks" / "sparql.budget"
        self._budget = Budget(path, settings.secret().encode(), settings.sparql_budget_s)
        self.gate = Gate()
        self._said = [
            ("Access-Control-Allow-Origin", "*"),
            ("Access-Control-Expose-Headers", _EXPOSED),
            ("X-SPARQL-MaxRows", str(settings.sparql_row_limit)),
            ("X-SPARQL-MaxBytes", str(MAX_BODY_BYTES)),
            ("X-SPARQL-Time-Limit", f"{settings.sparql_time_limit_s:g}"),
        ]

    def headers(self, who: str) -> list[tuple[str, str]]:
        """Public data, read by scripts of other sites too; and what the limits are, before anybody runs into them."""
        if not (work_s := self._budget.work_s):
            return self._said
        # https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/, in seconds of work
        return [
            *self._said,
            ("RateLimit-Policy", f'"sparql";q={work_s:g};w={WINDOW_S:g}'),
            ("RateLimit", f'"sparql";r={int(self._budget.left_s(who))}'),
        ]

    def receive(self, request: Request) -> Asked:
        """Raises `app.sparql.request.Unfit`, `Denied`, and what the request's body can't be read for."""
        has_body = request.method == "POST"
        if has_body and not self.gate.begin_receiving():
            raise Denied("busy")
        try:
            return read(request)
        finally:
            if has_body:
                self.gate.end_receiving()

    def ask(self, question: Question, who: str, meanwhile: Callable[[], object] = bool) -> Answer:
        """Raises `Denied`, and `Refused` for what the worker refuses. For `meanwhile` see `SparqlClient`."""
        if wait_s := self._budget.wait_s(who):
            raise Denied("over-budget", wait_s)
        self._budget.charge(who, _LEAST_S)  # at once, so that many at one time are seen
        began = time.monotonic()
        used_s = 0.0
        try:
            answer = self._ask(question, meanwhile)
            used_s = 0.0 if answer.head.kept else answer.head.seconds
            if answer.head.refusal:
                answer.close()
                raise Refused(answer.head.refusal, answer.head.detail)
            return answer
        except Denied as denied:
            if denied.word in ("ended", "crashed"):
                used_s = time.monotonic() - began
            raise
        finally:
            self._budget.charge(who, max(0.0, used_s - _LEAST_S))

    def _ask(self, question: Question, meanwhile: Callable[[], object]) -> Answer:
        if (kept := self._client.find(question)) is not None:
            return kept
        if not self.gate.enter():
            raise Denied("busy")
        try:
            return self._client.ask(question, meanwhile)
        except QueryEnded as error:
            raise Denied("ended") from error
        except QueryCrashed as error:
            raise Denied("crashed") from error
        except NoWorker as error:
            raise Denied("no-worker") from error
        finally:
            self.gate.leave()
