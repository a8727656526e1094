"""The desk: reports, alerts, held messages, notes; slow mode, the pin, polls and referral cards."""

import json

import pytest

from chat.models import Alert, Event, Knock, Member, digest
from chat.replay import read
from chat.services.desk import FLOOD, MOST_REPORTS
from referrals.models import Service
from tests.chat.scene import Scene

pytestmark = [pytest.mark.django_db]

PHONE = "Ring til mig på 31 22 43 54"
ACUTE = "Jeg vil dø i nat. Jeg har taget en masse piller"


@pytest.fixture
def scene():
    return Scene()


# Who may --------------------------------------------------------------------------------------------------------

COUNSELLORS_ONLY = {
    "message.release": {"id": "x"},
    "message.discard": {"id": "x", "reason": "y"},
    "desk.note": {"text": "Se på Ræv"},
    "alert.claim": {"alert": "x"},
    "alert.close": {"alert": "x"},
    "door.answer": {"knock": "x", "let_in": True},
    "referral.share": {"service": "x"},
    "poll.open": {"question": "Hvordan går det?", "options": ["Godt", "Skidt"]},
    "poll.close": {"poll": "x"},
    "room.slow": {"seconds": 10},
    "room.hold": {"on": True},
    "room.pin": {"text": "Hvad hjælper dig?"},
}


@pytest.mark.parametrize("kind", COUNSELLORS_ONLY)
def test_only_counsellors_have_the_desks_tools(scene, kind):
    assert scene.refused(scene.fox, kind, **COUNSELLORS_ONLY[kind]) == "forbidden"


@pytest.mark.parametrize("kind", ["message.report", "poll.vote"])
def test_counsellors_neither_report_nor_vote(scene, kind):
    fields = {"message.report": {"id": "x", "reason": "y"}, "poll.vote": {"poll": "x", "option": 0}}[kind]
    assert scene.refused(scene.karla, kind, **fields) == "forbidden"


@pytest.mark.parametrize(
    "kind, fields",
    [
        ("message.release", {"id": "x"}),
        ("message.discard", {"id": "x", "reason": "y"}),
        ("alert.claim", {"alert": "x"}),
        ("alert.close", {"alert": "x"}),
        ("door.answer", {"knock": "x", "let_in": True}),
        ("referral.share", {"service": "x"}),
        ("referral.share", {"service": "00000000-0000-0000-0000-000000000000"}),
        ("poll.close", {"poll": "x"}),
    ],
)
def test_what_is_not_there_is_unknown(scene, kind, fields):
    assert scene.refused(scene.karla, kind, **fields) == "unknown"


# Reports --------------------------------------------------------------------------------------------------------


def test_a_report_tells_the_counsellors_whose_text_it_is_and_not_who_reported(scene):
    said = scene.say(scene.fox, "Du er en idiot")
    scene.done(scene.owl, "message.report", id=said, reason="Han er ond")
    alert = scene.read(scene.karla, "alert.raised")[0]
    assert (alert["kind"], alert["member"], alert["id"]) == ("report", scene.fox.public_id, said)
    assert (alert["excerpt"], alert["reason"]) == ("Du er en idiot", "Han er ond")
    assert scene.owl.public_id not in json.dumps(alert)
    assert scene.shown() == ["Du er en idiot"]
    for young in (scene.fox, scene.owl):
        assert "Han er ond" not in str(scene.read(young))


def test_a_report_of_the_same_message_changes_nothing_the_second_time(scene):
    said = scene.say(scene.fox)
    for _twice in range(2):
        scene.done(scene.owl, "message.report", id=said, reason="Han er ond")
    assert len(scene.read(scene.karla, "alert.raised")) == 1


def test_one_does_not_report_oneself_nor_what_one_cannot_see(scene):
    said = scene.say(scene.fox)
    assert scene.refused(scene.fox, "message.report", id=said, reason="x") == "forbidden"
    late = scene.newcomer()
    assert scene.refused(late, "message.report", id=said, reason="x") == "unknown"
    scene.done(scene.fox, "message.remove", id=said)
    assert scene.refused(scene.owl, "message.report", id=said, reason="x") == "unknown"


