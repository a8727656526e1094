"""Verbs of a city's page: what its own people write there, show, hide and take back."""

import hashlib
import json
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any, BinaryIO

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.faces import encode_picture
from accounts.models import Membership, Organization, User
from referrals import permissions
from referrals.models import CityPage, CityVersion, Service
from referrals.municipalities import MUNICIPALITIES

PICTURE_SIZE = (960, 540)  # pixels
PICTURE_BYTES = 60 * 1024
KEPT = 50  # versions of each page; older ones go
# Pictures of versions before these are gone for good: whoever is on one may have changed their mind.
PICTURES_KEPT = 2
ONE_GO = timedelta(minutes=10)  # moves of offers so near each other are one version
WORDS = ("name", "preposition", "headline", "intro")
PICTURE = ("picture", "picture_alt")
SHOWN = ("hidden", "friends")
FIELDS = (*WORDS, *PICTURE, *SHOWN, "offers")

What = CityVersion.What


# Writing ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def begin_page(*, organization: Organization, by: User, now: datetime | None = None) -> CityPage:
    """The page of a municipality, empty and not shown; the one that is there, if there is one.

    Raises PermissionDenied, and ValidationError "no_city" for whoever is no municipality.
    """
    if not permissions.may_write_for_city(by, organization):
        raise PermissionDenied
    if organization.municipality_code not in MUNICIPALITIES:
        raise ValidationError(_("Only a municipality has a page of its own."), code="no_city")
    page, is_new = CityPage.objects.get_or_create(organization=organization)
    if is_new:
        record(page, What.BEGUN, by=by, now=now)
    return page


@transaction.atomic
def write_words(
    *, page: CityPage, values: Mapping[str, str], by: User, seen: str | None = None, now: datetime | None = None
) -> CityPage:
    """Headline and text; of a joint page its name, too. `seen` is the mark of the words that this person looked at.

    Raises PermissionDenied, and ValidationError where they do not fit, or "changed_since" the person looked.
    """
    page = locked(page, by)
    _same_as_seen(page, WORDS, seen)
    for name in WORDS if page.is_joint else ("headline", "intro"):
        setattr(page, name, str(values[name]).replace("\r\n", "\n").strip())
    page.full_clean()
    return _saved(page, What.WORDS, by=by, now=now)


@transaction.atomic
def set_picture(
    *,
    page: CityPage,
    upload: BinaryIO | None,
    alt: str,
    by: User,
    remove: bool = False,
    seen: str | None = None,
    now: datetime | None = None,
) -> CityPage:
    """Show this picture, its pixels alone, under a random name; without an upload say anew what the one there shows.

    Raises PermissionDenied, and ValidationError for no picture, one without words, or "changed_since".
    """
    page = locked(page, by)
    _same_as_seen(page, PICTURE, seen)
    page.picture_alt = alt.strip()
    if remove:
        page.picture, page.picture_alt = "", ""
    elif upload is None and not page.picture:
        raise ValidationError({"picture": _("Choose a picture.")}, code="no_picture")
    elif upload is not None:
        if not page.picture_alt:
            raise ValidationError(
                {"picture_alt": _("Write what the picture shows, for those who cannot see it.")}, code="no_words"
            )
        encoded = encode_picture(upload, size=PICTURE_SIZE, most=PICTURE_BYTES)
        page.picture.save(f"{secrets.token_hex(16)}.webp", ContentFile(encoded), save=False)
    page.full_clean()
    return _saved(page, What.PICTURE, by=by, now=now)


@transaction.atomic
def move_offer(*, page: CityPage, service: Service, up: bool, by: User, now: datetime | None = None) -> CityPage:
    """One place up or down among the offers that are shown. Raises PermissionDenied."""
    page = locked(page, by)
    order = [str(row.pk) for row in offers_of(page)]
    if str(service.pk) not in order:
        return page
    at = order.index(str(service.pk))
    to = min(max(at - 1 if up else at + 1, 0), len(order) - 1)
    order.insert(to, order.pop(at))
    page.offers = order
    return _saved(page, What.ORDER, by=by, now=now)


@transaction.atomic
def choose_shown(
    *,
    page: CityPage,
    hidden: Iterable[int],
    friends: Iterable[str],
    by: User,
    seen: str | None = None,
    now: datetime | None = None,
) -> CityPage:
    """Which counsellors are not shown, and which cities come first when this one is closed.

    Raises PermissionDenied, and ValidationError "changed_since" the person looked.
    """
    page = locked(page, by)
    _same_as_seen(page, SHOWN, seen)
    own = {house.municipality_code for house in page.houses}
    page.friends = [code for code in dict.fromkeys(friends) if code in MUNICIPALITIES and code not in own]
    # Whom others have hidden of a city that has left, or of somebody who is away, stays hidden.
    there = set(counsellors_of(page).values_list("user_id", flat=True))
    page.hidden = sorted((set(hidden) & there) | (set(page.hidden) - there))
    return _saved(page, What.SHOWN, by=by, now=now)


