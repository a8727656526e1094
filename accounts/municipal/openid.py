"""OpenID Connect: what we ask beyond allauth's own, and how the answer is checked.

allauth takes the ID token on trust, since it came over TLS from the provider itself. We check its signature, whom it is
for, and that it answers what this browser asked.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import Any

import jwt
import requests
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Client
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest
from django.urls import reverse

from accounts.municipal.claims import TurnedAway, entry_of
from accounts.municipal.logins import Login, is_safe

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
NEEDED = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")
KEPT_SECONDS = 300
AWAY_SECONDS = 20  # so long nobody else waits for a provider that just kept somebody waiting
CLOCKS_DIFFER_SECONDS = 30


def nonce_of(code_verifier: str) -> str:
    """What the ID token must repeat. The PKCE verifier is secret, new for each try and kept until the answer: so this
    needs no memory of its own, and tells nothing of the verifier."""
    return sha256(f"nonce {code_verifier}".encode()).hexdigest()


class OpenIDAdapter(OpenIDConnectOAuth2Adapter):
    """allauth's way through OAuth 2, with our answers to what can fail on it."""

    nonce = ""

    @property
    def login(self) -> Login:
        found: Login = settings.MUNICIPAL_LOGINS[self.provider_id]
        return found

    @property
    def openid_config(self) -> dict[str, Any]:
        return discovered(self.login)

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        return request.build_absolute_uri(reverse("municipal-back", args=[self.provider_id]))

    def get_access_token_data(
        self, request: HttpRequest, app: SocialApp, client: OAuth2Client, pkce_code_verifier: str | None = None
    ) -> dict[str, Any]:
        if not pkce_code_verifier:
            raise TurnedAway("failed", "no PKCE verifier in the session")
        self.nonce = nonce_of(pkce_code_verifier)
        try:
            with _asking(self.access_token_url):
                data: dict[str, Any] = super().get_access_token_data(request, app, client, pkce_code_verifier)
        except (requests.RequestException, ValueError, KeyError) as error:
            raise TurnedAway("away", f"the token endpoint: {type(error).__name__}") from error
        return data

    def parse_token(self, data: dict[str, Any]) -> SocialToken:
        """None is kept: we ask the provider nothing in anybody's name."""
        return SocialToken()

    def complete_login(self, request: HttpRequest, app: SocialApp, token: SocialToken, **more: Any) -> SocialLogin:
        raw = more["response"].get("id_token")
        if not isinstance(raw, str):
            raise TurnedAway("failed", "no id_token")
        claims = checked(raw, login=self.login, nonce=self.nonce)
        entry = entry_of(self.login, subject=str(claims["sub"]), claims=claims)
        return self.get_provider().sociallogin_from_response(request, entry)


def discovered(login: Login) -> dict[str, Any]:
    """The provider's description of itself, kept for some minutes. Raises TurnedAway "away" or "failed"."""
    server = login.server_url.split("/.well-known/")[0]
    found = _fetched(f"{server}/.well-known/openid-configuration")
    texts = all(isinstance(found.get(key), str) for key in NEEDED)
    if not texts or not all(is_safe(found[key], plain_http=settings.DEMO) for key in NEEDED):
        raise TurnedAway("failed", "its description lacks an address, or has one without TLS")
    if found["issuer"].rstrip("/") != server:  # OpenID Connect Discovery, 4.3
        raise TurnedAway("failed", "its description is of another issuer than server_url")
    return found


def checked(raw: str, *, login: Login, nonce: str) -> dict[str, Any]:
    """The claims of an ID token that this provider signed, for us, just now, for this browser (OIDC Core, 3.1.3.7).

    Raises TurnedAway.
    """
    config = discovered(login)
    try:
        claims: dict[str, Any] = jwt.decode(
            raw,
            _key(raw, config["jwks_uri"]),
            algorithms=ALGORITHMS,
            issuer=config["issuer"],
            audience=login.client_id,
            leeway=CLOCKS_DIFFER_SECONDS,
            options={"require": ["iss", "sub", "aud", "exp", "iat", "nonce"]},
        )
    except (jwt.PyJWTError, ValueError, TypeError) as error:
        raise TurnedAway("failed", f"the ID token: {type(error).__name__}") from error
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if claims["nonce"] != nonce or claims.get("azp", "" if several else login.client_id) != login.client_id:
        raise TurnedAway("failed", "the ID token: nonce or azp")
    return claims


def _key(raw: str, address: str) -> jwt.PyJWK:
    """The key that the token names; asked for anew when the kept ones do not know it, for providers change keys."""
    name = jwt.get_unverified_header(raw).get("kid")
    for anew in (False, True):
        keys = jwt.PyJWKSet.from_dict(_fetched(address, anew=anew)).keys
        found = [key for key in keys if name in {None, key.key_id} and key.public_key_use in {None, "sig"}]
        if len(found) == 1:
            return found[0]
    raise jwt.InvalidKeyError


def _fetched(address: str, *, anew: bool = False) -> dict[str, Any]:
    """A JSON object from the provider. Raises TurnedAway "away"."""
    place = f"openid-{sha256(address.encode()).hexdigest()}"
    kept = None if anew else cache.get(place)
    if kept is None:
        try:
            with _asking(address), get_adapter().get_requests_session() as session:
                answer = session.get(address)
                answer.raise_for_status()
                kept = answer.json()
        except (requests.RequestException, ValueError) as error:
            raise TurnedAway("away", f"a description or its keys: {type(error).__name__}") from error
        if not isinstance(kept, dict):
            raise TurnedAway("failed", "a description or its keys: no JSON object")
        cache.set(place, kept, KEPT_SECONDS)
    found: dict[str, Any] = kept
    return found


@contextmanager
def _asking(address: str) -> Iterator[None]:
    """While a provider is asked. It may hang: nobody holds a connection to the database meanwhile, and who comes next
    does not wait for it, too. Only silence counts, for an error may be the answer to a forged code.

    Raises TurnedAway "away".
    """
    place = f"openid-away-{sha256(address.encode()).hexdigest()}"
    if cache.get(place):
        raise TurnedAway("away", "it kept somebody waiting just now")
    if not connection.in_atomic_block:
        connection.close()
    try:
        yield
    except (requests.ConnectionError, requests.Timeout):
        cache.set(place, True, AWAY_SECONDS)
        raise
