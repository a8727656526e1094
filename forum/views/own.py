"""What belongs to one writer: their own page in a topic, deleting, the private line, and the way back with words."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.limits import CODES, is_over
from accounts.redirects import SeeOther
from forum.models import Letter, Nod, Post, PrivateWord, Topic, Writer
from forum.places import WORD_CODE, drop_pen, set_letter, set_pen, token_in
from forum.promises import due_at
from forum.reasons import Told, told
from forum.services import codes, posts, private
from forum.views.shared import WRITING, first_help, limited, own_place, own_post, unlisted
from moderation.refusals import Refused
from referrals.cards import help_now

LONGEST_CODE = 200


@dataclass(frozen=True, slots=True)
class Own:
    """One of the writer's posts, with what may still be done with it."""

    post: Post
    can_edit: bool
    came_back: Told | None
    me_too: bool
    helped: bool


@unlisted
@require_safe
def mine(request: HttpRequest, topic_id: str) -> HttpResponse:
    """The writer's own page: how it stands, what was promised, the words to come back with (once)."""
    topic, writer = own_place(request, topic_id)
    here = topic.merged_into or topic
    now = timezone.now()
    own = list(Post.objects.filter(writer=writer).prefetch_related("nods").order_by("-pk"))
    line = private.line_of(writer)
    code = token_in(request.COOKIES, WORD_CODE)
    context = {
        "topic": topic,
        "here": here,
        "writer": writer,
        "own": [_own(post, now=now) for post in own],
        "waiting": next((post for post in own if post.state == Post.State.HELD), None),
        "is_public": here.published_at is not None,
        "line": line,
        "word_code": code,
        "code_words": code.split("-") if code else [],
        "help_cards": _first_help(own, line, now=now),
    }
    response = render(request, "forum/mine.html", context)
    if code and request.method == "GET":  # a HEAD has shown them to nobody
        drop_pen(response, topic, WORD_CODE)
    return response


def _own(post: Post, *, now: datetime) -> Own:
    kinds = {nod.kind for nod in post.nods.all()}
    return Own(
        post=post,
        can_edit=post.is_editable(now=now),
        came_back=told(post.reason) if post.state == Post.State.REFUSED else None,
        me_too=Nod.Kind.ME_TOO in kinds,
        helped=Nod.Kind.HELPED in kinds,
    )


def _first_help(own: list[Post], line: list[PrivateWord], *, now: datetime) -> list[dict[str, Any]]:
    """Help before anything else, as long as a text waits that sounded like danger."""
    held = {post.why for post in own if post.state == Post.State.HELD}
    if Post.Why.ACUTE in held or _is_urgent(line):
        return help_now(now=now, limit=3)
    return help_now(now=now, limit=2) if Post.Why.CONCERN in held else []


def _is_urgent(line: list[PrivateWord]) -> bool:
    return any(word.is_urgent for word in line)


# Deleting ---------------------------------------------------------------------------------------------------------


@unlisted
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, topic_id: str, post_id: str) -> HttpResponse:
    """Ask once, saying exactly what goes; then it is gone."""
    topic, writer = own_place(request, topic_id)
    post = own_post(writer, post_id)
    if request.method != "POST":
        return render(request, "forum/delete.html", {"topic": topic, "post": post, **_what_goes(post, writer)})
    try:
        is_all_gone = posts.delete(post=post, writer=writer)
    except Refused:
        raise Http404 from None
    response = SeeOther(reverse("forum:deleted"))
    if is_all_gone:
        drop_pen(response, topic)
    return response


def _what_goes(post: Post, writer: Writer) -> dict[str, bool]:
    """What everybody can know of it. An answer that waits to be read stays as well, and is told to nobody (T22)."""
    is_answered = Post.objects.published().filter(topic=post.topic).exclude(writer=writer).exists()
    return {
        "others_stay": post.is_first and is_answered,
        "may_take_all": post.is_first and not is_answered,
        "has_line": writer.private_words.exists(),
    }


@unlisted
@require_safe
def deleted(request: HttpRequest) -> HttpResponse:
    """The same page for everybody: it names nothing."""
    return render(request, "forum/deleted.html")


# The private line -------------------------------------------------------------------------------------------------


@unlisted
@require_http_methods(["GET", "HEAD", "POST"])
@limited(group="forum-private", rate=WRITING)
def line(request: HttpRequest, topic_id: str) -> HttpResponse:
    """Between this writer and the counsellors of the board. Never checked for identity."""
    topic, writer = own_place(request, topic_id)
    if request.method != "POST":
        return _line_page(request, topic, writer)
    text = request.POST.get("text", "")
    try:
        private.write(writer=writer, text=text, now=timezone.now())
    except Refused as refused:
        return _line_page(request, topic, writer, text=text, refused=refused)
    return SeeOther(f"{reverse('forum:private', args=[topic_id])}#sidst")


def _line_page(
    request: HttpRequest, topic: Topic, writer: Writer, *, text: str = "", refused: Refused | None = None
) -> HttpResponse:
    now = timezone.now()
    words = private.line_of(writer)
    here = topic.merged_into or topic
    context = {
        "topic": topic,
        "line": words,
        "text": text,
        "refused": refused,
        "due_at": due_at(here.board, now=now),
        "help_cards": help_now(now=now, limit=3) if _is_urgent(words) else first_help(text, now=now),
    }
    return render(request, "forum/private.html", context, status=422 if refused else 200)


# Back with the words ----------------------------------------------------------------------------------------------


@unlisted
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """To one's own topic or letter, on this or another phone. Guessing is limited, also while the cache is away."""
    if request.method != "POST":
        return render(request, "forum/code.html")
    if is_over(request, group="forum-code", rate=CODES, without_cache=True):
        return render(request, "429.html", status=429)
    typed = request.POST.get("code", "")[:LONGEST_CODE]
    try:
        found = codes.open_with(typed)
    except Refused as refused:
        return render(request, "forum/code.html", {"error": refused.text}, status=422)
    if found.kind == "letter":
        response = SeeOther(reverse("letters:letter", args=[found.public_id]))
        set_letter(response, get_object_or_404(Letter, public_id=found.public_id), found.token)
        return response
    response = SeeOther(reverse("forum:mine", args=[found.public_id]))
    set_pen(response, get_object_or_404(Topic, public_id=found.public_id), found.token)
    return response
