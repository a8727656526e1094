"""The file of municipal logins (SAMRUM_LOGIN_FILE): secrets and certificates are no rows of a database.

Read once, at the start; what is wrong in it stops the start with a sentence that names file, login and key. The file's
keys are explained in docs/municipal-login.md.
"""

import re
import stat
import tomllib
from base64 import b64decode
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509 import load_der_x509_certificate, load_pem_x509_certificate
from django.core.exceptions import ImproperlyConfigured
from lxml import etree

OIDC, SAML = "oidc", "saml"
# What allauth calls them.
KINDS = {OIDC: "openid_connect", SAML: "saml"}
TAKEN = {*KINDS, *KINDS.values(), "openid"}
VALUES, PRIVILEGES = "values", "privileges"
ROLES = ("counsellor", "coordinator", "editor")
LOOPBACK = ("localhost", "127.0.0.1", "::1")
COMMON = {"id", "name", "kind", "help", "municipality", "municipality_claim", "municipalities", "role_claim", "roles"}
COMMON |= {"roles_as", "subject_claim", "assurance_claim", "assurance"}
OWN = {
    OIDC: {"server_url", "client_id", "secret", "scopes", "token_auth_method"},
    SAML: {"entity_id", "sso_url", "certificates", "metadata", "our_entity_id", "key", "certificate"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """One way in by a municipality's identity provider."""

    id: str
    name: str  # as staff read it on the button
    kind: str
    help: str  # who can give the role: a sentence for whoever is turned away
    municipality: str = ""  # fixed: nothing in an answer can widen it
    municipality_claim: str = ""
    municipalities: dict[str, str] = field(default_factory=dict)  # a claim's value (CVR, code): municipality code
    role_claim: str
    roles_as: str = VALUES
    roles: dict[str, str]  # a claim's value: role
    subject_claim: str = ""
    assurance_claim: str = ""
    assurance: tuple[str, ...] = ()
    server_url: str = ""
    client_id: str = ""
    secret: str = field(default="", repr=False)
    scopes: tuple[str, ...] = ("openid",)
    token_auth_method: str | None = None
    idp: dict[str, Any] = field(default_factory=dict, repr=False)  # as python3-saml wants it
    our_entity_id: str = ""
    key: str = field(default="", repr=False)
    certificate: str = field(default="", repr=False)

    @property
    def issuer(self) -> str:
        return self.server_url or str(self.idp.get("entityId", ""))

    @property
    def vouches(self) -> bool:
        """Says how sure it is of somebody, and we ask for enough: a second factor of ours would be a third."""
        return bool(self.assurance)


def read(path: Path, *, plain_http: bool) -> dict[str, Login]:
    """The logins by their id, in the file's order. `plain_http` lets a provider on this machine do without https.

    Raises ImproperlyConfigured.
    """
    try:
        mode = path.stat().st_mode
        written = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ImproperlyConfigured(f"SAMRUM_LOGIN_FILE: {path} cannot be read ({error.strerror}).") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ImproperlyConfigured(f"SAMRUM_LOGIN_FILE: {path} is no TOML: {error}.") from error
    if not plain_http and (why := _too_open(mode, secret=True)):
        raise ImproperlyConfigured(f"{path} {why}")
    entries = written.pop("providers", None)
    if written or not isinstance(entries, list) or not entries or not all(isinstance(one, dict) for one in entries):
        raise ImproperlyConfigured(f"{path} must hold one or more [[providers]], and nothing beside them.")
    logins: dict[str, Login] = {}
    for number, entry in enumerate(entries, start=1):
        login = _Entry(path, entry, number, plain_http=plain_http).login()
        if login.id in logins:
            raise ImproperlyConfigured(f"{path}: two providers have the id {login.id!r}. Each needs its own.")
        logins[login.id] = login
    return logins


def for_allauth(logins: Iterable[Login]) -> dict[str, Any]:
    """SOCIALACCOUNT_PROVIDERS. allauth asks OpenID providers; those of SAML it knows by name, we ask them ourselves."""
    providers: dict[str, Any] = {name: {"APPS": []} for name in KINDS.values()}
    for login in logins:
        settings: dict[str, Any] = {}
        if login.kind == OIDC:
            settings = {"server_url": login.server_url, "scope": list(login.scopes), "oauth_pkce_enabled": True}
            settings["token_auth_method"] = login.token_auth_method
        app = {"provider_id": login.id, "name": login.name, "client_id": login.client_id or login.id}
        providers[KINDS[login.kind]]["APPS"].append({**app, "secret": login.secret, "settings": settings})
    return providers


def is_safe(address: str, *, plain_http: bool) -> bool:
    """A full https address, or with `plain_http` one of this very machine without TLS."""
    try:
        parts = urlsplit(address)
        named = bool(parts.hostname) and "@" not in parts.netloc and (parts.port is None or parts.port > 0)
    except ValueError:
        return False
    local = plain_http and parts.hostname in LOOPBACK
    return named and parts.scheme in ({"https", "http"} if local else {"https"})


def _too_open(mode: int, *, secret: bool) -> str:
    """What is wrong with who may read or write a file: whoever writes one of these lets in whom they like."""
    if mode & stat.S_IWOTH:
        return "can be written by everybody: chmod o-w it."
    if secret and mode & stat.S_IROTH:
        return "holds secrets and can be read by everybody: chmod o-r it."
    return ""


class _Entry:
    """One [[providers]] of the file, while it is read."""

    def __init__(self, path: Path, written: dict[str, Any], number: int, *, plain_http: bool) -> None:
        self.path = path
        self.written = written
        self.plain_http = plain_http
        self.called = f"provider {written.get('id', number)!r}"

    def wrong(self, key: str, why: str) -> ImproperlyConfigured:
        return ImproperlyConfigured(f"{self.path}, {self.called}, {key}: {why}")

    def login(self) -> Login:
        kind = self.text("kind")
        if kind not in KINDS:
            raise self.wrong("kind", 'must be "oidc" or "saml".')
        for key in self.written:
            if key not in COMMON | OWN[kind]:
                raise self.wrong(key, f"is no key of a provider of kind {kind!r}.")
        own = self._oidc() if kind == OIDC else self._saml()
        return Login(id=self._id(), name=self.text("name"), kind=kind, help=self.text("help"), **self._says(), **own)

    # What may stand there --------------------------------------------------------------------------------------

    def text(self, key: str, *, needed: bool = True) -> str:
        value = self.written.get(key, "")
        if not isinstance(value, str):
            raise self.wrong(key, "must be a text in quotation marks.")
        if needed and not value.strip():
            raise self.wrong(key, "is missing.")
        return value.strip()

    def texts(self, key: str) -> tuple[str, ...]:
        values = self.written.get(key, [])
        if not isinstance(values, list) or not all(isinstance(value, str) and value.strip() for value in values):
            raise self.wrong(key, 'must be a list of texts, like ["one", "two"].')
        return tuple(value.strip() for value in values)

    def table(self, key: str) -> dict[str, str]:
        values = self.written.get(key, {})
        if not isinstance(values, dict) or not all(isinstance(value, str) for value in values.values()):
            raise self.wrong(key, f"must be a table [providers.{key}] of texts.")
        return values

    def address(self, key: str) -> str:
        return self.safe(key, self.text(key).rstrip("/"))

    def safe(self, key: str, value: str) -> str:
        if not is_safe(value, plain_http=self.plain_http):
            raise self.wrong(key, f"{value!r} must be a full https:// address.")
        return value

    def file(self, path: str, key: str) -> str:
        """A file's text; a path without a root is one beside the TOML file."""
        place = self.path.parent / path
        try:
            mode, text = place.stat().st_mode, place.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise self.wrong(key, f"{path} cannot be read ({error}).") from error
        if not self.plain_http and (why := _too_open(mode, secret=key == "key")):
            raise self.wrong(key, f"{path} {why}")
        return text

    def one_of(self, key: str, value: str, allowed: Iterable[str]) -> str:
        if value not in allowed:
            raise self.wrong(key, f"{value!r} must be one of {', '.join(allowed)}.")
        return value

    # Who it is, and what an answer of it says --------------------------------------------------------------------

    def _id(self) -> str:
        value = self.text("id")
        if not re.fullmatch(r"[a-z][a-z0-9-]{0,29}", value):
            raise self.wrong("id", "must be small letters, digits and -, 30 at most. It stands in addresses.")
        if value in TAKEN:
            raise self.wrong("id", f"{value!r} is what a kind of login is called: take another.")
        return value

    def _says(self) -> dict[str, Any]:
        roles = self.table("roles")
        if not roles:
            raise self.wrong("roles", "is missing: a table [providers.roles] from values to roles of Samrum.")
        for value, role in roles.items():
            self.one_of(f"roles.{value}", role, ROLES)
        assurance_claim, assurance = self.text("assurance_claim", needed=False), self.texts("assurance")
        if bool(assurance_claim) != bool(assurance):
            raise self.wrong("assurance", "and assurance_claim belong together: give both, or neither.")
        roles_as = self.one_of("roles_as", self.text("roles_as", needed=False) or VALUES, (VALUES, PRIVILEGES))
        return {
            **self._municipality(roles_as),
            "role_claim": self.text("role_claim"),
            "roles_as": roles_as,
            "roles": roles,
            "subject_claim": self.text("subject_claim", needed=False),
            "assurance_claim": assurance_claim,
            "assurance": assurance,
        }

    def _municipality(self, roles_as: str) -> dict[str, Any]:
        fixed, claim = self.text("municipality", needed=False), self.text("municipality_claim", needed=False)
        table = self.table("municipalities")
        if bool(fixed) == bool(claim):
            raise self.wrong("municipality", 'give either municipality = "751" or municipality_claim, not both.')
        if bool(claim) != bool(table):
            raise self.wrong("municipalities", "belongs to municipality_claim: a table from its values to codes.")
        if roles_as == PRIVILEGES and not claim:
            raise self.wrong("roles_as", '"privileges" are given for a CVR number: it needs municipality_claim.')
        for value, code in [("", fixed)] if fixed else table.items():
            if not re.fullmatch(r"\d{3}", code):
                where = f"municipalities.{value}" if value else "municipality"
                raise self.wrong(where, f"{code!r} must be a municipality's three digits, such as 751.")
        return {"municipality": fixed, "municipality_claim": claim, "municipalities": table}

    # How it is asked -------------------------------------------------------------------------------------------

    def _oidc(self) -> dict[str, Any]:
        method = self.text("token_auth_method", needed=False)
        if method:
            self.one_of("token_auth_method", method, ("client_secret_basic", "client_secret_post"))
        return {
            "server_url": self.address("server_url"),
            "client_id": self.text("client_id"),
            "secret": self.text("secret"),
            "scopes": tuple(dict.fromkeys(("openid", *self.texts("scopes")))),
            "token_auth_method": method or None,
        }

    def _saml(self) -> dict[str, Any]:
        key, certificate = self.text("key", needed=False), self.text("certificate", needed=False)
        if bool(key) != bool(certificate):
            raise self.wrong("key", "and certificate belong together: give both, or neither.")
        return {
            "idp": self._metadata() if self.text("metadata", needed=False) else self._by_hand(),
            "our_entity_id": self.text("our_entity_id", needed=False),
            "key": self._key(key) if key else "",
            "certificate": self._certificate(certificate, "certificate") if certificate else "",
        }

    def _by_hand(self) -> dict[str, Any]:
        certificates = self.texts("certificates")
        if not certificates:
            raise self.wrong("certificates", "is missing: the files of the provider's signing certificates.")
        signing = [self._certificate(path, "certificates") for path in certificates]
        return self._idp(self.text("entity_id"), self.address("sso_url"), signing)

    def _metadata(self) -> dict[str, Any]:
        """The provider's own description, a file of the installation: who wrote it is the installer's to know."""
        for key in ("entity_id", "sso_url", "certificates"):
            if key in self.written:
                raise self.wrong(key, "stands in the metadata already: give one or the other.")
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
        spaces = {"md": "urn:oasis:names:tc:SAML:2.0:metadata", "ds": "http://www.w3.org/2000/09/xmldsig#"}
        try:
            tree = etree.fromstring(self.file(self.text("metadata"), "metadata").encode(), parser)
        except etree.XMLSyntaxError as error:
            raise self.wrong("metadata", f"is no XML: {error}.") from error
        idps = tree.xpath("descendant-or-self::md:EntityDescriptor[md:IDPSSODescriptor]", namespaces=spaces)
        if len(idps) != 1:
            raise self.wrong("metadata", f"must describe one identity provider; it describes {len(idps)}.")
        redirect = "md:SingleSignOnService[@Binding='urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect']/@Location"
        keys = "md:KeyDescriptor[not(@use) or @use='signing']//ds:X509Certificate/text()"
        sso = idps[0].xpath(f"md:IDPSSODescriptor/{redirect}", namespaces=spaces)
        signing = ["".join(key.split()) for key in idps[0].xpath(f"md:IDPSSODescriptor/{keys}", namespaces=spaces)]
        entity_id = idps[0].get("entityID", "").strip()
        if not sso or not signing or not entity_id:
            raise self.wrong("metadata", "lacks its entityID, an address for HTTP-Redirect or a signing certificate.")
        for certificate in signing:
            try:
                load_der_x509_certificate(b64decode(certificate, validate=True))
            except ValueError as error:
                raise self.wrong("metadata", "holds a signing certificate that cannot be read.") from error
        return self._idp(entity_id, self.safe("metadata", sso[0]), signing)

    def _idp(self, entity_id: str, sso_url: str, signing: list[str]) -> dict[str, Any]:
        return {
            "entityId": entity_id,
            "singleSignOnService": {"url": sso_url},
            "x509certMulti": {"signing": signing, "encryption": signing[:1]},
        }

    def _certificate(self, path: str, key: str) -> str:
        text = self.file(path, key)
        try:
            load_pem_x509_certificate(text.encode())
        except ValueError as error:
            raise self.wrong(key, f"{path} is no certificate in PEM.") from error
        return text

    def _key(self, path: str) -> str:
        text = self.file(path, "key")
        try:
            load_pem_private_key(text.encode(), password=None)
        except (ValueError, TypeError) as error:
            raise self.wrong("key", f"{path} is no private key in PEM, or it asks for a password.") from error
        return text
