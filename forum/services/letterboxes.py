"""Letterboxes: who answers, how soon, and whether a colleague reads each answer first."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Membership, Organization, Profile, User
from forum.models import Letterbox
from forum.permissions import can_keep
from moderation.refusals import Code, Refused
from referrals.municipalities import MUNICIPALITIES

FACES = 4
FIELDS = ("name", "name_en", "about", "about_en", "municipality_code", "answer_hours", "second_look", "is_open")


@transaction.atomic
def open_box(*, user: User, words: Mapping[str, Any], organizations: Collection[Organization]) -> Letterbox:
    """A new letterbox of organisations that `user` coordinates. Raises Refused "forbidden" or "bad_command"."""
    own = _chosen(user, organizations)
    box = Letterbox.objects.create(**{name: words[name] for name in FIELDS})
    box.organizations.set(own)
    return box


@transaction.atomic
def change_box(
    *, box: Letterbox, user: User, words: Mapping[str, Any], organizations: Collection[Organization]
) -> Letterbox:
    """Change it. Of the organisations only `user`'s own come and go; the others stay. Raises as `open_box`."""
    box = Letterbox.objects.select_for_update().get(pk=box.pk)
    if not can_keep(user, box):
        raise Refused(Code.FORBIDDEN)
    others = set(box.organizations.exclude(pk__in=organizations_of(user)))
    own = _chosen(user, organizations, alone=not others)
    for name in FIELDS:
        setattr(box, name, words[name])
    box.save()
    box.organizations.set(others | own)
    return box


def organizations_of(user: User) -> QuerySet[Organization]:
    """Those that `user` coordinates."""
    return Organization.objects.filter(
        memberships__user_id=user.pk, memberships__role=Membership.Role.COORDINATOR, memberships__user__is_active=True
    ).distinct()


def places_for(organizations: QuerySet[Organization], *, kept: str | None) -> list[tuple[str, str | Promise]]:
    """Where these organisations may have a letterbox: a municipality at home, an association everywhere. `kept` is the
    place that it has already."""
    places: list[tuple[str, str | Promise]] = [("", gettext_lazy("the whole country")), *MUNICIPALITIES.items()]
    if organizations.filter(kind=Organization.Kind.ASSOCIATION).exists():
        return places
    own = set(organizations.values_list("municipality_code", flat=True)) - {""}
    return [place for place in places if place[0] in own or place[0] == kept]


def kept_by(user: User) -> QuerySet[Letterbox]:
    return Letterbox.objects.filter(organizations__in=organizations_of(user)).distinct().order_by("name", "pk")


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


def _chosen(user: User, organizations: Collection[Organization], *, alone: bool = True) -> set[Organization]:
    own = set(organizations_of(user))
    if not set(organizations) <= own:
        raise Refused(Code.FORBIDDEN)
    if alone and not organizations:
        raise Refused(Code.BAD_COMMAND, _("Choose at least one organisation. Somebody has to answer."))
    return set(organizations)
