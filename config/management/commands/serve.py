"""`manage.py serve`: pages and sockets from one process (the demo), or the sockets of one process (production)."""

import asyncio
from typing import Any

import uvloop
from django.core.management.base import BaseCommand, CommandParser


class Command(BaseCommand):
    help = "Serve the rooms (and the pages) on one port or one Unix socket."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--unix", default="", help="path of a Unix socket, instead of host and port")

    def handle(self, *args: Any, **options: Any) -> None:
        # Daphne makes its loop when it is imported, and cheaper on this policy.
        asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
        from chat.server import serve
        from config.asgi import application

        host = options["host"].replace(":", r"\:")
        endpoint = f"unix:{options['unix']}" if options["unix"] else f"tcp:port={options['port']}:interface={host}"
        serve(application, endpoints=[endpoint])
