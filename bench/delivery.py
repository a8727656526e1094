"""What a delivered message costs the server: CPU, as a multiple of a bare broadcast of the same run.

One room of 20; each member writes a message a second for SECONDS. Ours checks, numbers and commits each message to
SQLite before anybody hears of it; the floor does nothing of the kind.
"""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Mapping
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from bench.floor import __file__ as floor_file
from bench.site import ROOT, cpu_seconds, environment, folder, manage

MEMBERS = 20
SECONDS = 10
OURS, FLOOR = 18741, 18742


def main() -> None:
    with folder() as path:
        ours = _measure_ours(path)
    floor = _measure(FLOOR, [sys.executable, floor_file, str(FLOOR)], {}, [({}, "/")] * MEMBERS)
    print(f"delivery: {1e6 * ours:.0f} us CPU a delivery, {ours / floor:.1f} x a bare broadcast ({1e6 * floor:.0f} us)")


def _measure_ours(path: str) -> float:
    (staged,) = json.loads(manage(path, "stage", "--members", str(MEMBERS), "--counsellors", "1"))
    address = f"/chat/{staged['slug']}/ws/"
    people = [(cookie, address) for cookie in [*staged["counsellor_cookies"], *staged["member_cookies"]]]
    command = [sys.executable, "manage.py", "serve", "--port", str(OURS)]
    return _measure(OURS, command, environment(path), people)


def _measure(port: int, command: list[str], env: dict[str, str], people: list[tuple[Mapping[str, str], str]]) -> float:
    """CPU seconds of the server for each delivered message."""
    server = subprocess.Popen(command, cwd=ROOT, env=env or None)
    try:
        return asyncio.run(_talk(server.pid, port, people))
    finally:
        server.terminate()
        server.wait()


async def _talk(pid: int, port: int, people: list[tuple[Mapping[str, str], str]]) -> float:
    sockets = [await _open(port, cookies, address) for cookies, address in people]
    heard = [0] * len(sockets)
    readers = [asyncio.create_task(_listen(socket, heard, place)) for place, socket in enumerate(sockets)]
    await sockets[0].send(json.dumps({"type": "room.open", "ref": "open"}))
    await asyncio.sleep(3)
    before, counted = cpu_seconds(pid), sum(heard)
    for second in range(SECONDS):
        started = time.monotonic()
        for place, socket in enumerate(sockets[-MEMBERS:]):
            text = f"linje {second} fra {place}"
            await socket.send(json.dumps({"type": "message.post", "ref": f"{second}.{place}", "text": text}))
        await asyncio.sleep(max(0.0, 1 - (time.monotonic() - started)))
    await asyncio.sleep(2)
    cost, delivered = cpu_seconds(pid) - before, sum(heard) - counted
    for reader in readers:
        reader.cancel()
    return cost / delivered


async def _open(port: int, cookies: Mapping[str, str], address: str) -> ClientConnection:
    headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
    for _attempt in range(200):
        try:
            return await connect(
                f"ws://127.0.0.1:{port}{address}",
                origin=f"http://127.0.0.1:{port}",  # type: ignore[arg-type]
                additional_headers=headers,
                compression=None,
            )
        except OSError:
            await asyncio.sleep(0.1)
    raise RuntimeError("The server did not answer.")


async def _listen(socket: ClientConnection, heard: list[int], place: int) -> None:
    async for frame in socket:
        events: Any = json.loads(frame)
        told = events if isinstance(events, list) else [events]
        heard[place] += sum(event["type"] in {"message.posted", "message.post"} for event in told)
