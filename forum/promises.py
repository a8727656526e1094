"""By when something is read: what the writer is told, and what the desk is held to."""

from datetime import datetime, timedelta

from django.utils import timezone

from forum.models.boards import ReadingTimes

ACUTE = timedelta(hours=1)


def due_at(times: ReadingTimes, *, now: datetime, is_urgent: bool = False) -> datetime:
    """The end of the promise, at a full hour: only hours in which somebody reads are counted.

    What is urgent is promised within one such hour. Times of day are Danish time, also over a change of the clocks.
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
