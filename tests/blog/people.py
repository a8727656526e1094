"""Those who write the blog, and what they wrote."""

from datetime import UTC, datetime

from accounts.models import Membership, Organization, Profile, User
from blog.models import Entry
from blog.services import publish, save_draft

NOW = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)  # a Monday evening, 18.00 in Denmark


def house(name: str = "Fjordby") -> Organization:
    return Organization.objects.get_or_create(name=name, defaults={"slug": name.lower(), "kind": "association"})[0]


def make_staff(name: str, *, role: str = "counsellor", at: Organization | None = None, about: str = "Lytter.") -> User:
    """Somebody with a role and a card; without `about` the card is unfinished."""
    user = User.objects.create_user(username=name.lower())
    if role:
        Membership.objects.create(user=user, organization=at or house(), role=role)
    card = {"working_name": name, "role_title": "rådgiver", "about": about}
    Profile.objects.update_or_create(user=user, defaults=card)
    return User.objects.get(pk=user.pk)


def make_entry(author: User, title: str = "Om søskende", source: str = "Vi **ses**.", **fields: object) -> Entry:
    """A published note, or with `published_at=None` a draft."""
    at = fields.pop("published_at", NOW)
    kind = fields.pop("kind", Entry.Kind.NOTE)
    entry = save_draft(author=author, kind=kind, title=title, source=source)  # type: ignore[arg-type]
    return publish(entry=entry, now=at) if at else entry  # type: ignore[arg-type]
