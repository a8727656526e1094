"""Atom of a board: the newest threads, with what everybody may read in the list and nothing else."""

from datetime import datetime
from typing import Any

from django.contrib.syndication.views import Feed
from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _

from forum.models import Board, Topic

NEWEST = 20


class BoardFeed(Feed):
    feed_type = Atom1Feed
    language = "da"
    title = "Samrum"  # what stands in a feed reader's list tells nothing

    def __call__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        response = super().__call__(request, *args, **kwargs)
        response["X-Robots-Tag"] = "noindex"
        return response

    def get_object(self, request: HttpRequest, slug: str) -> Board:
        return get_object_or_404(Board.objects.shown(), slug=slug)

    def link(self, board: Board) -> str:
        return reverse("forum:board", args=[board.slug])

    def feed_url(self, board: Board) -> str:
        return reverse("forum:feed", args=[board.slug])

    def subtitle(self, board: Board) -> str:
        return board.name

    def items(self, board: Board) -> QuerySet[Topic]:
        return Topic.objects.published().filter(board=board).order_by("-published_at", "-pk")[:NEWEST]

    def item_title(self, item: Topic) -> str:
        if item.warning:
            return _("Thread with a content warning: %(warning)s") % {"warning": item.warning}
        return item.title or "…"

    def item_description(self, item: Topic) -> str:
        return "" if item.warning else item.opening

    def item_link(self, item: Topic) -> str:
        return reverse("forum:topic", args=[item.public_id])

    def item_pubdate(self, item: Topic) -> datetime | None:
        return item.published_at

    def item_updateddate(self, item: Topic) -> datetime | None:
        return item.last_at
