"""What the form for a profile says of a name tells nobody who logs in here (T22)."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from forum import profile_forms
from tests.accounts.young import SECRET, make_young
from tests.chat.people import make_counsellor

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def one_suggestion(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(profile_forms, "suggestion", lambda: "modigt-egern-27")


def said_of(name: str) -> str:
    """The page that answers to `name`, without what differs between any two answers."""
    page = Client().post(reverse("account_signup"), {"username": name, "password1": SECRET, "sure": name})
    assert page.status_code == 200
    html = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page.content.decode())
    assert "modigt-egern-27" in html[html.index("id_username_error") :]
    return html.replace(name, "*")


def staff_named(name: str) -> None:
    User.objects.filter(pk=make_counsellor("Sofie").pk).update(username=name)


@pytest.mark.parametrize("typed", ["sofie", "Sofie", " SOFIE "])
def test_T22_a_plain_first_name_answers_the_same_whether_a_counsellor_has_it_or_not(typed: str) -> None:
    before = said_of(typed)
    staff_named("sofie")
    assert said_of(typed) == before
    assert not User.objects.young().exists()


def test_T22_a_name_that_is_taken_answers_the_same_whether_by_staff_or_by_a_profile_and_as_a_plain_one() -> None:
    plain = said_of("sofie")
    staff_named("sofie7")
    make_young("stille-regn-48")
    assert said_of("sofie7") == said_of("stille-regn-48") == plain


@pytest.mark.parametrize("name", ["blå-ræv", "regnorm3000", "Modigt Egern"])
def test_a_name_with_two_words_or_a_number_makes_a_profile(name: str) -> None:
    assert Client().post(reverse("account_signup"), {"username": name, "password1": SECRET}).status_code == 200
    assert User.objects.young().count() == 1
