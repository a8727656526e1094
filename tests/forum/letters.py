"""A letterbox, those who answer in it, and letters, made for a test."""

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Membership, Organization, Profile, User
from forum.models import Letter, Letterbox
from forum.services import letters, publications
from forum.services.letters import Written
from referrals.models import Service

NOW = datetime(2026, 11, 23, 13, 2, 7, tzinfo=UTC)  # 14.02 in Denmark
_numbers = itertools.count(1)
QUESTION = "Jeg føler mig tit alene, selv om jeg har venner."
ANSWER = "Det kender mange. Hvad ville hjælpe dig lidt?"


def later(**span: float) -> datetime:
    return NOW + timedelta(**span)


def house(slug: str = "brevhuset") -> Organization:
    return Organization.objects.get_or_create(
        slug=slug, defaults={"name": slug.title(), "kind": Organization.Kind.ASSOCIATION}
    )[0]


def make_person(
    name: str, *roles: str, at: str = "brevhuset", about: str = "Jeg lytter.", email: str = "", **fields: Any
) -> User:
    user = User.objects.create_user(username=f"{name.lower()}{next(_numbers)}", email=email, **fields)
    for role in roles:
        Membership.objects.create(user=user, organization=house(at), role=role)
    card = {"working_name": name, "role_title": "Rådgiver", "about": about}
    Profile.objects.update_or_create(user=user, defaults=card)
    return User.objects.get(pk=user.pk)


def make_box(*, at: str = "brevhuset", **fields: Any) -> Letterbox:
    box = Letterbox.objects.create(**{"name": f"Brevkassen {next(_numbers)}", **fields})
    box.organizations.add(house(at))
    return box


def make_service(name: str = "", **values: Any) -> Service:
    """One that the young are shown: checked today and published. Every value can be another."""
    checker = User.objects.get_or_create(username="tjek")[0]
    shown = {"checked_on": timezone.localdate(), "checked_by": checker, "is_published": True, "source": "livet.dk"}
    service = Service.objects.create(
        organization=house(),
        name=name or f"Linje {next(_numbers)}",
        description="Tal med nogen.",
        **{**shown, **values},
    )
    service.channels.create(kind="phone", value="70201201")
    return service


def write(box: Letterbox, text: str = QUESTION, *, now: datetime = NOW) -> Written:
    return letters.write(box=box, text=text, now=now)


def fresh(letter: Letter) -> Letter:
    return Letter.objects.get(pk=letter.pk)


def seen(letter: Letter) -> str:
    return letters.version_of(letter)


def answer(letter: Letter, user: User, text: str = ANSWER, *, now: datetime | None = None) -> None:
    letters.send(letter=letter, user=user, text=text, seen=seen(letter), now=now or later(hours=1))


def propose(letter: Letter, user: User, *, now: datetime | None = None, **words: Any) -> None:
    proposal = {
        "title": "Alene blandt mange",
        "question": "Jeg er tit alene.",
        "answer": "Det kender mange.",
        "need": None,
        "service": None,
        **words,
    }
    letters.propose(letter=letter, user=user, now=now or later(hours=2), **proposal)


def agree(letter: Letter, *, now: datetime | None = None) -> None:
    page = publications.of(letter)
    assert page is not None
    letters.consent(letter=letter, seen=publications.version_of(page), now=now or later(hours=3))
