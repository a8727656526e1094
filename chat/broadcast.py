"""How a committed change reaches the sockets; the only file that knows group names.

The channel layer carries no text, no alias and no frame: it says "room 7 moved to 42", and whoever serves readers of
that room looks into the database (law 6; delivery over a layer is at most once, so it may never be the truth).
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction

from chat.models import Connection, Event, Member, Session

logger = logging.getLogger(__name__)

PATIENCE = 1.0  # seconds; a layer that hangs must not hold up what is committed
Deliver = Callable[[dict[str, Any], Sequence[Event]], bool]
_hubs: list[Deliver] = []  # of this process; a hub takes the rows straight from here and wakes the others itself


def group_of(session_id: int) -> str:
    return f"room.{session_id}"


def attach(deliver: Deliver) -> None:
    """Let a hub of this process hear of changes. `deliver` is called from any thread and answers False once dead."""
    _hubs.append(deliver)


def detach(deliver: Deliver) -> None:
    if deliver in _hubs:
        _hubs.remove(deliver)


def announce(session: Session, events: Sequence[Event]) -> None:
    """Tell everyone in the room of `events`, once the transaction has committed."""
    if events:
        wake = {"room": session.pk, "position": events[-1].position}
        transaction.on_commit(partial(_spread, wake, list(events)))


def presence_changed(session_id: int) -> None:
    """Someone came or went: those who serve the room look who is there, once the transaction has committed."""
    transaction.on_commit(partial(_spread, {"room": session_id, "presence": True}, ()))


def tally(session_id: int, poll: str) -> None:
    """Votes changed: those who serve the room count them and tell, once the transaction has committed."""
    transaction.on_commit(partial(_spread, {"room": session_id, "tally": poll}, ()))


def evict(session_id: int, connection: str, code: int) -> None:
    """Close one tab, wherever its socket is, once the transaction has committed."""
    transaction.on_commit(partial(_spread, {"room": session_id, "evict": [connection], "code": code}, ()))


def expel(member: Member, *, code: int, after: Sequence[Event]) -> None:
    """Close all tabs of `member`, and forget them: first what `after` told is sent, then the close."""
    tabs = Connection.objects.filter(member=member)
    evicted = list(tabs.values_list("public_id", flat=True))
    tabs.delete()
    position = after[-1].position if after else 0
    wake = {"room": member.session_id, "evict": evicted, "code": code, "position": position}
    transaction.on_commit(partial(_spread, wake, ()))
    presence_changed(member.session_id)


def _spread(wake: dict[str, Any], events: Sequence[Event]) -> None:
    """To the hubs of this process, which pass it on; without one, over the layer from here."""
    for deliver in _hubs:
        if not deliver(wake, events):
            detach(deliver)
    if not _hubs:
        async_to_sync(send)(wake)


async def send(wake: dict[str, Any]) -> None:
    """Over the layer. When that fails the readers still get it: every hub looks into the database each second."""
    layer = get_channel_layer()
    if layer is None:
        return
    try:
        async with asyncio.timeout(PATIENCE):
            await layer.group_send(group_of(wake["room"]), {"type": "room.wake", **wake})
    except Exception as error:  # whatever a layer raises, the change is committed and must not look failed
        logger.warning("The channel layer did not take a wake: %s", type(error).__name__)
