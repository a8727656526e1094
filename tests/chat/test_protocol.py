"""chat/PROTOCOL.md is the contract; here it is held to the code, both ways."""

import re
from dataclasses import MISSING, fields
from pathlib import Path

from django.conf import settings

from chat import consumers, entrance, permissions, server
from chat.commands import COMMANDS
from chat.events import DURABLE, FLEETING
from chat.services import presence
from moderation.refusals import Code

TEXT = (Path(settings.BASE_DIR) / "chat" / "PROTOCOL.md").read_text(encoding="utf-8")


def rows_under(heading: str, column: str) -> list[list[str]]:
    """The cells of the table whose first heading is `column`, in the section `heading`."""
    section = TEXT.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    table = section.split(f"| {column} |", 1)[1].split("\n\n", 1)[0]
    lines = [line for line in table.splitlines()[2:] if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def named(cell: str) -> set[str]:
    return set(re.findall(r"`([a-z_]+\??)`", cell))


def fields_of(kind: type) -> set[str]:
    """Fields as the document writes them: a question mark on those that may be absent."""
    return {
        field.name.rstrip("_") + ("" if field.default is MISSING else "?")
        for field in fields(kind)  # type: ignore[arg-type]
    }


def test_every_command_stands_in_the_document_with_its_fields():
    documented = {row[0].strip("`"): named(row[1]) for row in rows_under("Commands", "type")}
    assert documented == {name: fields_of(kind) for name, kind in COMMANDS.items()}


def test_every_event_stands_in_the_document_with_its_fields():
    documented = {row[0].strip("`"): named(row[1]) for row in rows_under("Events", "type")}
    refused = {"ref", "code", "text", "wait?", "missing?", "spans?"}
    assert documented == {kind.type: fields_of(kind) for kind in (*DURABLE, *FLEETING)} | {"refused": refused}


def test_durable_events_are_those_with_a_stream():
    with_stream = {row[0].strip("`") for row in rows_under("Events", "type") if row[2] != "–"}
    assert with_stream == {kind.type for kind in DURABLE}


def test_every_refusal_code_stands_in_the_document():
    assert {row[0].strip("`") for row in rows_under("Events", "refused.code")} == {code.value for code in Code}


def test_every_close_code_stands_in_the_document():
    used = {
        entrance.NOT_JOINED,
        entrance.NOT_ALLOWED,
        entrance.NO_SUCH_SESSION,
        entrance.CLOSED,
        permissions.KICKED,
        permissions.BANNED,
        presence.TAKEN_OVER,
        consumers.TOO_MANY,
        consumers.TOO_BIG,
        consumers.TOO_SLOW,
        consumers.SERVER_TROUBLE,
        server.RESTARTING,
    }
    assert {int(row[0]) for row in rows_under("Events", "close code")} == used


def test_all_eight_promises_stand_in_the_document():
    promises = TEXT.split("## Promises\n", 1)[1]
    assert re.findall(r"^(\d)\. ", promises, re.MULTILINE) == list("12345678")
