"""What stood on a service before: every change keeps all of it as plain values, and any of them can come back."""

import hashlib
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from referrals.models import Channel, Location, Schedule, Service, ServiceAtLocation, SpecialDays, Topic, Version

KEPT = 50  # of each service; older ones go
VALUES = (
    "name",
    "description",
    "eligibility_description",
    "minimum_age",
    "maximum_age",
    "is_anonymous",
    "municipality_code",
    "url",
    "fees_description",
    "languages",
    "duty_text",
    "no_answer_text",
    "hours_text",
    "on_holidays",
    "always_open",
    "is_crisis",
    "alert",
    "status",
    "source",
    "source_date",
)
SCHEDULE = ("freq", "interval", "byday", "opens_at", "closes_at", "valid_from", "valid_to", "notes")
KINDS: dict[str, type[date] | type[time]] = {
    "opens_at": time,
    "closes_at": time,
    "valid_from": date,
    "valid_to": date,
    "first_day": date,
    "last_day": date,
}
SPECIAL = ("first_day", "last_day", "opens_at", "closes_at", "note")


def content_of(service: Service) -> dict[str, Any]:
    """All that people write of a service. Fresh from the database, so that nothing prefetched is kept by mistake."""
    return {
        "values": {name: getattr(service, name) for name in VALUES},
        "topics": list(Topic.objects.filter(services=service).values_list("code", flat=True)),
        "channels": [list(row) for row in Channel.objects.filter(service=service).values_list("kind", "value")],
        "schedules": [_plain(row) for row in Schedule.objects.filter(service=service).values(*SCHEDULE)],
        "special_days": [_plain(row) for row in SpecialDays.objects.filter(service=service).values(*SPECIAL)],
        "places": [
            [str(pk), name, description]
            for pk, name, description in ServiceAtLocation.objects.filter(service=service).values_list(
                "location_id", "location__name", "description"
            )
        ],
    }


def record_beginning(service: Service) -> None:
    """Keep what came in without a person, such as a national draft, before the first one changes it."""
    if not service.versions.exists():
        record(service, Version.What.CREATED, by=None, now=service.last_modified)


def mark_of_hours(service: Service) -> str:
    """The same for as long as nobody has saved other hours."""
    content = content_of(service)
    rows = [_in_turn(content[name]) for name in ("schedules", "special_days")]
    told = repr([rows, service.always_open, service.on_holidays])
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def record(service: Service, what: Version.What, *, by: User | None, now: datetime | None) -> Version:
    """Keep what stands there now. Call it last, in the transaction of the change."""
    version = Version.objects.create(
        service=service, what=what, content=content_of(service), made_by=by, made_at=now or timezone.now()
    )
    kept = service.versions.values_list("pk", flat=True)[:KEPT]
    service.versions.exclude(pk__in=list(kept)).delete()
    return version


@transaction.atomic
def put_hours(service: Service, *, schedules: list[dict[str, Any]], special_days: list[dict[str, Any]]) -> bool:
    """Keep exactly these hours. True where that changed anything. Raises ValidationError: then nothing is written."""
    wanted = {"schedules": [_plain(row) for row in schedules], "special_days": [_plain(row) for row in special_days]}
    there = content_of(service)
    if all(_in_turn(wanted[name]) == _in_turn(there[name]) for name in wanted):
        return False
    service.schedules.all().delete()
    service.special_days.all().delete()
    rows = [Schedule(service=service, **row) for row in schedules]
    for row in [*rows, *(SpecialDays(service=service, **row) for row in special_days)]:
        row.full_clean()
        row.save()
    return True


def put_places(service: Service, places: Mapping[UUID, str]) -> None:
    """Give the service at these places and no others: id of the place, and what is different there.

    Only places of the organisation that it belongs to: one that is gone, or another's, is left out.
    """
    service.at_locations.exclude(location__in=places).delete()
    for place in Location.objects.filter(organization=service.organization_id, pk__in=places):
        at, _is_new = ServiceAtLocation.objects.get_or_create(service=service, location=place)
        at.description = places[place.pk]
        at.full_clean()
        at.save()


def places_in(content: dict[str, Any]) -> dict[UUID, str]:
    """The places of a kept version, as `put_places` takes them."""
    return {UUID(pk): description for pk, _name, description in content["places"]}


def hours_in(content: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The hours of a kept version, as `put_hours` takes them."""
    return {name: [_python(row) for row in content[name]] for name in ("schedules", "special_days")}


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date | time) else value for name, value in row.items()}


def _python(row: dict[str, Any]) -> dict[str, Any]:
    return {name: KINDS[name].fromisoformat(value) if value and name in KINDS else value for name, value in row.items()}


def _in_turn(rows: list[dict[str, Any]]) -> list[str]:
    return sorted(repr(sorted(row.items())) for row in rows)
