"""What becomes of an evening when things break: processes are killed, laptops frozen; the truth is in the database."""

import asyncio
import json
import random
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from chat import log
from chat.events import MessagePosted
from chat.models import Connection, Event, Session
from tests.chat.wire import Client
from tests.servers import Site

pytestmark = [pytest.mark.both_engines, pytest.mark.django_db]


def stage(site: Site, **counts: int) -> dict[str, Any]:
    """A fresh session with people, made by the site's own command."""
    options = [part for name, count in counts.items() for part in (f"--{name}", str(count))]
    (staged,) = json.loads(site.manage("stage", *options))
    return staged


def clients(site: Site, staged: dict[str, Any], kind: str) -> list[Client]:
    """Clients of the people of one kind, spread over the site's processes."""
    people = staged[f"{kind}_cookies"]
    return [Client(site.urls[number % len(site.urls)], staged["slug"], cookie) for number, cookie in enumerate(people)]


class Everyone:
    """Opens all clients, the counsellors first, and has the first of them open the room."""

    def __init__(self, counsellors: list[Client], young: list[Client]) -> None:
        self.all = [*counsellors, *young]
        self.lead = counsellors[0]

    async def __aenter__(self) -> None:
        for client in self.all:
            await client.__aenter__()
        assert (await self.lead.say("room.open", ref="open"))["type"] == "accepted"
        for client in self.all:
            await client.wait_until(lambda client=client: client.state == "open")

    async def __aexit__(self, *error: object) -> None:
        for client in self.all:
            await client.__aexit__()


def same_for_all(everyone: list[Client], acknowledged: list[str]) -> None:
    """Promises 1, 2 and 5: nothing acknowledged is missing, nothing twice, the same order for everybody."""
    for client in everyone:
        assert client.doublets == []
        assert client.gaps == []
    said = [client.messages() for client in everyone]
    assert all(words == said[0] for words in said)
    assert sorted(said[0]) == sorted(acknowledged)


def kill_and_write(site: Site, *, kills: int, lines: int) -> None:
    staged = stage(site, members=5, counsellors=2)
    counsellors, young = clients(site, staged, "counsellor"), clients(site, staged, "member")
    acknowledged: list[str] = []

    async def write(client: Client, number: int) -> None:
        for line in range(lines):
            text = f"ung {number} linje {line}"
            answer = await client.say("message.post", ref=f"{number}.{line}", text=text)
            assert answer["type"] == "accepted", answer
            acknowledged.append(text)
            await asyncio.sleep(random.uniform(0.5, 1.0))

    async def murder() -> None:
        for kill in range(kills):
            await asyncio.sleep(1.5)
            await asyncio.to_thread(site.restart, kill % len(site.ports))

    async def scene() -> None:
        async with Everyone(counsellors, young):
            await asyncio.gather(murder(), *(write(client, number) for number, client in enumerate(young)))
            for client in [*counsellors, *young]:
                await client.wait_until(lambda client=client: len(client.messages()) >= len(acknowledged))
            same_for_all([*counsellors, *young], acknowledged)

    asyncio.run(scene())


def test_F01_a_killed_server_process_loses_nothing_that_was_acknowledged(server: Site) -> None:
    kill_and_write(server, kills=2, lines=5)


@pytest.mark.soak
def test_F01_sixty_kills(server: Site) -> None:
    kill_and_write(server, kills=60, lines=150)


def test_F02_F11_a_message_sent_again_and_again_by_two_tabs_stands_once(server: Site) -> None:
    staged = stage(server, members=1, counsellors=1)
    counsellors = clients(server, staged, "counsellor")
    tabs = [Client(url, staged["slug"], staged["member_cookies"][0]) for url in (server.urls * 2)[:2]]

    async def scene() -> None:
        async with Everyone(counsellors, tabs):
            for number in range(12):
                ref, text = f"r{number}", f"linje {number}"
                same = await asyncio.gather(*(tab.say("message.post", ref=ref, text=text) for tab in tabs * 2))
                assert all(answer == same[0] for answer in same)
                await asyncio.sleep(0.7)
            await tabs[0].wait_until(lambda: len(tabs[0].messages()) == 12)
            assert tabs[0].messages() == [f"linje {number}" for number in range(12)]

    asyncio.run(scene())


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
            return await asyncio.to_thread(last_answer)

    answered_at = asyncio.run(scene())
    with server.database():
        waiting = Event.objects.get(session__slug=staged["slug"], frame__contains='"state":"waiting"')
    told_at = parse_datetime(json.loads(waiting.frame)["at"])
    assert told_at is not None
    assert (told_at - answered_at).total_seconds() <= 10


def test_a_restarting_server_says_so_and_readers_come_back(server: Site) -> None:
    staged = stage(server, members=2, counsellors=1)
    counsellors, young = clients(server, staged, "counsellor"), clients(server, staged, "member")

    async def scene() -> None:
        async with Everyone(counsellors, young):
            before = [client.arrivals for client in young]
            for process in server.processes:
                process.terminate()
            for process in server.processes:
                await asyncio.to_thread(process.wait, 20)
            for number in range(len(server.processes)):
                await asyncio.to_thread(server.restart, number)
            for client, arrivals in zip(young, before, strict=True):
                await client.wait_until(lambda client=client, arrivals=arrivals: client.arrivals > arrivals)
                assert client.closed == 1012
            assert (await young[0].say("message.post", ref="a", text="tilbage"))["type"] == "accepted"
            await young[1].wait_until(lambda: young[1].messages() == ["tilbage"])

    asyncio.run(scene())


def test_a_counsellor_who_reloads_late_in_a_long_evening_gets_all_of_it(server: Site) -> None:
    staged = stage(server, members=1, counsellors=1)
    with server.database(), transaction.atomic():
        session = Session.objects.locked(Session.objects.get(slug=staged["slug"]))
        author = session.members.get()
        said = [MessagePosted(id=f"m{n}", member=author.public_id, text="ord " * 60) for n in range(3000)]
        log.append(session, [log.Entry(event=event, author=author) for event in said], at=timezone.now())
    (karla,) = clients(server, staged, "counsellor")

    async def scene() -> None:
        async with karla:
            await karla.wait_until(lambda: karla.head == 3000, 40)
            assert (karla.arrivals, karla.doublets, karla.gaps) == (1, [], [])
            assert (await karla.say("room.open", ref="o"))["type"] == "accepted"

    asyncio.run(scene())
