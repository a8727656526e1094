"""Boards: what they are about, who reads them, and by when."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db import transaction

from accounts.models import Organization, User
from forum.models import Board, Topic
from forum.services import places, threads
from referrals import search


@transaction.atomic
def change_board(
    board: Board, *, user: User, words: Mapping[str, Any], organizations: Collection[Organization]
) -> Board:
    """Change it as `places.change_place`. What is not shown any more is not found, either."""
    before = Board.objects.filter(pk=board.pk).values_list("is_open", "name").first()
    board = places.change_place(board, user=user, words=words, organizations=organizations)
    threads.changed(board)
    if (board.is_open, board.name) != before:
        _index_anew(board)
    return board


def _index_anew(board: Board) -> None:
    for topic in Topic.objects.filter(board=board):
        search.drop_group(threads.KIND, topic.public_id)
        if board.is_open:
            topic.board = board
            for post in topic.posts.published():
                threads.index(post, topic)
