"""Two who act on one thread at the same time: it ends in a state that one of the two orders alone could have."""

from functools import partial

import pytest
from django.utils import timezone

from accounts.models import User
from forum.models import Board, Post, Topic
from forum.services import posts, reading, topics
from forum.services.posts import Sent
from moderation.models import Decision
from referrals import search
from tests.forum.scene import NOW, answer, later, let_through, make_board, make_reader, published, write
from tests.forum.test_letter_races import at_once

pytestmark = [pytest.mark.both_engines, pytest.mark.django_db(transaction=True)]
ROUNDS = 5
AFTERWARDS = later(minutes=5)


@pytest.fixture
def reader() -> User:
    return make_reader("Sofie")


@pytest.fixture
def other(reader: User) -> User:
    return make_reader("Mads")


@pytest.fixture
def board(reader: User, other: User) -> Board:
    return make_board(reader, other)


def new(board: Board, text: str = "Kaniner er søde") -> Sent:
    return write(board, text)


def state(sent: Sent) -> str:
    return str(Post.objects.get(pk=sent.post.pk).state)


def test_one_of_two_decisions_holds_and_one_line_is_written(board: Board, reader: User, other: User) -> None:
    for _round in range(ROUNDS):
        sent = new(board)
        done = at_once(
            partial(reading.approve, post=sent.post, user=reader, now=NOW),
            partial(reading.refuse, post=sent.post, user=other, reason="unkind", now=NOW),
        )
        assert sorted(done) == ["done", "unknown"]
        reading.take_effect(now=AFTERWARDS)
        assert state(sent) == ("published" if done[0] == "done" else "refused")
        assert Decision.objects.filter(target=sent.post.public_id).count() == 1


def test_words_that_nobody_has_read_are_never_public(board: Board, reader: User) -> None:
    """Law 7: the writer changes the text while a counsellor lets the old one through."""
    for _round in range(ROUNDS):
        sent = new(board)
        at_once(
            partial(reading.approve, post=sent.post, user=reader, now=NOW),
            partial(posts.edit, post=sent.post, writer=sent.writer, text="Noget andet", now=NOW),
        )
        before = Post.objects.get(pk=sent.post.pk)
        assert (before.text, before.decision) in {("Noget andet", ""), ("Noget andet", "approve")}
        reading.take_effect(now=AFTERWARDS)
        if before.decision:  # the counsellor was last, and read the new words
            assert state(sent) == "published"
        else:
            assert state(sent) == "held"


def test_an_undo_is_in_time_or_too_late_and_nothing_between(board: Board, reader: User) -> None:
    for _round in range(ROUNDS):
        sent = new(board)
        reading.approve(post=sent.post, user=reader, now=NOW)
        undone, _settled = at_once(
            partial(reading.undo, post=sent.post, user=reader), partial(reading.take_effect, now=AFTERWARDS)
        )
        assert (undone, state(sent)) in {("done", "held"), ("unknown", "published")}


def test_a_decision_takes_effect_once_however_many_ask_for_it(board: Board, reader: User) -> None:
    for _round in range(ROUNDS):
        sent = new(board)
        reading.approve(post=sent.post, user=reader, now=NOW)
        at_once(*[partial(reading.take_effect, now=AFTERWARDS)] * 3)
        assert (state(sent), Decision.objects.filter(target=sent.post.public_id).count()) == ("published", 1)


def test_two_answers_let_through_at_once_stand_in_two_places(board: Board, reader: User, other: User) -> None:
    thread = published(board, reader)
    for _round in range(ROUNDS):
        pair = [answer(thread.post.topic, alias=posts.suggest_alias(thread.post.topic)).post for _each in range(2)]
        for post, user in zip(pair, (reader, other), strict=True):
            reading.approve(post=post, user=user, now=NOW)
        at_once(*[partial(reading.take_effect, now=AFTERWARDS)] * 2)
    places = list(thread.post.topic.posts.published().order_by("position").values_list("position", flat=True))
    assert places == list(range(1, 2 * ROUNDS + 2))


def test_T34_a_deleted_text_is_found_nowhere_whoever_lets_it_through_meanwhile(board: Board, reader: User) -> None:
    for _round in range(ROUNDS):
        sent = new(board)
        reading.approve(post=sent.post, user=reader, now=NOW)
        at_once(partial(posts.delete, post=sent.post, writer=sent.writer), partial(reading.take_effect, now=AFTERWARDS))
        assert (Topic.objects.filter(pk=sent.post.topic_id).count(), search.find("kaniner")) == (0, [])


def test_an_answer_and_the_end_of_its_thread_leave_no_answer_without_a_thread(board: Board, reader: User) -> None:
    for _round in range(ROUNDS):
        sent = published(board, reader)
        deleted, answered = at_once(
            partial(posts.delete, post=sent.post, writer=sent.writer), partial(answer, sent.post.topic)
        )
        left = Topic.objects.filter(pk=sent.post.topic_id).first()
        assert deleted == "done"
        assert (left is not None) == (answered == "done")


def test_two_threads_put_into_each_other_end_as_one(board: Board, reader: User, other: User) -> None:
    for _round in range(ROUNDS):
        one, two = published(board, reader, "Den ene"), published(board, reader, "Den anden")
        done = at_once(
            partial(topics.merge, topic=one.post.topic, into=two.post.topic, user=reader, now=NOW),
            partial(topics.merge, topic=two.post.topic, into=one.post.topic, user=other, now=NOW),
        )
        assert sorted(done) == ["bad_command", "done"]
        public = Topic.objects.published().filter(pk__in=[one.post.topic_id, two.post.topic_id])
        assert [topic.posts.published().count() for topic in public] == [2]


def test_an_answer_is_in_the_thread_that_took_the_old_one_in_or_refused(board: Board, reader: User) -> None:
    for _round in range(ROUNDS):
        one, two = published(board, reader, "Den ene"), published(board, reader, "Den anden")
        _merged, answered = at_once(
            partial(topics.merge, topic=one.post.topic, into=two.post.topic, user=reader, now=NOW),
            partial(answer, one.post.topic, "Hvor er jeg", alias="Modig Mus"),
        )
        lost = Post.objects.filter(topic=one.post.topic)
        assert (answered, lost.count()) in {("done", 0), ("unknown", 0)}


def test_a_nod_to_a_post_that_goes_away_harms_nothing(board: Board, reader: User) -> None:
    for _round in range(ROUNDS):
        sent = published(board, reader)
        nodded, hidden = at_once(
            partial(posts.nod, post=sent.post, kind="me_too"),
            partial(reading.hide, post=sent.post, user=reader, now=timezone.now()),
        )
        assert (hidden, nodded in {"done", "unknown"}) == ("done", True)
        let_through_again = reading.restore(post=sent.post, user=reader, now=NOW)
        assert let_through_again.position == 1


def test_let_through_by_one_while_another_holds_it_is_public_once(board: Board, reader: User, other: User) -> None:
    for _round in range(ROUNDS):
        sent = new(board)
        at_once(
            partial(let_through, sent.post, reader), partial(reading.set_aside, post=sent.post, user=other, now=NOW)
        )
        assert state(sent) == "published"
