"""Who answers in a letterbox, and who is left to read an answer through."""

from collections.abc import Collection

from accounts.models import Membership, Profile
from forum.models import Letterbox
from forum.permissions import READERS, trainees_of

FACES = 4


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
