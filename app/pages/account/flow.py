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
    """`to` is what follows `/account`; `session` marks the session in which the flow began, "" outside of one."""

    purpose: Purpose
    to: str
    word: str
    session: str = ""

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


def hold(response: Response, flow: Flow, identity: Identity | None = None) -> Response:
    """`identity`: who came back, for the form that follows."""
    came = None
    if identity is not None:
        proved_at = identity.proved_at and identity.proved_at.timestamp()
        came = {**asdict(identity), "proved_at": proved_at}
    value = _signer().dumps([flow.purpose, flow.to, flow.word, flow.session, came])
    return accounts.hold(response, COOKIE, value, datetime.now(UTC) + _LASTS)


def held() -> tuple[Flow, Identity | None] | None:
    """What this browser holds; None for what is too old or not ours."""
    try:
        purpose, to, word, session, came = _signer().loads(
            request.cookies.get(COOKIE, ""), max_age=int(_LASTS.total_seconds())
        )
    except BadData:
        return None
    if came is None:
        return Flow(Purpose(purpose), to, word, session), None
    at = came["proved_at"]
    identity = Identity(**{**came, "proved_at": None if at is None else datetime.fromtimestamp(at, UTC)})
    return Flow(Purpose(purpose), to, word, session), identity


def _session() -> str:
    return tokens.hashed(accounts.secret())[:16]


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="suishu signing in elsewhere")
