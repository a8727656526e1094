"""`manage.py demo`: people, evenings and posts to look at. May be repeated; never in production."""

import tomllib
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone, translation

from accounts.models import Membership, Organization, User
from accounts.moments import clock, weekday_and_date
from accounts.services import create_staff, write_card
from blog import services as blog
from blog.models import Entry
from chat.models import Role, Roster, Session
from chat.permissions import planning_organizations
from chat.services import planning
from chat.services.planning import Plan
from forum import demo as forum
from moderation.refusals import Refused
from referrals.city_demo import load_demo_cities
from referrals.services import load_demo_services, load_national_drafts

SCRIPT = Path(__file__).resolve().parent.parent / "demo.toml"
PASSWORD = "demo-adgang-2026"  # noqa: S105 - printed on purpose; these accounts exist in the demo only
OPERATOR = "drift"
LENGTH_TONIGHT = timedelta(hours=3)
USUAL_START = time(19)

Words = Mapping[str, Any]


class Command(BaseCommand):
    help = "Fill the demo with made-up people, evenings and posts. A second run only moves evenings that are over."
    requires_system_checks = ()  # the site checks itself when it starts; here it would double the wait for `make run`

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--print", action="store_true", help="only print the accounts")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("demo makes accounts with a known password. It runs with SAMRUM_DEMO=1 only.")
        script = tomllib.loads(SCRIPT.read_text(encoding="utf-8"))
        if options["print"]:
            self._print_accounts(script)
            return
        with translation.override(settings.LANGUAGE_CODE):
            self._fill(script, timezone.now())

    def _print_accounts(self, script: Words) -> None:
        self.stdout.write(f"Demo accounts, all with the password {PASSWORD}, at /konto/login/:")
        for person in script["people"]:
            self.stdout.write(f"  {person['username']:<8}{person['role_title']}")
        self.stdout.write(f"  {OPERATOR:<8}Django's admin at /drift/")

    def _fill(self, script: Words, now: datetime) -> None:
        load_demo_services(now=now)
        load_demo_cities(now=now)
        load_national_drafts()
        people = {person["username"]: make_person(person) for person in script["people"]}
        make_operator()
        for note in script["notes"]:
            make_note(note, people, now=now)
        for evening in script["past"]:
            make_past_evening(evening, people, now=now)
        houses = list(planning_organizations(people[script["tonight"]["lead"]]))
        forum.fill(people=people, organizations=houses, now=now)
        started = now.replace(minute=now.minute - now.minute % 5, second=0, microsecond=0)
        tomorrow = timezone.localdate(now) + timedelta(days=1)
        first = timezone.make_aware(datetime.combine(tomorrow, USUAL_START))
        for evening, starts_at, length in (
            (script["tonight"], started, LENGTH_TONIGHT),
            (script["tomorrow"], first, planning.USUAL_LENGTH),
        ):
            try:
                keep_coming(evening, people, starts_at=starts_at, ends_at=starts_at + length, now=now)
            except Refused as refused:  # somebody has played with the demo's people; the rest of it still works
                self.stderr.write(f"{evening['title']}: {refused.text}")


# People -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def make_person(person: Words) -> User:
    """An account with a card and its roles, unless somebody of that name is there."""
    found = User.objects.filter(username=person["username"]).first()
    if found:
        return found
    first, *others = [Organization.objects.get(slug=slug) for slug in person["organizations"]]
    user = create_staff(
        username=person["username"],
        password=PASSWORD,
        working_name=person["working_name"],
        role_title=person["role_title"],
        organization=first,
        role=person["role"],
        is_trainee=person.get("in_training", False),
    )
    for organization in others:
        Membership.objects.create(user=user, organization=organization, role=person["role"])
    write_card(
        profile=user.profile,
        working_name=person["working_name"],
        role_title=person["role_title"],
        about=person["about"],
    )
    return user


def make_operator() -> None:
    if not User.objects.filter(username=OPERATOR).exists():
        User.objects.create_superuser(OPERATOR, password=PASSWORD)


# Evenings to come -------------------------------------------------------------------------------------------------


@transaction.atomic
def keep_coming(
    evening: Words, people: Mapping[str, User], *, starts_at: datetime, ends_at: datetime, now: datetime
) -> None:
    """See to it that this evening is still ahead: leave it, move it if nobody has used it, or plan a new one."""
    lead = people[evening["lead"]]
    planned = Session.objects.filter(title=evening["title"], before_post__author=lead).order_by("-pk")
    if planned.exclude(state=Session.State.CLOSED).filter(ends_at__gt=now).exists():
        return
    plan = Plan(
        title=evening["title"],
        format=Session.Format(evening["format"]),
        starts_at=starts_at,
        ends_at=ends_at,
        capacity=20,
        counsellors=[lead, people[evening["with"]]],
        organizations=list(planning_organizations(lead)),
        text=with_time(evening["before"], starts_at, ends_at),
    )
    unused = planned.filter(state=Session.State.LOBBY).exclude(members__role=Role.YOUNG).first()
    if unused:
        session = planning.change_session(session=unused, editor=lead, plan=plan, now=now)
    else:
        session = planning.plan_session(planner=lead, plan=plan, now=now)
    planning.publish_before_post(session=session, by=lead, now=now)


def with_time(text: str, starts_at: datetime, ends_at: datetime) -> str:
    return text.format(day=weekday_and_date(starts_at), start=clock(starts_at), end=clock(ends_at))


# What was ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def make_past_evening(evening: Words, people: Mapping[str, User], *, now: datetime) -> None:
    """An evening that is over and erased: its two posts and its numbers are all there is of it."""
    lead = people[evening["lead"]]
    if Session.objects.filter(title=evening["title"], before_post__author=lead).exists():
        return
    day = timezone.localdate(now) - timedelta(days=evening["days_ago"])
    starts_at = timezone.make_aware(datetime.combine(day, USUAL_START))
    ends_at = starts_at + planning.USUAL_LENGTH
    before = with_time(evening["before"], starts_at, ends_at)
    erased_at = ends_at + timedelta(hours=settings.RETENTION_HOURS)
    session = Session.objects.create(
        title=evening["title"],
        format=evening["format"],
        starts_at=starts_at,
        ends_at=ends_at,
        before_post=make_entry(Entry.Kind.BEFORE, lead, evening["title"], before, starts_at - timedelta(days=3)),
        after_post=make_entry(
            Entry.Kind.AFTER, lead, evening["after_title"], evening["after"], ends_at + timedelta(hours=14)
        ),
        state=Session.State.CLOSED,
        opened_at=starts_at,
        closed_at=ends_at,
        erased_at=erased_at,
        scrubbed_at=erased_at,
        attended=evening["attended"],
    )
    session.organizations.set(planning_organizations(lead))
    for name in (evening["lead"], evening["with"]):
        Roster.objects.create(session=session, user=people[name], is_lead=name == evening["lead"])


def make_note(note: Words, people: Mapping[str, User], *, now: datetime) -> None:
    author = people[note["author"]]
    if not Entry.objects.filter(kind=Entry.Kind.NOTE, title=note["title"], author=author).exists():
        at = now - timedelta(days=note["days_ago"])
        make_entry(Entry.Kind.NOTE, author, note["title"], note["text"], at)


def make_entry(kind: Entry.Kind, author: User, title: str, source: str, at: datetime) -> Entry:
    """A published post, rendered as every other."""
    draft = blog.save_draft(author=author, kind=kind, title=title, source=source)
    return blog.publish(entry=draft, now=at)
