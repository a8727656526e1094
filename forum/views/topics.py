"""One topic as everybody reads it, with what its writer alone sees; and the small words to whoever wrote something."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from django.utils.text import Truncator
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Profile, User
from accounts.redirects import SeeOther
from forum.models import Board, Nod, Post, Topic, Writer
from forum.permissions import can_moderate_board, may_answer
from forum.places import set_pen, writer_of
from forum.services import posts
from forum.views.boards import page_number
from forum.views.shared import NODS, limited, public_post, public_topic, shape_of, unlisted
from moderation.origins import same_origin_required
from referrals.cards import card, help_now
from referrals.models import Service

PRESSED = "nik"  # the cookie, good for one topic, of what was pressed there: "4m.7h"
MOST_PRESSED = 40
LETTERS = {Nod.Kind.ME_TOO: "m", Nod.Kind.HELPED: "h"}
QUOTED = 220  # code points of another post that an answer shows
SERVICES = 2


@dataclass(frozen=True, slots=True)
class Quote:
    """What an answer points at: always the words as they stand there now, never a copy (T34)."""

    name: str
    text: str
    href: str
    warning: str
    is_gone: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A post as the page shows it. `card` is the counsellor's, None for the young."""

    post: Post
    html: str  # made when it was written: forum/services/posts.py
    name: str
    card: dict[str, Any] | None
    shape: int
    quote: Quote | None
    is_mine: bool
    me_too: bool
    helped: bool


@unlisted
@require_safe
def topic(request: HttpRequest, topic_id: str) -> HttpResponse:
    found = Topic.objects.select_related("board__need", "merged_into").filter(public_id=topic_id).first()
    if found is None:
        raise Http404
    if found.merged_into is not None:
        return redirect("forum:topic", found.merged_into.public_id)
    mine = writer_of(request, found)
    if found.published_at is None or not found.board.is_open:
        if mine is None:
            raise Http404  # what waits to be read answers as what never was (T22)
        return redirect("forum:mine", topic_id)
    return _page(request, found, mine)


def _page(request: HttpRequest, found: Topic, mine: Writer | None) -> HttpResponse:
    now = timezone.now()
    number = min(page_number(request), found.pages)
    pressed = _pressed(request)
    rows = _rows(found, number, mine, pressed)
    services = _services(found.board, now=now)
    context = {
        "topic": found,
        "board": found.board,
        "base": reverse("forum:topic", args=[found.public_id]),
        "rows": rows,
        "number": number,
        "is_last": number == found.pages,
        "can_answer": may_answer(found),
        "mine": mine,
        "own": _not_public(mine) if mine else [],
        "services": services,
        "help_cards": [] if services else help_now(now=now, limit=SERVICES),
        "leads": _leads(request, found.board),
    }
    return render(request, "forum/topic.html", context)


def _rows(found: Topic, number: int, mine: Writer | None, pressed: set[str]) -> list[Row]:
    shown = Post.objects.filter(topic=found).on_page(number)
    people = shown.select_related("writer", "counsellor__profile", "quote__writer", "quote__counsellor__profile").defer(
        "text", "words", "quote__html", "quote__words"
    )
    cards: dict[int, dict[str, Any]] = {}
    return [_row(post, mine, pressed, cards) for post in people]


def _row(post: Post, mine: Writer | None, pressed: set[str], cards: dict[int, dict[str, Any]]) -> Row:
    return Row(
        post=post,
        html=without_headline(post),
        name=name_of(post),
        card=_card_of(post.counsellor, cards) if post.counsellor else None,
        shape=shape_of(post.writer.alias) if post.writer else 0,
        quote=quote_of(post.quote) if post.has_quote else None,
        is_mine=mine is not None and post.writer_id == mine.pk,
        me_too=f"{post.position}{LETTERS[Nod.Kind.ME_TOO]}" in pressed,
        helped=f"{post.position}{LETTERS[Nod.Kind.HELPED]}" in pressed,
    )


def without_headline(post: Post) -> str:
    """The post's HTML; of a first post without the line that stands above it as the headline, if anything follows it.

    It was made of escaped text when the post was written, and is cut between two tags.
    """
    line = f"<p>{escape(post.title)}"
    if post.is_first and post.title and post.html.startswith(f"{line}<br>"):
        return f"<p>{post.html[len(line) + 4 :]}"
    if post.is_first and post.title and post.html.startswith(f"{line}</p>\n"):
        return post.html[len(line) + 5 :]
    return post.html


def _card_of(counsellor: User, cards: dict[int, dict[str, Any]]) -> dict[str, Any]:
    """The counsellor's card, made once a page: a face is drawn for it."""
    if counsellor.pk not in cards:
        profile = cast(Profile | None, getattr(counsellor, "profile", None))
        cards[counsellor.pk] = profile.card() if profile else {"name": "", "role": "", "face": ""}
    return cards[counsellor.pk]


def name_of(post: Post) -> str:
    if post.writer is not None:
        return post.writer.alias
    profile = getattr(post.counsellor, "profile", None)
    return profile.working_name if profile else ""


def quote_of(post: Post | None) -> Quote:
    """Of a post that everybody may read; of any other, and of a deleted one, only that it is gone."""
    if post is None or post.state != Post.State.PUBLISHED:
        return Quote(name="", text="", href="", warning="", is_gone=True)
    return Quote(
        name=name_of(post),
        text="" if post.warning else Truncator(post.text).chars(QUOTED),
        href=f"?side={post.page}#p{post.position}",
        warning=post.warning,
        is_gone=False,
    )


def _not_public(mine: Writer) -> QuerySet[Post]:
    """What its writer alone sees: what waits to be read, and what came back."""
    states = [Post.State.HELD, Post.State.REFUSED]
    return Post.objects.filter(writer=mine, state__in=states).order_by("pk")


def _services(board: Board, *, now: datetime) -> list[dict[str, Any]]:
    """Who helps with what this board is about, where its readers live."""
    if board.need is None:
        return []
    services = Service.objects.shown().fresh(now).reachable().for_topic(board.need.code)
    near = services.for_municipality(board.municipality_code).help_first().with_hours()
    return [card(service, now=now) for service in near[:SERVICES]]


def _leads(request: HttpRequest, board: Board) -> bool:
    """A counsellor of this board is reading. Without a login nothing is asked."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return False
    return isinstance(request.user, User) and can_moderate_board(request.user, board)


# "Også mig" and "det hjalp mig" -----------------------------------------------------------------------------------


@same_origin_required
@unlisted
@require_POST
@limited(group="forum-nod", rate=NODS)
def nod(request: HttpRequest, topic_id: str, post_id: str) -> HttpResponse:
    """Tell the writer, once from this browser. Nobody counts it."""
    found = public_topic(topic_id)
    post = public_post(found, post_id)
    kind = request.POST.get("kind", "")
    if kind not in Nod.Kind.values:
        raise Http404
    pressed = _pressed(request)
    mark = f"{post.position}{LETTERS[Nod.Kind(kind)]}"
    response = SeeOther(f"{reverse('forum:topic', args=[found.public_id])}?side={post.page}#p{post.position}")
    if mark not in pressed:
        posts.nod(post=post, kind=kind)
        set_pen(response, found, ".".join([*sorted(pressed), mark][-MOST_PRESSED:]), PRESSED)
    return response


def _pressed(request: HttpRequest) -> set[str]:
    return set(request.COOKIES.get(PRESSED, "")[: MOST_PRESSED * 8].split(".")) - {""}
