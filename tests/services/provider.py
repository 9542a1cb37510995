"""
A provider of sign-ins (OpenID Connect) that says whatever a test tells it, lies included. It knows what a client must
send: the code verifier that fits, the address of return, its own name; each code counts once.
"""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from functools import cache
from http.server import BaseHTTPRequestHandler
from typing import Any, Self
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

from tests.services.site import Site, send

CLIENT = "suishu-test"
SECRET = "only between us"


class Provider:
    """`claims` and `metadata` go over what an honest one says; a value of None takes a claim away."""

    def __init__(self) -> None:
        self.site = Site()
        self.issuer = self.site.url
        self.key: Any = _key("its own")
        self.more_keys: list[Any] = []
        self.signs: Any = None
        """Another key to sign with than the one that is shown."""
        self.header: dict[str, Any] = {"alg": "RS256", "kid": "one"}
        self.claims: dict[str, Any] = {}
        self.userinfo: dict[str, Any] = {}
        self.metadata: dict[str, Any] = {}
        self.forge: Callable[[dict[str, Any]], str] | None = None
        """Makes a token of the claims in place of signing them."""
        self.token_answer: tuple[int, dict[str, Any]] | None = None
        self.asked_for: dict[str, dict[str, str]] = {}
        self.site.pages |= {
            "/.well-known/openid-configuration": self._metadata,
            "/jwks": lambda handler: _json(handler, 200, {"keys": [self.key.as_dict(private=False), *self.more_keys]}),
            "/token": self._token,
            "/userinfo": lambda handler: _json(handler, 200, {"sub": "ada", **self.userinfo}),
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.site.close()

    def answer(self, address: str) -> dict[str, str]:
        """What the browser brings back from this address: somebody has signed in there."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT
        assert asked["code_challenge_method"] == "S256"
        code = f"code-{len(self.asked_for)}"
        self.asked_for[code] = asked
        return {"code": code, "state": asked["state"]}

    def back(self, address: str) -> str:
        """The same as an address of the portal."""
        return f"/account/elsewhere/back?{urlencode(self.answer(address))}"

    def _metadata(self, handler: BaseHTTPRequestHandler) -> None:
        said = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
        }
        _json(handler, 200, said | self.metadata)

    def _token(self, handler: BaseHTTPRequestHandler) -> None:
        if self.token_answer is not None:
            return _json(handler, *self.token_answer)
        form = {name: values[0] for name, values in parse_qs(self.site.bodies[-1].decode()).items()}
        asked = self.asked_for.pop(form["code"], None)
        basic = "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if handler.headers["Authorization"] != basic and form.get("client_secret") != SECRET:
            return _json(handler, 401, {"error": "invalid_client"})
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).decode()
        if (
            asked is None
            or challenge.rstrip("=") != asked["code_challenge"]
            or form["redirect_uri"] != asked["redirect_uri"]
        ):
            return _json(handler, 400, {"error": "invalid_grant"})
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "sub": "ada",
            "aud": CLIENT,
            "exp": now + 300,
            "iat": now,
            "auth_time": now,
            "nonce": asked["nonce"],
            "email": "ada@example.org",
            "email_verified": True,
        } | self.claims
        claims = {name: value for name, value in claims.items() if value is not None}
        if self.forge is not None:
            token = self.forge(claims)
        else:
            token = jwt.encode(self.header, claims, self.signs or self.key, algorithms=[self.header["alg"]])
        return _json(handler, 200, {"access_token": "a", "token_type": "Bearer", "expires_in": 60, "id_token": token})


def other_key() -> Any:
    """One that the provider never showed, under the same name."""
    return _key("another")


@cache
def _key(_whose: str) -> Any:
    """Made once: that takes longer than most tests."""
    return RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})


def signed_by_what_all_know(provider: Provider) -> Callable[[dict[str, Any]], str]:
    """The old trick with HS256: the public key taken for a secret."""

    def forge(claims: dict[str, Any]) -> str:
        said = f"{_part({'alg': 'HS256', 'kid': 'one'})}.{_part(claims)}"
        mark = hmac.digest(provider.key.as_pem(private=False), said.encode(), "sha256")
        return f"{said}.{base64.urlsafe_b64encode(mark).decode().rstrip('=')}"

    return forge


def unsigned(claims: dict[str, Any]) -> str:
    return f"{_part({'alg': 'none'})}.{_part(claims)}."


def _part(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def _json(handler: BaseHTTPRequestHandler, status: int, body: dict[str, Any]) -> None:
    send(handler, status, {"Content-Type": "application/json"}, json.dumps(body).encode())
