"""What counsellors do with posts and threads, and in what order it takes effect."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.utils import timezone

from accounts.models import Membership, Organization, User
from forum.models import Board, Post, PrivateWord, Topic
from forum.places import Writer
from forum.promises import due_at
from forum.services import posts, private, reading, topics
from moderation.models import Decision
from moderation.refusals import Refused
from referrals import search
from tests.forum.scene import NOW, answer, later, let_through, make_board, make_reader, published, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader() -> User:
    return make_reader()


@pytest.fixture
def board(reader: User) -> Board:
    return make_board(reader)


def stranger() -> User:
    """A counsellor of another house."""
    user = make_reader()
    Membership.objects.filter(user=user).delete()
    house = Organization.objects.create(name="Anden kommune", slug="anden", kind="association")
    Membership.objects.create(user=user, organization=house, role=Membership.Role.COUNSELLOR)
    return user


def refused(call: object, **arguments: object) -> str:
    with pytest.raises(Refused) as caught:
        call(**arguments)  # type: ignore[operator]
    return str(caught.value.code)


def state(post: Post) -> str:
    return str(Post.objects.get(pk=post.pk).state)


# Decisions ----------------------------------------------------------------------------------------------------------


def test_a_decision_takes_effect_after_ten_seconds_and_not_before(reader: User, board: Board) -> None:
    post = write(board).post
    reading.approve(post=post, user=reader, now=NOW)
    assert (reading.take_effect(now=later(seconds=9)), state(post)) == (0, "held")
    assert (reading.take_effect(now=later(seconds=10)), state(post)) == (1, "published")
    assert reading.take_effect(now=later(seconds=11)) == 0


@pytest.mark.parametrize("verb", ["approve", "refuse"])
def test_a_decision_can_be_taken_back_and_then_nothing_happened(reader: User, board: Board, verb: str) -> None:
    post = write(board).post
    if verb == "approve":
        reading.approve(post=post, user=reader, now=NOW)
    else:
        reading.refuse(post=post, user=reader, reason="unkind", words="Skriv det mildere", now=NOW)
    reading.undo(post=post, user=reader)
    assert (reading.take_effect(now=later(minutes=1)), state(post)) == (0, "held")
    fresh = Post.objects.get(pk=post.pk)
    assert (fresh.reason, fresh.words, Decision.objects.count()) == ("", "", 0)


def test_only_the_one_who_decided_takes_it_back_and_not_too_late(reader: User, board: Board) -> None:
    post = write(board).post
    reading.approve(post=post, user=reader, now=NOW)
    assert refused(reading.undo, post=post, user=make_reader()) == "unknown"
    reading.take_effect(now=later(seconds=10))
    assert refused(reading.undo, post=post, user=reader) == "unknown"


def test_two_counsellors_cannot_decide_the_same_post(reader: User, board: Board) -> None:
    post = write(board).post
    reading.approve(post=post, user=reader, now=NOW)
    assert refused(reading.refuse, post=post, user=make_reader(), reason="unkind", now=NOW) == "unknown"


def test_a_post_goes_back_with_a_reason_and_can_be_sent_again(reader: User, board: Board) -> None:
    sent = write(board)
    reading.refuse(post=sent.post, user=reader, reason="unkind", words="Skriv hvad du føler", now=NOW)
    reading.take_effect(now=later(seconds=10))
    back = Post.objects.get(pk=sent.post.pk)
    assert (back.state, back.reason, back.words) == ("refused", "unkind", "Skriv hvad du føler")
    again = posts.edit(post=back, writer=sent.writer, text="Jeg blev ked af det", now=later(hours=1))
    assert (again.state, again.reason, again.words, again.edited_at) == ("held", "", "", None)


def test_a_reason_must_be_one_that_can_be_explained(reader: User, board: Board) -> None:
    assert refused(reading.refuse, post=write(board).post, user=reader, reason="boring", now=NOW) == "bad_command"


def test_counsellors_of_other_houses_do_nothing_with_it(board: Board, reader: User) -> None:
    other, sent = stranger(), published(board, reader)
    held = answer(sent.post.topic).post
    calls = [
        (reading.approve, {"post": held}),
        (reading.refuse, {"post": held, "reason": "unkind"}),
        (reading.set_aside, {"post": held}),
        (reading.hide, {"post": sent.post}),
        (reading.answer_as_counsellor, {"topic": sent.post.topic, "text": "Hej"}),
        (topics.close, {"topic": sent.post.topic}),
        (topics.move, {"topic": sent.post.topic, "board": board}),
    ]
    assert [refused(call, user=other, now=NOW, **rest) for call, rest in calls] == ["forbidden"] * len(calls)
    assert refused(private.reply, writer=sent.writer, counsellor=other, text="Hej", now=NOW) == "forbidden"


def test_an_answer_of_a_counsellor_lets_the_question_through_before_it(reader: User, board: Board) -> None:
    sent = write(board)
    reply = reading.answer_as_counsellor(
        topic=sent.post.topic,
        user=reader,
        text="Tak fordi du skriver. **Du er ikke alene.**",
        approve=sent.post,
        now=NOW,
    )
    topic = Topic.objects.get(pk=sent.post.topic_id)
    assert [post.pk for post in topic.posts.on_page(1)] == [sent.post.pk, reply.pk]
    assert (topic.is_answered, topic.is_answered_by_counsellor) == (True, True)
    assert "<strong>Du er ikke alene.</strong>" in reply.html


def test_nobody_answers_above_a_post_that_nobody_can_read(reader: User, board: Board) -> None:
    topic = write(board).post.topic
    assert refused(reading.answer_as_counsellor, topic=topic, user=reader, text="Hej", now=NOW) == "unknown"


def test_a_post_that_is_taken_away_is_gone_everywhere_and_comes_back_to_its_place(reader: User, board: Board) -> None:
    sent = published(board, reader, "Kaniner er søde")
    other = let_through(answer(sent.post.topic).post, reader)
    reading.hide(post=sent.post, user=reader, now=NOW)
    topic = Topic.objects.get(pk=sent.post.topic_id)
    assert ([post.pk for post in topic.posts.on_page(1)], topic.title, search.find("kaniner")) == ([other.pk], "", [])
    reading.restore(post=sent.post, user=reader, now=NOW)
    assert [post.pk for post in topic.posts.on_page(1)] == [sent.post.pk, other.pk]
    assert [hit.title for hit in search.find("kaniner")] == ["Kaniner er søde"]


# The log ------------------------------------------------------------------------------------------------------------


def test_the_log_tells_who_decided_what_and_whether_the_promise_was_kept(reader: User, board: Board) -> None:
    kept, late = write(board, "Første"), write(board, "Anden", alias="Stille Ugle")
    reading.approve(post=kept.post, user=reader, now=later(hours=1))
    reading.refuse(post=late.post, user=reader, reason="place", now=later(hours=30))
    reading.take_effect(now=later(hours=31))
    lines = {line.target: line for line in Decision.objects.all()}
    told = [(lines[sent.post.public_id].action, lines[sent.post.public_id].was_late) for sent in (kept, late)]
    assert told == [("approve", False), ("refuse", True)]
    assert lines[kept.post.public_id].waited == 3600 + 2 * 60


def test_no_line_of_the_log_holds_a_word_of_anybody(reader: User, board: Board) -> None:
    sent = published(board, reader, "Kaniner er søde", alias="Sej Krage")
    reading.hide(post=sent.post, user=reader, now=NOW)
    assert not any(word in str(list(Decision.objects.values())) for word in ("aniner", "Krage", "søde"))


# Threads ------------------------------------------------------------------------------------------------------------


def test_a_moved_thread_keeps_its_address_and_is_on_the_other_board_alone(reader: User, board: Board) -> None:
    other, sent = make_board(reader), published(board, reader)
    topics.move(topic=sent.post.topic, board=other, user=reader, now=NOW)
    lists = [list(Topic.objects.published().filter(board=each)) for each in (board, other)]
    assert lists == [[], [sent.post.topic]]


def test_what_was_written_in_private_never_comes_into_other_hands(reader: User, board: Board) -> None:
    sent, other = published(board, reader), make_reader()
    private.write(writer=sent.writer, text="Jeg hedder Anna og bor på Egevej 4", now=NOW)
    house = Organization.objects.create(name="Anden kommune", slug="anden", kind="association")
    for user in (reader, other):
        Membership.objects.create(user=user, organization=house, role=Membership.Role.COUNSELLOR)
    theirs = make_board()
    theirs.organizations.set([house])
    assert refused(topics.move, topic=sent.post.topic, board=theirs, user=reader, now=NOW) == "bad_command"
    into = published(theirs, reader)
    assert refused(topics.merge, topic=sent.post.topic, into=into.post.topic, user=reader, now=NOW) == "bad_command"


def test_nothing_of_a_closed_board_is_found_whatever_is_let_through_on_it(reader: User, board: Board) -> None:
    waiting = write(board, "Kaniner er søde").post
    Board.objects.filter(pk=board.pk).update(is_open=False)
    let_through(waiting, reader)
    search.rebuild()
    assert search.find("kaniner") == []


def test_merged_threads_keep_every_post_and_every_writer(reader: User, board: Board) -> None:
    into, away = published(board, reader, "Den ene"), published(board, reader, "Den anden")
    held = answer(away.post.topic, "Venter endnu")
    topics.merge(topic=away.post.topic, into=into.post.topic, user=reader, now=NOW)
    topic = Topic.objects.get(pk=into.post.topic_id)
    assert [post.text for post in topic.posts.on_page(1)] == ["Den ene", "Den anden"]
    assert sorted(topic.writers.values_list("alias", flat=True)) == ["Blå Ræv", "Blå Ræv 2", "Stille Ugle"]
    left = Topic.objects.get(pk=away.post.topic_id)
    assert (left.published_at, left.merged_into, left.posts.count()) == (None, topic, 0)
    assert Writer.objects.by_token(topic, away.token) is not None, "the old cookie still belongs to its writer"
    let_through(Post.objects.get(pk=held.post.pk), reader)
    assert topic.posts.published().count() == 3


def test_a_thread_is_never_put_into_itself(reader: User, board: Board) -> None:
    topic = published(board, reader).post.topic
    assert refused(topics.merge, topic=topic, into=topic, user=reader, now=NOW) == "bad_command"


# The private line ---------------------------------------------------------------------------------------------------


def test_on_the_private_line_one_may_say_who_one_is(reader: User, board: Board) -> None:
    sent = write(board)
    word = private.write(writer=sent.writer, text="Jeg hedder Ida Hansen, mit nummer er 21 43 65 87", now=NOW)
    assert (word.text[:15], word.is_urgent) == ("Jeg hedder Ida ", False)


def test_a_reply_on_the_private_line_ends_the_waiting_and_is_logged_without_a_word(reader: User, board: Board) -> None:
    sent = write(board)
    private.write(writer=sent.writer, text="jeg vil dø i nat", now=NOW)
    private.reply(writer=sent.writer, counsellor=reader, text="Er du i sikkerhed nu?", now=later(minutes=20))
    assert [word.text for word in private.line_of(sent.writer)] == ["jeg vil dø i nat", "Er du i sikkerhed nu?"]
    assert not PrivateWord.objects.filter(counsellor=None, answered_at=None).exists()
    assert Decision.objects.get().waited == 22 * 60


# Promises -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "written,promised",
    [
        ("2026-11-23 15:02", "2026-11-23 20:00"),  # four hours on, to a full hour
        ("2026-11-23 17:00", "2026-11-23 21:00"),
        ("2026-11-23 20:00", "2026-11-24 12:00"),  # one hour tonight, three tomorrow
        ("2026-11-23 23:30", "2026-11-24 13:00"),
        ("2026-11-24 03:00", "2026-11-24 13:00"),
        ("2026-10-24 20:00", "2026-10-25 12:00"),  # the night in which the clocks go back
        ("2027-03-27 20:00", "2027-03-28 12:00"),  # and forward
    ],
)
def test_only_hours_in_which_somebody_reads_are_promised(written: str, promised: str) -> None:
    board = Board(reading_from=time(9), reading_until=time(21), promised_hours=4)
    moment = timezone.make_aware(datetime.fromisoformat(written))
    assert timezone.localtime(due_at(board, now=moment)).strftime("%Y-%m-%d %H:%M") == promised


def test_a_promise_is_never_before_it_was_given() -> None:
    board = Board(reading_from=time(16), reading_until=time(17), promised_hours=3)
    start = datetime(2026, 11, 23, tzinfo=UTC)
    for hour in range(72):
        moment = start + timedelta(hours=hour, minutes=13)
        assert timedelta(0) < due_at(board, now=moment) - moment <= timedelta(days=4)
