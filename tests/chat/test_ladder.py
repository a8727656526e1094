"""Law 2: the ladder. Law 3: a sanction holds from the moment it is acknowledged."""

import json
from datetime import timedelta

import pytest
from asgiref.sync import async_to_sync
from django.utils import translation
from django.utils.dateparse import parse_datetime

from chat.models import Connection, Event, Mark, Member
from chat.replay import read
from chat.services.presence import settle
from tests.chat.people import lead_of, make_session, seat_staff, seat_young
from tests.chat.scene import Scene
from tests.chat.tabs import Tab

pytestmark = [pytest.mark.django_db]

LADDER = ("member.warn", "member.mute", "member.kick", "member.ban", "member.protect")
FIELDS = {
    "member.warn": {"reason": "Tal pænt"},
    "member.mute": {"reason": "Tal pænt"},
    "member.unmute": {},
    "member.kick": {"reason": "Du blev ved", "ground": "discord"},
    "member.ban": {"reason": "Du blev ved", "days": 7},
    "ban.preview": {},
    "member.protect": {"reason": "Jeg passer på dig"},
    "member.unprotect": {},
}


@pytest.fixture
def scene():
    return Scene()


def step(scene, kind, target, **fields):
    return scene.ask(scene.karla, kind, member=target.public_id, **{**FIELDS[kind], **fields})


# Law 2 ------------------------------------------------------------------------------------------------------------


def test_law_2_a_mute_needs_nothing(scene):
    assert step(scene, "member.mute", scene.fox)["type"] == "accepted"
    assert scene.refused(scene.fox, "message.post", text="Hej") == "muted"


def test_law_2_a_kick_is_refused_without_a_warning(scene):
    step(scene, "member.mute", scene.fox)
    assert step(scene, "member.kick", scene.fox)["missing"] == ["warning"]
    assert scene.row(scene.fox).kicked_at is None


def test_law_2_a_kick_is_refused_while_the_warning_has_not_reached_the_member(scene):
    scene.warn(scene.fox, reaches=False)
    assert step(scene, "member.kick", scene.fox)["code"] == "ladder"
    scene.warn(scene.fox)
    assert step(scene, "member.kick", scene.fox)["type"] == "accepted"


@pytest.mark.parametrize("ground", ["", "spam", "DISCORD", None, 1, ["discord"]])
def test_law_2_a_kick_has_one_of_two_grounds(scene, ground):
    scene.warn(scene.fox)
    assert step(scene, "member.kick", scene.fox, ground=ground)["code"] == "bad_command"


def test_law_2_a_kick_records_a_mute_if_there_was_none(scene):
    scene.kick(scene.fox)
    assert scene.row(scene.fox).muted_at is not None
    kinds = [event["type"] for event in scene.read(scene.karla) if event["type"].startswith("member.")]
    assert kinds == ["member.warned", "member.muted", "member.kicked"]


@pytest.mark.parametrize(
    "taken, missing",
    [
        ([], ["warning", "mute", "kick"]),
        (["warn"], ["mute", "kick"]),
        (["mute"], ["warning", "kick"]),
        (["warn", "mute"], ["kick"]),
        (["kick"], []),
    ],
)
def test_law_2_a_ban_needs_warning_mute_and_kick(scene, taken, missing):
    for name in taken:
        if name == "warn":
            scene.warn(scene.fox)
        elif name == "mute":
            step(scene, "member.mute", scene.fox, minutes=5)
        else:
            scene.kick(scene.fox)
    assert step(scene, "ban.preview", scene.fox)["missing"] == missing
    answer = step(scene, "member.ban", scene.fox)
    assert answer.get("missing", []) == missing
    assert (scene.row(scene.fox).banned_until is None) == bool(missing)


def test_law_2_a_mute_that_was_lifted_was_one_all_the_same(scene):
    step(scene, "member.mute", scene.fox)
    step(scene, "member.unmute", scene.fox)
    scene.kick(scene.fox)
    assert step(scene, "member.ban", scene.fox)["type"] == "accepted"


