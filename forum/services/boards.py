"""Boards: what they are about, who reads them, and by when."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import Organization, User
from forum.models import Board, Topic
from forum.permissions import can_keep
from forum.services import threads
from forum.services.letterboxes import organizations_of
from moderation.refusals import Code, Refused
from referrals import search

FIELDS = (
    "name",
    "name_en",
    "about",
    "about_en",
    "municipality_code",
    "need",
    "reading_from",
    "reading_until",
    "promised_hours",
    "reads_everyone_first",
    "is_open",
    "position",
)


@transaction.atomic
def open_board(*, user: User, words: Mapping[str, Any], organizations: Collection[Organization]) -> Board:
    """A new board of organisations that `user` coordinates. Raises Refused "forbidden" or "bad_command"."""
    own = _chosen(user, organizations)
    board = Board.objects.create(**{name: words[name] for name in FIELDS})
    board.organizations.set(own)
    return board


@transaction.atomic
def change_board(
    *, board: Board, user: User, words: Mapping[str, Any], organizations: Collection[Organization]
) -> Board:
    """Change it. Of the organisations only `user`'s own come and go; the others stay. What is not shown any more is not
    found, either. Raises as `open_board`.
    """
    board = Board.objects.select_for_update().get(pk=board.pk)
    if not can_keep(user, board):
        raise Refused(Code.FORBIDDEN)
    others = set(board.organizations.exclude(pk__in=organizations_of(user)))
    own = _chosen(user, organizations, alone=not others)
    before = (board.is_open, board.name)
    for name in FIELDS:
        setattr(board, name, words[name])
    board.save()
    board.organizations.set(others | own)
    threads.changed(board)
    if (board.is_open, board.name) != before:
        _index_anew(board)
    return board


def kept_by(user: User) -> QuerySet[Board]:
    """Those that `user` looks after."""
    return Board.objects.filter(organizations__in=organizations_of(user)).distinct().order_by("position", "name", "pk")


def _index_anew(board: Board) -> None:
    for topic in Topic.objects.filter(board=board):
        search.drop_group(threads.KIND, topic.public_id)
        if board.is_open:
            topic.board = board
            for post in topic.posts.published():
                threads.index(post, topic)


def _chosen(user: User, organizations: Collection[Organization], *, alone: bool = True) -> set[Organization]:
    if not set(organizations) <= set(organizations_of(user)):
        raise Refused(Code.FORBIDDEN)
    if alone and not organizations:
        raise Refused(Code.BAD_COMMAND, _("Choose at least one organisation. Somebody has to read it."))
    return set(organizations)
