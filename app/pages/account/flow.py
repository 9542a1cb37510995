"""
What a browser holds while somebody signs in elsewhere: one signed, short-lived cookie, to which the state in the
address is bound. State, nonce and code verifier are made from one random word in it, so that each flow has its own and
nothing of it need be kept.
"""

import hashlib
import hmac
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from flask import Response, current_app, request
from itsdangerous import BadData, URLSafeTimedSerializer

from app import tokens
from app.accounts.identities import Identity
from app.web import accounts

COOKIE = "suishu_elsewhere"
_LASTS = timedelta(minutes=10)


class Purpose(StrEnum):
    SIGN_IN = "sign-in"
    LINK = "link"
    PROOF = "proof"


@dataclass(frozen=True, slots=True)
class Flow:
    """
    `to` is what follows `/account`; `session` marks the session in which the flow began, "" outside of one. `came`: who
    came back, for the form that follows.
    """

    purpose: Purpose
    to: str
    word: str
    session: str = ""
    came: Identity | None = None

    @property
    def state(self) -> str:
        return self._made("state")

    @property
    def nonce(self) -> str:
        return self._made("nonce")

    @property
    def verifier(self) -> str:
        return self._made("verifier")

    def _made(self, what: str) -> str:
        return hmac.new(self.word.encode(), what.encode(), hashlib.sha256).hexdigest()


def begin(purpose: Purpose, to: str) -> Flow:
    return Flow(purpose, to, tokens.new(), "" if purpose is Purpose.SIGN_IN else _session())


def is_of_this_session(flow: Flow) -> bool:
    return accounts.account() is not None and hmac.compare_digest(flow.session, _session())


def hold(response: Response, flow: Flow) -> Response:
    came = flow.came and {**asdict(flow.came), "proved_at": flow.came.proved_at and flow.came.proved_at.timestamp()}
    value = _signer().dumps([flow.purpose, flow.to, flow.word, flow.session, came])
    return accounts.hold(response, COOKIE, value, datetime.now(UTC) + _LASTS)


def held(*, came: bool) -> Flow | None:
    """What this browser holds, before or after it came back; None for another, what is too old or not ours."""
    try:
        purpose, to, word, session, who = _signer().loads(
            request.cookies.get(COOKIE, ""), max_age=int(_LASTS.total_seconds())
        )
    except BadData:
        return None
    if (who is not None) is not came:
        return None
    identity = who and Identity(
        **{**who, "proved_at": who["proved_at"] and datetime.fromtimestamp(who["proved_at"], UTC)}
    )
    return Flow(Purpose(purpose), to, word, session, identity)


def _session() -> str:
    return tokens.hashed(accounts.secret())[:16]


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="suishu signing in elsewhere")
