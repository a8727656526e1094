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
    *,
    page: CityPage,
    values: Mapping[str, str],
    by: User,
    publish: bool = False,
    seen: str | None = None,
    now: datetime | None = None,
) -> CityPage:
    """Headline and text; of a joint page its name, too; with `publish` also show them, or save nothing at all.

    `seen` is the mark of the words that this person looked at. Raises PermissionDenied, and ValidationError where they
    do not fit, "changed_since" the person looked, or for what may not be shown so: "empty", "alone".
    """
    page = locked(page, by)
    _same_as_seen(page, WORDS, seen)
    for name in WORDS if page.is_joint else ("headline", "intro"):
        setattr(page, name, str(values[name]).replace("\r\n", "\n").strip())
    page.is_published = page.is_published or publish
    _fit_to_show(page)
    page.full_clean()
    return _saved(page, What.PUBLISHED if publish else What.WORDS, by=by, now=now)


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
    elif not page.picture_alt:
        raise ValidationError(
            {"picture_alt": _("Write what the picture shows, for those who cannot see it.")}, code="no_words"
        )
    elif upload is not None:
        encoded = encode_picture(upload, size=PICTURE_SIZE, most=PICTURE_BYTES)
        page.picture.save(f"{secrets.token_hex(16)}.webp", ContentFile(encoded), save=False)
    page.full_clean()
    return _saved(page, What.PICTURE, by=by, now=now)


@transaction.atomic
def move_offer(*, page: CityPage, service: Service, up: bool, by: User, now: datetime | None = None) -> CityPage:
    """One place up or down among the offers that are shown; one that is away for a while keeps its place.

    Raises PermissionDenied.
    """
    page = locked(page, by)
    order = [str(row.pk) for row in offers_of(page)]
    if str(service.pk) not in order:
        return page
    at = order.index(str(service.pk))
    to = min(max(at - 1 if up else at + 1, 0), len(order) - 1)
    order.insert(to, order.pop(at))
    known = [*page.offers, *(pk for pk in order if pk not in page.offers)]
    shown = iter(order.copy())
    page.offers = [next(shown) if pk in order else pk for pk in known]
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
    # Whoever does not stand in the form stays as they were: somebody away, of a city that left, without a whole card.
    there = {role.user_id for role in counsellors_on(page)}
    page.hidden = sorted((set(hidden) & there) | (set(page.hidden) - there))
    return _saved(page, What.SHOWN, by=by, now=now)


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

    Raises PermissionDenied, and ValidationError "changed_since" the person looked, or "empty" where it is shown.
    """
    page = locked(page, by)
    _same_as_seen(page, FIELDS, seen)
    content = page.versions.get(pk=version.pk).content
    for name in FIELDS:
        setattr(page, name, content[name])
    if page.picture and not page.picture.storage.exists(str(page.picture)):
        page.picture, page.picture_alt = "", ""
    _fit_to_show(page)
    page.full_clean()
    return _saved(page, What.TAKEN_BACK, by=by, now=now)


def locked(page: CityPage, by: User) -> CityPage:
    """The row, locked until the transaction ends. Raises PermissionDenied."""
    row = CityPage.objects.select_for_update(of=("self",)).filter(pk=page.pk).first()
    if row is None or not permissions.may_edit_city(by, row):  # None: the last city has left it meanwhile
        raise PermissionDenied
    return row


def can_be_shown(page: CityPage) -> bool:
    """Whether enough cities stand behind it."""
    return not page.is_joint or len(page.houses) > 1


def _fit_to_show(page: CityPage) -> None:
    if page.is_published and not (page.headline or page.intro):
        raise ValidationError(_("Write a headline or a few words first."), code="empty")
    if page.is_published and not can_be_shown(page):
        raise ValidationError(_("Another city must say yes first."), code="alone")


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


def counsellors_of(houses: Iterable[Organization]) -> list[Membership]:
    """Counsellors of these cities who could be shown: each with a finished card."""
    roles = Membership.objects.filter(
        role=Membership.Role.COUNSELLOR,
        organization__in=list(houses),
        user__is_active=True,
        user__profile__isnull=False,
    )
    rows = roles.select_related("user__profile", "organization").order_by("user__profile__working_name", "pk")
    return [role for role in rows if role.user.profile.is_complete]


def counsellors_on(page: CityPage) -> list[Membership]:
    """Those whom this page can show or hide. Whom a city hides on its own page no joint page shows."""
    roles = counsellors_of(page.houses)
    if not page.is_joint:
        return roles
    own = CityPage.objects.filter(organization__in=page.houses).values_list("hidden", flat=True)
    hidden = {user for each in own for user in each}
    return [role for role in roles if role.user_id not in hidden]