def test_law_2_a_ban_works_on_one_who_is_out_and_ends_when_it_was_said_to(scene):
    scene.kick(scene.fox)
    assert not Connection.objects.filter(member=scene.fox).exists()
    step(scene, "member.ban", scene.fox, days=7)
    assert scene.row(scene.fox).banned_until == scene.now + timedelta(days=7)
    banned = scene.read(scene.karla, "member.banned")[0]
    assert parse_datetime(banned["until"]) - (scene.now + timedelta(days=7)) < timedelta(seconds=1)
    step(scene, "member.ban", scene.fox, days=30)
    assert scene.row(scene.fox).banned_until == scene.now + timedelta(days=30)
    step(scene, "member.ban", scene.fox, days=30)
    assert len(scene.read(scene.karla, "member.banned")) == 2


@pytest.mark.parametrize("kind", FIELDS)
def test_law_2_nobody_but_a_counsellor_takes_a_step_of_the_ladder(scene, kind):
    fields = {"member": scene.owl.public_id, **FIELDS[kind]}
    assert scene.refused(scene.fox, kind, **fields) == "forbidden"


@pytest.mark.parametrize("kind", FIELDS)
def test_law_2_counsellors_are_not_moderated_and_nobody_moderates_themselves(scene, kind):
    assert step(scene, kind, scene.jens)["code"] == "forbidden"
    assert step(scene, kind, scene.karla)["code"] == "forbidden"


@pytest.mark.parametrize("kind", FIELDS)
def test_law_2_guests_are_no_part_of_the_ladder(scene, kind):
    Member.objects.filter(pk=scene.fox.pk).update(role="guest")
    assert step(scene, kind, scene.fox)["code"] == "forbidden"


@pytest.mark.parametrize("kind", FIELDS)
def test_a_member_of_another_room_is_unknown_here(scene, kind):
    other = Scene()
    assert step(scene, kind, other.fox)["code"] == "unknown"


@pytest.mark.parametrize("kind", LADDER)
def test_a_step_says_why(scene, kind):
    assert step(scene, kind, scene.fox, reason="   ")["code"] == "bad_command"


@pytest.mark.parametrize("kind", FIELDS)
def test_the_ladder_ends_with_the_room(scene, kind):
    scene.done(scene.karla, "room.close", minutes=0)
    assert step(scene, kind, scene.fox)["code"] == "closed"


@pytest.mark.parametrize("kind", ["member.warn", "member.mute", "member.protect"])
def test_warning_mute_and_protecting_work_on_one_who_is_out(scene, kind):
    Connection.objects.filter(member=scene.fox).delete()
    assert step(scene, kind, scene.fox)["type"] == "accepted"


# What they are told -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["member.warn", "member.mute", "member.protect"])
def test_the_member_reads_why_but_not_who_and_the_others_read_nothing(scene, kind):
    step(scene, kind, scene.fox)
    told = next(event for event in scene.read(scene.fox) if event["type"].startswith("member."))
    assert told["reason"] == FIELDS[kind]["reason"]
    assert "by" not in told
    on_desk = next(event for event in scene.read(scene.jens) if event["type"] == told["type"])
    assert on_desk["by"] == scene.karla.public_id
    assert FIELDS[kind]["reason"] not in str(scene.read(scene.owl))
    assert told["type"] not in str(scene.read(scene.owl))


def test_a_mute_runs_out_by_itself_and_the_member_is_told(scene):
    step(scene, "member.mute", scene.fox, minutes=5)
    scene.later(minutes=4)
    assert scene.refused(scene.fox, "message.post", text="Hej") == "muted"
    scene.later(minutes=2)
    assert scene.say(scene.fox)
    settle(session_id=scene.session.pk, now=scene.now)
    unmuted = scene.read(scene.fox, "member.unmuted")
    assert len(unmuted) == 1
    assert "by" not in scene.read(scene.karla, "member.unmuted")[0]


def test_a_second_mute_sets_the_end_and_an_equal_one_changes_nothing(scene):
    step(scene, "member.mute", scene.fox)
    step(scene, "member.mute", scene.fox)
    assert len(scene.read(scene.fox, "member.muted")) == 1
    step(scene, "member.mute", scene.fox, minutes=5)
    assert scene.row(scene.fox).muted_until == scene.now + timedelta(minutes=5)
    assert len(scene.read(scene.fox, "member.muted")) == 2


@pytest.mark.parametrize("kind", ["member.unmute", "member.unprotect"])
def test_lifting_what_is_not_there_changes_nothing(scene, kind):
    head = scene.fresh().log_head
    assert "number" not in step(scene, kind, scene.fox)
    assert scene.fresh().log_head == head


