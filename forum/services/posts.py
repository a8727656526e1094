"""What the young do in the forum: write, answer, change, delete, nod. Without an account, and nothing is asked.

A text passes three readings in this order: is somebody in danger (help first, law 7), may it be stored at all, and does
it show who somebody is. What is written without a profile is read by a counsellor before anybody else sees it.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Profile, User
from accounts.moments import coarse
from forum.headlines import headline
from forum.models import Board, Nod, Post, PrivateWord, Topic, Writer
from forum.permissions import is_trusted, may_answer
from forum.promises import due_at
from forum.services import threads
from forum.services.codes import FORUM
from moderation import alias as aliases
from moderation import crisis, guard
from moderation.ids import code_digest, digest
from moderation.refusals import Code, Refused
from moderation.text import clean_text, render_plain
from moderation.words import LASTING_CODE_LENGTH, word_code
from referrals import search

LONGEST = 10_000  # code points of a post
LONGEST_WARNING = 80
LONGEST_TYPED_TITLE = 400  # cut to fit; refused only when it is no headline any more


class AliasRefused(Refused):
    """The name cannot be used; `text` says why, and belongs to that field."""

    def __init__(self, text: object) -> None:
        super().__init__(Code.BAD_COMMAND, str(text))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A stored post, and what its writer gets: the token of the cookie, and once the words to come back with."""

    post: Post
    writer: Writer
    token: str
    word_code: str | None
    level: crisis.Level

    @property
    def waits(self) -> bool:
        return self.post.state == Post.State.HELD


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """A text after the three readings."""

    text: str
    warning: str
    level: crisis.Level
    is_identifying: bool


# Verbs ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def start_topic(
    *,
    board: Board,
    alias: str,
    text: str,
    title: str = "",
    warning: str = "",
    user: User | None = None,
    ask: bool = False,
    now: datetime,
) -> Sent:
    """Begin a thread. Without `title` the first line is it.

    Raises Refused "bad_command" (no text), "too_long", "identifying" (unless `ask`: then a counsellor reads it first),
    "closed" (the board takes nothing in) or AliasRefused.
    """
    if not board.is_open:
        raise Refused(Code.CLOSED, _("Nobody can write here any more. Choose another board."))
    read = _read(f"{title}\n{text}" if title else text, text, warning, ask=ask)
    title, opening = headline(read.text, title=_title(title))
    topic = Topic.objects.create(board=board)
    writer, token, code = _seat(topic, _usable(alias, topic, read), user)
    post = _new(topic, writer, read, board, now=now, is_first=True, title=title, opening=opening)
    return _settle(post, topic, writer, token, code, read, user, now=now)


@transaction.atomic
def answer(
    *,
    topic: Topic,
    text: str,
    writer: Writer | None = None,
    alias: str = "",
    warning: str = "",
    quote: Post | None = None,
    user: User | None = None,
    ask: bool = False,
    now: datetime,
) -> Sent:
    """Answer in a thread, as `writer` or as somebody new called `alias`.

    Raises Refused "closed" (the thread takes no more answers), "unknown" (it is not public), and as `start_topic`.
    """
    topic = threads.lock(topic)
    if topic.published_at is None:
        raise Refused(Code.UNKNOWN)
    read = _read(text, text, warning, ask=ask)
    if not may_answer(topic) and read.level != "acute":  # that one waits for a counsellor, wherever it was written
        raise Refused(Code.CLOSED, _("This thread is closed. You can still read it, and you can start your own."))
    token, code = "", None
    if writer is None:
        writer, token, code = _seat(topic, _usable(alias, topic, read), user)
    quoted = quote if quote and quote.topic_id == topic.pk and quote.state == Post.State.PUBLISHED else None
    post = _new(topic, writer, read, topic.board, now=now, quote=quoted)
    return _settle(post, topic, writer, token, code, read, writer.user, now=now)


