"""What somebody may try at the municipality's login, and who stays outside: forged, foreign and old answers."""

import re
from base64 import b64decode, b64encode
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import requests
from allauth.socialaccount.models import SocialAccount
from django.db import connection
from django.test import Client
from lxml import etree
from pytest_django import Settings

from accounts.models import User
from accounts.municipal.privileges import privileges as read
from tests.accounts.conftest import is_in
from tests.accounts.municipal import back, come, deliver, request_of, set_out
from tests.identity import OpenID, Saml, encrypted, privileges, sealed, sealed_with_pss

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("municipal_logins")]

SPACES = {"a": "urn:oasis:names:tc:SAML:2.0:assertion", "p": "urn:oasis:names:tc:SAML:2.0:protocol"}
SIGNATURE = "{http://www.w3.org/2000/09/xmldsig#}Signature"


def refused(answer: Any, client: Client) -> bool:
    return answer.status_code in {400, 403} and not is_in(client) and not User.objects.exists()


# SAML: what a response must be ----------------------------------------------------------------------------------

FORGED: dict[str, dict[str, Any]] = {
    "not signed": {"signed_by": ""},
    "signed by another key": {"signed_by": "fremmed"},
    "of another provider": {"issuer": "https://example.org/idp"},
    "for another audience": {"audience": "https://example.org/metadata"},
    "for no audience": {"audience": None},
    "to be delivered elsewhere": {"destination": "http://example.org/acs/"},
    "for another recipient": {"recipient": "http://example.org/acs/"},
    "for a recipient that holds ours": {
        "recipient": "http://example.org/?http://testserver/konto/kommune/kommunerne/acs/"
    },
    "expired": {"minutes": -6},
    "not valid yet": {"minutes": 60},
    "answers nothing": {"request_id": None, "inner_request_id": None},
    "answers another request": {"request_id": "_nobody"},
    "does not say inside what it answers": {"inner_request_id": None},
    "says inside that it answers another": {"inner_request_id": "_nobody"},
    "a passing name": {"format": "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"},
    "names nobody": {"subject": ""},
}


@pytest.mark.parametrize("wrong", FORGED.values(), ids=FORGED)
def test_a_wrong_answer_lets_nobody_in(client: Client, saml: Saml, wrong: dict[str, Any]) -> None:
    answer = deliver(client, saml.response(request_of(set_out(client, "kommunerne")), **wrong))
    assert refused(answer, client)


@pytest.mark.parametrize(
    "raw", ["", "x", "####", b64encode(b"<a/>").decode(), b64encode(b"\x00").decode(), "A" * 300_000]
)
def test_what_is_no_answer_is_refused_without_a_stumble(client: Client, raw: str) -> None:
    set_out(client, "kommunerne")
    assert refused(deliver(client, raw), client)


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + "".join(
    f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in zip("abcdefg", "bcdefgh", strict=True)
)


def test_entities_in_an_answer_are_not_read(client: Client, saml: Saml) -> None:
    signed = b64decode(saml.response(request_of(set_out(client, "kommunerne")))).decode()
    bomb = f"{BOMB}]>{signed.replace('urn:uuid:sofie', '&h;')}"
    assert refused(deliver(client, b64encode(bomb.encode()).decode()), client)


# Signature wrapping: the signed assertion stays in the document, and another one is read.


def _beside(root: Any, evil: Any, signed: Any) -> None:
    root.insert(0, evil)


def _after(root: Any, evil: Any, signed: Any) -> None:
    root.append(evil)


def _around(root: Any, evil: Any, signed: Any) -> None:
    root.replace(signed, evil)
    evil.append(signed)


def _in_the_signature(root: Any, evil: Any, signed: Any) -> None:
    """The evil one bears the signature, in which the signed one lies as an object."""
    signature = signed.find(SIGNATURE)
    root.replace(signed, evil)
    signed.remove(signature)
    evil.insert(1, signature)
    etree.SubElement(signature, "{http://www.w3.org/2000/09/xmldsig#}Object").append(signed)


def _in_an_extension(root: Any, evil: Any, signed: Any) -> None:
    root.replace(signed, evil)
    extensions = etree.Element(f"{{{SPACES['p']}}}Extensions")
    extensions.append(signed)
    root.insert(1, extensions)


def _under_the_same_id(root: Any, evil: Any, signed: Any) -> None:
    evil.set("ID", signed.get("ID"))
    root.append(evil)


