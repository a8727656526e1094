"""A colleague's look at an answer before it goes out: by somebody who has written nothing in it."""

from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db.models import ProtectedError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from forum.letter_desk import Letters
from forum.models import DraftWriter, Letter
from forum.services import letterboxes, letters
from moderation.models import Decision
from moderation.refusals import Refused
from tests.chat.care import everything_stored
from tests.forum.letters import (
    ANSWER,
    NOW,
    answer,
    fresh,
    later,
    make_box,
    make_person,
    seen,
    write,
)

pytestmark = pytest.mark.django_db


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


@pytest.fixture
def lis() -> User:
    return make_person("Lis", "coordinator")


@pytest.fixture
def asked(sofie: User, mads: User) -> Letter:
    """Sofie has asked that a colleague reads her answer."""
    letter = write(make_box(second_look=True)).letter
    letters.ask_look(letter=letter, user=sofie, text=ANSWER, seen=seen(letter), now=later(minutes=10))
    return fresh(letter)


def test_where_a_colleague_reads_along_nobody_sends_alone(sofie: User) -> None:
    letter = write(make_box(second_look=True)).letter
    refused = refusal(letters.send, letter=letter, user=sofie, text=ANSWER, seen=seen(letter), now=NOW)
    assert refused.code == "ladder"
    assert letter.parts.count() == 1


def test_nobody_reads_their_own_answer_for_themselves(asked: Letter, sofie: User) -> None:
    for verb, more in ((letters.give_look, {}), (letters.return_draft, {"note": "Fint"})):
        arguments = {"letter": asked, "user": sofie, "seen": seen(asked), "now": later(minutes=20), **more}
        assert refusal(verb, **arguments).code == "forbidden"
    assert asked.parts.sent().count() == 1


def test_a_colleague_who_finds_it_good_sends_it_signed_by_who_wrote_it(asked: Letter, sofie: User, mads: User) -> None:
    letters.give_look(letter=asked, user=mads, seen=seen(asked), now=later(hours=1))
    sent = asked.parts.sent().last()
    assert sent is not None
    assert (sent.text, sent.counsellor, sent.looked_by, fresh(asked).due_at) == (ANSWER, sofie, mads, None)
    lines = Decision.objects.order_by("pk").values_list("action", "actor")
    assert list(lines) == [("letter_look", mads.pk), ("letter_answer", sofie.pk)]


def test_a_colleague_gives_it_back_with_a_note_that_never_reaches_the_young(
    asked: Letter, sofie: User, mads: User, lis: User
) -> None:
    letters.return_draft(letter=asked, user=mads, note="Lidt varmere?", seen=seen(asked), now=later(hours=1))
    draft = letters.draft_of(asked)
    assert draft is not None
    assert (draft.note, draft.text, draft.look_asked_at) == ("Lidt varmere?", ANSWER, None)
    letters.save_draft(letter=asked, user=sofie, text="Kære du", seen=seen(asked), now=later(hours=1, minutes=1))
    kept = letters.draft_of(asked)
    assert kept is not None
    assert (kept.note, kept.text) == ("Lidt varmere?", "Kære du")
    letters.ask_look(letter=asked, user=sofie, text="Kære du!", seen=seen(asked), now=later(hours=2))
    letters.give_look(letter=asked, user=mads, seen=seen(asked), now=later(hours=3))
    assert asked.parts.sent().last().text == "Kære du!"  # type: ignore[union-attr]
    assert "varmere" not in everything_stored()
    assert list(Decision.objects.filter(action="letter_back").values_list("actor", flat=True)) == [mads.pk]


def test_a_note_is_cut_off_also_where_no_look_is_asked_any_more(asked: Letter, sofie: User, mads: User) -> None:
    letters.return_draft(letter=asked, user=mads, note="Lidt varmere?", seen=seen(asked), now=later(hours=1))
    asked.letterbox.second_look = False
    asked.letterbox.save()
    answer(asked, sofie, "Kære du", now=later(hours=2))
    sent = asked.parts.sent().last()
    assert sent is not None
    assert (sent.text, sent.html) == ("Kære du", "<p>Kære du</p>\n")


