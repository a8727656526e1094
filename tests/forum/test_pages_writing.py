"""Writing in the forum, through its doors: no account, nothing lost on the way, help before any judgement."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import limits
from accounts.models import User
from forum.models import Board, Letterbox, Post, PrivateWord, Topic, Writer
from forum.places import LETTER, PEN, WORD_CODE
from forum.reasons import TOLD
from forum.services import letters, private, reading
from moderation import reports
from moderation.models import Report
from referrals.services import load_demo_services
from tests.config.reading import lix, text_of
from tests.forum.doors import board_url, code_on, main_of, nod, send, send_answer, topic_url, words_of, young
from tests.forum.scene import let_through, make_board, make_profile, make_reader, trust, write

pytestmark = pytest.mark.django_db

IDENTIFYING = "Jeg er ked af det\nRing til mig på 22 33 44 55"
ACUTE = "Jeg tager livet af mig i nat"


@pytest.fixture
def sofie() -> User:
    return make_reader("Sofie")


@pytest.fixture
def board(sofie: User) -> Board:
    return make_board(sofie, name="Venner")


@pytest.fixture
def thread(board: Board, sofie: User) -> Topic:
    now = timezone.now()
    return let_through(
        write(board, "En tråd\nmed en begyndelse", alias="Sej Krage", now=now).post, sofie, now=now
    ).topic


@pytest.fixture
def services() -> None:
    load_demo_services()


def own_url(name: str, post: Post) -> str:
    ids = [post.topic.public_id] if name in {"mine", "private"} else [post.topic.public_id, post.public_id]
    return reverse(f"forum:{name}", args=ids)


def newest() -> Post:
    return Post.objects.select_related("topic").latest("pk")


def refuse(post: Post, sofie: User, reason: str = "unkind", words: str = "") -> None:
    now = timezone.now()
    reading.refuse(post=post, user=sofie, reason=reason, words=words, now=now)
    reading.take_effect(now=now + reading.UNDO)


# A new thread -----------------------------------------------------------------------------------------------------


def test_a_first_text_is_sent_without_an_account_and_leads_to_ones_own_page(board: Board) -> None:
    client = young()
    page = main_of(client.get(reverse("forum:write", args=[board.slug])))
    assert re.search(r'<input id="alias" name="alias" value="\w+', page)
    assert "Det bliver her, til du sletter det." in page
    response = send(client, board, "Jeg føler mig alene\nogså når der er andre")
    post = newest()
    assert (response.status_code, response["Location"]) == (303, own_url("mine", post))
    assert (post.title, post.opening, post.state) == ("Jeg føler mig alene", "også når der er andre", "held")
    assert response.cookies[PEN]["path"] == topic_url(post.topic)
    assert response.cookies[PEN]["httponly"]
    own = main_of(client.get(own_url("mine", post)))
    assert "Tak, fordi du skrev" in own
    assert re.search(r"Vi læser det senest <strong>.* kl\. \d", own)
    assert "Kun du kan se det, til vi har læst det." in own


def test_the_five_words_are_shown_once_and_lead_back(board: Board) -> None:
    client = young()
    send(client, board, "Jeg vil finde tilbage")
    post = newest()
    words = code_on(main_of(client.get(own_url("mine", post))))
    assert len(words.split("-")) == 5
    assert code_on(main_of(client.get(own_url("mine", post)))) == ""
    other = young()
    assert other.get(own_url("mine", post)).status_code == 404
    response = other.post(reverse("forum:code"), {"code": words.upper().replace("-", " ")})
    assert (response.status_code, response["Location"]) == (303, own_url("mine", post))
    assert other.get(own_url("mine", post)).status_code == 200
    assert client.get(own_url("mine", post)).status_code == 404  # T15: one browser at a time
    assert WORD_CODE not in response.cookies


def test_a_headline_of_ones_own_is_taken(board: Board) -> None:
    send(young(), board, "Det begynder anderledes", title="Min egen overskrift")
    assert newest().title == "Min egen overskrift"


def test_the_board_can_be_chosen_beside_the_text(board: Board, sofie: User) -> None:
    other = make_board(sofie, name="Familie")
    client = young()
    page = main_of(client.get(reverse("forum:write-anywhere")))
    assert re.findall(r'name="board" value="(\w+)"', page) == [other.slug, board.slug]
    fields = {"text": "Min far og jeg", "alias": "Blå Ræv"}
    for wrong in ("", "x", "AAAAAAAA"):
        refused = client.post(reverse("forum:write-anywhere"), {**fields, "board": wrong})
        assert refused.status_code == 422
        assert "Vælg, hvad det handler om." in main_of(refused)
        assert "Min far og jeg" in main_of(refused)
    client.post(reverse("forum:write-anywhere"), {**fields, "board": other.slug})
    assert newest().topic.board == other


def test_another_nickname_comes_without_sending_and_keeps_the_text(board: Board) -> None:
    client = young()
    page = send(client, board, "Min tekst bliver", title="Min overskrift", warning="hard", another="1")
    assert page.status_code == 200
    assert "Min tekst bliver</textarea>" in main_of(page)
    assert 'value="Min overskrift"' in main_of(page)
    assert '<option value="hard" selected>' in main_of(page)
    assert 'value="Blå Ræv"' not in main_of(page)
    assert not Post.objects.exists()


def test_enter_in_a_line_sends_and_does_not_change_the_name(board: Board) -> None:
    form = main_of(young().get(reverse("forum:write", args=[board.slug])))
    buttons = re.findall(r"<button[^>]*>", form)
    assert buttons[0] == "<button hidden>"
    assert "another" in buttons[2] or "another" in buttons[1]


def test_a_name_that_cannot_be_used_comes_back_beside_its_field_with_the_text(board: Board) -> None:
    page = send(young(), board, "Min tekst bliver", alias="Rådgiver Sofie")
    assert page.status_code == 422
    form = main_of(page)
    assert "Min tekst bliver</textarea>" in form
    assert 'value="Rådgiver Sofie"' in form
    assert 'id="alias-error"' in form
    assert not Post.objects.exists()


@pytest.mark.parametrize("text, code", [("", 422), ("   \n ", 422), ("a" * 10_001, 422)])
def test_an_empty_or_endless_text_comes_back_with_the_reason(board: Board, text: str, code: int) -> None:
    page = send(young(), board, text)
    assert page.status_code == code
    assert 'id="refused"' in main_of(page)
    assert not Post.objects.exists()


def test_what_shows_who_one_is_comes_back_marked_with_the_text_kept(board: Board) -> None:
    client = young()
    page = send(client, board, IDENTIFYING.replace("\n", "\r\n"))
    assert page.status_code == 422
    form = main_of(page)
    assert "<mark>22 33 44 55</mark>" in form
    assert "ligner et telefonnummer" in form
    assert f"{IDENTIFYING}</textarea>" in form
    assert 'name="ask" value="1"' in form
    assert not Post.objects.exists()


def test_one_can_let_a_counsellor_read_it_first(board: Board) -> None:
    response = send(young(), board, IDENTIFYING, ask="1")
    assert response.status_code == 303
    assert (newest().state, newest().why) == ("held", "asked")


def test_a_headline_that_shows_who_one_is_is_not_marked_but_named(board: Board) -> None:
    page = send(young(), board, "Jeg er ked af det", title="Ring på 22334455")
    assert page.status_code == 422
    assert "<mark>" not in main_of(page)
    assert "Kig på din overskrift" in main_of(page)
    assert 'name="ask"' in main_of(page)


def test_help_stands_before_the_judgement_and_before_the_thanks(board: Board, services: None) -> None:
    client = young()
    refused = main_of(send(client, board, f"{ACUTE}\n{'og mere ' * 1300}"))  # the one thing that still comes back
    assert refused.index("Ring 112") < refused.index('id="refused"')
    send(client, board, ACUTE)
    own = main_of(client.get(own_url("mine", newest())))
    assert own.index("Ring 112") < own.index("Tak, fordi du skrev")
    assert 'href="tel:' in own
    assert newest().is_urgent
    calm = young()
    send(calm, board, "Jeg er glad i dag")
    assert "Ring 112" not in main_of(calm.get(own_url("mine", newest())))


def test_what_was_typed_is_never_lost_when_the_thread_went_away_meanwhile(thread: Topic) -> None:
    where = reverse("forum:answer", args=[thread.public_id])
    for change in ({"closed_at": timezone.now()}, {"published_at": None}):
        Topic.objects.filter(pk=thread.pk).update(**change)
        response = young().post(where, {"alias": "Modig Mus", "text": "Det her skrev jeg længe på"})
        assert response.status_code == 422
        assert "Det her skrev jeg længe på</textarea>" in response.content.decode()


# Answers ----------------------------------------------------------------------------------------------------------


def test_an_answer_points_at_the_post_it_quotes_and_copies_nothing(thread: Topic) -> None:
    first = Post.objects.get(topic=thread)
    client = young()
    where = reverse("forum:answer", args=[thread.public_id])
    page = main_of(client.get(f"{where}?til={first.public_id}"))
    assert f'name="til" value="{first.public_id}"' in page
    assert "<blockquote" in page
    assert re.search(r"<textarea[^>]*></textarea>", page)
    send_answer(client, thread, "Det kender jeg", til=first.public_id)
    answer = newest()
    assert (answer.quote, answer.text) == (first, "Det kender jeg")


def test_no_post_of_another_thread_and_none_that_waits_can_be_quoted(board: Board, thread: Topic, sofie: User) -> None:
    now = timezone.now()
    foreign = let_through(write(board, "En anden tråd", now=now).post, sofie, now=now)
    send_answer(young(), thread, "Et svar, der venter", alias="Rød Elg")
    held = newest()
    for number, post in enumerate((foreign, held)):
        where = f"{reverse('forum:answer', args=[thread.public_id])}?til={post.public_id}"
        assert "<blockquote" not in main_of(young().get(where))
        send_answer(young(), thread, "Det kender jeg", alias=f"Modig Mus {number}", til=post.public_id)
        assert newest().quote is None


def test_whoever_has_a_place_keeps_the_name(thread: Topic) -> None:
    client = young()
    send_answer(client, thread, "Mit første svar", alias="Blå Ræv")
    page = main_of(client.get(reverse("forum:answer", args=[thread.public_id])))
    assert "Du skriver som" in page
    assert 'name="alias"' not in page
    response = send_answer(client, thread, "Mit andet svar", alias="En anden")
    assert PEN not in response.cookies
    assert set(Post.objects.filter(text__startswith="Mit").values_list("writer__alias", flat=True)) == {"Blå Ræv"}


def test_a_trusted_profile_is_told_that_everybody_reads_it_at_once(board: Board, thread: Topic, sofie: User) -> None:
    user = make_profile()
    where = reverse("forum:answer", args=[thread.public_id])
    assert "En rådgiver læser det først" in main_of(young(user).get(where))
    trust(user, board, sofie)
    assert "Andre kan som regel læse det med det samme" in main_of(young(user).get(where))
    send_answer(young(user), thread, "Jeg skriver med det samme")
    assert newest().state == "published"


def test_a_counsellor_cannot_write_as_one_of_the_young(board: Board, thread: Topic, sofie: User) -> None:
    client = young(sofie)
    assert send(client, board, "Jeg er ung").status_code == 403
    assert send_answer(client, thread, "Jeg er også ung").status_code == 403
    assert Post.objects.count() == 1


# One's own page ---------------------------------------------------------------------------------------------------


def test_a_text_that_came_back_tells_why_kindly_and_can_be_sent_again(board: Board, sofie: User) -> None:
    client = young()
    send(client, board, "Alle de andre er dumme")
    refuse(newest(), sofie, words="Skriv hellere, hvordan du har det.")
    post = newest()
    own = main_of(client.get(own_url("mine", post)))
    told = TOLD[Post.Reason.UNKIND]
    for words in (told.means, told.helps, "Skriv hellere, hvordan du har det.", "Ret og send igen"):
        assert str(words) in own
    assert own_url("private", post) in own
    assert reverse("referrals:help") in own
    edit = own_url("edit", post)
    assert "Alle de andre er dumme</textarea>" in main_of(client.get(edit))
    assert client.post(edit, {"text": "Jeg føler mig udenfor"})["Location"] == own_url("mine", post)
    post.refresh_from_db()
    assert (post.state, post.text, post.reason) == ("held", "Jeg føler mig udenfor", "")


def test_a_change_that_shows_who_one_is_comes_back_marked_too(board: Board) -> None:
    client = young()
    send(client, board, "Jeg føler mig alene")
    page = client.post(own_url("edit", newest()), {"text": IDENTIFYING})
    assert page.status_code == 422
    assert "<mark>22 33 44 55</mark>" in main_of(page)
    assert newest().text == "Jeg føler mig alene"


def test_half_an_hour_after_it_was_read_it_can_be_deleted_and_not_changed(board: Board, sofie: User) -> None:
    client = young()
    send(client, board, "Jeg føler mig alene")
    post = newest()
    long_ago = timezone.now() - timedelta(minutes=31)
    let_through(post, sofie, now=long_ago)
    assert client.get(own_url("edit", post))["Location"] == own_url("mine", post)
    own = main_of(client.get(own_url("mine", post)))
    assert own_url("edit", post) not in own
    assert own_url("delete", post) in own


@pytest.mark.parametrize("answer", ["none", "held", "published"])
def test_before_it_is_deleted_the_page_says_what_goes(board: Board, sofie: User, answer: str) -> None:
    client = young()
    send(client, board, "Jeg vil slette det igen")
    now = timezone.now()
    post = let_through(newest(), sofie, now=now)
    if answer != "none":
        send_answer(young(), post.topic, "Et svar")
    if answer == "published":
        let_through(newest(), sofie, now=now)
    client.post(own_url("private", post), {"text": "Kun til jer"})
    asked = main_of(client.get(own_url("delete", post)))
    assert ("De andres svar bliver stående." in asked) is (answer == "published")
    assert ("skrevet privat, forsvinder også" in asked) is (answer != "published")
    assert Post.objects.filter(pk=post.pk).exists()
    assert client.post(own_url("delete", post))["Location"] == reverse("forum:deleted")
    assert not Post.objects.filter(pk=post.pk).exists()
    assert Topic.objects.filter(pk=post.topic_id).exists() is (answer != "none")
    assert PrivateWord.objects.exists() is (answer != "none")


@pytest.mark.parametrize("state", ["held", "refused", "hidden"])
def test_T22_the_page_that_deletes_tells_of_no_answer_that_nobody_can_read(
    board: Board, sofie: User, state: str
) -> None:
    client = young()
    send(client, board, "Jeg vil slette det igen")
    post = let_through(newest(), sofie, now=timezone.now())

    def asked() -> str:
        return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", main_of(client.get(own_url("delete", post))))

    before = asked()
    send_answer(young(), post.topic, "Et svar")
    Post.objects.filter(pk=newest().pk).update(state=state)
    assert asked() == before


def test_a_question_for_the_head_of_a_page_does_not_use_up_the_words_to_come_back(board: Board) -> None:
    client = young()
    send(client, board, "Jeg vil tilbage hertil")
    mine = own_url("mine", newest())
    assert client.head(mine).status_code == 200
    assert code_on(words_of(client.get(mine)))
    assert not code_on(words_of(client.get(mine)))


def test_nobody_else_changes_or_deletes_it(thread: Topic) -> None:
    owner, stranger = young(), young()
    send_answer(owner, thread, "Det er mit", alias="Blå Ræv")
    post = newest()
    send_answer(stranger, thread, "Jeg er en anden", alias="Rød Elg")
    for name in ("edit", "delete"):
        for client in (stranger, young()):
            assert client.get(own_url(name, post)).status_code == 404
            assert client.post(own_url(name, post), {"text": "Overtaget"}).status_code == 404
    assert Post.objects.get(pk=post.pk).text == "Det er mit"


def test_the_private_line_is_read_and_written_and_never_checked_for_identity(board: Board, sofie: User) -> None:
    client = young()
    send(client, board, "Jeg vil gerne spørge om noget")
    post = newest()
    words = "Jeg hedder Mia Sørensen, Skolevej 4, 22334455"
    response = client.post(own_url("private", post), {"text": words})
    assert response["Location"] == f"{own_url('private', post)}#sidst"
    private.reply(writer=Writer.objects.get(), counsellor=sofie, text="Tak, Mia. Vi ringer ikke.", now=timezone.now())
    for name in ("private", "mine"):
        page = main_of(client.get(own_url(name, post)))
        assert words in page
        assert "Tak, Mia." in page
        assert "Sofie" in page
    assert words not in words_of(young().get(board_url(board)))
    assert young().get(own_url("private", post)).status_code == 404
    empty = client.post(own_url("private", post), {"text": "  "})
    assert empty.status_code == 422


def test_danger_on_the_private_line_is_answered_with_help_first(board: Board, services: None) -> None:
    client = young()
    send(client, board, "Jeg vil gerne spørge om noget")
    client.post(own_url("private", newest()), {"text": ACUTE})
    for name in ("private", "mine"):
        page = main_of(client.get(own_url(name, newest())))
        assert page.index("Ring 112") < page.index("<h1")


# Saying it to a counsellor ----------------------------------------------------------------------------------------


def test_a_reader_tells_a_counsellor_and_reads_what_came_of_it(thread: Topic, sofie: User) -> None:
    post = Post.objects.get(topic=thread)
    client = young()
    where = own_url("report", post)
    page = main_of(client.get(where))
    assert re.findall(r'name="reason" value="(\w+)"', page)[0] == "worrying"
    response = client.post(where, {"reason": "unkind", "words": ""})
    report = Report.objects.get()
    receipt = reverse("forum:reported", args=[report.public_id])
    assert (response.status_code, response["Location"]) == (303, receipt)
    assert not response.cookies
    assert report.target == post
    assert list(report.organizations.all()) == list(thread.board.organizations.all())
    asked = main_of(client.get(receipt))
    assert re.search(r"senest <strong>.* kl\. \d", asked)
    assert thread.title not in asked
    reports.decide(report=report, user=sofie, outcome="kept", now=timezone.now())
    assert "Det bliver stående." in main_of(young().get(receipt))
    assert Post.objects.get(pk=post.pk).state == "published"


def test_many_reports_change_nothing_by_themselves(thread: Topic) -> None:
    post = Post.objects.get(topic=thread)
    for _unused in range(50):
        young().post(own_url("report", post), {"reason": "unsafe"})
    assert Report.objects.count() == 50
    assert thread.title in main_of(young().get(topic_url(thread)))


def test_a_report_without_a_reason_is_asked_for_one_and_keeps_the_words(thread: Topic) -> None:
    post = Post.objects.get(topic=thread)
    page = young().post(own_url("report", post), {"reason": "", "words": "Se lige på det"})
    assert page.status_code == 422
    assert "Se lige på det</textarea>" in main_of(page)
    assert not Report.objects.exists()


def test_a_receipt_of_a_worry_shows_help_until_it_is_decided(thread: Topic, services: None) -> None:
    post = Post.objects.get(topic=thread)
    client = young()
    receipt = client.post(own_url("report", post), {"reason": "worrying"})["Location"]
    asked = main_of(client.get(receipt))
    assert "Så ring 112." in asked
    assert 'class="card' in asked
    assert client.get(reverse("forum:reported", args=["A" * 22])).status_code == 404


# The way back -----------------------------------------------------------------------------------------------------


def test_wrong_words_answer_alike_whatever_they_are(board: Board) -> None:
    send(young(), board, "Jeg vil finde tilbage")
    sizes = set()
    for words in ("", "ugle", "ugle-ugle-ugle-ugle-ugle", "x" * 500, "ugle ræv bølge telt kanel"):
        page = young().post(reverse("forum:code"), {"code": words})
        assert page.status_code == 422
        assert not {PEN, LETTER} & set(page.cookies)
        sizes.add(re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", main_of(page)))
    assert len(sizes) == 1


def test_the_words_of_a_letter_lead_to_the_letter(sofie: User) -> None:
    box = Letterbox.objects.create(name="Brevkassen")
    box.organizations.set(sofie.memberships.values_list("organization", flat=True))
    written = letters.write(box=box, text="Må jeg spørge om noget?", now=timezone.now())
    response = young().post(reverse("forum:code"), {"code": written.word_code})
    there = reverse("letters:letter", args=[written.letter.public_id])
    assert (response.status_code, response["Location"]) == (303, there)
    assert response.cookies[LETTER]["path"] == there


# Limits -----------------------------------------------------------------------------------------------------------


def test_a_network_that_writes_too_often_is_asked_to_wait(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "is_ratelimited", lambda *args, **kwargs: True)
    client = young()
    page = send(client, board, "Jeg vil også skrive")
    assert page.status_code == 429
    assert reverse("referrals:help") in words_of(page)
    assert client.get(reverse("forum:write", args=[board.slug])).status_code == 200
    assert not Post.objects.exists()


def test_words_can_be_guessed_thirty_times_a_minute(client: Client) -> None:
    with time_machine.travel(timezone.now(), tick=False):  # one minute, however slow the machine
        answers = [client.post(reverse("forum:code"), {"code": "ugle"}).status_code for _unused in range(31)]
    assert answers == [422] * 30 + [429]


def test_while_the_cache_is_away_one_can_write_and_nobody_can_guess(
    board: Board, thread: Topic, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dead(*args: object, **kwargs: object) -> bool:
        raise ConnectionError

    monkeypatch.setattr(limits, "is_ratelimited", dead)
    client = young()
    assert send(client, board, "Jeg skriver alligevel").status_code == 303
    assert client.post(own_url("private", newest()), {"text": "Også privat"}).status_code == 303
    post = Post.objects.get(topic=thread)
    assert young().post(own_url("report", post), {"reason": "worrying"}).status_code == 303
    assert nod(young(), post).status_code == 303
    assert young().post(reverse("forum:code"), {"code": "ugle"}).status_code == 429


# Easy to read -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reason", Post.Reason.values)
def test_the_reason_is_told_in_words_that_are_easy_when_one_is_sad(reason: str) -> None:
    told = TOLD[reason]
    assert lix(f"{told.means} {told.helps}") <= 25


def test_ones_own_pages_are_easy_to_read(board: Board, sofie: User) -> None:
    client = young()
    send(client, board, IDENTIFYING, ask="1")
    post = newest()
    assert lix(text_of(words_of(send(young(), board, IDENTIFYING)))) <= 25
    for name in ("mine", "private", "edit", "delete"):
        assert lix(text_of(words_of(client.get(own_url(name, post))))) <= 25, name
    refuse(post, sofie, "identifying")
    assert lix(text_of(words_of(client.get(own_url("mine", post))))) <= 25