@pytest.mark.parametrize("minutes", [0, 181, -1, 1.5, "5", True])
def test_a_mute_lasts_between_a_minute_and_three_hours(scene, minutes):
    assert step(scene, "member.mute", scene.fox, minutes=minutes)["code"] == "bad_command"


@pytest.mark.parametrize("days", [0, 31, -1, "7", None])
def test_a_ban_lasts_between_a_day_and_thirty(scene, days):
    scene.kick(scene.fox)
    assert step(scene, "member.ban", scene.fox, days=days)["code"] == "bad_command"


def test_a_muted_member_may_still_whisper_report_remove_and_vote(scene):
    own, other = scene.say(scene.fox), scene.say(scene.owl)
    poll = scene.done(scene.karla, "poll.open", question="Hvordan går det?", options=["Godt", "Skidt"])["id"]
    step(scene, "member.mute", scene.fox)
    scene.done(scene.fox, "whisper.send", text="Hvorfor?")
    scene.done(scene.fox, "message.report", id=other, reason="Han driller")
    scene.done(scene.fox, "message.remove", id=own)
    scene.done(scene.fox, "poll.vote", poll=poll, option=1)


def test_counsellors_see_the_standing_of_everybody_and_the_young_only_their_own(scene):
    step(scene, "member.mute", scene.fox)
    scene.warn(scene.owl)

    def standings(member):
        entered = json.loads(read(member=member, after=None, side_after=None, now=scene.now).entered)
        return {one["id"]: one.get("standing") for one in entered["members"]}

    muted = {"warned": False, "muted_until": "9999-12-31T00:00:00.000Z", "protected": False, "kicked": False}
    warned = {"warned": True, "muted_until": None, "protected": False, "kicked": False}
    assert standings(scene.karla)[scene.fox.public_id] == muted
    assert standings(scene.karla)[scene.owl.public_id] == warned
    assert standings(scene.karla)[scene.jens.public_id] is None
    assert standings(scene.fox)[scene.fox.public_id] == muted
    assert standings(scene.fox)[scene.owl.public_id] is None


# Protect ----------------------------------------------------------------------------------------------------------


def test_protecting_takes_all_they_wrote_out_of_the_room_and_holds_it_at_the_desk(scene):
    first, second = scene.say(scene.fox, "Jeg bor alene"), scene.say(scene.fox, "Kom og hent mig")
    scene.say(scene.owl, "Er du okay?")
    step(scene, "member.protect", scene.fox)
    assert scene.shown() == ["Er du okay?"]
    removed = [event["id"] for event in scene.room() if event["type"] == "message.removed"]
    assert removed == [first, second]
    held = scene.read(scene.jens, "message.held")
    assert [(event["id"], event["text"], event["why"]) for event in held] == [
        (first, "Jeg bor alene", "protect"),
        (second, "Kom og hent mig", "protect"),
    ]
    assert "Kom og hent mig" not in str(scene.read(scene.owl))
    assert scene.read(scene.fox, "help.offered")


def test_whoever_came_later_is_not_told_of_one_who_is_protected(scene):
    scene.say(scene.fox, "Kom og hent mig")
    Connection.objects.filter(member=scene.fox).delete()
    late = scene.newcomer("Modig Mus")
    step(scene, "member.protect", scene.fox)
    entered = json.loads(read(member=scene.row(late), after=None, side_after=None, now=scene.now).entered)
    assert scene.fox.public_id not in [one["id"] for one in entered["members"]]
    removed = Event.objects.filter(session=scene.session, type="message.removed", stream="room")
    assert [event.author for event in removed] == [None]


def test_help_of_one_who_is_protected_is_in_danish_whatever_the_counsellor_reads(scene):
    with translation.override("en"):
        step(scene, "member.protect", scene.fox)
    assert scene.read(scene.fox, "help.offered")[0]["text"].startswith("Det, du skriver")


def test_what_a_protected_member_writes_next_is_held_until_a_counsellor_releases_it(scene):
    step(scene, "member.protect", scene.fox)
    scene.later(seconds=2)
    answer = scene.done(scene.fox, "message.post", text="Hallo?")
    assert answer["held"] is True
    assert "number" not in answer
    assert scene.shown() == []
    released = scene.done(scene.jens, "message.release", id=answer["id"])
    assert scene.shown() == ["Hallo?"]
    assert released["id"] != answer["id"]
    assert scene.read(scene.fox, "message.released")[0]["as"] == released["id"]
    assert scene.refused(scene.jens, "message.release", id=answer["id"]) == "unknown"
    step(scene, "member.unprotect", scene.fox)
    scene.say(scene.fox, "Tak")
    assert scene.shown() == ["Hallo?", "Tak"]


