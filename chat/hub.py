"""One hub a process: what was committed goes out to the sockets this process serves.

A hub is told of changes by `broadcast` (its own process, with the rows) and by the channel layer (others, a number
only), and looks into the database each half second whatever it was told: a lost wake costs half a second, never a
message. The same beat renews leases and turns rooms to *waiting* (law 1).
"""

import asyncio
import logging
import secrets
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeVar, cast
from weakref import WeakKeyDictionary

from channels.db import database_sync_to_async
from channels.layers import InMemoryChannelLayer, get_channel_layer
from django.conf import settings
from django.contrib.sessions.models import Session as Login
from django.utils import timezone

from chat import broadcast
from chat.events import MemberBanned, MemberJoined, MemberKicked, MemberLeft, MemberTyping, PollTallied
from chat.models import MAX_TABS, READABLE_AFTER_CLOSING, Connection, Event, Member, Poll, Session, Stream
from chat.permissions import way_barred
from chat.replay import Replay, card_of
from chat.services import escalation, presence, rooms
from chat.services.ladder import lapsed_mutes

logger = logging.getLogger(__name__)
T = TypeVar("T")

BEAT = 0.5  # seconds
PRESENCE_EVERY = 6  # beats
READER_RENEWAL = 10.0  # seconds; a counsellor's lease is renewed with each answer
ESCALATION_EVERY = 10  # beats
TALLY_PAUSE = 0.2  # seconds between two countings, however fast the votes come
REGROUP = 3600.0  # seconds; a group of the layer forgets its members after a day
CLOSED = 4410
TAKEN_OVER = 4409
COME_BACK = 1012
SENT_OUT = {MemberKicked.type, MemberBanned.type}

# SQLite has one writer: queueing here is cheaper than waiting for its lock. Pages have threads of their own.
_threads = ThreadPoolExecutor(max_workers=1 if settings.ON_SQLITE else 8, thread_name_prefix="room")


async def in_thread(work: Callable[..., T], **kwargs: Any) -> T:
    """Run database work beside the loop, with the connection closed after it as Django does between requests."""
    return await database_sync_to_async(work, thread_sensitive=False, executor=_threads)(**kwargs)


class Socket(Protocol):
    """What a hub asks of an open tab."""

    member_id: int
    member_public_id: str
    is_counsellor: bool
    connection_pk: int
    connection_id: str
    login: str  # a counsellor's; "" for all others
    room_seq: int
    side_seq: int
    known: set[int]
    present: set[int]

    def answered_at(self) -> datetime: ...

    async def deliver(self, frames: Sequence[str]) -> None: ...

    async def replay(self, frames: Sequence[str]) -> None: ...

    async def close(self, code: int) -> None: ...

    async def close_soon(self, code: int) -> None: ...


@dataclass
class Room:
    """A session with readers in this process."""

    session_id: int
    position: int = -1  # of the last event that went out from here
    sockets: set[Socket] = field(default_factory=set)
    cards: dict[int, dict[str, str]] = field(default_factory=dict)  # of everybody who was ever told of from here
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    grouped_at: float = 0.0
    entering: int = 0  # sockets on their way in
    is_looking: bool = False
    is_look_wanted: bool = False
    is_tallying: bool = False
    tallies_wanted: set[str] = field(default_factory=set)  # polls whose votes changed

    @property
    def is_empty(self) -> bool:
        return not self.sockets and not self.entering and not self.lock.locked()


@dataclass(frozen=True)
class Seen:
    """What a beat read of a room."""

    head: int
    is_over: bool
    is_due: bool


@dataclass(frozen=True)
class There:
    """Who is there: cards of those present, all tabs that may stay open with their members, logins that still hold,
    and with which code to close the tabs of those who were sent out."""

    cards: dict[int, dict[str, str]]
    tabs: dict[str, int]
    logins: frozenset[str]
    barred: dict[int, int]
    head: int


