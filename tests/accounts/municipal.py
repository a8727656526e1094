"""Somebody's way in by a municipality's login, as their browser goes it."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from django.http import HttpResponse
from django.test import Client

from tests.identity import OpenID, Saml


def set_out(client: Client, login: str, **form: str) -> str:
    """Choose a login; the provider's address that the answer leads to."""
    answer = client.post("/konto/kommune/", {"login": login, **form})
    assert answer.status_code == 200, answer.content.decode()
    return answer["Refresh"].removeprefix("0; url=")


def back(address: str) -> str:
    """Let an OpenID provider answer; the path that leads back to us."""
    told = requests.get(address, allow_redirects=False, timeout=5).headers["Location"]
    parts = urlsplit(told)
    return f"{parts.path}?{parts.query}"


def come(client: Client, provider: OpenID | Saml, **form: str) -> HttpResponse:
    """The whole way in by OpenID or SAML; the last answer."""
    if isinstance(provider, OpenID):
        return got(client.get(back(set_out(client, "aarhus", **form))))
    return deliver(client, provider.response(request_of(set_out(client, "kommunerne", **form))))


def request_of(address: str) -> str:
    return parse_qs(urlsplit(address).query)["SAMLRequest"][0]


def deliver(client: Client, response: str, **more: str) -> HttpResponse:
    """The provider's page sends the form from another site, so without cookies; the page after it has them."""
    form = {"SAMLResponse": response, **more}
    first = Client(headers={"Host": "testserver"}).post("/konto/kommune/kommunerne/acs/", form)
    if first.status_code != 303:
        return got(first)
    svar = first.cookies["svar"]
    client.cookies["svar"] = svar.value
    assert svar["path"] == first["Location"]
    answer = client.get(first["Location"])
    del client.cookies["svar"]
    return got(answer)


def got(answer: Any) -> HttpResponse:
    found: HttpResponse = answer
    return found
