"""What the worker does for the forum: tell staff what is urgent or late, and erase what came back and was left."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from accounts import staff_mail
from forum.models import Board, Post, PrivateWord, Topic
from forum.models.posts import REFUSED_KEPT


def erase_left(*, now: datetime) -> int:
    """Erase posts that went back or were taken away a month ago, and threads in which nothing is left. A thread in
    which somebody still has a private line stays for its sake."""
    due = Post.objects.filter(**_left(now)).values_list("pk", "topic_id")
    return sum(_erase(post, topic, now=now) for post, topic in list(due))


def _left(now: datetime) -> dict[str, object]:
    return {"state__in": [Post.State.REFUSED, Post.State.HIDDEN], "decided_at__lte": now - REFUSED_KEPT}


@transaction.atomic
def _erase(post_id: int, topic_id: int, *, now: datetime) -> bool:
    """Unless it was sent again since it was found."""
    topic = Topic.objects.select_for_update(of=("self",)).filter(pk=topic_id).first()
    post = topic.posts.filter(pk=post_id, **_left(now)).first() if topic else None
    if topic is None or post is None:
        return False
    post.delete()
    is_empty = not topic.posts.exists() and not Topic.objects.filter(merged_into=topic).exists()
    lines = PrivateWord.objects.filter(writer__topic=topic)
    if is_empty and not lines.filter(Q(at__gt=now - REFUSED_KEPT) | Q(counsellor=None, answered_at=None)).exists():
        topic.delete()
    return True


def alarm(*, now: datetime) -> int:
    """Mail, once each: counsellors and coordinators when somebody may be in danger, coordinators when a promise was
    not kept. Answers how many things it was about; a mail that did not go is tried again with the next sweep."""
    posts = Post.objects.waiting().select_related("topic__board")
    words = PrivateWord.objects.filter(counsellor=None, answered_at=None).select_related("writer__topic__board")
    told = 0
    for found in (posts, words):
        for thing in found.filter(is_urgent=True, urgent_told_at__isnull=True):
            told += _tell(thing, "urgent_told_at", now=now)
        for thing in found.filter(due_at__lt=now, late_told_at__isnull=True):
            told += _tell(thing, "late_told_at", now=now)
    return told


def _tell(thing: Post | PrivateWord, mark: str, *, now: datetime) -> int:
    topic = thing.topic if isinstance(thing, Post) else thing.writer.topic
    if not _mail(topic.board, is_urgent=mark == "urgent_told_at"):
        return 0
    return type(thing)._default_manager.filter(pk=thing.pk).update(**{mark: now})


def _mail(board: Board, *, is_urgent: bool) -> bool:
    """The mail says that something waits, not what, and not on which board: the theme of a board tells too much."""
    with translation.override(settings.LANGUAGE_CODE):
        subject = _("Something in the forum is urgent") if is_urgent else _("Something in the forum is late")
        text = _("Log in and open the queue. It stands first there.")
    return staff_mail.send(subject=subject, text=text, to=_readers(board, is_urgent=is_urgent))


def _readers(board: Board, *, is_urgent: bool) -> list[str]:
    houses = list(board.organizations.all())
    found: Iterable[str] = staff_mail.coordinators_of(houses)
    if is_urgent:
        found = {*found, *staff_mail.counsellors_of(houses)}
    return sorted(found)
