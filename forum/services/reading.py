"""What counsellors do with posts: let them through, send them back, answer, take away.

A decision can be taken back for ten seconds and has no effect until then: nobody has seen the post, and nobody was told
that it came back. `take_effect` does what was decided; it is called by whoever comes first: the page that decided, the
next one of any counsellor, or the worker.

What a counsellor decides about is the text that they read: `seen` is its `version_of`. None means that the caller
vouches for it. A text that its writer changed meanwhile is read again first.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from forum.models import Post, Topic
from forum.permissions import can_moderate_board, can_sign, house_of
from forum.services import threads
from moderation import decisions
from moderation.ids import digest
from moderation.queue import CHANGED
from moderation.refusals import Code, Refused
from moderation.text import clean_text, render_markdown

UNDO = timedelta(seconds=10)
LONGEST = 10_000
LONGEST_WORDS = 1000
DECIDED = _("A colleague has already decided it.")
NO_CARD = _("Fill in your card first. Every answer is signed with a name and a face.")


def version_of(post: Post) -> str:
    """Of all that others would read. It is another one as soon as a letter of it is."""
    return digest("\0".join((post.title, post.text, post.warning)))


@transaction.atomic
def approve(*, post: Post, user: User, seen: str | None = None, now: datetime) -> Post:
    """Let it through, in ten seconds. Raises Refused "forbidden", "unknown" (it does not wait any more) or "closed" (it
    is not what was `seen`).
    """
    _topic, post = _waiting(post, user, seen)
    return _decide(post, Post.Decision.APPROVE, user, now=now)


@transaction.atomic
def refuse(*, post: Post, user: User, reason: str, words: str = "", seen: str | None = None, now: datetime) -> Post:
    """Send it back to its writer, in ten seconds, with a reason and perhaps words of one's own.

    Raises Refused "forbidden", "unknown", "closed" (it is not what was `seen`), "bad_command" (no such reason) or
    "too_long".
    """
    _topic, post = _waiting(post, user, seen)
    if reason not in Post.Reason.values:
        raise Refused(Code.BAD_COMMAND, _("Choose why it goes back."))
    post.reason = Post.Reason(reason)
    post.words = clean_text(words, limit=LONGEST_WORDS) if words.strip() else ""
    return _decide(post, Post.Decision.REFUSE, user, now=now)


@transaction.atomic
def set_aside(*, post: Post, user: User, now: datetime) -> Post:
    """Keep it to think about, or to ask somebody: it waits behind the others, and the promise stays what it is."""
    topic, post = _waiting(post, user)
    post.set_aside_at = now
    post.save(update_fields=["set_aside_at"])
    _record(post, topic, user, "set_aside", now=now)
    return post


@transaction.atomic
def undo(*, post: Post, user: User) -> Post:
    """Take one's own decision back. Raises Refused "unknown" when it has taken effect already."""
    _topic, post = _locked(post, user)
    if post.state != Post.State.HELD or not post.decision or post.decided_by_id != user.pk:
        raise Refused(Code.UNKNOWN, _("It is too late to take it back. You can still change it in the thread."))
    post.decision, post.decided_at, post.decided_by = "", None, None
    post.reason, post.words = "", ""
    post.save()
    return post


def take_effect(*, now: datetime) -> int:
    """Do what was decided and not taken back in time. Answers how many posts it was."""
    due = Post.objects.decided().filter(decided_at__lte=now - UNDO).values_list("pk", "topic_id")
    return sum(_take_effect_alone(post, topic, now=now) for post, topic in list(due))


def _take_effect_alone(post_id: int, topic_id: int, *, now: datetime) -> bool:
    """A thread that was deleted in this very moment stops none of the others."""
    try:
        return _take_effect(post_id, topic_id, now=now)
    except Refused:
        return False


@transaction.atomic
def _take_effect(post_id: int, topic_id: int, *, now: datetime) -> bool:
    topic = threads.lock(topic_id)
    waiting = topic.posts.decided().filter(decided_at__lte=now - UNDO)
    post = waiting.select_for_update(of=("self",)).filter(pk=post_id).first()
    if post is None or post.decided_by is None:  # another process was quicker, or it was taken back
        return False
    _apply(post, topic, post.decided_by, now=now)
    return True


def _apply(post: Post, topic: Topic, user: User, *, now: datetime) -> None:
    """The decision that stands on the post takes effect. `topic` is locked."""
    at = post.decided_at or now
    action = Post.Decision(post.decision)
    _record(post, topic, user, action.value, now=at)
    post.decision = ""
    if action == Post.Decision.APPROVE:
        post.reason, post.words = "", ""
        threads.publish(post, topic, now=now)
    else:
        threads.withdraw(post, topic, Post.State.REFUSED)