def test_T33_many_reports_change_nothing_by_themselves(scene):
    said = [scene.say(scene.fox, f"Hej {number}") for number in range(MOST_REPORTS + 1)]
    answers = [scene.ask(scene.owl, "message.report", id=one, reason="x") for one in said]
    assert {answer["type"] for answer in answers} == {"accepted"}
    assert len(scene.read(scene.karla, "alert.raised")) == MOST_REPORTS
    others = [scene.newcomer(name) for name in ("Grøn Sommerfugl", "Rolig Bjørn", "Modig Mus")]
    last = scene.say(scene.fox, "Den sidste")
    for other in others:
        scene.done(other, "message.report", id=last, reason="x")
    assert len(scene.shown()) == MOST_REPORTS + 2
    fox = scene.row(scene.fox)
    assert (fox.warning_seq, fox.muted_at, fox.kicked_at, fox.protected_at) == (None, None, None, None)


def test_removing_a_reported_message_closes_its_alert_and_its_excerpt_goes(scene):
    said = scene.say(scene.fox, "Du er en idiot")
    scene.done(scene.owl, "message.report", id=said, reason="Han er ond")
    scene.done(scene.karla, "message.remove", id=said, reason="Tal pænt")
    assert scene.read(scene.karla, "alert.closed")[0]["by"] == scene.karla.public_id
    assert not Alert.objects.open().exists()
    assert "idiot" not in str(list(Event.objects.values_list("frame", flat=True)))


def test_an_open_alert_keeps_its_excerpt_when_the_author_removes_the_message(scene):
    said = scene.say(scene.fox, "Du er en idiot")
    scene.done(scene.owl, "message.report", id=said, reason="Han er ond")
    scene.done(scene.fox, "message.remove", id=said)
    alert = scene.read(scene.karla, "alert.raised")[0]
    assert alert["excerpt"] == "Du er en idiot"
    scene.done(scene.karla, "alert.close", alert=alert["alert"])
    assert "idiot" not in str(list(Event.objects.values_list("frame", flat=True)))


def texts_in_the_log(token):
    return [event.frame for event in Event.objects.filter(frame__contains=token)]


def test_a_closed_alert_keeps_nothing_of_what_its_author_removes_later(scene):
    said = scene.say(scene.fox, "Du er en idiot")
    scene.done(scene.owl, "message.report", id=said, reason="Han er ond")
    scene.done(scene.karla, "alert.close", alert=scene.read(scene.karla, "alert.raised")[0]["alert"])
    scene.done(scene.fox, "message.remove", id=said)
    assert texts_in_the_log("idiot") == []


def test_closing_one_alert_leaves_the_excerpt_of_another_that_is_open(scene):
    mouse = scene.newcomer("Modig Mus")
    said = scene.say(scene.fox, "Du er en idiot")
    for reporter in (scene.owl, mouse):
        scene.done(reporter, "message.report", id=said, reason="Han er ond")
    first, second = (alert["alert"] for alert in scene.read(scene.karla, "alert.raised"))
    scene.done(scene.fox, "message.remove", id=said)
    scene.done(scene.karla, "alert.close", alert=second)
    excerpts = {alert["alert"]: alert.get("excerpt") for alert in scene.read(scene.karla, "alert.raised")}
    assert excerpts[second] is None
    assert excerpts[first]


def test_an_alert_follows_a_held_message_that_was_shown(scene):
    held = scene.done(scene.fox, "message.post", text=PHONE, ask=True)["id"]
    shown = scene.done(scene.karla, "message.release", id=held)["id"]
    scene.done(scene.karla, "alert.close", alert=scene.read(scene.karla, "alert.raised")[0]["alert"])
    assert scene.read(scene.karla, "alert.raised")[0]["excerpt"] == PHONE
    scene.done(scene.karla, "message.remove", id=shown, reason="Alligevel ikke")
    assert texts_in_the_log("31 22") == []


def test_what_was_discarded_leaves_no_copy_in_a_closed_alert(scene):
    held = scene.done(scene.fox, "message.post", text=PHONE, ask=True)["id"]
    scene.done(scene.karla, "alert.close", alert=scene.read(scene.karla, "alert.raised")[0]["alert"])
    scene.done(scene.karla, "message.discard", id=held, reason="Så kan de finde dig")
    assert texts_in_the_log("31 22") == []