@transaction.atomic
def publish_page(*, page: CityPage, by: User, now: datetime | None = None) -> CityPage:
    """Show what is written. Raises PermissionDenied, and ValidationError "empty", or of a joint page "alone"."""
    page = locked(page, by)
    if not (page.headline or page.intro):
        raise ValidationError(_("Write a headline or a few words first."), code="empty")
    if page.is_joint and len(page.houses) < 2:
        raise ValidationError(_("Another city must say yes first."), code="alone")
    page.is_published = True
    return _saved(page, What.PUBLISHED, by=by, now=now)


@transaction.atomic
def withdraw_page(*, page: CityPage, by: User, now: datetime | None = None) -> CityPage:
    """Take the words away from the young. What is open in the city they still see. Raises PermissionDenied."""
    page = locked(page, by)
    page.is_published = False
    return _saved(page, What.WITHDRAWN, by=by, now=now)


@transaction.atomic
def take_back(
    *, page: CityPage, version: CityVersion, by: User, seen: str | None = None, now: datetime | None = None
) -> CityPage:
    """Let it stand as it did in an earlier version; shown or not as it is now. A picture that is gone stays away.

    Raises PermissionDenied, and ValidationError "changed_since" the person looked.
    """
    page = locked(page, by)
    _same_as_seen(page, FIELDS, seen)
    content = page.versions.get(pk=version.pk).content
    for name in FIELDS:
        setattr(page, name, content[name])
    if page.picture and not page.picture.storage.exists(str(page.picture)):
        page.picture, page.picture_alt = "", ""
    page.full_clean()
    return _saved(page, What.TAKEN_BACK, by=by, now=now)


def locked(page: CityPage, by: User) -> CityPage:
    """The row, locked until the transaction ends. Raises PermissionDenied."""
    page = CityPage.objects.select_for_update(of=("self",)).get(pk=page.pk)
    if not permissions.may_edit_city(by, page):
        raise PermissionDenied
    return page


def _same_as_seen(page: CityPage, names: Iterable[str], seen: str | None) -> None:
    if seen is not None and seen != mark_of(page, names):
        raise ValidationError(_("Somebody else has changed this in the meantime."), code="changed_since")


def _saved(page: CityPage, what: What, *, by: User, now: datetime | None) -> CityPage:
    page.save()
    record(page, what, by=by, now=now)
    return page


# What stood there before ------------------------------------------------------------------------------------------


def content_of(page: CityPage) -> dict[str, Any]:
    """All that people write on it, as plain values."""
    values = {name: getattr(page, name) for name in FIELDS}
    return {**values, "picture": str(page.picture or ""), "is_published": page.is_published}


def mark_of(page: CityPage, names: Iterable[str]) -> str:
    """The same for as long as nobody has saved another of these."""
    content = content_of(page)
    return hashlib.sha256(json.dumps([content[name] for name in names]).encode()).hexdigest()[:16]


def record(page: CityPage, what: What, *, by: User | None, now: datetime | None) -> None:
    """Keep what stands there now. Call it last, in the transaction of the change."""
    at = now or timezone.now()
    last = page.versions.first()
    moved = last is not None and last.what == what == What.ORDER and last.made_by == by and at - last.made_at < ONE_GO
    if last is not None and moved:
        last.content = content_of(page)
        last.save(update_fields=["content"])
    else:
        CityVersion.objects.create(page=page, what=what, content=content_of(page), made_by=by, made_at=at)
    versions = list(page.versions.all())
    page.versions.filter(pk__in=[version.pk for version in versions[KEPT:]]).delete()
    pictures = [version.content["picture"] for version in versions]
    forget_pictures(set(pictures[PICTURES_KEPT:]) - set(pictures[:PICTURES_KEPT]))


def forget_pictures(names: Iterable[str]) -> None:
    """Delete the files when the transaction commits."""
    storage = CityPage._meta.get_field("picture").storage
    for name in names:
        if name:
            transaction.on_commit(partial(storage.delete, name))


# Reads ------------------------------------------------------------------------------------------------------------


def offers_of(page: CityPage) -> list[Service]:
    """What the young are shown of these cities, in the page's own order."""
    codes = [house.municipality_code for house in page.houses if house.municipality_code]
    rows = list(Service.objects.shown().filter(municipality_code__in=codes).help_first().with_hours())
    place = {pk: number for number, pk in enumerate(page.offers)}
    return sorted(rows, key=lambda service: place.get(str(service.pk), len(place)))


def counsellors_of(page: CityPage) -> Any:
    """Counsellors of these cities who could be shown: memberships, each with a card."""
    return (
        Membership.objects.filter(
            role=Membership.Role.COUNSELLOR,
            organization__in=page.houses,
            user__is_active=True,
            user__profile__isnull=False,
        )
        .select_related("user__profile", "organization")
        .order_by("user__profile__working_name", "pk")
    )
