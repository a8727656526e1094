"""The letterbox's verbs: a promise, a conversation, a colleague's look, consent, and what is left afterwards."""

from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from django.core import mail

from accounts.models import User
from forum.letter_desk import Letters
from forum.models import Letter, Letterbox, LetterPart, Publication
from forum.services import codes, letter_sweeps, letterboxes, letters, places, publications
from moderation.models import Claim, Decision
from moderation.refusals import Refused
from moderation.words import LASTING_CODE_LENGTH
from referrals import search
from tests.chat.care import everything_stored
from tests.forum.letters import (
    ANSWER,
    NOW,
    QUESTION,
    agree,
    answer,
    fresh,
    house,
    later,
    make_box,
    make_person,
    propose,
    seen,
    write,
)

pytestmark = pytest.mark.django_db
ACUTE = "Jeg vil tage mit liv i nat. Jeg har piller her."


def refusal(verb: Any, **arguments: Any) -> Refused:
    with pytest.raises(Refused) as caught:
        verb(**arguments)
    return caught.value


@pytest.fixture
def sofie() -> User:
    return make_person("Sofie", "counsellor")


@pytest.fixture
def mads() -> User:
    return make_person("Mads", "counsellor")


# Writing ----------------------------------------------------------------------------------------------------------


def test_a_letter_is_promised_an_answer_within_the_hours_of_its_box_at_a_full_hour() -> None:
    letter = write(make_box(answer_hours=48)).letter
    assert letter.due_at == datetime(2026, 11, 25, 13, 0, tzinfo=UTC)
    assert letter.due_at < later(hours=48)


def test_of_when_a_young_person_wrote_five_minutes_are_known_and_no_more() -> None:
    letter = write(make_box()).letter
    letters.write_more(letter=letter, text="Og en ting til.", now=later(minutes=4))
    whole = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)
    assert fresh(letter).written_at == whole
    kept = letter.parts.values_list("written_at", "sent_at")
    assert set(kept) == {(whole, whole), (whole.replace(minute=5), whole.replace(minute=5))}


def test_whoever_writes_gets_a_token_and_five_words_and_neither_is_stored() -> None:
    written = write(make_box())
    assert len(written.word_code.split("-")) == LASTING_CODE_LENGTH == 5
    stored = everything_stored()
    assert written.token not in stored
    assert written.word_code not in stored
    assert Letter.objects.by_token(written.letter.public_id, written.token) == written.letter
    assert Letter.objects.by_token(written.letter.public_id, "") is None


def test_the_five_words_lead_back_and_the_old_browser_is_out() -> None:
    written = write(make_box())
    found = codes.open_with(written.word_code.upper().replace("-", " "))
    assert (found.kind, found.public_id) == ("letter", written.letter.public_id)
    assert Letter.objects.by_token(found.public_id, found.token) == written.letter
    assert Letter.objects.by_token(found.public_id, written.token) is None


@pytest.mark.parametrize(
    "text",
    [
        "Jeg hedder Mette Hansen, går i 9.b på Vestre Skole og bor Skolevej 4, 5000 Odense.",
        "Ring til mig på 20 12 34 56, eller skriv til mette@example.com. Mit CPR er 010100-1234.",
    ],
)
def test_a_letter_may_say_who_one_is_at_any_time(text: str) -> None:
    letter = write(make_box(), text).letter
    letters.write_more(letter=letter, text=text, now=later(minutes=9))
    assert [part.text for part in letter.parts.sent()] == [text, text]


@pytest.mark.parametrize("text, code", [("", "bad_command"), (" \n ", "bad_command"), ("x" * 10_001, "too_long")])
def test_what_is_no_letter_is_refused_and_nothing_is_kept(text: str, code: str) -> None:
    assert refusal(letters.write, box=make_box(), text=text, now=NOW).code == code
    assert Letter.objects.count() == 0


def test_ten_thousand_characters_are_a_letter() -> None:
    assert write(make_box(), "å" * 10_000).letter.parts.count() == 1


