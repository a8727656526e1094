"""One service's own page, and its hours as a calendar file."""

import re
from datetime import date, time
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from referrals.models import Location, Service
from tests.referrals.conftest import MakeService

pytestmark = pytest.mark.django_db


def with_hours(make: MakeService, **values: Any) -> Service:
    service = make(checked_on=timezone.localdate(), **values)
    service.schedules.create(byday="MO,TU,WE,TH", opens_at=time(16), closes_at=time(20))
    return service


def page(client: Client, service: Service) -> str:
    response = client.get(reverse("referrals:service", args=[service.pk]))
    assert response.status_code == 200
    return response.content.decode()


def test_the_page_tells_all_six_things_one_asks_before_calling(client: Client, make: MakeService) -> None:
    service = with_hours(
        make,
        minimum_age=12,
        maximum_age=24,
        fees_description="Gratis",
        is_anonymous=True,
        duty_text="Er du i fare, siger de det til kommunen.",
        no_answer_text="De ringer op igen.",
        languages="da,en",
    )
    house = Location.objects.create(
        organization=service.organization, name="Huset", address_1="Gaden 1", postal_code="8000", city="Aarhus C"
    )
    service.at_locations.create(location=house)
    html = page(client, service)
    told = ("16–20", "12", "24", "Gaden 1, 8000 Aarhus C", "Gratis", "siger de det til kommunen", "ringer op igen")
    assert [part for part in told if part not in html] == []
    assert "<title>Samrum</title>" in html


def test_a_secret_place_has_a_name_and_no_way_there(client: Client, make: MakeService) -> None:
    service = with_hours(make)
    house = Location.objects.create(organization=service.organization, name="Krisecentret", is_hidden=True)
    service.at_locations.create(location=house)
    html = page(client, service)
    assert "Krisecentret" in html
    assert "openstreetmap" not in html


@pytest.mark.parametrize("values", [{"is_published": False}, {"is_demo": True, "is_published": False}])
def test_a_draft_has_no_page(client: Client, make: MakeService, values: dict[str, Any]) -> None:
    service = make(**values)
    assert client.get(reverse("referrals:service", args=[service.pk])).status_code == 404
    assert client.get(reverse("referrals:calendar", args=[service.pk])).status_code == 404


def test_a_page_that_never_was_is_not_there(client: Client) -> None:
    assert client.get(reverse("referrals:service", args=[uuid4()])).status_code == 404


def test_T16_the_calendar_file_has_the_hours_and_names_nobody(client: Client, make: MakeService) -> None:
    service = with_hours(make, name="Livets Linje")
    service.schedules.create(byday="FR", opens_at=time(22), closes_at=time(2), valid_to=date(2099, 1, 1))
    response = client.get(reverse("referrals:calendar", args=[service.pk]))
    entries = Calendar.from_ical(response.content).walk("VEVENT")
    assert sorted(entry["RRULE"]["BYDAY"] for entry in entries) == [["FR"], ["MO", "TU", "WE", "TH"]]
    assert all(entry["DTEND"].dt > entry["DTSTART"].dt for entry in entries)
    text = response.content.decode().casefold()
    assert not re.search(r"liv|linje|samrum|http", text)
    assert str(service.pk) not in text


def test_hours_that_stand_in_no_table_make_no_calendar(client: Client, make: MakeService) -> None:
    service = make(hours_text="Efter aftale")
    assert client.get(reverse("referrals:calendar", args=[service.pk])).status_code == 404
