"""The live room through its sockets: who hears what, in which order, and what a reader gets back after an absence."""

import pytest
from asgiref.sync import async_to_sync, sync_to_async

from chat.models import Event, Session
from tests.chat.people import lead_of, make_counsellor, make_session, seat_staff, seat_young
from tests.chat.tabs import Tab

pytestmark = [pytest.mark.django_db(transaction=True)]


def evening(young: int = 2, **fields: object) -> tuple[Session, dict[str, str], list[dict[str, str]]]:
    """A session with its counsellor's cookies and those of `young` young people."""
    session = make_session(**fields)
    _member, staff = seat_staff(session, lead_of(session))
    return session, staff, [seat_young(session)[1] for _unused in range(young)]


@pytest.mark.both_engines
def test_an_evening_from_lobby_to_goodbye():
    session, staff, (one, two) = evening()

    @async_to_sync
    async def scene() -> None:
        async with Tab(session, one) as ung, Tab(session, two) as anden, Tab(session, staff) as karla:
            for tab in (ung, anden, karla):
                entered = await tab.enter()
                assert entered["room"]["state"] == "lobby"
            assert (await ung.ask("message.post", text="Hej?"))["code"] == "not_open"
            assert (await karla.ask("room.open"))["type"] == "accepted"
            await ung.until("room.changed", state="open")
            answer = await ung.ask("message.post", text="Hej alle")
            assert answer["number"]["stream"] == "room"
            for tab in (ung, anden, karla):
                posted = await tab.until("message.posted", id=answer["id"])
                assert posted["text"] == "Hej alle"
                assert posted["seq"] == answer["number"]["seq"]
            reply = await anden.ask("message.post", text="Hej med dig", reply_to=answer["id"])
            assert (await ung.until("message.posted", id=reply["id"]))["reply_to"] == answer["id"]
            await karla.ask("room.close", text="Tak for i aften", minutes=0)
            for tab in (ung, anden, karla):
                await tab.until("room.changed", state="closed")
            assert ung.texts() == anden.texts() == karla.texts() == ["Hej alle", "Hej med dig", "Tak for i aften"]
            assert (await ung.ask("message.post", text="Vent"))["code"] == "closed"

    scene()
    session.refresh_from_db()
    assert (session.state, session.attended) == ("closed", 2)
    assert session.after_post is not None


def test_accepted_comes_before_the_event_it_speaks_of():
    session, staff, (one,) = evening(1)

    @async_to_sync
    async def scene() -> None:
        async with Tab(session, staff) as karla, Tab(session, one) as ung:
            await karla.enter()
            await karla.ask("room.open")
            await ung.until("room.changed", state="open")
            for number in range(5):
                await ung.ask("message.post", text=f"nummer {number}")
            await ung.quiet()
            kinds = [event["type"] for event in ung.seen if event["type"] in {"accepted", "message.posted"}]
            assert kinds == ["accepted", "message.posted"] * 5

    scene()


def test_the_same_ref_is_answered_as_before_and_posts_once():
    session, staff, (one,) = evening(1)

    @async_to_sync
    async def scene() -> None:
        async with Tab(session, staff) as karla, Tab(session, one) as ung, Tab(session, one) as second_tab:
            await karla.enter()
            await second_tab.enter()
            assert (await ung.ask("message.post", text="for tidligt", ref="a"))["code"] == "not_open"
            await karla.ask("room.open")
            await ung.until("room.changed", state="open")
            first = await ung.ask("message.post", text="Hej", ref="a")
            again = await second_tab.ask("message.post", text="noget helt andet", ref="a")
            assert again == first
            await ung.quiet()
            assert ung.texts() == ["Hej"]

    scene()


