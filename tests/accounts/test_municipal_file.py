"""The file of municipal logins: what may stand in it, and what stops the start."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from accounts.municipal import logins
from tests.identity import certificate_pem, key_pem, write_file

OPENID = {
    "id": '"aarhus"',
    "name": '"Aarhus Kommune"',
    "kind": '"oidc"',
    "help": '"Din leder."',
    "server_url": '"https://login.example.dk"',
    "client_id": '"samrum"',
    "secret": '"abc"',
    "municipality": '"751"',
    "role_claim": '"groups"',
    "roles": '{ a = "counsellor" }',
}
SAML = {key: OPENID[key] for key in ("id", "name", "help", "municipality", "role_claim", "roles")}
SAML |= {"kind": '"saml"', "entity_id": '"https://idp"', "sso_url": '"https://idp.example.dk/"'}
SAML |= {"certificates": '["idp.crt"]'}
CLAIM = {"municipality": "", "municipality_claim": '"cvr"', "municipalities": '{ 55133018 = "751" }'}


def written(folder: Path, *entries: dict[str, str], mode: int = 0o640) -> Path:
    (folder / "idp.crt").write_text(certificate_pem("saml"))
    (folder / "own.key").write_text(key_pem("ours"))
    (folder / "own.key").chmod(0o640)
    path = folder / "logins.toml"
    text = ["[[providers]]\n" + "\n".join(f"{k} = {v}" for k, v in entry.items() if v) for entry in entries]
    path.write_text("\n\n".join(text))
    path.chmod(mode)
    return path


def read(folder: Path, *entries: dict[str, str]) -> dict[str, logins.Login]:
    return logins.read(written(folder, *entries), plain_http=False)


def test_a_good_file_becomes_logins_in_its_order(tmp_path: Path) -> None:
    found = read(tmp_path, {**SAML, **CLAIM, "id": '"alle"'}, {**OPENID, "scopes": '["profile"]'})
    assert list(found) == ["alle", "aarhus"]
    assert found["alle"].municipalities == {"55133018": "751"}
    assert found["aarhus"].scopes == ("openid", "profile")
    assert [login.vouches for login in found.values()] == [False, False]
    assert "abc" not in repr(found)
    apps = logins.for_allauth(found.values())
    assert [app["provider_id"] for app in apps["openid_connect"]["APPS"]] == ["aarhus"]
    assert [app["provider_id"] for app in apps["saml"]["APPS"]] == ["alle"]


METADATA = """<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://idp.example.dk/x">
<md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><md:KeyDescriptor use="signing">
<ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>CERT</ds:X509Certificate>
</ds:X509Data></ds:KeyInfo></md:KeyDescriptor><md:SingleSignOnService Location="https://idp.example.dk/sso"
Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"/></md:IDPSSODescriptor></md:EntityDescriptor>"""


def test_a_provider_may_describe_itself(tmp_path: Path) -> None:
    certificate = "".join(certificate_pem("saml").splitlines()[1:-1])
    (tmp_path / "idp.xml").write_text(METADATA.replace("CERT", certificate))
    described = {**SAML, "entity_id": "", "sso_url": "", "certificates": "", "metadata": '"idp.xml"'}
    found = read(tmp_path, described)["aarhus"].idp
    assert (found["entityId"], found["singleSignOnService"]["url"]) == (
        "https://idp.example.dk/x",
        "https://idp.example.dk/sso",
    )
    assert found["x509certMulti"]["signing"] == [certificate]
    by_post = METADATA.replace("HTTP-Redirect", "HTTP-POST")
    without_tls = METADATA.replace("https://idp.example.dk/sso", "http://idp.example.dk/sso")
    unnamed = METADATA.replace("CERT", certificate).replace("entityID", "ID")
    for broken in ("", "<a/>", by_post, without_tls, METADATA.replace("CERT", ""), METADATA, unnamed):
        (tmp_path / "idp.xml").write_text(broken)
        with pytest.raises(ImproperlyConfigured, match=r"'aarhus', metadata: "):
            read(tmp_path, described)