def test_law_7_an_acute_reason_of_a_report_brings_help_and_an_alert_of_its_own(scene):
    said = scene.say(scene.fox, "Du er en idiot")
    scene.done(scene.owl, "message.report", id=said, reason=ACUTE)
    kinds = [(alert["kind"], alert["member"]) for alert in scene.read(scene.karla, "alert.raised")]
    assert kinds == [("report", scene.fox.public_id), ("crisis", scene.owl.public_id)]
    assert scene.read(scene.owl, "help.offered")


# Alerts ---------------------------------------------------------------------------------------------------------


def test_a_second_claim_takes_the_alert_over_and_a_second_close_changes_nothing(scene):
    scene.done(scene.fox, "whisper.send", text="Må jeg hviske?")
    alert = scene.read(scene.karla, "alert.raised")[0]["alert"]
    scene.done(scene.karla, "alert.claim", alert=alert)
    scene.done(scene.karla, "alert.claim", alert=alert)
    scene.done(scene.jens, "alert.claim", alert=alert)
    claims = scene.read(scene.karla, "alert.claimed")
    assert [claim["by"] for claim in claims] == [scene.karla.public_id, scene.jens.public_id]
    for counsellor in (scene.karla, scene.jens):
        scene.done(counsellor, "alert.close", alert=alert)
    assert len(scene.read(scene.karla, "alert.closed")) == 1


def test_an_alert_can_be_dealt_with_after_closing(scene):
    scene.done(scene.fox, "whisper.send", text=ACUTE)
    scene.done(scene.karla, "room.close", minutes=0)
    alert = scene.read(scene.karla, "alert.raised")[-1]["alert"]
    scene.done(scene.karla, "alert.claim", alert=alert)
    scene.done(scene.karla, "alert.close", alert=alert)


def test_twenty_hurried_messages_within_a_minute_raise_one_alert(scene):
    def hurry(times: int) -> None:
        for _time in range(times):
            scene.ask(scene.fox, "message.post", text="hej")

    hurry(7 + FLOOD)  # the first burst goes through
    with_flood = scene.read(scene.karla, "alert.raised")
    assert [(alert["kind"], alert["member"]) for alert in with_flood] == [("flood", scene.fox.public_id)]
    hurry(FLOOD)
    assert len(scene.read(scene.karla, "alert.raised")) == 1


def test_hurry_now_and_then_is_no_flood(scene):
    for _minute in range(FLOOD):
        scene.later(minutes=2)
        while scene.ask(scene.fox, "message.post", text="hej")["type"] == "accepted":
            pass
    assert not scene.read(scene.karla, "alert.raised")


# Held -----------------------------------------------------------------------------------------------------------


def test_who_asks_has_an_identifying_text_held_and_the_desk_is_told(scene):
    refused = scene.ask(scene.fox, "message.post", text=PHONE)
    assert refused["code"] == "identifying"
    answer = scene.done(scene.fox, "message.post", text=PHONE, ask=True)
    assert answer["held"] is True
    held, alert = scene.read(scene.karla, "message.held")[0], scene.read(scene.karla, "alert.raised")[0]
    assert (held["why"], held["id"]) == ("ask", answer["id"])
    assert (alert["kind"], alert["id"], alert["excerpt"]) == ("identity", answer["id"], PHONE)
    assert "31 22" not in str(scene.read(scene.owl))


def test_asking_for_a_harmless_text_posts_it_as_ever(scene):
    assert "held" not in scene.done(scene.fox, "message.post", text="Hej alle", ask=True)
    assert scene.shown() == ["Hej alle"]


def test_a_discarded_message_comes_back_to_its_author_with_the_reason(scene):
    held = scene.done(scene.fox, "message.post", text=PHONE, ask=True)["id"]
    scene.done(scene.karla, "message.discard", id=held, reason="Så kan de finde dig")
    assert scene.read(scene.fox, "message.discarded")[0]["reason"] == "Så kan de finde dig"
    assert scene.read(scene.karla, "message.held")[0]["text"] is None
    assert scene.shown() == []
    assert scene.refused(scene.karla, "message.discard", id=held, reason="x") == "unknown"
    assert scene.refused(scene.karla, "message.release", id=held) == "unknown"