def test_T12_a_late_comer_reads_from_the_own_arrival_and_a_counsellor_from_the_start():
    late = make_counsellor()
    session = make_session(make_counsellor(), late)
    _member, staff = seat_staff(session, lead_of(session))
    _other, staff_late = seat_staff(session, late)
    (_a, one), (_b, two) = seat_young(session), seat_young(session)

    @async_to_sync
    async def scene() -> None:
        async with Tab(session, staff) as karla, Tab(session, one) as ung:
            await karla.enter()
            await karla.ask("room.open")
            await ung.until("room.changed", state="open")
            await ung.ask("message.post", text="sagt før du kom")
            async with Tab(session, two) as sen, Tab(session, staff_late) as kollega:
                entered = await sen.enter()
                assert entered["from"]["room"] == entered["heads"]["room"] == 2
                await kollega.until("message.posted", text="sagt før du kom")
                await ung.ask("message.post", text="sagt efter")
                await sen.until("message.posted", text="sagt efter")
                assert sen.texts() == ["sagt efter"]
                # "From the start" is that same place for one who came late, whatever is asked for.
                for asked in ("0", "-1", "999999", "snot", "1e3", "٣", "9" * 5000):
                    async with Tab(session, two, query=f"after={asked}") as igen:
                        assert (await igen.enter())["from"]["room"] == 2
                        await igen.until("message.posted")
                        assert igen.texts() == ["sagt efter"]

    scene()


@pytest.mark.both_engines
def test_F12_a_reader_who_was_away_gets_exactly_what_was_missed():
    session, staff, (one, two) = evening()

    @async_to_sync
    async def scene() -> None:
        async with Tab(session, staff) as karla, Tab(session, one) as ung:
            await karla.enter()
            await karla.ask("room.open")
            await ung.until("room.changed", state="open")
            async with Tab(session, two) as anden:
                await anden.enter()
                first = await ung.ask("message.post", text="et")
                await anden.until("message.posted", text="et")
            await ung.ask("message.post", text="to")
            await ung.ask("message.post", text="tre")
            async with Tab(session, two, query=f"after={first['number']['seq']}&side_after=0") as anden:
                entered = await anden.enter()
                assert entered["from"] == {"room": first["number"]["seq"], "side": 0}
                await anden.until("message.posted", text="tre")
                await ung.ask("message.post", text="fire")
                await anden.until("message.posted", text="fire")
                assert anden.texts() == ["to", "tre", "fire"]
                assert anden.numbers("room") == list(range(3, 6))

    scene()


@pytest.mark.both_engines
def test_law_2_who_resumes_past_a_warning_has_not_been_reached_by_it():
    session, staff, (one, _two) = evening()

    @async_to_sync
    async def scene() -> None:
        async with Tab(session, staff) as karla:
            await karla.enter()
            await karla.ask("room.open")
            async with Tab(session, one) as ung:
                fox = (await ung.enter())["you"]["id"]
            warned = await karla.ask("member.warn", member=fox, reason="Tal pænt")
            assert warned["type"] == "accepted"
            for number in ("1", "999"):  # it says that it had the warning, or asks for nothing we have
                async with Tab(session, one, query=f"side_after={number}") as ung:
                    entered = await ung.enter()
                    had = entered["from"]["side"] == 1
                    await ung.quiet()
                    missing = (await karla.ask("ban.preview", member=fox))["missing"]
                    assert ("warning" in missing) == had, number

    scene()


def test_T12_T34_a_removed_message_is_gone_for_all_and_from_every_later_replay():
    session, staff, (one, two) = evening()

    @async_to_sync
    async def scene() -> None:
        async with Tab(session, staff) as karla, Tab(session, one) as ung, Tab(session, two) as anden:
            await karla.enter()
            await anden.enter()
            await karla.ask("room.open")
            await ung.until("room.changed", state="open")
            posted = await ung.ask("message.post", text="HEMMELIGT")
            assert (await anden.ask("message.remove", id=posted["id"]))["code"] == "forbidden"
            assert (await karla.ask("message.remove", id=posted["id"]))["code"] == "bad_command"
            assert (await ung.ask("message.remove", id=posted["id"]))["type"] == "accepted"
            await anden.until("message.removed", id=posted["id"])
            assert (await karla.ask("message.remove", id=posted["id"], reason="x"))["code"] == "unknown"
            assert (await anden.ask("message.post", text="hm?", reply_to=posted["id"]))["code"] == "unknown"
            async with Tab(session, staff) as senere:
                gone = await senere.until("message.posted", id=posted["id"])
                assert (gone["text"], gone["removed"]) == (None, True)

    scene()
    assert not Event.objects.filter(frame__contains="HEMMELIGT").exists()


