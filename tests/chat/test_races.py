"""Law 3 and promise 3: writing against mute, kick, ban, protect and remove, from one and two counsellors (T09–T11).

Over sockets of all server processes, and with the test's own process calling the verbs beside them. The room's log is
the judge: its positions are the order in which things happened for everybody.
"""

import asyncio
import itertools
import json
import random
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from django.utils import timezone

from chat.models import Event, Member, Session
from chat.services.commands import perform
from tests.chat.crowd import clients, stage
from tests.chat.wire import Client
from tests.servers import Site

pytestmark = [pytest.mark.both_engines, pytest.mark.django_db]

STEPS = {
    "mute": {"type": "member.mute", "reason": "Tal pænt"},
    "unmute": {"type": "member.unmute"},
    "kick": {"type": "member.kick", "reason": "Du blev ved", "ground": "discord"},
    "ban": {"type": "member.ban", "reason": "Du blev ved", "days": 3},
    "protect": {"type": "member.protect", "reason": "Jeg passer på dig"},
    "unprotect": {"type": "member.unprotect"},
}
TOLD = {"mute": "member.muted", "kick": "member.kicked", "ban": "member.kicked", "protect": "member.protected"}
BEFORE = {"ban": ["kick"]}  # what has to be done before the race begins, after the warning
MEMBERS = 60  # of a session
AT_ONCE = 4  # races in one room
_refs = itertools.count(1)


class Room:
    """One staged session: its counsellors at sockets, its young people one at a time."""

    def __init__(self, site: Site, staged: dict[str, Any]) -> None:
        self.site = site
        self.slug = staged["slug"]
        self.staged = staged
        self.counsellors = clients(site, staged, "counsellor")
        self.places = iter(enumerate(staged["member_cookies"]))

    async def __aenter__(self) -> "Room":
        for client in self.counsellors:
            await client.__aenter__()
        await self.counsellors[0].say("room.open", ref="open")
        return self

    async def __aexit__(self, *error: object) -> None:
        for client in self.counsellors:
            await client.__aexit__()

    def newcomer(self) -> tuple[Client, str]:
        """A young person on the other process than the first counsellor, where there is one, and their id."""
        number, cookies = next(self.places)
        client = Client(self.site.urls[(number + 1) % len(self.site.urls)], self.slug, cookies)
        return client, cookies

    async def act(self, actor: int, step: str, member: str) -> dict[str, Any]:
        fields = {key: value for key, value in STEPS[step].items() if key != "type"}
        ref = f"c{next(_refs)}"
        return await self.counsellors[actor].say(STEPS[step]["type"], ref=ref, member=member, **fields)

    async def act_by_verb(self, actor: int, step: str, member: str) -> dict[str, Any]:
        """As `act`, by the verb, in this process."""
        return await asyncio.to_thread(
            self._perform, actor, {**STEPS[step], "ref": f"v{next(_refs)}", "member": member}
        )

    def _body(self, step: str, member: str) -> dict[str, Any]:
        return {**STEPS[step], "ref": f"v{next(_refs)}", "member": member}

    def _perform(self, actor: int, body: dict[str, Any]) -> dict[str, Any]:
        with self.site.database():
            staff = Member.objects.filter(session__slug=self.slug, role="counsellor").order_by("user_id")
            who = staff[actor]
            answer: dict[str, Any] = json.loads(perform(member_id=who.pk, role=who.role, body=body, now=timezone.now()))
        return answer

    async def prepare(self, step: str, client: Client) -> str:
        """A warning that reached them, and what else has to come first. Answers the member's id."""
        member = client.me
        if step in {"kick", "ban"}:
            await self.counsellors[0].say("member.warn", ref=f"w{next(_refs)}", member=member, reason="Tal pænt")
            await self._until_warned(member)
        for earlier in BEFORE.get(step, []):
            await self.act(0, earlier, member)
        return member

    async def _until_warned(self, member: str) -> None:
        """Until the warning that was sent out counts. The counsellors' sockets are not asked: they have other work."""
        for _look in range(400):
            if await asyncio.to_thread(self._is_warned, member):
                return
            await asyncio.sleep(0.05)

    def _is_warned(self, member: str) -> bool:
        with self.site.database():
            return Member.objects.get(public_id=member).is_warned


