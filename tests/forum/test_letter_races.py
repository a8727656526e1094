"""Two who act on one letter at the same time: one of the two orders holds, and nobody's words are passed over."""

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import connection

from accounts.models import User
from forum.models import Letter, Letterbox, LetterPart, Publication
from forum.services import letterboxes, letters, places, publications
from moderation.refusals import Refused
from referrals import search
from tests.forum.letters import (
    ANSWER,
    answer,
    fresh,
    house,
    later,
    make_box,
    make_person,
    make_service,
    propose,
    seen,
    write,
)

pytestmark = [pytest.mark.both_engines, pytest.mark.django_db(transaction=True)]
ROUNDS = 6


def at_once(*verbs: Callable[[], Any]) -> list[str]:
    """Each in a thread and a connection of its own; "done" or the refusal's code of each."""
    gate, outcomes = threading.Barrier(len(verbs)), [""] * len(verbs)

    def run(place: int, verb: Callable[[], Any]) -> None:
        try:
            gate.wait()
            verb()
            outcomes[place] = "done"
        except Refused as refused:
            outcomes[place] = str(refused.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(verbs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


@pytest.fixture
def sofie() -> User:
    return make_person("Sofie", "counsellor")


@pytest.fixture
def mads() -> User:
    return make_person("Mads", "counsellor")


def test_what_is_written_while_an_answer_is_sent_is_never_taken_for_answered(sofie: User) -> None:
    box = make_box()
    for _round in range(ROUNDS):
        letter = write(box).letter
        opened = seen(letter)
        sent, more = at_once(
            partial(letters.send, letter=letter, user=sofie, text=ANSWER, seen=opened, now=later(minutes=20)),
            partial(letters.write_more, letter=letter, text="Nej vent", now=later(minutes=20)),
        )
        assert more == "done"
        assert sent in {"done", "closed"}
        assert fresh(letter).due_at is not None
        assert letter.parts.sent().last().text == "Nej vent"  # type: ignore[union-attr]
        assert letter.parts.sent().count() == (3 if sent == "done" else 2)


def test_two_counsellors_who_send_at_once_send_one_answer(sofie: User, mads: User) -> None:
    box = make_box()
    for _round in range(ROUNDS):
        letter = write(box).letter
        opened = seen(letter)
        outcomes = at_once(
            partial(letters.send, letter=letter, user=sofie, text="Fra Sofie", seen=opened, now=later(minutes=20)),
            partial(letters.send, letter=letter, user=mads, text="Fra Mads", seen=opened, now=later(minutes=20)),
        )
        assert sorted(outcomes) in (["closed", "done"], ["done", "forbidden"])
        assert letter.parts.filter(counsellor__isnull=False).count() == 1


def test_a_colleague_never_sends_words_that_the_writer_changes_at_that_moment(sofie: User, mads: User) -> None:
    box = make_box(second_look=True)
    for _round in range(ROUNDS):
        letter = write(box).letter
        letters.ask_look(letter=letter, user=sofie, text="Læst", seen=seen(letter), now=later(minutes=10))
        opened = seen(letter)
        at_once(
            partial(letters.give_look, letter=letter, user=mads, seen=opened, now=later(minutes=20)),
            partial(letters.ask_look, letter=letter, user=sofie, text="Ulæst", seen=opened, now=later(minutes=20)),
        )
        sent = list(letter.parts.sent().filter(counsellor__isnull=False).values_list("text", flat=True))
        assert sent in ([], ["Læst"])


def test_nobody_reads_an_answer_that_they_change_at_that_moment_in_another_tab(sofie: User, mads: User) -> None:
    make_person("Lis", "coordinator")  # who could read it
    box = make_box(second_look=True)
    for _round in range(ROUNDS):
        letter = write(box).letter
        letters.ask_look(letter=letter, user=sofie, text="Sofies", seen=seen(letter), now=later(minutes=10))
        opened = seen(letter)
        changed, looked = at_once(
            partial(letters.ask_look, letter=letter, user=mads, text="Mads’", seen=opened, now=later(minutes=20)),
            partial(letters.give_look, letter=letter, user=mads, seen=opened, now=later(minutes=20)),
        )
        assert {"done"} < {changed, looked}
        sent = letter.parts.sent().last()
        assert sent is not None
        assert (sent.text == "Sofies") is (looked == "done")
        assert LetterPart.objects.filter(looked_by=mads, text="Mads’").count() == 0


def test_two_who_change_and_read_one_answer_at_once_never_sign_it_off_between_themselves(
    sofie: User, mads: User
) -> None:
    make_person("Lis", "coordinator")  # who could read it
    box = make_box(second_look=True)
    for _round in range(ROUNDS):
        letter = write(box).letter
        letters.ask_look(letter=letter, user=sofie, text="Sofies", seen=seen(letter), now=later(minutes=10))
        letters.ask_look(letter=letter, user=mads, text="Begges", seen=seen(letter), now=later(minutes=15))
        opened = seen(letter)
        at_once(
            partial(letters.give_look, letter=letter, user=sofie, seen=opened, now=later(minutes=20)),
            partial(letters.give_look, letter=letter, user=mads, seen=opened, now=later(minutes=20)),
            partial(letters.ask_look, letter=letter, user=sofie, text="Sofies", seen=opened, now=later(minutes=20)),
        )
        assert letter.parts.sent().filter(counsellor__isnull=False).count() == 0
        assert set(letter.parts.values_list("writers__user", flat=True)) >= {sofie.pk, mads.pk}


def test_two_coordinators_who_change_one_letterbox_at_once_leave_the_services_of_one_of_them() -> None:
    lis, ole = make_person("Lis", "coordinator"), make_person("Ole", "coordinator")
    services = [make_service() for _unused in range(4)]
    box = make_box()
    common = {name: getattr(box, name) for name in places.FIELDS[Letterbox]}
    chosen = {lis: services[:3], ole: services[3:0:-1]}
    for _round in range(ROUNDS):
        outcomes = at_once(
            *(
                partial(
                    letterboxes.change_box,
                    box,
                    user=user,
                    words={**common, "services": theirs},
                    organizations=[house()],
                )
                for user, theirs in chosen.items()
            )
        )
        assert outcomes == ["done", "done"]
        assert [each.service for each in box.referrals.select_related("service")] in list(chosen.values())


def test_a_yes_and_a_no_at_once_leave_the_page_and_its_place_in_the_search_together(sofie: User) -> None:
    box = make_box()
    for _round in range(ROUNDS):
        letter = write(box).letter
        answer(letter, sofie)
        propose(letter, sofie)
        page = publications.of(letter)
        assert page is not None
        shown = publications.version_of(page)
        said_yes, said_no = at_once(
            partial(letters.consent, letter=letter, seen=shown, now=later(hours=3)),
            partial(letters.withdraw, letter=letter),
        )
        assert said_no == "done"
        assert said_yes in {"done", "unknown"}
        assert Publication.objects.published().count() == 0
        assert search.find("alene") == []


def test_deleting_while_both_sides_write_leaves_nothing_behind(sofie: User) -> None:
    box = make_box()
    for _round in range(ROUNDS):
        letter = write(box).letter
        opened = seen(letter)
        outcomes = at_once(
            partial(letters.delete, letter=letter),
            partial(letters.write_more, letter=letter, text="Nej vent", now=later(minutes=20)),
            partial(letters.send, letter=letter, user=sofie, text=ANSWER, seen=opened, now=later(minutes=20)),
        )
        assert outcomes[0] == "done"
        assert (Letter.objects.count(), LetterPart.objects.count()) == (0, 0)
