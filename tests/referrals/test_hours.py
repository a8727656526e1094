"""Open now: right at the moments at which such tables usually go wrong."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from dateutil.rrule import MONTHLY, WEEKLY, rrule, weekday
from hypothesis import given
from hypothesis import strategies as st

from referrals import hours
from referrals.hours import DAYS, ZONE, Holidays, Rule, Special, State, Timetable, state_of

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR")


def at(words: str) -> datetime:
    """A moment by the clock on a Danish wall; "again" is the second time that it shows this in autumn."""
    day, clock, *again = words.split()
    return datetime.fromisoformat(f"{day} {clock}").replace(tzinfo=ZONE, fold=len(again)).astimezone(UTC)


def weekly(days: tuple[str, ...], opens: str, closes: str, **more: object) -> Rule:
    return Rule(byday=days, opens_at=time.fromisoformat(opens), closes_at=time.fromisoformat(closes), **more)  # type: ignore[arg-type]


def special(first: str, last: str, opens: str = "", closes: str = "") -> Special:
    return Special(
        first=date.fromisoformat(first),
        last=date.fromisoformat(last),
        opens_at=time.fromisoformat(opens) if opens else None,
        closes_at=time.fromisoformat(closes) if closes else None,
    )


OFFICE = Timetable(rules=(weekly(WEEKDAYS, "16:00", "20:00"),))
NIGHT = Timetable(rules=(weekly(("FR", "SA"), "22:00", "02:00"),), on_holidays=Holidays.USUAL)
ROUND = Timetable(rules=(weekly(DAYS, "00:00", "00:00"),), on_holidays=Holidays.USUAL)
EVERY_DAY = Timetable(rules=(weekly(DAYS, "10:00", "22:00"),), on_holidays=Holidays.USUAL)
SUNDAYS = Timetable(
    rules=(weekly(WEEKDAYS, "09:00", "21:00"), weekly(("SU",), "12:00", "16:00")), on_holidays=Holidays.SUNDAY
)
SPLIT = Timetable(rules=(weekly(("MO",), "10:00", "12:00"), weekly(("MO",), "13:00", "15:00")))
TOUCHING = Timetable(rules=(weekly(("MO",), "10:00", "12:00"), weekly(("MO",), "12:00", "15:00")))
EVENING = Timetable(rules=(weekly(("MO",), "18:00", "00:00"), weekly(("TU",), "00:00", "03:00")))
SMALL_HOURS = Timetable(rules=(weekly(("SU",), "02:30", "04:00"),), on_holidays=Holidays.USUAL)
PAST_THE_CHANGE = Timetable(rules=(weekly(("SA",), "22:00", "04:00"),), on_holidays=Holidays.USUAL)
CLOSED_IN_WEEK = Timetable(rules=OFFICE.rules, specials=(special("2026-10-12", "2026-10-18"),))
CHRISTMAS = Timetable(rules=OFFICE.rules, specials=(special("2026-12-24", "2026-12-25", "12:00", "16:00"),))
NIGHT_BUT_SATURDAY = Timetable(
    rules=NIGHT.rules, specials=(special("2026-11-28", "2026-11-28"),), on_holidays=Holidays.USUAL
)
SPECIAL_TWICE = Timetable(
    rules=OFFICE.rules,
    specials=tuple(special("2026-11-23", "2026-11-23", *ends) for ends in (("08:00", "09:00"), ("11:00", "12:00"))),
)
ALWAYS = Timetable(is_always_open=True)
ALWAYS_BUT_ONE = Timetable(is_always_open=True, specials=(special("2026-12-24", "2026-12-24"),))
ALWAYS_BUT_SHORT = Timetable(is_always_open=True, specials=(special("2026-12-24", "2026-12-24", "10:00", "14:00"),))
FROM_DECEMBER = Timetable(rules=(weekly(WEEKDAYS, "16:00", "20:00", begins=date(2026, 12, 1)),))
UNTIL_NOVEMBER = Timetable(rules=(weekly(WEEKDAYS, "16:00", "20:00", ends=date(2026, 11, 23)),))
EVERY_OTHER = Timetable(rules=(weekly(("TU",), "15:00", "17:00", interval=2, begins=date(2026, 11, 17)),))
FIRST_MONDAY = Timetable(rules=(weekly(("1MO",), "17:00", "19:00", freq="MONTHLY"),))
LAST_FRIDAY = Timetable(rules=(weekly(("-1FR",), "17:00", "19:00", freq="MONTHLY"),), on_holidays=Holidays.USUAL)

MOMENTS = [
    # at both ends of the day's hours; the end is not included
    ("a minute before", OFFICE, "2026-11-23 15:59", False, "2026-11-23 16:00"),
    ("when it opens", OFFICE, "2026-11-23 16:00", True, "2026-11-23 20:00"),
    ("a minute before it closes", OFFICE, "2026-11-23 19:59", True, "2026-11-23 20:00"),
    ("when it closes", OFFICE, "2026-11-23 20:00", False, "2026-11-24 16:00"),
    ("on Friday evening", OFFICE, "2026-11-27 20:00", False, "2026-11-30 16:00"),
    ("on Sunday at 22.40", OFFICE, "2026-11-22 22:40", False, "2026-11-23 16:00"),
    ("at midnight", OFFICE, "2026-11-24 00:00", False, "2026-11-24 16:00"),
    # past midnight
    ("Friday before midnight", NIGHT, "2026-11-27 23:59", True, "2026-11-28 02:00"),
    ("Saturday at midnight", NIGHT, "2026-11-28 00:00", True, "2026-11-28 02:00"),
    ("Saturday at 01.59", NIGHT, "2026-11-28 01:59", True, "2026-11-28 02:00"),
    ("Saturday at 02.00", NIGHT, "2026-11-28 02:00", False, "2026-11-28 22:00"),
    ("Sunday at 01.30", NIGHT, "2026-11-29 01:30", True, "2026-11-29 02:00"),
    ("Sunday at 02.00", NIGHT, "2026-11-29 02:00", False, "2026-12-04 22:00"),
    ("Friday at 01.00, when nobody began on Thursday", NIGHT, "2026-11-27 01:00", False, "2026-11-27 22:00"),
    ("to midnight and on from there", EVENING, "2026-11-23 23:59", True, "2026-11-24 03:00"),
    ("on from midnight", EVENING, "2026-11-24 00:00", True, "2026-11-24 03:00"),
    # all day
    ("day and night by rules", ROUND, "2026-11-24 00:00", True, None),
    ("day and night over New Year", ROUND, "2026-12-31 23:59", True, None),
    ("day and night by itself", ALWAYS, "2026-12-25 03:00", True, None),
    ("before the one closed day of what never closes", ALWAYS_BUT_ONE, "2026-12-23 12:00", True, "2026-12-24 00:00"),
    ("on the one closed day of what never closes", ALWAYS_BUT_ONE, "2026-12-24 12:00", False, "2026-12-25 00:00"),
    ("after a short day of what never closes", ALWAYS_BUT_SHORT, "2026-12-24 14:00", False, "2026-12-25 00:00"),
    ("in a short day of what never closes", ALWAYS_BUT_SHORT, "2026-12-24 13:00", True, "2026-12-24 14:00"),
    # two openings in a day
    ("between two openings", SPLIT, "2026-11-23 12:30", False, "2026-11-23 13:00"),
    ("in the second one", SPLIT, "2026-11-23 13:00", True, "2026-11-23 15:00"),
    ("where two openings touch", TOUCHING, "2026-11-23 12:00", True, "2026-11-23 15:00"),
    # the clock changes: forward on 29 March 2026 at 02, back on 25 October 2026 at 03
    ("the night before the clock goes forward", PAST_THE_CHANGE, "2026-03-29 01:59", True, "2026-03-29 04:00"),
    ("after the skipped hour", PAST_THE_CHANGE, "2026-03-29 03:00", True, "2026-03-29 04:00"),
    ("the closing after the skipped hour", PAST_THE_CHANGE, "2026-03-29 04:00", False, "2026-04-04 22:00"),
    ("opening in the skipped hour: just before", SMALL_HOURS, "2026-03-29 01:59", False, "2026-03-29 03:30"),
    ("opening in the skipped hour: an hour later", SMALL_HOURS, "2026-03-29 03:30", True, "2026-03-29 04:00"),
    ("the first 02.30 in autumn", SMALL_HOURS, "2026-10-25 02:30", True, "2026-10-25 04:00"),
    ("the second 02.30 in autumn", SMALL_HOURS, "2026-10-25 02:30 again", True, "2026-10-25 04:00"),
    ("before the first 02.30", SMALL_HOURS, "2026-10-25 02:29", False, "2026-10-25 02:30"),
    ("between the two hours of autumn", PAST_THE_CHANGE, "2026-10-25 02:59", True, "2026-10-25 04:00"),
    ("the closing after the doubled hour", PAST_THE_CHANGE, "2026-10-25 03:59", True, "2026-10-25 04:00"),
    ("night hours end when the clock first shows two", NIGHT, "2026-10-25 01:59", True, "2026-10-25 02:00"),
    ("night hours do not open again at the second two", NIGHT, "2026-10-25 02:10 again", False, "2026-10-30 22:00"),
    ("every day before the clock goes forward", EVERY_DAY, "2026-03-28 22:00", False, "2026-03-29 10:00"),
    ("every day after the clock went back", EVERY_DAY, "2026-10-25 10:00", True, "2026-10-25 22:00"),
    ("day and night through the skipped hour", ROUND, "2026-03-29 01:30", True, None),
    ("day and night through the doubled hour", ROUND, "2026-10-25 02:30 again", True, None),
    # Danish holidays
    ("Good Friday", OFFICE, "2026-04-03 17:00", False, "2026-04-07 16:00"),
    ("Maundy Thursday", OFFICE, "2026-04-02 17:00", False, "2026-04-07 16:00"),
    ("Easter Monday", OFFICE, "2026-04-06 17:00", False, "2026-04-07 16:00"),
    ("Ascension Day", OFFICE, "2026-05-14 17:00", False, "2026-05-15 16:00"),
    ("Whit Monday", OFFICE, "2026-05-25 17:00", False, "2026-05-26 16:00"),
    ("the Great Prayer Day, which is a working day again", OFFICE, "2026-05-01 17:00", True, "2026-05-01 20:00"),
    ("New Year's Day", OFFICE, "2027-01-01 17:00", False, "2027-01-04 16:00"),
    ("New Year's Eve", OFFICE, "2026-12-31 17:00", True, "2026-12-31 20:00"),
    ("Christmas Eve", OFFICE, "2026-12-24 17:00", False, "2026-12-28 16:00"),
    ("the second day of Christmas", OFFICE, "2028-12-26 17:00", False, "2028-12-27 16:00"),
    ("a holiday on which they work", EVERY_DAY, "2026-12-25 12:00", True, "2026-12-25 22:00"),
    ("a holiday with Sunday's hours, too early", SUNDAYS, "2026-04-06 10:00", False, "2026-04-06 12:00"),
    ("a holiday with Sunday's hours", SUNDAYS, "2026-04-06 12:00", True, "2026-04-06 16:00"),
    ("a holiday with Sunday's hours, too late", SUNDAYS, "2026-04-06 18:00", False, "2026-04-07 09:00"),
    ("a night that began before a holiday", NIGHT, "2026-12-26 01:00", True, "2026-12-26 02:00"),
    # special days stand above both
    ("closed in week 42", CLOSED_IN_WEEK, "2026-10-14 17:00", False, "2026-10-19 16:00"),
    ("the evening before week 42", CLOSED_IN_WEEK, "2026-10-09 20:00", False, "2026-10-19 16:00"),
    ("open on Christmas Eve after all", CHRISTMAS, "2026-12-24 13:00", True, "2026-12-24 16:00"),
    ("their usual hours on such a day", CHRISTMAS, "2026-12-24 17:00", False, "2026-12-25 12:00"),
    ("Friday's night goes on into a closed Saturday", NIGHT_BUT_SATURDAY, "2026-11-28 01:00", True, "2026-11-28 02:00"),
    ("no night begins on a closed Saturday", NIGHT_BUT_SATURDAY, "2026-11-28 23:00", False, "2026-12-04 22:00"),
    ("two special openings: between them", SPECIAL_TWICE, "2026-11-23 10:00", False, "2026-11-23 11:00"),
    ("two special openings: after them", SPECIAL_TWICE, "2026-11-23 17:00", False, "2026-11-24 16:00"),
    # hours that begin, end, and come seldom
    ("before hours that begin in December", FROM_DECEMBER, "2026-11-23 17:00", False, "2026-12-01 16:00"),
    ("on the last day of hours that end", UNTIL_NOVEMBER, "2026-11-23 17:00", True, "2026-11-23 20:00"),
    ("after hours that have ended", UNTIL_NOVEMBER, "2026-11-23 20:00", False, None),
    ("the week between", EVERY_OTHER, "2026-11-24 15:30", False, "2026-12-01 15:00"),
    ("the week in turn, over New Year", EVERY_OTHER, "2026-12-29 15:30", True, "2026-12-29 17:00"),
    ("before the first of every other week", EVERY_OTHER, "2026-11-10 15:30", False, "2026-11-17 15:00"),
    ("the first Monday of December", FIRST_MONDAY, "2026-12-07 18:00", True, "2026-12-07 19:00"),
    ("the second Monday of December", FIRST_MONDAY, "2026-12-14 18:00", False, "2027-01-04 17:00"),
    ("the last Friday of a month with four", LAST_FRIDAY, "2026-11-27 18:00", True, "2026-11-27 19:00"),
    ("the fourth Friday of a month with five", LAST_FRIDAY, "2026-07-24 18:00", False, "2026-07-31 17:00"),
]  # fmt: skip


@pytest.mark.parametrize("row", MOMENTS, ids=[row[0] for row in MOMENTS])
def test_whether_somebody_answers_and_when_that_changes(row: tuple[str, Timetable, str, bool, str | None]) -> None:
    _name, timetable, now, is_open, changes_at = row
    assert state_of(timetable, now=at(now)) == State(is_open, at(changes_at) if changes_at else None)


def test_at_least_sixty_moments_are_tried() -> None:
    assert len(MOMENTS) >= 60


def test_where_nobody_has_told_the_hours_we_do_not_know() -> None:
    assert state_of(Timetable(), now=at("2026-11-23 17:00")) == State(None)
    assert state_of(Timetable(specials=CHRISTMAS.specials), now=at("2026-12-24 13:00")) == State(None)


CLOCKS = st.integers(0, 95).map(lambda quarter: time(quarter // 4, quarter % 4 * 15))
DATES = st.dates(date(2026, 1, 1), date(2027, 12, 31))


@given(
    days=st.sets(st.sampled_from(DAYS), min_size=1),
    interval=st.integers(1, 4),
    begins=DATES,
    length=st.integers(0, 400),
)
def test_a_weekly_rule_falls_where_RFC_5545_lets_it_fall(
    days: set[str], interval: int, begins: date, length: int
) -> None:
    rule = Rule(byday=tuple(days), opens_at=time(10), closes_at=time(12), interval=interval, begins=begins)
    start = datetime.combine(begins, time())
    right = rrule(WEEKLY, dtstart=start, interval=interval, byweekday=[DAYS.index(day) for day in days], wkst=0)
    window = [begins + timedelta(days=number) for number in range(length)]
    expected = {moment.date() for moment in right.between(start, start + timedelta(days=length), inc=True)}
    assert {day for day in window if rule.falls_on(day)} == {day for day in expected if day in set(window)}


# dateutil drops the plain weekdays of a rule that has numbered ones, too.
NUMBERED = st.sets(st.tuples(st.sampled_from([1, 2, 3, 4, 5, -1]), st.integers(0, 6)), min_size=1)
PLAIN = st.sets(st.tuples(st.just(0), st.integers(0, 6)), min_size=1)


@given(days=NUMBERED | PLAIN, begins=DATES)
def test_a_monthly_rule_falls_where_RFC_5545_lets_it_fall(days: set[tuple[int, int]], begins: date) -> None:
    names = tuple(f"{number or ''}{DAYS[day]}" for number, day in days)
    rule = Rule(byday=names, opens_at=time(10), closes_at=time(12), freq="MONTHLY", begins=begins)
    start = datetime.combine(begins, time())
    byweekday = [weekday(day, number) if number else weekday(day) for number, day in days]
    right = rrule(MONTHLY, dtstart=start, byweekday=byweekday)
    expected = {moment.date() for moment in right.between(start, start + timedelta(days=199), inc=True)}
    assert {day for day in (begins + timedelta(days=number) for number in range(200)) if rule.falls_on(day)} == expected


@given(
    rules=st.lists(st.tuples(st.sets(st.sampled_from(DAYS), min_size=1), CLOCKS, CLOCKS), min_size=1, max_size=4),
    day=DATES,
    minute=st.integers(0, 1439),
    on_holidays=st.sampled_from([Holidays.USUAL, Holidays.CLOSED, Holidays.SUNDAY]),
)
def test_what_is_said_to_change_changes_then_and_not_before(
    rules: list[tuple[set[str], time, time]], day: date, minute: int, on_holidays: str
) -> None:
    timetable = Timetable(
        rules=tuple(Rule(byday=tuple(days), opens_at=opens, closes_at=closes) for days, opens, closes in rules),
        on_holidays=on_holidays,
    )
    now = datetime.combine(day, time(), tzinfo=ZONE).astimezone(UTC) + timedelta(minutes=minute)
    state = state_of(timetable, now=now)
    if state.changes_at is None:
        return
    assert state.changes_at > now
    just_before = state_of(timetable, now=state.changes_at - timedelta(minutes=1))
    assert just_before.is_open == state.is_open or state.changes_at - now < timedelta(minutes=1)
    assert state_of(timetable, now=state.changes_at).is_open is not state.is_open


def test_christmas_eve_counts_as_a_holiday_and_new_years_eve_does_not() -> None:
    assert hours.is_holiday(date(2026, 12, 24))
    assert not hours.is_holiday(date(2026, 12, 31))
