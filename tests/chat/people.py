"""The people of an evening, made for a test: counsellors, an announced session, young people in it."""

import itertools
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Membership, Organization, Profile, User
from blog.models import Entry
from chat.management.commands.stage import login_cookie
from chat.models import Connection, Member, Roster, Session
from chat.places import PLACE
from chat.services.members import join, seat_counsellor
from chat.services.presence import arrive
from referrals.links import NO_NUMBER
from referrals.models import Channel, Service

_numbers = itertools.count(1)
NAMES = ("Blå Ræv", "Stille Ugle", "Grøn Sommerfugl", "Rolig Bjørn", "Modig Mus", "Lille Måge", "Rød Elg")


def make_counsellor(name: str = "") -> User:
    number = next(_numbers)
    user = User.objects.create_user(username=f"raadgiver{number}")
    organization, _is_new = Organization.objects.get_or_create(
        slug="prove", defaults={"name": "Prøvekommunen", "kind": Organization.Kind.ASSOCIATION}
    )
    Membership.objects.create(user=user, organization=organization, role=Membership.Role.COUNSELLOR)
    Profile.objects.update_or_create(
        user=user,
        defaults={
            "working_name": name or f"Karla {chr(64 + number % 26 or 1)}",
            "role_title": "rådgiver",
            "about": "Jeg lytter.",
        },
    )
    return User.objects.get(pk=user.pk)


def let_there_be_help(now: datetime) -> None:
    """A checked service that never closes: without one no room opens (law 12).

    Written past the signals that keep the search: half of all tests begin here.
    """
    if Service.objects.crisis_ready(now).exists():
        return
    house = Organization.objects.create(slug="natten", name="Natten", kind=Organization.Kind.ASSOCIATION)
    checker = User.objects.create(username="natten")
    values = {"is_demo": True, "is_published": True, "is_crisis": True, "always_open": True, "source": "Natten"}
    service = Service(
        organization=house, name="Demo: Nattelinjen", checked_on=timezone.localdate(now), checked_by=checker, **values
    )
    Service.objects.bulk_create([service])
    Channel.objects.bulk_create([Channel(service=service, kind=Channel.Kind.PHONE, value=NO_NUMBER)])


def make_session(*counsellors: User, now: datetime | None = None, announced: bool = True, **fields: Any) -> Session:
    """A session that begins now, in the lobby; announced unless said otherwise."""
    now = now or timezone.now()
    let_there_be_help(now)
    staff = counsellors or (make_counsellor(),)
    post = Entry.objects.create(
        kind=Entry.Kind.BEFORE,
        title="Rollemodeller",
        source="Vi ses.",
        html="<p>Vi ses.</p>",
        author=staff[0],
        published_at=now - timedelta(minutes=1) if announced else None,
    )
    values = {"title": "Rollemodeller", "starts_at": now, "ends_at": now + timedelta(hours=2), **fields}
    session = Session.objects.create(before_post=post, **values)
    session.organizations.add(*Organization.objects.filter(slug="prove"))
    Roster.objects.bulk_create(Roster(session=session, user=user, is_lead=user == staff[0]) for user in staff)
    return session


def seat_young(session: Session, alias: str = "", *, now: datetime | None = None) -> tuple[Member, dict[str, str]]:
    """A young person with a place, and the cookie that is all there is of it."""
    taken = set(session.members.values_list("alias", flat=True))
    name = alias or next(name for name in NAMES if name not in taken)
    place = join(session=session, alias=name, token="", waiting="", now=now or timezone.now())
    return place.member, {PLACE: place.token}


def seat_staff(session: Session, user: User, *, now: datetime | None = None) -> tuple[Member, dict[str, str]]:
    member = seat_counsellor(session=session, user=user, now=now or timezone.now())
    assert member is not None
    return member, login_cookie(user)


def be_present(member: Member, *, now: datetime | None = None) -> Connection:
    """An open socket, as the verbs see it."""
    return arrive(member=Member.objects.get(pk=member.pk), kind=Connection.Kind.SOCKET, now=now or timezone.now())


def lead_of(session: Session) -> User:
    return session.roster.order_by("pk")[0].user
