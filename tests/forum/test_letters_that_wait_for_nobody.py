"""A letter is never out of everybody's sight: not when nobody is left to read its answer, not when it is urgent."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import Membership, User
from forum import permissions
from forum.letter_desk import Letters
from forum.models import DraftWriter, Letter
from forum.services import letters
from moderation.models import Decision
from moderation.queue import ACUTE
from moderation.refusals import Refused
from tests.forum.letters import ANSWER, NOW, fresh, later, make_box, make_person, seen, write

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
def anna() -> User:
    user = make_person("Anna", "counsellor")
    Membership.objects.filter(user=user).update(is_trainee=True)
    return user


def ask(letter: Letter, user: User, text: str = ANSWER, *, minutes: int = 10) -> None:
    letters.ask_look(letter=letter, user=user, text=text, seen=seen(letter), now=later(minutes=minutes))


def desks(*users: User) -> list[list[str]]:
    """The titles on each one's desk, by the list and by the count alike."""
    with translation.override("en"):
        found = [[item.title for item in Letters().items(user, now=NOW)] for user in users]
    assert [len(titles) for titles in found] == [Letters().count(user, now=NOW) for user in users]
    return found


def page_of(letter: Letter, user: User) -> str:
    client = Client()
    client.force_login(user)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client.get(reverse("letters:read", args=[letter.public_id])).content.decode()


# Nobody is left ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("second_look", [True, False])
def test_a_look_is_not_asked_for_where_nobody_is_left_to_give_it(sofie: User, mads: User, second_look: bool) -> None:
    letter = write(make_box(second_look=second_look)).letter
    letters.save_draft(letter=letter, user=sofie, text="Sofies", seen=seen(letter), now=later(minutes=1))
    arguments = {"letter": letter, "user": mads, "text": "Begges", "seen": seen(letter), "now": later(minutes=20)}
    assert refusal(letters.ask_look, **arguments).code == "ladder"
    draft = letters.draft_of(letter)
    assert draft is not None
    assert (draft.text, draft.counsellor) == ("Sofies", sofie)
    assert desks(sofie, mads) == [["A letter"], ["A letter"]]


def test_somebody_in_training_is_nobody_to_ask(sofie: User, anna: User) -> None:
    letter = write(make_box()).letter
    arguments = {"letter": letter, "text": ANSWER, "seen": seen(letter), "now": NOW}
    assert refusal(letters.ask_look, user=sofie, **arguments).code == "ladder"
    assert desks(sofie, anna) == [["A letter"], ["A letter"]]


@pytest.mark.parametrize("left", ["the role", "the account", "into training"])
def test_when_the_last_one_who_could_read_it_is_gone_the_letter_is_on_the_desk_again(
    sofie: User, mads: User, anna: User, left: str
) -> None:
    letter = write(make_box()).letter
    ask(letter, sofie)
    assert desks(sofie, anna, mads) == [[], [], ["An answer to read for a colleague"]]
    if left == "the role":
        Membership.objects.filter(user=mads).delete()
    elif left == "the account":
        User.objects.filter(pk=mads.pk).update(is_active=False)
    else:
        Membership.objects.filter(user=mads).update(is_trainee=True)
    assert desks(sofie, anna) == [["A letter"], ["A letter"]]
    (item,) = Letters().items(sofie, now=NOW)
    with translation.override("en"):
        assert "nobody is left to read it" in map(str, item.tags)


def test_whoever_reads_in_another_letterbox_is_nobody_to_ask_here(sofie: User) -> None:
    make_person("Far", "counsellor", at="andet")
    make_person("Jonas", "editor")
    letter = write(make_box()).letter
    mads = make_person("Mads", "counsellor")
    ask(letter, sofie)
    mads.memberships.all().delete()
    assert desks(sofie) == [["A letter"]]


def test_the_page_offers_no_look_that_nobody_can_give(sofie: User) -> None:
    letter = write(make_box(), now=timezone.now()).letter
    page = page_of(letter, sofie)
    assert 'value="ask"' not in page
    assert 'value="send"' in page
    make_person("Mads", "counsellor")
    assert 'value="ask"' in page_of(letter, sofie)


def test_whoever_waits_for_a_look_that_nobody_can_give_any_more_is_told_to_send_it(sofie: User, mads: User) -> None:
    letter = write(make_box(), now=timezone.now()).letter
    letters.ask_look(letter=letter, user=sofie, text=ANSWER, seen=seen(letter), now=timezone.now())
    assert "You can send it yourself." not in page_of(letter, sofie)
    mads.memberships.all().delete()
    assert "You can send it yourself." in page_of(letter, sofie)
    letters.send(letter=letter, user=sofie, text=ANSWER, seen=seen(letter), now=timezone.now())
    assert fresh(letter).due_at is None


# Somebody may be in danger ----------------------------------------------------------------------------------------


def test_an_urgent_letter_is_on_the_desk_of_everybody_who_can_read_it_whoever_has_begun_to_answer(
    sofie: User, mads: User, anna: User
) -> None:
    letter = write(make_box()).letter
    far = make_person("Far", "counsellor", at="andet")
    ask(letter, sofie)
    letters.write_more(letter=letter, text="Jeg tager mit eget liv i aften", now=later(minutes=20))
    assert desks(sofie, anna, mads, far) == [["A letter"], ["A letter"], ["An answer to read for a colleague"], []]
    for user in (sofie, anna):
        (item,) = Letters().items(user, now=NOW)
        assert (item.urgency, "Jeg tager mit eget liv" in item.text) == (ACUTE, True)
    letters.give_look(letter=letter, user=mads, seen=seen(letter), now=later(minutes=30))
    assert desks(sofie, anna, mads, far) == [[], [], [], []]


# Of whom nothing else is known ------------------------------------------------------------------------------------


@pytest.fixture
def unknown(sofie: User, mads: User) -> Letter:
    """An answer that asks for a look, and of which nobody wrote down who has written in it."""
    letter = write(make_box(second_look=True)).letter
    ask(letter, sofie)
    DraftWriter.objects.all().delete()
    return letter


def test_whoever_signs_an_answer_has_written_in_it_also_where_it_is_written_down_nowhere(
    unknown: Letter, sofie: User, mads: User
) -> None:
    arguments = {"letter": unknown, "seen": seen(unknown), "now": later(minutes=20)}
    assert refusal(letters.give_look, user=sofie, **arguments).code == "forbidden"
    assert refusal(letters.return_draft, user=sofie, note="Fint", **arguments).code == "forbidden"
    assert desks(sofie, mads) == [[], ["An answer to read for a colleague"]]
    assert 'value="look"' not in page_of(unknown, sofie)
    letters.give_look(user=mads, **arguments)  # type: ignore[arg-type]


def test_an_answer_signed_by_somebody_in_training_is_theirs_also_where_it_is_written_down_nowhere(
    unknown: Letter, sofie: User
) -> None:
    draft = letters.draft_of(unknown)
    assert draft is not None
    assert not permissions.is_of_trainee(draft)
    Membership.objects.filter(user=sofie).update(is_trainee=True)
    assert permissions.is_of_trainee(draft)


def test_the_log_knows_who_began_anew_what_a_colleague_signed(unknown: Letter, sofie: User, mads: User) -> None:
    letters.return_draft(letter=unknown, user=mads, note="Fint", seen=seen(unknown), now=later(minutes=20))
    letters.discard_draft(letter=unknown, user=mads, seen=seen(unknown), now=later(minutes=21))
    assert Decision.objects.filter(action="letter_anew", actor=mads).count() == 1
