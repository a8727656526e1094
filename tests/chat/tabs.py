"""An open tab in a test: a socket of the application itself, without a server below it."""

import json
from typing import Any, Self

from channels.testing import WebsocketCommunicator

from chat.models import Session
from config.asgi import application

ORIGIN = "http://localhost"


class Tab:
    """Connects, sends commands, and keeps all that came."""

    def __init__(self, session: Session | str, cookies: dict[str, str], *, query: str = "", **headers: str) -> None:
        slug = session if isinstance(session, str) else session.slug
        cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
        sent = {"origin": ORIGIN, "host": "localhost", "cookie": cookie, **headers}
        self.socket = WebsocketCommunicator(
            application,
            f"/chat/{slug}/ws/?{query}",
            headers=[(name.encode(), value.encode()) for name, value in sent.items() if value],
        )
        self.seen: list[dict[str, Any]] = []
        self.closed: int | None = None
        self._refs = 0
        self._told: set[int] = set()

    async def __aenter__(self) -> Self:
        is_accepted, _subprotocol = await self.socket.connect(timeout=5)
        assert is_accepted
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.socket.disconnect(timeout=5)

    async def next_batch(self, seconds: float = 5) -> list[dict[str, Any]]:
        """The events of the next frame; a close is remembered in `closed` and answered with none."""
        message = await self.socket.receive_output(timeout=seconds)
        if message["type"] == "websocket.close":
            self.closed = message["code"]
            return []
        batch: list[dict[str, Any]] = json.loads(message["text"])
        self.seen += batch
        return batch

    async def until(self, kind: str, **fields: Any) -> dict[str, Any]:
        """The first event of this type with these fields that no earlier call has answered with."""
        start = 0
        while True:
            for number, event in enumerate(self.seen[start:], start):
                is_it = event["type"] == kind and all(event.get(name) == value for name, value in fields.items())
                if is_it and number not in self._told:
                    self._told.add(number)
                    return event
            start = len(self.seen)
            await self.next_batch()
            assert self.closed is None, f"closed with {self.closed} while waiting for {kind}"

    async def enter(self) -> dict[str, Any]:
        return await self.until("room.entered")

    async def code(self) -> int:
        """The code it is closed with."""
        while self.closed is None:
            await self.next_batch()
        return self.closed

    async def send(self, **body: Any) -> None:
        await self.socket.send_to(text_data=json.dumps(body))

    async def ask(self, kind: str, **fields: Any) -> dict[str, Any]:
        """Send a command with a ref and wait for its answer."""
        self._refs += 1
        ref = fields.pop("ref", f"r{self._refs}")
        await self.send(type=kind, ref=ref, **fields)
        start = len(self.seen)
        while True:
            for event in self.seen[start:]:
                if event["type"] in {"accepted", "refused"} and event.get("ref") == ref:
                    return event
            start = len(self.seen)
            await self.next_batch()
            assert self.closed is None, f"closed with {self.closed} while waiting for the answer to {kind}"

    async def quiet(self, seconds: float = 0.3) -> None:
        """Take in whatever still comes."""
        while not await self.socket.receive_nothing(timeout=seconds, interval=0.02):
            await self.next_batch()

    def texts(self) -> list[str]:
        """The messages of the room, in the order they came."""
        return [event["text"] for event in self.seen if event["type"] == "message.posted"]

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [event for event in self.seen if event["type"] == kind]

    def numbers(self, stream: str) -> list[int]:
        return [event["seq"] for event in self.seen if event.get("stream") == stream]
