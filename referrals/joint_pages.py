"""Verbs of pages that cities hold together: one proposes, and no other is on it before somebody there has said yes."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Organization, User
from referrals import cities, permissions
from referrals.cities import What
from referrals.models import CityMember, CityPage
from referrals.municipalities import MUNICIPALITIES, find_municipalities


@transaction.atomic
def propose(
    *,
    organization: Organization,
    values: Mapping[str, str],
    asked: Iterable[Organization],
    by: User,
    now: datetime | None = None,
) -> CityPage:
    """A page with a name and an address of its own; its cities are asked, and it is shown to nobody else yet.

    Raises PermissionDenied, and ValidationError for an address that is taken or a municipality's, or for no city asked.
    """
    _may(by, organization)
    page = CityPage(**{name: values[name].strip() for name in ("name", "slug", "preposition")})
    check_slug(page.slug)
    page.full_clean()
    try:
        with transaction.atomic():
            page.save()
    except IntegrityError as taken:  # somebody has taken it since the look
        raise ValidationError({"slug": _("Another page has this address. Choose another one.")}) from taken
    at = now or timezone.now()
    CityMember.objects.create(
        page=page, organization=organization, asked_by=by, asked_at=at, agreed_by=by, agreed_at=at
    )
    cities.record(page, What.BEGUN, by=by, now=now)
    _ask(page, asked, by=by, now=now)
    return page


def check_slug(slug: str) -> None:
    """Raises ValidationError for what somebody could mean a municipality by."""
    if slug in MUNICIPALITIES or find_municipalities(slug):
        raise ValidationError({"slug": _("A municipality is called so. Choose another address.")}, code="shadows")


@transaction.atomic
def ask_cities(*, page: CityPage, asked: Iterable[Organization], by: User, now: datetime | None = None) -> None:
    """Ask more cities. Raises PermissionDenied, and ValidationError for whoever is no municipality here."""
    page = cities.locked(page, by)
    if not page.is_joint:
        raise PermissionDenied
    _ask(page, asked, by=by, now=now)


def _ask(page: CityPage, asked: Iterable[Organization], *, by: User, now: datetime | None) -> None:
    there = set(page.members.values_list("organization_id", flat=True))
    new = [city for city in asked if city.pk not in there]
    if any(city.municipality_code not in MUNICIPALITIES for city in new) or not new:
        raise ValidationError({"asked": _("Choose at least one other city.")}, code="nobody")
    at = now or timezone.now()
    CityMember.objects.bulk_create(CityMember(page=page, organization=city, asked_by=by, asked_at=at) for city in new)


@transaction.atomic
def answer(*, seat: CityMember, agrees: bool, by: User, now: datetime | None = None) -> CityPage:
    """Somebody of the city that was asked says yes, or no. A no that comes after a yes does nothing: to go is `leave`.

    Raises PermissionDenied, and ObjectDoesNotExist for a question that is gone.
    """
    page = CityPage.objects.select_for_update(of=("self",)).get(pk=seat.page_id)
    seat = CityMember.objects.select_related("organization").get(pk=seat.pk)
    _may(by, seat.organization)
    if seat.agreed_at is None and not agrees:
        return leave(seat=seat, by=by, now=now)
    if seat.agreed_at is None:
        seat.agreed_by, seat.agreed_at = by, now or timezone.now()
        seat.save()
        cities.record(page, What.JOINED, by=by, now=now)
    return page


@transaction.atomic
def leave(*, seat: CityMember, by: User, now: datetime | None = None) -> CityPage:
    """A city goes, at once and without asking anybody. With fewer than two the page is not shown any more; with the
    last one it is gone. Raises PermissionDenied, and ObjectDoesNotExist for a seat that is."""
    page = CityPage.objects.select_for_update(of=("self",)).get(pk=seat.page_id)
    seat = CityMember.objects.select_related("organization").get(pk=seat.pk)
    _may(by, seat.organization)
    had_agreed = seat.agreed_at is not None
    seat.delete()
    left = len(page.houses)
    if left == 0:
        page.delete()
    elif had_agreed:
        page.is_published = page.is_published and left > 1
        page.save()
        cities.record(page, What.LEFT, by=by, now=now)
    return page


def _may(by: User, organization: Organization) -> None:
    if not permissions.may_write_for_city(by, organization):
        raise PermissionDenied