def test_a_closed_box_takes_no_new_letters_but_goes_on_with_those_it_has(sofie: User) -> None:
    box = make_box()
    letter = write(box).letter
    box.is_open = False
    box.save()
    assert refusal(letters.write, box=box, text="Hej", now=NOW).code == "closed"
    letters.write_more(letter=letter, text="Er I der?", now=later(minutes=6))
    answer(letter, sofie)
    assert letter.parts.sent().count() == 3


def test_what_a_young_person_writes_is_shown_as_text_and_never_as_markup() -> None:
    part = write(make_box(), "<script>x</script>\n**fed** <b>b</b>").letter.parts.get()
    assert part.html == "<p>&lt;script&gt;x&lt;/script&gt;<br>**fed** &lt;b&gt;b&lt;/b&gt;</p>"


def test_an_acute_letter_is_stored_as_urgent_and_stands_first_on_the_desk(sofie: User) -> None:
    box = make_box()
    usual = write(box).letter
    urgent = write(box, ACUTE, now=later(minutes=30))
    assert (urgent.level, urgent.letter.is_urgent) == ("acute", True)
    waiting = {item.key: item.urgency for item in Letters().items(sofie, now=later(hours=1))}
    assert waiting == {usual.public_id: 2, urgent.letter.public_id: 0}


def test_a_letter_becomes_urgent_when_more_is_written_and_calms_with_the_answer(sofie: User) -> None:
    letter = write(make_box()).letter
    assert letters.write_more(letter=letter, text=ACUTE, now=later(minutes=20)) == "acute"
    assert fresh(letter).is_urgent
    answer(letter, sofie)
    assert not fresh(letter).is_urgent


def test_writing_more_does_not_move_the_promise_but_a_new_question_gets_one(sofie: User) -> None:
    letter = write(make_box()).letter
    letters.write_more(letter=letter, text="Og en ting til.", now=later(hours=10))
    assert fresh(letter).due_at == letter.due_at
    answer(letter, sofie, now=later(hours=20))
    assert fresh(letter).due_at is None
    letters.write_more(letter=letter, text="Tak. Men hvad så nu?", now=later(hours=30))
    assert fresh(letter).due_at == later(hours=78).replace(minute=0, second=0)


def test_both_sides_stand_in_the_order_in_which_they_were_sent(sofie: User) -> None:
    letter = write(make_box()).letter
    letters.save_draft(letter=letter, user=sofie, text="Kl", seen=seen(letter), now=later(minutes=1))
    letters.write_more(letter=letter, text="Mere", now=later(minutes=2))
    answer(letter, sofie, "Svar", now=later(minutes=2, seconds=30))
    letters.write_more(letter=letter, text="Tak", now=later(minutes=2, seconds=40))
    assert [part.text for part in letter.parts.sent()] == [QUESTION, "Mere", "Svar", "Tak"]


# Answering --------------------------------------------------------------------------------------------------------


def test_an_answer_ends_the_waiting_and_the_log_knows_how_long_it_took(sofie: User) -> None:
    letter = write(make_box(answer_hours=4)).letter
    answer(letter, sofie, now=later(hours=5))
    line = Decision.objects.get()
    assert (line.actor, line.place, line.action, line.target) == (sofie, "letters", "letter_answer", letter.public_id)
    assert (line.organization, line.waited, line.was_late) == (house(), 5 * 3600 + 127, True)
    assert Claim.objects.count() == 0
    assert Letters().items(sofie, now=later(hours=6)) == []


def test_an_answer_in_time_is_logged_as_such(sofie: User) -> None:
    letter = write(make_box()).letter
    answer(letter, sofie)
    assert Decision.objects.get().was_late is False


