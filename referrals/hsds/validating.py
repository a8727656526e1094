"""What is exported against the standard's own compiled schemas, which somebody has in a folder."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from jsonschema.exceptions import SchemaError
from jsonschema.protocols import Validator
from referencing.exceptions import Unresolvable

from referrals.hsds import checking, export, questions
from referrals.hsds.terms import Record

NAMES = ("service", "organization", "service_at_location")


class Unusable(Exception):  # noqa: N818 - it tells what is wrong with the folder
    """There is no schema in the folder that can be used."""


def judges(folder: Path) -> dict[str, Validator]:
    """By the name of the record. Raises Unusable."""
    return {name: checking.validator(_schema(folder / f"{name}.json")) for name in NAMES}


def _schema(file: Path) -> dict[str, Any]:
    try:
        schema = json.loads(file.read_text("utf-8"))
        checking.validator(schema)
    except (OSError, ValueError, TypeError, AttributeError, RecursionError, SchemaError) as failure:
        raise Unusable(f"{file.name}: {checking.plain(str(failure).splitlines()[0])}") from failure
    found: dict[str, Any] = schema
    return found


def records(today: date) -> Iterator[tuple[str, Record]]:
    """(name, record) of all that is exported, as whole as it gets."""
    for service in export.nested(questions.services({})):
        yield "service", export.whole_service(service, today=today)
    for organization in questions.with_services(questions.organizations({}), whole=True):
        shown = [export.whole_service(each, today=today) for each in organization.services_shown]  # type: ignore[attr-defined]
        yield "organization", export.whole_organization(organization, shown)
    for at in export.at_whole(questions.at_locations({})):
        yield "service_at_location", export.whole_at_location(at, today=today)


def errors(judge: Validator, record: Record) -> Iterator[tuple[str, str]]:
    """(field, what is wrong). Raises Unusable where the schema points to somewhere else: nothing is fetched."""
    try:
        yield from checking.errors(judge, record)
    except Unresolvable as failure:
        raise Unusable(f"A schema points to what is not in it: {checking.plain(str(failure))}") from failure