def test_what_is_changed_after_a_colleague_opened_it_is_not_sent_on_their_word(
    asked: Letter, sofie: User, mads: User
) -> None:
    opened = seen(asked)
    letters.ask_look(letter=asked, user=sofie, text="Noget andet", seen=opened, now=later(minutes=30))
    refused = refusal(letters.give_look, letter=asked, user=mads, seen=opened, now=later(minutes=31))
    assert refused.code == "closed"
    assert asked.parts.sent().count() == 1


def test_a_change_by_another_makes_it_theirs_and_somebody_else_has_to_read_it(
    asked: Letter, sofie: User, mads: User, lis: User
) -> None:
    letters.save_draft(letter=asked, user=mads, text="Mit i stedet", seen=seen(asked), now=later(minutes=20))
    arguments = {"seen": seen(asked), "now": later(minutes=40)}
    assert refusal(letters.give_look, letter=asked, user=mads, **arguments).code == "unknown"
    letters.ask_look(letter=asked, user=mads, text="Mit i stedet", **arguments)
    assert (
        refusal(letters.give_look, letter=asked, user=mads, seen=seen(asked), now=later(minutes=41)).code == "forbidden"
    )
    letters.give_look(letter=asked, user=lis, seen=seen(asked), now=later(minutes=42))
    assert asked.parts.sent().last().counsellor == mads  # type: ignore[union-attr]


@pytest.mark.parametrize("verb", ["save_draft", "ask_look"])
@pytest.mark.parametrize("text", [ANSWER, f"  {ANSWER}\n\n"])
def test_a_colleagues_words_are_not_taken_over_as_they_stand_so_that_nobody_reads_their_own(
    asked: Letter, sofie: User, mads: User, verb: str, text: str
) -> None:
    arguments = {"letter": asked, "user": mads, "text": text, "seen": seen(asked), "now": later(minutes=20)}
    assert refusal(getattr(letters, verb), **arguments).code == "closed"
    draft = letters.draft_of(asked)
    assert draft is not None
    assert (draft.counsellor, draft.look_asked_at) == (sofie, later(minutes=10))
    arguments = {"letter": asked, "seen": seen(asked), "now": later(minutes=40)}
    assert refusal(letters.give_look, user=sofie, **arguments).code == "forbidden"
    letters.give_look(user=mads, **arguments)  # type: ignore[arg-type]
    assert asked.parts.sent().last().counsellor == sofie  # type: ignore[union-attr]


@pytest.mark.parametrize("verb", ["save_draft", "ask_look"])
def test_a_draft_that_asks_nobody_becomes_a_colleagues_by_a_change_and_not_before(
    sofie: User, mads: User, lis: User, verb: str
) -> None:
    letter = write(make_box(second_look=True)).letter
    letters.save_draft(letter=letter, user=sofie, text=ANSWER, seen=seen(letter), now=later(minutes=1))
    arguments = {"letter": letter, "user": mads, "seen": seen(letter), "now": later(minutes=20)}
    assert refusal(getattr(letters, verb), text=ANSWER, **arguments).code == "closed"
    assert getattr(letters, verb)(text=f"{ANSWER} Hilsen Mads", **arguments).counsellor == mads


def test_the_desk_asks_the_colleague_and_not_the_one_who_wrote_it(asked: Letter, sofie: User, mads: User) -> None:
    far = make_person("Far", "counsellor", at="andet")
    desk = {user: [item.title for item in Letters().items(user, now=NOW)] for user in (sofie, mads, far)}
    assert [len(items) for items in desk.values()] == [0, 1, 0]
    assert [Letters().count(user, now=NOW) for user in (sofie, mads, far)] == [0, 1, 0]
    assert Letters().find(mads, asked.public_id, now=NOW) is not None
    assert Letters().find(sofie, asked.public_id, now=NOW) is None
    assert Letters().find(far, asked.public_id, now=NOW) is None
    (item,) = Letters().items(mads, now=NOW)
    assert item.text == ANSWER
    assert len(item.key) <= 40


