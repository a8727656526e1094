"""Identity providers of municipalities, as tests play them: one of OpenID Connect, one of SAML 2.0.

Both listen on this machine, so that a browser can be led to them; `localhost` is another site than 127.0.0.1. They let
in whom `claims` describes without asking. What is wrong in an answer is set on the provider before it is asked.
"""

import datetime
import json
import threading
import zlib
from abc import ABC, abstractmethod
from base64 import b64decode, b64encode, urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from hashlib import sha256
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import jwt
import xmlsec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from lxml import etree
from onelogin.saml2.utils import OneLogin_Saml2_Utils

Answer = tuple[int, dict[str, str], bytes]
PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
SCOPE = "urn:dk:gov:saml:cvrNumberIdentifier:"


@cache
def key(name: str) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def key_pem(name: str) -> str:
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return key(name).private_bytes(*form).decode()


@cache
def certificate_pem(name: str) -> str:
    called = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    builder = x509.CertificateBuilder().subject_name(called).issuer_name(called).public_key(key(name).public_key())
    builder = builder.serial_number(1).not_valid_before(now - datetime.timedelta(days=1))
    made = builder.not_valid_after(now + datetime.timedelta(days=30)).sign(key(name), hashes.SHA256())
    return made.public_bytes(serialization.Encoding.PEM).decode()


def privileges(*groups: tuple[str, str], before: str = "", inside: str = "") -> str:
    """A list in the Basic Privilege Profile: each group is (CVR number, privilege)."""
    parts = "".join(
        f'<PrivilegeGroup Scope="{SCOPE}{cvr}"><Privilege>{right}</Privilege>{inside}</PrivilegeGroup>'
        for cvr, right in groups
    )
    space = "http://itst.dk/oiosaml/basic_privilege_profile"
    return b64encode(f'{before}<bpp:PrivilegeList xmlns:bpp="{space}">{parts}</bpp:PrivilegeList>'.encode()).decode()


def _json(said: dict[str, Any], *, status: int = 200) -> Answer:
    return status, {"Content-Type": "application/json"}, json.dumps(said).encode()


class _Provider(ABC):
    """A server in a thread; `answer` says what it says."""

    claims: dict[str, Any]
    asked: int

    def __init__(self) -> None:
        self.asked = 0
        self.claims = {}
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._tell("")

            def do_POST(self) -> None:
                self._tell(self.rfile.read(int(self.headers["Content-Length"])).decode())

            def _tell(self, body: str) -> None:
                provider.asked += 1
                parts = urlsplit(self.path)
                status, headers, content = provider.answer(parts.path, dict(parse_qsl(parts.query)), body)
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(content))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://localhost:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @abstractmethod
    def answer(self, path: str, query: dict[str, str], body: str) -> Answer:
        """What it says to a request; form fields stand in `body`."""

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


