"""The forum as it is read, through its doors: headlines, threads, marks, and what nobody may see."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from forum.models import Board, Post, Topic
from forum.services import posts, reading, topics
from moderation import words
from referrals.models import Topic as Need
from referrals.services import load_demo_services
from tests.config.reading import lix, text_of
from tests.forum import scene
from tests.forum.doors import board_url, main_of, nod, send, send_answer, topic_url, words_of, young
from tests.forum.scene import ALIASES, answer, make_board, make_profile, make_reader, write

pytestmark = pytest.mark.django_db

ROWS = [1, 3, 20]


@pytest.fixture
def sofie() -> User:
    return make_reader("Sofie")


@pytest.fixture
def board(sofie: User) -> Board:
    return make_board(sofie, name="Venner", about="Når man mangler nogen")


@pytest.fixture
def thread(board: Board, sofie: User) -> Topic:
    text = "Min veninde er skiftet bord\nHun sidder hos de andre nu."
    return published(board, sofie, text, now=timezone.now() - timedelta(days=2))


def let_through(post: Post, reader: User, *, now: datetime | None = None) -> Post:
    return scene.let_through(post, reader, now=now or timezone.now())


def published(board: Board, reader: User, text: str, *, now: datetime | None = None, **fields: str) -> Topic:
    """A thread that everybody can read since `now`."""
    moment = now or timezone.now()
    return let_through(write(board, text, now=moment, **fields).post, reader, now=moment).topic


def asked(client: Client, path: str) -> int:
    """How many questions to the database a page needs that nobody has asked for yet."""
    cache.clear()
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


def say(topic: Topic, reader: User, text: str, **fields: object) -> Post:
    return let_through(answer(topic, text, **{"now": timezone.now(), **fields}).post, reader)


# What everybody reads ---------------------------------------------------------------------------------------------


def test_a_board_stands_in_the_list_with_its_words_and_the_last_headline(board: Board, thread: Topic) -> None:
    page = main_of(young().get("/forum/"))
    assert f'href="{board_url(board)}"' in page
    assert "Når man mangler nogen" in page
    assert "Min veninde er skiftet bord" in page
    assert "Du behøver ingen profil." in page
    assert reverse("forum:code") in page


def test_boards_of_a_municipality_stand_under_its_name_after_those_of_the_country(board: Board, sofie: User) -> None:
    make_board(sofie, name="Skole", municipality_code="751")
    page = main_of(young().get("/forum/"))
    places = ["For hele landet", "Venner", "For dig, der bor i Aarhus", "Skole"]
    assert [place for place in places if place in page] == places
    assert sorted(places, key=page.index) == places


def test_a_shut_board_is_nowhere(board: Board, thread: Topic) -> None:
    Board.objects.update(is_open=False)
    client = young()
    assert "Venner" not in main_of(client.get("/forum/"))
    assert client.get(board_url(board)).status_code == 404
    assert client.get(topic_url(thread)).status_code == 404
    assert client.get(reverse("forum:answer", args=[thread.public_id])).status_code == 404


def test_headlines_tell_in_words_when_and_who_has_answered(board: Board, thread: Topic, sofie: User) -> None:
    client = young()
    assert "Ingen har svaret endnu" in main_of(client.get(board_url(board)))
    say(thread, sofie, "Det kender jeg godt")
    page = main_of(client.get(board_url(board)))
    assert "Nogen har svaret" in page
    assert "i dag" in page
    assert not re.search(r"kl\. \d", page.split("<ul")[1])  # a day, and no hour
    reading.answer_as_counsellor(topic=thread, user=sofie, text="Sig noget lille.", now=timezone.now())
    assert "En rådgiver har svaret" in main_of(client.get(board_url(board)))


def test_the_opening_of_a_thread_with_a_warning_is_folded_away(board: Board, sofie: User) -> None:
    published(board, sofie, "Jeg skal sige noget\nDet er om mine arme", warning="selvskade")
    page = main_of(young().get(board_url(board)))
    folded = re.search(r"<details.*?</details>", page, re.DOTALL)
    assert folded is not None
    assert "selvskade" in folded.group()
    assert page.count("Det er om mine arme") == folded.group().count("Det er om mine arme") == 1


@pytest.mark.parametrize("page", ["list", "feed"])
def test_where_a_warning_cannot_be_folded_out_the_headline_is_not_shown(board: Board, sofie: User, page: str) -> None:
    published(board, sofie, "Det er om mine arme\nSådan gjorde jeg", warning="selvskade & mere")
    path = reverse("forum:list") if page == "list" else reverse("forum:feed", args=[board.slug])
    shown = words_of(young().get(path))
    assert ("selvskade &amp; mere" in shown, "mine arme" in shown, "Sådan gjorde" in shown) == (True, False, False)


def test_an_empty_board_says_what_to_do_next(board: Board) -> None:
    page = main_of(young().get(board_url(board)))
    assert "Du kan være den første." in page
    assert page.count(reverse("forum:write", args=[board.slug])) == 2


def test_a_board_of_many_threads_is_read_in_pages(board: Board, sofie: User) -> None:
    for number in range(21):
        published(board, sofie, f"Tråd {number:02}", now=timezone.now() - timedelta(hours=number))
    client = young()
    first, second = main_of(client.get(board_url(board))), main_of(client.get(f"{board_url(board)}?side=2"))
    assert "Tråd 00" in first
    assert "Tråd 20" not in first
    assert "?side=2" in first
    assert "Tråd 20" in second
    assert "Tråd 19" not in second
    for odd in ("0", "-1", "x", "²", "9" * 30, "1e3"):
        assert client.get(f"{board_url(board)}?side={odd}").status_code == 200


def test_a_counsellors_answer_is_marked_by_word_name_and_role(thread: Topic, sofie: User) -> None:
    reading.answer_as_counsellor(topic=thread, user=sofie, text="Det lyder svært.", now=timezone.now())
    said = re.findall(r'<li class="post.*?</li>', main_of(young().get(topic_url(thread))), re.DOTALL)
    assert ["post--counsellor" in row for row in said] == [False, True]
    assert ["rådgiver</span>" in row for row in said] == [False, True]
    assert "Sofie" in said[1]


def test_a_post_with_a_warning_is_folded_until_somebody_taps(thread: Topic, sofie: User) -> None:
    say(thread, sofie, "Det står på min krop", warning="selvskade")
    page = main_of(young().get(topic_url(thread)))
    assert re.search(
        r"<details class=.veil.><summary>.*?selvskade.*?</summary>.*?Det står på min krop", page, re.DOTALL
    )


def test_a_quote_shows_the_words_as_they_stand_now(thread: Topic, sofie: User, board: Board) -> None:
    user = make_profile()
    first = posts.answer(topic=thread, alias="Modig Mus", text="Jeg sagde det forkert", user=user, now=timezone.now())
    said = let_through(first.post, sofie)
    say(thread, sofie, "Det er jeg enig i", alias="Rød Elg", quote=said)
    posts.edit(post=said, writer=first.writer, text="Jeg sagde det bedre", now=timezone.now())
    let_through(said, sofie)
    page = main_of(young().get(topic_url(thread)))
    assert page.count("Jeg sagde det bedre") == 2
    assert "Jeg sagde det forkert" not in page
    assert "rettet" in page


@pytest.mark.parametrize("fate", ["hidden", "changed"])
def test_a_quote_of_what_cannot_be_read_any_more_says_so_and_shows_nothing(
    thread: Topic, sofie: User, fate: str
) -> None:
    first = answer(thread, "Ord, der skal væk", now=timezone.now())
    said = let_through(first.post, sofie)
    say(thread, sofie, "Det er jeg enig i", alias="Rød Elg", quote=said)
    if fate == "hidden":
        reading.hide(post=said, user=sofie, now=timezone.now())
    else:
        posts.edit(post=said, writer=first.writer, text="Ord, der skal væk igen", now=timezone.now())
    page = main_of(young().get(topic_url(thread)))
    assert "Citatet er slettet" in page
    assert "Ord, der skal væk" not in page
    assert "Stille Ugle" not in page


def test_a_quote_of_a_folded_post_shows_its_warning_and_not_its_words(thread: Topic, sofie: User) -> None:
    said = say(thread, sofie, "Det står på min krop", warning="selvskade")
    say(thread, sofie, "Jeg er ked af det på dine vegne", alias="Rød Elg", quote=said)
    assert main_of(young().get(topic_url(thread))).count("Det står på min krop") == 1


def test_the_headline_does_not_stand_twice_over_the_first_post(thread: Topic) -> None:
    page = main_of(young().get(topic_url(thread)))
    assert page.count("Min veninde er skiftet bord") == 1
    assert "<p>Hun sidder hos de andre nu.</p>" in page


def test_a_closed_thread_can_be_read_and_not_answered(thread: Topic, sofie: User) -> None:
    topics.close(topic=thread, user=sofie, now=timezone.now())
    client = young()
    page = main_of(client.get(topic_url(thread)))
    assert "Tråden er lukket" in page
    assert "svar/" not in page
    where = reverse("forum:answer", args=[thread.public_id])
    assert client.get(where)["Location"] == topic_url(thread)
    late = send_answer(client, thread, "Jeg vil også sige noget")
    assert (late.status_code, "Jeg vil også sige noget" in words_of(late)) == (422, True)
    assert Post.objects.count() == 1


def test_the_address_of_a_thread_that_was_put_into_another_leads_there(
    thread: Topic, board: Board, sofie: User
) -> None:
    into = published(board, sofie, "Den anden tråd")
    topics.merge(topic=thread, into=into, user=sofie, now=timezone.now())
    assert young().get(topic_url(thread))["Location"] == topic_url(into)
    assert "Min veninde" not in main_of(young().get(board_url(board))).replace(into.title, "")


def test_services_that_fit_the_board_stand_beside_the_thread(board: Board, thread: Topic) -> None:
    load_demo_services()
    need = Need.objects.filter(services__isnull=False).first()
    assert need is not None
    Board.objects.update(need=need, version=99)
    page = main_of(young().get(topic_url(thread)))
    assert "De ved noget om det her" in page
    assert 'class="card' in page


def test_pages_tell_nothing_in_title_cookie_or_search_engine(board: Board, thread: Topic) -> None:
    for path in ("/forum/", board_url(board), topic_url(thread), "/forum/skriv/", "/forum/kode/", "/forum/slettet/"):
        response = young().get(path)
        assert re.findall(r"<title>(.*?)</title>", words_of(response)) == ["Samrum"]
        assert response["X-Robots-Tag"] == "noindex"
    for path in ("/forum/", board_url(board), topic_url(thread)):
        response = young().get(path)
        assert not response.cookies
        assert "csrfmiddlewaretoken" not in words_of(response)


def test_the_words_of_the_young_are_marked_as_danish_in_english_too(thread: Topic) -> None:
    client = young()
    client.cookies["django_language"] = "en"
    page = words_of(client.get(topic_url(thread)))
    assert '<html lang="en"' in page
    assert re.search(r'<h1 lang="da">Min veninde', page)
    assert re.search(r'<div class="said" lang="da"><p>Hun sidder', page)


def test_a_counsellor_of_the_board_finds_the_way_to_the_staffs_page(thread: Topic, sofie: User) -> None:
    staff = reverse("forum:staff-topic", args=[thread.public_id])
    assert staff in words_of(young(sofie).get(topic_url(thread)))
    assert staff not in words_of(young(make_profile()).get(topic_url(thread)))
    assert staff not in words_of(young().get(topic_url(thread)))


# Speed ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", ROWS)
def test_the_list_of_boards_asks_the_database_the_same_few_times(sofie: User, rows: int) -> None:
    for number in range(rows):
        published(make_board(sofie), sofie, f"Tråd {number}")
    assert asked(young(), "/forum/") == 3


@pytest.mark.parametrize("rows", ROWS)
def test_a_board_asks_the_database_the_same_few_times(board: Board, sofie: User, rows: int) -> None:
    for number in range(rows):
        published(board, sofie, f"Tråd {number}")
    assert asked(young(), board_url(board)) == 3


@pytest.mark.parametrize("rows", ROWS)
def test_a_thread_asks_the_database_the_same_few_times(board: Board, sofie: User, rows: int) -> None:
    load_demo_services()
    Board.objects.update(need=Need.objects.filter(services__isnull=False).first())
    topic = published(board, sofie, "En tråd")
    quoted = Post.objects.get(topic=topic)
    for number in range(rows - 1):
        name = f"{ALIASES[1 + number % 7]} {number // 7}"
        quoted = say(topic, sofie, f"Svar {number}", alias=name, quote=quoted)
    reading.answer_as_counsellor(topic=topic, user=sofie, text="Svar", quote=quoted, now=timezone.now())
    assert asked(young(), topic_url(topic)) == 5


# What nobody may see ----------------------------------------------------------------------------------------------

PUBLIC: list[Callable[[Board, Topic], str]] = [
    lambda board, topic: "/forum/",
    lambda board, topic: board_url(board),
    lambda board, topic: reverse("forum:feed", args=[board.slug]),
    lambda board, topic: topic_url(topic),
    lambda board, topic: f"{topic_url(topic)}?side=2",
    lambda board, topic: reverse("forum:answer", args=[topic.public_id]),
    lambda board, topic: f"{reverse('search')}?q=hemmelighed",
]


def everywhere(board: Board, topic: Topic, client: Client | None = None) -> str:
    cache.clear()
    answers = [(client or young()).get(path(board, topic)) for path in PUBLIC]
    assert {response.status_code for response in answers} == {200}
    return (
        "\n".join(words_of(response) for response in answers)
        .replace("q=hemmelighed", "")
        .replace('value="hemmelighed"', "")
    )


@pytest.mark.parametrize("state", ["held", "refused", "hidden"])
def test_what_is_not_published_is_in_no_list_feed_search_or_last_headline(
    board: Board, thread: Topic, sofie: User, state: str
) -> None:
    before = everywhere(board, thread)
    now = timezone.now()
    waiting = [
        write(board, "Min hemmelighed er ny", alias="Rød Elg", now=now).post,
        answer(thread, "Min hemmelighed er et svar", alias="Sej Krage", now=now).post,
    ]
    for post in waiting:
        if state == "refused":
            reading.refuse(post=post, user=sofie, reason="unkind", words="En hemmelighed", now=now)
            reading.take_effect(now=now + reading.UNDO)
        elif state == "hidden":
            reading.hide(post=let_through(post, sofie, now=now), user=sofie, now=now)
    assert {post.state for post in Post.objects.filter(pk__in=[each.pk for each in waiting])} == {state}
    after = everywhere(board, thread)
    assert "hemmelighed" not in after
    assert "Rød Elg" not in after
    assert "Sej Krage" not in after
    if state != "hidden":  # what was shown for a while moved the thread up
        assert sorted(re.findall(r"i dag|i går|Besvaret|Intet svar", after)) == sorted(
            re.findall(r"i dag|i går|Besvaret|Intet svar", before)
        )


def test_only_its_writer_sees_what_waits_to_be_read(thread: Topic, sofie: User) -> None:
    writer, reader = young(), young()
    send_answer(writer, thread, "Jeg skriver det kun til jer")
    assert "Jeg skriver det kun til jer" in words_of(writer.get(topic_url(thread)))
    assert "Kun du kan se det, til vi har læst det" in words_of(writer.get(topic_url(thread)))
    assert "Jeg skriver det kun til jer" not in words_of(reader.get(topic_url(thread)))
    profile = make_profile()
    mine = young(profile)
    send_answer(mine, thread, "Jeg har en profil", alias="Rød Elg")
    assert "Jeg har en profil" in words_of(mine.get(topic_url(thread)))
    assert "Jeg har en profil" not in words_of(young(make_profile()).get(topic_url(thread)))


def test_what_is_foreign_held_or_never_was_answers_the_same(
    board: Board, thread: Topic, sofie: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(words, "two_words", lambda: "Blå Ræv")  # what is suggested is left to chance otherwise
    held = write(board, "En tråd, der venter", alias="Rød Elg").post
    waiting = answer(thread, "Et svar, der venter", alias="Sej Krage").post
    unknown = "A" * len(held.public_id)
    named = [(name, [held.topic.public_id], [unknown]) for name in ("topic", "answer", "mine", "private")] + [
        (name, [thread.public_id, waiting.public_id], [thread.public_id, unknown])
        for name in ("report", "edit", "delete", "nod")
    ]
    client = young()
    for name, there, nowhere in named:
        for method in (client.get, client.post):
            pair = [
                method(reverse(f"forum:{name}", args=ids), headers={"sec-fetch-site": "same-origin"})
                for ids in (there, nowhere)
            ]
            assert pair[0].status_code == pair[1].status_code, name
            assert _without_ids(pair[0], there) == _without_ids(pair[1], nowhere), name
            assert pair[0].status_code in {404, 405, 422}, name  # 422: the text is kept for another thread


def _without_ids(response: HttpResponse, ids: list[str]) -> tuple[bytes, list[tuple[str, str]]]:
    body = response.content
    for number, each in enumerate(ids):
        body = body.replace(each.encode(), b"*" * len(each) + str(number).encode())
    body = re.sub(rb'name="csrfmiddlewaretoken" value="\w+"', b"", body)
    return body, sorted(response.items())


def test_deleted_words_are_nowhere_any_more(board: Board, thread: Topic, sofie: User) -> None:
    client = young()
    send_answer(client, thread, "Min hemmelighed skal væk igen", alias="Rød Elg", warning="hard")
    post = let_through(Post.objects.get(text__contains="hemmelighed"), sofie)
    say(thread, sofie, "Det forstår jeg godt", alias="Sej Krage", quote=post)
    assert "hemmelighed" in everywhere(board, thread)
    client.post(reverse("forum:delete", args=[thread.public_id, post.public_id]))
    assert "hemmelighed" not in everywhere(board, thread)
    assert "hemmelighed" not in everywhere(board, thread, client)
    assert "hemmelighed" not in stored()


def test_a_deleted_thread_takes_its_headline_from_every_page(board: Board, thread: Topic, sofie: User) -> None:
    client = young()
    send(client, board, "Min hemmelighed er en hel tråd")
    post = let_through(Post.objects.get(text__contains="hemmelighed"), sofie)
    client.get(reverse("forum:mine", args=[post.topic.public_id]))
    assert "hemmelighed" in everywhere(board, thread)
    client.post(reverse("forum:delete", args=[post.topic.public_id, post.public_id]))
    assert not Topic.objects.filter(pk=post.topic_id).exists()
    assert "hemmelighed" not in everywhere(board, thread)
    assert "hemmelighed" not in stored()


def stored() -> str:
    """All that the database holds, as text."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        found = []
        for table in tables:
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - names of our own tables
            found.append(repr(cursor.fetchall()))
    return "\n".join(found)