WRONG: list[tuple[str, dict[str, str]]] = [
    ("kind", {**OPENID, "kind": '"ldap"'}),
    ("kind", {**OPENID, "kind": ""}),
    ("help", {**OPENID, "help": ""}),
    ("name", {**OPENID, "name": "7"}),
    ("id", {**OPENID, "id": '"Aarhus Kommune"'}),
    ("id", {**SAML, "id": '"saml"'}),
    ("id", {**OPENID, "id": '"oidc"'}),
    ("server_url", {**OPENID, "server_url": '"https://["'}),
    ("server_url", {**OPENID, "server_url": '"https://login.example.dk:x/"'}),
    ("server_url", {**OPENID, "server_url": '"https://login.example.dk@example.org"'}),
    ("secrets", {**OPENID, "secrets": '"abc"'}),
    ("sso_url", {**OPENID, "sso_url": '"https://a.dk"'}),
    ("secret", {**OPENID, "secret": ""}),
    ("server_url", {**OPENID, "server_url": '"http://localhost:8080"'}),
    ("server_url", {**OPENID, "server_url": '"login.example.dk"'}),
    ("token_auth_method", {**OPENID, "token_auth_method": '"none"'}),
    ("scopes", {**OPENID, "scopes": '"openid"'}),
    ("municipality", {**OPENID, "municipality": '"Aarhus"'}),
    ("municipality", {**OPENID, "municipality": ""}),
    ("municipality", {**OPENID, "municipality_claim": '"cvr"'}),
    ("municipalities", {**OPENID, "municipalities": '{ 1 = "751" }'}),
    ("municipalities.1", {**OPENID, **CLAIM, "municipalities": '{ 1 = "75" }'}),
    ("roles", {**OPENID, "roles": ""}),
    ("roles.a", {**OPENID, "roles": '{ a = "administrator" }'}),
    ("roles_as", {**OPENID, "roles_as": '"xml"'}),
    ("roles_as", {**OPENID, "roles_as": '"privileges"'}),
    ("role_claim", {**OPENID, "role_claim": ""}),
    ("assurance", {**OPENID, "assurance": '["High"]'}),
    ("assurance", {**OPENID, "assurance_claim": '"acr"'}),
    ("certificates", {**SAML, "certificates": ""}),
    ("certificates", {**SAML, "certificates": '["missing.crt"]'}),
    ("certificates", {**SAML, "certificates": '["own.key"]'}),
    ("key", {**SAML, "key": '"own.key"'}),
    ("key", {**SAML, "key": '"idp.crt"', "certificate": '"idp.crt"'}),
    ("sso_url", {**SAML, "sso_url": '"http://idp.example.dk/"'}),
    ("entity_id", {**SAML, "metadata": '"idp.xml"'}),
]


@pytest.mark.parametrize("key,entry", WRONG, ids=[f"{n}-{key}" for n, (key, _) in enumerate(WRONG)])
def test_what_is_wrong_stops_the_start_and_is_named(tmp_path: Path, key: str, entry: dict[str, str]) -> None:
    with pytest.raises(ImproperlyConfigured, match=rf"logins\.toml, provider .+, {key}: ."):
        read(tmp_path, entry)


def test_the_logins_of_the_manual_are_good_ones(tmp_path: Path) -> None:
    manual = (settings.BASE_DIR / "docs" / "municipal-login.md").read_text("utf-8")
    certificate = "".join(certificate_pem("saml").splitlines()[1:-1])
    (tmp_path / "context-handler.xml").write_text(METADATA.replace("CERT", certificate))
    (tmp_path / "saml.key").write_text(key_pem("ours"))
    (tmp_path / "saml.key").chmod(0o640)
    (tmp_path / "saml.crt").write_text(certificate_pem("ours"))
    path = tmp_path / "logins.toml"
    path.write_text("\n".join(re.findall(r"```toml\n(.*?)```", manual, re.DOTALL)), "utf-8")
    path.chmod(0o640)
    found = logins.read(path, plain_http=False)
    assert [(login.id, login.vouches) for login in found.values()] == [("kommunerne", True), ("aarhus", False)]
    for key in logins.COMMON | logins.OWN["oidc"] | logins.OWN["saml"]:
        assert f"`{key}`" in manual or f"{key} = " in manual or f"[providers.{key}]" in manual, key


def test_two_logins_have_two_ids(tmp_path: Path) -> None:
    with pytest.raises(ImproperlyConfigured, match="'aarhus'"):
        read(tmp_path, OPENID, OPENID)


@pytest.mark.parametrize("text", ["", "a = 1", "providers = 1", "[[providers", "\x00"])
def test_what_is_no_such_file_stops_the_start(tmp_path: Path, text: str) -> None:
    path = tmp_path / "logins.toml"
    path.write_text(text)
    with pytest.raises(ImproperlyConfigured, match=r"logins\.toml"):
        logins.read(path, plain_http=True)
    with pytest.raises(ImproperlyConfigured, match="cannot be read"):
        logins.read(tmp_path / "missing.toml", plain_http=True)


@pytest.mark.parametrize(
    "name,mode",
    [("logins.toml", 0o644), ("logins.toml", 0o642), ("own.key", 0o644), ("own.key", 0o642), ("idp.crt", 0o646)],
)
def test_what_opens_the_door_is_neither_read_nor_written_by_everybody(tmp_path: Path, name: str, mode: int) -> None:
    path = written(tmp_path, {**SAML, "key": '"own.key"', "certificate": '"idp.crt"'})
    logins.read(path, plain_http=False)
    (tmp_path / name).chmod(mode)
    with pytest.raises(ImproperlyConfigured, match=f"{re.escape(name)} .*: chmod"):
        logins.read(path, plain_http=False)
    logins.read(path, plain_http=True)


def test_the_demo_may_use_a_provider_on_this_machine_and_no_other_without_tls(tmp_path: Path) -> None:
    path = write_file(tmp_path, openid="http://localhost:1", saml="http://127.0.0.1:2")
    assert list(logins.read(path, plain_http=True)) == ["aarhus", "kommunerne"]
    path = write_file(tmp_path, openid="http://login.example.dk", saml="http://127.0.0.1:2")
    with pytest.raises(ImproperlyConfigured, match="server_url"):
        logins.read(path, plain_http=True)
