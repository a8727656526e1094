"""Verbs of the blog. A text is rendered and sanitised here, when it is written, and nowhere else."""

from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from blog.models import Entry
from moderation.refusals import Code, Refused
from moderation.text import clean_text, render_markdown
from referrals import search

MAX_TITLE = 120
MAX_SOURCE = 20_000
KIND = "entry"  # of the documents that a search finds


def save_draft(*, author: User, kind: Entry.Kind, title: str, source: str) -> Entry:
    """A new entry that nobody sees yet. Raises Refused "bad_command" or "too_long"."""
    return Entry.objects.create(kind=kind, author=author, edited_by=author, **_words(title, source))


@transaction.atomic
def rewrite(*, entry: Entry, editor: User, title: str, source: str) -> Entry:
    """Change an entry's words; a published one stays published.

    Raises Refused "bad_command" (also for a published one without text) or "too_long".
    """
    entry = Entry.objects.select_for_update(of=("self",)).get(pk=entry.pk)
    words = _words(title, source)
    if (entry.title, entry.source) == (words["title"], words["source"]):
        return entry
    if entry.is_published and not words["html"]:
        raise Refused(Code.BAD_COMMAND, _("A published post needs text. Take it down first, or write some."))
    for name, value in words.items():
        setattr(entry, name, value)
    entry.edited_by = editor
    entry.save()
    index(entry)
    return entry


@transaction.atomic
def publish(*, entry: Entry, now: datetime) -> Entry:
    """Show it to everyone; one that is shown already keeps its date. Raises Refused "bad_command" without text."""
    entry = Entry.objects.select_for_update(of=("self",)).get(pk=entry.pk)
    if not entry.html:
        raise Refused(Code.BAD_COMMAND, _("The post has no text yet. Write a few words first."))
    if entry.published_at is None:
        entry.published_at = now
        entry.save(update_fields=["published_at"])
        index(entry)
    return entry


@transaction.atomic
def unpublish(*, entry: Entry) -> Entry:
    """Make a draft of it again."""
    entry = Entry.objects.select_for_update(of=("self",)).get(pk=entry.pk)
    entry.published_at = None
    entry.save(update_fields=["published_at"])
    search.drop(KIND, entry.public_id)
    return entry


def index(entry: Entry) -> None:
    """Let a search find it, if it is published."""
    if entry.published_at is not None:
        url = reverse("blog:entry", args=[entry.public_id])
        search.put(KIND, entry.public_id, title=entry.title, body=entry.opening, url=url, at=entry.published_at)


def index_all() -> None:
    for entry in Entry.objects.filter(published_at__isnull=False).iterator():
        index(entry)


def _words(title: str, source: str) -> dict[str, str]:
    """What an entry says: cleaned, and rendered. Raises Refused "bad_command" or "too_long"."""
    if not title.strip():
        raise Refused(Code.BAD_COMMAND, _("Give it a title. The title is what people read first."))
    source = clean_text(source, limit=MAX_SOURCE) if source.strip() else ""
    return {
        "title": clean_text(" ".join(title.split()), limit=MAX_TITLE),
        "source": source,
        "html": render_markdown(source),
    }
