from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import translation

from referrals import cards, services
from tests.referrals.conftest import MakeService

pytestmark = pytest.mark.django_db


def test_a_card_is_exactly_what_the_protocol_promises(make: MakeService, now: datetime) -> None:
    service = make(channels=(("phone", "70201201"), ("chat", "https://livet.dk/chat"), ("visit", "Gade 1")))
    with translation.override("en"):
        card = cards.card(service, now=now)
    assert card == {
        "id": str(service.id),
        "name": "Linjen",
        "channels": [
            {"kind": "phone", "label": "Call 70 20 12 01", "href": "tel:+4570201201"},
            {"kind": "chat", "label": "Chat at livet.dk", "href": "https://livet.dk/chat"},
            {"kind": "visit", "label": "Come by: Gade 1", "href": None},
        ],
        "open": None,
        "changes_at": None,
        "checked_on": "2026-11-22",
    }


def test_only_what_never_closes_is_called_open(make: MakeService, now: datetime) -> None:
    assert cards.card(make(always_open=True), now=now)["open"] is True
    assert cards.card(make(name="B", hours_text="Hele døgnet"), now=now)["open"] is None
    assert cards.card(make(name="C", always_open=True, status="temporarily closed"), now=now)["open"] is False


def test_a_check_is_told_for_180_days_and_its_age_after_that(make: MakeService, now: datetime) -> None:
    service = make()
    assert cards.card(service, now=now + timedelta(days=180))["checked_on"] == "2026-11-22"
    late = cards.details(service, now=now + timedelta(days=181))
    assert (late["checked_on"], late["last_check"]) == (None, service.checked_on)


def test_the_day_of_a_check_is_counted_in_denmark(make: MakeService, now: datetime) -> None:
    """23.30 UTC is tomorrow in Copenhagen."""
    service = make()
    late = now.replace(hour=23, minute=30) + timedelta(days=180)
    assert cards.card(service, now=late)["checked_on"] is None


def test_a_demo_service_can_neither_be_called_nor_followed(make: MakeService, now: datetime) -> None:
    channels = (("phone", "70201201"), ("sms", "1212"), ("chat", "https://livet.dk"), ("mail", "hej@livet.dk"))
    card = cards.card(make(is_demo=True, channels=channels), now=now)
    assert [channel["href"] for channel in card["channels"]] == [None] * 4
    assert all("demo" in channel["label"] for channel in card["channels"])


def test_a_stored_value_that_is_not_safe_is_not_linked(make: MakeService, now: datetime) -> None:
    card = cards.card(make(channels=(("web", "javascript:alert(1)"),)), now=now)
    assert card["channels"][0]["href"] is None


def test_help_now_starts_with_crisis_help_that_never_closes(make: MakeService, now: datetime) -> None:
    make(name="A")
    make(name="B", is_crisis=True)
    make(name="C", always_open=True)
    make(name="D", is_crisis=True, always_open=True)
    assert [card["name"] for card in cards.help_now(now=now)] == ["D", "C", "B"]
    assert [card["name"] for card in cards.help_now(now=now, limit=1)] == ["D"]


def test_help_now_leaves_out_who_cannot_be_reached_and_who_was_not_checked_lately(
    make: MakeService, now: datetime
) -> None:
    make(name="A", channels=())
    make(name="B", checked_on=now.date() - timedelta(days=181))
    make(name="C", is_published=False)
    assert cards.help_now(now=now) == []


def test_help_now_follows_an_edit_at_once(make: MakeService, now: datetime) -> None:
    service = make()
    assert len(cards.help_now(now=now)) == 1
    service.channels.update(value="116111")
    assert cards.help_now(now=now)[0]["channels"][0]["href"] == "tel:116111"


def test_help_now_costs_two_queries_however_many_there_are(
    make: MakeService, now: datetime, django_assert_num_queries: Any
) -> None:
    make(name="A")
    with django_assert_num_queries(2):
        cards.help_now(now=now)
    make(name="B")
    make(name="C", channels=(("phone", "112"), ("sms", "1212")))
    with django_assert_num_queries(2):
        assert len(cards.help_now(now=now)) == 3


def test_help_now_of_the_demo_is_national_with_nothing_to_call(now: datetime) -> None:
    services.load_demo_services(now=now)
    found = cards.help_now(now=now)
    assert sorted(card["name"] for card in found) == ["Demo: Aftensnak", "Demo: Nattelinjen", "Demo: Sms-linjen"]
    assert found[0]["name"] == "Demo: Nattelinjen"
    assert {channel["href"] for card in found for channel in card["channels"]} == {None}


def test_national_drafts_are_no_help_until_somebody_has_checked_them(now: datetime) -> None:
    services.load_national_drafts()
    assert cards.help_now(now=now) == []
