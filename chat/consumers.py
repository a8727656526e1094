"""The socket door: it lets in, looks the command up, calls the verb and translates the refusal. It holds no rule."""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import parse_qs

from channels.consumer import AsyncConsumer
from channels.exceptions import StopConsumer
from django.conf import settings
from django.contrib import auth
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.http import parse_cookie
from django.utils import timezone, translation

from accounts.addresses import address_of_scope, network_key
from accounts.models import User
from chat import hub
from chat.commands import MAX_FRAME, MemberType, Ping, load, parse, ref_of, spoken_text
from chat.entrance import Reader, let_in
from chat.events import Pong, encode, last_warning
from chat.models import Connection, Role
from chat.origins import is_own_origin
from chat.replay import Replay, read
from chat.services import crisis, desk, presence
from chat.services.commands import may_type, perform
from moderation.refusals import Refused

logger = logging.getLogger(__name__)

SUBPROTOCOL = "samrum.v1"
BAD_ORIGIN = 4403
TOO_MANY = 4429
TOO_SLOW = 1013
TOO_BIG = 1009
SERVER_TROUBLE = 1012

COMMANDS_PER_SECOND = 20
REFUSALS = 200  # within REFUSAL_SECONDS; then the socket closes
REFUSAL_SECONDS = 10.0
SOCKETS_PER_NETWORK = 400  # a whole school behind one address
MAX_UNSENT = 256 * 1024  # bytes
PATIENCE = 20.0  # seconds for a reader to take a replay
GRACE = 0.8  # seconds for a command in hand when the tab is to close
CHUNK = 64  # events of a replay in one frame
TYPING_EVERY = 3.0  # seconds
INPUT_EVERY = timedelta(seconds=20)

_sockets_of_network: dict[str, int] = {}


class Pace:
    """How many things happened lately; one a socket."""

    def __init__(self, most: int, seconds: float) -> None:
        self._times: deque[float] = deque(maxlen=most)
        self._seconds = seconds

    def is_over(self) -> bool:
        """Count one more; True when that is more than allowed."""
        now = time.monotonic()
        is_full = len(self._times) == self._times.maxlen and now - self._times[0] < self._seconds
        if not is_full:
            self._times.append(now)
        return is_full


