"""Letterboxes: who answers in them, who is left to read an answer through, and who else can help."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Prefetch
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Membership, Organization, Profile, User
from forum.hours import SOME_DAYS
from forum.models import Letterbox, Referral
from forum.permissions import READERS, trainees_of
from forum.services import places
from moderation.refusals import Code, Refused
from referrals.cards import details
from referrals.models import Service, ServiceQuerySet

SHORTEST = timedelta(hours=1)  # in which letters are read on a day
TOO_SHORT = gettext_lazy("Give an hour at least.")
FACES = 4
REFERRALS = 4  # whoever is sad does not choose among many


# Coordinators -----------------------------------------------------------------------------------------------------


@transaction.atomic
def open_box(*, user: User, words: Mapping[str, Any], organizations: Collection[Organization]) -> Letterbox:
    """A new one, as `places.open_place`, that points to `words["services"]` in their order.

    Raises Refused "bad_command", too, for days that no week has, hours that are too few, and services of others.
    """
    _check(words)
    box = places.open_place(Letterbox, user=user, words=words, organizations=organizations)
    _refer(box, words["services"])
    return box


@transaction.atomic
def change_box(
    box: Letterbox, *, user: User, words: Mapping[str, Any], organizations: Collection[Organization]
) -> Letterbox:
    """Change it as `places.change_place`, and what it points to as `open_box`."""
    _check(words)
    box = places.change_place(box, user=user, words=words, organizations=organizations)
    _refer(box, words["services"])
    return box


def _check(words: Mapping[str, Any]) -> None:
    if words["reading_days"] not in SOME_DAYS:
        raise Refused(Code.BAD_COMMAND, _("Choose at least one day of the week."))
    if is_too_short(words["reading_from"], words["reading_until"]):
        raise Refused(Code.BAD_COMMAND, str(TOO_SHORT))


def _refer(box: Letterbox, services: Sequence[Service]) -> None:
    chosen = list(dict.fromkeys(services))
    usable = choosable(box).for_municipality(box.municipality_code)
    if len(chosen) > REFERRALS or set(chosen) - set(usable):
        raise Refused(Code.BAD_COMMAND, _("The young here cannot use one of these services. Choose another one."))
    box.referrals.all().delete()
    Referral.objects.bulk_create(
        Referral(letterbox=box, service=service, position=number) for number, service in enumerate(chosen)
    )


def is_too_short(first: time | None, last: time | None) -> bool:
    """To keep a promise in. Hours that end before they begin are for the database to refuse."""
    if first is None or last is None or last <= first:
        return False
    return timedelta(hours=last.hour - first.hour, minutes=last.minute - first.minute) < SHORTEST


# Reads ------------------------------------------------------------------------------------------------------------


def choosable(box: Letterbox | None) -> ServiceQuerySet:
    """What a letterbox can point to: what the young are shown, and what it points to already, shown just now or not."""
    own = Referral.objects.filter(service=OuterRef("pk"), letterbox=box) if box else Referral.objects.none()
    return Service.objects.shown() | Service.objects.filter(Exists(own))


def cards_of(box: Letterbox, *, now: datetime, besides: Collection[object] = ()) -> list[dict[str, Any]]:
    """Those of its services that the young may see and that somebody has checked lately, in the letterbox's order; but
    for those (ids) that the page shows already. Five queries, however many there are.
    """
    shown = Service.objects.shown().fresh(now).for_municipality(box.municipality_code)
    whole = Prefetch("service", Service.objects.with_details())
    found = box.referrals.filter(service__in=shown).prefetch_related(whole)
    taken = {str(service) for service in besides}
    return [details(each.service, now=now) for each in found if str(each.service_id) not in taken]


def faces_of(boxes: Collection[Letterbox]) -> dict[int, list[Profile]]:
    """Who answers in each of them: counsellors with a finished card, a few of them. Two queries for all boxes.

    The boxes come with their organisations prefetched.
    """
    houses = {house.pk for box in boxes for house in box.organizations.all()}
    roles = Membership.objects.filter(
        role=Membership.Role.COUNSELLOR, organization__in=houses, user__is_active=True, user__profile__isnull=False
    )
    cards: dict[int, dict[int, Profile]] = {house: {} for house in houses}
    for role in roles.select_related("user__profile").order_by("user__profile__working_name", "user_id"):
        if role.user.profile.is_complete:
            cards[role.organization_id][role.user_id] = role.user.profile
    found = {}
    for box in boxes:
        people = {user: card for house in box.organizations.all() for user, card in cards[house.pk].items()}
        found[box.pk] = list(people.values())[:FACES]
    return found


def has_reader(box: Letterbox, *, besides: Collection[int]) -> bool:
    """Whether somebody is there to give the second look, when these people have written the answer."""
    readers = Membership.objects.filter(
        role__in=READERS, organization__in=box.organizations.all(), user__is_active=True
    )
    return readers.exclude(user__in=besides).exclude(user__in=trainees_of(box).values("user")).exists()
