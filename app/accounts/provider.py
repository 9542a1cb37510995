"""
A provider of sign-ins: OpenID Connect's authorization code flow with PKCE, state and nonce, by Authlib
(https://openid.net/specs/openid-connect-core-1_0.html). Signature, issuer, audience, times and nonce of what it says
are checked by the library; what is asked where, by `app/accounts/asking.py`.
"""

import threading
import time
from collections.abc import Generator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import httpx
import structlog
from authlib.common.errors import AuthlibBaseError
from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.client import OAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet, import_key
from joserfc.jws import JWSRegistry

from app.accounts.asking import SECONDS, Guarded
from app.accounts.identities import Identity
from app.clock import Clock
from app.errors import Invalid, SuishuError, Unavailable

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519", "EdDSA")
"""With a public key alone: neither "none" nor what a shared secret signs."""
_SAYS_ISSUER = "authorization_response_iss_parameter_supported"
_KEYS = frozenset({"RSA", "EC", "OKP"})
_REGISTRY = JWSRegistry(algorithms=list(ALGORITHMS), strict_check_header=False)
_FAILURES = (httpx.HTTPError, httpx.InvalidURL, ValueError, TypeError, KeyError, RecursionError)
"""What a document that is none comes to, at the latest where it is read."""
_KEPT_S = 3600.0
_REST_S = 10.0
"""After it did not answer it is left alone, so that not every thread waits for it."""
_LEEWAY_S = 60


@dataclass(frozen=True, slots=True)
class Client:
    """What the provider knows of this portal; `back` is where it sends people back to."""

    id: str
    secret: str
    scopes: str
    back: str


@dataclass(frozen=True, slots=True)
class _Known:
    """What the provider publishes of itself."""

    metadata: Mapping[str, Any]
    keys: KeySet


class _Signing(ClientAuth, httpx.Auth):  # type: ignore[misc]
    """Who asks for a token, as Authlib writes it into a request of httpx."""

    requires_request_body = True

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        url, headers, body = self.prepare(request.method, str(request.url), request.headers, request.content.decode())
        yield httpx.Request(request.method, url, headers=headers, content=body)


class _OAuth(OAuth2Client):  # type: ignore[misc]
    client_auth_class = _Signing


