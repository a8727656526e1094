"""Records against JSON Schemas: ours, and the compiled ones of the standard that somebody has in a folder.

Only the commands read this file: the library is slow to start, and no page needs it.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.protocols import Validator
from jsonschema.validators import validator_for
from referencing import Registry

MOST_SIGNS = 160  # of what is told of an error: its value comes from a file that may be anything
_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")

formats = FormatChecker(formats=("uuid", "email", "date"))


@formats.checks("uri")
def _is_address(value: object) -> bool:
    if not isinstance(value, str):
        return True
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return bool(parts.scheme and (parts.netloc or parts.path)) and value.isprintable() and " " not in value


@formats.checks("date-time", raises=ValueError)
def _is_moment(value: object) -> bool:
    if not isinstance(value, str):
        return True
    return bool(_DATE_TIME.fullmatch(value) and datetime.fromisoformat(value.upper()))


def validator(schema: dict[str, Any]) -> Validator:
    """Raises SchemaError where the schema itself is none. What it points to is never fetched from anywhere."""
    kind = validator_for(schema, default=Draft202012Validator)
    kind.check_schema(schema)
    return kind(schema, format_checker=formats, registry=Registry())


def errors(judge: Validator, record: Any) -> Iterator[tuple[str, str]]:
    """(field, what is wrong), in the order of the record."""
    for error in sorted(judge.iter_errors(record), key=lambda each: [str(part) for part in each.absolute_path]):
        yield field_name(error.absolute_path), plain(error.message)


def field_name(path: Any) -> str:
    """ "schedules[2].byday", for people."""
    name = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return plain(name.removeprefix(".")) or "record"


def plain(words: str) -> str:
    """Fit for a terminal: nothing that steers it, and not too long."""
    seen = "".join(sign if sign.isprintable() else f"\\x{ord(sign):02x}" for sign in words[: 2 * MOST_SIGNS])
    return seen if len(seen) <= MOST_SIGNS else f"{seen[: MOST_SIGNS - 1]}…"
