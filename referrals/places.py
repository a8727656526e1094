"""Verbs of places: where the services of an organisation are given. Whoever saves a place stands by it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
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
    versions.record(service, Version.What.EDITED, by=by, now=now)


@transaction.atomic
def save_place(
    *, organization: Organization, values: Mapping[str, Any], by: User, place: Location | None = None
) -> Location:
    """A new place of the organisation, or a changed one. Raises PermissionDenied, and ValidationError."""
    if not permissions.may_add_to(by, organization):
        raise PermissionDenied
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
    return kept


@transaction.atomic
def remove_place(*, place: Location, by: User, now: datetime | None = None) -> None:
    """Take it away, from all the services that are given there. Raises PermissionDenied."""
    place = Location.objects.select_for_update(of=("self",)).select_related("organization").get(pk=place.pk)
    if not permissions.may_add_to(by, place.organization):
        raise PermissionDenied
    services = list(Service.objects.filter(at_locations__location=place))
    for service in services:
        versions.record_beginning(service)
    place.delete()
    for service in services:
        versions.record(service, Version.What.EDITED, by=by, now=now)
