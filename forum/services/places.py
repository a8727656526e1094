"""Boards and letterboxes alike: who keeps them, whose counsellors read in them, and where they may be."""

from collections.abc import Collection, Mapping
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Organization, User
from accounts.permissions import coordinated_by
from forum.models import Board, Letterbox
from forum.permissions import can_keep
from moderation.refusals import Code, Refused
from referrals.municipalities import MUNICIPALITIES

Kept = TypeVar("Kept", Board, Letterbox)
SHARED = ("name", "name_en", "about", "about_en", "municipality_code", "is_open")
FIELDS: dict[type, tuple[str, ...]] = {
    Board: (
        *SHARED,
        "need",
        "reading_from",
        "reading_until",
        "promised_hours",
        "reads_everyone_first",
        "position",
    ),
    Letterbox: (*SHARED, "answer_hours", "reading_days", "reading_from", "reading_until", "second_look"),
}


@transaction.atomic
def open_place(
    model: type[Kept], *, user: User, words: Mapping[str, Any], organizations: Collection[Organization]
) -> Kept:
    """A new one, of organisations that `user` coordinates. Raises Refused "forbidden" or "bad_command"."""
    own = _chosen(user, organizations)
    place = model._default_manager.create(**{name: words[name] for name in FIELDS[model]})
    place.organizations.set(own)
    return place


@transaction.atomic
def change_place(place: Kept, *, user: User, words: Mapping[str, Any], organizations: Collection[Organization]) -> Kept:
    """Change it. Of the organisations only `user`'s own come and go; the others stay. Raises as `open_place`."""
    model = type(place)
    place = model._default_manager.select_for_update().get(pk=place.pk)
    if not can_keep(user, place):
        raise Refused(Code.FORBIDDEN)
    others = set(place.organizations.exclude(pk__in=coordinated_by(user)))
    own = _chosen(user, organizations, alone=not others)
    for name in FIELDS[model]:
        setattr(place, name, words[name])
    place.save()
    place.organizations.set(others | own)
    return place


def kept_by(model: type[Kept], user: User) -> QuerySet[Kept]:
    """Those that `user` looks after, in their order."""
    return model._default_manager.filter(organizations__in=coordinated_by(user)).distinct()


def where(organizations: QuerySet[Organization], *, kept: str | None) -> list[tuple[str, str | Promise]]:
    """Where these organisations may have one: a municipality at home, an association everywhere. `kept` is the
    municipality that it is of already."""
    places: list[tuple[str, str | Promise]] = [("", gettext_lazy("the whole country")), *MUNICIPALITIES.items()]
    if organizations.filter(kind=Organization.Kind.ASSOCIATION).exists():
        return places
    own = set(organizations.values_list("municipality_code", flat=True)) - {""}
    return [place for place in places if place[0] in own or place[0] == kept]


def _chosen(user: User, organizations: Collection[Organization], *, alone: bool = True) -> set[Organization]:
    if not set(organizations) <= set(coordinated_by(user)):
        raise Refused(Code.FORBIDDEN)
    if alone and not organizations:
        raise Refused(Code.BAD_COMMAND, _("Choose at least one organisation. Somebody has to read it."))
    return set(organizations)
