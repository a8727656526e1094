"""Hours as people read them on a door: "mandag–torsdag 16–20", "hver anden tirsdag 15.30–18"."""

from collections.abc import Iterable
from datetime import date, time

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from referrals.hours import DAYS, Rule, Special, Timetable

ORDINALS = {
    "1": gettext_lazy("the first %(day)s of the month"),
    "2": gettext_lazy("the second %(day)s of the month"),
    "3": gettext_lazy("the third %(day)s of the month"),
    "4": gettext_lazy("the fourth %(day)s of the month"),
    "5": gettext_lazy("the fifth %(day)s of the month"),
    "-1": gettext_lazy("the last %(day)s of the month"),
}


def lines(timetable: Timetable, *, today: date) -> list[tuple[str, str]]:
    """(days, hours) of all that holds today or later, the week first. Empty where the hours are not known."""
    if timetable.is_always_open:
        return [(_("Every day"), _("day and night"))]
    rules = [rule for rule in timetable.rules if rule.ends is None or rule.ends >= today]
    plain = [rule for rule in rules if _is_plain(rule, today)]
    others = [(_days(rule, today), span(rule.opens_at, rule.closes_at)) for rule in rules if rule not in plain]
    return [*_week(plain), *others]


def special_lines(specials: Iterable[Special], *, today: date) -> list[tuple[date, date, str]]:
    """(first day, last day, hours) of the special days that are not over."""
    to_come = sorted((days for days in specials if days.last >= today), key=lambda days: days.first)
    return [(days.first, days.last, _special(days)) for days in to_come]


def _special(days: Special) -> str:
    if days.opens_at is None or days.closes_at is None:
        return _("closed")
    return span(days.opens_at, days.closes_at)


def span(opens_at: time, closes_at: time) -> str:
    """ "16–20", "15.30–18", and "day and night" for a whole day."""
    if opens_at == closes_at:
        return _("day and night")
    return f"{clock(opens_at)}–{clock(closes_at, is_end=True)}"


def clock(at: time, *, is_end: bool = False) -> str:
    """ "16" or "15.30". Midnight is 0 where hours begin and 24 where they end."""
    if is_end and at == time.min:
        return "24"
    return str(at.hour) if at.minute == 0 else _("%(hour)s:%(minute)s") % {"hour": at.hour, "minute": f"{at.minute:02}"}


def _is_plain(rule: Rule, today: date) -> bool:
    has_begun = rule.begins is None or rule.begins <= today
    return rule.freq == "WEEKLY" and rule.interval == 1 and has_begun and rule.ends is None


def _week(rules: Iterable[Rule]) -> list[tuple[str, str]]:
    """One line for days in a row with the same hours."""
    each_day = [", ".join(span(*hours) for hours in sorted(_hours_of(rules, name))) for name in DAYS]
    found: list[tuple[int, int, str]] = []
    for day, said in enumerate(each_day):
        if found and found[-1][1] == day - 1 and found[-1][2] == said:
            found[-1] = (found[-1][0], day, said)
        elif said:
            found.append((day, day, said))
    return [(_from_to(first, last), said) for first, last, said in found]


def _hours_of(rules: Iterable[Rule], name: str) -> set[tuple[time, time]]:
    return {(rule.opens_at, rule.closes_at) for rule in rules if name in rule.byday}


def _from_to(first: int, last: int) -> str:
    if (first, last) == (0, 6):
        return _("Every day")
    if first == last:
        return str(WEEKDAYS[first])
    return f"{WEEKDAYS[first]}–{WEEKDAYS[last]}"


def _days(rule: Rule, today: date) -> str:
    said = ", ".join(_day(rule, name) for name in rule.byday)
    if rule.interval > 1:
        said = _every_other(rule, said)
    if rule.begins and rule.begins > today:
        said = _("%(days)s from %(first)s") % {"days": said, "first": _date(rule.begins)}
    if rule.ends:
        said = _("%(days)s until %(last)s") % {"days": said, "last": _date(rule.ends)}
    return said


def _every_other(rule: Rule, said: str) -> str:
    words = {"days": said, "number": rule.interval}
    if rule.freq == "MONTHLY":
        return _("%(days)s, every %(number)s months") % words
    return _("%(days)s, every %(number)s weeks") % words


def _day(rule: Rule, name: str) -> str:
    day = str(WEEKDAYS[DAYS.index(name[-2:])])
    if rule.freq != "MONTHLY":
        return day
    return str(ORDINALS[name[:-2]]) % {"day": day} if name[:-2] else _("every %(day)s") % {"day": day}


def _date(day: date) -> str:
    return f"{day.day}.{day.month}.{day.year}"
