"""The counsellors' side of the forum: whole threads with what waits in them, and the boards of coordinators."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Membership, Organization, User
from forum.models import Board, Post, PrivateWord, Topic
from forum.services import posts, private, reading
from moderation.models import Decision
from referrals import search
from tests.forum.scene import answer, let_through, make_board, make_profile, make_reader, published, write

pytestmark = [pytest.mark.django_db]


@pytest.fixture
def karla() -> User:
    return make_reader("Karla")


@pytest.fixture
def board(karla: User) -> Board:
    return make_board(karla, name="Venner")


@pytest.fixture
def topic(board: Board, karla: User) -> Topic:
    return Topic.objects.get(pk=published(board, karla).post.topic_id)


@pytest.fixture
def desk(client: Client, karla: User) -> Client:
    client.force_login(karla)
    return client


def address(topic: Topic) -> str:
    return f"/vagt/forum/{topic.public_id}/"


def page(desk: Client, topic: Topic) -> str:
    return desk.get(address(topic)).content.decode()


def do(desk: Client, topic: Topic, **data: object) -> str:
    """A step, and the page that follows it."""
    return desk.post(address(topic), data, follow=True).content.decode()


# Who may ----------------------------------------------------------------------------------------------------------


def member(role: str, house: Organization) -> User:
    user = User.objects.create_user(f"{role}-{house.slug}")
    Membership.objects.create(user=user, organization=house, role=role)
    return user


PEOPLE = {  # the thread, the list of boards, a new board, the board
    "counsellor": (200, 403, 403, 403),
    "coordinator": (200, 200, 200, 200),
    "editor": (403, 403, 403, 403),
    "counsellor of another house": (404, 403, 403, 403),
    "coordinator of another house": (404, 200, 200, 404),
    "administrator": (403, 403, 403, 403),
    "young person with a profile": (403, 403, 403, 403),
    "anybody": (302, 302, 302, 302),
}


@pytest.mark.parametrize("who", PEOPLE)
def test_threads_are_for_those_who_read_the_board_and_boards_for_those_who_look_after_them(
    client: Client, board: Board, topic: Topic, who: str
) -> None:
    role, _space, elsewhere = who.partition(" of another house")
    house = board.organizations.get()
    if elsewhere or who.endswith("of another house"):
        house = Organization.objects.create(name="Andet sted", slug="andet", kind="association")
    if role in {"counsellor", "coordinator", "editor"}:
        client.force_login(member(role, house))
    elif who == "administrator":
        client.force_login(User.objects.create_superuser("drift"))
    elif who.startswith("young"):
        client.force_login(make_profile())
    addresses = [address(topic), "/vagt/tavler/", "/vagt/tavler/ny/", f"/vagt/tavler/{board.pk}/"]
    assert tuple(client.get(url).status_code for url in addresses) == PEOPLE[who]
    before = list(Topic.objects.values_list("closed_at", flat=True)), Board.objects.count()
    steps = {client.post(url, {"do": "close"}).status_code for url in (addresses[0], addresses[2], addresses[3])}
    if 200 not in PEOPLE[who]:
        assert steps <= set(PEOPLE[who])
    if PEOPLE[who][0] != 200:
        assert (list(Topic.objects.values_list("closed_at", flat=True)), Board.objects.count()) == before


def test_a_thread_that_there_is_not_is_not_found(desk: Client) -> None:
    assert desk.get("/vagt/forum/findes-ikke/").status_code == 404


# The thread -------------------------------------------------------------------------------------------------------


def test_a_counsellor_sees_what_waits_what_came_back_and_what_was_taken_away(
    desk: Client, topic: Topic, karla: User
) -> None:
    answer(topic, "Det venter endnu")
    hidden = answer(topic, "Det var ondt sagt", alias="Rød Elg").post
    let_through(hidden, karla)
    reading.hide(post=hidden, user=karla, now=timezone.now())
    back = answer(topic, "Mit nummer er hemmeligt", alias="Sej Krage").post
    reading.refuse(post=back, user=karla, reason="other", words="Skriv det igen", now=timezone.now())
    reading.take_effect(now=timezone.now() + timedelta(minutes=1))
    shown = page(desk, topic)
    for words in ("Det venter endnu", "Det var ondt sagt", "Mit nummer er hemmeligt", "Skriv det igen"):
        assert words in shown
    for state in ("venter på at blive læst", "fjernet", "sendt tilbage"):
        assert state in shown


def test_a_thread_that_nobody_has_read_yet_shows_its_headline_to_counsellors(desk: Client, board: Board) -> None:
    sent = write(board, "Ingen spørger mig\nHvordan kommer man med?")
    shown = page(desk, sent.post.topic)
    assert "Ingen spørger mig</span></h1>" in shown
    assert "Ingen ser den endnu" in shown


def test_a_counsellor_answers_under_their_own_name_and_quotes(desk: Client, topic: Topic, karla: User) -> None:
    first = topic.posts.get()
    assert "Jeg føler mig alene" in desk.get(f"{address(topic)}?til={first.public_id}").content.decode()
    shown = do(desk, topic, do="answer", text="Du er **ikke** alene.", til=first.public_id)
    assert "Dit svar står i tråden." in shown
    post = topic.posts.get(counsellor=karla)
    assert (post.state, post.quote, post.html) == ("published", first, "<p>Du er <strong>ikke</strong> alene.</p>\n")


def test_a_coordinator_without_a_card_is_led_to_it_before_they_answer(
    client: Client, board: Board, topic: Topic
) -> None:
    client.force_login(member("coordinator", board.organizations.get()))
    assert 'href="/konto/profil/"' in page(client, topic)
    assert client.post(address(topic), {"do": "answer", "text": "Hej"}).status_code == 422
    assert client.get("/konto/profil/").status_code == 200


def test_an_answer_that_cannot_be_sent_stands_in_the_form_yet(desk: Client, topic: Topic) -> None:
    answered = desk.post(address(topic), {"do": "answer", "text": "x" * 10_001})
    assert answered.status_code == 422
    assert "x" * 10_001 in answered.content.decode()
    assert topic.posts.count() == 1


def test_a_post_is_taken_away_and_put_back(desk: Client, topic: Topic) -> None:
    post = topic.posts.get()
    assert "Det er fjernet." in do(desk, topic, do="hide", post=post.public_id)
    assert Post.objects.get(pk=post.pk).state == "hidden"
    assert "Det står i tråden igen." in do(desk, topic, do="restore", post=post.public_id)
    assert Post.objects.get(pk=post.pk).state == "published"
    assert list(Decision.objects.order_by("pk").values_list("action", flat=True))[-2:] == ["hide", "restore"]


def test_a_post_of_another_thread_is_not_reached_through_this_one(desk: Client, topic: Topic) -> None:
    elsewhere = write(make_board(User.objects.create_user("fremmed")), "Et andet sted").post
    assert desk.post(address(topic), {"do": "hide", "post": elsewhere.public_id}).status_code == 404
    assert desk.post(address(topic), {"do": "private", "writer": elsewhere.writer_id, "text": "Hej"}).status_code == 404
    assert not PrivateWord.objects.exists()


def test_a_thread_is_closed_and_opened_again(desk: Client, topic: Topic) -> None:
    do(desk, topic, do="close")
    assert Topic.objects.get(pk=topic.pk).closed_at is not None
    assert 'value="answer"' not in page(desk, topic)
    do(desk, topic, do="reopen")
    assert Topic.objects.get(pk=topic.pk).closed_at is None


def test_a_thread_moves_to_another_board_of_ones_own(desk: Client, topic: Topic, karla: User) -> None:
    other, foreign = make_board(karla, name="Familie"), make_board(User.objects.create_user("fremmed"), name="Fremmed")
    assert "Fremmed" not in page(desk, topic)
    assert "Familie" in do(desk, topic, do="move", board=other.pk)
    assert Topic.objects.get(pk=topic.pk).board == other
    assert desk.post(address(topic), {"do": "move", "board": foreign.pk}).status_code == 422
    assert desk.post(address(topic), {"do": "move", "board": "x"}).status_code == 422
    assert Topic.objects.get(pk=topic.pk).board == other


@pytest.mark.parametrize(
    "pasted", ["{id}", "/forum/t/{id}/", "https://samrum.dk/vagt/forum/{id}/?side=2#p-1", " {id} "]
)
def test_two_threads_become_one(desk: Client, topic: Topic, board: Board, karla: User, pasted: str) -> None:
    into = Topic.objects.get(pk=published(board, karla, "Det samme hos mig", alias="Rød Elg").post.topic_id)
    shown = do(desk, topic, do="merge", into=pasted.format(id=into.public_id))
    assert "De to tråde er én nu." in shown
    assert "Det samme hos mig" in shown
    assert "Jeg føler mig alene" in shown
    assert desk.get(address(topic)).headers["Location"] == address(into)


def test_a_thread_that_is_not_there_is_not_put_together_with(desk: Client, topic: Topic) -> None:
    answered = desk.post(address(topic), {"do": "merge", "into": "/forum/t/nej/"})
    assert answered.status_code == 422
    assert "Der er ingen tråd på den adresse." in answered.content.decode()


def test_a_private_line_shows_who_waits_and_is_answered(desk: Client, topic: Topic, karla: User) -> None:
    writer = topic.posts.get().writer
    assert writer is not None
    private.write(writer=writer, text="Jeg tør ikke gå hjem", now=timezone.now())
    assert "venter på svar" in page(desk, topic)
    word = writer.private_words.get()
    assert f'name="upto" value="{word.pk}"' in page(desk, topic)
    shown = do(desk, topic, do="private", writer=writer.pk, upto=word.pk, text="Ring til mig på 31 22 43 54")
    assert "31 22 43 54" in shown
    assert "venter på svar" not in shown
    assert private.line_of(writer)[-1].counsellor == karla


def test_an_answer_in_a_thread_is_none_to_what_was_written_privately_after_the_page_was_shown(
    desk: Client, topic: Topic
) -> None:
    writer = topic.posts.get().writer
    assert writer is not None
    first = private.write(writer=writer, text="Må jeg fortælle dig noget?", now=timezone.now())
    private.write(writer=writer, text="Jeg tør ikke gå hjem", now=timezone.now())
    assert "venter på svar" in do(desk, topic, do="private", writer=writer.pk, upto=first.pk, text="Ja, det må du")
    assert PrivateWord.objects.get(counsellor=None, answered_at=None).text == "Jeg tør ikke gå hjem"


def test_an_unknown_step_changes_nothing(desk: Client, topic: Topic) -> None:
    assert desk.post(address(topic), {"do": "explode"}).status_code == 422


@pytest.mark.parametrize("count", [1, 3, 20])
def test_a_thread_costs_as_much_with_twenty_posts_as_with_one(
    desk: Client, topic: Topic, karla: User, count: int, django_assert_num_queries: object
) -> None:
    for number in range(count):
        let_through(answer(topic, f"Svar {number}", alias=posts.suggest_alias(topic)).post, karla)
    desk.get(address(topic))
    with django_assert_num_queries(QUERIES):  # type: ignore[operator]
        desk.get(address(topic))


QUERIES = 16


# Boards -----------------------------------------------------------------------------------------------------------

WORDS = {
    "name": "Kærlighed",
    "name_en": "Love",
    "about": "Om at være forelsket",
    "about_en": "",
    "municipality_code": "",
    "need": "",
    "reading_from": "10:00",
    "reading_until": "20:00",
    "promised_hours": "3",
    "position": "2",
    "is_open": "on",
}


@pytest.fixture
def boss(client: Client, board: Board) -> Client:
    client.force_login(member("coordinator", board.organizations.get()))
    return client


def test_a_coordinator_opens_a_board_with_what_the_young_are_promised(boss: Client, board: Board) -> None:
    house = board.organizations.get()
    saved = boss.post("/vagt/tavler/ny/", {**WORDS, "organizations": [house.pk]}, follow=True)
    made = Board.objects.get(name="Kærlighed")
    assert (made.promised_hours, made.reading_from.hour, list(made.organizations.all())) == (3, 10, [house])
    assert "Kærlighed" in saved.content.decode()
    assert made.slug not in {"kaerlighed", "love"}


def test_a_board_is_read_by_somebody(boss: Client, board: Board) -> None:
    answered = boss.post("/vagt/tavler/ny/", WORDS)
    assert answered.status_code == 422
    assert "Vælg mindst én organisation." in answered.content.decode()
    assert not Board.objects.filter(name="Kærlighed").exists()


def test_a_board_that_is_read_backwards_is_not_saved(boss: Client, board: Board) -> None:
    house = board.organizations.get()
    data = {**WORDS, "reading_from": "21:00", "organizations": [house.pk]}
    assert boss.post(f"/vagt/tavler/{board.pk}/", data).status_code == 422
    assert Board.objects.get(pk=board.pk).name == "Venner"


def test_organisations_of_others_stay_on_a_board_that_is_shared(boss: Client, board: Board) -> None:
    other = Organization.objects.create(name="Andet sted", slug="andet", kind="association")
    house = board.organizations.get()
    board.organizations.add(other)
    boss.post(f"/vagt/tavler/{board.pk}/", {**WORDS, "organizations": [house.pk]})
    assert set(board.organizations.all()) == {house, other}
    assert boss.post(f"/vagt/tavler/{board.pk}/", {**WORDS, "organizations": [other.pk]}).status_code == 422
    assert set(board.organizations.all()) == {house, other}


def test_what_stands_on_a_closed_board_is_not_found_until_it_opens_again(
    boss: Client, board: Board, topic: Topic
) -> None:
    house = {"organizations": [board.organizations.get().pk]}

    def found() -> int:
        return len(search.find("alene", limit=5))

    assert found() == 1
    boss.post(f"/vagt/tavler/{board.pk}/", {**{k: v for k, v in WORDS.items() if k != "is_open"}, **house})
    assert found() == 0
    assert boss.get(f"/forum/t/{topic.public_id}/").status_code == 404
    boss.post(f"/vagt/tavler/{board.pk}/", {**WORDS, **house})
    assert found() == 1


def test_a_coordinator_without_boards_is_shown_how_to_begin(client: Client) -> None:
    house = Organization.objects.create(name="Ny", slug="ny", kind="association")
    client.force_login(member("coordinator", house))
    assert "/vagt/tavler/ny/" in client.get("/vagt/tavler/").content.decode()