async def write(client: Client, lines: int, *, name: str) -> list[tuple[str, dict[str, Any]]]:
    """Send lines without waiting for their answers; answers those that came."""
    refs = [f"{name}.{line}" for line in range(lines)]
    for ref in refs:
        body = {"type": "message.post", "ref": ref, "text": f"linje {ref}"}
        try:
            await client.socket.send(json.dumps(body))  # type: ignore[union-attr]
        except Exception:  # the line was closed: that is what a kick does
            break
        await asyncio.sleep(random.uniform(0, 0.01))
    for _patience in range(40):
        if all(ref in client.answers for ref in refs) or client.closed:
            break
        await asyncio.sleep(0.05)
    return [(ref, client.answers[ref]) for ref in refs if ref in client.answers]


async def race(room: Room, step: str, *, actors: int, by_verb: bool) -> None:
    """One interleaving: somebody writes four lines while one or two counsellors step in; then they try once more."""
    client, _cookies = room.newcomer()
    async with client:
        member = await room.prepare(step, client)
        name = f"{step}{next(_refs)}"

        async def step_in(actor: int) -> dict[str, Any]:
            await asyncio.sleep(random.uniform(0, 0.04))
            act = room.act_by_verb if by_verb and actor == actors - 1 else room.act
            return await act(actor, step, member)

        writing = asyncio.create_task(write(client, 4, name=name))
        answers = await asyncio.gather(*(step_in(actor) for actor in range(actors)))
        assert all(answer["type"] == "accepted" for answer in answers), answers
        # What is sent from here on was sent after the acknowledgement.
        late = await write(client, 1, name=f"{name}.late")
        await writing
        for _ref, answer in late:
            assert answer["type"] == "refused" or answer.get("held"), (step, answer)


def breaches(slug: str) -> list[tuple[str, int]]:
    """Messages that stand in the room after a step on their author, in the log's own order."""
    found = []
    rows = list(Event.objects.filter(session__slug=slug).select_related("author").order_by("position"))
    for step, kind in TOLD.items():
        for told in (row for row in rows if row.stream == "desk" and row.type == kind):
            found += [
                (step, row.position)
                for row in rows
                if row.type == "message.posted" and row.author_id == told.author_id and row.position > told.position
            ]
    return found