def test_a_released_answer_still_answers_what_it_answered(scene):
    asked = scene.say(scene.owl, "Hvad synes I?")
    scene.later(seconds=2)
    scene.done(scene.fox, "message.post", text="Godt", reply_to=asked)
    step(scene, "member.protect", scene.fox)
    held = scene.read(scene.karla, "message.held")[0]["id"]
    scene.done(scene.karla, "message.release", id=held)
    assert scene.room()[-1]["reply_to"] == asked


def test_a_protected_member_may_take_back_what_is_held(scene):
    own = scene.say(scene.fox, "Kom og hent mig")
    step(scene, "member.protect", scene.fox)
    scene.done(scene.fox, "message.remove", id=own)
    assert scene.read(scene.karla, "message.held")[0]["text"] is None
    assert scene.refused(scene.karla, "message.release", id=own) == "unknown"


# Sent out ---------------------------------------------------------------------------------------------------------


def test_a_kicked_member_can_do_nothing_here_any_more(scene):
    scene.say(scene.fox)
    scene.kick(scene.fox)
    for kind, fields in {
        "message.post": {"text": "Hej"},
        "whisper.send": {"text": "Hej"},
        "message.report": {"id": "x", "reason": "y"},
    }.items():
        assert scene.refused(scene.fox, kind, **fields) == "forbidden"


def test_a_second_kick_changes_nothing(scene):
    scene.kick(scene.fox)
    head = scene.fresh().log_head
    assert step(scene, "member.kick", scene.fox)["type"] == "accepted"
    assert scene.fresh().log_head == head


def test_a_ban_is_tied_to_organisations_and_to_nobody(scene):
    Member.objects.filter(pk=scene.fox.pk).update(network="ab" * 16)
    scene.session.network_day = scene.now.date()
    scene.session.save(update_fields=["network_day"])
    scene.kick(scene.fox)
    step(scene, "member.ban", scene.fox)
    mark = Mark.objects.get()
    assert list(mark.organizations.all()) == list(scene.session.organizations.all())
    assert mark.expires_at <= scene.now + timedelta(hours=24)


# Over the socket --------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_the_reason_comes_first_then_all_tabs_close():
    session = make_session()
    _member, staff = seat_staff(session, lead_of(session))
    fox, cookies = seat_young(session)

    @async_to_sync
    async def evening() -> None:
        async with Tab(session, staff) as karla, Tab(session, cookies) as one, Tab(session, cookies) as two:
            await karla.enter()
            await one.enter()
            await two.enter()
            await karla.ask("room.open")
            who = {"member": fox.public_id}
            refused = await karla.ask("member.kick", **who, ground="discord", reason="Nej")
            assert refused["missing"] == ["warning"]
            await karla.ask("member.warn", **who, reason="Tal pænt")
            await one.until("member.warned")
            await karla.ask("member.kick", **who, ground="discord", reason="Nej")
            for tab in (one, two):
                assert await tab.code() == 4423
                assert tab.of("member.kicked")[0]["ground"] == "discord"
        async with Tab(session, cookies) as again:
            assert await again.code() == 4423
            assert not again.seen
        async with Tab(session, staff) as karla:
            answer = await karla.ask("member.ban", **who, reason="Nej", days=3, ref="ban")
            assert answer["type"] == "accepted"
        async with Tab(session, cookies) as again:
            assert await again.code() == 4451

    evening()


@pytest.mark.django_db(transaction=True)
def test_a_warning_counts_once_it_was_fetched_by_one_who_was_out(client):
    session = make_session()
    _karla, staff = seat_staff(session, lead_of(session))
    fox, cookies = seat_young(session)

    @async_to_sync
    async def evening() -> None:
        async with Tab(session, cookies) as one:
            await one.enter()
        async with Tab(session, staff) as karla:
            await karla.enter()
            await karla.ask("member.warn", member=fox.public_id, reason="Tal pænt")
            kick = {"member": fox.public_id, "ground": "discord", "reason": "Nej"}
            assert (await karla.ask("member.kick", **kick))["missing"] == ["warning"]
            async with Tab(session, cookies) as one:
                await one.until("member.warned")
            assert (await karla.ask("member.kick", **kick))["type"] == "accepted"

    evening()
