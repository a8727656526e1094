"""SAML 2.0, as service provider: our request, our description, and how an answer is checked.

python3-saml checks signatures, times and names. It lets pass what the standard leaves out of the schema; we do not
(SAML 2.0 profiles, 4.1.4.2 and 4.1.4.3): an answer without an audience, without an end, or that does not say inside its
signed part which request it answers, and where it is to be delivered.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import xmlsec
from django.http import HttpRequest
from django.urls import reverse
from lxml import etree
from onelogin.saml2.auth import OneLogin_Saml2_Auth
from onelogin.saml2.constants import OneLogin_Saml2_Constants as Names
from onelogin.saml2.errors import OneLogin_Saml2_ValidationError
from onelogin.saml2.response import OneLogin_Saml2_Response
from onelogin.saml2.settings import OneLogin_Saml2_Settings

from accounts.municipal import document
from accounts.municipal.claims import TurnedAway
from accounts.municipal.logins import Login

logger = logging.getLogger(__name__)

# xmlsec opens no file and asks no server for what an answer refers to; `document` refuses such an answer before.
xmlsec.cleanup_callbacks()

MOST = 200_000  # signs of an answer
# SAML 2.0 core, 3.2.2.2: what a provider says when it lets nobody in, as the log may repeat it.
DENIED = {"AuthnFailed", "RequestDenied"}
STATUS = DENIED | {"Requester", "Responder", "VersionMismatch", "NoAuthnContext", "NoPassive", "UnknownPrincipal"}
STATUS |= {"InvalidNameIDPolicy", "RequestUnsupported", "RequestVersionDeprecated", "NoAvailableIDP", "NoSupportedIDP"}
REASONS = {
    code: name
    for name, code in vars(OneLogin_Saml2_ValidationError).items()
    if name.isupper() and isinstance(code, int)
}
DATA = "/saml:Subject/saml:SubjectConfirmation[@Method='urn:oasis:names:tc:SAML:2.0:cm:bearer']"
DATA += "/saml:SubjectConfirmationData"
CODES = "/samlp:Response/samlp:Status//samlp:StatusCode"


@dataclass(frozen=True, slots=True)
class Answer:
    """A checked one. `request_id` is what it answers: whether this browser asked it is for the caller to see."""

    subject: str
    claims: Mapping[str, Any]
    request_id: str


def ask(request: HttpRequest, login: Login) -> tuple[str, str]:
    """The address that leads to the provider with our request, and the request's id."""
    auth = OneLogin_Saml2_Auth(_delivered(request, login), old_settings=_settings(request, login))
    address: str = auth.login(return_to="")
    return address, str(auth.get_last_request_id())


def metadata(request: HttpRequest, login: Login) -> bytes:
    """What the provider's staff register us by."""
    described = _settings(request, login).get_sp_metadata()
    return described if isinstance(described, bytes) else described.encode()


def read(request: HttpRequest, login: Login, raw: str) -> Answer:
    """Check what a browser brought from the provider. Raises TurnedAway "failed" or "cancelled"."""
    if not raw or len(raw) > MOST:
        raise TurnedAway("failed")
    try:
        return _checked(request, login, raw)
    except TurnedAway:
        raise
    except document.Unfit as unfit:
        logger.warning("Municipal login %s: answer refused: %s", login.id, unfit)
        raise TurnedAway("failed") from unfit
    except Exception as error:  # whatever a forged answer makes the libraries stumble over
        # Codes and no sentences: what stands in an answer may name somebody, and anybody may have written it.
        reason = REASONS.get(getattr(error, "code", -1), type(error).__name__)
        logger.warning("Municipal login %s: answer refused: %s", login.id, reason)
        raise TurnedAway("failed") from error


def _checked(request: HttpRequest, login: Login, raw: str) -> Answer:
    root = document.parsed(raw)
    document.check(root)
    _hear_a_refusal(root, login)
    response = OneLogin_Saml2_Response(_settings(request, login), raw)
    document.check(response.get_xml_document())  # once more: what was encrypted is there to be seen now
    answered = response.get_in_response_to()
    response.is_valid(_delivered(request, login), request_id=answered, raise_exceptions=True)
    if not answered or not _is_for_us(response, request, login, answered):
        raise document.Unfit("not for us, or an answer to nothing")
    claims = {**response.get_attributes(), "AuthnContextClassRef": response.get_authn_contexts()}
    return Answer(_subject(response, login), claims, answered)


def _hear_a_refusal(root: etree._Element, login: Login) -> None:
    """Raises TurnedAway, when the provider says that it lets nobody in."""
    said = [str(code).rpartition(":")[2] for code in root.xpath(f"{CODES}/@Value", namespaces=Names.NSMAP)]
    if said[:1] == ["Success"]:
        return
    logger.warning("Municipal login %s: it says %s", login.id, [code for code in said if code in STATUS])
    raise TurnedAway("cancelled" if DENIED & set(said) else "failed")


def _is_for_us(response: OneLogin_Saml2_Response, request: HttpRequest, login: Login, answered: str) -> bool:
    """Said in the signed part, once."""
    data = response._query_assertion(DATA)
    said = [(one.get("InResponseTo"), one.get("Recipient"), one.get("NotOnOrAfter") is not None) for one in data]
    audiences = response.get_audiences()
    return said == [(answered, _acs(request, login), True)] and _our_id(request, login) in audiences


def _subject(response: OneLogin_Saml2_Response, login: Login) -> str:
    """A name that lasts. One that is new each time would make a new account each time."""
    if not login.subject_claim and response.get_nameid_format() == Names.NAMEID_TRANSIENT:
        logger.warning("Municipal login %s sends passing names: order lasting ones, or set subject_claim.", login.id)
        raise TurnedAway("failed")
    return response.get_nameid() or ""


def _acs(request: HttpRequest, login: Login) -> str:
    return request.build_absolute_uri(reverse("municipal-acs", args=[login.id]))


def _our_id(request: HttpRequest, login: Login) -> str:
    return login.our_entity_id or request.build_absolute_uri(reverse("municipal-metadata", args=[login.id]))


def _delivered(request: HttpRequest, login: Login) -> dict[str, Any]:
    """Where an answer belongs, in the words of python3-saml."""
    return {
        "https": "on" if request.is_secure() else "off",
        "http_host": request.get_host(),
        "script_name": reverse("municipal-acs", args=[login.id]),
        "get_data": {},
        "post_data": {},
    }


def _settings(request: HttpRequest, login: Login) -> OneLogin_Saml2_Settings:
    signs = bool(login.key)
    return OneLogin_Saml2_Settings(
        {
            "strict": True,
            "security": {
                "authnRequestsSigned": signs,
                "wantAssertionsSigned": True,
                "rejectDeprecatedAlgorithm": True,
                "requestedAuthnContext": False,
                "wantNameId": not login.subject_claim,
                "allowRepeatAttributeName": False,
                "allowSingleLabelDomains": True,  # of a house's own network; ALLOWED_HOSTS says which names are ours
                "signatureAlgorithm": Names.RSA_SHA256,
                "digestAlgorithm": Names.SHA256,
            },
            "sp": {
                "entityId": _our_id(request, login),
                "assertionConsumerService": {"url": _acs(request, login), "binding": Names.BINDING_HTTP_POST},
                "NameIDFormat": Names.NAMEID_UNSPECIFIED,
                "x509cert": login.certificate,
                "privateKey": login.key,
            },
            "idp": login.idp,
        }
    )