def test_a_counsellors_reason_for_removing_is_told_to_the_desk_and_to_the_author_alone():
    session, staff, (one, two) = evening()

    @async_to_sync
    async def scene() -> None:
        async with Tab(session, staff) as karla, Tab(session, one) as ung, Tab(session, two) as anden:
            me = (await karla.enter())["you"]["id"]
            await anden.enter()
            await karla.ask("room.open")
            await ung.until("room.changed", state="open")
            posted = await ung.ask("message.post", text="grimt ord")
            await karla.ask("message.remove", id=posted["id"], reason="Vi taler pænt her")
            desk = await karla.until("message.removed", stream="desk")
            private = await ung.until("message.removed", stream="private")
            await anden.quiet()
            assert (desk["reason"], desk["by"]) == ("Vi taler pænt her", me)
            assert private["reason"] == "Vi taler pænt her"
            assert "by" not in private
            (seen,) = anden.of("message.removed")
            assert "reason" not in seen
            assert "by" not in seen

    scene()


def test_counsellors_are_not_moderated():
    one, two = make_counsellor("Karla"), make_counsellor("Bo")
    session = make_session(one, two)
    (_a, karla_cookie), (_b, bo_cookie) = seat_staff(session, one), seat_staff(session, two)

    @async_to_sync
    async def scene() -> None:
        async with Tab(session, karla_cookie) as karla, Tab(session, bo_cookie) as bo:
            await karla.enter()
            posted = await karla.ask("message.post", text="Velkommen")
            await bo.until("message.posted")
            assert (await bo.ask("message.remove", id=posted["id"], reason="nej"))["code"] == "forbidden"

    scene()


def test_a_young_person_sees_only_counsellors_typing():
    session, staff, (one, two) = evening()

    @async_to_sync
    async def scene() -> None:
        async with Tab(session, staff) as karla, Tab(session, one) as ung, Tab(session, two) as anden:
            await karla.enter()
            await anden.enter()
            await karla.ask("room.open")
            await ung.until("room.changed", state="open")
            await ung.send(type="member.type")
            await karla.until("member.typing")
            await karla.send(type="member.type")
            await ung.until("member.typing")
            await anden.until("member.typing")
            await anden.quiet()
            assert len(anden.of("member.typing")) == 1
            assert len(ung.of("member.typing")) == 1

    scene()


def test_T14_the_fourth_tab_ends_the_oldest():
    session, _staff, (one,) = evening(1)

    @async_to_sync
    async def scene() -> None:
        tabs = [Tab(session, one) for _unused in range(4)]
        for tab in tabs:
            await tab.__aenter__()
            await tab.enter()
        assert await tabs[0].code() == 4409
        assert (await tabs[3].ask("message.post", text="hej"))["code"] == "not_open"
        for tab in tabs[1:]:
            await tab.__aexit__()

    scene()


def test_joined_and_left_are_told_with_the_first_and_the_last_tab():
    session, _staff, (one, two) = evening()

    @async_to_sync
    async def scene() -> None:
        async with Tab(session, one) as ung:
            await ung.enter()
            async with Tab(session, two) as anden:
                you = (await anden.enter())["you"]
                assert (await ung.until("member.joined"))["member"] == you
                async with Tab(session, two) as second_tab:
                    await second_tab.enter()
            assert (await ung.until("member.left"))["member"] == you
            assert len(ung.of("member.joined")) == 1

    scene()