def stage_for(site: Site, count: int) -> list[dict[str, Any]]:
    """As many sessions as it takes for `count` young people, with two counsellors each."""
    sessions = -(-count // MEMBERS)
    staged: list[dict[str, Any]] = json.loads(site.call("stage", sessions=sessions, members=MEMBERS, counsellors=2))
    return staged


def side_by_side(site: Site, plans: list[Any], one: Callable[[Room, Any], Awaitable[None]]) -> list[str]:
    """Run each plan with somebody new, some at a time in one room. Answers the rooms' slugs."""
    staged = stage_for(site, len(plans))
    todo = iter(plans)

    async def hand(room: Room, share: Iterable[Any]) -> None:
        for plan in share:
            await one(room, plan)

    async def scene() -> None:
        for each in staged:
            async with Room(site, each) as room:
                share = itertools.islice(todo, MEMBERS)  # all of them take from it
                await asyncio.gather(*(hand(room, share) for _unused in range(AT_ONCE)))

    asyncio.run(scene())
    return [each["slug"] for each in staged]


def run_races(site: Site, *, count: int) -> None:
    steps = ["mute", "kick", "ban", "protect"]
    plans = list(itertools.islice(itertools.cycle(itertools.product(steps, (1, 2), (False, True))), count))

    async def one(room: Room, plan: tuple[str, int, bool]) -> None:
        step, actors, by_verb = plan
        await race(room, step, actors=actors, by_verb=by_verb)

    slugs = side_by_side(site, plans, one)
    with site.database():
        for slug in slugs:
            assert breaches(slug) == []
            session = Session.objects.get(slug=slug)
            numbers = Event.objects.filter(session=session, stream="room").order_by("seq").values_list("seq", flat=True)
            assert list(numbers) == list(range(1, session.room_head + 1))


def test_T09_law_3_no_message_shows_after_a_step_was_acknowledged(server: Site) -> None:
    run_races(server, count=112)


@pytest.mark.soak
def test_T09_law_3_a_thousand_interleavings(server: Site) -> None:
    run_races(server, count=1000)


def test_T10_one_who_is_kicked_stays_out_on_every_tab_and_process(server: Site) -> None:
    staged = stage(server, members=2, counsellors=2)
    fox = staged["member_cookies"][0]

    async def scene() -> None:
        async with Room(server, staged) as room:
            tabs = [Client(url, room.slug, fox) for url in (server.urls * 3)[:3]]
            for tab in tabs:
                await tab.__aenter__()
            member = await room.prepare("kick", tabs[0])
            assert (await room.act(0, "kick", member))["type"] == "accepted"
            for tab in tabs:
                await tab.until_closed(4423)
                assert any(event["type"] == "member.kicked" for event in tab.side.values())
                await tab.__aexit__()
            for url in server.urls:
                again = Client(url, room.slug, fox)
                assert await again.turned_away() == 4423
            assert (await room.act(1, "ban", member))["type"] == "accepted"
            for url in server.urls:
                assert await Client(url, room.slug, fox).turned_away() == 4451

    asyncio.run(scene())


# T11 ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Standing:
    """What two steps, one after the other, make of one who was warned, with the events they leave."""

    muted: bool = False
    had_mute: bool = False
    protected: bool = False
    kicked: bool = False
    banned: bool = False

    def after(self, step: str) -> "tuple[Standing, str]":
        if step == "mute":
            return replace(self, muted=True, had_mute=True), "accepted"
        if step == "unmute":
            return replace(self, muted=False), "accepted"
        if step in {"protect", "unprotect"}:
            return replace(self, protected=step == "protect"), "accepted"
        if step == "kick":
            more = {} if self.had_mute else {"muted": True, "had_mute": True}
            return (self if self.kicked else replace(self, kicked=True, **more)), "accepted"
        return (replace(self, banned=True), "accepted") if self.kicked else (self, "refused")


def serial(first: str, second: str) -> tuple[Standing, dict[int, str]]:
    middle, one = Standing().after(first)
    end, two = middle.after(second)
    return end, {0: one, 1: two}


def both_orders(one: str, two: str) -> Iterator[tuple[Standing, tuple[str, str]]]:
    end, answers = serial(one, two)
    yield end, (answers[0], answers[1])
    end, answers = serial(two, one)
    yield end, (answers[1], answers[0])


def standing_now(site: Site, public_id: str) -> Standing:
    with site.database():
        row = Member.objects.get(public_id=public_id)
        return Standing(
            muted=row.muted_until is not None,
            had_mute=row.muted_at is not None,
            protected=row.protected_at is not None,
            kicked=row.kicked_at is not None,
            banned=row.banned_until is not None,
        )


def run_pairs(site: Site, *, times: int) -> None:
    pairs = [pair for pair in itertools.product(STEPS, repeat=2) for _time in range(times)]

    async def one_pair(room: Room, pair: tuple[str, str]) -> None:
        one, two = pair
        client, _cookies = room.newcomer()
        async with client:
            member = await room.prepare("kick", client)

            async def step_in(actor: int, step: str) -> str:
                await asyncio.sleep(random.uniform(0, 0.01))
                answer = await room.act(actor, step, member)
                return str(answer["type"])

            answers = await asyncio.gather(step_in(0, one), step_in(1, two))
        seen = (await asyncio.to_thread(standing_now, site, member), answers)
        assert (seen[0], tuple(seen[1])) in set(both_orders(one, two)), (one, two, seen)

    side_by_side(site, pairs, one_pair)


def test_T11_two_counsellors_at_once_end_as_one_after_the_other(server: Site) -> None:
    run_pairs(server, times=1)


@pytest.mark.soak
def test_T11_all_pairs_two_hundred_times(server: Site) -> None:
    run_pairs(server, times=200)


# Removing ---------------------------------------------------------------------------------------------------------


def test_T34_a_message_removed_while_it_is_answered_is_gone_everywhere(server: Site) -> None:
    staged = stage(server, members=8, counsellors=2)

    async def scene() -> None:
        async with Room(server, staged) as room:
            for number in range(8):
                client, _cookies = room.newcomer()
                async with client:
                    token = f"hemmelig-{number}"
                    said = await client.say("message.post", ref="one", text=token)
                    answers = await asyncio.gather(
                        room.counsellors[0].say("message.remove", ref=f"x{number}", id=said["id"], reason="Tal pænt"),
                        room.counsellors[1].say("message.remove", ref=f"y{number}", id=said["id"], reason="Tal pænt"),
                        client.say("message.post", ref="two", text="svar", reply_to=said["id"]),
                        client.say("message.remove", ref="three", id=said["id"]),
                    )
                    removals = [answers[0], answers[1], answers[3]]
                    assert sorted(answer["type"] for answer in removals) == ["accepted", "refused", "refused"]

    asyncio.run(scene())
    with server.database():
        assert not Event.objects.filter(frame__contains="hemmelig-").exists()
