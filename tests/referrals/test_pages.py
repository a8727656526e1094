"""Help now and the directory, as the young meet them."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format

from referrals import services
from referrals.models import Topic
from referrals.national import OFFERS
from tests.referrals.conftest import MakeService

CALLS_112 = 'href="tel:112"'


@contextmanager
def no_database() -> Iterator[None]:
    def fail(*args: object) -> None:
        raise OperationalError("server closed the connection")

    with connection.execute_wrapper(fail):
        yield


def main_of(html: str) -> str:
    return html.split("<main", 1)[1].split("</main>", 1)[0]


def names(html: str) -> list[str]:
    return re.findall(r'<h3 lang="da">(.*?)</h3>', html)


def links_of(html: str) -> set[str]:
    return {href for href in re.findall(r'href="([^"]*)"', main_of(html)) if not href.startswith("/")}


def lix(text: str) -> float:
    """Words in a sentence and long words in a hundred; under 25 is very easy, under 35 is easy."""
    words = re.findall(r"\w+", text)
    sentences = max(1, len(re.findall(r"[.!?:]+(?:\s|$)", text)))
    return len(words) / sentences + 100 * sum(len(word) > 6 for word in words) / len(words)


def get(client: Client, name: str, **query: str) -> str:
    response = client.get(reverse(f"referrals:{name}"), query)
    assert response.status_code == 200
    return response.content.decode()


# Help now ---------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_112_stands_before_every_service(client: Client, crisis: MakeService) -> None:
    crisis(checked_on=timezone.localdate())
    html = get(client, "help")
    assert html.index(CALLS_112) < html.index("Linjen") < html.index('href="tel:+4570201201"')


@pytest.mark.django_db
def test_the_help_page_names_112_while_nobody_is_on_the_list(client: Client) -> None:
    services.load_national_drafts()
    html = get(client, "help")
    assert names(html) == []
    assert links_of(html) == {"tel:112"}


@pytest.mark.django_db
def test_the_help_page_answers_while_the_database_is_down(client: Client, crisis: MakeService) -> None:
    crisis(checked_on=timezone.localdate())
    with no_database():
        html = get(client, "help")
    assert CALLS_112 in html
    assert names(html) == []


@pytest.mark.django_db
def test_after_a_failure_the_help_page_waits_for_the_database_no_more_for_a_while(
    client: Client, crisis: MakeService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On PostgreSQL each look at a database that is down takes seconds."""
    clock = [1000.0]
    monkeypatch.setattr("referrals.views.public.monotonic", lambda: clock[0])
    crisis(checked_on=timezone.localdate())
    with no_database():
        get(client, "help")
    assert names(get(client, "help")) == []
    clock[0] += 11
    assert names(get(client, "help")) == ["Linjen"]


def test_the_help_page_asks_the_database_for_nothing_but_the_list(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """This test has no database at all: only the one guarded read may look for it."""
    monkeypatch.setattr("referrals.views.public._help_cards", lambda: None)
    assert CALLS_112 in get(client, "help")


@pytest.mark.django_db
def test_the_help_page_shows_crisis_help_and_what_never_closes_alone(client: Client, make: MakeService) -> None:
    today = timezone.localdate()
    make(name="A", checked_on=today)
    make(name="B", checked_on=today, is_crisis=True)
    make(name="C", checked_on=today, always_open=True)
    make(name="D", checked_on=today, always_open=True, is_crisis=True)
    make(name="E", checked_on=today, is_crisis=True, channels=())
    make(name="F", checked_on=today - timedelta(days=181), is_crisis=True)
    assert names(get(client, "help")) == ["D", "C", "B"]


@pytest.mark.django_db
def test_a_card_says_who_it_is_for_how_to_reach_it_and_when_it_was_checked(client: Client, crisis: MakeService) -> None:
    today = timezone.localdate()
    crisis(
        checked_on=today,
        eligibility_description="Unge",
        minimum_age=15,
        maximum_age=24,
        is_anonymous=True,
        hours_text="Hele døgnet",
        alert="Lang kø i dag",
        channels=(("phone", "70201201"), ("chat", "https://livet.dk/chat")),
    )
    client.cookies["django_language"] = "en"
    html = get(client, "help")
    with translation.override("en"):
        assert f"Checked on {date_format(today)}" in html
    for part in ("Tal med nogen.", "Unge", "Age 15 to 24", "You do not have to say who you are", "Hele døgnet"):
        assert part in html
    for part in ("Lang kø i dag", "It is open now", "Call 70 20 12 01", "Chat at livet.dk"):
        assert part in html


@pytest.mark.django_db
def test_in_the_demo_nothing_can_be_called_but_112(client: Client) -> None:
    services.load_national_drafts()
    services.load_demo_services()
    for name, shown in (("help", 1), ("directory", 7)):
        html = get(client, name)
        assert len(names(html)) == shown
        assert links_of(html) <= {"tel:112"}


@pytest.mark.django_db
def test_pages_about_help_leave_no_cookie_and_no_telling_title(client: Client) -> None:
    services.load_demo_services()
    for name in ("help", "directory"):
        html = get(client, name)
        assert "<title>Samrum</title>" in html
        assert not client.cookies


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["help", "directory"])
def test_the_number_of_queries_does_not_grow_with_the_list(
    client: Client, crisis: MakeService, name: str, django_assert_num_queries: Any
) -> None:
    services.load_topics()
    today = timezone.localdate()
    crisis(checked_on=today).topics.set(Topic.objects.all())
    # services with their hours, topics, places, channels; in the directory the filter's topics
    queries = 4 if name == "help" else 5
    crisis(name="A", checked_on=today)
    with django_assert_num_queries(queries):
        get(client, name)
    for other in ("B", "C"):
        crisis(name=other, checked_on=today, channels=(("phone", "112"), ("sms", "1212")))
    with django_assert_num_queries(queries):
        assert len(names(get(client, name))) == 4


