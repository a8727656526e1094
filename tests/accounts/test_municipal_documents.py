"""SAML answers that are meant to make us read, run or wait, before anybody has looked at whose they are."""

import os
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread

import pytest
from django.test import Client
from django.utils.translation import gettext
from lxml import etree
from onelogin.saml2.response import OneLogin_Saml2_Response

from accounts.municipal import document
from tests.accounts.conftest import is_in
from tests.accounts.municipal import deliver, request_of, set_out
from tests.identity import Saml, encrypted

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("municipal_logins")]

DS = "{http://www.w3.org/2000/09/xmldsig#}"
XENC = "{http://www.w3.org/2001/04/xmlenc#}"
SCRIPT = """<x:stylesheet version="1.0" xmlns:x="http://www.w3.org/1999/XSL/Transform"><x:template match="/">
<x:call-template name="a"/></x:template><x:template name="a"/></x:stylesheet>"""


def changed(response: str, change: Callable[[etree._Element], None]) -> str:
    root = etree.fromstring(b64decode(response))
    change(root)
    return b64encode(etree.tostring(root)).decode()


def another_reference(address: str) -> Callable[[etree._Element], None]:
    def change(root: etree._Element) -> None:
        reference = etree.SubElement(root.find(f".//{DS}SignedInfo"), f"{DS}Reference", URI=address)
        etree.SubElement(reference, f"{DS}DigestMethod", Algorithm="http://www.w3.org/2001/04/xmlenc#sha256")
        etree.SubElement(reference, f"{DS}DigestValue").text = "AAAA"

    return change


def encrypted_elsewhere(address: str) -> Callable[[etree._Element], None]:
    def change(root: etree._Element) -> None:
        data = root.find(f".//{XENC}EncryptedData/{XENC}CipherData")
        for part in list(data):
            data.remove(part)
        etree.SubElement(data, f"{XENC}CipherReference", URI=address)

    return change


def script(root: etree._Element) -> None:
    """As the first transform: a program of the answer's own, which may run for ever."""
    transforms = root.find(f".//{DS}Transforms")
    transform = etree.Element(f"{DS}Transform", Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116")
    transform.append(etree.fromstring(SCRIPT))
    transforms.replace(transforms[0], transform)


@pytest.fixture
def bait(tmp_path: Path) -> Iterator[tuple[str, list[int]]]:
    """The address of a file, and a list that is no longer empty once somebody has opened it."""
    pipe, opened = tmp_path / "hemmeligt", list[int]()
    os.mkfifo(pipe)

    def wait() -> None:
        with pipe.open("wb") as end:
            opened.append(1)
            end.write(b"x" * 32)

    waiting = Thread(target=wait, daemon=True)
    waiting.start()
    yield pipe.as_uri(), opened
    if not opened:
        end = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
        waiting.join()
        os.close(end)


@pytest.mark.parametrize("unlooked", [False, True], ids=["looked at", "and xmlsec itself"])
def test_an_answer_opens_no_file(
    client: Client, saml: Saml, bait: tuple[str, list[int]], monkeypatch: pytest.MonkeyPatch, unlooked: bool
) -> None:
    if unlooked:
        monkeypatch.setattr(document, "check", lambda root: None)
    address, opened = bait
    response = saml.response(request_of(set_out(client, "kommunerne")), signed_by="fremmed")
    inside = encrypted(response, for_whom="ours")
    for evil in (changed(response, another_reference(address)), changed(inside, encrypted_elsewhere(address))):
        assert deliver(client, evil).status_code == 400
        assert not opened
    assert not is_in(client)


@pytest.mark.parametrize("hidden", [False, True], ids=["plain", "encrypted"])
def test_an_answer_runs_no_program(
    client: Client, saml: Saml, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, hidden: bool
) -> None:
    """Signatures are not even looked at: checking them is what would run it."""
    looked: list[int] = []
    monkeypatch.setattr(OneLogin_Saml2_Response, "is_valid", lambda *a, **k: looked.append(1))
    evil = changed(saml.response(request_of(set_out(client, "kommunerne"))), script)
    assert deliver(client, encrypted(evil, for_whom="ours") if hidden else evil).status_code == 400
    assert not looked
    assert "answer refused: a transform" in caplog.text


SPACE = 'xmlns:ds="http://www.w3.org/2000/09/xmldsig#" xmlns:x="http://www.w3.org/2001/04/xmlenc#"'
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
TRANSFORM = f'<ds:Transform Algorithm="{EXCLUSIVE}"/>'


@pytest.mark.parametrize(
    "part",
    [
        '<ds:Signature><ds:Reference URI=""/></ds:Signature>',
        "<ds:Signature><ds:Reference/></ds:Signature>",
        """<ds:Signature><ds:Reference URI="#xpointer(id('a'))"/></ds:Signature>""",
        '<ds:Signature><ds:Reference URI="#a"/><ds:Reference URI="#b"/></ds:Signature>',
        "<ds:Signature/>",
        '<ds:KeyInfo><ds:RetrievalMethod URI="http://example.org/"/></ds:KeyInfo>',
        '<KeyInfoReference xmlns="http://www.w3.org/2009/xmldsig11#" URI="#a"/>',
        '<DerivedKey xmlns="http://www.w3.org/2009/xmlenc11#"/>',
        '<x:Transforms><ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116"/></x:Transforms>',
        f"<ds:Transforms>{TRANSFORM * 3}</ds:Transforms>",
        f'<ds:Transform Algorithm="{EXCLUSIVE}"><ds:XPath>1</ds:XPath></ds:Transform>',
        '<ds:Signature><ds:Reference URI="#a"/></ds:Signature>' * 3,
    ],
)
def test_what_reaches_outside_or_takes_long_is_no_answer(part: str) -> None:
    with pytest.raises(document.Unfit):
        document.check(etree.fromstring(f"<a {SPACE}>{part}</a>"))


def test_what_a_provider_says_of_somebody_is_not_logged(
    client: Client, saml: Saml, caplog: pytest.LogCaptureFixture
) -> None:
    said = "urn:oasis:names:tc:SAML:2.0:status:"
    for code, title in (("AuthnFailed", "You stopped on the way"), ("Ny\nlinje", "The login did not work")):
        raw = b64decode(saml.response(request_of(set_out(client, "kommunerne")), signed_by="")).decode()
        before, _, after = raw.partition("<p:StatusCode")
        after = after.partition("</p:Status>")[2]
        status = f'<p:StatusCode Value="{said}Responder"><p:StatusCode Value="{said}{code}"/></p:StatusCode>'
        status += "<p:StatusMessage>Bruger sofie.holm@testby.dk har ingen rolle</p:StatusMessage>"
        evil = b64encode(f"{before}{status}</p:Status>{after}".encode()).decode()
        answer = deliver(client, evil)
        assert answer.status_code == 400
        assert gettext(title) in answer.content.decode()
    assert "Responder" in caplog.text
    assert "AuthnFailed" in caplog.text
    assert "sofie" not in caplog.text
    assert "linje" not in caplog.text