@pytest.mark.parametrize("verb", ["save_draft", "ask_look", "send"])
def test_only_counsellors_and_coordinators_of_the_letterbox_answer(verb: str, sofie: User) -> None:
    letter = write(make_box()).letter
    others = [
        make_person("Far", "counsellor", at="andet"),
        make_person("Jonas", "editor"),
        make_person("Drift", is_superuser=True, is_staff=True),
        make_person("Ung"),
        make_person("Gert", "counsellor", is_active=False),
    ]
    for user in others:
        arguments = {"letter": letter, "user": user, "text": "Hej", "seen": seen(letter), "now": NOW}
        assert refusal(getattr(letters, verb), **arguments).code == "forbidden", user
    assert letter.parts.count() == 1
    make_person("Mads", "counsellor")  # who can be asked to read
    getattr(letters, verb)(letter=letter, user=sofie, text="Hej", seen=seen(letter), now=NOW)
    assert letter.parts.count() == 2


def test_an_answer_is_signed_so_nobody_sends_one_without_a_card() -> None:
    lead = make_person("Lis", "coordinator", about="")
    letter = write(make_box()).letter
    arguments = {"letter": letter, "user": lead, "text": "Hej", "seen": seen(letter), "now": NOW}
    assert refusal(letters.send, **arguments).code == "forbidden"
    assert refusal(letters.ask_look, **arguments).code == "forbidden"
    assert letters.save_draft(**arguments).counsellor == lead  # type: ignore[arg-type]


def test_a_draft_is_nothing_that_the_young_person_can_read(sofie: User) -> None:
    letter = write(make_box()).letter
    letters.save_draft(letter=letter, user=sofie, text="Kære du", seen=seen(letter), now=NOW)
    assert [part.text for part in letter.parts.sent()] == [QUESTION]
    assert fresh(letter).due_at == letter.due_at


def test_while_one_counsellor_has_a_letter_no_other_answers_it(sofie: User, mads: User) -> None:
    letter = write(make_box()).letter
    letters.save_draft(letter=letter, user=sofie, text="Kære du", seen=seen(letter), now=NOW)
    arguments = {"letter": letter, "user": mads, "text": "Hej", "seen": seen(letter)}
    refused = refusal(letters.send, **arguments, now=later(minutes=9))
    assert refused.code == "forbidden"
    assert "Sofie" in str(refused.text)
    letters.send(**arguments, now=later(minutes=11))  # type: ignore[arg-type]
    assert letter.parts.sent().last().counsellor == mads  # type: ignore[union-attr]


def test_nobody_answers_words_they_have_not_read(sofie: User) -> None:
    letter = write(make_box()).letter
    opened = seen(letter)
    letters.write_more(letter=letter, text="Nej vent, det er værre.", now=later(minutes=5))
    refused = refusal(letters.send, letter=letter, user=sofie, text="Hej", seen=opened, now=later(minutes=6))
    assert refused.code == "closed"
    assert fresh(letter).due_at is not None
    assert letter.parts.count() == 2


def test_a_second_answer_to_the_same_words_is_not_sent(sofie: User, mads: User) -> None:
    letter = write(make_box()).letter
    opened = seen(letter)
    answer(letter, sofie, now=later(minutes=1))
    assert (
        refusal(letters.send, letter=letter, user=mads, text="Hej", seen=opened, now=later(minutes=2)).code == "closed"
    )
    assert letter.parts.sent().count() == 2


def test_an_answer_is_markdown_made_safe(sofie: User) -> None:
    letter = write(make_box()).letter
    answer(letter, sofie, "**Hej** <img src=x onerror=alert(1)> [x](javascript:alert(1))")
    html = letter.parts.sent().last().html  # type: ignore[union-attr]
    assert html.startswith("<p><strong>Hej</strong> &lt;img")
    assert "href" not in html


# Others may read it -----------------------------------------------------------------------------------------------


@pytest.fixture
def proposed(sofie: User) -> Letter:
    letter = write(make_box()).letter
    answer(letter, sofie)
    propose(letter, sofie)
    return fresh(letter)


def test_nothing_is_public_before_the_writer_says_yes(proposed: Letter) -> None:
    assert Publication.objects.published().count() == 0
    assert search.find("alene") == []
    agree(proposed)
    page = Publication.objects.published().get()
    assert (page.title, page.consented_at, page.published_at) == (
        "Alene blandt mange",
        datetime(2026, 11, 23, 16, 0, tzinfo=UTC),
        datetime(2026, 11, 23, 16, 0, tzinfo=UTC),
    )
    assert [(hit.kind, hit.key) for hit in search.find("alene")] == [("answer", page.public_id)]


