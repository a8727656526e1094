"""What of the forum waits for a counsellor: posts to be read, and words on private lines (`moderation.queue`)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from forum.models import Board, Post, PrivateWord
from forum.services import private, reading
from moderation import queue
from moderation.queue import Action, Done, Item, Source
from moderation.refusals import Code, Refused
from moderation.reports import Described

APPROVE = Action("approve", gettext_lazy("Let it through"), "A")
REPLY = Action("reply", gettext_lazy("Answer, and let it through"), "R", opens_reply=True)
SEND_BACK = Action("refuse", gettext_lazy("Send it back"), "S", sends_reason=True)
HOLD = Action("hold", gettext_lazy("Keep it for now"), "H")
WRITE_BACK = Action("reply", gettext_lazy("Write back"), "R", opens_reply=True)


class PostSource(Source):
    """Posts that nobody but their writers has seen."""

    name = "post"
    label = gettext_lazy("Forum")

    def items(self, user: User, *, now: datetime) -> list[Item]:
        waiting = Post.objects.waiting().filter(topic__board__in=Board.objects.in_the_hands_of(user))
        rows = waiting.select_related("topic__board", "writer", "quote").order_by("due_at", "pk")
        return [self._item(post) for post in rows]

    def count(self, user: User, *, now: datetime) -> int:
        return Post.objects.waiting().filter(topic__board__in=Board.objects.in_the_hands_of(user)).count()

    def keys(self, user: User, *, now: datetime) -> list[str]:
        waiting = Post.objects.waiting().in_the_hands_of(user)
        return list(waiting.values_list("public_id", flat=True))

    def find(self, user: User, key: str, *, now: datetime) -> Item | None:
        post = self._post(user, key)
        return self._item(post) if post is not None and not post.decision else None

    def decide(self, *, user: User, key: str, action: str, data: Mapping[str, str], now: datetime) -> Done:
        post = self._post(user, key)
        if post is None:
            raise Refused(Code.UNKNOWN, reading.DECIDED)
        seen = data.get("seen", "")
        if action == APPROVE.code:
            reading.approve(post=post, user=user, seen=seen, now=now)
            return Done(_("It goes through."), now + reading.UNDO)
        if action == SEND_BACK.code:
            reason, words = data.get("reason", ""), data.get("words", "")
            reading.refuse(post=post, user=user, reason=reason, words=words, seen=seen, now=now)
            return Done(_("It goes back to the one who wrote it."), now + reading.UNDO)
        if action == REPLY.code:
            text = data.get("text", "")
            reading.answer_as_counsellor(topic=post.topic, user=user, text=text, approve=post, seen=seen, now=now)
            return Done(_("It went through, and your answer stands below it."))
        if action == HOLD.code:
            reading.set_aside(post=post, user=user, now=now)
            return Done(_("It waits. The promise to the one who wrote it stays the same."))
        raise Refused(Code.BAD_COMMAND)

    def undo(self, *, user: User, key: str, now: datetime) -> None:
        post = self._post(user, key)
        if post is None:
            raise Refused(Code.UNKNOWN)
        reading.undo(post=post, user=user)

    def settle(self, *, now: datetime) -> None:
        reading.take_effect(now=now)

    def _post(self, user: User, key: str) -> Post | None:
        held = Post.objects.in_the_hands_of(user).filter(state=Post.State.HELD, public_id=key)
        return held.select_related("topic__board", "writer", "quote").first()

    def _item(self, post: Post) -> Item:
        topic = post.topic
        tags: list[str | Promise] = [Post.Why(post.why).label] if post.why else []
        if not post.is_first:
            tags.append(_("an answer"))
        if post.set_aside_at is not None:
            tags.append(_("kept for now"))
        pressing = {Post.Why.ACUTE: queue.ACUTE, Post.Why.CONCERN: queue.PRESSING}
        return Item(
            source=self.name,
            key=post.public_id,
            place=topic.board.label,
            title=post.title or topic.title,
            text=post.text,
            tags=tuple(tags),
            urgency=pressing.get(Post.Why(post.why), queue.USUAL) if post.why else queue.USUAL,
            is_aside=post.set_aside_at is not None,
            since=post.written_at,
            due_at=post.due_at,
            url=reverse("forum:staff-topic", args=[topic.public_id]),
            url_label=_("See the whole thread"),
            actions=(APPROVE, REPLY, SEND_BACK, HOLD),
            reasons=tuple(Post.Reason.choices),
            reason="identifying" if post.is_identifying else "unkind",
            seen=reading.version_of(post),
            reply_label=_("Your answer, for everybody to read"),
            detail={"warning": post.warning, "alias": post.writer.alias if post.writer else ""},
        )


class PrivateLineSource(Source):
    """Somebody wrote to the counsellors alone, and nobody has written back."""

    name = "private"
    label = gettext_lazy("Private lines")

    def items(self, user: User, *, now: datetime) -> list[Item]:
        found: dict[int, Item] = {}
        for word in self._waiting(user).order_by("pk"):
            known = found.get(word.writer_id)
            found[word.writer_id] = self._item(word) if known is None else self._longer(known, word)
        return list(found.values())

    def count(self, user: User, *, now: datetime) -> int:
        return self._waiting(user).values("writer").distinct().count()

    def keys(self, user: User, *, now: datetime) -> list[str]:
        return [str(pk) for pk in self._waiting(user).values_list("writer_id", flat=True).distinct()]

    def find(self, user: User, key: str, *, now: datetime) -> Item | None:
        return next((item for item in self.items(user, now=now) if item.key == key), None)

    def decide(self, *, user: User, key: str, action: str, data: Mapping[str, str], now: datetime) -> Done:
        upto = number_in(data.get("seen", ""))
        waiting = self._waiting(user).filter(writer_id=number_in(key))
        word = waiting.filter(pk__lte=upto).first()
        if word is None:
            raise Refused(Code.UNKNOWN, _("A colleague has written back already."))
        if action != WRITE_BACK.code:
            raise Refused(Code.BAD_COMMAND)
        private.reply(writer=word.writer, counsellor=user, text=data.get("text", ""), upto=upto, now=now)
        if waiting.exists():
            return Done(_("It is sent. They have written again since, and wait for an answer to that."))
        return Done(_("It is sent. Only the one who wrote to you can read it."))

    def _waiting(self, user: User) -> QuerySet[PrivateWord]:
        boards = Board.objects.in_the_hands_of(user)
        words = PrivateWord.objects.filter(counsellor=None, answered_at=None, writer__topic__board__in=boards)
        return words.select_related("writer__topic__board")

    def _item(self, word: PrivateWord) -> Item:
        topic = word.writer.topic
        return Item(
            source=self.name,
            key=str(word.writer_id),
            place=topic.board.label,
            title=_("%(alias)s writes to you alone") % {"alias": word.writer.alias},
            text=word.text,
            tags=(Post.Why.ACUTE.label,) if word.is_urgent else (),
            urgency=queue.ACUTE if word.is_urgent else queue.PRESSING,
            since=word.at,
            due_at=word.due_at,
            url=reverse("forum:staff-topic", args=[topic.public_id]),
            url_label=_("See the whole thread"),
            actions=(WRITE_BACK,),
            reply_label=_("Your answer, for nobody but %(alias)s") % {"alias": word.writer.alias},
            seen=str(word.pk),
        )

    def _longer(self, item: Item, word: PrivateWord) -> Item:
        """With one more word of the same writer: as urgent as the most urgent, and due as the earliest."""
        later = self._item(word)
        promised = [due_at for due_at in (item.due_at, later.due_at) if due_at is not None]
        return replace(
            item,
            text=f"{item.text}\n\n{word.text}",
            tags=item.tags or later.tags,
            urgency=min(item.urgency, later.urgency),
            due_at=min(promised, default=None),
            seen=later.seen,
        )


def number_in(text: str) -> int:
    """A number that a form carries back; 0 where there is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def describe_post(post: Post) -> Described:
    """How a reported post is shown to a counsellor."""
    return Described(
        label=f"{post.topic.board.label}: {post.topic.title}" if post.topic.title else post.topic.board.label,
        text=post.text,
        url=reverse("forum:staff-topic", args=[post.topic.public_id]),
        public_id=post.public_id,
        seen=reading.version_of(post),
        organizations=post.topic.board.organizations.all(),
    )
