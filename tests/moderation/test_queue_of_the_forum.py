"""What waits of the forum on the one desk: nothing is decided about words that the counsellor was not shown."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Profile, User
from forum.desk import PostSource, PrivateLineSource
from forum.models import Board, Post, PrivateWord, Topic
from forum.services import posts, private, reading, threads
from moderation import queue
from moderation.models import Decision
from moderation.refusals import Refused
from tests.forum.scene import Sent, make_board, make_reader, published, write

pytestmark = [pytest.mark.django_db]
NOW = timezone.now()
SCRIPT = {"headers": {"Accept": "application/json"}}


@pytest.fixture
def karla() -> User:
    return make_reader("Karla")


@pytest.fixture
def board(karla: User) -> Board:
    return make_board(karla, name="Venner")


@pytest.fixture
def desk(client: Client, karla: User) -> Client:
    client.force_login(karla)
    return client


@pytest.fixture
def sent(board: Board) -> Sent:
    return write(board, "Jeg er ked af det", now=NOW)


def seen_by(user: User, post: Post) -> str:
    """What the open page of `user` carries."""
    item = PostSource().find(user, post.public_id, now=NOW)
    assert item is not None
    return item.seen


def change(sent: Sent, text: str = "Send alle jeres billeder til mig") -> Post:
    return posts.edit(post=sent.post, writer=sent.writer, text=text, now=NOW)


def state_of(post: Post) -> str:
    return Post.objects.get(pk=post.pk).state


def url_of(post: Post, action: str) -> str:
    return f"/vagt/koe/post/{post.public_id}/{action}/"


# Posts ------------------------------------------------------------------------------------------------------------

DECISIONS = [("approve", {}), ("refuse", {"reason": "unkind"}), ("reply", {"text": "Tak for dit indlæg"})]


@pytest.mark.both_engines
@pytest.mark.parametrize("action, data", DECISIONS)
def test_a_post_that_was_changed_while_the_list_was_open_is_read_again_before_it_is_decided(
    desk: Client, karla: User, sent: Sent, action: str, data: dict[str, str]
) -> None:
    seen = seen_by(karla, sent.post)
    assert f'name="seen" value="{seen}"' in desk.get("/vagt/koe/").content.decode()
    change(sent)
    answered = desk.post(url_of(sent.post, action), {**data, "seen": seen}, **SCRIPT)
    told = answered.json()
    assert (answered.status_code, told["gone"]) == (409, False)
    assert told["said"] == str(reading.CHANGED)
    assert "Send alle jeres billeder til mig" in told["card"]
    assert f'name="seen" value="{seen_by(karla, sent.post)}"' in told["card"]
    assert data.get("text", "") in told["card"]
    assert reading.take_effect(now=NOW + timedelta(minutes=1)) == 0
    assert state_of(sent.post) == "held"
    assert not Post.objects.exclude(counsellor=None).exists()


@pytest.mark.parametrize("action, data", DECISIONS)
def test_a_post_that_is_as_it_was_read_is_decided(
    desk: Client, karla: User, sent: Sent, action: str, data: dict[str, str]
) -> None:
    answered = desk.post(url_of(sent.post, action), {**data, "seen": seen_by(karla, sent.post)}, **SCRIPT)
    assert answered.status_code == 200
    reading.take_effect(now=timezone.now() + reading.UNDO)
    assert state_of(sent.post) == ("refused" if action == "refuse" else "published")


def test_without_javascript_the_page_shows_the_new_words_and_keeps_what_was_typed(
    desk: Client, karla: User, sent: Sent
) -> None:
    seen = seen_by(karla, sent.post)
    change(sent)
    answered = desk.post(url_of(sent.post, "refuse"), {"reason": "place", "words": "Hej med dig", "seen": seen})
    page = answered.content.decode()
    assert answered.status_code == 409
    assert str(reading.CHANGED) in page
    assert "Send alle jeres billeder til mig" in page
    assert "Hej med dig</textarea>" in page
    assert f'name="seen" value="{seen_by(karla, sent.post)}"' in page


def test_nothing_is_decided_from_a_page_that_does_not_say_what_it_showed(desk: Client, sent: Sent) -> None:
    assert desk.post(url_of(sent.post, "approve"), **SCRIPT).status_code == 409
    assert Post.objects.get(pk=sent.post.pk).decision == ""


@pytest.mark.parametrize("field", ["title", "text", "warning"])
def test_every_part_that_others_read_belongs_to_what_was_read(sent: Sent, field: str) -> None:
    before = reading.version_of(sent.post)
    setattr(sent.post, field, "Noget andet")
    assert reading.version_of(sent.post) != before


def test_the_reason_that_stands_ready_is_what_the_guard_found_when_it_was_written(
    board: Board, karla: User, sent: Sent
) -> None:
    named = write(board, "Ring til mig på 31 22 43 54", alias="Stille Ugle", ask=True, now=NOW)
    reasons = {item.key: item.reason for item in PostSource().items(karla, now=NOW)}
    assert reasons == {named.post.public_id: "identifying", sent.post.public_id: "unkind"}


def test_a_text_in_which_the_guard_found_nothing_is_not_searched_again_with_every_page(
    desk: Client, sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr("moderation.templatetags.desk.find_spans")
    assert "Jeg er ked af det" in desk.get("/vagt/koe/").content.decode()


def test_an_open_page_asks_for_names_and_not_for_texts(
    desk: Client, karla: User, sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    private.write(writer=sent.writer, text="Må jeg sige noget?", now=NOW)
    items = queue.waiting(karla, now=NOW)
    assert set(queue.names(karla, now=NOW)) == {(item.source, item.key) for item in items}
    monkeypatch.delattr(PostSource, "_item")
    monkeypatch.delattr(PrivateLineSource, "_item")
    waiting = desk.get("/vagt/koe/nu/").json()["waiting"]
    assert set(waiting) == {f"post/{sent.post.public_id}", f"private/{sent.writer.pk}"}


# Private lines ----------------------------------------------------------------------------------------------------


def line(user: User) -> queue.Item:
    return PrivateLineSource().items(user, now=NOW)[0]


def test_words_that_came_after_the_list_was_opened_are_not_answered_with_the_others(
    desk: Client, karla: User, sent: Sent
) -> None:
    private.write(writer=sent.writer, text="Må jeg fortælle dig noget?", now=NOW)
    seen = line(karla).seen
    newer = private.write(writer=sent.writer, text="jeg vil dø i nat", now=NOW)
    url = f"/vagt/koe/private/{sent.writer.pk}/reply/"
    told = desk.post(url, {"text": "Ja, det må du", "seen": seen}, **SCRIPT).json()
    assert "jeg vil dø i nat" in told["card"]
    assert told["said"] == _("It is sent. They have written again since, and wait for an answer to that.")
    left = PrivateWord.objects.get(counsellor=None, answered_at=None)
    assert (left.pk, left.is_urgent, left.due_at) == (newer.pk, True, newer.due_at)
    assert line(karla).urgency == queue.ACUTE


def test_a_second_answer_to_the_same_words_is_not_sent_when_others_came_meanwhile(
    desk: Client, karla: User, sent: Sent
) -> None:
    first = private.write(writer=sent.writer, text="Må jeg fortælle dig noget?", now=NOW)
    private.write(writer=sent.writer, text="Er du der?", now=NOW)
    private.reply(writer=sent.writer, counsellor=make_reader(), text="Ja", upto=first.pk, now=NOW)
    url = f"/vagt/koe/private/{sent.writer.pk}/reply/"
    told = desk.post(url, {"text": "Ja, det må du", "seen": str(first.pk)}, **SCRIPT).json()
    assert (told["gone"], "Er du der?" in told["card"], "Ja, det må du" in told["card"]) == (False, True, True)
    assert PrivateWord.objects.exclude(counsellor=None).count() == 1


def test_a_line_is_due_when_the_earliest_of_its_words_is_and_as_urgent_as_the_most_urgent(
    karla: User, sent: Sent
) -> None:
    usual = private.write(writer=sent.writer, text="Må jeg fortælle dig noget?", now=NOW)
    urgent = private.write(writer=sent.writer, text="jeg vil dø i nat", now=NOW)
    PrivateWord.objects.filter(pk=usual.pk).update(due_at=NOW + timedelta(hours=4))
    PrivateWord.objects.filter(pk=urgent.pk).update(due_at=NOW + timedelta(hours=1))
    item = line(karla)
    assert (item.urgency, item.due_at, item.since) == (queue.ACUTE, NOW + timedelta(hours=1), usual.at)
    assert [str(tag) for tag in item.tags] == [str(Post.Why.ACUTE.label)]
    PrivateWord.objects.filter(pk=usual.pk).update(due_at=NOW - timedelta(hours=1))
    assert line(karla).due_at == NOW - timedelta(hours=1)


# Who signs --------------------------------------------------------------------------------------------------------


def test_nobody_answers_without_a_name_and_a_face(karla: User, board: Board, sent: Sent) -> None:
    private.write(writer=sent.writer, text="Må jeg fortælle dig noget?", now=NOW)
    topic = published(board, karla, "Noget andet", alias="Rød Elg").post.topic
    Profile.objects.filter(user=karla).update(role_title="", working_name="")
    lines = Decision.objects.count()
    with pytest.raises(Refused, match="forbidden") as refused:
        reading.answer_as_counsellor(topic=sent.post.topic, user=karla, text="Hej", approve=sent.post, now=NOW)
    assert "profil" in str(refused.value.text)
    with pytest.raises(Refused, match="forbidden"):
        reading.answer_as_counsellor(topic=topic, user=karla, text="Hej", now=NOW)
    with pytest.raises(Refused, match="forbidden"):
        private.reply(writer=sent.writer, counsellor=karla, text="Hej", now=NOW)
    assert (state_of(sent.post), Decision.objects.count()) == ("held", lines)
    assert not PrivateWord.objects.exclude(counsellor=None).exists()


# What takes effect ------------------------------------------------------------------------------------------------


def test_a_thread_that_is_deleted_in_this_moment_does_not_hold_up_the_others(
    karla: User, board: Board, sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = write(board, "Noget andet", alias="Stille Ugle", now=NOW)
    for one in (sent, other):
        reading.approve(post=one.post, user=karla, now=NOW)
    lock = threads.lock

    def deletes_first(topic: Topic | int) -> Topic:
        Topic.objects.filter(pk=sent.post.topic_id).delete()
        return lock(topic)

    monkeypatch.setattr(threads, "lock", deletes_first)
    assert reading.take_effect(now=NOW + reading.UNDO) == 1
    assert state_of(other.post) == "published"
