"""A letterbox's own hours: said in words, and kept by what is promised."""

import re
from datetime import UTC, date, datetime, time, timedelta
from importlib import import_module
from zoneinfo import ZoneInfo

import pytest
from django.apps import apps
from django.conf import settings
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from hypothesis import example, given
from hypothesis import strategies as st

from accounts.models import User
from forum.models import Letterbox
from forum.promises import answered_by
from forum.services import letter_sweeps, letterboxes, letters, places
from moderation.refusals import Refused
from referrals.hours import is_holiday
from tests.forum.letters import answer, fresh, house, make_box, make_person, write

pytestmark = pytest.mark.django_db
COPENHAGEN = ZoneInfo("Europe/Copenhagen")
WEEK = {"reading_days": "1234", "reading_from": time(9), "reading_until": time(20)}


def danish(moment: str) -> datetime:
    return datetime.fromisoformat(moment).replace(tzinfo=COPENHAGEN)


def at_work(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


# What is promised -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "hours, written, promised",
    [
        (48, "2026-11-23 14:02", "2026-11-25 14:00"),  # Monday
        (48, "2026-11-25 14:02", "2026-11-30 14:00"),  # over a Friday, a Saturday and a Sunday
        (48, "2026-11-26 19:59", "2026-12-01 19:00"),
        (48, "2026-11-26 20:00", "2026-12-02 09:00"),  # nobody reads any more
        (48, "2026-11-27 11:00", "2026-12-02 09:00"),
        (48, "2026-11-29 23:30", "2026-12-02 09:00"),
        (48, "2026-11-23 03:10", "2026-11-25 09:00"),  # nobody reads yet
        (4, "2026-11-23 14:02", "2026-11-23 18:00"),
        (4, "2026-11-23 17:30", "2026-11-24 10:00"),  # two and a half hours, the rest of it tomorrow
        (4, "2026-11-26 18:00", "2026-11-30 11:00"),
        (30, "2026-11-23 13:00", "2026-11-24 19:00"),  # a day, and six hours
        (36, "2026-11-23 14:00", "2026-11-25 14:00"),  # a day, and no more than another one
        (47, "2026-11-23 14:00", "2026-11-25 14:00"),
        (168, "2026-11-23 14:02", "2026-12-03 14:00"),
        (24, "2026-12-23 14:02", "2026-12-28 14:00"),  # Christmas Eve is a Thursday, and nobody reads
        (48, "2027-03-24 14:02", "2027-03-31 14:00"),  # from Maundy Thursday to Easter Monday
    ],
)
def test_a_promise_is_kept_to_days_and_hours_in_which_somebody_reads(hours: int, written: str, promised: str) -> None:
    box = make_box(answer_hours=hours, **WEEK)
    assert answered_by(box, now=danish(written)) == danish(promised)
    assert write(box, now=danish(written)).letter.due_at == danish(promised)


def test_a_letterbox_without_hours_of_its_own_promises_as_it_always_did() -> None:
    assert answered_by(make_box(answer_hours=48), now=danish("2026-11-27 23:40")) == danish("2026-11-29 23:00")
    assert answered_by(make_box(answer_hours=6), now=danish("2026-11-27 23:40")) == danish("2026-11-28 05:00")


def test_days_without_hours_are_read_from_midnight_to_midnight() -> None:
    box = make_box(answer_hours=6, reading_days="12345")
    assert answered_by(box, now=danish("2026-11-27 23:30")) == danish("2026-11-30 05:00")
    assert answered_by(box, now=danish("2026-11-28 12:00")) == danish("2026-11-30 06:00")


def test_a_day_that_begins_at_half_past_is_not_promised_before_it_begins() -> None:
    box = make_box(answer_hours=24, reading_days="12345", reading_from=time(9, 30), reading_until=time(15))
    assert answered_by(box, now=danish("2026-11-28 12:00")) == danish("2026-12-01 09:30")


def test_the_hours_are_danish_ones_also_over_a_change_of_the_clocks() -> None:
    box = make_box(answer_hours=24, **{**WEEK, "reading_days": "1234567"})
    assert answered_by(box, now=danish("2026-10-24 18:00")) == danish("2026-10-25 18:00")  # an hour more
    assert answered_by(box, now=danish("2027-03-27 18:00")) == danish("2027-03-28 18:00")  # an hour less


def test_who_reads_on_sundays_reads_on_holidays() -> None:
    box = make_box(answer_hours=24, reading_days="67", reading_from=time(10), reading_until=time(16))
    assert answered_by(box, now=danish("2026-12-20 12:00")) == danish("2026-12-24 12:00")


def read_as(day: date) -> str:
    """The day of the week that a letterbox takes this day for."""
    return "7" if is_holiday(day) else str(day.isoweekday())