@transaction.atomic
def edit(
    *, post: Post, writer: Writer, text: str, title: str = "", warning: str = "", ask: bool = False, now: datetime
) -> Post:
    """Change what one wrote, or send a post that came back again. What was public waits to be read once more, unless
    the profile is trusted; what waits goes on waiting, and a decision about the old words is void.

    Raises Refused "unknown" (not theirs, or gone), "closed" (too late), and as `start_topic`.
    """
    topic, post = _locked(post, writer)
    read = _read(f"{title}\n{text}" if title else text, text, warning, ask=ask)
    if not post.is_editable(now=now) and read.level != "acute":
        raise Refused(Code.CLOSED, _("It is too late to change it. You can still delete it."))
    was = Post.State(post.state)
    post.text, post.html, post.warning = read.text, render_plain(read.text), read.warning
    if post.is_first:
        post.title, post.opening = headline(read.text, title=_title(title))
    if was == Post.State.PUBLISHED and _is_clean(read) and is_trusted(writer.user, topic.board):
        post.edited_at = coarse(now)
        threads.publish(post, topic, now=now)
        return post
    post.edited_at = coarse(now) if post.published_at else None
    _hold(post, read, topic.board, now=now, why=Post.Why.EDITED if was == Post.State.PUBLISHED else Post.Why.FIRST)
    post.save()
    if was == Post.State.PUBLISHED:
        threads.refresh(topic)
        search.drop(threads.KIND, post.public_id)
    return post


@transaction.atomic
def delete(*, post: Post, writer: Writer) -> bool:
    """Delete it, really: from the thread, quotes, lists, search. Whether the whole thread went with it, which it does
    when nobody else has written in it. Raises Refused "unknown" (not theirs, or gone).
    """
    topic, post = _locked(post, writer)
    if post.is_first and _is_alone(topic, writer):
        threads.changed(topic.board)
        search.drop_group(threads.KIND, topic.public_id)
        topic.delete()
        return True
    public_id = post.public_id
    post.delete()
    threads.refresh(topic)
    search.drop(threads.KIND, public_id)
    return False


def _is_alone(topic: Topic, writer: Writer) -> bool:
    """Nobody else has written in it, and nobody else has a line to the counsellors that hangs on it."""
    others = PrivateWord.objects.filter(writer__topic=topic).exclude(writer=writer)
    return not topic.posts.exclude(writer=writer).exists() and not others.exists()


@transaction.atomic
def nod(*, post: Post, kind: str) -> None:
    """Say "me too" or "it helped me". The writer is told that somebody did; nobody is told how many.

    Raises Refused "unknown" (not public) or "bad_command" (no such nod).
    """
    if kind not in Nod.Kind.values:
        raise Refused(Code.BAD_COMMAND)
    if not Post.objects.published().filter(pk=post.pk).exists():
        raise Refused(Code.UNKNOWN)
    Nod.objects.get_or_create(post=post, kind=kind)  # that it was said is enough: a number is not even stored


def suggest_alias(topic: Topic | None = None) -> str:
    return aliases.suggest(taken=_names_in(topic) if topic else [])


# Inside -----------------------------------------------------------------------------------------------------------


def _read(whole: str, text: str, warning: str, *, ask: bool) -> _Read:
    """The three readings, in their order. `whole` is all that others would see, its title included."""
    level = crisis.level(whole[: LONGEST * 2])
    cleaned = clean_text(text, limit=LONGEST)
    said = " ".join(clean_text(warning, limit=LONGEST_WARNING).split()) if warning.strip() else ""
    spans = guard.find_spans(cleaned)
    is_identifying = bool(spans) or bool(guard.find_spans(whole)) or bool(said and guard.find_spans(said))
    # An acute text is never sent back: it waits for a counsellor, and nobody else sees it (law 7).
    if is_identifying and not ask and level != "acute":
        raise Refused(Code.IDENTIFYING, spans=spans)
    return _Read(text=cleaned, warning=said, level=level, is_identifying=is_identifying)


def _title(typed: str) -> str:
    return clean_text(typed, limit=LONGEST_TYPED_TITLE) if typed.strip() else ""


