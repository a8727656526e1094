"""Whoever is in training answers letters, and a colleague who is not reads each answer before it goes out."""

from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, User
from forum import permissions
from forum.letter_desk import Letters
from forum.models import Letter
from forum.services import letter_sweeps, letterboxes, letters, publications
from moderation.refusals import Refused
from tests.forum.letters import (
    ANSWER,
    NOW,
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


def refusal(verb: Any, **arguments: Any) -> Refused:
    with pytest.raises(Refused) as caught:
        verb(**arguments)
    return caught.value


def train(user: User, *, is_trainee: bool = True) -> User:
    Membership.objects.filter(user=user).update(is_trainee=is_trainee)
    return user


@pytest.fixture
def anna() -> User:
    return train(make_person("Anna", "counsellor"))


@pytest.fixture
def sofie() -> User:
    return make_person("Sofie", "counsellor")


@pytest.fixture
def asked(anna: User, sofie: User) -> Letter:
    """Anna has asked that a colleague reads her answer, in a letterbox that asks for no second look."""
    letter = write(make_box()).letter
    letters.ask_look(letter=letter, user=anna, text=ANSWER, seen=seen(letter), now=later(minutes=10))
    return fresh(letter)


# What they write --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("second_look", [True, False])
def test_nobody_in_training_sends_alone_whatever_the_letterbox_asks_for(anna: User, second_look: bool) -> None:
    letter = write(make_box(second_look=second_look)).letter
    refused = refusal(letters.send, letter=letter, user=anna, text=ANSWER, seen=seen(letter), now=NOW)
    assert refused.code == "ladder"
    assert letter.parts.count() == 1


def test_a_colleague_who_is_not_in_training_reads_it_and_it_goes_out(asked: Letter, anna: User, sofie: User) -> None:
    letters.give_look(letter=asked, user=sofie, seen=seen(asked), now=later(hours=1))
    sent = asked.parts.sent().last()
    assert sent is not None
    assert (sent.counsellor, sent.looked_by, fresh(asked).due_at) == (anna, sofie, None)


def test_what_somebody_in_training_has_written_in_is_sent_by_no_one_who_changes_it(
    asked: Letter, anna: User, sofie: User
) -> None:
    arguments = {"letter": asked, "user": sofie, "text": f"{ANSWER}.", "seen": seen(asked), "now": later(minutes=20)}
    assert refusal(letters.send, **arguments).code == "ladder"
    mads = make_person("Mads", "counsellor")
    letters.ask_look(**arguments)  # type: ignore[arg-type]
    arguments = {"letter": asked, "seen": seen(asked), "now": later(minutes=40)}
    for user in (sofie, anna):
        assert refusal(letters.give_look, user=user, **arguments).code == "forbidden"
    letters.give_look(user=mads, **arguments)  # type: ignore[arg-type]
    assert asked.parts.sent().last().looked_by == mads  # type: ignore[union-attr]


def test_a_draft_that_was_never_asked_about_is_not_sent_past_a_colleague_either(anna: User, sofie: User) -> None:
    letter = write(make_box()).letter
    letters.save_draft(letter=letter, user=anna, text=ANSWER, seen=seen(letter), now=later(minutes=1))
    for text in (ANSWER, "Noget andet"):
        arguments = {"letter": letter, "user": sofie, "text": text, "seen": seen(letter), "now": later(minutes=20)}
        assert refusal(letters.send, **arguments).code == "ladder"
    letters.discard_draft(letter=letter, user=sofie, seen=seen(letter), now=later(minutes=21))
    answer(letter, sofie, "Mit eget", now=later(minutes=22))
    assert letter.parts.sent().last().text == "Mit eget"  # type: ignore[union-attr]


@pytest.mark.parametrize("change", ["training over", "has left"])
def test_what_was_written_in_training_is_read_through_also_when_the_training_is_over(
    anna: User, sofie: User, change: str
) -> None:
    letter = write(make_box()).letter
    letters.save_draft(letter=letter, user=anna, text=ANSWER, seen=seen(letter), now=later(minutes=1))
    train(anna, is_trainee=False)
    if change == "has left":
        Membership.objects.filter(user=anna).delete()
    arguments = {"letter": letter, "text": "Rettet", "seen": seen(letter), "now": later(minutes=20)}
    assert refusal(letters.send, user=sofie, **arguments).code == "ladder"


def test_whoever_comes_into_training_while_they_write_is_read_through(anna: User, sofie: User) -> None:
    train(anna, is_trainee=False)
    letter = write(make_box()).letter
    letters.save_draft(letter=letter, user=anna, text=ANSWER, seen=seen(letter), now=later(minutes=1))
    train(anna)
    arguments = {"letter": letter, "text": "Rettet", "seen": seen(letter), "now": later(minutes=20)}
    assert refusal(letters.send, user=sofie, **arguments).code == "ladder"


def test_when_the_training_is_over_one_sends_alone(anna: User) -> None:
    train(anna, is_trainee=False)
    letter = write(make_box()).letter
    answer(letter, anna)
    letters.write_more(letter=letter, text="Og så?", now=later(hours=2))
    answer(letter, anna, "Så går du hjem.", now=later(hours=3))
    assert letter.parts.sent().count() == 4


# What is shown to everybody ---------------------------------------------------------------------------------------


def test_nobody_in_training_proposes_a_page_that_no_colleague_has_read(anna: User, sofie: User) -> None:
    letter = written()
    answer(letter, sofie, now=timezone.now())
    refused = refusal(propose, letter=letter, user=anna, answer="Annas egne ord, som ingen har læst.")
    assert (refused.code, publications.of(letter)) == ("forbidden", None)
    url = reverse("letters:propose", args=[letter.public_id])
    words = {"action": "propose", "title": "Alene", "question": "Hvad nu?", "answer": "Annas egne ord."}
    assert (at_work(anna).get(url).status_code, at_work(anna).post(url, words).status_code) == (404, 404)
    assert publications.of(letter) is None
    assert (url in page_of(letter, anna), url in page_of(letter, sofie)) == (False, True)


def test_nobody_in_training_changes_what_a_colleague_has_proposed(anna: User, sofie: User) -> None:
    letter = written()
    answer(letter, sofie, now=timezone.now())
    propose(letter, sofie)
    assert refusal(propose, letter=letter, user=anna, answer="Annas egne ord.").code == "forbidden"
    agree(letter)
    assert publications.of(letter).answer == "Det kender mange."  # type: ignore[union-attr]
    assert reverse("letters:propose", args=[letter.public_id]) not in page_of(letter, anna)


THREE = "Det kender mange.\n\nDin *bror* ved det ikke.\n\nHvad ville hjælpe dig?"


@pytest.fixture
def answered(sofie: User) -> Letter:
    """Three paragraphs that a colleague has read and sent, in a letterbox that asks for that."""
    letter = written(second_look=True)
    lis = make_person("Lis", "coordinator")
    letters.ask_look(letter=letter, user=sofie, text=THREE, seen=seen(letter), now=later(minutes=10))
    letters.give_look(letter=letter, user=lis, seen=seen(letter), now=later(minutes=20))
    return fresh(letter)


@pytest.mark.parametrize(
    "text",
    [
        f"{THREE}\n\nRing til mig.",
        "Det kender ingen.",
        "Det kender mange. Hvad ville hjælpe dig?",
        "Hvad ville hjælpe dig?\n\nDet kender mange.",
        "Det kender mange.\n\nDet kender mange.",
    ],
)
def test_where_a_colleague_reads_each_answer_no_other_answer_is_published(
    answered: Letter, sofie: User, text: str
) -> None:
    assert refusal(propose, letter=answered, user=sofie, answer=text).code == "ladder"
    assert publications.of(answered) is None


@pytest.mark.parametrize("text", [THREE, "Det kender mange.\r\n\r\nHvad ville hjælpe dig?", "Det kender mange.\n"])
def test_paragraphs_that_would_show_somebody_are_left_out_without_a_colleague(
    answered: Letter, sofie: User, text: str
) -> None:
    propose(answered, sofie, answer=text)
    agree(answered)
    assert publications.of(answered).published_at is not None  # type: ignore[union-attr]


# What they read ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("second_look", [True, False])
def test_nobody_in_training_gives_a_second_look_or_gives_it_back(anna: User, sofie: User, second_look: bool) -> None:
    letter = write(make_box(second_look=second_look)).letter
    make_person("Mads", "counsellor")
    letters.ask_look(letter=letter, user=sofie, text=ANSWER, seen=seen(letter), now=later(minutes=1))
    arguments = {"letter": letter, "user": anna, "seen": seen(letter), "now": later(minutes=20)}
    assert refusal(letters.give_look, **arguments).code == "forbidden"
    assert refusal(letters.return_draft, note="Fint", **arguments).code == "forbidden"
    assert letter.parts.sent().count() == 1


def test_two_in_training_never_read_for_each_other(asked: Letter, anna: User) -> None:
    bo = train(make_person("Bo", "counsellor"))
    arguments = {"letter": asked, "user": bo, "seen": seen(asked), "now": later(minutes=20)}
    assert refusal(letters.give_look, **arguments).code == "forbidden"


def test_in_training_in_one_organisation_of_a_letterbox_is_in_training_there(anna: User) -> None:
    shared, other = make_box(), make_box(at="andet")
    shared.organizations.add(house("andet"))
    Membership.objects.create(user=anna, organization=house("andet"), role="counsellor")
    assert (permissions.is_trainee(anna, shared), permissions.is_trainee(anna, other)) == (True, False)
    answer(write(other).letter, anna)
    letter = write(shared).letter
    assert refusal(letters.send, letter=letter, user=anna, text="Hej", seen=seen(letter), now=NOW).code == "ladder"


def test_a_role_beside_the_training_does_not_end_it(anna: User) -> None:
    Membership.objects.create(user=anna, organization=house(), role="coordinator")
    letter = write(make_box()).letter
    assert refusal(letters.send, letter=letter, user=anna, text="Hej", seen=seen(letter), now=NOW).code == "ladder"


# The desk ---------------------------------------------------------------------------------------------------------


def test_the_desk_asks_somebody_who_is_not_in_training_to_read_it(asked: Letter, anna: User, sofie: User) -> None:
    bo, lis = train(make_person("Bo", "counsellor")), make_person("Lis", "coordinator")
    found = {user: Letters().keys(user, now=NOW) for user in (anna, bo, sofie, lis)}
    assert found == {anna: [], bo: [], sofie: [asked.public_id], lis: [asked.public_id]}


def test_letters_to_answer_wait_for_those_in_training_as_for_the_others(anna: User) -> None:
    letter = write(make_box()).letter
    assert Letters().keys(anna, now=NOW) == [letter.public_id]


def test_where_somebody_in_training_is_alone_the_letter_stays_and_its_coordinators_hear_that_it_is_late(
    anna: User,
) -> None:
    Membership.objects.create(
        user=make_person("Ole", email="ole@brevhuset.example"), organization=house(), role="coordinator"
    )
    letter = write(make_box(answer_hours=4)).letter
    refusal(letters.send, letter=letter, user=anna, text=ANSWER, seen=seen(letter), now=NOW)
    assert Letters().keys(anna, now=NOW) == [letter.public_id]
    letters.ask_look(letter=letter, user=anna, text=ANSWER, seen=seen(letter), now=later(minutes=10))
    assert fresh(letter).due_at == letter.due_at
    assert letter.public_id in at_work(anna).get(reverse("letters:desk")).content.decode()
    assert letter_sweeps.alarm_late(now=later(hours=5)) == 1
    assert [sent.to for sent in mail.outbox] == [["ole@brevhuset.example"]]


def test_who_could_read_it_is_asked_among_those_who_are_not_in_training(anna: User, sofie: User) -> None:
    box = make_box()
    assert letterboxes.has_reader(box, besides={anna.pk})
    assert not letterboxes.has_reader(box, besides={sofie.pk})


# On the page ------------------------------------------------------------------------------------------------------


def at_work(user: User) -> Client:
    client = Client()
    client.force_login(user)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


def page_of(letter: Letter, user: User) -> str:
    return at_work(user).get(reverse("letters:read", args=[letter.public_id])).content.decode()


def written(**fields: Any) -> Letter:
    return write(make_box(**fields), now=timezone.now()).letter


def test_the_page_says_before_the_button_that_a_colleague_reads_it_first(anna: User, sofie: User) -> None:
    letter = written()
    page = page_of(letter, anna)
    assert page.index("You are in training. A colleague reads your answer") < page.index('value="ask"')
    assert 'value="send"' not in page
    letters.release(letter)
    usual = page_of(letter, sofie)
    assert 'value="send"' in usual
    assert "in training" not in usual


def test_the_page_says_to_a_colleague_that_somebody_in_training_has_written_in_it(anna: User, sofie: User) -> None:
    letter = written()
    letters.save_draft(letter=letter, user=anna, text=ANSWER, seen=seen(letter), now=timezone.now())
    letters.release(letter)
    page = page_of(letter, sofie)
    assert page.index("Somebody in training has written in it.") < page.index('value="ask"')
    assert 'value="send"' not in page


def test_somebody_in_training_reads_along_where_a_colleague_is_asked(anna: User, sofie: User) -> None:
    letter, mads = written(), make_person("Mads", "counsellor")
    letters.ask_look(letter=letter, user=sofie, text=ANSWER, seen=seen(letter), now=timezone.now())
    page = page_of(letter, anna)
    assert ANSWER in page
    assert 'name="action"' not in page
    assert 'value="look"' in page_of(letter, mads)  # nobody was held up


def test_whoever_is_alone_and_in_training_is_told_that_nobody_can_read_it(anna: User) -> None:
    letter = written()
    assert "Nobody else here can read it through." in page_of(letter, anna)
    make_person("Sofie", "counsellor")
    assert "Nobody else here can read it through." not in page_of(letter, anna)