@pytest.mark.parametrize(
    "who, code", [("nobody", 4401), ("outsider", 4403), ("no such session", 4404), ("forged", 4401)]
)
def test_who_may_not_come_in_is_told_by_the_code(who, code):
    session, _staff, _young = evening(0)
    from chat.management.commands.stage import login_cookie

    cookies = {
        "outsider": login_cookie(make_counsellor()),
        "forged": {"place": "A" * 22},
    }.get(who, {})
    slug = "findesikke" if who == "no such session" else session.slug

    @async_to_sync
    async def scene() -> None:
        async with Tab(slug, cookies) as tab:
            assert await tab.code() == code

    scene()


@pytest.mark.parametrize(
    "origin",
    ["http://localhost:1", "https://localhost", "http://ond.example", "null", "", "http://localhost.ond.example"],
)
def test_T13_a_foreign_page_cannot_open_a_socket(origin):
    session, _staff, (one,) = evening(1)

    @async_to_sync
    async def scene() -> None:
        async with Tab(session, one, origin=origin) as tab:
            assert await tab.code() == 4403

    scene()


def test_an_unknown_socket_path_is_closed_cleanly():
    from channels.testing import WebsocketCommunicator

    from config.asgi import application

    @async_to_sync
    async def scene() -> None:
        socket = WebsocketCommunicator(application, "/noget/helt/andet/")
        assert await socket.connect()
        assert (await socket.receive_output())["code"] == 4404
        await socket.disconnect()

    scene()


FRAMES = [
    "",
    "null",
    "[]",
    "3",
    '"tekst"',
    "{}",
    "{",
    '{"type": 3}',
    '{"type": "message.post"}',
    '{"type": "message.post", "ref": "a"}',
    '{"type": "message.post", "ref": "", "text": "hej"}',
    '{"type": "message.post", "ref": 3, "text": "hej"}',
    '{"type": "message.post", "ref": "' + "x" * 37 + '", "text": "hej"}',
    '{"type": "message.post", "ref": "a\\u0000", "text": "hej"}',
    '{"type": "message.post", "ref": "\\ud800", "text": "hej"}',
    '{"type": "message.post", "ref": "a", "text": null}',
    '{"type": "message.post", "ref": "a", "text": 3}',
    '{"type": "message.post", "ref": "a", "text": " \\n "}',
    '{"type": "message.post", "ref": "a", "text": "\\u0000"}',
    '{"type": "message.post", "ref": "a", "text": "\\ud800"}',
    '{"type": "message.post", "ref": "a", "text": "hej", "reply_to": 3}',
    '{"type": "message.post", "ref": "a", "text": "hej", "reply_to": "\\u0000"}',
    '{"type": "message.post", "ref": "a", "text": "hej", "ask": "ja"}',
    '{"type": "message.remove", "ref": "a", "id": {}}',
    '{"type": "room.close", "ref": "a", "minutes": 16}',
    '{"type": "room.close", "ref": "a", "minutes": true}',
    '{"type": "room.close", "ref": "a", "minutes": 1e2}',
    '{"type": "room.close", "ref": "a", "minutes": ' + "9" * 4400 + "}",
    '{"type": "ping", "here": 3}',
    '{"type": "room.nedbryd", "ref": "a"}',
    '{"a":' * 2500 + "1" + "}" * 2500,
    "[" * 8000,
]


def test_T14_frames_of_any_kind_are_refused_and_close_nothing():
    session, staff, (one,) = evening(1)

    @async_to_sync
    async def scene() -> None:
        for cookies in (staff, one):
            async with Tab(session, cookies) as tab:
                await tab.enter()
                for number, frame in enumerate(FRAMES):
                    if number % 15 == 14:
                        await tab.quiet(1.0)  # within the rate
                    await tab.socket.send_input({"type": "websocket.receive", "text": frame})
                    refused = await tab.until("refused")
                    assert refused["code"] == "bad_command", frame
                    assert refused["text"]
                await tab.socket.send_to(bytes_data=b"\x00\xff")
                assert (await tab.until("refused"))["code"] == "bad_command"
                await tab.send(type="ping")
                await tab.until("pong")

    scene()


