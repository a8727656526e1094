"""Ids that never change, the topics as an HSDS taxonomy, and a second one of what HSDS has no field for."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import time
from typing import Any
from uuid import UUID, uuid5

from django.db.models import Exists, F, OuterRef, Q

from accounts.models import Organization
from referrals import links
from referrals.models import Channel, Schedule, Service, SpecialDays, Topic

Record = dict[str, Any]

# The same rows have the same ids in every answer, on every server: what is saved anew in the database keeps its id.
_IDS = UUID("0d3b6c1e-52f7-4c38-9c39-5a3e7f1b8d24")


def derived(*parts: object) -> str:
    return str(uuid5(_IDS, ":".join(map(str, parts))))


def organization_id(organization: Organization) -> str:
    return derived("organization", organization.slug)


TOPICS = derived("taxonomy", "topics")
QUALITIES = derived("taxonomy", "qualities")
TAXONOMIES: dict[str, Record] = {
    TOPICS: {
        "id": TOPICS,
        "name": "Samrum: emner",
        "description": "What the young need help with, in their own words. Names are Danish, descriptions English.",
    },
    QUALITIES: {
        "id": QUALITIES,
        "name": "Samrum: sådan hjælper de",
        "description": "What HSDS has no field for. The value stands in the attribute.",
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """Something HSDS has no field for: what it says of a service, and which services it says anything of."""

    code: str
    name: str
    description: str
    values: Callable[[Service], list[str]]
    told_of: Q

    @property
    def id(self) -> str:
        return derived("term", "qualities", self.code)


def _channels(kind: str) -> tuple[Callable[[Service], list[str]], Q]:
    def values(service: Service) -> list[str]:
        return [channel.value for channel in service.channels.all() if channel.kind == kind]

    return values, Q(Exists(Channel.objects.filter(service=OuterRef("pk"), kind=kind)))


def _anonymous(service: Service) -> list[str]:
    return [] if service.is_anonymous is None else ["yes" if service.is_anonymous else "no"]


def _holidays(service: Service) -> list[str]:
    return [] if service.always_open or not service.schedules.all() else [service.on_holidays]


_PAST_MIDNIGHT = Q(closes_at__lte=F("opens_at"), closes_at__gt=time.min)
_chat, _has_chat = _channels(links.Kind.CHAT)
_web, _has_web = _channels(links.Kind.WEB)
_visit, _has_visit = _channels(links.Kind.VISIT)

ANONYMOUS = Quality(
    code="anonymous",
    name="Man kan være anonym",
    description="Whether one can be anonymous: yes or no.",
    values=_anonymous,
    told_of=Q(is_anonymous__isnull=False),
)
CRISIS = Quality(
    code="crisis",
    name="Hjælper i en krise",
    description="yes: helps someone in crisis.",
    values=lambda service: ["yes"] if service.is_crisis else [],
    told_of=Q(is_crisis=True),
)
PASSES_ON = Quality(
    code="passes-on",
    name="Det skal de fortælle videre",
    description="What they must pass on if they are told that a child is in danger.",
    values=lambda service: [service.duty_text] if service.duty_text else [],
    told_of=~Q(duty_text=""),
)
NO_ANSWER = Quality(
    code="no-answer",
    name="Hvis ingen svarer",
    description="What to do or expect if nobody answers.",
    values=lambda service: [service.no_answer_text] if service.no_answer_text else [],
    told_of=~Q(no_answer_text=""),
)
HOLIDAYS = Quality(
    code="holidays",
    name="På helligdage",
    description="What the hours become on Danish holidays: closed, usual, or sunday. The coming ones are schedules.",
    values=_holidays,
    told_of=Q(always_open=False) & Q(Exists(Schedule.objects.filter(service=OuterRef("pk")))),
)
CHAT = Quality(code="chat", name="Chat", description="Where one can chat with them.", values=_chat, told_of=_has_chat)
WEB = Quality(code="web", name="Hjemmeside", description="Where one can read and write.", values=_web, told_of=_has_web)
VISIT = Quality(
    code="visit",
    name="Kom forbi",
    description="Where one can come, in the words of the service.",
    values=_visit,
    told_of=_has_visit,
)
DEMO = Quality(
    code="demo",
    name="Opfundet til demoen",
    description="yes: made up, it does not exist.",
    values=lambda service: ["yes"] if service.is_demo else [],
    told_of=Q(is_demo=True),
)
NEXT_DAY = Quality(
    code="next-day",
    name="Til næste dag kl.",
    description="Of a schedule that closes at 23:59: when it really closes on the next day. That part has its own row.",
    values=lambda _service: [],
    told_of=Q(always_open=False) & Q(Exists(Schedule.objects.filter(_PAST_MIDNIGHT, service=OuterRef("pk"))))
    | Q(Exists(SpecialDays.objects.filter(_PAST_MIDNIGHT, service=OuterRef("pk")))),
)

OF_SERVICES = (ANONYMOUS, CRISIS, PASSES_ON, NO_ANSWER, HOLIDAYS, CHAT, WEB, VISIT, DEMO, NEXT_DAY)


def topic_term(topic: Topic) -> Record:
    return _term(str(topic.pk), topic.code, topic.name, topic.name_en, TOPICS)


def quality_term(quality: Quality) -> Record:
    return _term(quality.id, quality.code, quality.name, quality.description, QUALITIES)


def _term(term_id: str, code: str, name: str, description: str, taxonomy: str) -> Record:
    return {
        "id": term_id,
        "code": code,
        "name": name,
        "description": description,
        "taxonomy": TAXONOMIES[taxonomy]["name"],
        "taxonomy_id": taxonomy,
        "taxonomy_detail": TAXONOMIES[taxonomy],
        "language": "da",
    }


def attribute(link_id: str, link_entity: str, term: Record, value: str | None = None) -> Record:
    """A term on something, with what it says of it."""
    told = {"value": value} if value is not None else {}
    return {
        "id": derived("attribute", link_id, term["taxonomy_id"], term["code"], value or ""),
        "link_id": link_id,
        "link_entity": link_entity,
        "taxonomy_term_id": term["id"],
        **told,
        "taxonomy_term": term,
    }


def value_of(record: Record, quality: Quality) -> list[str]:
    """What the attributes of a record say of it under this term. Attributes of other taxonomies say nothing here."""
    return [each.get("value", "") for each in record.get("attributes", []) if _is_of(each, QUALITIES, quality.code)]


def topic_codes(record: Record) -> list[str]:
    terms = [each.get("taxonomy_term", {}) for each in record.get("attributes", [])]
    return [term["code"] for term in terms if term.get("taxonomy_id") == TOPICS and "code" in term]


def _is_of(attribute: Record, taxonomy: str, code: str) -> bool:
    term = attribute.get("taxonomy_term", {})
    return bool(term.get("taxonomy_id") == taxonomy and term.get("code") == code)