def test_with_hold_on_each_message_of_the_young_is_read_first(scene):
    scene.done(scene.karla, "room.hold", on=True)
    answer = scene.done(scene.fox, "message.post", text="Hej")
    scene.say(scene.karla, "Velkommen")
    assert answer["held"] is True
    assert scene.shown() == ["Velkommen"]
    assert scene.read(scene.karla, "message.held")[0]["why"] == "hold"
    scene.done(scene.karla, "room.hold", on=False)
    scene.say(scene.fox, "Hej igen")
    assert scene.shown() == ["Velkommen", "Hej igen"]


def test_the_first_three_messages_of_one_who_is_watched_are_held(scene):
    Member.objects.filter(pk=scene.fox.pk).update(watched=3)
    for number in range(4):
        scene.later(seconds=2)
        scene.done(scene.fox, "message.post", text=f"Hej {number}")
    assert [held["why"] for held in scene.read(scene.karla, "message.held")] == ["watch"] * 3
    assert scene.shown() == ["Hej 3"]


def test_law_7_an_acute_text_is_held_as_acute_whatever_else_holds_it(scene):
    scene.done(scene.karla, "room.hold", on=True)
    scene.done(scene.karla, "member.protect", member=scene.fox.public_id, reason="x")
    scene.done(scene.fox, "message.post", text=ACUTE)
    assert scene.read(scene.karla, "message.held")[0]["why"] == "crisis"
    assert scene.read(scene.karla, "alert.raised")[0]["level"] == "acute"
    assert len(scene.read(scene.fox, "help.offered")) == 2


# Slow, pin ------------------------------------------------------------------------------------------------------


def test_slow_mode_says_how_long_to_wait_and_does_not_touch_counsellors(scene):
    scene.done(scene.karla, "room.slow", seconds=30)
    scene.say(scene.fox, "Et")
    scene.later(seconds=10)
    refused = scene.ask(scene.fox, "message.post", text="To")
    assert (refused["code"], refused["wait"]) == ("slow_mode", 20)
    scene.say(scene.owl, "Et")
    scene.say(scene.karla, "A")
    scene.say(scene.karla, "B")
    scene.later(seconds=30)
    scene.say(scene.fox, "To")
    assert scene.room()[1]["slow"] == 30


@pytest.mark.parametrize("seconds", [-1, 301, 2.5, "10", None, True])
def test_slow_mode_is_at_most_five_minutes(scene, seconds):
    assert scene.refused(scene.karla, "room.slow", seconds=seconds) == "bad_command"


def test_a_question_is_pinned_and_unpinned_and_newcomers_see_it(scene):
    scene.done(scene.karla, "room.pin", text="Hvad hjælper dig?")
    entered = json.loads(read(member=scene.newcomer(), after=None, side_after=None, now=scene.now).entered)
    assert entered["room"]["pin"] == "Hvad hjælper dig?"
    scene.done(scene.karla, "room.pin", text="")
    assert scene.room()[-1]["pin"] is None
    assert scene.refused(scene.karla, "room.pin", text="x" * 501) == "too_long"


@pytest.mark.parametrize(
    "kind, fields", [("room.slow", {"seconds": 0}), ("room.hold", {"on": False}), ("room.pin", {"text": ""})]
)
def test_setting_what_is_set_changes_nothing(scene, kind, fields):
    head = scene.fresh().log_head
    assert "number" not in scene.done(scene.karla, kind, **fields)
    assert scene.fresh().log_head == head


@pytest.mark.parametrize("kind", ["room.slow", "room.hold", "room.pin", "poll.open", "room.pause"])
def test_in_closing_only_closing_now_is_left(scene, kind):
    scene.done(scene.karla, "room.close", minutes=2)
    assert scene.refused(scene.karla, kind, **COUNSELLORS_ONLY.get(kind, {})) == "not_open"
    scene.done(scene.karla, "room.close", minutes=0)
    assert scene.refused(scene.karla, kind, **COUNSELLORS_ONLY.get(kind, {})) == "closed"


# Polls ----------------------------------------------------------------------------------------------------------


