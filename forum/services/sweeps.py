"""What the worker does for the forum: tell staff what is urgent or late, and erase what came back and was left."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from accounts import staff_mail
from forum.models import Board, Post, PrivateWord
from forum.models.posts import REFUSED_KEPT


def erase_left(*, now: datetime) -> int:
    """Erase posts that went back or were taken away a month ago, and threads in which nothing is left."""
    gone = Post.objects.filter(state__in=[Post.State.REFUSED, Post.State.HIDDEN], decided_at__lte=now - REFUSED_KEPT)
    posts = list(gone.select_related("topic"))
    for post in posts:
        topic = post.topic
        post.delete()
        if not topic.posts.exists() and topic.merged_into_id is None:
            topic.delete()
    return len(posts)


def alarm(*, now: datetime) -> int:
    """Mail, once each: counsellors and coordinators when somebody may be in danger, coordinators when a promise was
    not kept. Answers how many things it was about; a mail that did not go is tried again with the next sweep."""
    told = 0
    waiting = Q(is_urgent=True) | Q(due_at__lt=now)
    posts = Post.objects.waiting().filter(waiting, alarmed_at__isnull=True).select_related("topic__board")
    for post in posts:
        if _mail(post.topic.board, is_urgent=post.is_urgent):
            told += Post.objects.filter(pk=post.pk).update(alarmed_at=now)
    words = PrivateWord.objects.filter(waiting, counsellor=None, answered_at=None, alarmed_at__isnull=True)
    for word in words.select_related("writer__topic__board"):
        if _mail(word.writer.topic.board, is_urgent=word.is_urgent):
            told += PrivateWord.objects.filter(pk=word.pk).update(alarmed_at=now)
    return told


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
