"""Schedules of HSDS, ours or another's, as hours that Samrum keeps."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Any

from referrals import hours
from referrals.hsds import terms, timetable
from referrals.hsds.terms import Record

CLOCK = re.compile(r"(\d\d):(\d\d)(?::\d\d)?(Z|[+-]\d\d:?\d\d)?", re.ASCII)
DANISH = ("+01:00", "+02:00", "+0100", "+0200")
DAY = timedelta(days=1)
UNREAD = ("count", "byweekno", "bymonthday", "byyearday")

Row = dict[str, Any]


class Unclear(ValueError):  # noqa: N818 - it tells what is wrong with a row
    """Hours that cannot be kept as they are told: (part of the row, why)."""

    def __init__(self, part: str, why: str) -> None:
        super().__init__(why)
        self.part = part


@dataclass(slots=True)
class Hours:
    schedules: list[Row] = field(default_factory=list)
    special_days: list[Row] = field(default_factory=list)
    hours_text: str = ""
    always_open: bool = False

    @property
    def brief(self) -> list[str]:
        """In words that can be compared, and read."""
        always = ["always"] if self.always_open else []
        return sorted([*always, *map(_rule_in_words, self.schedules), *map(_special_in_words, self.special_days)])


def read(service_id: str, rows: list[Record], *, on_holidays: str | None, today: date) -> Hours:
    """What the rows say from today on. Raises Unclear, with the number of the row in its part."""
    found = Hours()
    days: list[tuple[Any, ...]] = []
    for number, row in enumerate(rows):
        try:
            if row["id"] == timetable.identify(service_id, timetable.FOLLOWS, row):
                continue
            _sort_in(row, found, days, today)
        except Unclear as unclear:
            raise Unclear(f"schedules[{number}].{unclear.part}", str(unclear)) from None
    found.schedules = _joined_over_midnight(found.schedules)
    found.special_days = [dict(zip(_SPECIAL, each, strict=True)) for each in _runs(days)]
    if on_holidays is None and len(found.schedules) == 1 and _is_always(found.schedules[0]):
        found.schedules, found.always_open = [], True
    return found


def _sort_in(row: Record, found: Hours, days: list[tuple[Any, ...]], today: date) -> None:
    for part in UNREAD:
        if row.get(part):
            raise Unclear(part, "cannot be read here: write the days as byday, or as days of their own")
    first, last = (_day(row, name) for name in ("valid_from", "valid_to"))
    clocks = _clocks(row)
    if "byday" in row and not (first and first == last):
        found.schedules.append(_rule(row, clocks, first, last))
    elif first and last:
        if last >= today:
            opens_at, closes_at = clocks or (None, None)
            days.append((opens_at, closes_at, row.get("notes", ""), max(first, today), last))
    elif clocks or first or last:
        raise Unclear("byday", "is needed, or the same day in valid_from and valid_to")
    elif row.get("description"):
        found.hours_text = row["description"]


def _rule(row: Record, clocks: tuple[time, time] | None, first: date | None, last: date | None) -> Row:
    if clocks is None:
        raise Unclear("opens_at", "is needed, and closes_at")
    until = _day(row, "until")
    interval = row.get("interval", 1)
    if interval != int(interval):
        raise Unclear("interval", "must be a whole number")
    if interval > 1:
        first = first or _day(row, "dtstart")
    return {
        "freq": row.get("freq", "WEEKLY"),
        "interval": int(interval),
        "byday": row["byday"],
        "opens_at": clocks[0],
        "closes_at": clocks[1],
        "valid_from": first,
        "valid_to": min(filter(None, (last, until)), default=None),
        "notes": row.get("notes", ""),
    }


def _day(row: Record, name: str) -> date | None:
    try:
        return date.fromisoformat(row[name][:10]) if row.get(name) else None
    except ValueError:
        raise Unclear(name, "must be a day such as 2026-11-23") from None


def _clocks(row: Record) -> tuple[time, time] | None:
    if not row.get("opens_at") and not row.get("closes_at"):
        return None
    opens_at, closes_at = (_clock(row, name) for name in ("opens_at", "closes_at"))
    if closes_at == timetable.LAST_MINUTE:
        closes_at = time.min
    for told in terms.value_of(row, terms.NEXT_DAY)[:1]:
        closes_at = _clock({"next-day": told}, "next-day")
    return opens_at, closes_at


def _clock(row: Record, name: str) -> time:
    """As clocks in Denmark show it. What is told in another country's time would move twice a year."""
    found = CLOCK.fullmatch(row.get(name, ""))
    if not found:
        raise Unclear(name, "must be a time such as 16:00+01:00")
    offset = found[3]
    if (offset and offset not in DANISH) or (not offset and row.get("timezone", 1) not in (1, 2)):
        raise Unclear(name, "must be Danish time: with +01:00 or +02:00, or without an offset")
    if (found[1], found[2]) == ("24", "00"):
        return time.min
    try:
        return time(int(found[1]), int(found[2]))
    except ValueError:
        raise Unclear(name, "is no time of day") from None