@pytest.mark.parametrize(
    "wrap",
    [_beside, _after, _around, _in_the_signature, _in_an_extension, _under_the_same_id],
    ids=lambda w: w.__name__,
)
@pytest.mark.parametrize("bears_the_signature", [True, False])
def test_an_assertion_wrapped_around_a_signed_one_is_not_believed(
    client: Client, saml: Saml, wrap: Callable[..., None], bears_the_signature: bool
) -> None:
    root = etree.fromstring(b64decode(saml.response(request_of(set_out(client, "kommunerne")))))
    signed = root.find("a:Assertion", SPACES)
    evil = deepcopy(signed)
    evil.set("ID", "_evil")
    evil.find(".//a:NameID", SPACES).text = "urn:uuid:chef"
    if not bears_the_signature:
        evil.remove(evil.find(SIGNATURE))
    wrap(root, evil, signed)
    assert refused(deliver(client, b64encode(etree.tostring(root)).decode()), client)


def test_what_was_changed_after_signing_is_not_believed(client: Client, saml: Saml) -> None:
    signed = b64decode(saml.response(request_of(set_out(client, "kommunerne")))).decode()
    assert signed.count("urn:uuid:sofie") == 1
    evil = b64encode(signed.replace("urn:uuid:sofie", "urn:uuid:chef").encode()).decode()
    assert refused(deliver(client, evil), client)


def test_a_comment_in_a_name_makes_nobody_else_of_them(client: Client, saml: Saml) -> None:
    """The signature does not see it, so the name must be read as if it were not there, and not until there."""
    assert deliver(client, saml.response(request_of(set_out(client, "kommunerne")))).status_code == 302
    signed = b64decode(saml.response(request_of(set_out(client, "kommunerne")))).decode()
    assert signed.count("urn:uuid:sofie") == 1
    cut = b64encode(signed.replace("urn:uuid:sofie", "urn:uuid:so<!-- -->fie").encode()).decode()
    assert deliver(client, cut).status_code == 302
    assert SocialAccount.objects.count() == 1


# SAML: whose answer it is ---------------------------------------------------------------------------------------


def test_an_answer_is_good_once(client: Client, saml: Saml) -> None:
    response = saml.response(request_of(set_out(client, "kommunerne")))
    assert deliver(client, response).status_code == 302
    client.logout()
    assert deliver(client, response).status_code == 400
    assert not is_in(client)


def test_an_answer_that_another_browser_asked_for_is_worth_nothing(client: Client, saml: Saml) -> None:
    response = saml.response(request_of(set_out(Client(), "kommunerne")))
    set_out(client, "kommunerne")
    assert refused(deliver(client, response), client)


def test_nobody_is_logged_in_by_an_answer_they_never_asked_for(client: Client, saml: Saml) -> None:
    """The provider does not begin, and neither does somebody else's page with an answer of their own."""
    document = saml.document(
        request_id=None,
        acs="http://testserver/konto/kommune/kommunerne/acs/",
        audience="http://testserver/konto/kommune/kommunerne/metadata/",
    )
    assert refused(deliver(client, sealed(document, signed_by="saml")), client)


def test_the_form_from_another_site_needs_no_token_of_ours_and_leaves_a_cookie_no_script_reads(saml: Saml) -> None:
    strict = Client(enforce_csrf_checks=True)
    response = saml.response(request_of(set_out(Client(), "kommunerne")))
    answer = strict.post("/konto/kommune/kommunerne/acs/", {"SAMLResponse": response})
    assert answer.status_code == 303
    assert answer.cookies["svar"]["httponly"]
    assert not is_in(strict)


def test_the_second_step_alone_leads_nowhere(client: Client) -> None:
    set_out(client, "kommunerne")
    assert refused(client.get("/konto/kommune/kommunerne/acs/videre/"), client)
    client.cookies["svar"] = client.cookies["sessionid"].value
    assert refused(client.get("/konto/kommune/kommunerne/acs/videre/"), client)


def test_relay_state_leads_nowhere(client: Client, saml: Saml) -> None:
    response = saml.response(request_of(set_out(client, "kommunerne", next="/konto/profil/")))
    assert deliver(client, response, RelayState="https://example.org/")["Location"] == "/konto/profil/"


def test_an_encrypted_answer_is_read_and_one_for_somebody_else_is_not(client: Client, saml: Saml) -> None:
    foreign = saml.response(request_of(set_out(client, "kommunerne")))
    assert refused(deliver(client, encrypted(foreign, for_whom="fremmed")), client)
    ours = saml.response(request_of(set_out(client, "kommunerne")))
    assert "urn:uuid:sofie" not in b64decode(encrypted(ours, for_whom="ours")).decode()
    assert deliver(client, encrypted(ours, for_whom="ours")).status_code == 302


