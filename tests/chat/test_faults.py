"""What becomes of an evening when processes are killed and messages sent again; the truth is in the database."""

import asyncio
import contextlib
import random

import pytest
from django.db import transaction
from django.utils import timezone
from websockets.exceptions import ConnectionClosed

from chat import log
from chat.events import MessagePosted
from chat.models import Session
from tests.chat.crowd import Everyone, clients, same_for_all, stage
from tests.chat.wire import Client
from tests.servers import Site

pytestmark = [pytest.mark.both_engines, pytest.mark.django_db]


async def touch_the_page(client: Client) -> None:
    """As somebody who sits there: without any input for ten minutes their presence would end (law 1)."""
    while True:
        await asyncio.sleep(30)
        await client.entered.wait()
        with contextlib.suppress(ConnectionClosed):
            await client.socket.send('{"type": "ping", "here": true}')  # type: ignore[union-attr]


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
            at_their_desks = [asyncio.create_task(touch_the_page(client)) for client in counsellors]
            await asyncio.gather(murder(), *(write(client, number) for number, client in enumerate(young)))
            for task in at_their_desks:
                task.cancel()
            for client in [*counsellors, *young]:
                await client.wait_until(lambda client=client: len(client.messages()) >= len(acknowledged))
            same_for_all([*counsellors, *young], acknowledged)

    asyncio.run(scene())


def test_F01_a_killed_server_process_loses_nothing_that_was_acknowledged(server: Site) -> None:
    kill_and_write(server, kills=2, lines=5)


@pytest.mark.soak
def test_F01_sixty_kills(server: Site) -> None:
    kill_and_write(server, kills=60, lines=150)


def send_from_two_tabs(server: Site, *, lines: int) -> None:
    staged = stage(server, members=1, counsellors=1)
    counsellors = clients(server, staged, "counsellor")
    tabs = [Client(url, staged["slug"], staged["member_cookies"][0]) for url in (server.urls * 2)[:2]]

    async def scene() -> None:
        async with Everyone(counsellors, tabs):
            for number in range(lines):
                ref, text = f"r{number}", f"linje {number}"
                same = await asyncio.gather(*(tab.say("message.post", ref=ref, text=text) for tab in tabs * 2))
                assert all(answer == same[0] for answer in same)
                await asyncio.sleep(0.7)
            await tabs[0].wait_until(lambda: len(tabs[0].messages()) == lines)
            assert tabs[0].messages() == [f"linje {number}" for number in range(lines)]

    asyncio.run(scene())


def test_F02_F11_a_message_sent_again_and_again_by_two_tabs_stands_once(server: Site) -> None:
    send_from_two_tabs(server, lines=6)


@pytest.mark.soak
def test_F02_F11_a_hundred_messages_by_two_tabs(server: Site) -> None:
    send_from_two_tabs(server, lines=100)


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
            numbers = range(len(server.processes))
            await asyncio.gather(*(asyncio.to_thread(server.restart, number) for number in numbers))
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
