"""When a letterbox is read, in words: "Vi læser breve mandag til torsdag kl. 9–20"."""

from collections.abc import Sequence
from datetime import date, datetime, time
from itertools import combinations, groupby

from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from accounts.moments import clock

EVERY_DAY = "1234567"  # Monday is 1, as in ISO 8601
SUNDAY = 7
SOME_DAYS = ["".join(days) for number in range(1, 8) for days in combinations(EVERY_DAY, number)]
ANY_DAY = date(2026, 1, 1)  # on which no clock is changed
RUN = 3  # so many days in a row are told as "from … to"


def in_words(days: str, first: time | None, last: time | None) -> str:
    """Empty for what is read at any hour of any day."""
    if first is None or last is None:
        told = "" if days == EVERY_DAY else _("We read letters %(days)s.") % {"days": _days(days)}
    else:
        words = {"days": _days(days), "first": _clock(first), "last": _clock(last)}
        told = _("We read letters %(days)s, %(first)s to %(last)s.") % words
    return told if str(SUNDAY) in days else " ".join([told, _("Not on public holidays.")])


def _days(days: str) -> str:
    if days == EVERY_DAY:
        return _("every day")
    numbers = sorted(int(day) - 1 for day in days)
    runs = [[day for _at, day in run] for _key, run in groupby(enumerate(numbers), lambda pair: pair[1] - pair[0])]
    *some, last = [words for run in runs for words in _run(run)]
    return _("%(some)s and %(last)s") % {"some": ", ".join(some), "last": last} if some else last


def _run(run: Sequence[int]) -> list[str]:
    names = [str(WEEKDAYS[day]) for day in run]
    return [_("%(first)s to %(last)s") % {"first": names[0], "last": names[-1]}] if len(names) >= RUN else names


def _clock(at: time) -> str:
    return clock(timezone.make_aware(datetime.combine(ANY_DAY, at)))
