"""What changed between two versions of a service, in words for those who look after it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Field
from django.utils.translation import gettext as _

from referrals import hours, hours_in_words, versions
from referrals.languages import language_name
from referrals.links import Kind
from referrals.models import Schedule, Service, SpecialDays
from referrals.municipalities import MUNICIPALITIES

Content = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that was written anew. `before` and `after` are never empty: nothing is said as a word."""

    label: str
    before: str
    after: str


def between(before: Content, after: Content, *, topics: Mapping[str, str], today: date) -> list[Change]:
    """What a reader of the page would see change. `topics` are their names by code; `today` is the day of `after`."""
    told = [
        (str(_field(name).verbose_name), *(_value(name, side["values"].get(name)) for side in (before, after)))
        for name in versions.VALUES
    ]
    parts = [
        (_("topics"), lambda side: ", ".join(topics.get(code, code) for code in side["topics"])),
        (_("ways in"), lambda side: "; ".join(f"{Kind(kind).label}: {value}" for kind, value in side["channels"])),
        (_("opening hours"), lambda side: _week(side, today)),
        (_("special days"), lambda side: _special_days(side, today)),
        (_("places to come to"), lambda side: "; ".join(_place(*row) for row in side.get("places", ()))),
    ]
    told += [(label, words(before), words(after)) for label, words in parts]
    nothing = _("nothing")
    return [Change(label, old or nothing, new or nothing) for label, old, new in told if old != new]


def _field(name: str) -> "Field[Any, Any]":
    return next(field for field in Service._meta.fields if field.name == name)


def _value(name: str, value: Any) -> str:
    if name == "municipality_code":
        return MUNICIPALITIES.get(value, _("All of Denmark")) if value is not None else ""
    if name == "languages":
        return ", ".join(language_name(code) for code in (value or "").split(",") if code)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if value is None:
        return ""
    choices = dict(_field(name).flatchoices)
    return str(choices.get(value, value))


def _week(side: Content, today: date) -> str:
    """The words of the hours themselves: that they never close is said by its own line."""
    rules = tuple(Schedule(**row).rule for row in versions.hours_in(dict(side))["schedules"])
    return "; ".join(f"{days} {span}" for days, span in hours_in_words.lines(hours.Timetable(rules=rules), today=today))


def _special_days(side: Content, today: date) -> str:
    rows = versions.hours_in(dict(side))["special_days"]
    lines = hours_in_words.special_lines((SpecialDays(**row).special for row in rows), today=today)
    return "; ".join(f"{_days(first, last)} {span}" for first, last, span in lines)


def _days(first: date, last: date) -> str:
    begin = f"{first.day}.{first.month}.{first.year}"
    return begin if first == last else f"{begin}–{last.day}.{last.month}.{last.year}"


def _place(_pk: str, name: str, description: str) -> str:
    return f"{name} ({description})" if description else name
