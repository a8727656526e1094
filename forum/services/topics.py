"""What counsellors do with whole threads: close, move, put together."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from forum.models import Board, Post, PrivateWord, Topic, Writer
from forum.permissions import can_moderate_board, house_of
from forum.services import threads
from moderation import alias as aliases
from moderation import decisions
from moderation.refusals import Code, Refused
from referrals import search


@transaction.atomic
def close(*, topic: Topic, user: User, now: datetime) -> Topic:
    """Nobody answers any more; everybody can still read it. Raises Refused "forbidden"."""
    topic = _locked(topic, user)
    if topic.closed_at is None:
        topic.closed_at = now
        _save(topic, user, "close", now=now)
    return topic


@transaction.atomic
def reopen(*, topic: Topic, user: User, now: datetime) -> Topic:
    topic = _locked(topic, user)
    if topic.closed_at is not None:
        topic.closed_at = None
        _save(topic, user, "reopen", now=now)
    return topic


@transaction.atomic
def move(*, topic: Topic, board: Board, user: User, now: datetime) -> Topic:
    """To another board that one reads, too. Its address stays.

    Raises Refused "forbidden", or "bad_command" when others than before would read what somebody wrote in private.
    """
    topic = _locked(topic, user)
    if not can_moderate_board(user, board):
        raise Refused(Code.FORBIDDEN)
    _keep_lines(topic, board)
    before, topic.board = topic.board, board
    topic.version += 1
    topic.save()
    threads.changed(before, board)
    _record(topic, user, "move", now=now)
    for post in topic.posts.published():
        threads.index(post, topic)
    return topic


@transaction.atomic
def merge(*, topic: Topic, into: Topic, user: User, now: datetime) -> Topic:
    """Put the posts of `topic` after those of `into`. The old address leads there, and its writers keep their places.

    Raises Refused "forbidden", or "bad_command" (into itself, or into one that is merged away).
    """
    if topic.pk == into.pk:
        raise Refused(Code.BAD_COMMAND, _("A thread cannot be put into itself. Choose another one."))
    first, second = sorted((topic.pk, into.pk))  # always in this order, so that two merges cannot wait for each other
    locked = {pk: threads.lock(pk) for pk in (first, second)}
    topic, into = locked[topic.pk], locked[into.pk]
    if not (can_moderate_board(user, topic.board) and can_moderate_board(user, into.board)):
        raise Refused(Code.FORBIDDEN)
    if into.merged_into_id is not None or topic.merged_into_id is not None:
        raise Refused(Code.BAD_COMMAND, _("That thread was put together with another one already."))
    _keep_lines(topic, into.board)
    threads.changed(topic.board, into.board)
    for writer in topic.writers.order_by("pk"):
        _bring_over(writer, into)
    for post in topic.posts.order_by("position", "pk"):
        post.topic, post.is_first = into, False
        if post.position is not None:
            into.last_position += 1
            post.position = into.last_position
        post.save()
    topic.merged_into = into
    Topic.objects.filter(merged_into=topic).update(merged_into=into)
    threads.refresh(topic)
    threads.refresh(into)
    search.drop_group(threads.KIND, topic.public_id)
    for post in into.posts.published():
        threads.index(post, into)
    _record(into, user, "merge", now=now)
    return into


def _keep_lines(topic: Topic, board: Board) -> None:
    """A private line was promised to the counsellors of one board: it never comes into other hands."""
    houses = set(board.organizations.values_list("pk", flat=True))
    told = set(topic.board.organizations.values_list("pk", flat=True))
    if houses - told and PrivateWord.objects.filter(writer__topic=topic).exists():
        raise Refused(
            Code.BAD_COMMAND,
            _("Somebody has written to you in private here. On that board others would read it, so it stays."),
        )


def _bring_over(writer: Writer, into: Topic) -> None:
    """The writer's place moves with the posts; where the name is taken it gets a number."""
    known = Writer.objects.filter(topic=into, user=writer.user).first() if writer.user_id else None
    if known is not None:
        Post.objects.filter(writer=writer).update(writer=known)
        writer.private_words.update(writer=known)
        writer.delete()
        return
    taken = set(into.writers.values_list("skeleton", flat=True))
    name, number = writer.alias, 2
    while aliases.skeleton(name) in taken:
        name, number = f"{writer.alias} {number}", number + 1
    writer.topic, writer.alias, writer.skeleton = into, name, aliases.skeleton(name)
    writer.save()


def _locked(topic: Topic, user: User) -> Topic:
    topic = threads.lock(topic)
    if not can_moderate_board(user, topic.board):
        raise Refused(Code.FORBIDDEN)
    return topic


def _save(topic: Topic, user: User, action: str, *, now: datetime) -> None:
    topic.version += 1
    topic.save()
    threads.changed(topic.board)
    _record(topic, user, action, now=now)


def _record(topic: Topic, user: User, action: str, *, now: datetime) -> None:
    decisions.record(
        actor=user,
        organization=house_of(user, topic.board),
        place=decisions.FORUM,
        action=action,
        target=topic.public_id,
        now=now,
    )
