"""Services as plain values: what pages, the room and its wire protocol show of them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from referrals.models import Channel, Service


def card(service: Service, *, now: datetime) -> dict[str, Any]:
    """The protocol's `service` value. A check that has grown too old is not told as one."""
    return {
        "id": str(service.id),
        "name": service.name,
        "channels": [_channel(channel) for channel in service.channels.all()],
        "open": service.is_open(),
        "changes_at": None,
        "checked_on": _checked_on(service, now),
    }


def find_card(service_id: str, *, now: datetime) -> dict[str, Any] | None:
    """The card of a service that is shown; None for any other id."""
    try:
        service = Service.objects.shown().prefetch_related("channels").filter(id=UUID(service_id)).first()
    except ValueError:
        return None
    return card(service, now=now) if service else None


def details(service: Service, *, now: datetime) -> dict[str, Any]:
    """The card and what a page has room for besides."""
    return {
        **card(service, now=now),
        "description": service.description,
        "for_whom": service.eligibility_description,
        "ages": _ages(service.minimum_age, service.maximum_age),
        "anonymous": service.is_anonymous,
        "hours": service.hours_text,
        "alert": service.alert,
        "municipality": service.municipality,
        "last_check": service.checked_on,
    }


def help_now(*, now: datetime, limit: int = 3) -> list[dict[str, Any]]:
    """Cards of those who can help now, at most `limit`: crisis help that never closes stands first. Two queries.

    Not cached: what a counsellor corrects is right at the next look.
    """
    services = Service.objects.shown().fresh(now).reachable().help_first().prefetch_related("channels")
    return [card(service, now=now) for service in services[:limit]]


def _channel(channel: Channel) -> dict[str, Any]:
    return {"kind": channel.kind, "label": channel.label, "href": channel.href}


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