def test_the_desk_asks_the_same_few_questions_however_many_letters_wait(
    sofie: User, django_assert_num_queries: Any
) -> None:
    box = make_box()
    for number in range(3):
        write(box, now=later(minutes=number))
        # who may enter and whether there is a second factor; letters; their parts
        with django_assert_num_queries(3):
            assert len(Letters().items(sofie, now=later(hours=1))) == number + 1


# Whoever has written in it ----------------------------------------------------------------------------------------


def test_two_who_take_turns_at_one_answer_never_sign_it_off_for_each_other(
    asked: Letter, sofie: User, mads: User, lis: User
) -> None:
    minutes = 20
    for user, text in ((mads, f"{ANSWER}."), (sofie, f"{ANSWER}!"), (mads, ANSWER), (sofie, f"{ANSWER} Hilsen os")):
        letters.ask_look(letter=asked, user=user, text=text, seen=seen(asked), now=later(minutes=minutes))
        for reader in (sofie, mads):
            arguments = {"letter": asked, "user": reader, "seen": seen(asked), "now": later(minutes=minutes + 1)}
            assert refusal(letters.give_look, **arguments).code == "forbidden"
            assert refusal(letters.return_draft, note="Fint", **arguments).code == "forbidden"
        minutes += 20
    assert asked.parts.sent().count() == 1
    letters.give_look(letter=asked, user=lis, seen=seen(asked), now=later(minutes=minutes))
    sent = asked.parts.sent().last()
    assert sent is not None
    assert (sent.counsellor, sent.looked_by, sent.text) == (sofie, lis, f"{ANSWER} Hilsen os")


@pytest.mark.parametrize("verb", ["save_draft", "ask_look"])
def test_whoever_changed_one_letter_cannot_read_it_when_its_first_writer_asks_again(
    asked: Letter, sofie: User, mads: User, lis: User, verb: str
) -> None:
    getattr(letters, verb)(letter=asked, user=mads, text=f"{ANSWER}.", seen=seen(asked), now=later(minutes=20))
    letters.ask_look(letter=asked, user=sofie, text=ANSWER, seen=seen(asked), now=later(minutes=40))
    arguments = {"letter": asked, "user": mads, "seen": seen(asked), "now": later(minutes=60)}
    assert refusal(letters.give_look, **arguments).code == "forbidden"


def test_who_wrote_in_it_is_remembered_through_a_note_and_a_new_try(
    asked: Letter, sofie: User, mads: User, lis: User
) -> None:
    letters.save_draft(letter=asked, user=mads, text="Mit i stedet", seen=seen(asked), now=later(minutes=20))
    letters.ask_look(letter=asked, user=sofie, text=ANSWER, seen=seen(asked), now=later(minutes=40))
    letters.return_draft(letter=asked, user=lis, note="Varmere?", seen=seen(asked), now=later(minutes=60))
    letters.ask_look(letter=asked, user=sofie, text="Kære du", seen=seen(asked), now=later(minutes=80))
    arguments = {"letter": asked, "seen": seen(asked), "now": later(minutes=100)}
    assert refusal(letters.give_look, user=mads, **arguments).code == "forbidden"
    letters.give_look(user=lis, **arguments)  # type: ignore[arg-type]


def test_a_refused_change_makes_nobody_a_writer(asked: Letter, mads: User) -> None:
    arguments = {"letter": asked, "user": mads, "seen": seen(asked), "now": later(minutes=20)}
    assert refusal(letters.save_draft, text=ANSWER, **arguments).code == "closed"
    assert refusal(letters.save_draft, text="x" * 20_001, **arguments).code == "too_long"
    assert refusal(letters.send, text="Noget helt andet", **arguments).code == "ladder"
    letters.give_look(**arguments)  # type: ignore[arg-type]
    assert asked.parts.sent().last().text == ANSWER  # type: ignore[union-attr]


