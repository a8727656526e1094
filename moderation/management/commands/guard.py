"""Try any text from outside by the code the site itself uses: JSON lines in, JSON lines out, one for one, in order.

    guard identity  {"id","text"}                     -> {"id","spans":[{"start","end","label"}]}   (code points)
    guard crisis    {"id","text"}                     -> {"id","level":"acute|concern|none"}
    guard alias     {"id","name","staff","present"}   -> {"id","accept":true|false,"reason"}
    guard html      {"id","text"}   (Markdown)        -> {"id","html"}

A line that cannot be answered is named on stderr with its number; the rest is answered all the same, and the exit code
is 1. It needs no database: without one the built-in numbers and sites of services pass.
"""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand

from moderation import alias, crisis
from moderation.guard import find_spans
from moderation.refusals import Refused
from moderation.text import render_markdown
from referrals import known

Asked = dict[str, Any]


class Command(BaseCommand):
    help = __doc__
    requires_system_checks: list[str] = []  # a try from outside must not hang on the site's settings

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=sorted(ANSWERS), help="which of the site's checks to ask")

    def handle(self, *args: object, what: str, **options: object) -> None:
        answer = ANSWERS[what]
        failed = False
        for number, line in _lines(sys.stdin.buffer):
            try:
                reply = answer(_asked(line))
            except Unanswerable as problem:
                failed = True
                print(f"line {number}: {problem}", file=sys.stderr, flush=True)
                continue
            # ASCII: a lone surrogate in an id cannot be written any other way.
            print(json.dumps(reply), flush=True)
        if failed:
            sys.exit(1)


class Unanswerable(Exception):  # noqa: N818 - it says what is wrong with a line
    """A line that is no question; the text says why."""


def _lines(source: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Each line that is not blank, as it comes, with its number."""
    for number, line in enumerate(iter(source.readline, b""), start=1):
        if line.strip():
            yield number, line


def _asked(line: bytes) -> Asked:
    try:
        asked = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise Unanswerable("this is not UTF-8.") from None
    except (ValueError, RecursionError) as problem:
        raise Unanswerable(f"this is not JSON: {problem}") from None
    if not isinstance(asked, dict):
        raise Unanswerable("this is not a JSON object.")
    if "id" not in asked:
        raise Unanswerable('"id" is missing.')
    return asked


def _text(asked: Asked, field: str) -> str:
    value = asked.get(field)
    if not isinstance(value, str):
        raise Unanswerable(f'"{field}" must be a text.')
    return value


def _names(asked: Asked, field: str) -> list[str]:
    value = asked.get(field, [])
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise Unanswerable(f'"{field}" must be a list of names.')
    return value


# Asked once a run: the directory of a missing database is missing for the next line, too.
_directory = cache(known.numbers_and_sites)


def _identity(asked: Asked) -> Asked:
    spans = find_spans(_text(asked, "text"), directory=_directory)
    return {"id": asked["id"], "spans": [span._asdict() for span in spans]}


def _crisis(asked: Asked) -> Asked:
    return {"id": asked["id"], "level": crisis.level(_text(asked, "text"))}


def _alias(asked: Asked) -> Asked:
    verdict = alias.check(_text(asked, "name"), staff=_names(asked, "staff"), present=_names(asked, "present"))
    return {"id": asked["id"], "accept": verdict.accept, "reason": verdict.reason}


def _html(asked: Asked) -> Asked:
    try:
        return {"id": asked["id"], "html": render_markdown(_text(asked, "text"))}
    except Refused as refusal:
        raise Unanswerable(str(refusal.text)) from None


ANSWERS: dict[str, Callable[[Asked], Asked]] = {
    "identity": _identity,
    "crisis": _crisis,
    "alias": _alias,
    "html": _html,
}
