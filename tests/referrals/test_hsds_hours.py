"""Hours as HSDS rows: whoever reads the rows finds open what is open, day by day."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import Organization
from referrals import hours
from referrals.hsds import schemas, terms, timetable
from referrals.hsds.checking import validator
from referrals.models import Schedule, Service, SpecialDays

TODAY = date(2026, 11, 22)  # a Sunday
DAY = timedelta(days=1)
JUDGE = validator(schemas.schema("schedule", closed=True))


def service_with(schedules: list[Any], special_days: list[Any], **values: Any) -> Service:
    """As the database would hand it out, with its rows fetched."""
    service = Service(
        organization=Organization(name="Livet", slug="livet", kind="association"), name="Linjen", **values
    )
    fetched = {
        "schedules": [Schedule(service=service, **row) for row in schedules],
        "special_days": [SpecialDays(service=service, **row) for row in special_days],
    }
    service._prefetched_objects_cache = {  # type: ignore[attr-defined]
        name: Fetched(rows) for name, rows in fetched.items()
    }
    return service


class Fetched(list):
    def _apply_rel_filters(self, _rows: Any) -> "Fetched":
        return self


def told(schedules: list[Any], special_days: list[Any] = (), **values: Any) -> list[dict[str, Any]]:  # type: ignore[assignment]
    found = timetable.rows(service_with(schedules, special_days, **values), today=TODAY)
    for row in found:
        assert not list(JUDGE.iter_errors(row))
    return found


def brief(rows: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """(days or day, hours), for the eye."""
    return [
        (row.get("byday") or row["valid_from"], f"{row.get('opens_at', '')[:5]}-{row.get('closes_at', '')[:5]}")
        for row in rows
    ]


def weekly(byday: str, opens_at: time, closes_at: time, **more: Any) -> dict[str, Any]:
    return {"byday": byday, "opens_at": opens_at, "closes_at": closes_at, **more}


def usual(*rows: dict[str, Any]) -> dict[str, Any]:
    return {"schedules": list(rows), "on_holidays": "usual"}


def test_a_week_is_a_rule_with_the_time_it_is_told_in() -> None:
    (row,) = told(**usual(weekly("MO,TU", time(16), time(20))))
    named = {name: row[name] for name in ("freq", "interval", "byday", "wkst", "opens_at", "closes_at", "timezone")}
    assert named == {
        "freq": "WEEKLY",
        "interval": 1,
        "byday": "MO,TU",
        "wkst": "MO",
        "opens_at": "16:00+01:00",
        "closes_at": "20:00+01:00",
        "timezone": 1,
    }


def test_summer_hours_are_told_in_summer_time_and_keep_their_ids() -> None:
    rule = weekly("MO", time(16), time(20))
    service = service_with([rule], [], on_holidays="usual")
    winter, summer = (timetable.rows(service, today=day)[0] for day in (TODAY, date(2027, 6, 1)))
    assert (summer["opens_at"], summer["timezone"]) == ("16:00+02:00", 2)
    assert summer["id"] == winter["id"]


def test_hours_past_midnight_are_two_rows() -> None:
    rows = told(**usual(weekly("FR,SU", time(22), time(2))))
    assert brief(rows) == [("FR,SU", "22:00-23:59"), ("SA,MO", "00:00-02:00")]
    assert terms.value_of(rows[0], terms.NEXT_DAY) == ["02:00"]


def test_hours_to_midnight_and_all_day_are_one_row() -> None:
    assert brief(told(**usual(weekly("FR", time(18), time(0))))) == [("FR", "18:00-23:59")]
    assert brief(told(**usual(weekly("FR", time(0), time(0))))) == [("FR", "00:00-23:59")]


def test_what_never_closes_is_every_day_from_0_to_2359() -> None:
    assert brief(told([], always_open=True)) == [("MO,TU,WE,TH,FR,SA,SU", "00:00-23:59")]


def test_every_other_week_has_a_day_to_count_from() -> None:
    (row,) = told(**usual(weekly("TU", time(10), time(12), interval=2, valid_from=date(2026, 11, 24))))
    assert (row["interval"], row["dtstart"], row["valid_from"]) == (2, "2026-11-24", "2026-11-24")


def test_a_special_day_is_valid_on_that_day_and_says_when_it_is_closed() -> None:
    week = weekly("MO,TU,WE,TH,FR", time(14), time(18))
    closed = {"first_day": date(2026, 11, 24), "last_day": date(2026, 11, 25), "note": "Personaledag"}
    short = {
        "first_day": date(2026, 11, 26),
        "last_day": date(2026, 11, 26),
        "opens_at": time(14),
        "closes_at": time(15),
    }
    rows = told(special_days=[closed, short], **usual(week))[1:]
    assert brief(rows) == [("2026-11-24", "-"), ("2026-11-25", "-"), ("2026-11-26", "14:00-15:00")]
    assert all(row["valid_from"] == row["valid_to"] for row in rows)
    assert "opens_at" not in rows[0]
    assert rows[0]["description"] == "Lukket: Personaledag"


def test_a_closed_day_after_a_long_night_says_both() -> None:
    week = weekly("FR", time(22), time(2))
    closed = {"first_day": date(2026, 11, 28), "last_day": date(2026, 11, 28)}
    rows = told(special_days=[closed], **usual(week))[2:]
    assert brief(rows) == [("2026-11-28", "00:00-02:00"), ("2026-11-28", "-")]
    assert rows[1]["description"] == "Lukket fra kl. 02:00"


def test_the_coming_holidays_are_told_as_days_that_are_closed() -> None:
    week = weekly("FR", time(14), time(18))
    rows = told([week], on_holidays="closed")[1:]
    assert brief(rows) == [("2026-12-25", "-"), ("2027-01-01", "-"), ("2027-03-26", "-")]
    assert {row["description"] for row in rows} == {"Lukket"}


def test_words_about_the_hours_are_a_row_of_words() -> None:
    (row,) = told([], hours_text="Ring og aftal en tid")
    assert {name: row[name] for name in row if name not in ("id", "service_id")} == {
        "description": "Ring og aftal en tid"
    }


# Any timetable ----------------------------------------------------------------------------------------------------

CLOCKS = st.times(time(0), time(23, 58)).map(lambda clock: clock.replace(second=0, microsecond=0))
DAYS = st.lists(st.sampled_from(hours.DAYS), min_size=1, unique=True).map(",".join)
MONTHLY = st.lists(
    st.sampled_from([f"{number}{day}" for number in ("", 1, 2, 4, 5, -1) for day in hours.DAYS]), min_size=1, max_size=3
).map(lambda days: ",".join(dict.fromkeys(days)))
DATES = st.dates(TODAY - 20 * DAY, TODAY + 400 * DAY)


@st.composite
def schedules(draw: st.DrawFn) -> dict[str, Any]:
    freq = draw(st.sampled_from(["WEEKLY", "WEEKLY", "MONTHLY"]))
    interval = draw(st.sampled_from([1, 1, 2]))
    begins = draw(DATES) if interval > 1 else draw(st.none() | DATES)
    ends = draw(st.none() | DATES)
    if begins and ends and ends < begins:
        begins, ends = ends, begins
    return {
        "freq": freq,
        "interval": interval,
        "byday": draw(MONTHLY if freq == "MONTHLY" else DAYS),
        "opens_at": draw(CLOCKS),
        "closes_at": draw(CLOCKS),
        "valid_from": begins,
        "valid_to": ends,
    }


@st.composite
def special_days(draw: st.DrawFn) -> dict[str, Any]:
    first = draw(st.dates(TODAY - 5 * DAY, TODAY + 60 * DAY))
    clocks = draw(st.none() | st.tuples(CLOCKS, CLOCKS))
    opens_at, closes_at = clocks or (None, None)
    length = draw(st.integers(0, 4))
    return {"first_day": first, "last_day": first + length * DAY, "opens_at": opens_at, "closes_at": closes_at}


TIMETABLES = {
    "rules": st.lists(schedules(), max_size=3),
    "specials": st.lists(special_days(), max_size=3),
    "holidays": st.sampled_from(["closed", "usual", "sunday"]),
    "always": st.sampled_from([False, False, False, True]),
}


def open_minutes(rows: list[dict[str, Any]], day: date) -> set[tuple[str, str]]:
    """What a reader of the rows takes to be open: the dated rows where the day has any, otherwise the rules."""
    dated = [
        row for row in rows if row.get("valid_from") == row.get("valid_to") == day.isoformat() and "freq" not in row
    ]
    if not dated:
        dated = [row for row in rows if "freq" in row and _falls(row, day)]
    return {(row["opens_at"][:5], row["closes_at"][:5]) for row in dated if "opens_at" in row}


def _falls(row: dict[str, Any], day: date) -> bool:
    begins, ends = (date.fromisoformat(row[name]) if name in row else None for name in ("valid_from", "valid_to"))
    rule = hours.Rule(
        opens_at=time.min,
        closes_at=time.min,
        byday=tuple(row["byday"].split(",")),
        freq=row["freq"],
        interval=row["interval"],
        begins=begins,
        ends=ends,
    )
    return rule.falls_on(day)


def really_open(table: hours.Timetable, day: date) -> set[tuple[str, str]]:
    found = set()
    for opens_at, closes_at in hours.hours_on(table, day):
        ends = closes_at if closes_at > opens_at else time(23, 59)
        found.add((f"{opens_at:%H:%M}", f"{ends:%H:%M}"))
    for opens_at, closes_at in hours.hours_on(table, day - DAY):
        if time.min < closes_at <= opens_at:
            found.add(("00:00", f"{closes_at:%H:%M}"))
    return found


@given(**TIMETABLES)
@settings(max_examples=40)
def test_the_rows_of_any_timetable_say_of_every_day_what_is_true(
    rules: list[Any], specials: list[Any], holidays: str, always: bool
) -> None:
    service = service_with(rules, specials, on_holidays=holidays, always_open=always)
    rows = timetable.rows(service, today=TODAY)
    table = timetable.timetable_of(service)
    for row in rows:
        assert not list(JUDGE.iter_errors(row))
    assert len({row["id"] for row in rows}) == len(rows)
    for number in range(timetable.AHEAD + 1):
        day = TODAY + number * DAY
        assert open_minutes(rows, day) == really_open(table, day), day


def test_every_clock_is_told_with_the_offset_of_its_day() -> None:
    summer = {"first_day": date(2027, 7, 1), "last_day": date(2027, 7, 1), "opens_at": time(9), "closes_at": time(10)}
    row = told(special_days=[summer], **usual(weekly("MO", time(9), time(10))))[1]
    moment = datetime.fromisoformat(f"{row['valid_from']}T{row['opens_at']}")
    assert moment == datetime(2027, 7, 1, 9, tzinfo=hours.ZONE)


@pytest.mark.parametrize("name", ["FR", "1FR"])
def test_two_rows_that_say_the_same_are_one(name: str) -> None:
    freq = "MONTHLY" if name == "1FR" else "WEEKLY"
    rule = weekly(name, time(9), time(10), freq=freq)
    assert len(told(**usual(rule, rule))) == 1
