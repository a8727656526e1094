"""What a topic shows of its posts, worked out anew after every change; nothing that waits is ever part of it."""

from datetime import datetime

from django.db.models import F, Max
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from forum.models import Board, Post, Topic
from forum.permissions import FORGIVEN_AFTER
from moderation.refusals import Code, Refused
from referrals import search

KIND = "post"  # of the documents that a search finds


def lock(topic: Topic | int) -> Topic:
    """The topic as it is now, held until the transaction ends. Raises Refused "unknown" when it is gone."""
    pk = topic if isinstance(topic, int) else topic.pk
    found = Topic.objects.select_for_update(of=("self",)).select_related("board").filter(pk=pk).first()
    if found is None:
        raise Refused(Code.UNKNOWN)
    return found


def publish(post: Post, topic: Topic, *, now: datetime) -> None:
    """Let everybody read it. A post that was published before goes back to its place. `topic` is locked."""
    if post.position is None:
        topic.last_position += 1
        post.position = topic.last_position
    post.state = Post.State.PUBLISHED
    post.published_at = post.published_at or now
    post.due_at, post.is_urgent, post.set_aside_at = None, False, None
    post.save()
    refresh(topic)
    index(post, topic)


def withdraw(post: Post, topic: Topic, state: str) -> None:
    """Take it out of everybody's sight, at once and everywhere; its place stays free for it. What the same profile
    writes in the month after is read first, also when it deletes this one. `topic` is locked."""
    was_published = post.state == Post.State.PUBLISHED
    post.state = Post.State(state)
    post.save()
    if post.writer is not None and post.writer.user_id is not None:
        until = timezone.localdate() + FORGIVEN_AFTER
        User.objects.filter(pk=post.writer.user_id).update(read_first_until=until)
    if was_published:
        refresh(topic)
        search.drop(KIND, post.public_id)


def refresh(topic: Topic) -> None:
    """Work out what lists show of a topic from what is published of it. `topic` is locked."""
    published = topic.posts.published()
    first = published.filter(is_first=True).first()
    starter = (
        first.writer_id if first else topic.posts.filter(is_first=True).values_list("writer_id", flat=True).first()
    )
    others = published.filter(is_first=False)
    others = others.exclude(writer_id=starter) if starter else others
    topic.title, topic.opening, topic.warning = (first.title, first.opening, first.warning) if first else ("", "", "")
    topic.last_at = published.aggregate(last=Max("published_at"))["last"]
    topic.published_at = None
    if topic.last_at is not None and topic.merged_into_id is None:
        topic.published_at = published.order_by("position").values_list("published_at", flat=True).first()
    topic.is_answered = others.exists()
    topic.is_answered_by_counsellor = published.filter(counsellor__isnull=False).exists()
    topic.version += 1
    topic.save()
    changed(topic.board)


def changed(*boards: Board) -> None:
    """Readers see something else on these boards from now on: kept pages of them are old.

    Locks are taken in one order everywhere: topics, posts, boards (by key), documents of the search.
    """
    for pk in sorted({board.pk for board in boards}):
        Board.objects.filter(pk=pk).update(version=F("version") + 1)


def index(post: Post, topic: Topic) -> None:
    """Let a search find a published post, as long as its board is shown. Nothing of a closed board is found.

    The board is read anew: `refresh` holds its row, so nobody is closing it now.
    """
    board = Board.objects.filter(pk=topic.board_id, is_open=True).first()
    if post.published_at is None or topic.published_at is None or board is None:
        search.drop(KIND, post.public_id)
        return
    search.put(
        KIND,
        post.public_id,
        group=topic.public_id,
        title=post.title if post.is_first else "",
        body=post.text,
        warning=post.warning,
        url=url_of(post, topic),
        place=board.name,
        at=post.published_at,
    )


def url_of(post: Post, topic: Topic) -> str:
    """Where it stands: the page of its topic that it is on."""
    side = f"?side={post.page}" if post.page > 1 else ""
    return f"{reverse('forum:topic', args=[topic.public_id])}{side}#{post.public_id}"


def index_all() -> None:
    for post in Post.objects.published().select_related("topic__board").iterator():
        index(post, post.topic)