@given(
    written=st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)),
    hours=st.integers(4, 168),
    days=st.sets(st.sampled_from("1234567"), min_size=1),
    between=st.none() | st.lists(st.integers(0, 23), min_size=2, max_size=2, unique=True),
)
def test_whatever_the_hours_a_promise_ends_while_somebody_reads_and_leaves_no_less_time_than_it_says(
    written: datetime, hours: int, days: set[str], between: list[int] | None
) -> None:
    first, last = sorted(between) if between else (0, 24)
    box = Letterbox(
        answer_hours=hours,
        reading_days="".join(sorted(days)),
        reading_from=time(first) if between else None,
        reading_until=time(last) if between else None,
    )
    now = written.replace(tzinfo=UTC)
    due = answered_by(box, now=now)
    local = due.astimezone(COPENHAGEN)
    before = local.replace(tzinfo=None) - timedelta(microseconds=1)  # midnight ends the day before it
    assert days & {read_as(local.date()), read_as(before.date())}
    assert first <= local.hour <= last
    assert local.minute == 0
    assert due - now > timedelta(hours=hours - 2)  # the full hour, and the hour of a change of the clocks
    assert answered_by(box, now=now + timedelta(hours=1)) >= due


MINUTES = st.integers(0, 24 * 60 - 1)


def clock_of(minutes: int) -> time:
    return time(minutes // 60, minutes % 60)


@given(
    written=st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31))
    | st.datetimes(datetime(2027, 3, 26), datetime(2027, 3, 29)),
    days=st.sets(st.sampled_from("1234567"), min_size=1),
    between=st.none() | st.lists(MINUTES, min_size=2, max_size=2, unique=True),
)
@example(written=datetime(2027, 3, 27), days={"7"}, between=[150, 240])  # it opens in the hour that is left out
@example(written=datetime(2026, 11, 23, 13), days={"1"}, between=[960, 961])
def test_more_promised_hours_never_end_earlier(written: datetime, days: set[str], between: list[int] | None) -> None:
    first, last = sorted(between) if between else (None, None)
    box = Letterbox(
        reading_days="".join(sorted(days)),
        reading_from=None if first is None else clock_of(first),
        reading_until=None if last is None else clock_of(last),
    )
    ends = []
    for hours in range(4, 169):
        box.answer_hours = hours
        ends.append(answered_by(box, now=written.replace(tzinfo=UTC)))
    assert ends == sorted(ends)


def test_a_letter_over_a_closed_weekend_is_not_late_and_is_alarmed_when_it_is() -> None:
    make_person("Lis", "coordinator", email="lis@brevhuset.example")
    write(make_box(answer_hours=4, **WEEK), now=danish("2026-11-26 18:00"))
    assert letter_sweeps.alarm_late(now=danish("2026-11-29 18:00")) == 0
    assert letter_sweeps.alarm_late(now=danish("2026-11-30 11:01")) == 1
    assert len(mail.outbox) == 1


def test_what_is_promised_stays_when_the_hours_change_and_the_next_question_gets_the_new_ones() -> None:
    sofie, box = make_person("Sofie", "counsellor"), make_box(answer_hours=48)
    letter = write(box, now=danish("2026-11-26 18:00")).letter
    Letterbox.objects.update(**WEEK)
    letters.write_more(letter=letter, text="Og en ting til.", now=danish("2026-11-26 18:30"))
    assert fresh(letter).due_at == danish("2026-11-28 18:00")
    answer(letter, sofie, now=danish("2026-11-26 19:00"))
    letters.write_more(letter=letter, text="Og så?", now=danish("2026-11-26 19:30"))
    assert fresh(letter).due_at == danish("2026-12-01 19:00")


# What is said -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "days, first, last, words",
    [
        ("1234567", None, None, ""),
        ("1234", time(9), time(20), "We read letters Monday to Thursday, 9 to 20. Not on public holidays."),
        ("12", time(9, 30), time(20), "We read letters Monday and Tuesday, 9:30 to 20. Not on public holidays."),
        ("135", None, None, "We read letters Monday, Wednesday and Friday. Not on public holidays."),
        ("3", time(16), time(19), "We read letters Wednesday, 16 to 19. Not on public holidays."),
        ("12367", None, None, "We read letters Monday to Wednesday, Saturday and Sunday."),
        ("1567", None, None, "We read letters Monday and Friday to Sunday."),
        ("1234567", time(8), time(22), "We read letters every day, 8 to 22."),
    ],
)
def test_hours_are_said_as_people_say_them(days: str, first: time | None, last: time | None, words: str) -> None:
    with translation.override("en"):
        assert Letterbox(reading_days=days, reading_from=first, reading_until=last).hours == words


def english() -> Client:
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


def test_the_young_read_the_hours_where_they_choose_and_where_they_write() -> None:
    box = make_box(**WEEK)
    for url in (reverse("letters:list"), reverse("letters:write", args=[box.slug])):
        assert (
            "We read letters Monday to Thursday, 9 to 20. Not on public holidays."
            in english().get(url).content.decode()
        )