class Hub:
    """Serves the sockets of one event loop."""

    def __init__(self) -> None:
        self.rooms: dict[int, Room] = {}
        self._loop = asyncio.get_running_loop()
        self._tasks: set[asyncio.Task[None]] = set()
        self._channel: str | None = None
        self._name = secrets.token_hex(8)
        self._beats = 0
        self._renewed: dict[int, datetime] = {}
        self._is_running = False

    # Coming and going -------------------------------------------------------------------------------------------

    async def enter(self, socket: Socket, session_id: int, snapshot: Callable[[], Awaitable[Replay]]) -> None:
        """Let `socket` hear the room from here on, and first send it what `snapshot` reads, without gap or doublet."""
        self._start()
        room = self.rooms.setdefault(session_id, Room(session_id))
        room.entering += 1
        try:
            async with room.lock:
                replay = await snapshot()
                if room.position < 0:
                    room.position = replay.position
                socket.known, socket.present = set(replay.known), set(replay.present)
                # What went out from here before this socket came lies within the replay; what follows is higher.
                socket.room_seq, socket.side_seq = replay.heads["room"], replay.heads["side"]
                room.sockets.add(socket)
        finally:
            room.entering -= 1
        await socket.replay([replay.entered, *replay.frames, *replay.tallies])
        self._spawn(self._join_group(room))
        await self._look_who_is_there(room)

    def leave(self, socket: Socket, session_id: int) -> None:
        if room := self.rooms.get(session_id):
            room.sockets.discard(socket)
        self._renewed.pop(socket.connection_pk, None)

    def _drop_empty_rooms(self) -> None:
        for session_id in [pk for pk, room in self.rooms.items() if room.is_empty]:
            del self.rooms[session_id]
            self._spawn(self._leave_group(session_id))

    def _start(self) -> None:
        if not self._is_running:
            self._is_running = True
            broadcast.attach(self.hear)
            self._spawn(self._run())

    async def _run(self) -> None:
        """Beat while there are rooms."""
        idle = 0
        listening = asyncio.create_task(self._listen())
        try:
            while idle < 10 and not _is_asked_to_end():
                await asyncio.sleep(BEAT)
                idle = 0 if self.rooms else idle + 1
                await self._beat_safely()
        finally:
            listening.cancel()
            broadcast.detach(self.hear)
            self._is_running = False

    def _spawn(self, work: Any) -> None:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # Being told -------------------------------------------------------------------------------------------------

    def hear(self, wake: dict[str, Any], events: Sequence[Event]) -> bool:
        """From `broadcast`, in any thread: pass it to this loop, and on to the other processes."""
        if self._loop.is_closed():
            return False
        self._loop.call_soon_threadsafe(self._take, wake, events)
        return True

    def _take(self, wake: dict[str, Any], events: Sequence[Event]) -> None:
        if wake["room"] in self.rooms:
            self._spawn(self._follow(wake, events))
        if not isinstance(get_channel_layer(), InMemoryChannelLayer):
            self._spawn(broadcast.send({**wake, "origin": self._name}))

    async def _listen(self) -> None:
        """Wakes from other processes. When the layer is away the beat goes on by itself."""
        layer = get_channel_layer()
        if layer is None or isinstance(layer, InMemoryChannelLayer):
            return
        while not _is_asked_to_end():
            try:
                self._channel = self._channel or await layer.new_channel("hub")
                wake = await layer.receive(self._channel)
                if wake.get("origin") != self._name:
                    self._spawn(self._follow(wake, ()))
            except Exception as error:  # Redis may be down for a while
                logger.warning("The channel layer is away: %s", type(error).__name__)
                self._forget_groups()
                if not _is_asked_to_end():
                    await asyncio.sleep(1)

    def _forget_groups(self) -> None:
        for room in self.rooms.values():
            room.grouped_at = 0.0

    async def _join_group(self, room: Room) -> None:
        if self._channel is None or (time.monotonic() - room.grouped_at < REGROUP and room.grouped_at):
            return
        try:
            async with asyncio.timeout(broadcast.PATIENCE):
                await get_channel_layer().group_add(broadcast.group_of(room.session_id), self._channel)
            room.grouped_at = time.monotonic()
        except Exception as error:  # the beat finds what a wake would have told
            logger.warning("No group at the channel layer: %s", type(error).__name__)

    async def _leave_group(self, session_id: int) -> None:
        if self._channel is None or session_id in self.rooms:
            return
        try:
            async with asyncio.timeout(broadcast.PATIENCE):
                await get_channel_layer().group_discard(broadcast.group_of(session_id), self._channel)
        except Exception as error:
            logger.warning("No group at the channel layer: %s", type(error).__name__)
        if room := self.rooms.get(session_id):
            room.grouped_at = 0.0  # somebody came back meanwhile: join again with the next look

    async def _follow(self, wake: Mapping[str, Any], events: Sequence[Event]) -> None:
        room = self.rooms.get(wake["room"])
        if room is None:
            return
        if "evict" in wake:
            await self._advance(room, wake.get("position", 0))  # why comes before the close
            await self._evict(room, wake["evict"], wake["code"])
        elif "tally" in wake:
            await self._tell_tally(room, wake["tally"])
        elif "typing" in wake:
            await self._pass_typing(room, wake["typing"], by_counsellor=wake["by_counsellor"])
        elif wake.get("presence"):
            await self._look_who_is_there(room)
        else:
            await self._advance(room, wake["position"], events)

    # Sending out ------------------------------------------------------------------------------------------------

    async def _advance(self, room: Room, position: int, events: Sequence[Event] = ()) -> None:
        """Send out everything up to `position`, from `events` where they follow on, else from the database."""
        if position <= room.position:
            return
        async with room.lock:
            if position <= room.position or room.position < 0:
                return
            if not events or events[0].position != room.position + 1:
                events = await in_thread(_events_after, session_id=room.session_id, position=room.position)
            if events:
                room.position = events[-1].position
                await self._fan_out(room, events)

    async def _fan_out(self, room: Room, events: Sequence[Event]) -> None:
        room.cards |= {event.author.pk: card_of(event.author) for event in events if event.author is not None}
        for socket in list(room.sockets):
            frames = [frame for event in events for frame in _frames_for(socket, event)]
            if frames:
                await self._send(socket, frames)
        if any(event.type in SENT_OUT for event in events):  # also where the wake that closes their tabs was lost
            self._spawn(self._look_who_is_there(room))

    async def _send(self, socket: Socket, frames: Sequence[str]) -> None:
        """One reader's trouble is that reader's alone: the tab closes, comes back and asks for what it missed."""
        try:
            await socket.deliver(frames)
        except Exception as error:
            logger.warning("A socket took nothing: %s", type(error).__name__)
            await socket.close(COME_BACK)

    async def type(self, session_id: int, member: str, *, by_counsellor: bool) -> None:
        """Pass on that `member` types, here and in the other processes."""
        self._take({"room": session_id, "typing": member, "by_counsellor": by_counsellor}, ())

    async def _pass_typing(self, room: Room, member: str, *, by_counsellor: bool) -> None:
        frame = MemberTyping(member=member).frame()
        for socket in list(room.sockets):
            if socket.member_public_id != member and (by_counsellor or socket.is_counsellor):
                await self._send(socket, [frame])

    async def _look_who_is_there(self, room: Room) -> None:
        """One look at a time, and one more when somebody asked meanwhile: an old look never overtakes a new one."""
        room.is_look_wanted = True
        if room.is_looking:
            return
        room.is_looking = True
        try:
            while room.is_look_wanted:
                room.is_look_wanted = False
                await self._look_once(room)
        finally:
            room.is_looking = False

    async def _look_once(self, room: Room) -> None:
        before = list(room.sockets)
        logins = {socket.login for socket in before if socket.login}
        there = await in_thread(_who_is_there, session_id=room.session_id, logins=logins)
        async with room.lock:
            room.cards |= there.cards
            for socket in list(room.sockets):
                await self._tell_presence(socket, there.cards, room.cards)
        if there.barred:
            await self._advance(room, there.head)  # why comes before the close
        for socket in before:
            if code := there.barred.get(socket.member_id):
                self._spawn(socket.close_soon(code))
            elif socket.connection_id not in there.tabs:
                # `evict` told the others why. One that was not told comes back and hears it at the door.
                tabs = sum(member == socket.member_id for member in there.tabs.values())
                await socket.close(TAKEN_OVER if tabs >= MAX_TABS else COME_BACK)
            elif socket.login and socket.login not in there.logins:
                await socket.close(COME_BACK)  # logged out elsewhere: the door says so

    async def _tell_presence(
        self, socket: Socket, here: Mapping[int, dict[str, str]], cards: Mapping[int, dict[str, str]]
    ) -> None:
        frames = [MemberLeft(member=cards[pk]).frame() for pk in socket.present - here.keys() if pk in cards]
        frames += [MemberJoined(member=here[pk]).frame() for pk in here.keys() - socket.present]
        socket.known |= here.keys()
        socket.present = set(here)
        if frames:
            await self._send(socket, frames)

    async def _evict(self, room: Room, connection_ids: Sequence[str], code: int) -> None:
        for socket in list(room.sockets):
            if socket.connection_id in connection_ids:
                self._spawn(socket.close_soon(code))

    async def _tell_tally(self, room: Room, poll: str) -> None:
        """The counts as they stand: one look at a time, and one more when votes came meanwhile."""
        room.tallies_wanted.add(poll)
        if room.is_tallying:
            return
        room.is_tallying = True
        try:
            while room.tallies_wanted:
                wanted = room.tallies_wanted.pop()
                tallied = await in_thread(_tally, session_id=room.session_id, poll=wanted)
                for socket in list(room.sockets) if tallied else []:
                    await self._send(socket, [cast(PollTallied, tallied).frame()])
                await asyncio.sleep(TALLY_PAUSE)
        finally:
            room.is_tallying = False

    # The beat ---------------------------------------------------------------------------------------------------

    async def _beat_safely(self) -> None:
        try:
            await self._beat()
        except Exception as error:  # the database may be away; the next beat tries again
            logger.warning("A beat failed: %s", type(error).__name__)

    async def _beat(self) -> None:
        self._beats += 1
        self._drop_empty_rooms()
        rooms_here = [room for room in self.rooms.values() if room.sockets]
        if not rooms_here:
            return
        if self._beats % ESCALATION_EVERY == 0:
            await in_thread(escalation.hurry, now=timezone.now())
        answered = self._answers(rooms_here)
        seen = await in_thread(_look, session_ids=[room.session_id for room in rooms_here], answered=answered)
        for room in rooms_here:
            if room.session_id in seen:
                try:
                    await self._catch_up(room, seen[room.session_id])
                except Exception as error:  # one room's trouble must not stop the others
                    logger.warning("A room's beat failed: %s", type(error).__name__)

    async def _catch_up(self, room: Room, seen: Seen) -> None:
        if seen.is_due:
            await in_thread(presence.settle, session_id=room.session_id, now=timezone.now())
        await self._advance(room, seen.head)
        if seen.is_over:
            for socket in list(room.sockets):
                await socket.close(CLOSED)
        elif (self._beats + room.session_id) % PRESENCE_EVERY == 0:
            self._spawn(self._join_group(room))
            await in_thread(presence.expel_strangers, session_id=room.session_id)
            await self._look_who_is_there(room)

    def _answers(self, rooms_here: Iterable[Room]) -> dict[int, datetime]:
        """Leases to prolong: of counsellors with each answer, of others now and then."""
        answered = {}
        for room in rooms_here:
            for socket in room.sockets:
                at, told = socket.answered_at(), self._renewed.get(socket.connection_pk)
                pause = 0.0 if socket.is_counsellor else READER_RENEWAL
                if told is None or (at - told).total_seconds() > pause:
                    answered[socket.connection_pk] = self._renewed[socket.connection_pk] = at
        return answered


