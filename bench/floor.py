"""The floor under `delivery`: a broadcast without checks, numbers or storage, by the websockets library."""

import asyncio
import sys

from websockets.asyncio.server import ServerConnection, broadcast, serve

readers: set[ServerConnection] = set()


async def read(socket: ServerConnection) -> None:
    readers.add(socket)
    try:
        async for frame in socket:
            broadcast(readers, frame)
    finally:
        readers.discard(socket)


async def main(port: int) -> None:
    async with serve(read, "127.0.0.1", port, compression=None) as server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
