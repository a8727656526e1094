"""How long somebody waited, in words: "12 min.", "3 t. 5 min.", "2 dage"."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

HOUR, DAY = 60, 24 * 60


def minutes_since(moment: datetime, *, now: datetime) -> int:
    return max(0, int((now - moment).total_seconds() // 60))


def in_words(minutes: int) -> str:
    """Coarser the longer it is: nobody counts the minutes of two days."""
    if minutes < 1:
        return _("less than a minute")
    if minutes < HOUR:
        return _("%(minutes)d min.") % {"minutes": minutes}
    if minutes < DAY:
        hours, rest = divmod(minutes, HOUR)
        return _("%(hours)d h %(minutes)d min.") % {"hours": hours, "minutes": rest}
    days = minutes // DAY
    return ngettext("%(days)d day", "%(days)d days", days) % {"days": days}