def test_a_yes_is_about_the_page_as_it_was_shown(proposed: Letter, sofie: User) -> None:
    page = publications.of(proposed)
    assert page is not None
    shown = publications.version_of(page)
    propose(proposed, sofie, answer="Noget helt andet.")
    assert refusal(letters.consent, letter=proposed, seen=shown, now=NOW).code == "closed"
    assert Publication.objects.published().count() == 0


def test_taking_the_yes_back_takes_the_page_and_its_words_away_at_once(proposed: Letter) -> None:
    agree(proposed)
    letters.withdraw(letter=proposed)
    assert Publication.objects.published().count() == 0
    assert search.find("alene") == []
    stored = everything_stored()
    assert "Alene blandt mange" not in stored
    assert "Jeg er tit alene." not in stored
    assert QUESTION in stored  # the letter itself is still theirs


def test_a_no_is_a_no_until_they_write_again(proposed: Letter, sofie: User) -> None:
    letters.withdraw(letter=proposed)
    assert "Alene blandt mange" not in everything_stored()
    with pytest.raises(Refused) as caught:
        propose(proposed, sofie, now=later(hours=4))
    assert caught.value.code == "closed"
    assert refusal(letters.consent, letter=proposed, seen="", now=NOW).code == "unknown"
    letters.write_more(letter=proposed, text="Jo, vis det gerne alligevel.", now=later(hours=5))
    propose(proposed, sofie, now=later(hours=6))
    agree(proposed, now=later(hours=7))
    assert Publication.objects.published().count() == 1


@pytest.mark.parametrize(
    "words",
    [
        {"title": "Mette Hansen er alene"},
        {"question": "Ring til mig på 20 12 34 56."},
        {"answer": "Skriv til mette@example.com, så taler vi."},
    ],
)
def test_a_page_that_may_show_who_somebody_is_cannot_be_proposed(words: dict[str, str], sofie: User) -> None:
    letter = write(make_box()).letter
    answer(letter, sofie)
    with pytest.raises(Refused) as caught:
        propose(letter, sofie, **words)
    assert caught.value.code == "identifying"
    assert caught.value.spans
    assert Publication.objects.count() == 0


def test_only_an_answered_letter_is_proposed_and_only_by_its_counsellors(sofie: User) -> None:
    letter = write(make_box()).letter
    with pytest.raises(Refused) as early:
        propose(letter, sofie)
    answer(letter, sofie)
    with pytest.raises(Refused) as other:
        propose(letter, make_person("Far", "counsellor", at="andet"))
    assert (early.value.code, other.value.code) == ("closed", "forbidden")


def test_a_public_page_is_not_changed_behind_its_writer(proposed: Letter, sofie: User) -> None:
    agree(proposed)
    with pytest.raises(Refused):
        propose(proposed, sofie, now=later(hours=5), answer="Noget helt andet.")
    assert Publication.objects.published().get().answer == "Det kender mange."


def test_a_counsellor_takes_a_page_away_that_should_not_be_there(proposed: Letter, sofie: User) -> None:
    arguments = {"letter": proposed, "user": sofie, "now": later(hours=9)}
    assert refusal(letters.unpublish, **arguments).code == "unknown"
    agree(proposed)
    far = make_person("Far", "counsellor", at="andet")
    assert refusal(letters.unpublish, **{**arguments, "user": far}).code == "forbidden"
    letters.unpublish(**arguments)
    assert search.find("alene") == []
    assert list(Decision.objects.values_list("action", flat=True))[:1] == ["letter_unpublish"]


def test_the_search_can_be_filled_anew_with_what_is_public_and_nothing_else(proposed: Letter, sofie: User) -> None:
    waits = write(make_box()).letter
    answer(waits, sofie)
    propose(waits, sofie, title="Noget om at vente")
    agree(proposed)
    page = Publication.objects.published().get()
    search.drop("answer", page.public_id)
    publications.put_all()
    assert [hit.key for hit in search.find("alene")] == [page.public_id]
    assert search.find("vente") == []