def test_who_wrote_in_an_answer_is_forgotten_when_it_is_sent_and_the_next_one_is_read_by_anybody(
    asked: Letter, sofie: User, mads: User
) -> None:
    letters.give_look(letter=asked, user=mads, seen=seen(asked), now=later(hours=1))
    assert DraftWriter.objects.count() == 0
    letters.write_more(letter=asked, text="Og hvad så?", now=later(hours=2))
    letters.ask_look(letter=asked, user=mads, text="Så går du hjem.", seen=seen(asked), now=later(hours=3))
    letters.give_look(letter=asked, user=sofie, seen=seen(asked), now=later(hours=4))
    assert asked.parts.sent().last().counsellor == mads  # type: ignore[union-attr]


def test_the_desk_asks_nobody_who_has_written_in_it(asked: Letter, sofie: User, mads: User, lis: User) -> None:
    letters.save_draft(letter=asked, user=mads, text="Mit i stedet", seen=seen(asked), now=later(minutes=20))
    letters.ask_look(letter=asked, user=sofie, text=ANSWER, seen=seen(asked), now=later(minutes=40))
    assert {user: Letters().count(user, now=NOW) for user in (sofie, mads, lis)} == {sofie: 0, mads: 0, lis: 1}
    assert Letters().keys(mads, now=NOW) == []


def test_nobody_who_wrote_in_an_answer_that_waits_is_deleted_out_of_it(asked: Letter, sofie: User, mads: User) -> None:
    letters.save_draft(letter=asked, user=mads, text="Mit i stedet", seen=seen(asked), now=later(minutes=20))
    with pytest.raises(ProtectedError):
        sofie.delete()
    letters.discard_draft(letter=asked, user=mads, seen=seen(asked), now=later(minutes=21))
    sofie.delete()


def test_drafts_from_before_this_was_kept_are_their_signers(asked: Letter, sofie: User) -> None:
    answer(write(make_box()).letter, sofie)
    DraftWriter.objects.all().delete()
    for _again in range(2):  # back and forth
        import_module("forum.migrations.0003_who_wrote_the_drafts_that_wait").write_down(apps, None)
    assert DraftWriter.objects.values_list("part__letter", "user").get() == (asked.pk, sofie.pk)


# Begun anew -------------------------------------------------------------------------------------------------------


def test_two_who_both_wrote_in_it_throw_it_away_and_one_of_them_can_read_the_next(
    asked: Letter, sofie: User, mads: User
) -> None:
    letters.save_draft(letter=asked, user=mads, text="Mit i stedet", seen=seen(asked), now=later(minutes=20))
    assert not letterboxes.has_reader(asked.letterbox, besides={sofie.pk, mads.pk})
    letters.discard_draft(letter=asked, user=mads, seen=seen(asked), now=later(minutes=21))
    assert letters.draft_of(asked) is None
    assert DraftWriter.objects.count() == 0
    assert "Mit i stedet" not in everything_stored()
    assert fresh(asked).due_at is not None
    assert letterboxes.has_reader(asked.letterbox, besides={sofie.pk})
    assert list(Decision.objects.values_list("action", "actor")) == [("letter_anew", mads.pk)]
    letters.ask_look(letter=asked, user=mads, text="Kære du", seen=seen(asked), now=later(minutes=22))
    letters.give_look(letter=asked, user=sofie, seen=seen(asked), now=later(minutes=40))
    assert asked.parts.sent().last().counsellor == mads  # type: ignore[union-attr]


def test_what_waits_for_a_colleague_is_thrown_away_by_its_writers_alone(asked: Letter, sofie: User, mads: User) -> None:
    arguments = {"letter": asked, "seen": seen(asked), "now": later(minutes=20)}
    assert refusal(letters.discard_draft, user=mads, **arguments).code == "forbidden"
    far = make_person("Far", "counsellor", at="andet")
    assert refusal(letters.discard_draft, user=far, **arguments).code == "forbidden"
    letters.discard_draft(user=sofie, **arguments)  # type: ignore[arg-type]
    assert Decision.objects.count() == 0  # nobody else had written in it
    assert refusal(letters.discard_draft, user=sofie, **{**arguments, "seen": seen(asked)}).code == "unknown"


