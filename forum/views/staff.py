"""A topic as its counsellors see it: all posts in every state, the private lines, and what can be done about them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F, Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import User
from forum.desk import number_in
from forum.models import Board, Post, PrivateWord, Topic, Writer
from forum.models.posts import POSTS_A_PAGE
from forum.permissions import can_moderate_board, can_sign
from forum.services import private, reading, topics
from forum.views.shared import shape_of
from forum.views.topics import name_of
from moderation.refusals import Code, Refused
from moderation.views.shared import desk_required, user_of


@dataclass(frozen=True, slots=True)
class Row:
    """A post in whatever state, as the counsellors see it."""

    post: Post
    name: str
    shape: int  # of the young; 0 is a counsellor


@dataclass(frozen=True, slots=True)
class Line:
    """A private line. `waits`: somebody wrote and was not answered."""

    writer: Writer
    words: list[PrivateWord]
    waits: bool

    @property
    def last(self) -> int:
        """The last word that is shown: an answer is one to what stands up to here."""
        return max((word.pk for word in self.words), default=0)


@dataclass(frozen=True, slots=True)
class Step:
    """What a counsellor wants to do, on its way to a verb."""

    topic: Topic
    user: User
    data: dict[str, str]
    now: datetime

    def post(self) -> Post:
        return get_object_or_404(Post, topic=self.topic, public_id=self.data.get("post", ""))


@desk_required
@require_http_methods(["GET", "POST"])
def topic(request: HttpRequest, topic_id: str) -> HttpResponse:
    """For counsellors of its board; for all others there is nothing here."""
    now, user = timezone.now(), user_of(request)
    reading.take_effect(now=now)
    found = Topic.objects.select_related("board", "merged_into").filter(public_id=topic_id).first()
    if found is None or not can_moderate_board(user, found.board):
        raise Http404
    if found.merged_into is not None:
        return redirect("forum:staff-topic", found.merged_into.public_id)
    if request.method == "POST":
        return _do(request, Step(found, user, request.POST.dict(), now))
    return _page(request, found)


def _page(request: HttpRequest, found: Topic, *, refused: str = "", status: int = 200) -> HttpResponse:
    posts = found.posts.select_related("writer", "counsellor__profile", "decided_by__profile")
    rest = posts.exclude(state=Post.State.HELD).order_by(F("position").asc(nulls_last=True), "pk")
    page = Paginator(rest, POSTS_A_PAGE).get_page(request.GET.get("side"))
    context = {
        "topic": found,
        "board": found.board,
        "held": [_row(post) for post in posts.filter(state=Post.State.HELD).order_by("pk")],
        "page": page,
        "rows": [_row(post) for post in page.object_list],
        "lines": _lines(found),
        "quote": posts.published().filter(public_id=request.GET.get("til", "")).first(),
        "boards": Board.objects.in_the_hands_of(user_of(request)).exclude(pk=found.board_id),
        "can_sign": can_sign(user_of(request)),
        "refused": refused,
        "typed": request.POST,
        "done": request.POST.get("do", ""),
    }
    return render(request, "forum/staff/topic.html", context, status=status)


def _row(post: Post) -> Row:
    return Row(post=post, name=name_of(post), shape=shape_of(post.writer.alias) if post.writer else 0)


def _lines(found: Topic) -> list[Line]:
    """Each writer with what was said between them and the counsellors; whoever waits comes first."""
    words = PrivateWord.objects.select_related("counsellor__profile").order_by("at", "pk")
    writers = found.writers.prefetch_related(Prefetch("private_words", queryset=words)).order_by("pk")
    lines = [_line(writer, list(writer.private_words.all())) for writer in writers]
    return sorted(lines, key=lambda line: (not line.waits, not line.words))


def _line(writer: Writer, words: list[PrivateWord]) -> Line:
    return Line(writer, words, any(word.counsellor_id is None and word.answered_at is None for word in words))


# Steps ------------------------------------------------------------------------------------------------------------


def _do(request: HttpRequest, step: Step) -> HttpResponse:
    do = STEPS.get(step.data.get("do", ""))
    try:
        if do is None:
            raise Refused(Code.BAD_COMMAND)
        said, leads_to = do(step)
    except Refused as refused:
        return _page(request, step.topic, refused=str(refused.text), status=422)
    messages.info(request, said)
    return redirect(leads_to)


def _here(step: Step) -> str:
    return reverse("forum:staff-topic", args=[step.topic.public_id])


def _answer(step: Step) -> tuple[str, str]:
    quote = Post.objects.published().filter(topic=step.topic, public_id=step.data.get("til", "")).first()
    text = step.data.get("text", "")
    post = reading.answer_as_counsellor(topic=step.topic, user=step.user, text=text, quote=quote, now=step.now)
    side = f"?side={post.page}" if post.page > 1 else ""
    return _("Your answer stands in the thread."), f"{_here(step)}{side}#p-{post.public_id}"


def _hide(step: Step) -> tuple[str, str]:
    post = reading.hide(post=step.post(), user=step.user, now=step.now)
    return _("It is taken away. You can put it back here."), f"{_here(step)}#p-{post.public_id}"


def _restore(step: Step) -> tuple[str, str]:
    post = reading.restore(post=step.post(), user=step.user, now=step.now)
    return _("It stands in the thread again."), f"{_here(step)}#p-{post.public_id}"


def _close(step: Step) -> tuple[str, str]:
    topics.close(topic=step.topic, user=step.user, now=step.now)
    return _("The thread is closed. It can still be read."), _here(step)


def _reopen(step: Step) -> tuple[str, str]:
    topics.reopen(topic=step.topic, user=step.user, now=step.now)
    return _("The thread is open again."), _here(step)


def _move(step: Step) -> tuple[str, str]:
    number = step.data.get("board", "")
    board = Board.objects.filter(pk=int(number)).first() if number.isascii() and number.isdigit() else None
    if board is None:
        raise Refused(Code.BAD_COMMAND, _("Choose a board."))
    topics.move(topic=step.topic, board=board, user=step.user, now=step.now)
    return _("The thread stands on “%(board)s” now. Its address is the same.") % {"board": board.label}, _here(step)


def _merge(step: Step) -> tuple[str, str]:
    into = Topic.objects.filter(public_id=_id_in(step.data.get("into", ""))).first()
    if into is None:
        raise Refused(Code.BAD_COMMAND, _("There is no thread at that address. Copy it from the other thread."))
    topics.merge(topic=step.topic, into=into, user=step.user, now=step.now)
    return _("The two threads are one now."), reverse("forum:staff-topic", args=[into.public_id])


def _id_in(address: str) -> str:
    """The topic's id in what was pasted: its address, the staff's or the young's, or the id alone."""
    path = address.strip().partition("?")[0].partition("#")[0].rstrip("/")
    return path.rpartition("/")[2][:32]


def _private(step: Step) -> tuple[str, str]:
    writers = step.topic.writers.select_related("topic__board")
    writer = get_object_or_404(writers, pk=number_in(step.data.get("writer", "")))
    upto = number_in(step.data.get("upto", ""))
    private.reply(writer=writer, counsellor=step.user, text=step.data.get("text", ""), upto=upto, now=step.now)
    said = _("It is sent. Only %(alias)s and the counsellors can read it.") % {"alias": writer.alias}
    return said, f"{_here(step)}#w-{writer.pk}"


STEPS: dict[str, Callable[[Step], tuple[str, str]]] = {
    "answer": _answer,
    "hide": _hide,
    "restore": _restore,
    "close": _close,
    "reopen": _reopen,
    "move": _move,
    "merge": _merge,
    "private": _private,
}
