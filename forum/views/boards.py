"""The boards, and the topics of one board. Read by everybody; nothing here knows who reads."""

from dataclasses import dataclass

from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from forum.models import Board, Topic
from forum.models.posts import TOPICS_A_PAGE
from forum.promises import due_at
from forum.views.shared import open_board, unlisted


@dataclass(frozen=True, slots=True)
class Group:
    """The boards of one place; the whole country has no name of a municipality."""

    municipality: str
    boards: list[Board]


@unlisted
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """All boards, the whole country's first, each with the headline that was written under last."""
    newest = readable().filter(board=OuterRef("pk")).values("pk")[:1]
    boards = list(Board.objects.shown().annotate(newest_id=Subquery(newest)))
    topics = Topic.objects.in_bulk([board.newest_id for board in boards if board.newest_id])
    for board in boards:
        board.newest = topics.get(board.newest_id)  # type: ignore[attr-defined]
    places = sorted({board.municipality for board in boards})  # "" comes first: the whole country
    groups = [Group(place, [board for board in boards if board.municipality == place]) for place in places]
    return render(request, "forum/boards.html", {"groups": groups})


@unlisted
@require_safe
def board(request: HttpRequest, slug: str) -> HttpResponse:
    """Headlines that catch, those that were written under last first."""
    shown = open_board(slug)
    number = page_number(request)
    start = (number - 1) * TOPICS_A_PAGE
    topics = list(readable().filter(board=shown)[start : start + TOPICS_A_PAGE + 1])
    context = {
        "board": shown,
        "topics": topics[:TOPICS_A_PAGE],
        "has_more": len(topics) > TOPICS_A_PAGE,
        "number": number,
        "due_at": due_at(shown, now=timezone.now()),
        "topic_base": topic_base(),
    }
    return render(request, "forum/board.html", context)


def readable() -> QuerySet[Topic]:
    """Published, and not moved into another one."""
    return Topic.objects.published().filter(merged_into__isnull=True)


def topic_base() -> str:
    """What the address of every topic begins with: worked out once a page instead of once a row."""
    return reverse("forum:topic", args=["x"]).removesuffix("x/")


def page_number(request: HttpRequest) -> int:
    typed = request.GET.get("side", "")
    return int(typed) if typed.isascii() and typed.isdigit() and 0 < int(typed[:9]) < 10**6 and len(typed) < 9 else 1
