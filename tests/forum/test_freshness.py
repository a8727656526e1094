"""Pages that are kept show what is there now, to nobody else than they are meant for, and cost next to nothing."""

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts.models import User
from forum import freshness
from forum.models import Board
from forum.places import PEN
from forum.services import posts, reading, topics
from forum.services.posts import Sent
from tests.forum.scene import NOW, answer, let_through, make_board, make_reader, published

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Which five minutes it is, so that none end in the middle of a test."""
    now = [7]
    monkeypatch.setattr(freshness, "_five_minutes", lambda: now[0])
    return now


@pytest.fixture
def reader() -> User:
    return make_reader()


@pytest.fixture
def board(reader: User) -> Board:
    return make_board(reader)


@pytest.fixture
def thread(board: Board, reader: User) -> Sent:
    return published(board, reader, "Kaniner er søde\n\nSynes I også det?")


def addresses(thread: Sent) -> list[str]:
    topic = thread.post.topic
    return [
        reverse("forum:list"),
        reverse("forum:board", args=[topic.board.slug]),
        reverse("forum:topic", args=[topic.public_id]),
    ]


@pytest.mark.parametrize("page", range(3), ids=["list", "board", "topic"])
def test_the_second_reader_costs_one_query(thread: Sent, page: int, django_assert_num_queries: object) -> None:
    path = addresses(thread)[page]
    first = Client().get(path)
    with django_assert_num_queries(1):  # type: ignore[operator]
        second = Client().get(path)
    assert (second.content, second.headers["ETag"]) == (first.content, first.headers["ETag"])
    with django_assert_num_queries(1):  # type: ignore[operator]
        again = Client().get(path, headers={"if-none-match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


CHANGES = {
    "hidden": lambda thread, reader: reading.hide(post=thread.post, user=reader, now=NOW),
    "deleted": lambda thread, reader: posts.delete(post=thread.post, writer=thread.writer),
    "changed": lambda thread, reader: posts.edit(post=thread.post, writer=thread.writer, text="Nye ord", now=NOW),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("page", range(3), ids=["list", "board", "topic"])
def test_T30_what_is_gone_is_gone_from_kept_pages_at_once(thread: Sent, reader: User, page: int, change: str) -> None:
    path = addresses(thread)[page]
    kept = Client().get(path)
    assert "Kaniner" in kept.content.decode()
    CHANGES[change](thread, reader)
    now = Client().get(path, headers={"if-none-match": kept.headers["ETag"]})
    assert now.status_code in {200, 404}
    assert "Kaniner" not in now.content.decode()


def test_an_answer_stands_on_a_kept_page_as_soon_as_it_is_let_through(thread: Sent, reader: User) -> None:
    path = addresses(thread)[2]
    Client().get(path)
    waiting = answer(thread.post.topic, "Ja, meget").post
    assert "Ja, meget" not in Client().get(path).content.decode()
    let_through(waiting, reader)
    assert "Ja, meget" in Client().get(path).content.decode()


def test_a_thread_that_moves_or_closes_is_shown_so_at_once(thread: Sent, reader: User, board: Board) -> None:
    other = make_board(reader)
    paths = [reverse("forum:board", args=[each.slug]) for each in (board, other)]
    for path in paths:
        Client().get(path)
    topics.move(topic=thread.post.topic, board=other, user=reader, now=NOW)
    assert ["Kaniner" in Client().get(path).content.decode() for path in paths] == [False, True]


def test_what_only_the_writer_sees_is_kept_for_nobody(thread: Sent, reader: User) -> None:
    waiting = answer(thread.post.topic, "Kun jeg ser det her")
    path = addresses(thread)[2]
    own = Client()
    own.cookies[PEN] = waiting.token
    assert "Kun jeg ser det her" in own.get(path).content.decode()
    assert own.get(path).headers["Cache-Control"] == "no-store"
    assert "Kun jeg ser det her" not in Client().get(path).content.decode()


def test_light_and_dark_and_both_languages_are_kept_apart(thread: Sent) -> None:
    path = addresses(thread)[2]
    plain, dark, english = Client(), Client(), Client()
    dark.cookies["tema"] = "dark"
    english.cookies["django_language"] = "en"
    pages = [client.get(path).content for client in (plain, dark, english)]
    assert len(set(pages)) == 3
    assert [client.get(path).content for client in (plain, dark, english)] == pages


def test_a_page_that_is_not_there_is_not_kept(board: Board) -> None:
    path = reverse("forum:topic", args=["A" * 22])
    assert [Client().get(path).status_code for _again in range(2)] == [404, 404]


def test_without_the_cache_readers_still_get_their_page(thread: Sent, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_arguments: object, **_options: object) -> None:
        raise ConnectionError

    monkeypatch.setattr(cache, "get", gone)
    monkeypatch.setattr(cache, "set", gone)
    assert [Client().get(path).status_code for path in addresses(thread)] == [200, 200, 200]


def kept_pages(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The keys under which pages are kept from now on."""
    keys: set[str] = set()
    keep = freshness._keep
    monkeypatch.setattr(freshness, "_keep", lambda digest, body: (keys.add(digest), keep(digest, body)))
    return keys


@pytest.mark.parametrize("page", range(3), ids=["list", "board", "topic"])
def test_nobody_can_fill_the_cache(thread: Sent, page: int, monkeypatch: pytest.MonkeyPatch) -> None:
    path, keys = addresses(thread)[page], kept_pages(monkeypatch)
    for side in ("", "1", "01", "x", "-1", "1e3", "999999", "9" * 30, *(str(number) for number in range(60, 70))):
        assert Client().get(path, {"side": side}).status_code == 200
    for theme in ("pink", "dark ", "x" * 3000):
        client = Client()
        client.cookies["tema"] = theme
        client.get(path)
    assert len(keys) == 1


def test_a_page_further_back_than_those_that_are_kept_is_made_anew(
    thread: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, keys = addresses(thread)[1], kept_pages(monkeypatch)
    answers = [Client().get(path, {"side": str(number)}) for number in (2, 50, 51)]
    assert (len(keys), ["ETag" in answer.headers for answer in answers]) == (2, [True, True, False])
    assert 'href="?side=1"' in answers[2].content.decode()


def test_after_five_minutes_a_browser_gets_the_page_anew_with_the_faces_and_services_of_now(
    thread: Sent, clock: list[int]
) -> None:
    path = addresses(thread)[2]
    etag = Client().get(path).headers["ETag"]
    assert Client().get(path, headers={"if-none-match": etag}).status_code == 304
    clock[0] += 1
    assert Client().get(path, headers={"if-none-match": etag}).status_code == 200


def test_a_board_that_changes_as_another_goes_is_seen_in_the_list(board: Board, reader: User) -> None:
    Board.objects.filter(pk=board.pk).update(version=4)
    other = make_board(reader, name="Den anden", version=2)
    first = Client().get(reverse("forum:list")).content.decode()
    assert "Den anden" in first
    Board.objects.filter(pk=other.pk).update(name="Den samme", version=3)
    Board.objects.filter(pk=board.pk).update(version=3)  # the same sum, and as many boards
    assert "Den samme" in Client().get(reverse("forum:list")).content.decode()
