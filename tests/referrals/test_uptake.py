"""Cards are counted, never who got them."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from referrals import uptake
from referrals.models import Uptake
from tests.referrals.conftest import MakeService

NOVEMBER = datetime(2026, 11, 23, 20, tzinfo=UTC)
LAST_MINUTES = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)  # in Denmark it is December

pytestmark = pytest.mark.django_db


def share(service_id: UUID, times: int, now: datetime = NOVEMBER) -> None:
    for _time in range(times):
        uptake.count_card(service_id, now=now)


def test_cards_are_counted_by_the_month_as_it_is_in_denmark(make: MakeService) -> None:
    service = make()
    share(service.pk, 6)
    share(service.pk, 7, LAST_MINUTES)
    assert [(month.isoformat(), number) for month, number in uptake.months_of(service)] == [
        ("2026-12-01", 7),
        ("2026-11-01", 6),
    ]


def test_law_11_fewer_than_five_are_told_to_nobody(make: MakeService, client: Client, editor: User) -> None:
    client.force_login(editor)
    service = make()
    share(service.pk, 4)
    assert [number for _month, number in uptake.months_of(service)] == [None]
    html = client.get(reverse("referrals:manage-history", args=[service.pk])).content.decode()
    assert "Færre end 5 gange" in html
    share(service.pk, 1)
    assert "5 gange" in client.get(reverse("referrals:manage-history", args=[service.pk])).content.decode()


def test_law_8_a_count_knows_a_service_and_a_month_and_nothing_else() -> None:
    assert {field.name for field in Uptake._meta.get_fields()} == {"id", "service", "month", "shared"}