# What is left -----------------------------------------------------------------------------------------------------


def test_T34_deleted_means_gone_from_every_table_and_every_search(proposed: Letter, sofie: User) -> None:
    letters.write_more(letter=proposed, text="Sommerfuglene flyver sydpå", now=later(hours=3))
    letters.save_draft(
        letter=proposed, user=sofie, text="Kladdeord om kaniner", seen=seen(proposed), now=later(hours=4)
    )
    agree(proposed, now=later(hours=4))
    letters.delete(letter=proposed)
    stored = everything_stored()
    for words in (QUESTION, ANSWER, "Sommerfuglene", "Kladdeord", "Alene blandt mange", "Jeg er tit alene"):
        assert words not in stored
    assert (Letter.objects.count(), LetterPart.objects.count(), Publication.objects.count()) == (0, 0, 0)
    assert search.find("alene") == []
    assert Claim.objects.count() == 0


def test_whatever_comes_after_a_deletion_changes_nothing(sofie: User) -> None:
    letter = write(make_box()).letter
    opened = seen(letter)
    letters.delete(letter=letter)
    letters.delete(letter=letter)
    arguments = {"letter": letter, "now": NOW}
    assert refusal(letters.write_more, text="Hej", **arguments).code == "unknown"
    assert refusal(letters.send, user=sofie, text="Hej", seen=opened, **arguments).code == "unknown"
    assert refusal(letters.consent, seen="", **arguments).code == "unknown"
    assert LetterPart.objects.count() == 0


def test_a_letter_is_erased_its_days_after_the_last_word(sofie: User, settings: Any) -> None:
    settings.LETTER_DAYS = 30
    letter = write(make_box()).letter
    answer(letter, sofie, now=later(days=2))
    assert letter_sweeps.erase_due(now=later(days=31)) == 0
    letters.write_more(letter=letter, text="Tak", now=later(days=31))
    assert letter_sweeps.erase_due(now=later(days=60)) == 0
    assert letter_sweeps.erase_due(now=later(days=61)) == 1
    assert QUESTION not in everything_stored()
    assert Letter.objects.count() == 0


def test_a_page_that_one_said_yes_to_outlives_the_letter_and_can_still_be_taken_away(
    proposed: Letter, settings: Any
) -> None:
    agree(proposed)
    after = later(days=settings.LETTER_DAYS + 1)
    assert letter_sweeps.erase_due(now=after) == 1
    assert letter_sweeps.erase_due(now=after) == 0
    stored = everything_stored()
    assert QUESTION not in stored
    assert ANSWER not in stored
    assert Publication.objects.published().count() == 1
    letters.withdraw(letter=proposed)
    assert letter_sweeps.erase_due(now=after) == 1
    assert (Letter.objects.count(), Publication.objects.count()) == (0, 0)


def test_T07_no_value_joins_two_letters_of_one_person_or_a_letter_and_anything_else() -> None:
    box = make_box()
    first, second = write(box).letter, write(box, now=later(hours=2)).letter
    fields = ("public_id", "token_hash", "code_hash", "written_at")
    assert not {getattr(first, field) for field in fields} & {getattr(second, field) for field in fields}
    joins = {field.related_model for field in Letter._meta.get_fields() if field.is_relation}
    assert joins == {type(box), LetterPart, Publication}


# Late -------------------------------------------------------------------------------------------------------------


def test_coordinators_are_told_once_that_an_answer_is_late_and_never_what_about() -> None:
    make_person("Lis", "coordinator", email="lis@brevhuset.example")
    make_person("Ole", "coordinator", at="andet", email="ole@andet.example")
    box = make_box(answer_hours=4, name="Ungelinjen")
    write(box)
    write(box, now=later(hours=1))
    assert letter_sweeps.alarm_late(now=later(hours=3)) == 0
    assert letter_sweeps.alarm_late(now=later(hours=6)) == 2
    assert letter_sweeps.alarm_late(now=later(hours=7)) == 0
    (sent,) = mail.outbox
    assert sent.to == ["lis@brevhuset.example"]
    assert "Ungelinjen" in sent.body
    assert "alene" not in sent.subject + sent.body


