"""What the pages of the forum have in common."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any
from zlib import crc32

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from accounts.limits import is_over
from forum.models import Board, Post, Topic, Writer
from forum.places import writer_of
from moderation import crisis
from referrals.cards import help_now

View = Callable[..., HttpResponse]

# A whole school may write from one network.
WRITING = "120/m"
REPORTS = "60/m"
NODS = "300/m"
SHAPES = 5


def unlisted(view: View) -> View:
    """No search engine lists what the young write."""

    @wraps(view)
    def answer(*args: Any, **kwargs: Any) -> HttpResponse:
        response = view(*args, **kwargs)
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    return answer


def limited(*, group: str, rate: str) -> Callable[[View], View]:
    """Answer 429 to a network that sends too often. While the cache is away everybody may go on writing."""

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method == "POST" and is_over(request, group=group, rate=rate):
                return render(request, "429.html", status=429)
            return view(request, *args, **kwargs)

        return answer

    return decorate


def open_board(slug: str) -> Board:
    return get_object_or_404(Board.objects.shown(), slug=slug)


def public_topic(public_id: str) -> Topic:
    """A topic that everybody may read. One that waits to be read answers as one that never was (T22)."""
    topics = Topic.objects.filter(published_at__isnull=False, board__is_open=True)
    return get_object_or_404(topics.select_related("board__need", "merged_into"), public_id=public_id)


def public_post(topic: Topic, public_id: str) -> Post:
    posts = Post.objects.published().filter(topic=topic)
    return get_object_or_404(posts.select_related("writer", "counsellor__profile"), public_id=public_id)


def own_place(request: HttpRequest, public_id: str) -> tuple[Topic, Writer]:
    """The topic as its address names it, and the reader's place in it. For all others there is nothing here."""
    topic = Topic.objects.select_related("board", "merged_into__board").filter(public_id=public_id).first()
    writer = writer_of(request, topic) if topic else None
    if topic is None or writer is None:
        raise Http404
    return topic, writer


def own_post(writer: Writer, public_id: str) -> Post:
    return get_object_or_404(Post.objects.filter(writer=writer).select_related("topic"), public_id=public_id)


def first_help(text: str, *, now: datetime) -> list[dict[str, Any]]:
    """Help comes before any judgement of the words (law 7): cards when the text sounds like danger, else none."""
    return help_now(now=now, limit=3) if crisis.level(text) != "none" else []


def shape_of(alias: str) -> int:
    """Which of the shapes stands beside an alias: it tells the same as the alias, and nothing more."""
    return crc32(alias.encode()) % SHAPES + 1
