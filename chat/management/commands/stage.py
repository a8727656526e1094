"""`manage.py stage`: fresh sessions with people in them, for outside clients. Never in production."""

import json
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import get_random_string

from accounts.models import Membership, Organization, Profile, User
from blog.models import Entry
from blog.services import publish, save_draft
from chat.models import Roster, Session
from chat.places import PLACE
from chat.services.members import join, suggest_alias
from referrals.models import Service
from referrals.services import load_demo_services

TOPICS = ("Rollemodeller", "Venner", "At være ny", "Søskende", "Skole", "Fritid")


class Command(BaseCommand):
    help = "Print, as JSON, fresh sessions with cookies for the people in them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--sessions", type=int, default=1)
        parser.add_argument("--members", type=int, default=5)
        parser.add_argument("--counsellors", type=int, default=1)
        parser.add_argument("--guests", type=int, default=0, help="none yet: guests come with their own gate")
        parser.add_argument("--slug", default="", help="add the people to this session instead")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("stage makes logins without passwords. It runs with SAMRUM_DEMO=1 only.")
        load_demo_services()
        organization, _is_new = Organization.objects.get_or_create(
            slug="prove", defaults={"name": "Prøvekommunen", "kind": Organization.Kind.ASSOCIATION}
        )
        if options["slug"]:
            sessions = list(Session.objects.filter(slug=options["slug"]))
            if not sessions:
                raise CommandError(f"There is no session {options['slug']}.")
        else:
            sessions = [self._session(organization, number) for number in range(options["sessions"])]
        staged = [self._people(session, organization, options) for session in sessions]
        self.stdout.write(json.dumps(staged, ensure_ascii=False))

    @transaction.atomic
    def _session(self, organization: Organization, number: int) -> Session:
        now = timezone.now()
        title = TOPICS[number % len(TOPICS)]
        writer = self._counsellor(organization)
        post = save_draft(author=writer, kind=Entry.Kind.BEFORE, title=title, source="Vi ses i chatten.")
        publish(entry=post, now=now)
        session = Session.objects.create(
            title=title, starts_at=now, ends_at=now + timedelta(hours=3), capacity=200, before_post=post
        )
        session.organizations.add(organization)
        return session

    def _counsellor(self, organization: Organization) -> User:
        name = f"prove-{get_random_string(8).lower()}"
        user = User.objects.create_user(username=name)
        Membership.objects.create(user=user, organization=organization, role=Membership.Role.COUNSELLOR)
        Profile.objects.update_or_create(
            user=user,
            defaults={"working_name": f"Prøve {name[-4:]}", "role_title": "rådgiver", "about": "Er her for at prøve."},
        )
        return user

    def _people(self, session: Session, organization: Organization, options: dict[str, Any]) -> dict[str, Any]:
        now = timezone.now()
        counsellors = [self._counsellor(organization) for _unused in range(options["counsellors"])]
        Roster.objects.bulk_create(Roster(session=session, user=user) for user in counsellors)
        places = [
            join(session=session, alias=suggest_alias(session), token="", waiting="", now=now)
            for _unused in range(options["members"])
        ]
        return {
            "slug": session.slug,
            "member_cookies": [{PLACE: place.token} for place in places],
            "counsellor_cookies": [login_cookie(user) for user in counsellors],
            "guest_cookies": [],
            "service": str(Service.objects.crisis_ready().values_list("pk", flat=True)[0]),
            "outsider_cookie": login_cookie(self._counsellor(organization)),
        }


def login_cookie(user: User) -> dict[str, str]:
    """A login as the site makes it, without the way there."""
    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.create()
    return {settings.SESSION_COOKIE_NAME: str(store.session_key)}