def test_a_mail_that_does_not_go_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    make_person("Lis", "coordinator", email="lis@brevhuset.example")
    write(make_box(answer_hours=4))

    def broken(*_args: object) -> int:
        raise OSError

    with monkeypatch.context() as patch:
        patch.setattr("accounts.staff_mail.send_mail", broken)
        assert letter_sweeps.alarm_late(now=later(hours=6)) == 0
    assert letter_sweeps.alarm_late(now=later(hours=7)) == 1


def test_somebody_in_danger_is_told_at_once_to_all_who_answer() -> None:
    make_person("Lis", "coordinator", email="lis@brevhuset.example")
    make_person("Sofie", "counsellor", email="sofie@brevhuset.example")
    letters.write(box=make_box(), text="jeg vil dø i nat", now=NOW)
    assert [letter_sweeps.alarm_urgent(now=NOW) for _again in range(2)] == [1, 0]
    (sent,) = mail.outbox
    assert sorted(sent.to) == ["lis@brevhuset.example", "sofie@brevhuset.example"]
    assert "dø" not in sent.subject + sent.body


def test_an_answered_letter_that_was_late_is_alarmed_anew_when_it_is_late_again(sofie: User) -> None:
    make_person("Lis", "coordinator", email="lis@brevhuset.example")
    letter = write(make_box(answer_hours=4)).letter
    letter_sweeps.alarm_late(now=later(hours=6))
    answer(letter, sofie, now=later(hours=7))
    letters.write_more(letter=letter, text="Og så?", now=later(hours=8))
    assert letter_sweeps.alarm_late(now=later(hours=11)) == 0
    assert letter_sweeps.alarm_late(now=later(hours=13)) == 1


# Letterboxes ------------------------------------------------------------------------------------------------------

WORDS = {
    "name": "Ungelinjen",
    "name_en": "",
    "about": "Vi svarer.",
    "about_en": "",
    "municipality_code": "",
    "answer_hours": 24,
    "reading_days": "1234567",
    "reading_from": None,
    "reading_until": None,
    "second_look": True,
    "is_open": True,
}


def test_coordinators_open_and_change_letterboxes_of_their_own_organisations() -> None:
    lead = make_person("Lis", "coordinator")
    box = places.open_place(Letterbox, user=lead, words=WORDS, organizations=[house()])
    assert (box.name, box.answer_hours, list(box.organizations.all())) == ("Ungelinjen", 24, [house()])
    changed = places.change_place(box, user=lead, words={**WORDS, "is_open": False}, organizations=[house()])
    assert not changed.is_open
    assert (
        refusal(partial(places.open_place, Letterbox), user=lead, words=WORDS, organizations=[house("andet")]).code
        == "forbidden"
    )
    assert (
        refusal(partial(places.open_place, Letterbox), user=lead, words=WORDS, organizations=[]).code == "bad_command"
    )


def test_no_coordinator_takes_another_organisation_out_of_a_shared_letterbox() -> None:
    lead = make_person("Lis", "coordinator")
    box = make_box()
    box.organizations.add(house("andet"))
    places.change_place(box, user=lead, words=WORDS, organizations=[])
    assert list(box.organizations.all()) == [house("andet")]
    assert refusal(partial(places.change_place, box), user=lead, words=WORDS, organizations=[]).code == "forbidden"


def test_counsellors_with_a_finished_card_are_shown_at_most_four() -> None:
    box = make_box()
    for name in ("Eva", "Dan", "Cia", "Bo", "Ada"):
        make_person(name, "counsellor")
    make_person("Aage", "counsellor", about="")
    make_person("Aase", "coordinator")
    make_person("Aksel", "counsellor", is_active=False)
    make_person("Alf", "counsellor", at="andet")
    faces = letterboxes.faces_of([box])[box.pk]
    assert [profile.working_name for profile in faces] == ["Ada", "Bo", "Cia", "Dan"]
