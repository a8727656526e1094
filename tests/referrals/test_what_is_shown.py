from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from accounts.models import Organization, User
from referrals import services
from referrals.models import Service, Topic
from tests.referrals.conftest import TODAY, MakeService

pytestmark = pytest.mark.django_db


@pytest.fixture
def production(settings: Any) -> None:
    settings.DEMO = False


UNCHECKED = {"checked_on": None, "checked_by": None, "is_published": False}


@pytest.mark.usefixtures("production")
def test_a_checked_and_published_service_is_shown(make: MakeService) -> None:
    service = make()
    assert list(Service.objects.shown()) == [service]


@pytest.mark.usefixtures("production")
@pytest.mark.parametrize(
    "other",
    [
        UNCHECKED,
        {"is_published": False},
        {"status": "inactive"},
        {"status": "defunct"},
        {"status": "temporarily closed"},
        {"is_demo": True},
    ],
)
def test_a_draft_a_closed_one_and_a_demo_one_are_not_shown(make: MakeService, other: dict[str, Any]) -> None:
    make(**other)
    assert not Service.objects.shown().exists()


def test_a_demo_service_is_shown_in_the_demo(make: MakeService) -> None:
    service = make(is_demo=True)
    assert list(Service.objects.shown()) == [service]


@pytest.mark.usefixtures("production")
@pytest.mark.parametrize("kind,value", [("phone", "70201201"), ("chat", "https://livet.dk"), ("sms", "1212")])
def test_a_checked_crisis_service_that_never_closes_lets_rooms_open(
    crisis: MakeService, now: datetime, kind: str, value: str
) -> None:
    service = crisis(channels=((kind, value),))
    assert list(Service.objects.crisis_ready(now)) == [service]


@pytest.mark.usefixtures("production")
@pytest.mark.parametrize(
    "other",
    [
        UNCHECKED,
        {"is_published": False},
        {"is_demo": True},
        {"is_crisis": False},
        {"always_open": False, "hours_text": "Hele døgnet"},
        {"status": "temporarily closed"},
        {"channels": ()},
        {"channels": (("web", "https://livet.dk"), ("visit", "Gade 1"), ("mail", "hej@livet.dk"))},
        {"checked_on": TODAY - timedelta(days=181)},
    ],
)
def test_nothing_less_lets_rooms_open(crisis: MakeService, now: datetime, other: dict[str, Any]) -> None:
    crisis(**other)
    assert not Service.objects.crisis_ready(now).exists()


@pytest.mark.usefixtures("production")
def test_a_check_counts_for_180_days_and_no_longer(crisis: MakeService, now: datetime) -> None:
    crisis(checked_on=TODAY)
    assert Service.objects.crisis_ready(now + timedelta(days=180)).exists()
    assert not Service.objects.crisis_ready(now + timedelta(days=181)).exists()


@pytest.mark.usefixtures("production")
def test_neither_national_drafts_nor_demo_services_let_rooms_of_production_open() -> None:
    services.load_national_drafts()
    services.load_demo_services()
    assert Service.objects.filter(is_crisis=True, always_open=True).count() > 2
    assert not Service.objects.crisis_ready().exists()
    assert not Service.objects.shown().exists()


def test_the_demo_services_let_rooms_of_the_demo_open() -> None:
    services.load_demo_services()
    assert [service.name for service in Service.objects.crisis_ready()] == ["Demo: Nattelinjen"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"checked_on": None},
        {"checked_by": None},
        {"checked_on": None, "checked_by": None},
        {"source": ""},
        {"minimum_age": 18, "maximum_age": 17},
        {"status": "aktiv"},
    ],
)
def test_the_database_itself_refuses_what_must_never_be_true(make: MakeService, wrong: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make(**wrong)


@pytest.mark.parametrize("channel", [("fax", "70201201"), ("phone", "")])
def test_the_database_itself_refuses_a_way_in_that_leads_nowhere(make: MakeService, channel: tuple[str, str]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make(channels=(channel,))


def test_who_checked_a_service_cannot_vanish(make: MakeService) -> None:
    make()
    with pytest.raises(IntegrityError):
        User.objects.filter(username="tjek").delete()


def test_a_topic_finds_its_services_each_once(make: MakeService) -> None:
    services.load_topics()
    one, two = make(name="A"), make(name="B")
    one.topics.set(Topic.objects.filter(code__in=["t01", "t02"]))
    two.topics.set(Topic.objects.filter(code="t02"))
    assert list(Service.objects.for_topic("t01")) == [one]
    assert list(Service.objects.for_topic("t02")) == [one, two]
    assert list(Service.objects.for_topic("nothing")) == []


def test_a_municipality_finds_its_own_services_and_those_of_the_whole_country(
    make: MakeService, town: Organization
) -> None:
    country, own = make(name="Landet"), make(name="Byen", municipality_code="751", organization=town)
    make(name="En anden by", municipality_code="461")
    assert set(Service.objects.for_municipality("751")) == {country, own}


def test_crisis_help_that_never_closes_stands_first(make: MakeService, crisis: MakeService) -> None:
    make(name="A by", municipality_code="751")
    make(name="B land")
    make(name="C krise", is_crisis=True)
    make(name="D altid", always_open=True)
    crisis(name="E krise altid")
    assert [service.name[0] for service in Service.objects.help_first()] == ["E", "D", "C", "B", "A"]


def test_a_topic_has_the_name_of_the_reader_s_language() -> None:
    topic = Topic(code="t01", name="Ensomhed", name_en="Feeling lonely")
    with translation.override("da"):
        assert topic.label == "Ensomhed"
    with translation.override("en"):
        assert topic.label == "Feeling lonely"