class RoomConsumer(AsyncConsumer):
    """One open tab of a room."""

    channel_layer_alias = "none: the hub listens for all sockets of the process"

    def __init__(self) -> None:
        self.reader: Reader | None = None
        self.connection_pk = 0
        self.connection_id = ""
        self.room_seq = self.side_seq = 0
        self.known: set[int] = set()
        self.present: set[int] = set()
        self.login = ""
        self._wire: Any = None
        self._is_closed = False
        self._ends_with = 0  # the code to close with as soon as nothing is in hand
        self._is_busy = True  # until the replay is out: what happens meanwhile waits behind it
        self._waiting: list[str] = []
        self._commands = Pace(COMMANDS_PER_SECOND, 1.0)
        self._refusals = Pace(REFUSALS - 1, REFUSAL_SECONDS)
        self._typed_at = -TYPING_EVERY
        self._input_at: datetime | None = None
        self._network = ""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:  # also when the server gave up waiting for us
            self._let_go()

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Handle one ASGI message, without the thread hop that Channels adds: nothing here uses that connection."""
        if message["type"] == "websocket.connect":
            await self._connect()
        elif message["type"] == "websocket.receive":
            await self._receive(message)
        else:
            await self._disconnect()

    # What the hub asks ------------------------------------------------------------------------------------------

    @property
    def member_id(self) -> int:
        return self._seat.member.pk

    @property
    def member_public_id(self) -> str:
        return self._seat.member.public_id

    @property
    def is_counsellor(self) -> bool:
        return self._seat.member.role == Role.COUNSELLOR

    @property
    def _seat(self) -> Reader:
        return cast(Reader, self.reader)

    def answered_at(self) -> datetime:
        """When the other end last proved to be there: by the server's ping, where the server below us tells."""
        return self._wire.answered_at if self._wire else timezone.now()

    async def deliver(self, frames: Sequence[str]) -> None:
        """Send events, or keep them until the command in hand has been answered."""
        if self._is_busy:
            self._waiting.extend(frames)
        elif not self._is_closed:
            for start in range(0, len(frames), CHUNK):
                await self._send(frames[start : start + CHUNK])

    async def replay(self, frames: Sequence[str]) -> None:
        """Send what was missed no faster than the reader takes it, then what happened meanwhile."""
        for start in range(0, len(frames), CHUNK):
            if not await self._has_drained():
                return
            await self._send(frames[start : start + CHUNK])
        if await self._has_drained():
            await self._go_on()

    async def _has_drained(self) -> bool:
        """Wait until most of what was sent is on its way; False for a reader who is gone or takes nothing."""
        deadline = time.monotonic() + PATIENCE
        while self._wire and self._wire.unsent() > MAX_UNSENT // 4:
            if not self._wire.is_open or time.monotonic() > deadline:
                await self.close(TOO_SLOW)
                return False
            await asyncio.sleep(0.02)
        return not self._is_closed

    async def _go_on(self) -> None:
        """Nothing is in hand any more: send what waited."""
        self._is_busy = False
        kept, self._waiting = self._waiting, []
        if kept:
            await self.deliver(kept)
        if self._ends_with:
            await self.close(self._ends_with)

    async def close(self, code: int) -> None:
        if not self._is_closed:
            self._let_go()
            await self.send({"type": "websocket.close", "code": code})

    async def close_soon(self, code: int) -> None:
        """Close once the command in hand is answered and what waited behind it is sent: the reason comes first."""
        if self._is_busy:
            self._ends_with = code
            await asyncio.sleep(GRACE)
        await self.close(code)

    def _let_go(self) -> None:
        """Hear nothing more and count no more; safe to repeat."""
        self._is_closed = True
        if self._network:
            self._uncount()
            self._network = ""
        if self.reader is not None:
            hub.current().leave(self, self.reader.session.pk)

    # ASGI -------------------------------------------------------------------------------------------------------

    async def _connect(self) -> None:
        offered = self.scope.get("subprotocols", [])
        self._wire = self.scope.get("extensions", {}).get("samrum.wire")
        await self.send({"type": "websocket.accept", "subprotocol": SUBPROTOCOL if SUBPROTOCOL in offered else None})
        code = await self._come_in()
        if code:
            await self.close(code)

    async def _come_in(self) -> int:
        """Answers 0, or the close code that says why not."""
        if not is_own_origin(self.scope):
            return BAD_ORIGIN
        if self._is_crowded():
            return TOO_MANY
        try:
            answer = await hub.in_thread(_let_in, scope=self.scope)
            if isinstance(answer, int):
                return answer
            self.reader, connection, self.login = answer
            self.connection_pk, self.connection_id = connection.pk, connection.public_id
            await hub.current().enter(self, self.reader.session.pk, self._snapshot)
        except Exception as error:  # the database is away: the page comes back by itself
            logger.warning("A socket could not come in: %s", type(error).__name__)
            return SERVER_TROUBLE
        return 0

    def _is_crowded(self) -> bool:
        self._network = network_key(address_of_scope(self.scope), purpose="sockets")
        count = _sockets_of_network[self._network] = _sockets_of_network.get(self._network, 0) + 1
        return settings.NETWORK_LIMITS and count > SOCKETS_PER_NETWORK

    async def _snapshot(self) -> Replay:
        query = parse_qs(self.scope["query_string"].decode("latin-1"))
        return await hub.in_thread(
            read,
            member=self._seat.member,
            after=query.get("after", [None])[-1],
            side_after=query.get("side_after", [None])[-1],
            now=timezone.now(),
        )

    async def _disconnect(self) -> None:
        self._let_go()
        if self.connection_pk:
            try:
                await hub.in_thread(presence.depart, connection_id=self.connection_pk, now=timezone.now())
            except Exception as error:  # the lease runs out by itself
                logger.warning("A goodbye was not noted: %s", type(error).__name__)
        raise StopConsumer

    def _uncount(self) -> None:
        left = _sockets_of_network.get(self._network, 1) - 1
        if left > 0:
            _sockets_of_network[self._network] = left
        else:
            _sockets_of_network.pop(self._network, None)

    async def _send(self, frames: Sequence[str]) -> None:
        if self._wire and self._wire.unsent() > MAX_UNSENT:
            await self.close(TOO_SLOW)
            return
        await self.send({"type": "websocket.send", "text": f"[{','.join(frames)}]"})
        if warning := last_warning(frames, member=self.member_public_id):
            await hub.in_thread(presence.note_warning, member_id=self.member_id, seq=warning)

    # Commands ---------------------------------------------------------------------------------------------------

    async def _receive(self, message: Mapping[str, Any]) -> None:
        if self.reader is None or self._is_closed:
            return
        text = message.get("text")
        if len(text.encode("utf-8", "replace") if text is not None else message.get("bytes") or b"") > MAX_FRAME:
            await self.close(TOO_BIG)
            return
        try:
            await self._obey(text)
        except Refused as refusal:
            await self._refuse(self._in_their_language(refusal, None))
        except Exception as error:  # a bug or a lost database; the client comes back and asks again
            logger.error("A command failed: %s", type(error).__name__)
            await self.close(SERVER_TROUBLE)

    async def _obey(self, text: str | None) -> None:
        if text is None:
            raise Refused("bad_command")
        is_too_fast = self._commands.is_over()
        body = load(text)
        if is_too_fast:
            await self._refuse_too_fast(body)
        elif body.get("type") == Ping.type:
            await self._ping(body)
        elif body.get("type") == MemberType.type:
            await self._type()
        else:
            await self._perform(body)

    async def _refuse_too_fast(self, body: Mapping[str, Any]) -> None:
        """Too many commands on this socket. Help comes first all the same (law 7)."""
        said, ref, member = spoken_text(body), ref_of(body), self._seat.member
        if said and ref is not None:
            await hub.in_thread(
                crisis.help_if_acute,
                member_id=member.pk,
                writer=member.role,
                ref=ref,
                text=said,
                now=timezone.now(),
            )
            await asyncio.sleep(0)  # the hub hears of it first, and so does the reader
        await self._refuse(self._in_their_language(Refused("too_fast", wait=1), ref))
        await hub.in_thread(desk.note_hurry, member_id=member.pk, now=timezone.now())

    async def _ping(self, body: Mapping[str, Any]) -> None:
        command = cast(Ping, parse(body))
        if command.here:
            await self._note_input()
        await self._send([Pong().frame()])

    async def _note_input(self) -> None:
        now = timezone.now()
        if self.is_counsellor and (self._input_at is None or now - self._input_at > INPUT_EVERY):
            self._input_at = now
            await hub.in_thread(presence.note_input, connection_id=self.connection_pk, now=now)

    async def _type(self) -> None:
        if time.monotonic() - self._typed_at < TYPING_EVERY:
            return
        self._typed_at = time.monotonic()
        await self._note_input()
        if await hub.in_thread(may_type, member_id=self.member_id, now=timezone.now()):
            await hub.current().type(self._seat.session.pk, self.member_public_id, by_counsellor=self.is_counsellor)

    async def _perform(self, body: Mapping[str, Any]) -> None:
        """Run the verb; whatever it brings about waits, so that its `accepted` comes first."""
        await self._note_input()
        self._is_busy = True
        try:
            frame = await hub.in_thread(
                _perform, member_id=self.member_id, role=self._seat.member.role, body=body, language=self._language()
            )
            is_refused = frame.startswith('{"type":"refused"')
            if not is_refused:
                await self._send([frame])
        finally:
            await self._go_on()
        if is_refused:  # help that came of it stands before the refusal
            await self._refuse(frame)

    async def _refuse(self, frame: str) -> None:
        if not self._is_closed:
            await self._send([frame])
        if self._refusals.is_over():
            await self.close(TOO_MANY)

    def _in_their_language(self, refusal: Refused, ref: str | None) -> str:
        with translation.override(self._language()):
            return encode(refusal.as_event(ref))

    def _language(self) -> str:
        chosen = _cookies(self.scope).get(settings.LANGUAGE_COOKIE_NAME, "")
        return chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def _perform(*, member_id: int, role: str, body: Mapping[str, Any], language: str) -> str:
    with translation.override(language):
        return perform(member_id=member_id, role=role, body=body, now=timezone.now())


