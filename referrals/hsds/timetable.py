"""Hours as schedules of HSDS; `reading_hours.py` is the way back.

The days and hours of the week are rows with the parts of an RFC 5545 rule. HSDS knows no row that passes midnight: such
hours are two rows. Every day of the coming year on which it is otherwise (special days, holidays, the night after
them) has dated rows, valid on that day alone: where a day has any, they are all of it. A row that only follows from
others has an id that says so, and is left out when a file is read back.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from referrals import hours
from referrals.hsds import terms
from referrals.hsds.terms import Record
from referrals.models import Service, SpecialDays

AHEAD = 366  # days for which what is otherwise is told
LAST_MINUTE = time(23, 59)
CLOSED = "Lukket"
CLOCK_IS_DANISH = "Dansk tid (Europe/Copenhagen), sommer og vinter."
ALL_WEEK = ",".join(hours.DAYS)
OWN, FOLLOWS = "hours", "also"  # kinds of ids
DAY = timedelta(days=1)

Hours = tuple[time, time]


def rows(service: Service, *, today: date) -> list[Record]:
    """All schedules of a service, each once. No query where hours are prefetched."""
    found = [*_weekly(service, today), *_dated(service, today)]
    if service.hours_text:
        found.append(_row(service, OWN, {"description": service.hours_text}, today))
    return list({row["id"]: row for row in found}.values())


def identify(service_id: str, kind: str, row: Record) -> str:
    """The id that such a row of ours has. Summer time does not change it."""
    parts = [row.get(name, "") for name in ("freq", "interval", "byday", "valid_from", "valid_to")]
    clocks = [row.get(name, "")[:5] for name in ("opens_at", "closes_at")]
    words = " ".join([row.get("notes", ""), "" if any(clocks) else row.get("description", "")]).split()
    return terms.derived(service_id, kind, *parts, *clocks, " ".join(words), *terms.value_of(row, terms.NEXT_DAY))


# What comes again -------------------------------------------------------------------------------------------------


def _weekly(service: Service, today: date) -> Iterator[Record]:
    if service.always_open:
        yield _row(service, OWN, {"freq": "WEEKLY", "interval": 1, "byday": ALL_WEEK}, today, (time.min, time.min))
        return
    for schedule in service.schedules.all():
        yield _row(service, OWN, _parts(schedule.rule, schedule.notes), today, _clocks(schedule.rule))
        night = _night(schedule.rule)
        if night:
            yield _row(service, FOLLOWS, _parts(night, schedule.notes), today, _clocks(night))


def _parts(rule: hours.Rule, notes: str) -> Record:
    begins = {"valid_from": rule.begins.isoformat()} if rule.begins else {}
    counted = {"dtstart": rule.begins.isoformat()} if rule.begins and rule.interval > 1 else {}
    ends = {"valid_to": rule.ends.isoformat()} if rule.ends else {}
    noted = {"notes": notes} if notes else {}
    repeats = {"freq": rule.freq, "interval": rule.interval, "byday": ",".join(rule.byday), "wkst": "MO"}
    return {**repeats, **counted, **begins, **ends, **noted}


def _clocks(rule: hours.Rule) -> Hours:
    return rule.opens_at, rule.closes_at


def _night(rule: hours.Rule) -> hours.Rule | None:
    """What follows after midnight, where it is a rule as simple; otherwise those days are told one by one."""
    if not _passes_midnight(_clocks(rule)) or rule.freq != "WEEKLY" or rule.interval != 1:
        return None
    return hours.Rule(
        byday=tuple(hours.DAYS[(hours.DAYS.index(day) + 1) % 7] for day in rule.byday),
        opens_at=time.min,
        closes_at=rule.closes_at,
        begins=rule.begins and rule.begins + DAY,
        ends=rule.ends and rule.ends + DAY,
    )


# What is otherwise ------------------------------------------------------------------------------------------------


def _dated(service: Service, today: date) -> Iterator[Record]:
    timetable = timetable_of(service)
    if not timetable.is_known and not timetable.specials:
        return
    repeated = [] if timetable.is_always_open else [_with_night(rule) for rule in timetable.rules]
    special_days = list(service.special_days.all())
    for day in _days_to_look_at(timetable, today):
        own, night = hours.hours_on(timetable, day), _night_before(timetable, day)
        special = [days for days in special_days if days.first_day <= day <= days.last_day]
        if special:
            yield from _special(service, special, day, night)
        elif _said(timetable, repeated, day) != {_to_midnight(each) for each in [*own, *night]}:
            yield from (_row(service, FOLLOWS, _on(day), day, each) for each in [*own, *night])
            if not own and not night:
                yield _row(service, FOLLOWS, {**_on(day), "description": CLOSED}, day)


def timetable_of(service: Service) -> hours.Timetable:
    """Of the very rows that are told, and without a query where they are prefetched."""
    return hours.Timetable(
        rules=tuple(schedule.rule for schedule in service.schedules.all()),
        specials=tuple(days.special for days in service.special_days.all()),
        on_holidays=service.on_holidays,
        is_always_open=service.always_open,
    )


def _days_to_look_at(timetable: hours.Timetable, today: date) -> Iterator[date]:
    """Days on which it may be otherwise than the rules say. Where nights follow no simple rule that may be any day."""
    any_day = any(_passes_midnight(_clocks(rule)) and not _night(rule) for rule in timetable.rules)
    for number in range(AHEAD + 1):
        day = today + number * DAY
        if any_day or any(_is_otherwise(timetable, each) for each in (day - DAY, day)):
            yield day


def _is_otherwise(timetable: hours.Timetable, day: date) -> bool:
    return hours.is_holiday(day) or any(special.first <= day <= special.last for special in timetable.specials)


def _with_night(rule: hours.Rule) -> tuple[hours.Rule, hours.Rule | None]:
    return rule, _night(rule)


def _said(timetable: hours.Timetable, repeated: list[tuple[hours.Rule, hours.Rule | None]], day: date) -> set[Hours]:
    """What the rows that come again say of this day."""
    if timetable.is_always_open:
        return {(time.min, LAST_MINUTE)}
    falling = [rule for both in repeated for rule in both if rule and rule.falls_on(day)]
    return {_to_midnight(_clocks(rule)) for rule in falling}


def _night_before(timetable: hours.Timetable, day: date) -> list[Hours]:
    began = hours.hours_on(timetable, day - DAY)
    return [(time.min, closes_at) for opens_at, closes_at in began if _passes_midnight((opens_at, closes_at))]


def _special(service: Service, special: list[SpecialDays], day: date, night: list[Hours]) -> Iterator[Record]:
    yield from (_row(service, FOLLOWS, _on(day), day, each) for each in night)
    is_open = False
    for days in special:
        if days.opens_at and days.closes_at:
            is_open = True
            noted = {"notes": days.note} if days.note else {}
            yield _row(service, OWN, {**_on(day), **noted}, day, (days.opens_at, days.closes_at))
    if not is_open:
        note = special[0].note
        since = f" fra kl. {max(ends for _begins, ends in night):%H:%M}" if night else ""
        noted = {"notes": note} if note else {}
        words = f"{CLOSED}{since}: {note}" if note else f"{CLOSED}{since}"
        yield _row(service, OWN, {**_on(day), **noted, "description": words}, day)


def _on(day: date) -> Record:
    return {"valid_from": day.isoformat(), "valid_to": day.isoformat()}


# One row ----------------------------------------------------------------------------------------------------------


def _row(service: Service, kind: str, parts: Record, day: date, clocks: Hours | None = None) -> Record:
    service_id = str(service.pk)
    row: Record = {"service_id": service_id, **parts}
    if clocks:
        offset = _offset(max(day, date.fromisoformat(parts["valid_from"])) if "valid_from" in parts else day)
        opens_at, closes_at = _to_midnight(clocks)
        row["timezone"] = offset
        row["opens_at"], row["closes_at"] = (f"{clock:%H:%M}+{offset:02}:00" for clock in (opens_at, closes_at))
        row["description"] = CLOCK_IS_DANISH
    if clocks and _passes_midnight(clocks):
        term = terms.quality_term(terms.NEXT_DAY)
        attribute = terms.attribute("", "schedule", term, f"{clocks[1]:%H:%M}")
        row["attributes"] = [attribute]
    row_id = identify(service_id, kind, row)
    for attribute in row.get("attributes", []):
        attribute["link_id"], attribute["id"] = row_id, terms.derived("attribute", row_id)
    return {"id": row_id, **row}


def _offset(day: date) -> int:
    offset = datetime.combine(day, time(12), tzinfo=hours.ZONE).utcoffset()
    return int(offset / timedelta(hours=1)) if offset else 0


def _passes_midnight(clocks: Hours) -> bool:
    opens_at, closes_at = clocks
    return time.min < closes_at <= opens_at


def _to_midnight(clocks: Hours) -> Hours:
    """The part of it that lies on the day on which it begins."""
    opens_at, closes_at = clocks
    return (opens_at, closes_at) if closes_at > opens_at else (opens_at, LAST_MINUTE)
