"""The people of an evening as clients of real server processes, and what must hold for all of them."""

import json
from typing import Any

from tests.chat.wire import Client
from tests.servers import Site


def stage(site: Site, **counts: int) -> dict[str, Any]:
    """A fresh session with people, made by the site's own command."""
    (staged,) = json.loads(site.call("stage", **counts))
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
