"""What one may ask of each list: parameters, their values, and the rows that answer. Filters combine with AND."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from accounts.models import Organization
from referrals.hsds import export, terms
from referrals.models import Service, ServiceAtLocation

PER_PAGE = 50
MOST_PER_PAGE = 100
LAST_PAGE = 1_000_000
MOST_SIGNS = 200
MOST_WORDS = 12
FORMATS = ("json", "ndjson")
_WHOLE = re.compile(r"[0-9]{1,7}", re.ASCII)
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)

Question = dict[str, Any]


class Unfit(Exception):  # noqa: N818 - as Django's Refused and Http404 are named
    """What was asked cannot be answered: (parameter, what is wrong with it), all of them."""

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        super().__init__("; ".join(f"{name}: {problem}" for name, problem in problems))
        self.problems = problems


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    description: str
    schema: dict[str, Any]
    read: Callable[[str], Any]


def _whole(low: int, high: int) -> Callable[[str], int]:
    def read(value: str) -> int:
        if not _WHOLE.fullmatch(value) or not low <= int(value) <= high:
            raise ValueError(f"must be a whole number from {low} to {high}")
        return int(value)

    return read


def _flag(value: str) -> bool:
    if value.lower() not in ("true", "false"):
        raise ValueError("must be true or false")
    return value.lower() == "true"


def is_id(value: str) -> bool:
    return _UUID.fullmatch(value.lower()) is not None


def _id(value: str) -> str:
    if not is_id(value):
        raise ValueError("must be a UUID such as 3fa85f64-5717-4562-b3fc-2c963f66afa6")
    return value.lower()


def _format(value: str) -> str:
    if value not in FORMATS:
        raise ValueError("must be json or ndjson")
    return value


def _moment(value: str) -> datetime:
    """Without an offset it is UTC."""
    try:
        moment = datetime.fromisoformat(value)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        words = "must be a moment of ISO 8601 such as 2026-11-23T12:00:00Z; a + is written %2B in an address"
        raise ValueError(words) from None


def _words(value: str) -> list[str]:
    if len(value) > MOST_SIGNS:
        raise ValueError(f"must not be longer than {MOST_SIGNS} characters")
    if any(not sign.isprintable() for sign in value):
        raise ValueError("must not hold control characters")
    words = list(dict.fromkeys(value.split()))
    if len(words) > MOST_WORDS:
        raise ValueError(f"must not be more than {MOST_WORDS} words")
    return words


_ID_SCHEMA = {"type": "string", "format": "uuid"}
_FLAG_SCHEMA = {"type": "boolean", "default": False}

PARAMETERS: dict[str, Parameter] = {
    "search": Parameter(
        description="All of these words, or parts of words, stand in the name, the description, for whom it is, its "
        "topics, its organisation or its place.",
        schema={"type": "string", "maxLength": MOST_SIGNS},
        read=_words,
    ),
    "page": Parameter(
        description="Number of the page, from 1. Pages after the last are empty. Not used by ndjson and minimal.",
        schema={"type": "integer", "minimum": 1, "maximum": LAST_PAGE, "default": 1},
        read=_whole(1, LAST_PAGE),
    ),
    "per_page": Parameter(
        description="Results on a page. Not used by ndjson and minimal.",
        schema={"type": "integer", "minimum": 1, "maximum": MOST_PER_PAGE, "default": PER_PAGE},
        read=_whole(1, MOST_PER_PAGE),
    ),
    "format": Parameter(
        description="ndjson: all results, one on each line, without pages.",
        schema={"type": "string", "enum": list(FORMATS), "default": "json"},
        read=_format,
    ),
    "taxonomy_term_id": Parameter(description="Services with this term.", schema=_ID_SCHEMA, read=_id),
    "taxonomy_id": Parameter(
        description="Services with any term of this taxonomy; of terms: those of it.", schema=_ID_SCHEMA, read=_id
    ),
    "organization_id": Parameter(description="Services of this organisation.", schema=_ID_SCHEMA, read=_id),
    "modified_after": Parameter(
        description="What was changed then or later. Without an offset it is UTC.",
        schema={"type": "string", "format": "date-time"},
        read=_moment,
    ),
    "minimal": Parameter(
        description="Only id and modified_date, of all services on one page.", schema=_FLAG_SCHEMA, read=_flag
    ),
    "full": Parameter(description="Whole records, with all that belongs to them.", schema=_FLAG_SCHEMA, read=_flag),
    "full_service": Parameter(description="Organisations with their whole services.", schema=_FLAG_SCHEMA, read=_flag),
    "top_only": Parameter(description="Terms without children. None of ours has any.", schema=_FLAG_SCHEMA, read=_flag),
    "parent_id": Parameter(description="Terms under this one. There are none.", schema=_ID_SCHEMA, read=_id),
}
PAGED = ("search", "page", "per_page", "format")
OF_SERVICES = ("taxonomy_term_id", "taxonomy_id", "organization_id", "modified_after")
LISTS: dict[str, tuple[str, ...]] = {
    "services": (*PAGED, *OF_SERVICES, "minimal", "full"),
    "organizations": (*PAGED, "full", "full_service"),
    "service_at_locations": (*PAGED, *OF_SERVICES, "full"),
    "taxonomy_terms": (*PAGED, "taxonomy_id", "top_only", "parent_id"),
}
ONE: dict[str, tuple[str, ...]] = {
    "services": (),
    "organizations": ("full_service",),
    "service_at_locations": (),
    "taxonomy_terms": (),
}


def read(given: Mapping[str, list[str]], allowed: tuple[str, ...]) -> Question:
    """The values of an address. Raises Unfit with all that is wrong: a filter that is not understood is not ignored,
    or somebody would take what they did not ask for."""
    asked: Question = {}
    problems = []
    for name, values in given.items():
        try:
            if name not in allowed:
                raise ValueError("is not known here; known: " + (", ".join(allowed) or "none"))
            if len(values) > 1:
                raise ValueError("must be given once")
            asked[name] = PARAMETERS[name].read(values[0])
        except ValueError as problem:
            problems.append((_seen(name), str(problem)))
    if problems:
        raise Unfit(problems)
    return asked


def _seen(name: str) -> str:
    return name[:40].encode("ascii", "backslashreplace").decode()


# Rows -------------------------------------------------------------------------------------------------------------


def services(asked: Question) -> QuerySet[Service]:
    """What is shown and fits; always in the same order."""
    found = Service.objects.shown().filter(_services(asked), _search(asked.get("search", []), ""))
    return found.order_by("pk")


def at_locations(asked: Question) -> QuerySet[ServiceAtLocation]:
    fitting = Service.objects.shown().filter(_services(asked))
    words = _search(asked.get("search", []), "service__", "location__name", "location__city", "location__address_1")
    return ServiceAtLocation.objects.filter(words, service__in=fitting).order_by("pk")


def organizations(asked: Question) -> QuerySet[Organization]:
    """Those of whom something is shown, with it."""
    shown = Service.objects.shown().filter(organization=OuterRef("pk"))
    words = Q()
    for word in asked.get("search", []):
        words &= _holds(word, "name")
    return Organization.objects.filter(words, Exists(shown)).order_by("pk")


def with_services(found: QuerySet[Organization], *, whole: bool) -> QuerySet[Organization]:
    shown = Service.objects.shown().order_by("pk")
    services = export.nested(shown) if whole else export.flat(shown)
    return found.prefetch_related(Prefetch("services", queryset=services, to_attr="services_shown"))


def taxonomy_terms(asked: Question) -> list[terms.Record]:
    if "parent_id" in asked:
        return []
    found = export.used_terms()
    if "taxonomy_id" in asked:
        found = [term for term in found if term["taxonomy_id"] == asked["taxonomy_id"]]
    words = [word.casefold() for word in asked.get("search", [])]
    return [term for term in found if all(word in f"{term['name']} {term['description']}".casefold() for word in words)]


def organization_pk(public_id: str) -> int | None:
    """Which organisation of those that are shown has this id."""
    found = organizations({})
    return next((each.pk for each in found if terms.organization_id(each) == public_id), None)


def _services(asked: Question) -> Q:
    fitting = Q()
    if "taxonomy_term_id" in asked:
        fitting &= _with_term(asked["taxonomy_term_id"])
    if "taxonomy_id" in asked:
        fitting &= _with_taxonomy(asked["taxonomy_id"])
    if "organization_id" in asked:
        fitting &= Q(organization_id=organization_pk(asked["organization_id"]))
    if "modified_after" in asked:
        fitting &= Q(last_modified__gte=asked["modified_after"])
    return fitting


NOTHING = Q(pk__in=[])


def _with_term(term_id: str) -> Q:
    told = next((quality.told_of for quality in terms.OF_SERVICES if quality.id == term_id), None)
    if told is not None:
        return told
    return Q(Exists(Service.topics.through.objects.filter(service=OuterRef("pk"), topic_id=UUID(term_id))))


def _with_taxonomy(taxonomy_id: str) -> Q:
    if taxonomy_id == terms.TOPICS:
        return Q(Exists(Service.topics.through.objects.filter(service=OuterRef("pk"))))
    if taxonomy_id != terms.QUALITIES:
        return NOTHING
    anything = NOTHING
    for quality in terms.OF_SERVICES:
        anything |= quality.told_of
    return anything


def _search(words: list[str], prefix: str, *others: str) -> Q:
    fields = ("name", "description", "eligibility_description", "organization__name")
    fitting = Q()
    for word in words:
        topics = Service.topics.through.objects.filter(_holds(word, "topic__name", "topic__name_en"))
        has_topic = Q(Exists(topics.filter(service=OuterRef(f"{prefix}pk"))))
        fitting &= _holds(word, *(f"{prefix}{field}" for field in fields), *others) | has_topic
    return fitting


def _holds(word: str, *fields: str) -> Q:
    """SQLite knows no capitals beyond A to Z: the word is looked for as it is written, small, and with a first one."""
    anywhere = NOTHING
    for written in {word, word.lower(), word.capitalize()}:
        for field in fields:
            anywhere |= Q(**{f"{field}__icontains": written})
    return anywhere