def test_each_has_one_vote_and_may_change_it(scene):
    poll = scene.done(scene.karla, "poll.open", question="Hvordan går det?", options=["Godt", "Skidt", "Ved ikke"])[
        "id"
    ]
    scene.done(scene.fox, "poll.vote", poll=poll, option=0)
    scene.done(scene.fox, "poll.vote", poll=poll, option=2)
    scene.done(scene.owl, "poll.vote", poll=poll, option=2)
    entered = json.loads(read(member=scene.fox, after=None, side_after=None, now=scene.now).entered)
    assert entered["polls"] == [
        {"poll": poll, "question": "Hvordan går det?", "options": ["Godt", "Skidt", "Ved ikke"], "mine": 2}
    ]
    scene.done(scene.jens, "poll.close", poll=poll)
    assert scene.room()[-1]["counts"] == [0, 0, 2]
    assert scene.refused(scene.fox, "poll.vote", poll=poll, option=1) == "not_open"
    assert scene.refused(scene.karla, "poll.close", poll=poll) == "not_open"


@pytest.mark.parametrize("option", [-1, 2, 6, 1.0, "1", None, True])
def test_a_vote_is_for_one_of_the_options(scene, option):
    poll = scene.done(scene.karla, "poll.open", question="Hvordan går det?", options=["Godt", "Skidt"])["id"]
    assert scene.refused(scene.fox, "poll.vote", poll=poll, option=option) == "bad_command"


@pytest.mark.parametrize(
    "options", [[], ["en"], list("abcdefg"), ["en", "en"], ["en", " "], ["en", 2], "ab", {"a": 1}, None]
)
def test_a_poll_has_two_to_six_different_options(scene, options):
    assert scene.refused(scene.karla, "poll.open", question="Hvad?", options=options) == "bad_command"


def test_nobody_votes_while_no_counsellor_is_there(scene):
    poll = scene.done(scene.karla, "poll.open", question="Hvordan går det?", options=["Godt", "Skidt"])["id"]
    scene.done(scene.karla, "room.pause")
    assert scene.refused(scene.fox, "poll.vote", poll=poll, option=0) == "not_open"


# Referral cards -------------------------------------------------------------------------------------------------


def test_a_card_is_shown_to_all_or_to_one(scene):
    service = Service.objects.shown().first()
    scene.done(scene.karla, "referral.share", service=str(service.pk), text="Her kan I ringe")
    shared = scene.room()[-1]
    assert (shared["type"], shared["service"]["name"], shared["text"]) == (
        "referral.shared",
        service.name,
        "Her kan I ringe",
    )
    scene.done(scene.karla, "referral.share", service=str(service.pk), member=scene.fox.public_id)
    private = scene.read(scene.fox, "referral.shared")[-1]
    assert (private["stream"], private["to"]) == ("private", scene.fox.public_id)
    assert scene.read(scene.jens, "referral.shared")[-1]["to"] == scene.fox.public_id
    assert len(scene.read(scene.owl, "referral.shared")) == 1


def test_a_service_that_is_not_shown_cannot_be_shared(scene):
    service = Service.objects.shown().first()
    Service.objects.filter(pk=service.pk).update(is_published=False)
    assert scene.refused(scene.karla, "referral.share", service=str(service.pk)) == "unknown"


# Notes, the door ------------------------------------------------------------------------------------------------


def test_a_note_is_for_the_other_counsellors_alone(scene):
    scene.done(scene.karla, "desk.note", text="Jeg tager Ræv")
    assert scene.read(scene.jens, "desk.noted")[0]["text"] == "Jeg tager Ræv"
    assert "Jeg tager Ræv" not in str(scene.read(scene.fox) + scene.room())


def test_a_knock_is_answered_at_the_desk(scene):
    knock = Knock.objects.create(session=scene.session, token_hash=digest("x"), knocked_at=scene.now, seen_at=scene.now)
    scene.done(scene.karla, "door.answer", knock=knock.public_id, let_in=True)
    assert Knock.objects.get().is_let_in
    answered = scene.read(scene.jens, "door.answered")[0]
    assert (answered["knock"], answered["let_in"], answered["by"]) == (knock.public_id, True, scene.karla.public_id)
