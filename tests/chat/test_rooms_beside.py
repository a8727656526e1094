"""What others notice: nothing of a whisper (T08), and nothing of somebody who floods (T14). Over real sockets."""

import asyncio
import json
import random
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from chat.models import Member
from tests.chat.crowd import Everyone, clients, stage
from tests.chat.wire import Client
from tests.servers import Site

pytestmark = [pytest.mark.both_engines, pytest.mark.django_db]

TOKEN = "hemmelighed-7f3a"


def test_T08_whispers_and_the_desk_leave_no_frame_at_anybody_else(server: Site) -> None:
    """Three young people, two counsellors, one late guest: the others' frames are counted and read."""
    staged = stage(server, members=3, counsellors=2)
    counsellors, young = clients(server, staged, "counsellor"), clients(server, staged, "member")
    late = Client(server.url, staged["slug"], stage_guest(server, staged["slug"]))

    async def scene() -> None:
        async with Everyone(counsellors, young):
            fox, *others = young
            for client in others:
                await client.say("message.post", ref="hej", text="hej")
            for client in [*counsellors, *young]:
                await client.wait_until(lambda client=client: len(client.messages()) == 2)
            await quiet(others)
            before = [len(client.frames) for client in others]
            await talk(counsellors, fox, staged["service"])
            await quiet(others)
            assert [len(client.frames) for client in others] == before
            async with late:
                everybody_else = [*others, late]
                await talk(counsellors, fox, staged["service"])
                await quiet(everybody_else)
                assert not [frame for client in everybody_else for frame in client.frames if TOKEN in frame]
                assert all(client.side == {} for client in everybody_else)
            assert sum(TOKEN in json.dumps(event) for event in fox.side.values()) == 2 * 4
            for counsellor in counsellors:
                await counsellor.wait_until(lambda counsellor=counsellor: len(counsellor.side) >= len(fox.side))
                assert any(TOKEN in json.dumps(event) for event in counsellor.side.values())

    asyncio.run(scene())


def stage_guest(site: Site, slug: str) -> dict[str, str]:
    """The cookie of one who counts as a guest."""
    (staged,) = json.loads(site.call("stage", slug=slug, members=1, counsellors=0))
    with site.database():
        member = Member.objects.filter(session__slug=slug, role="young").order_by("-pk")[0]
        Member.objects.filter(pk=member.pk).update(role="guest")
    cookies: dict[str, str] = staged["member_cookies"][0]
    return cookies


async def talk(counsellors: list[Client], fox: Client, service: str) -> None:
    """Every private line there is, with the token in it."""
    mark = random.randrange(10**9)
    karla, jens = counsellors
    who = {"member": fox.me}
    await fox.say("whisper.send", ref=f"w{mark}", text=f"{TOKEN} jeg er bange")
    await karla.say("whisper.send", ref=f"a{mark}", text=f"{TOKEN} jeg er her", **who)
    await jens.say("desk.note", ref=f"n{mark}", text=f"{TOKEN} tager du den?")
    await jens.say("referral.share", ref=f"s{mark}", service=service, text=TOKEN, **who)
    await karla.say("member.warn", ref=f"k{mark}", reason=TOKEN, **who)


async def quiet(readers: list[Client]) -> None:
    """Until nothing has come to any of them for a while."""
    counts: list[int] = []
    for _look in range(40):
        before, counts = counts, [len(client.frames) for client in readers]
        if before == counts:
            return
        await asyncio.sleep(0.7)


def test_T14_a_flood_of_any_kind_stops_nobody_else(server: Site) -> None:
    staged = stage(server, members=4, counsellors=1)
    counsellors, young = clients(server, staged, "counsellor"), clients(server, staged, "member")
    calm, *floods = young

    async def messages(client: Client) -> None:
        await pour(client, {"type": "message.post", "text": "spam"})

    async def typing(client: Client) -> None:
        await pour(client, {"type": "member.type"})

    async def nonsense(client: Client) -> None:
        await pour(client, {"type": "x" * 10_000})

    async def scene() -> None:
        async with Everyone(counsellors, young):
            pouring = [
                asyncio.create_task(kind(client))
                for kind, client in zip((messages, typing, nonsense), floods, strict=True)
            ]
            for number in range(5):
                answer = await calm.say("message.post", ref=f"c{number}", text=f"rolig {number}")
                assert answer["type"] == "accepted"
                await asyncio.sleep(0.3)
            for task in pouring:
                task.cancel()
            lead = counsellors[0]
            await lead.wait_until(lambda: sum("rolig" in text for text in lead.messages()) == 5)
            assert sum(text == "spam" for text in lead.messages()) <= 6 + 15
            await lead.wait_until(lambda: any(event.get("kind") == "flood" for event in lead.side.values()))
            assert lead.gaps == lead.doublets == []

    asyncio.run(scene())


async def pour(client: Client, body: dict[str, Any]) -> None:
    """As fast as the line takes it, coming back whenever it is closed."""
    for number in range(100_000):
        try:
            await client.socket.send(json.dumps({**body, "ref": f"p{number}"}))  # type: ignore[union-attr]
        except ConnectionClosed:
            await asyncio.sleep(0.05)
        await asyncio.sleep(0.005)