def test_a_draft_that_was_changed_meanwhile_or_is_held_by_a_colleague_is_not_thrown_away(
    sofie: User, mads: User
) -> None:
    letter = write(make_box(second_look=True)).letter
    letters.save_draft(letter=letter, user=sofie, text=ANSWER, seen=seen(letter), now=later(minutes=1))
    opened = seen(letter)
    arguments = {"letter": letter, "user": mads, "seen": opened}
    assert refusal(letters.discard_draft, **arguments, now=later(minutes=2)).code == "forbidden"
    letters.save_draft(letter=letter, user=sofie, text="Mere", seen=opened, now=later(minutes=3))
    assert refusal(letters.discard_draft, **arguments, now=later(minutes=30)).code == "closed"
    assert letters.draft_of(letter) is not None


def test_who_could_read_it_is_asked_among_those_who_answer_in_the_letterbox(sofie: User) -> None:
    box = make_box(second_look=True)
    make_person("Jonas", "editor")
    make_person("Far", "counsellor", at="andet")
    make_person("Gert", "counsellor", is_active=False)
    assert not letterboxes.has_reader(box, besides={sofie.pk})
    make_person("Lis", "coordinator")
    assert letterboxes.has_reader(box, besides={sofie.pk})


# On the page ------------------------------------------------------------------------------------------------------


def at_work(user: User) -> Client:
    client = Client()
    client.force_login(user)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


def page_of(letter: Letter, user: User) -> str:
    return at_work(user).get(reverse("letters:read", args=[letter.public_id])).content.decode()


@pytest.fixture
def both_wrote(sofie: User, mads: User) -> Letter:
    """The one who could have read it has left since."""
    gert = make_person("Gert", "counsellor")
    letter = write(make_box(second_look=True), now=timezone.now()).letter
    for user, text in ((mads, "Mit"), (sofie, ANSWER)):
        letters.ask_look(letter=letter, user=user, text=text, seen=seen(letter), now=timezone.now())
    gert.memberships.all().delete()
    return letter


def test_whoever_has_written_in_it_meets_the_answer_to_write_on_and_no_button_that_sends_it(
    both_wrote: Letter, sofie: User, mads: User
) -> None:
    for user in (mads, sofie):
        page = page_of(both_wrote, user)
        assert 'name="text"' in page
        assert 'value="look"' not in page
        assert "Mads, Sofie." in page
    assert 'value="look"' in page_of(both_wrote, make_person("Lis", "coordinator"))


def test_the_page_says_when_nobody_is_left_who_could_read_it(both_wrote: Letter, sofie: User) -> None:
    assert "Nobody is left to read it" in page_of(both_wrote, sofie)
    make_person("Lis", "coordinator")
    assert "Nobody is left to read it" not in page_of(both_wrote, sofie)


def test_whoever_is_alone_in_a_letterbox_with_a_second_look_is_told_before_they_write(sofie: User) -> None:
    letter = write(make_box(second_look=True), now=timezone.now()).letter
    assert "Nobody else here can read it through" in page_of(letter, sofie)
    make_person("Mads", "counsellor")
    assert "Nobody else here can read it through" not in page_of(letter, sofie)


def test_a_draft_is_thrown_away_on_the_letters_page(both_wrote: Letter, sofie: User) -> None:
    url = reverse("letters:read", args=[both_wrote.public_id])
    sent = at_work(sofie).post(url, {"action": "discard", "seen": seen(both_wrote), "text": ANSWER})
    assert (sent.status_code, sent["Location"]) == (302, url)
    page = page_of(both_wrote, sofie)
    assert ANSWER not in page
    assert 'value="discard"' not in page