def test_a_signature_of_today_is_read_and_one_of_a_stranger_is_not(client: Client, saml: Saml) -> None:
    address = request_of(set_out(client, "kommunerne"))
    assert refused(deliver(client, saml.response(address, seal=sealed_with_pss, signed_by="fremmed")), client)
    address = request_of(set_out(client, "kommunerne"))
    assert deliver(client, saml.response(address, seal=sealed_with_pss)).status_code == 302


def test_encrypting_an_answer_does_not_stand_for_its_signature(client: Client, saml: Saml) -> None:
    unsigned = saml.response(request_of(set_out(client, "kommunerne")), signed_by="")
    assert refused(deliver(client, encrypted(unsigned, for_whom="ours")), client)


def test_we_sign_what_we_ask_and_describe_ourselves(client: Client, saml: Saml) -> None:
    address = set_out(client, "kommunerne")
    assert "Signature=" in address
    assert "rsa-sha256" in address
    answer = client.get("/konto/kommune/kommunerne/metadata/")
    described = answer.content.decode()
    assert answer.status_code == 200
    assert 'WantAssertionsSigned="true"' in described
    assert 'AuthnRequestsSigned="true"' in described
    assert "/konto/kommune/kommunerne/acs/" in described
    assert "SingleLogoutService" not in described


def test_each_kind_has_its_own_way_back(client: Client) -> None:
    assert client.get("/konto/kommune/kommunerne/svar/").status_code == 404
    assert client.post("/konto/kommune/aarhus/acs/").status_code == 404
    assert client.get("/konto/kommune/kommunerne/acs/").status_code == 405


# Privileges -----------------------------------------------------------------------------------------------------

RIGHT = "urn:dk:samrum:raadgiver"


def test_a_privilege_counts_for_its_own_cvr_only() -> None:
    both = privileges(("11111111", RIGHT), ("22222222", "urn:dk:samrum:redaktion"))
    assert read([both], cvr="11111111") == {RIGHT}
    assert read([both], cvr="33333333") == frozenset()
    assert read([both], cvr="1111111") == frozenset()
    assert read([both], cvr="") == frozenset()
    assert read([both, both], cvr="11111111") == frozenset()


def test_a_privilege_with_a_constraint_we_do_not_know_counts_for_nothing() -> None:
    narrowed = privileges(("11111111", RIGHT), inside='<Constraint Name="urn:dk:kle">27.*</Constraint>')
    assert read([narrowed], cvr="11111111") == frozenset()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ikke base64",
        b64encode(b"<PrivilegeList>").decode(),
        b64encode(b"<Andet/>").decode(),
        "A" * 200_000,
        b64encode(b"\xff\xfe").decode(),
    ],
)
def test_a_list_that_cannot_be_read_gives_nothing(text: str) -> None:
    assert read([text], cvr="11111111") == frozenset()


def test_entities_in_a_list_are_not_read(tmp_path: Path) -> None:
    secret = tmp_path / "hemmeligt"
    secret.write_text(RIGHT)
    outside = f'<!DOCTYPE x [<!ENTITY h SYSTEM "{secret.as_uri()}">]>'
    for before in (f"{BOMB}]>", outside, f'<!DOCTYPE x SYSTEM "{secret.as_uri()}">'):
        assert read([privileges(("11111111", RIGHT), before=before)], cvr="11111111") == frozenset()
        assert read([privileges(("11111111", "&h;"), before=before)], cvr="11111111") == frozenset()


# OpenID Connect -------------------------------------------------------------------------------------------------

WRONG_TOKENS: dict[str, dict[str, Any]] = {
    "for another client": {"aud": "andet-sted"},
    "for two, and not said whose": {"aud": ["samrum", "andet-sted"]},
    "for two, and the other one's": {"aud": ["samrum", "andet-sted"], "azp": "andet-sted"},
    "of another provider": {"iss": "https://example.org"},
    "expired": {"exp": 1_700_000_000},
    "without an end": {"exp": None},
    "an answer to another browser": {"nonce": "en-anden"},
    "an answer to nobody": {"nonce": None},
    "names nobody": {"sub": None},
    "an empty name": {"sub": ""},
}


@pytest.mark.parametrize("wrong", WRONG_TOKENS.values(), ids=WRONG_TOKENS)
def test_a_wrong_id_token_lets_nobody_in(client: Client, openid: OpenID, wrong: dict[str, Any]) -> None:
    openid.token = wrong
    assert refused(come(client, openid), client)