class Provider:
    """`second_factor_words`: what it says in `amr` or `acr` of somebody who showed two factors that count here."""

    def __init__(
        self, issuer: str, client: Client, clock: Clock, *, name: str, second_factor_words: frozenset[str]
    ) -> None:
        self.issuer = issuer
        self.name = name
        self._client = client
        self._clock = clock
        self._second_factor_words = second_factor_words
        self._lock = threading.Lock()
        self._known: _Known | None = None
        self._asked_at = self._failed_at = float("-inf")

    def address(self, state: str, nonce: str, verifier: str, *, anew: bool) -> str:
        """Where somebody signs in; `anew`: even if they are. Raises `Unavailable`."""
        known = self._published()
        endpoint = self._endpoint(known, "authorization_endpoint")
        more: dict[str, Any] = {"prompt": "login", "max_age": 0} if anew else {}
        client = self._oauth(None, known)
        url, _ = client.create_authorization_url(endpoint, state=state, code_verifier=verifier, nonce=nonce, **more)
        return str(url)

    def identity(self, said: Mapping[str, str], *, nonce: str, verifier: str) -> Identity:
        """
        Who came back, by the parameters of the address. Raises `Invalid` where nobody was signed in or what the
        provider says is not right, `Unavailable`.
        """
        if error := said.get("error"):
            raise self._cancelled() if error == "access_denied" else self._wrong("error")
        known = self._published()
        if said.get("iss", "" if known.metadata.get(_SAYS_ISSUER) else self.issuer) != self.issuer:
            raise self._wrong("iss")  # RFC 9207: another provider's answer
        try:
            with self._web() as web:
                endpoint = self._endpoint(known, "token_endpoint")
                token = self._oauth(web, known).fetch_token(endpoint, code=said.get("code", ""), code_verifier=verifier)
                claims = self._claims(token, nonce, known)
                about = claims if "email" in claims else self._about(web, known, token, str(claims["sub"]))
        except AuthlibBaseError as error:
            raise self._wrong(type(error).__name__) from None
        except _FAILURES as error:
            raise self._down(error) from None
        return self._identity(claims, about)

    def _identity(self, claims: Mapping[str, Any], about: Mapping[str, Any]) -> Identity:
        email, at, amr = about.get("email"), claims.get("auth_time"), claims.get("amr")
        words = {*(amr if isinstance(amr, list) else ()), claims.get("acr")}
        return Identity(
            self.issuer,
            str(claims["sub"]),
            email if isinstance(email, str) and about.get("email_verified") is True else "",
            datetime.fromtimestamp(at, UTC) if isinstance(at, int) and 0 < at < 2**32 else None,
            not self._second_factor_words.isdisjoint(word for word in words if isinstance(word, str)),
        )

    def _claims(self, token: Mapping[str, Any], nonce: str, known: _Known) -> CodeIDToken:
        """What the ID token says, once all of it was checked. Raises `Invalid`."""
        said = token.get("id_token")
        options = {
            "iss": {"essential": True, "value": self.issuer},
            "aud": {"essential": True, "value": self._client.id},
            "sub": {"essential": True},
            "nonce": {"essential": True, "value": nonce},
        }
        params = {"nonce": nonce, "client_id": self._client.id, "access_token": token.get("access_token")}
        try:
            try:
                decoded = jwt.decode(str(said), known.keys, registry=_REGISTRY)
            except InvalidKeyIdError:  # it has changed its keys
                decoded = jwt.decode(str(said), self._published(anew=True).keys, registry=_REGISTRY)
            claims = CodeIDToken(decoded.claims, decoded.header, options, params)
            claims.validate(now=int(self._clock().timestamp()), leeway=_LEEWAY_S)
        except (JoseError, *_FAILURES) as error:
            raise self._wrong(type(error).__name__) from None
        subject = claims["sub"]
        if not isinstance(subject, str) or not 1 <= len(subject) <= 255 or not subject.isprintable():
            raise self._wrong("sub")  # nor can a database hold every character
        return claims

    def _about(self, web: httpx.Client, known: _Known, token: Mapping[str, Any], subject: str) -> Mapping[str, Any]:
        """What it says of somebody beside the ID token, {} where it says nothing. Raises `Invalid`."""
        if "userinfo_endpoint" not in known.metadata:
            return {}
        bearer = {"Authorization": f"Bearer {token.get('access_token')}"}
        said = self._document(web, self._endpoint(known, "userinfo_endpoint"), bearer)
        if said.get("sub") != subject:  # OpenID Connect Core 5.3.2
            raise self._wrong("userinfo")
        return said

    def _published(self, *, anew: bool = False) -> _Known:
        """
        What it publishes, kept for an hour; `anew` asks again, at most every `_REST_S`. Raises `Unavailable`. While one
        thread asks the others wait for its answer.
        """
        with self._lock:
            now = time.monotonic()
            if now - self._failed_at < _REST_S:
                raise self._down(None)
            if self._known is None or now - self._asked_at > (_REST_S if anew else _KEPT_S):
                try:
                    self._known = self._ask()
                except _FAILURES as error:
                    self._failed_at = time.monotonic()
                    raise self._down(error) from None
                self._asked_at = now
            return self._known

    def _ask(self) -> _Known:
        with self._web() as web:
            metadata = self._document(web, f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
            if metadata.get("issuer") != self.issuer:  # OpenID Connect Discovery 4.3
                raise ValueError("another issuer")
            keys = self._document(web, self._endpoint(_Known(metadata, KeySet([])), "jwks_uri"))
        return _Known(metadata, _read(keys["keys"]))

    @staticmethod
    def _document(web: httpx.Client, address: str, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
        answer = web.get(address, headers=headers)
        if answer.status_code != 200:
            raise ValueError(f"HTTP {answer.status_code}")
        said = answer.json()
        if not isinstance(said, dict):
            raise ValueError("no object")
        return said

    def _endpoint(self, known: _Known, name: str) -> str:
        """An address that it names. Raises `Unavailable` where that is none or goes without TLS."""
        said = known.metadata.get(name)
        try:
            asked, own = httpx.URL(said if isinstance(said, str) else ""), httpx.URL(self.issuer)
            urlsplit(str(said))  # which Authlib does too, and is stricter
        except (httpx.InvalidURL, ValueError) as error:
            raise self._down(error) from None
        if not asked.host or (asked.scheme != "https" and (asked.scheme, asked.netloc) != (own.scheme, own.netloc)):
            raise self._down(ValueError(name))
        return str(said)

    def _web(self) -> httpx.Client:
        return httpx.Client(transport=Guarded(self.issuer), timeout=SECONDS, trust_env=False, follow_redirects=False)

    def _oauth(self, web: httpx.Client | None, known: _Known) -> OAuth2Client:
        offered = known.metadata.get("token_endpoint_auth_methods_supported")
        by_form = isinstance(offered, list) and "client_secret_basic" not in offered
        method = ("client_secret_post" if by_form else "client_secret_basic") if self._client.secret else "none"
        return _OAuth(
            web,
            self._client.id,
            self._client.secret or None,
            token_endpoint_auth_method=method,
            scope=self._client.scopes,
            redirect_uri=self._client.back,
            code_challenge_method="S256",
        )

    def _cancelled(self) -> SuishuError:
        return Invalid(f"您在{self.name}取消了登录。", f"You did not sign in at {self.name}.")

    def _wrong(self, why: str) -> SuishuError:
        structlog.get_logger().warning("a sign-in elsewhere came to nothing", why=why)
        return Invalid(
            f"{self.name}没有完成登录，请重试；仍不行时请用密码登录，或联系平台管理机构。",
            f"Signing in at {self.name} came to nothing. Try again; if that does not help, use your password or tell "
            "the portal's operator.",
        )

    def _down(self, error: Exception | None) -> SuishuError:
        if error is not None:
            structlog.get_logger().warning("the provider of sign-ins does not answer", why=type(error).__name__)
        return Unavailable(
            f"{self.name}现在没有正常回应，请稍后再试，或用密码登录。",
            f"{self.name} does not answer as it should; try again later, or use your password.",
        )


def _read(keys: list[Any]) -> KeySet:
    """Those that can be used; others are none of ours (RFC 7517 5)."""
    found = []
    for each in keys:
        if not isinstance(each, dict) or each.get("kty") not in _KEYS:
            continue
        with suppress(JoseError, *_FAILURES):
            found.append(import_key(each))
    return KeySet(found)
