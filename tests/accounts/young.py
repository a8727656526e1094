"""Young people with profiles, made through the door for them."""

import re

from django.test import Client

from accounts.models import User

SECRET = "tre-blå-både-sejler"
NAME = "stille-regn-48"


def sign_up(client: Client, name: str = NAME, password: str = SECRET) -> str:
    """Make a profile and stay logged in with it; its recovery phrase."""
    answer = client.post("/konto/ny/", {"username": name, "password1": password, "sure": name})
    assert answer.status_code == 200, answer
    return phrase_on(answer.content.decode())


def make_young(name: str = NAME, password: str = SECRET) -> User:
    sign_up(Client(), name, password)
    return User.objects.get(username=name)


def phrase_on(page: str) -> str:
    """The six words that a page shows, as one would type them; "" if it shows none."""
    shown = re.search(r'<ol class="phrase"[^>]*>(.*?)</ol>', page, re.DOTALL)
    return " ".join(re.findall(r"<li>(\w+)</li>", shown[1])) if shown else ""