def test_the_list_names_the_hour_of_the_answer_where_not_every_hour_counts() -> None:
    make_box(answer_hours=48)
    page = english().get(reverse("letters:list")).content.decode()
    assert "Answer within 48 hours" in page
    Letterbox.objects.update(**WEEK)
    page = english().get(reverse("letters:list")).content.decode()
    assert "Answer within 48 hours" not in page
    assert "at the latest" in page


def test_the_list_asks_nothing_more_for_letterboxes_with_hours() -> None:
    asked = []
    for hours in ({}, WEEK):
        make_box(**hours)
        with CaptureQueriesContext(connection) as questions:
            english().get(reverse("letters:list"))
        asked.append(len(questions))
    assert asked[0] == asked[1]


# Who says it ------------------------------------------------------------------------------------------------------


def fields(**more: object) -> dict[str, object]:
    common = {"name": "Ungelinjen", "answer_hours": "48", "is_open": "on", "organizations": [str(house().pk)]}
    return {**common, "reading_days": ["4", "1", "2"], "reading_from": "09:00", "reading_until": "20:00", **more}


def test_a_coordinator_sets_the_hours_and_finds_them_again() -> None:
    client = at_work(make_person("Lis", "coordinator"))
    assert client.post(reverse("letters:box-new"), fields()).status_code == 302
    box = Letterbox.objects.get()
    assert (box.reading_days, box.reading_from, box.reading_until) == ("124", time(9), time(20))
    page = client.get(reverse("letters:box-edit", args=[box.pk])).content.decode()
    days = re.findall(r'name="reading_days" value="(\d)"[^>]* checked', page)
    assert days == ["1", "2", "4"]
    assert 'value="09:00"' in page
    client.post(reverse("letters:box-edit", args=[box.pk]), fields(reading_from="", reading_until=""))
    box.refresh_from_db()
    assert (box.reading_from, box.reading_until) == (None, None)


@pytest.mark.parametrize(
    "wrong",
    [
        {"reading_days": []},
        {"reading_days": ["8"]},
        {"reading_from": ""},
        {"reading_until": ""},
        {"reading_from": "20:00"},
        {"reading_from": "21:00"},
        {"reading_from": "19:01"},
    ],
)
def test_hours_that_nobody_could_keep_are_not_set(wrong: dict[str, object]) -> None:
    client = at_work(make_person("Lis", "coordinator"))
    assert client.post(reverse("letters:box-new"), fields(**wrong)).status_code == 422
    assert Letterbox.objects.count() == 0


def test_an_hour_is_enough() -> None:
    client = at_work(make_person("Lis", "coordinator"))
    assert client.post(reverse("letters:box-new"), fields(reading_from="19:00")).status_code == 302


@pytest.mark.parametrize(
    "wrong",
    [
        {"reading_days": "8"},
        {"reading_days": ""},
        {"reading_days": "21"},
        {"reading_from": time(9), "reading_until": time(9, 59)},
    ],
)
def test_no_other_door_sets_hours_that_nobody_could_keep(wrong: dict[str, object]) -> None:
    lis, box = make_person("Lis", "coordinator"), make_box()
    words = {name: getattr(box, name) for name in places.FIELDS[Letterbox]} | {"services": [], "name": "Ny", **wrong}
    with pytest.raises(Refused):
        letterboxes.open_box(user=lis, words=words, organizations=[house()])
    with pytest.raises(Refused):
        letterboxes.change_box(box, user=lis, words=words, organizations=[house()])
    assert Letterbox.objects.get().name == box.name


def test_days_that_no_week_has_are_left_out_of_what_was_stored_before() -> None:
    migration = import_module("forum.migrations.0007_days_of_the_week")
    box = make_box()
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA ignore_check_constraints = ON")
        else:
            cursor.execute("ALTER TABLE forum_letterbox DROP CONSTRAINT a_letterbox_is_read_on_days_of_the_week")
        try:
            for before, after in (("821", "12"), ("", "1234567"), ("135", "135")):
                Letterbox.objects.update(reading_days=before)
                migration.leave_out_other_days(apps, None)
                box.refresh_from_db()
                assert box.reading_days == after
        finally:
            if connection.vendor == "sqlite":
                cursor.execute("PRAGMA ignore_check_constraints = OFF")


@pytest.mark.parametrize(
    "wrong",
    [
        *({"reading_days": days} for days in ("", "8", "0", "18", "21", "11", "mandag", " ", "1,2")),
        {"reading_from": None},
        {"reading_until": None},
        {"reading_until": time(9)},
    ],
)
def test_the_database_knows_no_letterbox_that_is_never_read(wrong: dict[str, object]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make_box(**{**WEEK, **wrong})
