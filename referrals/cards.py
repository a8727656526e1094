"""Services as plain values: what pages, the room and its wire protocol show of them."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.moments import clock, time_in_words
from referrals import hours_in_words
from referrals.languages import language_name
from referrals.models import Channel, Location, Service

MAP = "https://www.openstreetmap.org/search"  # followed by a tap only; no page loads anything from there
LOOKED_AT = 24  # services among which the open ones are looked for
SOON = timedelta(hours=18)  # nearer than that a time of day says which day is meant


def in_turn(services: Iterable[Service], *, now: datetime) -> list[Service]:
    """Whoever answers now first, then by when they open; whose hours nobody has told stand before the closed.

    Otherwise they keep their order. No query where `with_hours` has fetched.
    """

    def turn(service: Service) -> tuple[int, datetime]:
        state = service.state(now)
        if state.is_open:
            return 0, now
        if state.is_open is None:
            return 2, now
        return (1, state.changes_at) if state.changes_at else (3, now)

    return sorted(services, key=turn)


def card(service: Service, *, now: datetime) -> dict[str, Any]:
    """The protocol's `service` value. A check that has grown too old is not told as one."""
    state = service.state(now)
    return {
        "id": str(service.id),
        "name": service.name,
        "channels": [_channel(channel) for channel in service.channels.all()],
        "open": state.is_open,
        "changes_at": state.changes_at.isoformat() if state.changes_at else None,
        "checked_on": _checked_on(service, now),
    }


def find_card(service_id: str, *, now: datetime) -> dict[str, Any] | None:
    """The card of a service that is shown; None for any other id."""
    try:
        service = Service.objects.shown().with_hours().filter(id=UUID(service_id)).first()
    except ValueError:
        return None
    return card(service, now=now) if service else None


def details(service: Service, *, now: datetime) -> dict[str, Any]:
    """The card and what a page has room for besides."""
    today = timezone.localdate(now)
    timetable = service.timetable
    return {
        **card(service, now=now),
        "hours_now": _hours_now(service, now),
        "description": service.description,
        "for_whom": service.eligibility_description,
        "ages": _ages(service.minimum_age, service.maximum_age),
        "anonymous": service.is_anonymous,
        "week": hours_in_words.lines(timetable, today=today),
        "special_days": hours_in_words.special_lines(timetable.specials, today=today),
        "hours": service.hours_text,
        "cost": service.fees_description,
        "languages": [language_name(code) for code in service.languages.split(",") if code],
        "passes_on": service.duty_text,
        "no_answer": service.no_answer_text,
        "alert": service.alert,
        "municipality": service.municipality,
        "last_check": service.checked_on,
        "places": [_place(at.location, at.description) for at in service.at_locations.all()],
        "page": reverse("referrals:service", args=[service.pk]),
        "holidays": _holidays(service) if timetable.rules else "",
        "has_hours": bool(timetable.rules),
    }


def help_now(*, now: datetime, limit: int = 3) -> list[dict[str, Any]]:
    """Cards of those who can help now, at most `limit`: crisis help that never closes stands first, then
    whoever else answers now. Two queries.

    Not cached: what a counsellor corrects is right at the next look.
    """
    services = Service.objects.shown().fresh(now).reachable().for_anybody().help_first().with_hours()
    return [card(service, now=now) for service in in_turn(services[:LOOKED_AT], now=now)[:limit]]


def _hours_now(service: Service, now: datetime) -> str:
    """ "Åbent nu, til i aften kl. 21". Empty where nobody has told the hours."""
    state = service.state(now)
    if state.is_open is None:
        return ""
    if state.changes_at is None:
        return _("It is open now") if state.is_open else _("It is closed")
    if not state.is_open:
        return _("It is closed now. It opens %(at)s") % {"at": time_in_words(state.changes_at, now=now)}
    if state.changes_at - now > SOON:
        return _("It is open now")
    return _("It is open now, until %(clock)s") % {"clock": clock(state.changes_at)}


def _holidays(service: Service) -> str:
    return _("On holidays: %(hours)s") % {"hours": service.get_on_holidays_display()}


def _channel(channel: Channel) -> dict[str, Any]:
    return {"kind": channel.kind, "label": channel.label, "href": channel.href}


def _place(location: Location, more: str) -> dict[str, Any]:
    """A secret place has a name and nothing that leads there."""
    return {
        "name": location.name,
        "is_secret": location.is_hidden,
        "address": location.address,
        "transportation": location.transportation,
        "accessibility": location.accessibility,
        "more": more,
        "map": f"{MAP}?{urlencode({'query': location.address})}" if location.address else None,
    }


def _ages(low: int | None, high: int | None) -> str:
    if low is not None and high is not None:
        return _("Age %(low)s to %(high)s") % {"low": low, "high": high}
    if low is not None:
        return _("From age %(low)s") % {"low": low}
    return _("Up to age %(high)s") % {"high": high} if high is not None else ""


def _checked_on(service: Service, now: datetime) -> str | None:
    if service.checked_on is None or not service.is_fresh(on=timezone.localdate(now)):
        return None
    return service.checked_on.isoformat()