def _cookies(scope: Mapping[str, Any]) -> dict[str, str]:
    header = b"; ".join(value for name, value in scope["headers"] if name == b"cookie")
    return parse_cookie(header.decode("latin-1"))


def _user(cookies: Mapping[str, str]) -> User | AnonymousUser:
    key = cookies.get(settings.SESSION_COOKIE_NAME)
    if not key:
        return AnonymousUser()
    return auth.get_user(cast(Any, SimpleNamespace(session=SessionStore(key))))


def _let_in(*, scope: Mapping[str, Any]) -> tuple[Reader, Connection, str] | int:
    """The reader with a tab open, and the login a counsellor is known by; or the close code."""
    cookies = _cookies(scope)
    slug, now = scope["url_route"]["kwargs"]["slug"], timezone.now()
    answer = let_in(slug=slug, cookies=cookies, user=_user(cookies), now=now)
    if isinstance(answer, int):
        return answer
    try:
        connection = presence.arrive(member=answer.member, kind=Connection.Kind.SOCKET, now=now)
    except presence.PlaceMoved as moved:
        return moved.code
    login = cookies.get(settings.SESSION_COOKIE_NAME, "") if answer.member.is_counsellor else ""
    return answer, connection, login


class NowhereConsumer(AsyncConsumer):
    """Any other socket path: closed cleanly, with the code for "no such session"."""

    channel_layer_alias = RoomConsumer.channel_layer_alias

    async def websocket_connect(self, message: dict[str, Any]) -> None:
        await self.send({"type": "websocket.accept"})
        await self.send({"type": "websocket.close", "code": 4404})

    async def websocket_receive(self, message: dict[str, Any]) -> None:
        """Nothing is heard here."""

    async def websocket_disconnect(self, message: dict[str, Any]) -> None:
        raise StopConsumer