class OpenID(_Provider):
    """With PKCE. `token` overrides claims of the ID token, `signed_by` names another key."""

    CLIENT, SECRET = "samrum", "hemmelig-nok"

    def __init__(self) -> None:
        super().__init__()
        self.issuer = self.url
        self.codes: dict[str, dict[str, str]] = {}
        self.well()

    def well(self) -> None:
        self.token: dict[str, Any] = {}
        self.signed_by, self.algorithm, self.is_away = "oidc", "RS256", False
        self.claims = {"sub": "sofie", "groups": ["raadgiver"]}

    def answer(self, path: str, query: dict[str, str], body: str) -> Answer:
        if self.is_away:
            return 503, {}, b""
        if path == "/.well-known/openid-configuration":
            places = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "jwks"}
            return _json({"issuer": self.issuer, **{name: f"{self.url}/{at}" for name, at in places.items()}})
        if path == "/jwks":
            told = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key("oidc").public_key()))
            return _json({"keys": [{**told, "kid": "1", "use": "sig"}]})
        if path == "/authorize":
            assert query["code_challenge_method"] == "S256"
            code = f"code-{len(self.codes)}"
            self.codes[code] = query
            back = urlencode({"code": code, "state": query["state"]})
            return 302, {"Location": f"{query['redirect_uri']}?{back}"}, b""
        return self._token({name: value[0] for name, value in parse_qs(body).items()})

    def _token(self, form: dict[str, str]) -> Answer:
        asked = self.codes.pop(form.get("code", ""), None)
        challenge = urlsafe_b64encode(sha256(form.get("code_verifier", "").encode()).digest()).decode().rstrip("=")
        is_right = (form.get("client_id"), form.get("client_secret")) == (self.CLIENT, self.SECRET)
        if asked is None or challenge != asked["code_challenge"] or not is_right:
            return _json({"error": "invalid_grant"}, status=400)
        now = int(datetime.datetime.now(datetime.UTC).timestamp())
        said = {"iss": self.issuer, "aud": self.CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
        said = {name: value for name, value in {**said, **self.claims, **self.token}.items() if value is not None}
        secret: Any = key(self.signed_by) if self.algorithm == "RS256" else "x" * 64
        secret = None if self.algorithm == "none" else secret
        token = jwt.encode(said, secret, algorithm=self.algorithm, headers={"kid": "1"})
        return _json({"access_token": "afluttet", "token_type": "Bearer", "id_token": token})


class Saml(_Provider):
    """Its answers are forms that send themselves, by POST. What they say is made by `response`."""

    def __init__(self) -> None:
        super().__init__()
        self.entity_id = f"{self.url}/metadata"
        self.well()

    def well(self) -> None:
        rights = [privileges(("11111111", "urn:dk:samrum:raadgiver"))]
        self.claims = {"cvr": ["11111111"], "loa": ["Substantial"], "rights": rights}
        self.subject = "urn:uuid:sofie"
        self.requests: list[etree._Element] = []

    def answer(self, path: str, query: dict[str, str], body: str) -> Answer:
        raw = self.response(query["SAMLRequest"])
        place = self.requests[-1].get("AssertionConsumerServiceURL")
        form = f"""<!doctype html><title>Login</title><form method="post" action="{escape(place)}">
            <input type="hidden" name="SAMLResponse" value="{raw}"></form><script>document.forms[0].submit()</script>"""
        return 200, {"Content-Type": "text/html; charset=utf-8"}, form.encode()

    def response(self, encoded_request: str, **wrong: Any) -> str:
        """A signed answer to a request, in base64. `wrong` replaces what `document` and `signed` take."""
        request = etree.fromstring(zlib.decompress(b64decode(encoded_request), -15))
        self.requests.append(request)
        issuer = request.findtext("{urn:oasis:names:tc:SAML:2.0:assertion}Issuer")
        asked = {
            "request_id": request.get("ID"),
            "acs": request.get("AssertionConsumerServiceURL"),
            "audience": issuer,
        }
        signed_by, seal = wrong.pop("signed_by", "saml"), wrong.pop("seal", sealed)
        return seal(self.document(**{**asked, **wrong}), signed_by=signed_by)

    def document(
        self,
        *,
        request_id: str | None,
        acs: str,
        audience: str | None,
        minutes: int = 5,
        inner_request_id: str | None = "",
        destination: str | None = None,
        assertion_id: str = "_a1",
        **said: Any,
    ) -> str:
        now = datetime.datetime.now(datetime.UTC)
        start, end = (f"{now + datetime.timedelta(minutes=by):%Y-%m-%dT%H:%M:%SZ}" for by in (minutes - 10, minutes))
        answers = f' InResponseTo="{request_id}"' if request_id else ""
        inner = request_id if inner_request_id == "" else inner_request_id
        inner_answers = f' InResponseTo="{inner}"' if inner else ""
        restriction = f"<a:AudienceRestriction><a:Audience>{audience}</a:Audience></a:AudienceRestriction>"
        attributes = "".join(
            f'<a:Attribute Name="{escape(name)}">'
            + "".join(f"<a:AttributeValue>{escape(value)}</a:AttributeValue>" for value in values)
            + "</a:Attribute>"
            for name, values in {**self.claims, **said.get("claims", {})}.items()
        )
        issuer = f"<a:Issuer>{said.get('issuer', self.entity_id)}</a:Issuer>"
        return f"""<p:Response xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol"
  xmlns:a="urn:oasis:names:tc:SAML:2.0:assertion" ID="_r1" Version="2.0" IssueInstant="{start}"
  Destination="{destination or acs}"{answers}>{issuer}<p:Status><p:StatusCode
  Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></p:Status><a:Assertion ID="{assertion_id}" Version="2.0"
  IssueInstant="{start}">{issuer}<a:Subject><a:NameID
  Format="{said.get("format", PERSISTENT)}">{said.get("subject", self.subject)}</a:NameID>
  <a:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><a:SubjectConfirmationData
  NotOnOrAfter="{end}" Recipient="{said.get("recipient", acs)}"{inner_answers}/></a:SubjectConfirmation></a:Subject>
  <a:Conditions NotBefore="{start}" NotOnOrAfter="{end}">{restriction if audience else ""}</a:Conditions>
  <a:AuthnStatement AuthnInstant="{start}"><a:AuthnContext><a:AuthnContextClassRef>x</a:AuthnContextClassRef>
  </a:AuthnContext></a:AuthnStatement><a:AttributeStatement>{attributes}</a:AttributeStatement></a:Assertion>
</p:Response>"""


def sealed(document: str, *, signed_by: str) -> str:
    """The document in base64, its assertion signed; with `signed_by=""` as it is."""
    root = etree.fromstring(document)
    if signed_by:
        assertion = root.find("{urn:oasis:names:tc:SAML:2.0:assertion}Assertion")
        signed = OneLogin_Saml2_Utils.add_sign(
            etree.tostring(assertion), key_pem(signed_by), certificate_pem(signed_by)
        )
        root.replace(assertion, etree.fromstring(signed))
    return b64encode(etree.tostring(root)).decode()


def sealed_with_pss(document: str, *, signed_by: str) -> str:
    """As the certificates of OCES3 sign: RSASSA-PSS (RFC 9231, 2.3.9)."""
    root = etree.fromstring(document)
    assertion = root.find("{urn:oasis:names:tc:SAML:2.0:assertion}Assertion")
    names = xmlsec.constants
    signature = xmlsec.template.create(assertion, names.TransformExclC14N, names.TransformRsaSha256, ns="ds")
    method = signature.find(".//{http://www.w3.org/2000/09/xmldsig#}SignatureMethod")
    method.set("Algorithm", "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1")
    assertion.insert(1, signature)
    reference = xmlsec.template.add_reference(signature, names.TransformSha256, uri=f"#{assertion.get('ID')}")
    xmlsec.template.add_transform(reference, names.TransformEnveloped)
    xmlsec.template.add_transform(reference, names.TransformExclC14N)
    xmlsec.tree.add_ids(assertion, ["ID"])
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_memory(key_pem(signed_by).encode(), names.KeyDataFormatPem)
    context.sign(signature)
    return b64encode(etree.tostring(root)).decode()


def encrypted(response: str, *, for_whom: str) -> str:
    """The response with its assertion encrypted for the owner of a certificate, as OIOSAML wants it."""
    root = etree.fromstring(b64decode(response))
    assertion = root.find("{urn:oasis:names:tc:SAML:2.0:assertion}Assertion")
    around = etree.Element("{urn:oasis:names:tc:SAML:2.0:assertion}EncryptedAssertion")
    root.replace(assertion, around)
    around.append(assertion)
    data = xmlsec.template.encrypted_data_create(
        root, xmlsec.constants.TransformAes256Cbc, type=xmlsec.constants.TypeEncElement, ns="xenc"
    )
    xmlsec.template.encrypted_data_ensure_cipher_value(data)
    info = xmlsec.template.encrypted_data_ensure_key_info(data, ns="dsig")
    wrapped = xmlsec.template.add_encrypted_key(info, xmlsec.constants.TransformRsaOaep)
    xmlsec.template.encrypted_data_ensure_cipher_value(wrapped)
    keys = xmlsec.KeysManager()
    keys.add_key(xmlsec.Key.from_memory(certificate_pem(for_whom).encode(), xmlsec.constants.KeyDataFormatCertPem))
    context = xmlsec.EncryptionContext(keys)
    context.key = xmlsec.Key.generate(xmlsec.constants.KeyDataAes, 256, xmlsec.constants.KeyDataTypeSession)
    context.encrypt_xml(data, assertion)
    return b64encode(etree.tostring(root)).decode()


@contextmanager
def running(kind: type[_Provider]) -> Iterator[Any]:
    provider = kind()
    try:
        yield provider
    finally:
        provider.close()


def write_file(folder: Path, *, openid: str, saml: str) -> Path:
    """A file of logins as an installation has it: a municipality's own OpenID, and one SAML login for all.

    `openid` and `saml` are their addresses.
    """
    for name in ("saml", "ours"):
        (folder / f"{name}.crt").write_text(certificate_pem(name))
    (folder / "ours.key").write_text(key_pem("ours"))
    path = folder / "logins.toml"
    path.write_text(f"""
[[providers]]
id = "aarhus"
name = "Testby Kommune"
kind = "oidc"
help = "Rollen bestiller din leder hos Digitalisering."
server_url = "{openid}"
client_id = "{OpenID.CLIENT}"
secret = "{OpenID.SECRET}"
municipality = "751"
role_claim = "groups"
[providers.roles]
raadgiver = "counsellor"
koordinator = "coordinator"
redaktion = "editor"

[[providers]]
id = "kommunerne"
name = "Fælles login"
kind = "saml"
help = "Rollen giver jeres rettighedsansvarlige i FK Administrationsmodul."
entity_id = "{saml}/metadata"
sso_url = "{saml}/sso"
certificates = ["saml.crt"]
key = "ours.key"
certificate = "ours.crt"
municipality_claim = "cvr"
role_claim = "rights"
roles_as = "privileges"
assurance_claim = "loa"
assurance = ["Substantial", "High"]
[providers.municipalities]
"11111111" = "751"
"22222222" = "461"
[providers.roles]
"urn:dk:samrum:raadgiver" = "counsellor"
"urn:dk:samrum:redaktion" = "editor"
""")
    return path
