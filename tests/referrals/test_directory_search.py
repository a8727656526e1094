"""Finding help by need and by the first letters of where one lives."""

from datetime import time, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from referrals import services, topics
from referrals.models import Topic
from referrals.municipalities import MUNICIPALITIES, find_municipalities
from tests.referrals.conftest import MakeService
from tests.referrals.test_pages import names

ALWAYS = "MO,TU,WE,TH,FR,SA,SU"


def found(words: str) -> list[str]:
    return [MUNICIPALITIES[code] for code in find_municipalities(words)]


@pytest.mark.parametrize(
    "words, name",
    [
        ("aar", "Aarhus"),
        ("Århus", "Aarhus"),
        ("år", "Aarhus"),
        ("arhus", "Aarhus"),
        ("AARHUS KOMMUNE", "Aarhus"),
        ("ålb", "Aalborg"),
        ("ode", "Odense"),
        ("køb", "København"),
        ("kob", "København"),
        ("ærø", "Ærø"),
        ("aeroe", "Ærø"),
        ("hor", "Horsens"),
        ("tårnby", "Tårnby"),
        ("taarn", "Tårnby"),
    ],
)
def test_a_few_letters_are_enough_however_they_are_spelled(words: str, name: str) -> None:
    assert name in found(words)


def test_a_whole_name_means_that_one_alone() -> None:
    assert found("Aarhus") == ["Aarhus"]


@pytest.mark.parametrize("words", ["", "   ", "x", "Malmö", "'; drop table", "%"])
def test_what_begins_no_name_finds_nothing(words: str) -> None:
    assert found(words) == []


@pytest.mark.django_db
def test_letters_that_several_begin_with_are_a_question(client: Client) -> None:
    html = client.get(reverse("referrals:directory"), {"k": "aa"}).content.decode()
    assert all(f'k={code}">' in html for code in ("580", "751", "851"))


@pytest.mark.django_db
def test_letters_that_begin_no_name_are_refused_and_stay_in_the_box(client: Client, make: MakeService) -> None:
    make(name="Linjen")
    html = client.get(reverse("referrals:directory"), {"k": "xyz"}).content.decode()
    assert 'value="xyz"' in html
    assert 'aria-invalid="true"' in html
    assert names(html) == ["Linjen"]


@pytest.mark.django_db
def test_whoever_answers_now_stands_first_and_the_next_to_open_before_the_rest(
    client: Client, make: MakeService, time_machine: object
) -> None:
    time_machine.move_to("2026-11-23T17:00:00+01:00", tick=False)  # type: ignore[attr-defined]
    make(name="A vides ikke")
    for name, opens in (("B i morgen", 9), ("C i aften", 20), ("D nu", 16)):
        days = "TU" if name.startswith("B") else "MO"
        make(name=name).schedules.create(byday=days, opens_at=time(opens), closes_at=time(22))
    html = client.get(reverse("referrals:directory")).content.decode()
    assert names(html)[:4] == ["D nu", "C i aften", "B i morgen", "A vides ikke"]
    assert "Åbent nu, til kl. 22" in html
    assert "Lukket nu. Åbner i aften kl. 20" in html


@pytest.mark.django_db
def test_behind_a_shut_door_stand_two_that_are_open(client: Client, make: MakeService) -> None:
    services.load_topics()
    today = timezone.localdate()
    shut = make(name="Lukket hus", municipality_code="751", checked_on=today)
    over = today - timedelta(days=1)
    shut.schedules.create(byday=ALWAYS, opens_at=time(9), closes_at=time(10), valid_to=over)
    shut.topics.set(Topic.objects.filter(code=topics.SCHOOL))
    for name in ("Altid A", "Altid B", "Altid C"):
        make(name=name, checked_on=today, always_open=True)
    make(name="Altid i Odense", checked_on=today, always_open=True, municipality_code="461")
    html = client.get(reverse("referrals:directory"), {"t": topics.SCHOOL, "k": "aarhus"}).content.decode()
    assert names(html) == ["Lukket hus", "Altid A", "Altid B"]


@pytest.mark.django_db
@pytest.mark.parametrize("code", sorted(topics.TOPICS))
def test_112_stands_there_where_somebody_may_be_in_danger_and_nowhere_else(client: Client, code: str) -> None:
    services.load_topics()
    html = client.get(reverse("referrals:directory"), {"t": code}).content.decode()
    assert ('href="tel:112"' in html) == (code in topics.ACUTE)