@pytest.mark.django_db
def test_the_help_page_is_very_easy_to_read(client: Client) -> None:
    services.load_demo_services()
    text = unescape(re.sub(r"<(p|h1|h2)[^>]*>", ". ", main_of(get(client, "help")).split("<article")[0]))
    assert lix(re.sub(r"<[^>]+>", " ", text)) <= 25


def test_the_words_about_national_offers_are_easy_to_read() -> None:
    assert lix(" ".join(offer.description for offer in OFFERS)) <= 30


# The directory ----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_directory_can_be_narrowed_by_topic_and_municipality(client: Client, make: MakeService) -> None:
    services.load_topics()
    make(name="Landet").topics.set(Topic.objects.filter(code="t04"))
    make(name="Byen", municipality_code="751")
    make(name="Anden by", municipality_code="461")
    assert set(names(get(client, "directory"))) == {"Landet", "Byen", "Anden by"}
    assert names(get(client, "directory", t="t04")) == ["Landet"]
    assert names(get(client, "directory", k="751")) == ["Landet", "Byen"]
    assert names(get(client, "directory", t="t04", k="461")) == ["Landet"]


@pytest.mark.django_db
@pytest.mark.parametrize("query", [{"t": "nothing"}, {"k": "999"}, {"t": "t01' OR 1=1", "k": "x" * 500}])
def test_a_choice_that_is_not_on_the_list_narrows_nothing(
    client: Client, make: MakeService, query: dict[str, str]
) -> None:
    make()
    assert names(get(client, "directory", **query)) == ["Linjen"]


@pytest.mark.django_db
def test_an_empty_directory_says_where_to_go_instead(client: Client, make: MakeService) -> None:
    assert reverse("front") in re.findall(r'href="([^"]*)"', main_of(get(client, "directory")))
    services.load_topics()
    make(municipality_code="461")
    html = main_of(get(client, "directory", t="t01", k="751"))
    assert names(html) == []
    assert f'href="{reverse("referrals:directory")}"' in html
    assert f'href="{reverse("referrals:help")}"' in html


@pytest.mark.django_db
def test_an_old_check_shows_its_age(client: Client, make: MakeService) -> None:
    make(checked_on=timezone.localdate() - timedelta(days=181))
    client.cookies["django_language"] = "en"
    html = get(client, "directory")
    assert "Something may have changed" in html
    assert '<p class="small soft">Checked on' not in html


@pytest.mark.django_db
def test_what_a_counsellor_writes_is_text_and_never_markup(client: Client, make: MakeService) -> None:
    make(name="<b>x</b>", description="<script>x</script>", channels=(("web", "javascript:alert(1)"),))
    html = main_of(get(client, "directory"))
    assert "<script>" not in html
    assert "<b>" not in html
    assert 'href="javascript' not in html
