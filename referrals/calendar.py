"""The hours of a service as calendar entries that say nothing: whoever looks over a shoulder sees times (T16)."""

import hmac
from datetime import date, datetime, time, timedelta

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
    from icalendar import Calendar  # here: slow to read, and few processes ever need it

    calendar = Calendar()
    calendar.add("prodid", "-//tider//DA")
    calendar.add("version", "2.0")
    today = now.astimezone(hours.ZONE).date()
    for number, rule in enumerate(service.timetable.rules):
        if rule.ends is None or rule.ends >= today:
            entry = _entry(rule, uid=_uid(f"{service.pk}:{number}"), today=today, now=now)
            if entry is not None:
                calendar.add_component(entry)
    calendar.add_missing_timezones()
    return calendar.to_ical()


def _entry(rule: hours.Rule, *, uid: str, today: date, now: datetime) -> object | None:
    from icalendar import Event

    first = _first_day(rule, max(today, rule.begins or today))
    if first is None:
        return None
    ends_on = first if rule.closes_at > rule.opens_at else first + timedelta(days=1)
    entry = Event()
    entry.add("uid", uid)
    entry.add("dtstamp", now)
    entry.add("dtstart", datetime.combine(first, rule.opens_at, tzinfo=hours.ZONE))
    entry.add("dtend", datetime.combine(ends_on, rule.closes_at, tzinfo=hours.ZONE))
    repeats = {"freq": rule.freq, "interval": rule.interval, "byday": list(rule.byday)}
    if rule.ends:
        repeats["until"] = datetime.combine(rule.ends, time.max, tzinfo=hours.ZONE)
    entry.add("rrule", repeats)
    entry.add("summary", _("Open %(hours)s") % {"hours": span(rule.opens_at, rule.closes_at)})
    return entry


def _first_day(rule: hours.Rule, start: date) -> date | None:
    days = (start + timedelta(days=number) for number in range(400))
    return next((day for day in days if rule.falls_on(day)), None)


def _uid(what: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), f"tider:{what}".encode(), "sha256").hexdigest()[:32]
