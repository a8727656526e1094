"""By when something is read: what the writer is told, and what the desk is held to.

Times of day are Danish time, also over a change of the clocks.
"""

from datetime import date, datetime, time, timedelta
from itertools import count

from django.utils import timezone

from forum.hours import SUNDAY
from forum.models.boards import ReadingTimes
from forum.models.letters import Letterbox
from referrals.hours import is_holiday

ACUTE = timedelta(hours=1)
DAY = timedelta(days=1)


def due_at(times: ReadingTimes, *, now: datetime, is_urgent: bool = False) -> datetime:
    """The end of the promise, at a full hour: only hours in which somebody reads are counted.

    What is urgent is promised within one such hour.
    """
    left = ACUTE if is_urgent else timedelta(hours=times.promised_hours)
    local = timezone.localtime(now).replace(tzinfo=None)
    while True:
        opens = datetime.combine(local.date(), times.reading_from)
        closes = datetime.combine(local.date(), times.reading_until)
        local = max(local, opens)
        if local < closes and local + left <= closes:
            return timezone.make_aware(min(_full_hour(local + left), closes))
        left -= max(closes - local, timedelta(0))
        local = datetime.combine(local.date() + timedelta(days=1), times.reading_from)


def _full_hour(moment: datetime) -> datetime:
    """This hour, or the next when it has begun."""
    hour = moment.replace(minute=0, second=0, microsecond=0)
    return hour if hour == moment else hour + timedelta(hours=1)


# Letters ----------------------------------------------------------------------------------------------------------


def answered_by(box: Letterbox, *, now: datetime) -> datetime:
    """The end of a letter's promise, at a full hour and while somebody reads.

    It begins when somebody reads. 24 promised hours are a day on which letters are read, to the same time of day; what
    is left of the promise are hours in which they are, and never more than one day more would be. 48 hours over a
    Friday without anybody end two such days later.
    """
    days, hours = divmod(box.answer_hours, 24)
    local = _next_read(box, timezone.localtime(now).replace(tzinfo=None))
    for _day in range(days):
        local = _same_time_next_day(box, local)
    left, latest = timedelta(hours=hours), _same_time_next_day(box, local)
    while local < latest and local + left > _closes(box, local.date()):
        left -= _closes(box, local.date()) - local
        local = _opens(box, _next_day(box, local.date()))
    end = min(local + left, latest)
    full = end.replace(minute=0, second=0, microsecond=0)
    return _danish(max(full, _opens(box, end.date())))


def _danish(local: datetime) -> datetime:
    """Also of a time that the change of the clocks leaves out: the full hour after it."""
    moment = timezone.make_aware(local)
    there = timezone.localtime(moment)
    return moment if there.replace(tzinfo=None) == local else there.replace(minute=0, second=0, microsecond=0)


def _same_time_next_day(box: Letterbox, local: datetime) -> datetime:
    return datetime.combine(_next_day(box, local.date()), local.time())


def _next_read(box: Letterbox, local: datetime) -> datetime:
    """This moment, or the next at which somebody reads."""
    if _is_read_on(box, local.date()) and local < _closes(box, local.date()):
        return max(local, _opens(box, local.date()))
    return _opens(box, _next_day(box, local.date()))


def _next_day(box: Letterbox, day: date) -> date:
    """The next day after this one on which letters are read."""
    coming = (day + DAY * number for number in count(1))
    return next(each for each in coming if _is_read_on(box, each))


def _is_read_on(box: Letterbox, day: date) -> bool:
    """A Danish holiday counts as a Sunday, as the page says."""
    return str(SUNDAY if is_holiday(day) else day.isoweekday()) in box.reading_days


def _opens(box: Letterbox, day: date) -> datetime:
    return datetime.combine(day, box.reading_from or time.min)


def _closes(box: Letterbox, day: date) -> datetime:
    return datetime.combine(day, box.reading_until) if box.reading_until else datetime.combine(day + DAY, time.min)