def _is_clean(read: _Read) -> bool:
    return read.level == "none" and not read.is_identifying


def _seat(topic: Topic, alias: str, user: User | None) -> tuple[Writer, str, str | None]:
    """A place in the topic, with its token and its word code. Whoever has a profile comes back by that instead."""
    if user is not None and (known := Writer.objects.filter(topic=topic, user=user).first()):
        return known, "", None
    name = aliases.clean(alias)
    verdict = aliases.check(name, staff=_staff_names(), present=_names_in(topic))
    if not verdict.accept:
        raise AliasRefused(verdict.text)
    token = "" if user else secrets.token_urlsafe(16)
    code = None if user else word_code(LASTING_CODE_LENGTH)
    try:
        with transaction.atomic():
            writer = Writer.objects.create(
                topic=topic,
                alias=name,
                skeleton=aliases.skeleton(name),
                user=user,
                token_hash=digest(token) if token else "",
                code_hash=code_digest(code, purpose=FORUM) if code else "",
            )
    except IntegrityError:
        raise AliasRefused(_("Somebody here already has that name. Choose another.")) from None
    return writer, token, code


def _usable(alias: str, topic: Topic, read: _Read) -> str:
    """The name that was typed. A text of somebody in danger never waits for a better one: then it gets another."""
    if read.level != "acute":
        return alias
    verdict = aliases.check(aliases.clean(alias), staff=_staff_names(), present=_names_in(topic))
    return alias if verdict.accept else suggest_alias(topic)


def _names_in(topic: Topic) -> list[str]:
    return list(topic.writers.values_list("alias", flat=True))


def _staff_names() -> list[str]:
    return list(Profile.objects.exclude(working_name="").values_list("working_name", flat=True))


def _new(
    topic: Topic,
    writer: Writer,
    read: _Read,
    board: Board,
    *,
    now: datetime,
    is_first: bool = False,
    title: str = "",
    opening: str = "",
    quote: Post | None = None,
) -> Post:
    post = Post(
        topic=topic,
        writer=writer,
        text=read.text,
        html=render_plain(read.text),
        warning=read.warning,
        quote=quote,
        has_quote=quote is not None,
        is_first=is_first,
        title=title,
        opening=opening,
        written_at=coarse(now),
    )
    _hold(post, read, board, now=now, why=Post.Why.FIRST)
    return post


def _hold(post: Post, read: _Read, board: Board, *, now: datetime, why: Post.Why) -> None:
    """It waits for a counsellor. What was decided about earlier words counts for nothing."""
    if read.level == "acute":
        why = Post.Why.ACUTE
    elif read.is_identifying:
        why = Post.Why.ASKED
    elif read.level == "concern":
        why = Post.Why.CONCERN
    post.state, post.why, post.is_urgent = Post.State.HELD, why, read.level == "acute"
    post.due_at = due_at(board, now=now, is_urgent=post.is_urgent)
    post.decision, post.decided_at, post.decided_by = "", None, None
    post.reason, post.words, post.set_aside_at = "", "", None
    post.is_identifying, post.urgent_told_at, post.late_told_at = read.is_identifying, None, None


def _settle(
    post: Post,
    topic: Topic,
    writer: Writer,
    token: str,
    code: str | None,
    read: _Read,
    user: User | None,
    *,
    now: datetime,
) -> Sent:
    """Publish what needs no reading, and let the rest wait."""
    if _is_clean(read) and is_trusted(user, topic.board):
        post.why = ""
        threads.publish(post, topic, now=coarse(now))
    else:
        post.save()
    return Sent(post=post, writer=writer, token=token, word_code=code, level=read.level)


def _locked(post: Post, writer: Writer) -> tuple[Topic, Post]:
    """The post and its topic as they are now, if they are this writer's. The topic's lock comes first, always."""
    topic = threads.lock(post.topic_id)
    found = topic.posts.select_for_update(of=("self",)).filter(pk=post.pk, writer=writer).first()
    if found is None:
        raise Refused(Code.UNKNOWN)
    return topic, found
