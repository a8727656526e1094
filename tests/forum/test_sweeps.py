"""What the worker does for the forum: mail that tells nothing, and erasing what was left."""

from datetime import timedelta

import pytest
from django.core.mail import EmailMessage

from accounts.models import Membership, User
from chat.services import worker
from forum.models import Post, Topic
from forum.services import posts, private, reading, sweeps
from tests.forum.scene import NOW, answer, later, let_through, make_board, make_reader, published, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader() -> User:
    user = make_reader("Sofie")
    User.objects.filter(pk=user.pk).update(email="sofie@example.org")
    return user


@pytest.fixture
def leader(reader: User) -> User:
    user = User.objects.create_user("karen", email="karen@example.org")
    house = reader.memberships.get().organization
    Membership.objects.create(user=user, organization=house, role=Membership.Role.COORDINATOR)
    return user


def test_somebody_in_danger_is_told_to_counsellors_and_coordinators_once(
    reader: User, leader: User, mailoutbox: list[EmailMessage]
) -> None:
    write(make_board(reader, name="Tunge tanker"), "jeg vil dø i nat")
    assert (sweeps.alarm(now=NOW), sweeps.alarm(now=later(minutes=1))) == (1, 0)
    assert sorted(mailoutbox[0].to) == ["karen@example.org", "sofie@example.org"]
    told = f"{mailoutbox[0].subject} {mailoutbox[0].body}"
    assert not any(word in told for word in ("dø", "Tunge", "Ræv")), "neither the text, the board nor the name"


def test_a_broken_promise_is_told_to_coordinators_alone(
    reader: User, leader: User, mailoutbox: list[EmailMessage]
) -> None:
    sent = write(make_board(reader))
    assert sent.post.due_at is not None
    assert sweeps.alarm(now=sent.post.due_at) == 0
    assert sweeps.alarm(now=sent.post.due_at + timedelta(seconds=1)) == 1
    assert mailoutbox[0].to == ["karen@example.org"]


def test_private_words_are_alarmed_as_posts_are(reader: User, leader: User, mailoutbox: list[EmailMessage]) -> None:
    sent = published(make_board(reader), reader)
    private.write(writer=sent.writer, text="jeg vil dø i nat", now=NOW)
    assert (sweeps.alarm(now=NOW), len(mailoutbox)) == (1, 1)


def test_a_mail_that_did_not_go_is_tried_again(
    reader: User, leader: User, monkeypatch: pytest.MonkeyPatch, mailoutbox: list[EmailMessage]
) -> None:
    write(make_board(reader), "jeg vil dø i nat")

    def broken(*_arguments: object, **_options: object) -> int:
        raise OSError

    with monkeypatch.context() as patch:
        patch.setattr("accounts.staff_mail.send_mail", broken)
        assert sweeps.alarm(now=NOW) == 0
    assert sweeps.alarm(now=NOW) == 1


def test_what_came_back_is_erased_after_a_month_and_an_empty_thread_with_it(reader: User) -> None:
    board = make_board(reader)
    back, kept = write(board).post, published(board, reader, alias="Modig Mus")
    other = answer(kept.post.topic).post
    for post in (back, other):
        reading.refuse(post=post, user=reader, reason="place", now=NOW)
    reading.take_effect(now=later(seconds=10))
    assert sweeps.erase_left(now=later(days=29)) == 0
    assert sweeps.erase_left(now=later(days=30, minutes=1)) == 2
    assert (list(Post.objects.all()), list(Topic.objects.all())) == ([kept.post], [kept.post.topic])


def test_a_private_line_outlives_the_post_that_came_back(reader: User) -> None:
    sent = write(make_board(reader))
    reading.refuse(post=sent.post, user=reader, reason="place", now=NOW)
    reading.take_effect(now=later(seconds=10))
    private.write(writer=sent.writer, text="jeg vil dø i nat", now=later(days=31))
    assert sweeps.erase_left(now=later(days=31)) == 1
    assert [word.text for word in private.line_of(sent.writer)] == ["jeg vil dø i nat"]


def test_what_is_told_as_late_is_told_again_when_it_becomes_urgent(
    reader: User, leader: User, mailoutbox: list[EmailMessage]
) -> None:
    sent = write(make_board(reader))
    sweeps.alarm(now=later(days=2))
    posts.edit(post=sent.post, writer=sent.writer, text="jeg vil dø i nat", now=later(days=2))
    assert sweeps.alarm(now=later(days=2)) == 1
    assert sorted(mailoutbox[-1].to) == ["karen@example.org", "sofie@example.org"]


def test_the_worker_lets_a_decision_take_effect_when_nobody_has_the_desk_open(reader: User) -> None:
    post = write(make_board(reader), now=NOW - timedelta(days=1)).post
    reading.approve(post=post, user=reader, now=NOW - timedelta(days=1))
    worker.sweep()
    assert Post.objects.get(pk=post.pk).state == Post.State.PUBLISHED


def test_the_worker_leaves_what_is_public_alone(reader: User) -> None:
    sent = published(make_board(reader), reader)
    let_through(answer(sent.post.topic).post, reader)
    worker.sweep()
    assert Post.objects.published().count() == 2
