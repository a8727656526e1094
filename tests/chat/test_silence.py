"""Law 1 on the wire: a counsellor whose machine has fallen silent is soon no counsellor in the room."""

import asyncio
import json
from typing import Any

import pytest
from django.utils.dateparse import parse_datetime

from chat.models import Connection, Event, Session
from tests.chat.crowd import Everyone, clients, stage
from tests.servers import Site

pytestmark = [pytest.mark.both_engines, pytest.mark.django_db]


def test_F14_law_1_when_the_last_counsellors_machine_sleeps_the_room_waits_and_comes_back(server: Site) -> None:
    staged = stage(server, members=2, counsellors=1)
    counsellors, young = clients(server, staged, "counsellor"), clients(server, staged, "member")
    (karla,) = counsellors

    async def scene() -> None:
        async with Everyone(counsellors, young):
            assert (await young[0].say("message.post", ref="a", text="hej"))["type"] == "accepted"
            karla.freeze()
            await young[0].wait_until(lambda: young[0].state == "waiting", 30)
            await young[1].wait_until(lambda: young[1].state == "waiting")
            for number, client in enumerate(young):
                await client.socket.send(
                    json.dumps({"type": "message.post", "ref": f"w{number}", "text": "er du der?"})
                )
                await client.wait_until(lambda client=client, number=number: f"w{number}" in client.answers)
                assert client.answers[f"w{number}"]["code"] == "no_counsellor"
            karla.thaw()
            for client in young:
                await client.wait_until(lambda client=client: client.state == "open")
            assert (await young[0].say("message.post", ref="b", text="godt du er tilbage"))["type"] == "accepted"

    asyncio.run(scene())
    with server.database():
        session = Session.objects.get(slug=staged["slug"])
        waiting = Event.objects.get(session=session, frame__contains='"state":"waiting"')
        after = Event.objects.filter(session=session, type="message.posted", seq__gt=waiting.seq).order_by("seq")
        assert [json.loads(event.frame)["text"] for event in after] == ["godt du er tilbage"]


def test_law_1_waiting_follows_within_ten_seconds_of_the_last_answer(server: Site) -> None:
    staged = stage(server, members=1, counsellors=1)
    counsellors, young = clients(server, staged, "counsellor"), clients(server, staged, "member")

    def last_answer() -> Any:
        with server.database():
            return Connection.objects.get(session__slug=staged["slug"], member__role="counsellor").answered_at

    async def scene() -> Any:
        async with Everyone(counsellors, young):
            await asyncio.sleep(4)
            counsellors[0].freeze()
            await young[0].wait_until(lambda: young[0].state == "waiting", 30)
            answered_at = await asyncio.to_thread(last_answer)
            counsellors[0].thaw()  # what hears nothing would wait ten seconds for the goodbye
            return answered_at

    answered_at = asyncio.run(scene())
    with server.database():
        waiting = Event.objects.get(session__slug=staged["slug"], frame__contains='"state":"waiting"')
    told_at = parse_datetime(json.loads(waiting.frame)["at"])
    assert told_at is not None
    assert (told_at - answered_at).total_seconds() <= 10