def _is_asked_to_end() -> bool:
    """This task was cancelled. The layer and the thread hop may answer a cancellation with another error, or none."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _frames_for(socket: Socket, event: Event) -> list[str]:
    """The event as this reader gets it: nothing of other lines, nothing twice, and never of somebody not told of."""
    if event.stream == Stream.ROOM:
        if event.seq <= socket.room_seq:
            return []
        socket.room_seq = event.seq
    else:
        is_mine = socket.is_counsellor if event.stream == Stream.DESK else event.reader_id == socket.member_id
        if not is_mine or event.seq <= socket.side_seq:
            return []
        socket.side_seq = event.seq
    author = event.author
    if author is None or author.pk in socket.known:
        return [event.frame]
    socket.known.add(author.pk)
    socket.present.add(author.pk)
    return [MemberJoined(member=card_of(author)).frame(), event.frame]


def _events_after(*, session_id: int, position: int) -> list[Event]:
    events = Event.objects.filter(session_id=session_id, position__gt=position)
    return list(events.select_related("author").order_by("position"))


def _who_is_there(*, session_id: int, logins: set[str]) -> There:
    now = timezone.now()
    members = Member.objects.filter(session_id=session_id).present(now=now)
    tabs = Connection.objects.filter(session_id=session_id).values_list("public_id", "member_id")
    out = Member.objects.filter(session_id=session_id, kicked_at__isnull=False)
    alive = Login.objects.filter(session_key__in=logins, expire_date__gt=now).values_list("session_key", flat=True)
    return There(
        cards={member.pk: card_of(member) for member in members},
        tabs=dict(tabs),
        logins=frozenset(alive) if logins else frozenset(),
        barred={member.pk: code for member in out if (code := way_barred(member, now=now))},
        head=Session.objects.values_list("log_head", flat=True).get(pk=session_id),
    )


def _tally(*, session_id: int, poll: str) -> PollTallied | None:
    row = Poll.objects.filter(session_id=session_id, public_id=poll, closed_at__isnull=True).first()
    return PollTallied(poll=row.public_id, counts=row.counts()) if row else None


def _look(*, session_ids: Sequence[int], answered: Mapping[int, datetime]) -> dict[int, Seen]:
    """Renew leases, then read where the rooms stand and whether presence or time asks something of them."""
    presence.renew(answered=answered)
    now = timezone.now()
    led = set(
        Connection.objects.leading(now=now).filter(session_id__in=session_ids).values_list("session_id", flat=True)
    )
    lapsed = set(lapsed_mutes(now=now).filter(session_id__in=session_ids).values_list("session_id", flat=True))
    return {
        session.pk: Seen(
            head=session.log_head,
            is_over=session.closed_at is not None and session.closed_at + READABLE_AFTER_CLOSING <= now,
            is_due=session.pk in lapsed or bool(rooms.due(session, led=session.pk in led, now=now)),
        )
        for session in Session.objects.filter(pk__in=session_ids)
    }


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def current() -> Hub:
    """The hub of the running loop."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub()
    return _hubs[loop]
