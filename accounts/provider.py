"""Identity providers as allauth knows them; it looks for this file in every app.

Both kinds hand on an `Entry` (accounts/municipal/claims.py) instead of claims: so there is nothing that allauth could
store of anybody but the login's name and a digest.
"""

from typing import Any

from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base import ProviderAccount
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.saml.provider import SAMLProvider
from django.http import HttpRequest

from accounts.municipal.claims import Entry
from accounts.municipal.openid import OpenIDAdapter, nonce_of


class _Municipal:
    account_class = ProviderAccount
    sub_id: str

    def extract_uid(self, entry: Entry) -> str:
        return entry.subject

    def extract_extra_data(self, entry: Entry) -> dict[str, Any]:
        return {}

    def extract_common_fields(self, entry: Entry) -> dict[str, Any]:
        return {}

    def extract_email_addresses(self, entry: Entry) -> list[Any]:
        return []

    def sociallogin_from_response(self, request: HttpRequest, entry: Entry) -> SocialLogin:
        login = super().sociallogin_from_response(request, entry)  # type: ignore[misc]
        login.entry = entry  # for SocialAdapter.pre_social_login
        return login

    def serialize(self) -> dict[str, Any]:
        """By our id: two municipalities may have given us the same client id."""
        return {"id": self.sub_id}


class OpenIDProvider(_Municipal, OpenIDConnectProvider):
    oauth2_adapter_class = OpenIDAdapter
    supports_token_authentication = False

    def get_pkce_params(self) -> dict[str, str]:
        params: dict[str, str] = super().get_pkce_params()
        return {**params, "nonce": nonce_of(params["code_verifier"])}


class SamlProvider(_Municipal, SAMLProvider):
    """accounts/municipal/saml.py asks and checks; allauth does the rest."""


provider_classes = [OpenIDProvider, SamlProvider]
