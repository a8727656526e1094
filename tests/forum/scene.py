"""A board, who reads it, and young people who write on it."""

import itertools
from datetime import UTC, datetime, time, timedelta
from typing import Any

from accounts.models import Organization, User
from forum.models import Board, Post, Topic, Writer
from forum.services import posts, reading
from forum.services.posts import Sent
from tests.chat.people import make_counsellor

NOW = datetime(2026, 11, 23, 14, 2, tzinfo=UTC)  # a Monday, 15.02 in Denmark
ALIASES = (
    "Blå Ræv",
    "Stille Ugle",
    "Grøn Sommerfugl",
    "Rolig Bjørn",
    "Modig Mus",
    "Lille Måge",
    "Rød Elg",
    "Sej Krage",
)
_numbers = itertools.count(1)


def make_board(*readers: User, name: str = "", **fields: Any) -> Board:
    """A board that the organisation of `readers` reads from nine to nine."""
    board = Board.objects.create(
        name=name or f"Venner {next(_numbers)}",
        **{"reading_from": time(9), "reading_until": time(21), "promised_hours": 4, **fields},
    )
    board.organizations.set(Organization.objects.filter(memberships__user__in=readers))
    return board


def make_reader(name: str = "") -> User:
    return make_counsellor(name)


def write(board: Board, text: str = "Jeg føler mig alene i min klasse", *, alias: str = "", **fields: Any) -> Sent:
    values = {"now": NOW, **fields}
    return posts.start_topic(board=board, alias=alias or ALIASES[0], text=text, **values)


def answer(topic: Topic, text: str = "Sådan har jeg det også", *, alias: str = "Stille Ugle", **fields: Any) -> Sent:
    return posts.answer(topic=topic, alias=alias, text=text, **{"now": NOW, **fields})


def let_through(post: Post, reader: User, *, now: datetime = NOW) -> Post:
    """Approved, and the ten seconds are over."""
    reading.approve(post=post, user=reader, now=now)
    reading.take_effect(now=now + reading.UNDO)
    return Post.objects.select_related("topic__board", "writer").get(pk=post.pk)


def published(board: Board, reader: User, text: str = "Jeg føler mig alene i min klasse", **fields: Any) -> Sent:
    """A thread that everybody can read."""
    sent = write(board, text, **fields)
    let_through(sent.post, reader)
    sent.post.refresh_from_db()
    sent.post.topic.refresh_from_db()
    return sent


def make_profile(name: str = "") -> User:
    """A young person's profile."""
    return User.objects.create_user(username=name or f"ung{next(_numbers)}", is_young=True)


def trust(user: User, board: Board, reader: User) -> None:
    """A few good posts."""
    for number in range(3):
        let_through(write(board, f"Et godt indlæg {number}", user=user).post, reader)


def writer_of(sent: Sent) -> Writer:
    return Writer.objects.get(pk=sent.writer.pk)


def later(**span: float) -> datetime:
    return NOW + timedelta(**span)