def _is_always(rule: Row) -> bool:
    is_weekly = (rule["freq"], rule["interval"], rule["valid_from"], rule["valid_to"]) == ("WEEKLY", 1, None, None)
    is_whole = rule["opens_at"] == rule["closes_at"] == time.min
    return is_weekly and is_whole and set(rule["byday"].split(",")) == set(hours.DAYS)


def _joined_over_midnight(rules: list[Row]) -> list[Row]:
    """A night that others tell in two rows: until 23:59, and from 00:00 on the days after."""
    rest = list(rules)
    for rule in rules:
        for other in rest:
            if rule in rest and rule is not other and _goes_on_in(rule, other):
                rest.remove(other)
                rest[rest.index(rule)] = {**rule, "closes_at": other["closes_at"]}
                break
    return rest


def _goes_on_in(rule: Row, other: Row) -> bool:
    same = ("freq", "interval", "valid_from", "valid_to", "notes")
    if any(rule[name] != other[name] for name in same) or (rule["freq"], rule["interval"]) != ("WEEKLY", 1):
        return False
    next_days = {hours.DAYS[(hours.DAYS.index(day) + 1) % 7] for day in rule["byday"].split(",")}
    is_evening = rule["closes_at"] == time.min < rule["opens_at"]
    is_night = other["opens_at"] == time.min < other["closes_at"] <= rule["opens_at"]
    return is_evening and is_night and set(other["byday"].split(",")) == next_days


_SPECIAL = ("opens_at", "closes_at", "note", "first_day", "last_day")


def _runs(days: Iterable[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Days in a row with the same hours and the same note are one."""
    runs: list[tuple[Any, ...]] = []
    for *what, first, last in sorted(days, key=lambda each: (str(each[:3]), each[3])):
        if runs and list(runs[-1][:3]) == what and first <= runs[-1][4] + DAY:
            runs[-1] = (*runs[-1][:4], max(runs[-1][4], last))
        else:
            runs.append((*what, first, last))
    return sorted(runs, key=lambda each: (each[3], str(each[0])))


def _rule_in_words(rule: Row) -> str:
    often = "" if (rule["freq"], rule["interval"]) == ("WEEKLY", 1) else f" {rule['freq']}/{rule['interval']}"
    dates = f" {rule['valid_from'] or ''}..{rule['valid_to'] or ''}" if rule["valid_from"] or rule["valid_to"] else ""
    noted = f" ({rule['notes']})" if rule["notes"] else ""
    return f"{rule['byday']} {rule['opens_at']:%H:%M}-{rule['closes_at']:%H:%M}{often}{dates}{noted}"


def _special_in_words(days: Row) -> str:
    clocks = f"{days['opens_at']:%H:%M}-{days['closes_at']:%H:%M}" if days["opens_at"] else "closed"
    noted = f" ({days['note']})" if days["note"] else ""
    return f"{days['first_day']}..{days['last_day']} {clocks}{noted}"
