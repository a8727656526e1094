"""An evening as a calendar entry that says nothing: whoever looks over a shoulder sees an appointment (T16)."""

import hmac

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.moments import clock
from chat.models import Session

FILE_NAME = "aftale.ics"


def neutral_calendar(session: Session) -> bytes:
    """A file with one entry: title and time. No text, no place, no link, no sender; the id is a keyed digest."""
    from icalendar import Calendar, Event  # here: slow to read, and few processes ever need it

    entry = Event()
    entry.add(
        "uid", hmac.new(settings.SECRET_KEY.encode(), f"aftale:{session.slug}".encode(), "sha256").hexdigest()[:32]
    )
    entry.add("dtstamp", session.starts_at)  # when the file was fetched is nobody's business
    entry.add("dtstart", session.starts_at)
    entry.add("dtend", session.ends_at)
    entry.add("summary", _("Appointment at %(clock)s") % {"clock": clock(session.starts_at)})
    calendar = Calendar()
    calendar.add("prodid", "-//aftale//DA")
    calendar.add("version", "2.0")
    calendar.add_component(entry)
    return calendar.to_ical()