@transaction.atomic
def answer_as_counsellor(
    *,
    topic: Topic,
    user: User,
    text: str,
    quote: Post | None = None,
    approve: Post | None = None,
    seen: str | None = None,
    now: datetime,
) -> Post:
    """Answer under one's own name; the post `approve` that waits there goes through before it, at once.

    Raises Refused "forbidden" (also without a finished card), "unknown" (`approve` does not wait, or the thread is not
    public), "closed" (also when `approve` is not what was `seen`), "too_long" or "bad_command".
    """
    topic = threads.lock(topic)
    if not can_moderate_board(user, topic.board):
        raise Refused(Code.FORBIDDEN)
    if not can_sign(user):
        raise Refused(Code.FORBIDDEN, NO_CARD)
    source = clean_text(text, limit=LONGEST)
    if approve is not None:
        _same, waiting = _waiting(approve, user, seen)
        _apply(_decide(waiting, Post.Decision.APPROVE, user, now=now), topic, user, now=now)
    if topic.published_at is None:
        raise Refused(Code.UNKNOWN, _("The thread is not public yet. Let its first post through before you answer."))
    if topic.closed_at is not None:
        raise Refused(Code.CLOSED, _("The thread is closed. Open it again before you answer."))
    quoted = quote if quote and quote.topic_id == topic.pk and quote.state == Post.State.PUBLISHED else None
    post = Post(
        topic=topic,
        counsellor=user,
        text=source,
        html=render_markdown(source),
        quote=quoted,
        has_quote=quoted is not None,
        written_at=now,
    )
    threads.publish(post, topic, now=now)
    _record(post, topic, user, "answer", now=now, waits=False)
    return post


@transaction.atomic
def hide(*, post: Post, user: User, now: datetime) -> Post:
    """Take a published post away; its writer is told. Raises Refused "forbidden" or "unknown" (not published)."""
    topic, post = _locked(post, user)
    if post.state != Post.State.PUBLISHED:
        raise Refused(Code.UNKNOWN)
    post.decided_at, post.decided_by = now, user
    threads.withdraw(post, topic, Post.State.HIDDEN)
    _record(post, topic, user, "hide", now=now, waits=False)
    return post


@transaction.atomic
def hide_reported(*, post: Post, user: User, seen: str | None = None, now: datetime) -> Post:
    """Take a post away because somebody reported it. What waits to be read goes back to its writer, at once; what
    nobody sees any more stays as it is.

    Raises Refused "forbidden", "unknown" (it is deleted) or "closed" (it is not what was `seen`, or a colleague decides
    in this moment whether it is let through).
    """
    topic, post = _locked(post, user)
    _same_as(seen, post)
    if post.state == Post.State.PUBLISHED:
        return hide(post=post, user=user, now=now)
    if post.state == Post.State.HELD:
        if post.decision:
            raise Refused(Code.CLOSED, _("A colleague has just decided about the post. Try again in a moment."))
        post.reason = Post.Reason.OTHER
        _apply(_decide(post, Post.Decision.REFUSE, user, now=now), topic, user, now=now)
    return post


@transaction.atomic
def restore(*, post: Post, user: User, now: datetime) -> Post:
    """Put a post that was taken away back to its place. Raises Refused "forbidden" or "unknown"."""
    topic, post = _locked(post, user)
    if post.state != Post.State.HIDDEN:
        raise Refused(Code.UNKNOWN)
    threads.publish(post, topic, now=now)
    _record(post, topic, user, "restore", now=now, waits=False)
    return post


def _locked(post: Post, user: User) -> tuple[Topic, Post]:
    """The post and its topic as they are now, the topic's lock first. Raises Refused "forbidden" or "unknown"."""
    topic = threads.lock(post.topic_id)
    if not can_moderate_board(user, topic.board):
        raise Refused(Code.FORBIDDEN)
    found = topic.posts.select_for_update(of=("self",)).filter(pk=post.pk).first()
    if found is None:
        raise Refused(Code.UNKNOWN, _("Whoever wrote it has deleted it."))
    return topic, found


def _waiting(post: Post, user: User, seen: str | None = None) -> tuple[Topic, Post]:
    topic, post = _locked(post, user)
    if post.state != Post.State.HELD or post.decision:
        raise Refused(Code.UNKNOWN, DECIDED)
    _same_as(seen, post)
    return topic, post


def _same_as(seen: str | None, post: Post) -> None:
    if seen is not None and seen != version_of(post):
        raise Refused(Code.CLOSED, CHANGED)


def _decide(post: Post, decision: Post.Decision, user: User, *, now: datetime) -> Post:
    post.decision, post.decided_at, post.decided_by = decision, now, user
    post.save()
    return post


def _record(post: Post, topic: Topic, user: User, action: str, *, now: datetime, waits: bool = True) -> None:
    since, due_at = (post.written_at, post.due_at) if waits else (None, None)
    decisions.record(
        actor=user,
        organization=house_of(user, topic.board),
        place=decisions.FORUM,
        action=action,
        target=post.public_id,
        now=now,
        **decisions.promise_of(since=since, due_at=due_at, now=now),
    )