def test_T14_a_frame_over_16_kib_closes_with_1009():
    session, _staff, (one,) = evening(1)

    @async_to_sync
    async def scene() -> None:
        async with Tab(session, one) as tab:
            await tab.enter()
            await tab.socket.send_to(text_data='{"type": "ping", "x": "' + "å" * 8200 + '"}')
            assert await tab.code() == 1009

    scene()


def test_more_than_1000_characters_are_too_long_and_1000_are_not():
    session, staff, (one,) = evening(1)

    @async_to_sync
    async def scene() -> None:
        async with Tab(session, staff) as karla, Tab(session, one) as ung:
            await karla.enter()
            await karla.ask("room.open")
            await ung.until("room.changed", state="open")
            assert (await ung.ask("message.post", text="ord " * 250 + "x"))["code"] == "too_long"
            assert (await ung.ask("message.post", text=("ord " * 250)[:999] + "🦊"))["type"] == "accepted"

    scene()


def test_only_counsellors_run_the_room():
    session, _staff, (one,) = evening(1)

    @async_to_sync
    async def scene() -> None:
        async with Tab(session, one) as ung:
            await ung.enter()
            for kind in ("room.open", "room.pause", "room.resume", "room.close"):
                assert (await ung.ask(kind))["code"] == "forbidden"

    scene()


def test_a_counsellor_taken_off_the_session_loses_the_open_tab():
    one, two = make_counsellor(), make_counsellor()
    session = make_session(one, two)
    (_a, first), (_b, second) = seat_staff(session, one), seat_staff(session, two)

    @async_to_sync
    async def scene() -> None:
        async with Tab(session, first) as karla, Tab(session, second) as bo:
            await karla.enter()
            await bo.enter()
            await sync_to_async(session.roster.filter(user=two).delete)()
            await bo.send(type="room.open", ref="a")
            assert await bo.code() == 4403
            assert all(event["code"] == "forbidden" for event in bo.of("refused"))
            assert not karla.of("room.changed")
            assert (await karla.ask("room.open"))["type"] == "accepted"

    scene()


def test_an_accepted_ref_is_answered_as_before_whatever_it_carries_next():
    session, staff, (one,) = evening(1)

    @async_to_sync
    async def scene() -> None:
        async with Tab(session, staff) as karla, Tab(session, one) as ung:
            await karla.enter()
            await karla.ask("room.open")
            await ung.until("room.changed", state="open")
            first = await ung.ask("message.post", text="Hej", ref="a")
            for text in ("", 3, "x" * 1001, "Ring til mig på 51 23 45 67", "Jeg vil dø i nat"):
                assert await ung.ask("message.post", text=text, ref="a") == first
            await ung.quiet()
            assert not ung.of("help.offered")

    scene()
    assert Event.objects.filter(type="message.posted").count() == 1


def test_T14_too_many_refusals_close_the_socket_after_the_last_was_told():
    session, _staff, (one,) = evening(1)

    @async_to_sync
    async def scene() -> None:
        async with Tab(session, one) as ung:
            await ung.enter()
            for _number in range(200):
                await ung.send(type="intet")
            assert await ung.code() == 4429
            assert len(ung.of("refused")) == 200

    scene()


def test_votes_are_told_as_they_come_and_to_those_who_come_later():
    session = make_session()
    _member, staff = seat_staff(session, lead_of(session))
    one, late = seat_young(session)[1], seat_young(session)[1]

    @async_to_sync
    async def scene() -> None:
        async with Tab(session, staff) as karla, Tab(session, one) as ung:
            await karla.enter()
            await ung.enter()
            await karla.ask("room.open")
            opened = await karla.ask("poll.open", question="Hvordan går det?", options=["Godt", "Skidt"])
            await ung.until("poll.opened", poll=opened["id"])
            await ung.ask("poll.vote", poll=opened["id"], option=1)
            assert (await karla.until("poll.tallied"))["counts"] == [0, 1]
            async with Tab(session, late) as sen:
                assert [poll["poll"] for poll in (await sen.enter())["polls"]] == [opened["id"]]
                assert (await sen.until("poll.tallied"))["counts"] == [0, 1]

    scene()
