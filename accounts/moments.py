"""Times in words, as people say them: "i aften kl. 19", "torsdag den 3. december kl. 19.30"; and as they are stored."""

from datetime import date, datetime

from django.utils import timezone
from django.utils.dates import MONTHS, WEEKDAYS
from django.utils.translation import gettext as _

EVENING = 17  # from this hour on one says "this evening"


def coarse(moment: datetime) -> datetime:
    """To five minutes: what is stored of when a young person did something, so that it joins no two visits."""
    return moment.replace(minute=moment.minute - moment.minute % 5, second=0, microsecond=0)


def clock(moment: datetime) -> str:
    """ "19" or "19.30", in Danish time."""
    local = timezone.localtime(moment)
    if local.minute == 0:
        return str(local.hour)
    return _("%(hour)s:%(minute)s") % {"hour": local.hour, "minute": f"{local.minute:02}"}


def weekday_and_date(moment: datetime) -> str:
    """ "torsdag den 3. december": what still holds when somebody reads it next week."""
    day = timezone.localtime(moment).date()
    return _("%(weekday)s %(day)d %(month)s") % {
        "weekday": WEEKDAYS[day.weekday()],
        "day": day.day,
        "month": MONTHS[day.month],
    }


def day_in_words(moment: datetime, *, now: datetime) -> str:
    """ "i dag", "i går", else the date, with the year when it is another one."""
    day, today = timezone.localtime(moment).date(), timezone.localtime(now).date()
    near = {0: _("today"), -1: _("yesterday"), 1: _("tomorrow")}.get((day - today).days)
    return near or _full_date(day, today)


def _full_date(day: date, today: date) -> str:
    words = {"day": day.day, "month": MONTHS[day.month], "year": day.year}
    return _("on %(day)d %(month)s") % words if day.year == today.year else _("on %(day)d %(month)s %(year)d") % words


def time_in_words(moment: datetime, *, now: datetime) -> str:
    """ "i aften kl. 19", "i morgen kl. 16.30", "torsdag den 3. december kl. 19"."""
    local = timezone.localtime(moment)
    distance = (local.date() - timezone.localtime(now).date()).days
    words = {"clock": clock(moment), "day": weekday_and_date(moment)}
    if distance == 0 and local.hour >= EVENING:
        return _("tonight at %(clock)s") % words
    if distance == 0:
        return _("today at %(clock)s") % words
    if distance == 1:
        return _("tomorrow at %(clock)s") % words
    return _("%(day)s at %(clock)s") % words
