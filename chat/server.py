"""The server below the sockets: Daphne, taught what a room needs of the wire.

It beats (a ping every 3 s, law 1) and tells when each socket last answered, knows what lies unsent, and says 1009, 1012
and 1013 as the protocol does. It is offered to consumers as the scope extension `samrum.wire`; under any other server
the extension is missing and consumers do without it.
"""

import time
from datetime import datetime
from typing import Any

import daphne.server
from daphne.ws_protocol import WebSocketFactory, WebSocketProtocol
from django.utils import timezone
from twisted.internet import defer, reactor

BEAT = 3.0  # seconds between pings
DEAD_AFTER = 30.0  # seconds without an answer; then the connection is dropped
MAX_FRAME = 16_384  # bytes
RESTARTING = 1012
FLUSH = 0.3  # seconds for the last frames to leave before the process ends


class Wire:
    """What a consumer may ask of the connection under it."""

    __slots__ = ("_protocol",)

    def __init__(self, protocol: "RoomProtocol") -> None:
        self._protocol = protocol

    @property
    def answered_at(self) -> datetime:
        return self._protocol.answered_at

    @property
    def is_open(self) -> bool:
        return bool(self._protocol.state == self._protocol.STATE_OPEN)

    def unsent(self) -> int:
        """Bytes that the kernel has not taken yet."""
        transport = self._protocol.transport
        return len(transport.dataBuffer) - transport.offset + transport._tempDataLen


class RoomProtocol(WebSocketProtocol):
    """One WebSocket connection."""

    def onConnect(self, request: Any) -> Any:  # noqa: N802 - autobahn's name
        self.answered_at = timezone.now()
        self._heard = self._beaten = time.monotonic()
        return super().onConnect(request)

    def onPong(self, payload: bytes) -> None:  # noqa: N802
        self._note_answer()

    def onMessage(self, payload: bytes, isBinary: bool) -> None:  # noqa: N802, N803
        self._note_answer()
        super().onMessage(payload, isBinary)

    def _note_answer(self) -> None:
        self.answered_at = timezone.now()
        self._heard = time.monotonic()

    def serverSend(self, content: str, binary: bool = False) -> None:  # noqa: N802
        # A prepared message: autobahn would hold the limit of what clients may send against what we send.
        if self.state == self.STATE_OPEN:
            self.sendPreparedMessage(self.factory.prepareMessage(content.encode(), isBinary=binary))

    def serverClose(self, code: int | None = None) -> None:  # noqa: N802
        if self.state == self.STATE_OPEN:
            self.sendCloseFrame(code=code or 1000, isReply=False)

    def __repr__(self) -> str:
        return "<RoomProtocol>"  # Daphne writes it into its log, and an address has no place there (T04)

    def check_timeouts(self) -> None:
        """Called once a second: beat, and drop whoever stopped answering."""
        now = time.monotonic()
        if self.state == self.STATE_CONNECTING:
            super().check_timeouts()
        elif self.state == self.STATE_OPEN:
            if now - self._heard > DEAD_AFTER:
                self.dropConnection(abort=True)
            elif now - self._beaten >= BEAT - 0.5:
                self._beaten = now
                self.sendPing()


class RoomFactory(WebSocketFactory):
    protocol = RoomProtocol

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A frame too big is answered with 1009, not with a dropped line; and a slow reader gets the time to see 1013.
        self.setProtocolOptions(failByDrop=False, closeHandshakeTimeout=20)


class RoomServer(daphne.server.Server):
    """Daphne's server with our connections in it."""

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> Any:
        if isinstance(protocol, RoomProtocol):
            scope.setdefault("extensions", {})["samrum.wire"] = Wire(protocol)
        return super().create_application(protocol, scope)

    def timeout_checker(self) -> None:
        reactor.callLater(1, self.timeout_checker)  # type: ignore[arg-type]  # first: one bad line must not stop the beat
        for protocol in list(self.connections):
            protocol.check_timeouts()

    def listen_success(self, port: Any) -> None:
        self.ports = [*getattr(self, "ports", []), port]
        super().listen_success(port)

    def kill_all_applications(self) -> Any:
        """Take nobody in any more, tell every reader to come back, let that out, then end."""
        for port in getattr(self, "ports", []):
            port.stopListening()
        for protocol in list(self.connections):
            if isinstance(protocol, RoomProtocol) and protocol.state == protocol.STATE_OPEN:
                protocol.serverClose(RESTARTING)
        told: defer.Deferred[None] = defer.Deferred()
        told.addCallback(lambda _none: self._cancel_applications())
        reactor.callLater(FLUSH, told.callback, None)  # type: ignore[arg-type]
        return told

    def _cancel_applications(self) -> None:
        for details in self.connections.values():
            if running := details.get("application_instance"):
                running.cancel()


def serve(application: Any, *, endpoints: list[str], on_ready: Any = None) -> None:
    """Run until stopped. `endpoints` are Twisted's: `tcp:port=8000:interface=127.0.0.1` or `unix:/run/….sock`."""
    daphne.server.WebSocketFactory = RoomFactory  # `Server.run` makes its factory by this name
    RoomServer(
        application=application,
        endpoints=endpoints,
        ready_callable=on_ready,
        websocket_timeout=-1,
        websocket_max_message_size=MAX_FRAME,
        websocket_max_frame_size=MAX_FRAME,
        request_buffer_size=64 * 1024,
        server_name="samrum",
        verbosity=0,
    ).run()
