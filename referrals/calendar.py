"""The hours of a service as calendar entries that say nothing: whoever looks over a shoulder sees times (T16)."""

import hmac
from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from referrals import hours
from referrals.hours_in_words import span
from referrals.models import Service

FILE_NAME = "tider.ics"


def hours_calendar(service: Service, *, now: datetime) -> bytes:
    """One entry that comes again for each of the hours of the week or month. Holidays and special days are not in it:
    they are told on the page, and a calendar of last year would be wrong about them.
    """
    from icalendar import Calendar, Event  # here: slow to read, and few processes ever need it

    calendar = Calendar()
    calendar.add("prodid", "-//tider//DA")
    calendar.add("version", "2.0")
    today = now.astimezone(hours.ZONE).date()
    for number, rule in enumerate(service.timetable.rules):
        first = _first_day(rule, max(today, rule.begins or today))
        if first is not None:
            entry = Event()
            entry.add("uid", _uid(f"{service.pk}:{number}"))
            entry.add("dtstamp", now)
            for name, value in _values(rule, first).items():
                entry.add(name, value)
            calendar.add_component(entry)
    calendar.add_missing_timezones()
    return calendar.to_ical()


def _values(rule: hours.Rule, first: date) -> dict[str, Any]:
    ends_on = first if rule.closes_at > rule.opens_at else first + timedelta(days=1)
    repeats: dict[str, Any] = {"freq": rule.freq, "interval": rule.interval, "byday": list(rule.byday)}
    if rule.ends:
        repeats["until"] = datetime.combine(rule.ends, time.max, tzinfo=hours.ZONE)
    return {
        "dtstart": datetime.combine(first, rule.opens_at, tzinfo=hours.ZONE),
        "dtend": datetime.combine(ends_on, rule.closes_at, tzinfo=hours.ZONE),
        "rrule": repeats,
        "summary": _("Open %(hours)s") % {"hours": span(rule.opens_at, rule.closes_at)},
    }


def _first_day(rule: hours.Rule, start: date) -> date | None:
    days = (start + timedelta(days=number) for number in range(400))
    return next((day for day in days if rule.falls_on(day)), None)


def _uid(what: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), f"tider:{what}".encode(), "sha256").hexdigest()[:32]