@pytest.mark.parametrize("key,algorithm", [("fremmed", "RS256"), ("oidc", "none"), ("oidc", "HS256")])
def test_an_id_token_that_the_provider_did_not_sign_lets_nobody_in(
    client: Client, openid: OpenID, key: str, algorithm: str
) -> None:
    openid.signed_by, openid.algorithm = key, algorithm
    assert refused(come(client, openid), client)


def test_an_answer_with_another_state_is_refused(client: Client, openid: OpenID) -> None:
    path = back(set_out(client, "aarhus"))
    asked = openid.asked
    for wrong in (re.sub("state=.*", "state=en-anden", path), re.sub("&state=.*", "", path)):
        assert refused(client.get(wrong), client)
    other = Client()
    assert refused(other.get(path), other)
    assert openid.asked == asked  # no code was spent


def test_a_code_is_spent_once(client: Client, openid: OpenID) -> None:
    path = back(set_out(client, "aarhus"))
    assert client.get(path).status_code == 302
    client.logout()
    assert client.get(path).status_code == 400
    assert not is_in(client)


def test_a_code_of_somebody_else_does_not_fit_this_browsers_proof(client: Client, openid: OpenID) -> None:
    """PKCE: an attacker's code with the victim's state, and the other way round."""
    stolen = re.search("code=([^&]+)", back(set_out(Client(), "aarhus")))
    assert stolen is not None
    own = back(set_out(client, "aarhus"))
    assert refused(client.get(re.sub("code=[^&]+", f"code={stolen[1]}", own)), client)


def test_what_the_form_adds_does_not_reach_the_provider(client: Client, openid: OpenID) -> None:
    address = client.post(
        "/konto/kommune/?auth_params=prompt%3Dnone&scope=admin&process=connect",
        {"login": "aarhus", "scope": "admin", "auth_params": "acr_values=1", "process": "connect"},
    )["Refresh"]
    assert "scope=openid&" in address
    assert "acr_values" not in address
    assert "prompt" not in address


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/jwks", "/token"])
@pytest.mark.parametrize("said", [b"", b"[]", b"nej", b"{}", b'{"keys": 1}', b'{"access_token": 1}'])
def test_a_provider_that_says_nonsense_makes_no_stumble(
    client: Client, openid: OpenID, monkeypatch: pytest.MonkeyPatch, path: str, said: bytes
) -> None:
    usual = openid.answer
    odd = (200, {"Content-Type": "application/json"}, said)
    monkeypatch.setattr(openid, "answer", lambda at, *more: odd if at == path else usual(at, *more))
    first = client.post("/konto/kommune/", {"login": "aarhus"})
    if path.startswith("/.well-known"):
        assert first.status_code in {400, 503}
    else:
        assert client.get(back(first["Refresh"].removeprefix("0; url="))).status_code in {400, 503}
    assert not is_in(client)


def test_a_provider_that_hangs_is_given_up(client: Client, openid: OpenID, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[float] = []

    def hang(*_args: Any, **options: Any) -> None:
        asked.append(options["timeout"])
        raise requests.Timeout

    monkeypatch.setattr(requests.Session, "request", hang)
    for _time in range(3):
        assert client.post("/konto/kommune/", {"login": "aarhus"}).status_code == 503
    assert len(asked) == 1  # the others were not kept waiting
    assert asked[0] <= 5


@pytest.mark.django_db(transaction=True)
def test_nobody_holds_the_database_while_a_provider_is_asked(
    client: Client, openid: OpenID, monkeypatch: pytest.MonkeyPatch
) -> None:
    events: list[str] = []
    monkeypatch.setattr(connection, "close", lambda: events.append("let go"))
    usual = openid.answer
    monkeypatch.setattr(openid, "answer", lambda at, *more: (events.append(at), usual(at, *more))[1])
    client.get(back(set_out(client, "aarhus")))
    for path in ("/.well-known/openid-configuration", "/token", "/jwks"):
        assert events[events.index(path) - 1] == "let go"


def test_a_description_of_another_issuer_is_not_believed(
    client: Client, openid: OpenID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(openid, "issuer", "https://example.org")
    assert client.post("/konto/kommune/", {"login": "aarhus"}).status_code == 400


def test_a_description_without_tls_is_not_believed_in_production(
    client: Client, openid: OpenID, settings: Settings
) -> None:
    settings.DEMO = False
    assert client.post("/konto/kommune/", {"login": "aarhus"}).status_code == 400


def test_what_is_nearly_a_role_or_stands_elsewhere_is_none(client: Client, openid: OpenID) -> None:
    openid.claims |= {"groups": ["Raadgiver", "raadgiverne", 7, None, {"raadgiver": 1}], "roles": ["raadgiver"]}
    assert refused(come(client, openid), client)
    assert not SocialAccount.objects.exists()
