"""When a service answers: weekly hours, special days and Danish holidays become "open now" and what comes next.

Hours are clock times in Denmark, as people write them on a door; moments are aware. Hours that pass midnight belong to
the day on which they begin, and hours that end when they begin last a whole day.
"""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import holidays

ZONE = ZoneInfo("Europe/Copenhagen")
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")  # RFC 5545, Monday first as in Python
LOOK_AHEAD = 62  # days in which the next opening is looked for
DAY = timedelta(days=1)
# Days that are no holidays by law, and on which nearly nobody works.
CHRISTMAS_EVE = (12, 24)


class Holidays:
    """What a service does on holidays: the words of its column."""

    USUAL = "usual"
    SUNDAY = "sunday"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Hours that come again: the parts of an RFC 5545 rule, as a schedule of HSDS has them.

    `byday` counts in a MONTHLY rule: "1MO" is the first Monday, "-1FR" the last Friday. `interval` 2 is every other
    week or month, counted from `begins`. It holds from `begins` to `ends`, both days included.
    """

    opens_at: time
    closes_at: time
    byday: tuple[str, ...]
    freq: str = "WEEKLY"
    interval: int = 1
    begins: date | None = None
    ends: date | None = None

    def falls_on(self, day: date) -> bool:
        if (self.begins and day < self.begins) or (self.ends and day > self.ends):
            return False
        names = _names_in_month(day) if self.freq == "MONTHLY" else {DAYS[day.weekday()]}
        return not names.isdisjoint(self.byday) and self._is_its_turn(day)

    def _is_its_turn(self, day: date) -> bool:
        if self.interval == 1 or self.begins is None:
            return True
        if self.freq == "MONTHLY":
            gone = (day.year - self.begins.year) * 12 + day.month - self.begins.month
        else:
            gone = (_monday(day) - _monday(self.begins)).days // 7
        return gone % self.interval == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Special:
    """Other hours from `first` to `last`, both included; without hours it is closed."""

    first: date
    last: date
    opens_at: time | None = None
    closes_at: time | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Timetable:
    """All that decides when somebody answers. `plain` and `of` carry rules and special days through JSON."""

    rules: tuple[Rule, ...] = ()
    specials: tuple[Special, ...] = ()
    on_holidays: str = Holidays.CLOSED
    is_always_open: bool = False

    @property
    def is_known(self) -> bool:
        return self.is_always_open or bool(self.rules)

    @property
    def plain(self) -> dict[str, Any]:
        return {name: [_plain(asdict(row)) for row in getattr(self, name)] for name in ("rules", "specials")}

    @classmethod
    def of(cls, plain: dict[str, Any], *, on_holidays: str, is_always_open: bool) -> "Timetable":
        return cls(
            rules=tuple(Rule(**{**_python(row), "byday": tuple(row["byday"])}) for row in plain.get("rules", ())),
            specials=tuple(Special(**_python(row)) for row in plain.get("specials", ())),
            on_holidays=on_holidays,
            is_always_open=is_always_open,
        )


@dataclass(frozen=True, slots=True)
class State:
    """`is_open` is None where nobody has told the hours; `changes_at` is None where it stays as it is."""

    is_open: bool | None
    changes_at: datetime | None = None


Opening = tuple[datetime, datetime]  # aware; the end is not included


def state_of(timetable: Timetable, *, now: datetime) -> State:
    """Whether somebody answers now, and when that changes; openings that touch are one."""
    if not timetable.is_known:
        return State(None)
    today = now.astimezone(ZONE).date()
    for opens, closes in openings(timetable, first=today - DAY, last=today + LOOK_AHEAD * DAY):
        if now < opens:
            return State(False, opens)
        if now < closes:
            goes_on = closes.astimezone(ZONE).date() > today + LOOK_AHEAD * DAY
            return State(True, None if goes_on else closes)
    return State(False)


def openings(timetable: Timetable, *, first: date, last: date) -> Iterator[Opening]:
    """The openings that begin on these days, both included, in order; those that touch are joined."""
    waiting: Opening | None = None
    for number in range((last - first).days + 1):
        for opens, closes in sorted(_on(timetable, first + number * DAY)):
            if waiting is None:
                waiting = (opens, closes)
            elif opens <= waiting[1]:
                waiting = (waiting[0], max(waiting[1], closes))
            else:
                yield waiting
                waiting = (opens, closes)
    if waiting is not None:
        yield waiting


def is_holiday(day: date) -> bool:
    """A Danish holiday by law, or Christmas Eve."""
    return day in _holidays(day.year) or (day.month, day.day) == CHRISTMAS_EVE


def hours_on(timetable: Timetable, day: date) -> list[tuple[time, time]]:
    """The hours that begin on this day, as written on the door: special days first, then holidays, then the week."""
    special = [hours for hours in timetable.specials if hours.first <= day <= hours.last]
    if special:
        return sorted((hours.opens_at, hours.closes_at) for hours in special if hours.opens_at and hours.closes_at)
    if timetable.is_always_open:
        return [(time.min, time.min)]
    if is_holiday(day):
        if timetable.on_holidays == Holidays.CLOSED:
            return []
        if timetable.on_holidays == Holidays.SUNDAY:
            return _by_rules(timetable.rules, day + (6 - day.weekday()) * DAY)
    return _by_rules(timetable.rules, day)


def _by_rules(rules: Iterable[Rule], day: date) -> list[tuple[time, time]]:
    return sorted({(rule.opens_at, rule.closes_at) for rule in rules if rule.falls_on(day)})


def _on(timetable: Timetable, day: date) -> Iterator[Opening]:
    for opens_at, closes_at in hours_on(timetable, day):
        closes_on = day if closes_at > opens_at else day + DAY
        opens, closes = _moment(day, opens_at), _moment(closes_on, closes_at)
        if opens < closes:
            yield opens, closes


def _moment(day: date, clock: time) -> datetime:
    """A time that the clock skips in spring comes an hour later; one that it shows twice in autumn is the first."""
    return datetime.combine(day, clock, tzinfo=ZONE).astimezone(UTC)


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date | time) else value for name, value in row.items()}


def _python(row: dict[str, Any]) -> dict[str, Any]:
    kinds: dict[str, type[date] | type[time]] = {
        "opens_at": time, "closes_at": time, "begins": date, "ends": date, "first": date, "last": date
    }  # fmt: skip
    return {name: kinds[name].fromisoformat(value) if value and name in kinds else value for name, value in row.items()}


def _monday(day: date) -> date:
    return day - day.weekday() * DAY


def _names_in_month(day: date) -> set[str]:
    """What a MONTHLY rule calls this day: the first Tuesday is TU, 1TU and, five weeks from the end, -5TU."""
    name = DAYS[day.weekday()]
    days_left = ((day.replace(day=28) + 4 * DAY).replace(day=1) - day).days - 1
    return {name, f"{(day.day - 1) // 7 + 1}{name}", f"-{days_left // 7 + 1}{name}"}


@cache
def _holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("DK", years=year))
