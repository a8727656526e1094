"""Verbs of places: where the services of an organisation are given. Whoever saves a place stands by it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import Organization, User
from referrals import permissions, versions
from referrals.models import Location, Service, Version

FIELDS = (
    "name",
    "location_type",
    "is_hidden",
    "address_1",
    "postal_code",
    "city",
    "transportation",
    "accessibility",
)


@transaction.atomic
def set_places(*, service: Service, places: Mapping[Location, str], by: User, now: datetime | None = None) -> None:
    """Give the service at these places and no others; with each, what is different there.

    Raises PermissionDenied, and ValidationError for a place of another organisation.
    """
    service = Service.objects.select_for_update(of=("self",)).select_related("organization").get(pk=service.pk)
    if not permissions.may_edit(by, service):
        raise PermissionDenied
    if any(place.organization_id != service.organization_id for place in places):
        raise ValidationError(_("That place belongs to another organisation."), code="foreign_place")
    versions.record_beginning(service)
    versions.put_places(service, {place.pk: description for place, description in places.items()})
    service.save()  # others who hold a copy ask what changed since
    versions.record(service, Version.What.EDITED, by=by, now=now)


@transaction.atomic
def save_place(
    *, organization: Organization, values: Mapping[str, Any], by: User, place: Location | None = None
) -> Location:
    """A new place of the organisation, or a changed one. Raises PermissionDenied, and ValidationError."""
    if not permissions.may_add_to(by, organization):
        raise PermissionDenied
    services = _services_of(organization)
    if place is None:
        kept = Location(organization=organization)
    else:
        kept = Location.objects.select_for_update(of=("self",)).get(pk=place.pk, organization=organization)
    for name in FIELDS:
        setattr(kept, name, values[name])
    if kept.is_hidden:
        kept.latitude = kept.longitude = None
    kept.full_clean()
    kept.save()
    for service in services.filter(at_locations__location=kept):
        service.save()
    return kept


@transaction.atomic
def remove_place(*, place: Location, by: User, now: datetime | None = None) -> None:
    """Take it away, from all the services that are given there. Raises PermissionDenied."""
    if not permissions.may_add_to(by, place.organization):
        raise PermissionDenied
    services = list(_services_of(place.organization).filter(at_locations__location=place))
    for service in services:
        versions.record_beginning(service)
    Location.objects.select_for_update(of=("self",)).get(pk=place.pk).delete()
    for service in services:
        service.save()
        versions.record(service, Version.What.EDITED, by=by, now=now)


def _services_of(organization: Organization) -> QuerySet[Service]:
    """The organisation's services, all of them locked now: whoever changes a place locks what is given there first,
    as `set_places` does, or the two would wait for one another."""
    locked = Service.objects.select_for_update(of=("self",)).filter(organization=organization).order_by("pk")
    list(locked.values_list("pk", flat=True))
    return Service.objects.filter(organization=organization).order_by("pk")
