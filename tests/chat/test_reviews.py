""" "Bed en anden voksen se på det": who may ask, who reads it, what it keeps and for how long."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, User
from chat.events import MemberBanned, MemberKicked, MemberMuted, MemberUnmuted, MemberWarned, MessageHeld, WhisperSent
from chat.models import Ban, Event, Member, Review, Session, Stream, WorkerBeat, digest
from chat.permissions import can_answer_review
from chat.places import REVIEW
from chat.services import bans, retention, reviews
from chat.services.reviews import answer, ask, erase_due
from moderation.refusals import Refused
from tests.chat.care import NOW, counsellor_of, everything_stored, later, make_coordinator, put, say, tell
from tests.chat.people import make_counsellor, make_session, seat_staff, seat_young
from tests.config.reading import length, lix, longest_sentence, text_of

pytestmark = pytest.mark.django_db


class Evening:
    """A counsellor who warned and muted somebody, a colleague in the same room, and a coordinator."""

    def __init__(self) -> None:
        self.karla, self.mads = make_counsellor("Karla"), make_counsellor("Mads")
        self.lead = make_coordinator()
        self.session = make_session(self.karla, self.mads, now=NOW)
        self.actor, _login = seat_staff(self.session, self.karla, now=NOW)
        self.member, self.cookies = seat_young(self.session, "Blå Ræv", now=NOW)
        say(self.member, "Det er løgn", at=NOW)
        self.warn()

    def warn(self) -> None:
        tell(self.member, self.actor, MemberWarned, at=NOW, reason="Tal pænt")

    def mute(self, actor: Member | None = None) -> None:
        until = later(minutes=5)
        tell(self.member, actor or self.actor, MemberMuted, at=NOW, reason="Pause", until=until)

    def ban(self, actor: Member | None = None) -> None:
        actor, until = actor or self.actor, later(days=7)
        tell(self.member, actor, MemberKicked, at=NOW, reason="Ud", ground="discord")
        tell(self.member, actor, MemberBanned, at=NOW, reason="Væk", until=until)
        Member.objects.filter(pk=self.member.pk).update(banned_until=until, kicked_at=NOW)

    def ask(self, words: str = "", **span: float) -> Review:
        ask(session=self.session, member=self.member, words=words, now=later(**span))
        return Review.objects.filter(member=self.member).latest("asked_at")

    @property
    def address(self) -> str:
        return reverse("chat:review", args=[self.session.slug])


@pytest.fixture
def evening() -> Evening:
    return Evening()


def refusal(verb: Any, **arguments: Any) -> Refused:
    with pytest.raises(Refused) as caught:
        verb(**arguments)
    return caught.value


# What is kept -----------------------------------------------------------------------------------------------------


def test_a_review_keeps_the_steps_as_they_were_told_and_what_the_member_wrote(evening: Evening) -> None:
    evening.mute()
    tell(evening.member, evening.actor, MemberUnmuted, at=later(minutes=1))
    held = MessageHeld(id="h1", member=evening.member.public_id, text="Ring til mig", why="hold")
    put(evening.session, held, author=evening.member, at=NOW, stream=Stream.DESK)
    review = evening.ask("Jeg mente det ikke")
    told = "2026-11-24T19:00:00.000Z"
    assert review.steps == [
        {"type": "member.warned", "at": told, "reason": "Tal pænt"},
        {"type": "member.muted", "at": told, "reason": "Pause", "until": "2026-11-24T19:05:00.000Z"},
        {"type": "member.unmuted", "at": "2026-11-24T19:01:00.000Z"},
    ]
    assert review.lines == [{"at": told, "text": "Det er løgn"}, {"at": told, "text": "Ring til mig"}]
    assert (review.words, review.asked_at, list(review.actors.all())) == ("Jeg mente det ikke", NOW, [evening.karla])


def test_it_keeps_no_name_no_whisper_and_nothing_of_the_others(evening: Evening) -> None:
    other, _cookies = seat_young(evening.session, "Stille Ugle", now=NOW)
    say(other, "Sagt af en anden", at=NOW)
    whisper = WhisperSent(id="w1", from_=evening.member.public_id, text="Sagt i hvisken")
    put(evening.session, whisper, author=evening.member, at=NOW, stream=Stream.DESK)
    evening.ask()
    Event.objects.all().delete()
    Member.objects.young().delete()
    left = everything_stored()
    for text in ("Blå Ræv", evening.member.public_id, "Sagt i hvisken", "Sagt af en anden"):
        assert text not in left
    assert "Det er løgn" in left


def test_only_whoever_was_sanctioned_can_ask(evening: Evening) -> None:
    other, _cookies = seat_young(evening.session, "Stille Ugle", now=NOW)
    assert refusal(ask, session=evening.session, member=other, words="", now=NOW).code == "unknown"
    tell(other, evening.actor, MemberUnmuted, at=NOW)
    assert refusal(ask, session=evening.session, member=other, words="", now=NOW).code == "unknown"
    Session.objects.filter(pk=evening.session.pk).update(erased_at=NOW)
    assert refusal(ask, session=evening.session, member=evening.member, words="", now=NOW).code == "unknown"
    assert Review.objects.count() == 0


def test_asking_again_gives_the_same_review_and_a_token_that_works(evening: Evening) -> None:
    first = evening.ask("Første")
    token = ask(session=evening.session, member=evening.member, words="Andet", now=later(hours=1))
    review = Review.objects.get()
    assert (review.pk, review.words, review.asked_at) == (first.pk, "Første", NOW)
    assert review.token_hash == digest(token)


def test_after_a_later_kick_and_ban_one_asks_anew_and_all_who_took_a_step_are_kept_out(evening: Evening) -> None:
    first = evening.ask("Om pausen")
    evening.ban(seat_staff(evening.session, evening.mads, now=NOW)[0])
    second = evening.ask("Om kicket", minutes=5)
    first.refresh_from_db()
    assert second.pk != first.pk
    assert [step["type"] for step in second.steps] == ["member.warned", "member.kicked", "member.banned"]
    assert (first.words, len(first.steps), second.words) == ("Om pausen", 1, "Om kicket")
    assert set(second.actors.all()) == {evening.karla, evening.mads}
    for user, may in ((evening.karla, False), (evening.mads, False), (evening.lead, True)):
        assert can_answer_review(user, second, now=NOW) is may, user
    assert evening.ask("Igen", hours=1) == second


def test_what_only_eases_ones_standing_is_nothing_to_ask_about_again(evening: Evening) -> None:
    evening.mute()
    evening.ask()
    tell(evening.member, evening.actor, MemberUnmuted, at=later(minutes=1))
    assert not reviews.can_ask(evening.member)
    evening.mute()
    assert reviews.can_ask(evening.member)


@pytest.mark.parametrize("words, code", [("x" * 1001, "too_long"), ("a\x00b", "bad_command")])
def test_words_that_cannot_be_kept_are_refused(evening: Evening, words: str, code: str) -> None:
    assert refusal(ask, session=evening.session, member=evening.member, words=words, now=NOW).code == code
    assert Review.objects.count() == 0


# Who answers ------------------------------------------------------------------------------------------------------


def test_another_adult_of_the_house_answers_and_no_actor(evening: Evening) -> None:
    evening.mute(seat_staff(evening.session, evening.mads, now=NOW)[0])
    review = evening.ask()
    sara, far = make_counsellor("Sara"), counsellor_of("andet", "Fjern")
    editor = make_counsellor("Erik")
    Membership.objects.filter(user=editor).update(role=Membership.Role.EDITOR)
    gone = make_counsellor("Gert")
    User.objects.filter(pk=gone.pk).update(is_active=False)
    table = [
        (evening.karla, False),  # warned
        (evening.mads, False),  # muted
        (sara, True),
        (evening.lead, True),
        (far, False),
        (make_coordinator("nabo", email="n@andet.example", at="andet"), False),
        (editor, False),
        (gone, False),
        (User.objects.create_superuser("drift"), False),
        (AnonymousUser(), False),
    ]
    for user, may in table:
        assert can_answer_review(user, review, now=NOW) is may, user  # type: ignore[arg-type]
    late = later(hours=48)
    assert not can_answer_review(sara, review, now=late)
    for user, moment in ((evening.mads, NOW), (sara, late)):
        refused = refusal(answer, review=review, user=user, outcome="upheld", answer="Nej", now=moment)
        assert refused.code == "forbidden"


def test_without_a_second_factor_nobody_reads_it(evening: Evening, settings: Any) -> None:
    review = evening.ask()
    settings.DEMO = False
    assert not can_answer_review(evening.lead, review, now=NOW)


def test_the_first_answer_stands(evening: Evening) -> None:
    review = evening.ask()
    answer(review=review, user=evening.lead, outcome="upheld", answer="Vi har set på det.", now=later(hours=1))
    code = refusal(answer, review=review, user=evening.mads, outcome="changed", answer="Nej", now=later(hours=2)).code
    review.refresh_from_db()
    assert (code, review.outcome, review.answer) == ("closed", "upheld", "Vi har set på det.")
    assert (review.answered_by, review.answered_at) == (evening.lead, later(hours=1))


@pytest.mark.parametrize("wrong", [{"outcome": ""}, {"outcome": "maybe"}, {"answer": " "}, {"answer": "x" * 1001}])
def test_an_answer_takes_an_outcome_and_words(evening: Evening, wrong: dict[str, str]) -> None:
    review = evening.ask()
    refusal(answer, review=review, user=evening.lead, now=NOW, **{"outcome": "upheld", "answer": "Ja", **wrong})
    review.refresh_from_db()
    assert review.answered_at is None


def test_a_ban_that_was_wrong_ends_and_one_that_stands_does_not(evening: Evening) -> None:
    evening.ban()
    review = evening.ask()
    answer(review=review, user=evening.lead, outcome="changed", answer="Det var en fejl.", now=NOW)
    member = Member.objects.get(pk=evening.member.pk)
    assert (member.banned_until, member.kicked_at) == (None, NOW)


def test_an_answer_about_a_mute_leaves_a_later_ban_as_it_is(evening: Evening) -> None:
    evening.mute()
    about_the_mute = evening.ask()
    evening.ban()
    answer(review=about_the_mute, user=evening.lead, outcome="changed", answer="Pausen var en fejl.", now=NOW)
    assert Member.objects.get(pk=evening.member.pk).banned_until == later(days=7)
    answer(review=evening.ask(hours=1), user=evening.lead, outcome="changed", answer="Alt var forkert.", now=NOW)
    assert Member.objects.get(pk=evening.member.pk).banned_until is None


def test_a_ban_is_known_again_to_the_thousandth_of_a_second_that_was_told(evening: Evening) -> None:
    until = later(days=7, microseconds=123456)
    tell(evening.member, evening.actor, MemberBanned, at=NOW, reason="Væk", until=until)
    Member.objects.filter(pk=evening.member.pk).update(banned_until=until)
    answer(review=evening.ask(), user=evening.lead, outcome="changed", answer="Det var en fejl.", now=NOW)
    assert Member.objects.get(pk=evening.member.pk).banned_until is None


def test_a_ban_stays_when_the_answer_is_that_it_stands(evening: Evening) -> None:
    evening.ban()
    answer(review=evening.ask(), user=evening.lead, outcome="upheld", answer="Det står ved magt.", now=NOW)
    assert Member.objects.get(pk=evening.member.pk).banned_until == later(days=7)


# 48 hours ---------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_after_48_hours_nothing_of_it_is_left(evening: Evening) -> None:
    review = evening.ask("Ord fra den unge")
    answer(review=review, user=evening.lead, outcome="upheld", answer="Svar fra en voksen", now=later(hours=1))
    assert erase_due(now=later(hours=48, seconds=-1)) == 0
    assert Review.objects.count() == 1
    assert erase_due(now=later(hours=48)) == 1
    assert (Review.objects.count(), Review.actors.through.objects.count()) == (0, 0)
    left = everything_stored()
    assert "Ord fra den unge" not in left
    assert "Svar fra en voksen" not in left


def test_while_the_storage_cannot_forget_an_empty_row_reminds_of_it(
    evening: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    evening.ask("Ord fra den unge")
    monkeypatch.setattr(retention, "scrub", lambda: False)
    assert erase_due(now=later(hours=48)) == 1
    (row,) = Review.objects.values("steps", "lines", "words", "member", "answer")
    assert row == {"steps": [], "lines": [], "words": "", "member": None, "answer": ""}
    monkeypatch.setattr(retention, "scrub", lambda: True)
    assert erase_due(now=later(hours=49)) == 0
    assert Review.objects.count() == 0


def test_a_review_outlives_the_erasure_of_its_session(evening: Evening, client: Client) -> None:
    token = ask(session=evening.session, member=evening.member, words="", now=NOW)
    retention.erase(session=evening.session, now=later(hours=1))
    review = Review.objects.get()
    assert (review.member, [line["text"] for line in review.lines]) == (None, ["Det er løgn"])
    assert reviews.find(session=evening.session, member=None, token=token, now=later(hours=47)) == [review]
    assert reviews.find(session=evening.session, member=None, token=token, now=later(hours=48)) == []
    assert reviews.find(session=evening.session, member=None, token="", now=NOW) == []


# Mail -------------------------------------------------------------------------------------------------------------


def test_the_coordinators_are_told_once_that_one_waits(evening: Evening, mailoutbox: list[Any]) -> None:
    evening.ask("Ord fra den unge")
    reviews.mail_about_waiting(now=later(seconds=5))
    assert mailoutbox == []
    for minutes in (1, 2, 3):
        reviews.mail_about_waiting(now=later(minutes=minutes))
    (mail,) = mailoutbox
    assert mail.to == ["leder@prove.example"]
    for secret in ("Ord fra den unge", "Det er løgn", "Blå Ræv", evening.session.title, evening.session.slug):
        assert secret not in mail.subject + mail.body


def test_a_mail_that_did_not_go_is_tried_again(
    evening: Evening, mailoutbox: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: object, **kwargs: object) -> None:
        raise ConnectionRefusedError

    evening.ask()
    with monkeypatch.context() as patch:
        patch.setattr("accounts.staff_mail.send_mail", broken)
        reviews.mail_about_waiting(now=later(minutes=1))
    assert mailoutbox == []
    reviews.mail_about_waiting(now=later(minutes=2))
    assert len(mailoutbox) == 1
    assert WorkerBeat.objects.get(name=reviews.MAILED).beat_at == NOW


# The page of the young --------------------------------------------------------------------------------------------


@pytest.fixture
def phone(evening: Evening, client: Client) -> Client:
    """The browser that the place belongs to. Reviews are asked by the real clock here."""
    client.cookies.load(evening.cookies)
    return client


def test_one_tap_asks_and_the_page_remembers(evening: Evening, phone: Client) -> None:
    page = phone.get(evening.address)
    html = page.content.decode()
    assert page.status_code == 200
    assert "<title>Samrum</title>" in html
    assert "Tal pænt" in html
    assert evening.karla.profile.working_name not in html
    answered = phone.post(evening.address)
    assert (answered.status_code, answered["Location"]) == (302, evening.address)
    morsel = answered.cookies[REVIEW]
    assert (morsel["path"], morsel["max-age"], morsel["httponly"]) == (f"/chat/{evening.session.slug}/", 172800, True)
    assert "En anden voksen ser på det" in phone.get(evening.address).content.decode()
    phone.post(evening.address, {"words": "En gang til"})
    assert [review.words for review in Review.objects.all()] == [""]


@pytest.mark.parametrize("fields", [{"kicked_at": NOW}, {"kicked_at": NOW, "banned_until": later(days=3650)}])
def test_it_opens_for_whoever_was_put_out(evening: Evening, phone: Client, fields: dict[str, Any]) -> None:
    Member.objects.filter(pk=evening.member.pk).update(**fields)
    assert phone.get(evening.address).status_code == 200
    assert phone.post(evening.address).status_code == 302


def test_words_that_are_refused_stay_in_the_box(evening: Evening, phone: Client) -> None:
    words = "Jeg gjorde ikke noget. " * 60
    page = phone.post(evening.address, {"words": words})
    assert page.status_code == 422
    assert words in page.content.decode()
    assert 'aria-invalid="true"' in page.content.decode()


def test_for_everybody_else_there_is_no_such_page(evening: Evening, client: Client) -> None:
    _other, cookies = seat_young(evening.session, "Stille Ugle", now=NOW)
    elsewhere = make_session(evening.karla, now=NOW)
    nothing = client.get("/chat/findesikke/se-paa-det/").status_code
    assert nothing == client.get(evening.address).status_code == client.post(evening.address).status_code == 404
    client.cookies.load(cookies)
    assert client.get(evening.address).status_code == client.post(evening.address).status_code == 404
    client.cookies.load(evening.cookies)
    assert client.get(reverse("chat:review", args=[elsewhere.slug])).status_code == 404
    client.cookies.clear()
    client.force_login(evening.karla)
    assert client.get(evening.address).status_code == 404


def test_the_answer_is_read_on_the_same_page_after_the_erasure_too(evening: Evening, phone: Client) -> None:
    phone.post(evening.address, {"words": "Se lige"})
    review = Review.objects.get()
    answer(review=review, user=evening.mads, outcome="upheld", answer="Jeg har læst det hele.", now=review.asked_at)
    retention.erase(session=evening.session, now=NOW)
    html = phone.get(evening.address).content.decode()
    assert "Jeg har læst det hele." in html
    assert "Mads" in html
    Review.objects.all().delete()
    gone = phone.get(evening.address)
    assert gone.status_code == 410
    assert "slettet" in gone.content.decode()
    assert phone.get(evening.address).status_code == 404


def test_a_ban_that_was_wrong_leaves_this_browser_and_another_ban_stays(evening: Evening, phone: Client) -> None:
    evening.ban()
    mine = bans.remember({}, evening.session, until=later(days=7))[0]
    other = timezone.now() + timedelta(days=20)
    both = bans.remember({"ban": mine[0]}, evening.session, until=other)[0]
    bans.remember({}, evening.session, until=later(days=7))
    wrong = Ban.objects.get(token_hash=digest(mine[0]))
    phone.post(evening.address)
    phone.cookies["ban"] = ".".join(both)
    phone.get(evening.address)
    assert Ban.objects.count() == 3
    review = Review.objects.get()
    answer(review=review, user=evening.lead, outcome="changed", answer="Undskyld.", now=review.asked_at)
    assert "Du kan være med i vores chats igen." not in phone.get(evening.address).content.decode()
    assert Ban.objects.count() == 2
    assert not Ban.objects.filter(pk=wrong.pk).exists()
    Ban.objects.all().delete()
    assert "Du kan være med i vores chats igen." in phone.get(evening.address).content.decode()


def test_the_page_offers_to_ask_about_what_came_later_and_keeps_the_earlier_answer(
    evening: Evening, phone: Client
) -> None:
    phone.post(evening.address, {"words": "Om advarslen"})
    first = Review.objects.get()
    assert "<textarea" not in phone.get(evening.address).content.decode()
    evening.ban()
    again = phone.get(evening.address)
    assert "Om advarslen" in again.content.decode()
    assert [step.reason for step in again.context["steps"]] == ["Ud", "Væk"]
    assert "<textarea" in again.content.decode()
    phone.post(evening.address, {"words": "Om kicket"})
    answer(review=first, user=evening.lead, outcome="upheld", answer="Advarslen var rigtig.", now=first.asked_at)
    retention.erase(session=evening.session, now=first.asked_at)
    html = phone.get(evening.address).content.decode()
    assert "<textarea" not in html
    assert html.index("Om kicket") < html.index("Advarslen var rigtig.")


def test_a_ban_that_stands_stays_in_the_browser(evening: Evening, phone: Client) -> None:
    evening.ban()
    tokens, _until = bans.remember({}, evening.session, until=later(days=7))
    phone.post(evening.address)
    phone.cookies["ban"] = ".".join(tokens)
    review = Review.objects.get()
    answer(review=review, user=evening.lead, outcome="upheld", answer="Nej.", now=review.asked_at)
    phone.get(evening.address)
    assert Ban.objects.count() == 1


def test_words_of_somebody_in_danger_bring_help_first(evening: Evening, phone: Client) -> None:
    phone.post(evening.address, {"words": "jeg vil ikke leve mere, jeg tager mit eget liv i nat"})
    html = phone.get(evening.address).content.decode()
    assert html.index("112") < html.index("En anden voksen ser på det")


def states(evening: Evening, phone: Client) -> dict[str, str]:
    """The page as it stands before, meanwhile and after."""
    evening.mute()
    evening.ban()
    pages = {"ask": phone.get(evening.address).content.decode()}
    phone.post(evening.address)
    pages["waiting"] = phone.get(evening.address).content.decode()
    review = Review.objects.get()
    answer(review=review, user=evening.lead, outcome="changed", answer="Vi tog fejl.", now=review.asked_at)
    pages["answered"] = phone.get(evening.address).content.decode()
    Review.objects.all().delete()
    pages["gone"] = phone.get(evening.address).content.decode()
    return pages


def test_every_state_of_the_page_is_easy_to_read(evening: Evening, phone: Client) -> None:
    for name, html in states(evening, phone).items():
        text = text_of(html.split('aria-labelledby="help"')[0] + "</main>")
        assert lix(text) <= 25, (name, lix(text))
        assert length(longest_sentence(text)) <= 20, (name, longest_sentence(text))


def test_the_page_says_who_reads_it_how_long_it_is_kept_and_where_the_answer_comes(
    evening: Evening, phone: Client
) -> None:
    html = " ".join(phone.get(evening.address).content.decode().split())
    here = "på den telefon, du bruger nu"
    for text in ("ikke den, der gjorde det", "48 timer", "inden for et døgn", here, "Væk herfra"):
        assert text in html


# The pages of the staff -------------------------------------------------------------------------------------------


def test_the_list_shows_the_oldest_first_and_no_text(evening: Evening, client: Client) -> None:
    phone = Client()
    phone.cookies.load(evening.cookies)
    phone.post(evening.address, {"words": "Ord fra den unge"})
    first = Review.objects.get()
    second, cookies = seat_young(evening.session, "Stille Ugle", now=NOW)
    tell(second, evening.actor, MemberWarned, at=NOW, reason="Pas på")
    phone.cookies.load(cookies)
    phone.post(evening.address)
    client.force_login(evening.mads)
    html = client.get("/vagt/klager/").content.decode()
    latest = Review.objects.exclude(pk=first.pk).get()
    assert html.index(f"/vagt/klager/{first.pk}/") < html.index(f"/vagt/klager/{latest.pk}/")
    assert "Ord fra den unge" not in html
    client.force_login(evening.karla)
    assert "Ingen venter på svar." in client.get("/vagt/klager/").content.decode()


def test_an_answer_is_given_on_its_page(evening: Evening, client: Client) -> None:
    evening.mute()
    evening.ban()
    phone = Client()
    phone.cookies.load(evening.cookies)
    phone.post(evening.address, {"words": "Ord fra den unge"})
    review = Review.objects.get()
    address = f"/vagt/klager/{review.pk}/"
    client.force_login(evening.lead)
    html = client.get(address).content.decode()
    for text in ("Ord fra den unge", "Det er løgn", "Tal pænt", "Kick for at skabe splid"):
        assert text in html
    assert "Blå Ræv" not in html
    refused = client.post(address, {"outcome": "", "answer": "Mit svar"})
    assert refused.status_code == 422
    assert "Mit svar" in refused.content.decode()
    assert client.post(address, {"outcome": "changed", "answer": "Mit svar"})["Location"] == "/vagt/klager/"
    assert "Mit svar" in phone.get(evening.address).content.decode()
    assert "<textarea" not in client.get(address).content.decode()


def test_the_pages_open_to_those_who_may_and_to_nobody_else(evening: Evening, client: Client) -> None:
    phone = Client()
    phone.cookies.load(evening.cookies)
    phone.post(evening.address)
    address = f"/vagt/klager/{Review.objects.get().pk}/"
    editor = make_counsellor("Erik")
    Membership.objects.filter(user=editor).update(role=Membership.Role.EDITOR)
    table = [
        (None, 302, 302),
        (evening.lead, 200, 200),
        (evening.mads, 200, 200),
        (evening.karla, 200, 404),
        (counsellor_of("andet", "Fjern"), 200, 404),
        (editor, 200, 404),
        (User.objects.create_superuser("drift"), 403, 404),
    ]
    for user, the_list, the_review in table:
        client.logout()
        if user:
            client.force_login(user)
        seen = (client.get("/vagt/klager/").status_code, client.get(address).status_code)
        assert seen == (the_list, the_review), user
        posted = client.post(address, {"outcome": "", "answer": ""}).status_code
        assert posted == (422 if the_review == 200 else the_review), user


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_the_database_as_often_for_many(
    evening: Evening, client: Client, count: int, django_assert_max_num_queries: Any
) -> None:
    for number in range(count):
        Review.objects.create(
            session=evening.session, token_hash=str(number), steps=[], lines=[], asked_at=later(days=3650 - number)
        )
    client.force_login(evening.lead)
    with django_assert_max_num_queries(17):  # eight of them count what waits, at most every five seconds
        client.get("/vagt/klager/")
