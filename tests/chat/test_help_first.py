"""Law 7: help comes first. An acute text reaches the desk, is kept from the others, and its writer sees help."""

import pytest
from asgiref.sync import async_to_sync

from chat.models import Alert, Event
from chat.services import crisis
from tests.chat.people import lead_of, make_session, seat_staff, seat_young
from tests.chat.tabs import Tab

pytestmark = [pytest.mark.django_db(transaction=True)]

ACUTE = "Jeg vil dø i nat. Jeg har taget en masse piller"


@pytest.fixture
def evening():
    session = make_session()
    _member, staff = seat_staff(session, lead_of(session))
    return session, staff, seat_young(session)[1], seat_young(session)[1]


def test_law_7_an_acute_text_reaches_the_desk_and_nobody_else_and_its_writer_sees_help(evening):
    session, staff, one, two = evening

    @async_to_sync
    async def scene() -> None:
        async with Tab(session, staff) as karla, Tab(session, one) as ung, Tab(session, two) as anden:
            await karla.enter()
            await anden.enter()
            await karla.ask("room.open")
            await ung.until("room.changed", state="open")
            answer = await ung.ask("message.post", text=ACUTE)
            assert answer["held"] is True
            assert "number" not in answer
            offered = await ung.until("help.offered", stream="private", seq=1)
            assert offered["services"]
            assert "112" in offered["text"]
            alert = await karla.until("alert.raised")
            assert (alert["kind"], alert["level"], alert["excerpt"]) == ("crisis", "acute", ACUTE)
            assert (await karla.until("message.held", id=answer["id"]))["text"] == ACUTE
            await ung.ask("message.post", text="hej alle")
            await anden.until("message.posted")
            await anden.quiet()
            assert anden.texts() == ["hej alle"]
            assert anden.numbers("room") == list(range(1, len(anden.numbers("room")) + 1))
            assert not anden.of("alert.raised")
            assert not anden.of("help.offered")
            assert "piller" not in str(anden.seen)

    scene()


def test_law_7_help_comes_before_a_refusal_in_a_lobby(evening):
    session, staff, one, _two = evening

    @async_to_sync
    async def scene() -> None:
        async with Tab(session, staff) as karla, Tab(session, one) as ung:
            await karla.enter()
            await ung.enter()
            refused = await ung.ask("message.post", text=ACUTE)
            assert refused["code"] == "not_open"
            await karla.until("alert.raised", level="acute")
            kinds = [event["type"] for event in ung.seen if event["type"] in {"help.offered", "refused"}]
            assert kinds == ["help.offered", "refused"]

    scene()


def test_law_7_tried_again_with_the_same_ref_there_is_one_alert(evening):
    session, staff, one, _two = evening

    @async_to_sync
    async def scene() -> None:
        async with Tab(session, staff) as karla, Tab(session, one) as ung:
            await karla.enter()
            for _twice in range(2):
                assert (await ung.ask("message.post", text=ACUTE, ref="a"))["code"] == "not_open"
            await karla.ask("room.open")
            await ung.until("room.changed", state="open")
            assert (await ung.ask("message.post", text=ACUTE, ref="a"))["held"] is True
            await ung.quiet()
            assert len(ung.of("help.offered")) == 1

    scene()
    assert Alert.objects.count() == 1


def test_law_7_an_acute_text_is_looked_at_also_when_it_comes_too_fast_or_is_too_long(evening):
    session, staff, one, _two = evening

    @async_to_sync
    async def scene() -> None:
        async with Tab(session, staff) as karla, Tab(session, one) as ung:
            await karla.enter()
            await karla.ask("room.open")
            await ung.until("room.changed", state="open")
            assert (await ung.ask("message.post", text=ACUTE + " og" * 500))["code"] == "too_long"
            await karla.until("alert.raised")
            for number in range(12):
                answer = await ung.ask("message.post", text=f"linje {number}")
                if answer["type"] == "refused":
                    break
            assert answer["code"] == "too_fast"
            assert answer["wait"] >= 1
            assert (await ung.ask("message.post", text=ACUTE))["code"] == "too_fast"
            await karla.until("alert.raised", excerpt=ACUTE)

    scene()
    assert Alert.objects.count() == 2


def test_T21_when_the_crisis_check_breaks_the_chat_goes_on(evening, monkeypatch):
    session, staff, one, _two = evening

    def broken(text: str) -> str:
        raise RuntimeError("nedbrud")

    monkeypatch.setattr(crisis.crisis, "level", broken)

    @async_to_sync
    async def scene() -> None:
        async with Tab(session, staff) as karla, Tab(session, one) as ung:
            await karla.enter()
            await karla.ask("room.open")
            await ung.until("room.changed", state="open")
            assert (await ung.ask("message.post", text="Hej"))["type"] == "accepted"

    scene()


def test_a_writer_can_take_an_acute_text_back_and_the_alert_stays(evening):
    session, staff, one, _two = evening

    @async_to_sync
    async def scene() -> None:
        async with Tab(session, staff) as karla, Tab(session, one) as ung:
            await karla.enter()
            await karla.ask("room.open")
            await ung.until("room.changed", state="open")
            held = await ung.ask("message.post", text=ACUTE)
            assert (await ung.ask("message.remove", id=held["id"]))["type"] == "accepted"
            await karla.until("message.removed", stream="desk", id=held["id"])
            await ung.until("message.removed", stream="private", id=held["id"])

    scene()
    assert ACUTE not in Event.objects.get(type="message.held").frame
    assert ACUTE in Event.objects.get(type="alert.raised").frame


def test_identifying_text_is_refused_with_where_it_is_and_nobody_sees_it(evening):
    session, staff, one, two = evening

    @async_to_sync
    async def scene() -> None:
        async with Tab(session, staff) as karla, Tab(session, one) as ung, Tab(session, two) as anden:
            await karla.enter()
            await anden.enter()
            await karla.ask("room.open")
            await ung.until("room.changed", state="open")
            text = "Ring til mig på 51 23 45 67"
            refused = await ung.ask("message.post", text=f"  {text}")
            assert refused["code"] == "identifying"
            ((start, end, kind),) = refused["spans"]
            assert (f"  {text}"[start:end], kind) == ("51 23 45 67", "PHONE")
            assert (await karla.ask("message.post", text=text))["type"] == "accepted", "counsellors may give numbers"
            await anden.until("message.posted", text=text)
            await anden.quiet()
            assert len(anden.texts()) == 1

    scene()
