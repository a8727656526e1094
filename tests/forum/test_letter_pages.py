"""The letterbox's doors: who meets what at which address, what is never shown, and what stands where it is written."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from forum.models import Letter, Letterbox, LetterPart, Publication
from forum.places import LETTER, WORD_CODE
from forum.services import letter_sweeps, letters, publications
from forum.services.letters import Written
from referrals.models import Topic as Need
from referrals.services import load_demo_services
from tests.forum.letters import ANSWER, QUESTION, agree, answer, fresh, house, make_box, make_person, propose, seen
from tests.forum.letters import write as written_letter

pytestmark = pytest.mark.django_db
ACUTE = "Jeg vil tage mit liv i nat. Jeg har piller her."


def write(box: Letterbox, text: str = QUESTION) -> Written:
    return written_letter(box, text, now=timezone.now())


def address(name: str, letter: Letter) -> str:
    return reverse(f"letters:{name}", args=[letter.public_id])


def browser_with(written: Written) -> Client:
    client = Client()
    client.cookies[LETTER] = written.token
    return client


def logged_in(user: User | None) -> Client:
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


@pytest.fixture
def sofie() -> User:
    return make_person("Sofie", "counsellor")


@pytest.fixture
def written() -> Written:
    return write(make_box())


@pytest.fixture
def proposed(written: Written, sofie: User) -> Written:
    answer(written.letter, sofie, now=timezone.now())
    propose(written.letter, sofie, now=timezone.now())
    return written


# Writing and coming back ------------------------------------------------------------------------------------------


def test_a_letter_is_sent_with_one_field_and_leads_to_its_own_page() -> None:
    box, client = make_box(), Client()
    sent = client.post(reverse("letters:write", args=[box.slug]), {"text": QUESTION})
    letter = Letter.objects.get()
    assert (sent.status_code, sent["Location"]) == (303, address("letter", letter))
    for name in (LETTER, WORD_CODE):
        cookie = sent.cookies[name]
        kept = (cookie["path"], cookie["httponly"], cookie["samesite"], cookie["max-age"])
        assert kept == (address("letter", letter), True, "Lax", "")
    page = client.get(sent["Location"])
    assert QUESTION in page.content.decode()


def test_the_five_words_are_shown_once() -> None:
    client = Client()
    sent = client.post(reverse("letters:write", args=[make_box().slug]), {"text": QUESTION})
    code = sent.cookies[WORD_CODE].value
    first = client.get(sent["Location"])
    assert code in first.content.decode()
    assert first.cookies[WORD_CODE]["max-age"] == 0
    assert code not in client.get(sent["Location"]).content.decode()


def test_a_question_for_the_head_of_a_page_does_not_use_up_the_five_words() -> None:
    client = Client()
    sent = client.post(reverse("letters:write", args=[make_box().slug]), {"text": QUESTION})
    code = sent.cookies[WORD_CODE].value
    assert client.head(sent["Location"]).status_code == 200
    assert code in client.get(sent["Location"]).content.decode()


def test_every_page_of_a_letter_can_be_asked_for_its_head(proposed: Written, sofie: User) -> None:
    letter = proposed.letter
    young = [
        reverse("letters:write", args=[letter.letterbox.slug]),
        address("delete", letter),
        address("consent", letter),
    ]
    staff = [address("read", letter), address("propose", letter)]
    answers = [browser_with(proposed).head(path) for path in young] + [logged_in(sofie).head(path) for path in staff]
    assert [(answer.status_code, answer.content) for answer in answers] == [(200, b"")] * 5
    assert fresh(letter)


def test_a_refused_letter_comes_back_with_its_text_and_help_first_when_it_sounds_like_danger() -> None:
    load_demo_services()
    url = reverse("letters:write", args=[make_box().slug])
    usual = Client().post(url, {"text": "x" * 10_001})
    assert usual.status_code == 422
    assert "x" * 10_001 in usual.content.decode()
    assert "data-help-first" not in usual.content.decode()
    page = Client().post(url, {"text": ACUTE + " x" * 5_000}).content.decode()
    assert page.index("data-help-first") < page.index("<h1")
    assert Letter.objects.count() == 0


def test_the_receipt_of_an_acute_letter_shows_help_first_until_it_is_answered(sofie: User) -> None:
    load_demo_services()
    written = write(make_box(), ACUTE)
    client = browser_with(written)
    page = client.get(address("letter", written.letter)).content.decode()
    assert page.index("data-help-first") < page.index("<h1")
    assert page.index("tel:112") < page.index("<h1")
    answer(written.letter, sofie, now=timezone.now())
    assert "data-help-first" not in client.get(address("letter", written.letter)).content.decode()


def test_a_usual_letter_is_met_without_alarm(written: Written) -> None:
    assert "data-help-first" not in browser_with(written).get(address("letter", written.letter)).content.decode()


def test_writing_more_stands_in_the_conversation_and_a_refusal_keeps_the_words(written: Written) -> None:
    client = browser_with(written)
    assert client.post(address("more", written.letter), {"text": "Og en ting til"}).status_code == 303
    assert "Og en ting til" in client.get(address("letter", written.letter)).content.decode()
    page = client.post(address("more", written.letter), {"text": "y" * 10_001})
    assert page.status_code == 422
    assert "y" * 10_001 in page.content.decode()


def test_what_is_kept_and_for_how_long_comes_from_the_settings(settings: Any) -> None:
    box = make_box(answer_hours=24)
    for days in (90, 31):
        settings.LETTER_DAYS = days
        page = Client().get(reverse("letters:write", args=[box.slug])).content.decode()
        assert f" {days} da" in page
    letter = write(box).letter
    assert letter.erase_at - letter.written_at == timedelta(days=31)


def test_deleting_asks_once_more_and_leaves_nothing(written: Written) -> None:
    client = browser_with(written)
    asked = client.get(address("delete", written.letter))
    assert (asked.status_code, Letter.objects.count()) == (200, 1)
    gone = client.post(address("delete", written.letter))
    assert (gone.status_code, gone["Location"]) == (303, reverse("letters:deleted"))
    assert gone.cookies[LETTER]["max-age"] == 0
    assert Letter.objects.count() == LetterPart.objects.count() == 0
    assert client.get(reverse("letters:deleted")).status_code == 200


# The same page for everybody else ---------------------------------------------------------------------------------

NEVER = "aaaaaaaaaaaaaaaaaaaaaa"
PRIVATE = ["letter", "more", "delete", "consent"]


@pytest.mark.parametrize("name", PRIVATE)
def test_T22_without_the_cookie_a_letter_answers_as_one_that_never_was(
    name: str, proposed: Written, sofie: User
) -> None:
    other = write(make_box())
    foreign = Client()
    foreign.cookies[LETTER] = other.token
    never = reverse(f"letters:{name}", args=[NEVER])
    for client in (Client(), foreign, logged_in(sofie), logged_in(make_person("Drift", is_superuser=True))):
        for method in (client.get, client.post):
            here, nowhere = method(address(name, proposed.letter)), method(never)
            assert here.status_code == nowhere.status_code == (405 if name in WRITES_ONLY[method.__name__] else 404)
            assert here.content == nowhere.content.replace(NEVER.encode(), proposed.letter.public_id.encode())
            assert QUESTION not in here.content.decode()
    assert fresh(proposed.letter).publication.title == "Alene blandt mange"


WRITES_ONLY = {"get": ["more"], "post": ["letter"]}


def test_the_page_for_those_who_guess_leads_to_the_word_code() -> None:
    page = Client().get(reverse("letters:letter", args=[NEVER]))
    assert reverse("forum:code") in page.content.decode()


def test_the_five_words_lead_through_the_forums_door_to_the_letter(written: Written) -> None:
    client = Client()
    found = client.post(reverse("forum:code"), {"code": written.word_code})
    assert (found.status_code, found["Location"]) == (303, address("letter", written.letter))
    assert QUESTION in client.get(found["Location"]).content.decode()
    assert browser_with(written).get(address("letter", written.letter)).status_code == 404  # the old browser is out


# What the young meet is neutral, kept by nobody and listed nowhere ------------------------------------------------


def _pages_of_the_young(written: Written) -> list[Any]:
    client = browser_with(written)
    page = publications.of(written.letter)
    assert page is not None
    letter = written.letter
    return [
        client.get(reverse("letters:list")),
        client.get(reverse("letters:write", args=[letter.letterbox.slug])),
        client.get(address("letter", letter)),
        client.get(address("delete", letter)),
        client.get(address("consent", letter)),
        client.get(reverse("letters:deleted")),
        client.get(reverse("letters:answer", args=[page.public_id])),
        Client().get(address("letter", letter)),
        client.post(reverse("letters:write", args=[letter.letterbox.slug]), {"text": ""}),
        client.post(address("more", letter), {"text": ""}),
    ]


def test_T16_every_page_is_kept_by_no_browser_listed_by_no_search_and_called_samrum(proposed: Written) -> None:
    agree(proposed.letter, now=timezone.now())
    for response in _pages_of_the_young(proposed):
        page = response.content.decode()
        assert response["Cache-Control"] == "no-store"
        assert response["X-Robots-Tag"] == "noindex"
        assert "<title>Samrum</title>" in page
        assert 'name="robots" content="noindex"' in page


def test_reading_gives_nobody_a_cookie(proposed: Written) -> None:
    agree(proposed.letter, now=timezone.now())
    page = publications.of(proposed.letter)
    assert page is not None
    client = Client()
    for url in (reverse("letters:list"), reverse("letters:answer", args=[page.public_id]), "/brevkasse/?t=t06&side=2"):
        assert client.get(url).cookies == {}


# The list ---------------------------------------------------------------------------------------------------------


def test_the_list_says_who_answers_how_soon_and_where_help_is_now(sofie: User) -> None:
    load_demo_services()
    make_box(name="Odensekassen", municipality_code="461", answer_hours=24)
    make_box(name="Landskassen", about="Vi har god tid.")
    make_box(name="Lukket kasse", is_open=False)
    page = Client().get(reverse("letters:list")).content.decode()
    assert page.index("Landskassen") < page.index("Odensekassen")  # the whole country first
    for words in ("Vi har god tid.", "48", "24", "Odense", "Sofie", "Demo: Nattelinjen"):
        assert words in page
    assert "Lukket kasse" not in page


def test_the_list_helps_on_when_there_is_nothing_in_it() -> None:
    page = Client().get(reverse("letters:list")).content.decode()
    assert reverse("chat:list") in page
    assert reverse("blog:list") in page


def test_published_answers_can_be_narrowed_by_what_they_are_about(sofie: User) -> None:
    load_demo_services()
    box = make_box()
    for code, title in (("t06", "Om min familie"), ("t17", "Om at savne")):
        letter = write(box).letter
        answer(letter, sofie, now=timezone.now())
        propose(letter, sofie, title=title, need=Need.objects.get(code=code), now=timezone.now())
        agree(letter, now=timezone.now())
    every = Client().get(reverse("letters:list")).content.decode()
    assert "Om min familie" in every
    assert "Om at savne" in every
    family = Client().get(reverse("letters:list"), {"t": "t06"}).content.decode()
    assert "Om min familie" in family
    assert "Om at savne" not in family
    assert "Om at savne" in Client().get(reverse("letters:list"), {"t": "nonsense"}).content.decode()


def test_the_list_asks_the_same_few_questions_however_much_stands_in_it(
    sofie: User, django_assert_max_num_queries: Any
) -> None:
    load_demo_services()
    need = Need.objects.get(code="t06")
    for number in range(1, 4):
        letter = write(make_box()).letter
        answer(letter, sofie, now=timezone.now())
        propose(letter, sofie, title=f"Brev {number}", need=need, now=timezone.now())
        agree(letter, now=timezone.now())
        make_person(f"Nr{number}", "counsellor")
        with django_assert_max_num_queries(8):
            assert f"Brev {number}" in Client().get(reverse("letters:list")).content.decode()


# Consent ----------------------------------------------------------------------------------------------------------


def test_the_writer_reads_the_whole_page_and_decides(proposed: Written) -> None:
    client, letter = browser_with(proposed), proposed.letter
    page = publications.of(letter)
    assert page is not None
    public = reverse("letters:answer", args=[page.public_id])
    shown = client.get(address("consent", letter)).content.decode()
    assert all(words in shown for words in ("Alene blandt mange", "Jeg er tit alene.", "Det kender mange.", "Sofie"))
    assert Client().get(public).status_code == 404
    client.post(address("consent", letter), {"answer": "yes", "seen": publications.version_of(page)})
    assert "Alene blandt mange" in Client().get(public).content.decode()
    assert "Alene blandt mange" in Client().get(reverse("letters:list")).content.decode()
    client.post(address("consent", letter), {"answer": "back"})
    assert Client().get(public).status_code == 404
    assert "Alene blandt mange" not in Client().get(reverse("letters:list")).content.decode()


def test_anything_but_a_clear_yes_is_a_no(proposed: Written) -> None:
    client = browser_with(proposed)
    assert client.post(address("consent", proposed.letter), {"answer": "ja"}).status_code == 303
    assert publications.is_declined(publications.of(proposed.letter))
    assert client.get(address("consent", proposed.letter)).status_code == 303


def test_a_yes_to_a_page_that_was_changed_meanwhile_shows_the_new_one_first(proposed: Written, sofie: User) -> None:
    page = publications.of(proposed.letter)
    assert page is not None
    old = publications.version_of(page)
    propose(proposed.letter, sofie, answer="Et nyt svar.", now=timezone.now())
    again = browser_with(proposed).post(address("consent", proposed.letter), {"answer": "yes", "seen": old})
    assert again.status_code == 422
    assert "Et nyt svar." in again.content.decode()
    assert Publication.objects.published().count() == 0


def test_T30_nothing_that_waits_or_was_taken_back_is_found_by_a_guest(proposed: Written, sofie: User) -> None:
    """The public pages, before a yes, after it, and after it was taken back."""
    letters.save_draft(
        letter=write(make_box()).letter,
        user=sofie,
        text="Kladdeord",
        seen=seen(Letter.objects.latest("pk")),
        now=timezone.now(),
    )
    page = publications.of(proposed.letter)
    assert page is not None
    public = [reverse("letters:list"), reverse("letters:answer", args=[page.public_id]), "/soeg/?q=alene"]

    def found() -> str:
        return "".join(Client().get(url).content.decode() for url in public)

    secrets = (QUESTION, ANSWER, "Kladdeord", proposed.letter.public_id)
    for _unused in range(2):
        assert "Alene blandt mange" not in found()
        assert not [words for words in secrets if words in found()]
        agree(proposed.letter, now=timezone.now()) if publications.is_asked(publications.of(proposed.letter)) else None
        letters.withdraw(letter=proposed.letter)


# Who may open what ------------------------------------------------------------------------------------------------

PEOPLE = {
    "nobody": None,
    "profile": (),
    "editor": ("editor",),
    "counsellor": ("counsellor",),
    "coordinator": ("coordinator",),
}
LOGIN, YES, NOT_THERE, FORBIDDEN = 302, 200, 404, 403
# For nobody logged in, a young person's profile, an editor, a counsellor, a coordinator; then the same of another
# organisation, and an administrator without a role.
MATRIX = {
    "desk": (LOGIN, FORBIDDEN, FORBIDDEN, YES, YES, YES, FORBIDDEN),
    "read": (LOGIN, NOT_THERE, NOT_THERE, YES, YES, NOT_THERE, NOT_THERE),
    "propose": (LOGIN, NOT_THERE, NOT_THERE, YES, YES, NOT_THERE, NOT_THERE),
    "boxes": (LOGIN, FORBIDDEN, FORBIDDEN, FORBIDDEN, YES, YES, FORBIDDEN),
    "box-new": (LOGIN, FORBIDDEN, FORBIDDEN, FORBIDDEN, YES, YES, FORBIDDEN),
    "box-edit": (LOGIN, FORBIDDEN, FORBIDDEN, FORBIDDEN, YES, NOT_THERE, FORBIDDEN),
}


def _everybody() -> list[User | None]:
    own = [make_person(name, *roles) if roles is not None else None for name, roles in PEOPLE.items()]
    far = make_person("Fjern", "counsellor", "coordinator", at="andet")
    return [*own, far, make_person("Drift", is_superuser=True, is_staff=True)]


def _staff_address(name: str, letter: Letter) -> str:
    if name in ("read", "propose"):
        return address(name, letter)
    return reverse(f"letters:{name}", args=[letter.letterbox_id] if name == "box-edit" else [])


@pytest.mark.parametrize("name", MATRIX)
def test_each_staff_page_opens_for_those_it_is_for_and_for_nobody_else(name: str, proposed: Written) -> None:
    url = _staff_address(name, proposed.letter)
    for user, expected in zip(_everybody(), MATRIX[name], strict=True):
        client = logged_in(user)
        opened = client.get(url)
        assert opened.status_code == expected, (user, opened.status_code)
        if name not in ("desk", "boxes") and expected != YES:
            sent = client.post(url, {"action": "unpublish", "name": "Min"})
            assert sent.status_code == expected, (user, sent.status_code)
        if expected != YES:
            assert QUESTION not in opened.content.decode()


def test_without_a_second_factor_no_counsellor_reads_a_letter(written: Written, sofie: User, settings: Any) -> None:
    settings.DEMO = False
    response = logged_in(sofie).get(address("read", written.letter))
    assert response.status_code in {302, 404}
    assert QUESTION not in response.content.decode()


# Answering --------------------------------------------------------------------------------------------------------


def send_form(client: Client, letter: Letter, action: str, **fields: str) -> Any:
    return client.post(address("read", letter), {"action": action, "seen": seen(letter), **fields})


def test_a_counsellor_saves_goes_on_and_sends(written: Written, sofie: User) -> None:
    client, letter = logged_in(sofie), written.letter
    send_form(client, letter, "save", text="Kære **du**")
    page = client.get(address("read", letter)).content.decode()
    assert "Kære **du**" in page
    assert "Kære <strong>du</strong>" in page
    assert "Kære" not in browser_with(written).get(address("letter", letter)).content.decode()
    send_form(client, letter, "send", text="Kære **dig**")
    assert "Kære <strong>dig</strong>" in browser_with(written).get(address("letter", letter)).content.decode()


def test_a_text_that_cannot_be_sent_any_more_comes_back_to_who_wrote_it(written: Written, sofie: User) -> None:
    client, letter = logged_in(sofie), written.letter
    opened = seen(letter)
    letters.write_more(letter=letter, text="Nej vent", now=timezone.now())
    response = client.post(address("read", letter), {"action": "send", "seen": opened, "text": "Mit svar"})
    page = response.content.decode()
    assert response.status_code == 422
    assert "Mit svar" in page
    assert "Nej vent" in page
    assert seen(letter) in page  # read again, it can be sent


def test_whoever_opens_a_letter_has_it_and_a_colleague_reads_along(written: Written, sofie: User) -> None:
    mads = make_person("Mads", "counsellor")
    logged_in(sofie).get(address("read", written.letter))
    page = logged_in(mads).get(address("read", written.letter)).content.decode()
    assert QUESTION in page
    assert "Sofie" in page
    assert 'name="text"' not in page


def test_leafing_through_letters_holds_up_nobody(written: Written, sofie: User) -> None:
    mads, client = make_person("Mads", "counsellor"), logged_in(sofie)
    other = write(written.letter.letterbox).letter
    client.get(address("read", written.letter))
    client.get(address("read", other))
    assert 'name="text"' in logged_in(mads).get(address("read", written.letter)).content.decode()


def test_a_colleague_reads_and_sends_or_gives_back_with_a_note(sofie: User) -> None:
    mads = make_person("Mads", "counsellor")
    written = write(make_box(second_look=True))
    letter, author, colleague = written.letter, logged_in(sofie), logged_in(mads)
    assert 'value="send"' not in author.get(address("read", letter)).content.decode()
    assert send_form(author, letter, "send", text="Hej").status_code == 422
    send_form(author, letter, "ask", text="Hej")
    assert send_form(author, letter, "look").status_code == 422
    send_form(colleague, letter, "return", note="Lidt varmere?")
    assert "Lidt varmere?" in author.get(address("read", letter)).content.decode()
    send_form(author, letter, "ask", text="Hej med dig")
    send_form(colleague, letter, "look")
    page = browser_with(written).get(address("letter", letter)).content.decode()
    assert "Hej med dig" in page
    assert "varmere" not in page


def test_a_proposal_that_shows_somebody_is_pointed_out_and_not_made(written: Written, sofie: User) -> None:
    answer(written.letter, sofie, now=timezone.now())
    words = {"title": "Alene", "question": "Ring til mig på 20 12 34 56.", "answer": "Det kender mange."}
    response = logged_in(sofie).post(address("propose", written.letter), {"action": "propose", **words})
    assert response.status_code == 422
    assert "<mark>20 12 34 56</mark>" in response.content.decode()
    assert Publication.objects.count() == 0


def test_a_proposal_starts_from_what_was_written(written: Written, sofie: User) -> None:
    answer(written.letter, sofie, now=timezone.now())
    page = logged_in(sofie).get(address("propose", written.letter)).content.decode()
    assert QUESTION in page
    assert ANSWER in page


def test_a_coordinator_opens_a_letterbox_and_the_young_find_it() -> None:
    client = logged_in(make_person("Lis", "coordinator"))
    fields = {"name": "Ungelinjen", "answer_hours": "24", "is_open": "on", "organizations": [str(house().pk)]}
    fields["reading_days"] = list("1234567")
    assert client.post(reverse("letters:box-new"), fields).status_code == 302
    assert "Ungelinjen" in Client().get(reverse("letters:list")).content.decode()
    again = client.post(reverse("letters:box-new"), fields)
    assert again.status_code == 422  # one of a name in one place
    box = Letterbox.objects.get()
    client.post(reverse("letters:box-edit", args=[box.pk]), {**fields, "is_open": ""})
    assert "Ungelinjen" not in Client().get(reverse("letters:list")).content.decode()
    assert Client().get(reverse("letters:write", args=[box.slug])).status_code == 404


def test_nobody_sends_a_form_from_another_site(written: Written) -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies[LETTER] = written.token
    for name in ("more", "delete", "consent"):
        assert client.post(address(name, written.letter), {"text": "x", "answer": "no"}).status_code == 403
    assert client.post(reverse("letters:write", args=[written.letter.letterbox.slug]), {"text": "x"}).status_code == 403


def test_T18_what_anybody_writes_does_nothing_in_the_pages_that_show_it(sofie: User) -> None:
    evil = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
    written = write(make_box(name="<b>Kasse</b>", about="<i>om</i>"), evil)
    letters.save_draft(letter=written.letter, user=sofie, text=evil, seen=seen(written.letter), now=timezone.now())
    client = logged_in(sofie)
    pages = [
        client.get(address("read", written.letter)),
        browser_with(written).get(address("letter", written.letter)),
        Client().get(reverse("letters:list")),
        Client().post(reverse("letters:write", args=[written.letter.letterbox.slug]), {"text": evil + "x" * 10_000}),
    ]
    for response in pages:
        page = response.content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "<b>Kasse" not in page
        assert "<i>om" not in page


def test_a_network_that_sends_too_often_is_asked_to_wait(written: Written, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def over(_request: object, *, group: str, rate: str) -> bool:
        asked.append(group)
        return True

    monkeypatch.setattr("forum.views.shared.is_over", over)
    url = reverse("letters:write", args=[written.letter.letterbox.slug])
    assert Client().post(url, {"text": "Hej"}).status_code == 429
    assert browser_with(written).post(address("more", written.letter), {"text": "Hej"}).status_code == 429
    assert asked == ["letter", "letter"]
    assert Client().get(url).status_code == 200


def test_the_promise_stands_on_the_page_in_danish_time(written: Written) -> None:
    due = timezone.localtime(written.letter.due_at)
    page = browser_with(written).get(address("letter", written.letter)).content.decode()
    assert f"kl. {due.hour}" in page
    assert settings.TIME_ZONE == "Europe/Copenhagen"


def test_a_late_letter_says_so_and_names_nobody_who_was_not_told(written: Written) -> None:
    make_person("Lis", "coordinator", email="lis@brevhuset.example")
    Letter.objects.update(due_at=timezone.now() - timedelta(hours=1))
    client, told = browser_with(written), "Those who lead the counsellors have been told."
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    assert told not in client.get(address("letter", written.letter)).content.decode()
    letter_sweeps.alarm_late(now=timezone.now())
    assert told in client.get(address("letter", written.letter)).content.decode()
