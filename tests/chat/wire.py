"""Clients of real server processes: sockets as an outside client holds them, with nothing of the site imported."""

import asyncio
import contextlib
import json
from collections.abc import Mapping
from typing import Any, Self

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake


class Client:
    """Connects and, like the page, comes back by itself with the numbers it has. Keeps what it saw, once each."""

    def __init__(self, url: str, slug: str, cookies: Mapping[str, str]) -> None:
        self.url = url
        self.slug = slug
        self.cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
        self.headers: dict[str, str] = {}
        self.room: dict[int, dict[str, Any]] = {}
        self.side: dict[int, dict[str, Any]] = {}
        self.state = ""
        self.doublets: list[dict[str, Any]] = []
        self.gaps: list[tuple[int, int]] = []
        self.answers: dict[str, dict[str, Any]] = {}
        self.entered = asyncio.Event()
        self.arrivals = 0
        self.closed: int | None = None
        self.me = ""
        self.frames: list[str] = []
        self.socket: ClientConnection | None = None
        self._task: asyncio.Task[None] | None = None
        self._news = asyncio.Condition()

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._live())
        await asyncio.wait_for(self.entered.wait(), 20)
        return self

    async def __aexit__(self, *_error: object) -> None:
        if self._task:
            self._task.cancel()
        if self.socket:
            await self.socket.close()

    @property
    def head(self) -> int:
        return max(self.room, default=0)

    async def _live(self) -> None:
        while True:
            try:
                await self._once()
            except (OSError, ConnectionClosed, InvalidHandshake, TimeoutError):
                self.entered.clear()
            await asyncio.sleep(0.1)

    async def _once(self) -> None:
        address = f"{self.url.replace('http', 'ws', 1)}/chat/{self.slug}/ws/"
        if self.arrivals:
            address += f"?after={self.head}&side_after={max(self.side, default=0)}"
        async with connect(
            address,
            origin=self.url,
            additional_headers={"Cookie": self.cookie, **self.headers},
            subprotocols=["samrum.v1"],
            max_size=None,
        ) as socket:  # type: ignore[arg-type]
            self.socket = socket
            try:
                async for frame in socket:
                    self.frames.append(str(frame))
                    for event in json.loads(frame):
                        self._take(event)
                    async with self._news:
                        self._news.notify_all()
            finally:
                self.closed = socket.close_code
                async with self._news:
                    self._news.notify_all()

    def _take(self, event: dict[str, Any]) -> None:
        kind = event["type"]
        if kind == "room.entered":
            self.state = event["room"]["state"]
            self.me = event["you"]["id"]
            self.arrivals += 1
            if self.arrivals == 1:
                self._from = event["from"]["room"]
            self.entered.set()
        elif kind in {"accepted", "refused"} and event["ref"]:
            self.answers[event["ref"]] = event
        elif "seq" in event:
            self._number(self.room if event["stream"] == "room" else self.side, event)

    def _number(self, stream: dict[int, dict[str, Any]], event: dict[str, Any]) -> None:
        seq = event["seq"]
        if seq in stream:
            self.doublets.append(event)
        elif stream and seq != max(stream) + 1:
            self.gaps.append((max(stream), seq))
        stream[seq] = event
        if event["type"] == "room.changed":
            self.state = event["state"]

    async def say(self, kind: str, *, ref: str, **fields: Any) -> dict[str, Any]:
        """Send until it is answered, with one ref, however often the line breaks."""
        body = json.dumps({"type": kind, "ref": ref, **fields})
        for _attempt in range(60):
            try:
                await asyncio.wait_for(self.entered.wait(), 20)
                await self.socket.send(body)  # type: ignore[union-attr]
                async with self._news:
                    await asyncio.wait_for(self._news.wait_for(lambda: ref in self.answers), 2)
            except (ConnectionClosed, TimeoutError):
                continue
            answer = self.answers[ref]
            if answer.get("code") not in {"too_fast", "no_counsellor"}:
                return answer
            del self.answers[ref]
            await asyncio.sleep(answer.get("wait", 0.3))
        raise AssertionError(f"{kind} was never answered")

    async def wait_until(self, check: Any, seconds: float = 20) -> None:
        async with self._news:
            await asyncio.wait_for(self._news.wait_for(check), seconds)

    async def until_closed(self, code: int) -> None:
        """Wait until the line was closed with `code`."""
        await self.wait_until(lambda: self.closed == code, 10)

    async def turned_away(self) -> int | None:
        """Connect once and answer the code that it is closed with before anything is told."""
        with contextlib.suppress(ConnectionClosed):
            await self._once()
        assert self.arrivals == 0
        return self.closed

    def freeze(self) -> None:
        """Stop reading, as a laptop that sleeps: the line stays open and nothing answers, not even a ping."""
        self.socket.transport.pause_reading()  # type: ignore[union-attr]

    def thaw(self) -> None:
        self.socket.transport.resume_reading()  # type: ignore[union-attr]

    def messages(self) -> list[str]:
        return [event["text"] for _seq, event in sorted(self.room.items()) if event["type"] == "message.posted"]