# Nods -------------------------------------------------------------------------------------------------------------


def test_a_nod_is_told_to_the_writer_in_words_and_counted_for_nobody(thread: Topic, sofie: User, board: Board) -> None:
    writer = young()
    send_answer(writer, thread, "Jeg står også alene")
    post = let_through(Post.objects.get(text="Jeg står også alene"), sofie)
    plain = main_of(young().get(topic_url(thread)))
    for kind in ("me_too", "me_too", "helped"):
        assert nod(young(), post, kind).status_code == 303
    own = main_of(writer.get(reverse("forum:mine", args=[thread.public_id])))
    assert "Nogen siger: Også mig." in own
    assert "Nogen siger: Det hjalp mig." in own
    assert main_of(young().get(topic_url(thread))) == plain


def test_who_nodded_is_told_and_cannot_press_it_again(thread: Topic) -> None:
    post = Post.objects.get(topic=thread)
    client = young()
    response = nod(client, post)
    assert response["Location"] == f"{topic_url(thread)}?side=1#p1"
    cookie = response.cookies["nik"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == (topic_url(thread), True, "Lax")
    assert post.public_id not in cookie.value
    page = main_of(client.get(topic_url(thread)))
    assert "Tak. Det er sagt videre." in page
    assert 'value="me_too"' not in page
    assert "nik" not in nod(client, post).cookies


@pytest.mark.parametrize("headers", [{"sec-fetch-site": "cross-site"}, {"origin": "https://ond.example"}])
def test_no_other_site_can_nod_in_somebodys_name(thread: Topic, headers: dict[str, str]) -> None:
    post = Post.objects.get(topic=thread)
    assert (
        young()
        .post(reverse("forum:nod", args=[thread.public_id, post.public_id]), {"kind": "me_too"}, headers=headers)
        .status_code
        == 403
    )
    assert not post.nods.exists()


# Easy to read -----------------------------------------------------------------------------------------------------


def test_pages_of_the_forum_are_easy_to_read(board: Board, thread: Topic) -> None:
    client = young()
    report = reverse("forum:report", args=[thread.public_id, Post.objects.get(topic=thread).public_id])
    for path, most in [
        ("/forum/", 30),
        (board_url(board), 30),
        ("/forum/skriv/", 25),
        ("/forum/kode/", 25),
        ("/forum/slettet/", 25),
        (reverse("forum:answer", args=[thread.public_id]), 25),
        (report, 25),
    ]:
        assert lix(text_of(words_of(client.get(path)))) <= most, path
