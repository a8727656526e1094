"""The staff write when somebody answers: the grid of the week, special days, a look at it, saving and taking back."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.models import Organization, User
from referrals import services
from referrals.hours import DAYS
from referrals.models import KeptHours, Schedule, Service, Version
from tests.referrals.conftest import MakeService, person

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 11, 23, 13, 2, tzinfo=UTC)  # 14.02 in Denmark
TODAY = MONDAY.date()


@pytest.fixture(autouse=True)
def a_monday_afternoon() -> Any:
    with time_machine.travel(MONDAY, tick=False):
        yield


@pytest.fixture
def desk(client: Client, editor: User) -> Client:
    client.force_login(editor)
    return client


def url(service: Service) -> str:
    return reverse("referrals:manage-hours", args=[service.pk])


def shown(desk: Client, service: Service) -> dict[str, Any]:
    """What a browser would send back of the page as it is shown."""
    forms = desk.get(url(service)).context["forms"]
    sent: dict[str, Any] = {}
    rows = [*forms.week.days, forms.year, *forms.special_days, forms.special_days.management_form]
    for field in [field for form in rows for field in form]:
        value = field.value()
        if value is not None and value is not False:
            sent[field.html_name] = "on" if value is True else field.field.widget.format_value(value)
    return {name: value for name, value in sent.items() if value is not None}


def save(desk: Client, service: Service, **values: Any) -> HttpResponse:
    """Change these fields of the page and press Save. None takes a field away."""
    return press(desk, service, "save", **values)


def press(desk: Client, service: Service, button: str, **values: Any) -> HttpResponse:
    sent = {**shown(desk, service), **{name.replace("__", "-"): value for name, value in values.items()}, button: "1"}
    return desk.post(url(service), {name: value for name, value in sent.items() if value is not None})


def kept(service: Service) -> set[tuple[str, str]]:
    return {(row.byday, f"{row.opens_at:%H:%M}-{row.closes_at:%H:%M}") for row in service.schedules.all()}


def errors(response: HttpResponse) -> dict[str, list[str]]:
    """Where the page says that something is wrong."""
    forms = response.context["forms"]
    rows = [*forms.week.days, forms.year, *forms.special_days]
    return {field.html_name: list(field.errors) for form in rows for field in form if field.errors}


def hours(*spans: str) -> dict[str, str]:
    """hours("MO 16:00-20:00", ...) as fields of the page; a second time of a day is its second span."""
    fields: dict[str, str] = {}
    for said in spans:
        day, clocks = said.split()
        opens, closes = clocks.split("-")
        number = 1 if f"{day}__opens_0" in fields else 0
        fields |= {f"{day}__opens_{number}": opens, f"{day}__closes_{number}": closes}
    return fields


# The week --------------------------------------------------------------------------------------------------------


def test_hours_that_are_saved_are_what_the_young_read_next(desk: Client, make: MakeService) -> None:
    service = make()
    page = reverse("referrals:service", args=[service.pk])
    assert "16–20" not in Client().get(page).content.decode()
    assert save(desk, service, **hours(*(f"{day} 16:00-20:00" for day in DAYS[:4]))).status_code == 302
    assert kept(service) == {("MO,TU,WE,TH", "16:00-20:00")}
    assert "16–20" in Client().get(page).content.decode()
    assert Service.objects.shown().get() == service


def test_a_day_can_have_a_pause_and_a_night_and_all_of_it(desk: Client, make: MakeService) -> None:
    service = make()
    sent = hours("MO 09:00-12:00", "MO 13:00-16:00", "FR 22:00-02:00")
    assert save(desk, service, **sent, SU__all_day="on").status_code == 302
    week = {("MO", "09:00-12:00"), ("MO", "13:00-16:00"), ("FR", "22:00-02:00"), ("SU", "00:00-00:00")}
    assert kept(service) == week


@pytest.mark.parametrize(
    "written,meant",
    [("16.30", "16:30"), ("16", "16:00"), ("08:15", "08:15"), ("8:15", "08:15")],
)
def test_a_time_is_understood_as_people_write_it(desk: Client, make: MakeService, written: str, meant: str) -> None:
    service = make()
    assert save(desk, service, MO__opens_0=written, MO__closes_0="24").status_code == 302
    assert kept(service) == {("MO", f"{meant}-00:00")}


@pytest.mark.parametrize(
    "sent,field",
    [
        ({"MO__opens_0": "16:00"}, "MO-closes_0"),
        ({"MO__closes_0": "20:00"}, "MO-opens_0"),
        ({"MO__closes_1": "20:00"}, "MO-opens_1"),
        (hours("TU 25:00-26:00"), "TU-opens_0"),
        (hours("TU 24-10"), "TU-opens_0"),
        (hours("TU ti-tolv"), "TU-closes_0"),
        (hours("TU 16:00-16:00"), "TU-closes_0"),
        (hours("TU 00:00-00:00"), "TU-closes_0"),
        (hours("WE 10:00-14:00", "WE 13:00-16:00"), "WE-opens_1"),
        (hours("WE 13:00-16:00", "WE 10:00-14:00"), "WE-opens_0"),
        (hours("WE 10:00-14:00", "WE 10:00-14:00"), "WE-opens_1"),
        (hours("SA 22:00-10:00", "SA 23:00-23:30"), "SA-opens_1"),
        ({"special__0__first_day": "24.12."}, "special-0-first_day"),
        ({"special__0__first_day": "2026-02-30"}, "special-0-first_day"),
        ({"special__0__first_day": "2025-12-24"}, "special-0-first_day"),
        ({"special__0__first_day": "2226-12-24"}, "special-0-first_day"),
        ({"special__0__last_day": "2026-12-24"}, "special-0-first_day"),
        ({"special__0__first_day": "2026-12-24", "special__0__last_day": "2026-12-23"}, "special-0-last_day"),
        ({"special__0__note": "Vi holder fri"}, "special-0-first_day"),
        ({"special__0__first_day": "2026-12-24", "special__0__kind": "hours"}, "special-0-opens_at"),
        (
            {"special__0__first_day": "2026-12-24", "special__0__kind": "hours", "special__0__opens_at": "10"},
            "special-0-closes_at",
        ),
        ({"special__0__first_day": "2026-12-24", "special__0__opens_at": "10:00"}, "special-0-kind"),
        ({"special__0__first_day": "2026-12-24", "special__0__kind": "måske"}, "special-0-kind"),
        ({"special__0__first_day": "2026-12-24", "special__0__note": "x" * 81}, "special-0-note"),
        ({"on_holidays": "aldrig"}, "on_holidays"),
        ({"remove": "nr. 1"}, "remove"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field_and_nothing_is_lost(
    desk: Client, make: MakeService, sent: dict[str, str], field: str
) -> None:
    service = make()
    service.schedules.create(byday="TH", opens_at=time(9), closes_at=time(10))
    answer = save(desk, service, **{"FR__opens_0": "15:00", "FR__closes_0": "17:00", **sent})
    assert answer.status_code == 422
    assert field in errors(answer)
    html = answer.content.decode()
    assert f'id="id_{field}_error"' in html or field == "remove"
    for value in ["15:00", "17:00", *(value for name, value in sent.items() if name not in ("on_holidays", "remove"))]:
        assert f'value="{value}"' in html or f'value="{value}" selected' in html or value == "måske", value
    assert kept(service) == {("TH", "09:00-10:00")}
    assert not service.versions.exists()


def test_an_error_is_read_aloud_with_its_field(desk: Client, make: MakeService) -> None:
    html = save(desk, make(), MO__opens_0="16:00").content.decode()
    field = html[html.index('name="MO-closes_0"') :].split(">")[0]
    assert 'aria-describedby="id_MO-closes_0_error"' in field
    assert 'aria-invalid="true"' in field


def test_day_and_night_wins_when_it_is_ticked_and_asks_when_it_stood_there(desk: Client, make: MakeService) -> None:
    service = make()
    save(desk, service, **hours("MO 09:00-17:00"))
    assert save(desk, service, MO__all_day="on").status_code == 302
    assert kept(service) == {("MO", "00:00-00:00")}
    answer = save(desk, service, **hours("MO 09:00-17:00"))
    assert answer.status_code == 422
    assert list(errors(answer)) == ["MO-all_day"]
    assert save(desk, service, **hours("MO 09:00-17:00"), MO__all_day=None).status_code == 302
    assert kept(service) == {("MO", "09:00-17:00")}


def test_saving_what_stands_there_changes_nothing(desk: Client, make: MakeService) -> None:
    """Whatever it is: rows of other makes, three times on one day, notes, days that are over, every other week."""
    service = make(always_open=True, on_holidays="sunday")
    rows: list[dict[str, Any]] = [
        {"byday": "TU,MO", "opens_at": time(9), "closes_at": time(11), "notes": "kun på telefon"},
        {"byday": "MO", "opens_at": time(12), "closes_at": time(13), "valid_from": TODAY - timedelta(days=9)},
        {"byday": "MO", "opens_at": time(14), "closes_at": time(15)},
        {"byday": "WE", "opens_at": time(8), "closes_at": time(8)},
        {"byday": "TH", "opens_at": time(8), "closes_at": time(9), "valid_to": TODAY - timedelta(days=9)},
        {"byday": "FR", "opens_at": time(8), "closes_at": time(9), "valid_from": TODAY + timedelta(days=9)},
        {"byday": "SA", "opens_at": time(8), "closes_at": time(9), "interval": 2, "valid_from": TODAY},
        {"byday": "1MO", "opens_at": time(8), "closes_at": time(9), "freq": "MONTHLY"},
        {"byday": "SU", "opens_at": time(0), "closes_at": time(0)},
    ]
    for row in rows:
        service.schedules.create(**row)
    over = date(2025, 12, 24)
    service.special_days.create(first_day=over, last_day=over)
    coming = date(2026, 12, 27)
    service.special_days.create(first_day=coming, last_day=coming, opens_at=time(10), closes_at=time(14), note="Kort")
    service.special_days.create(first_day=coming, last_day=date(2027, 1, 2))
    nights = {"opens_at": time(0), "closes_at": time(0)}
    service.special_days.create(first_day=date(2027, 2, 1), last_day=date(2027, 2, 2), **nights)

    def stands() -> list[Any]:
        service.refresh_from_db()
        names = ("freq", "interval", "opens_at", "closes_at", "valid_from", "valid_to", "notes")
        days = {(day, *row[1:]) for row in service.schedules.values_list("byday", *names) for day in row[0].split(",")}
        specials = set(service.special_days.values_list("first_day", "last_day", "opens_at", "closes_at", "note"))
        return [days, specials, service.always_open, service.on_holidays]

    before = stands()
    assert save(desk, service).status_code == 302
    assert stands() == before


def test_monday_can_be_copied_to_the_weekdays(desk: Client, make: MakeService) -> None:
    service = make()
    sent = hours("MO 09:00-12:00", "MO 13:00-16:00", "WE 10:00-11:00", "SA 10:00-11:00")
    answer = press(desk, service, "monday", **sent)
    assert answer.status_code == 200
    html = answer.content.decode()
    assert html.count('value="09:00"') == 5
    assert html.count('value="10:00"') == 1  # Saturday stays
    assert not service.schedules.exists()


# Special days ------------------------------------------------------------------------------------------------------


def test_special_days_are_written_changed_and_taken_away(desk: Client, make: MakeService) -> None:
    service = make()
    first = {"special__0__first_day": "2026-12-24", "special__0__last_day": "2027-01-02"}
    first["special__0__note"] = "Juleferie"
    assert save(desk, service, **first).status_code == 302
    second = {"special__1__first_day": "2027-02-01", "special__1__kind": "hours"}
    second |= {"special__1__opens_at": "10", "special__1__closes_at": "14.30"}
    assert save(desk, service, **second).status_code == 302
    rows = service.special_days.values_list("first_day", "last_day", "opens_at", "closes_at", "note")
    assert list(rows) == [
        (date(2026, 12, 24), date(2027, 1, 2), None, None, "Juleferie"),
        (date(2027, 2, 1), date(2027, 2, 1), time(10), time(14, 30), ""),
    ]
    assert save(desk, service, **{"special__0__DELETE": "on"}).status_code == 302
    assert service.special_days.get().first_day == date(2027, 2, 1)
    assert save(desk, service, **{"special__0__first_day": ""}).status_code == 302
    assert not service.special_days.exists()


def test_the_same_days_are_refused_a_second_time(desk: Client, make: MakeService) -> None:
    service = make()
    save(desk, service, **{"special__0__first_day": "2026-12-24"})
    answer = save(desk, service, **{"special__1__first_day": "2026-12-24", "special__1__last_day": "2026-12-24"})
    assert list(errors(answer)) == ["special-1-first_day"]


def test_one_more_row_can_be_had_without_saving(desk: Client, make: MakeService) -> None:
    service = make()
    answer = press(desk, service, "more", **{"special__0__first_day": "2026-12-24"})
    assert answer.status_code == 200
    html = answer.content.decode()
    assert 'name="special-1-first_day"' in html
    assert 'value="2026-12-24"' in html
    assert not service.special_days.exists()


@pytest.mark.parametrize("count", ["", "x", "-1", "99", "100000"])
def test_a_form_that_was_tampered_with_changes_nothing(desk: Client, make: MakeService, count: str) -> None:
    service = make()
    for button in ("save", "more", "preview"):
        answer = press(desk, service, button, **{"special__TOTAL_FORMS": count, **hours("MO 09:00-10:00")})
        assert answer.status_code == 422
    assert not service.schedules.exists()


def test_holidays_and_never_closing_are_chosen_here(desk: Client, make: MakeService) -> None:
    service = make()
    assert save(desk, service, on_holidays="usual", always_open="on").status_code == 302
    service.refresh_from_db()
    assert (service.on_holidays, service.always_open, service.is_published) == ("usual", True, True)


# Besides the week --------------------------------------------------------------------------------------------------


def test_what_does_not_fit_the_grid_is_told_in_words_and_can_be_taken_away(desk: Client, make: MakeService) -> None:
    service = make()
    monthly = service.schedules.create(byday="1MO", freq="MONTHLY", opens_at=time(16), closes_at=time(18))
    service.schedules.create(byday="TU", interval=2, valid_from=TODAY, opens_at=time(9), closes_at=time(10))
    html = desk.get(url(service)).content.decode()
    assert "16–18" in html
    assert "9–10" in html
    save(desk, service, **hours("TH 12:00-13:00"))
    assert service.schedules.count() == 3
    ids = {row.byday: str(row.pk) for row in service.schedules.all()}
    assert ids["1MO"] != str(monthly.pk)  # they are written anew, and found all the same
    save(desk, service, remove=ids["1MO"])
    assert {row.byday for row in service.schedules.all()} == {"TU", "TH"}


# Seeing it as the young do ---------------------------------------------------------------------------------------


def test_the_preview_is_of_five_o_clock_today_and_saves_nothing(desk: Client, make: MakeService) -> None:
    """At 14.02 it is closed; at 17 it will be open, if the hours that were written hold."""
    service = make()
    answer = press(desk, service, "preview", **hours("MO 16:00-20:30"))
    assert answer.status_code == 200
    assert answer.context["card"]["open"] is True
    assert answer.context["card"]["changes_at"] == "2026-11-23T19:30:00+00:00"
    assert not service.schedules.exists()
    assert not service.versions.exists()
    assert desk.get(url(service)).context["card"]["open"] is None


def test_the_preview_knows_special_days_and_what_is_to_be_taken_away(desk: Client, make: MakeService) -> None:
    service = make()
    row = service.schedules.create(byday="-1MO,4MO", freq="MONTHLY", opens_at=time(16), closes_at=time(18))
    assert desk.get(url(service)).context["card"]["open"] is True
    assert press(desk, service, "preview", remove=str(row.pk)).context["card"]["open"] is None
    closed = press(desk, service, "preview", **{"special__0__first_day": "2026-11-23"})
    assert closed.context["card"]["open"] is False


# After saving -----------------------------------------------------------------------------------------------------


def test_after_saving_the_page_says_since_when_and_leads_back(desk: Client, make: MakeService) -> None:
    service = make()
    service.schedules.create(byday="MO", opens_at=time(9), closes_at=time(10))
    save(desk, service, **hours("MO 12:00-13:00"))
    answer = desk.get(url(service))
    saved = answer.context["saved"]
    assert "14" in saved.words
    assert saved.is_shown
    html = answer.content.decode()
    assert reverse("referrals:service", args=[service.pk]) in html
    undo = reverse("referrals:manage-take-back", args=[service.pk, saved.before])
    assert undo in html
    answer = desk.post(undo, {"seen": saved.seen, "then": "hours"})
    assert answer["Location"] == url(service)
    assert kept(service) == {("MO", "09:00-10:00")}
    assert Service.objects.shown().get() == service
    after = desk.get(url(service)).context["saved"]
    assert (after.is_shown, after.before) == (True, None)


def test_a_draft_is_said_to_be_hidden_when_its_hours_are_saved(desk: Client, make: MakeService) -> None:
    service = make(is_published=False)
    save(desk, service, **hours("MO 12:00-13:00"))
    answer = desk.get(url(service))
    assert not answer.context["saved"].is_shown
    assert f'href="{reverse("referrals:service", args=[service.pk])}" class="button' not in answer.content.decode()


def test_what_a_colleague_did_is_not_offered_to_me_to_undo(
    desk: Client, make: MakeService, association: Organization
) -> None:
    service = make()
    row = {"byday": "MO", "opens_at": time(9), "closes_at": time(10)}
    other = person("kollega", association, "editor")
    services.set_hours(
        service=service, schedules=[full(row)], special_days=[], always_open=False, on_holidays="closed", by=other
    )
    assert desk.get(url(service)).context["saved"] is None


def test_the_offer_to_undo_is_gone_an_hour_later(desk: Client, make: MakeService, editor: User) -> None:
    service = make()
    save(desk, service, **hours("MO 12:00-13:00"))
    with time_machine.travel(MONDAY + timedelta(minutes=61)):
        desk.force_login(editor)
        assert desk.get(url(service)).context["saved"] is None


def full(row: dict[str, Any]) -> dict[str, Any]:
    return {"freq": "WEEKLY", "interval": 1, "valid_from": None, "valid_to": None, "notes": "", **row}


def test_nobody_overwrites_what_a_colleague_saved_without_seeing_it(
    desk: Client, make: MakeService, association: Organization
) -> None:
    service = make()
    sent = {**shown(desk, service), "MO-opens_0": "08:00", "MO-closes_0": "09:00", "save": "1"}
    rows = [full({"byday": "TU", "opens_at": time(11), "closes_at": time(12)})]
    services.set_hours(
        service=service,
        schedules=rows,
        special_days=[],
        always_open=False,
        on_holidays="closed",
        by=person("kollega", association, "editor"),
    )
    answer = desk.post(url(service), sent)
    assert answer.status_code == 422
    html = answer.content.decode()
    assert "11–12" in html
    assert 'value="08:00"' in html
    assert kept(service) == {("TU", "11:00-12:00")}
    again = {**sent, "seen": answer.context["forms"].year["seen"].value()}
    assert desk.post(url(service), again).status_code == 302
    assert kept(service) == {("MO", "08:00-09:00")}


def test_undo_does_not_undo_what_a_colleague_did_since(
    desk: Client, make: MakeService, association: Organization
) -> None:
    service = make()
    save(desk, service, **hours("MO 12:00-13:00"))
    saved = desk.get(url(service)).context["saved"]
    services.withdraw_service(service=service, by=person("kollega", association, "editor"))
    services.publish_service(service=service, by=person("en til", association, "editor"))
    answer = desk.post(
        reverse("referrals:manage-take-back", args=[service.pk, saved.before]), {"seen": saved.seen}, follow=True
    )
    assert "notice--error" in answer.content.decode()
    assert kept(service) == {("MO", "12:00-13:00")}


def test_each_saving_is_one_version_and_the_first_keeps_what_stood_there(desk: Client, make: MakeService) -> None:
    service = make()
    save(desk, service, **hours("MO 12:00-13:00"))
    save(desk, service, **hours("MO 12:00-14:00"))
    what = list(service.versions.values_list("what", flat=True))
    assert what == [Version.What.HOURS, Version.What.HOURS, Version.What.CREATED]
    assert service.versions.last().content["schedules"] == []


def test_the_page_costs_the_same_for_one_row_and_for_many(
    desk: Client, make: MakeService, django_assert_max_num_queries: Any
) -> None:
    service = make()
    for number in range(12):
        Schedule.objects.create(service=service, byday="MO", opens_at=time(number), closes_at=time(number, 30))
    with django_assert_max_num_queries(30):
        assert len(desk.get(url(service)).context["forms"].week.days[0].rows) == 12


def test_a_service_goes_with_all_its_hours(desk: Client, make: MakeService) -> None:
    service = make()
    save(desk, service, **hours("MO 12:00-13:00"), **{"special__0__first_day": "2026-12-24"})
    assert KeptHours.objects.filter(service=service).exists()
    service.delete()
    assert not KeptHours.objects.exists()
    assert not Version.objects.exists()
