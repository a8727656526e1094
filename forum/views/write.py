"""The forms of the forum: a new topic, an answer, a change. What was typed never gets lost on the way."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.permissions import is_staff_member
from accounts.redirects import SeeOther
from forum.forms import WARNINGS, Typed, marked, warning_of
from forum.headlines import headline
from forum.models import Board, Post, Topic, Writer
from forum.permissions import is_trusted, may_answer
from forum.places import WORD_CODE, profile_of, set_pen, writer_of
from forum.promises import due_at
from forum.services import posts
from forum.services.posts import AliasRefused, Sent
from forum.views.shared import (
    WRITING,
    first_help,
    limited,
    open_board,
    own_place,
    own_post,
    public_topic,
    shape_of,
    unlisted,
)
from forum.views.topics import quote_of
from moderation import alias as aliases
from moderation.refusals import Code, Refused

SUGGESTIONS = 8


# A new topic ------------------------------------------------------------------------------------------------------


@unlisted
@require_http_methods(["GET", "HEAD", "POST"])
@limited(group="forum-write", rate=WRITING)
def write(request: HttpRequest, slug: str) -> HttpResponse:
    return _write(request, open_board(slug))


@unlisted
@require_http_methods(["GET", "HEAD", "POST"])
@limited(group="forum-write", rate=WRITING)
def write_anywhere(request: HttpRequest) -> HttpResponse:
    """The board is chosen beside the text."""
    return _write(request, None)


def _write(request: HttpRequest, board: Board | None) -> HttpResponse:
    _not_as_staff(request)
    typed = Typed.of(request.POST)
    if request.method != "POST" or "another" in request.POST:
        return _new_page(request, board, typed, alias="")
    boards = list(Board.objects.shown())
    into = board or next((each for each in boards if each.slug == typed.board), None)
    if into is None:
        return _new_page(request, board, typed, refused=Refused(Code.BAD_COMMAND, _("Choose what it is about.")))
    try:
        sent = posts.start_topic(
            board=into,
            alias=typed.alias,
            text=typed.text,
            title=typed.title,
            warning=typed.warning_words,
            user=profile_of(request),
            ask=typed.ask,
            now=timezone.now(),
        )
    except Refused as refused:
        return _new_page(request, board, typed, refused=refused)
    return _sent(sent)


def _new_page(
    request: HttpRequest,
    board: Board | None,
    typed: Typed,
    *,
    alias: str | None = None,
    refused: Refused | None = None,
) -> HttpResponse:
    now = timezone.now()
    boards = [] if board else list(Board.objects.shown())
    promised = [due_at(each, now=now) for each in ([board] if board else boards)]
    context = {
        "board": board,
        "boards": boards,
        "is_new": True,
        "due_at": max(promised, default=None),  # wherever it lands, it is read by then
        "is_read_first": board is None or not is_trusted(profile_of(request), board),
        "back": reverse("forum:board", args=[board.slug]) if board else reverse("forum:list"),
        **_names(None, typed.alias if alias is None else alias),
    }
    return _compose(request, typed, refused, context)


# An answer --------------------------------------------------------------------------------------------------------


@unlisted
@require_http_methods(["GET", "HEAD", "POST"])
@limited(group="forum-write", rate=WRITING)
def answer(request: HttpRequest, topic_id: str) -> HttpResponse:
    _not_as_staff(request)
    typed = Typed.of(request.POST)
    try:
        topic = public_topic(topic_id)
    except Http404:
        if request.method != "POST":
            raise
        gone = Refused(Code.UNKNOWN, _("The thread is not here any more. Your text is still here."))
        return _new_page(request, None, typed, refused=gone)
    if request.method != "POST" and not may_answer(topic):
        return redirect("forum:topic", topic_id)
    writer = writer_of(request, topic)
    quoted = _quoted(topic, typed.quote or request.GET.get("til", ""))
    if request.method != "POST" or "another" in request.POST:
        return _answer_page(request, topic, typed, writer=writer, quoted=quoted, alias="")
    try:
        sent = posts.answer(
            topic=topic,
            writer=writer,
            alias=typed.alias,
            text=typed.text,
            warning=typed.warning_words,
            quote=quoted,
            user=profile_of(request),
            ask=typed.ask,
            now=timezone.now(),
        )
    except Refused as refused:
        return _answer_page(request, topic, typed, writer=writer, quoted=quoted, refused=refused)
    return _sent(sent)


def _quoted(topic: Topic, public_id: str) -> Post | None:
    published = Post.objects.published().filter(topic=topic, public_id=public_id)
    return published.select_related("writer", "counsellor__profile").first() if public_id else None


def _answer_page(
    request: HttpRequest,
    topic: Topic,
    typed: Typed,
    *,
    writer: Writer | None,
    quoted: Post | None,
    alias: str | None = None,
    refused: Refused | None = None,
) -> HttpResponse:
    back = reverse("forum:topic", args=[topic.public_id])
    context = {
        "topic": topic,
        "quoted": quoted,
        "quote": quote_of(quoted) if quoted else None,
        "due_at": due_at(topic.board, now=timezone.now()),
        "is_read_first": not is_trusted(profile_of(request), topic.board),
        "back": f"{back}?side={quoted.page}#p{quoted.position}" if quoted else back,
        "writer": writer,
        "shape": shape_of(writer.alias) if writer else 0,
        **({} if writer else _names(topic, typed.alias if alias is None else alias)),
    }
    return _compose(request, typed, refused, context)


# A change ---------------------------------------------------------------------------------------------------------


@unlisted
@require_http_methods(["GET", "HEAD", "POST"])
@limited(group="forum-write", rate=WRITING)
def edit(request: HttpRequest, topic_id: str, post_id: str) -> HttpResponse:
    """Also "ret og send igen" of what came back."""
    topic, writer = own_place(request, topic_id)
    post = own_post(writer, post_id)
    if request.method != "POST" and not post.is_editable(now=timezone.now()):
        return redirect("forum:mine", topic_id)
    if request.method != "POST":
        typed = Typed(text=post.text, title=own_title(post), warning=warning_of(post.warning))
        return _edit_page(request, topic, post, typed)
    typed = Typed.of(request.POST)
    try:
        posts.edit(
            post=post,
            writer=writer,
            text=typed.text,
            title=typed.title,
            warning=typed.warning_words,
            ask=typed.ask,
            now=timezone.now(),
        )
    except Refused as refused:
        return _edit_page(request, topic, post, typed, refused=refused)
    return SeeOther(reverse("forum:mine", args=[topic_id]))


def _edit_page(
    request: HttpRequest, topic: Topic, post: Post, typed: Typed, *, refused: Refused | None = None
) -> HttpResponse:
    here = topic.merged_into or topic
    context = {
        "post": post,
        "has_title": post.is_first,
        "is_back": post.state == Post.State.REFUSED,
        "was_public": post.state == Post.State.PUBLISHED,
        "due_at": due_at(here.board, now=timezone.now()),
        "is_read_first": not is_trusted(profile_of(request), here.board),
        "back": reverse("forum:mine", args=[topic.public_id]),
    }
    return _compose(request, typed, refused, context)


def own_title(post: Post) -> str:
    """The headline, if its writer gave it one; "" where it is the first line."""
    return post.title if post.is_first and post.title != headline(post.text)[0] else ""


# All three --------------------------------------------------------------------------------------------------------


def _compose(request: HttpRequest, typed: Typed, refused: Refused | None, context: dict[str, Any]) -> HttpResponse:
    """The form with what was typed; when it came back refused: help first, then why, then the same text."""
    is_alias = isinstance(refused, AliasRefused)
    spans = refused.spans if refused and refused.spans else []
    context = {
        **context,
        "typed": typed,
        "warnings": WARNINGS,
        "refused": refused,
        "alias_error": refused.text if refused and is_alias else "",
        "pieces": marked(typed.text, spans) if spans else [],
        "can_ask": refused is not None and refused.code == Code.IDENTIFYING and not is_alias,
        "help_cards": first_help(typed.text, now=timezone.now()) if refused else [],
    }
    return render(request, "forum/compose.html", context, status=422 if refused else 200)


def _names(topic: Topic | None, alias: str) -> dict[str, Any]:
    """Names nobody in this topic has, each another one."""
    taken = list(topic.writers.values_list("alias", flat=True)) if topic else []
    names: list[str] = []
    while len(names) < SUGGESTIONS:
        names.append(aliases.suggest(taken=[*taken, *names]))
    return {"alias": alias or names[0], "names": names, "longest": aliases.LONGEST}


def _sent(sent: Sent) -> HttpResponse:
    """To the writer's own page, with the cookie that leads there and, once, the words that do."""
    topic = sent.post.topic
    response = SeeOther(reverse("forum:mine", args=[topic.public_id]))
    if sent.token:
        set_pen(response, topic, sent.token)
    if sent.word_code:
        set_pen(response, topic, sent.word_code, WORD_CODE)
    return response


def _not_as_staff(request: HttpRequest) -> None:
    """A counsellor signs with name and face, on the pages of the staff; never as one of the young."""
    if request.user.is_authenticated and is_staff_member(request.user):
        raise PermissionDenied
