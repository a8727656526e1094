"""What a record of HSDS, or a row of a table, wants a service to be, in the words that Samrum keeps."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache, partial
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError

from referrals import links
from referrals.hsds import checking, export, files, questions, reading_hours, schemas, terms
from referrals.hsds.files import Entry, Problem
from referrals.hsds.reading_hours import Hours, Unclear
from referrals.hsds.terms import Record
from referrals.models import Topic
from referrals.municipalities import FOLDED, MUNICIPALITIES

ALWAYS = "always"
MOST_CHANNELS = 12
# The columns of a table that are fields of a service, by their names there.
WORDS = {
    "name": "name",
    "description": "description",
    "for_whom": "eligibility_description",
    "url": "url",
    "cost": "fees_description",
    "passes_on": "duty_text",
    "no_answer": "no_answer_text",
    "hours_text": "hours_text",
    "alert": "alert",
    "status": "status",
}
COLUMNS = frozenset(
    {*WORDS, *links.Kind.values, "id", "organization", "from_age", "to_age", "anonymous", "topics", "municipality"}
    | {"languages", "hours", "on_holidays"}
)
BOOLS = {"yes": True, "ja": True, "no": False, "nej": False, "": None}
WHOLE_COUNTRY = ("", export.COUNTRY.casefold(), "danmark", export.WHOLE_COUNTRY.casefold())


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What is different there, and the place itself: None where only its id is told."""

    description: str
    values: dict[str, Any] | None


@dataclass(slots=True, kw_only=True)
class Wish:
    """Only what is named is wanted: values by field, ways in by kind; None is not told at all."""

    where: str
    id: UUID | None = None
    organization_id: str = ""
    organization_name: str = ""
    is_demo: bool = False
    known_on: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    ways: dict[str, list[str]] = field(default_factory=dict)
    topics: list[str] | None = None
    hours: Hours | None = None
    places: dict[UUID, Place] | None = None


class Reader:
    """Reads entries, and remembers what is wrong with them."""

    def __init__(self, *, today: date) -> None:
        self.today = today
        self.problems: list[Problem] = []
        topics = list(Topic.objects.all())
        self.topics = {topic.code: topic.code for topic in topics}
        self.topics |= {name.casefold(): topic.code for topic in topics for name in (topic.name, topic.name_en)}

    def read(self, entry: Entry) -> Wish | None:
        """None where something is wrong."""
        before = len(self.problems)
        record, strange = files.clean(entry.record)
        for path in strange:
            self._wrong(entry, checking.field_name(path), "holds signs that cannot be seen")
        if len(self.problems) > before:
            return None
        wish = self._row(entry, record) if entry.is_row else self._record(entry, record)
        return None if len(self.problems) > before else wish

    def _wrong(self, entry: Entry, name: str, text: str) -> None:
        self.problems.append(Problem(where=entry.where, field=name, text=text))

    def _try(self, entry: Entry, name: str, make: Callable[[], Any]) -> Any:
        try:
            return make()
        except Unclear as unclear:
            self._wrong(entry, unclear.part, str(unclear))
        except ValidationError as refused:
            self._wrong(entry, name, " ".join(refused.messages))
        except ValueError as refused:
            self._wrong(entry, name, str(refused))
        return None

    # A record of HSDS

    def _record(self, entry: Entry, record: Record) -> Wish | None:
        wrong = list(checking.errors(_judge(), record))
        for name, text in wrong:
            self._wrong(entry, name, text)
        if wrong:
            return None
        organization = record.get("organization", {})
        wish = Wish(
            where=entry.where,
            id=UUID(record["id"]),
            organization_id=record.get("organization_id", organization.get("id", "")),
            organization_name=organization.get("name", ""),
            is_demo=terms.value_of(record, terms.DEMO) == ["yes"],
            known_on=record.get("last_modified", "")[:10],
        )
        wish.values = {
            "name": record["name"],
            "description": record.get("description", ""),
            "eligibility_description": record.get("eligibility_description", ""),
            "minimum_age": self._try(entry, "minimum_age", lambda: _age(record.get("minimum_age"))),
            "maximum_age": self._try(entry, "maximum_age", lambda: _age(record.get("maximum_age"))),
            "fees_description": record.get("fees_description", ""),
            "alert": "" if record.get("alert") == export.DEMO_ALERT else record.get("alert", ""),
            "status": record["status"],
            "languages": _languages([each.get("code", "") for each in record.get("languages", [])]),
        }
        if "service_areas" in record:
            code = self._try(entry, "service_areas", lambda: _area(record["service_areas"]))
            wish.values["municipality_code"] = code
        self._take_ways(entry, record, wish)
        self._take_qualities(entry, record, wish)
        self._take_hours(entry, record, wish)
        self._take_topics(record, wish)
        if "service_at_locations" in record:
            wish.places = self._try(entry, "service_at_locations", lambda: _places(record["service_at_locations"]))
        return wish

    def _take_ways(self, entry: Entry, record: Record, wish: Wish) -> None:
        numbers = record.get("phones", [])
        texts = [each["number"] for each in numbers if each.get("type") == export.PHONE_TYPES[links.Kind.SMS]]
        mails = [record.get("email", ""), *(each.get("email", "") for each in record.get("contacts", []))]
        told: dict[str, list[str]] = {
            links.Kind.PHONE: [each["number"] for each in numbers if each["number"] not in texts or "type" not in each],
            links.Kind.SMS: texts,
            links.Kind.MAIL: [mail for mail in mails if mail],
        }
        if _knows(record, terms.QUALITIES):
            told |= {quality.code: terms.value_of(record, quality) for quality in (terms.CHAT, terms.WEB, terms.VISIT)}
        url = record.get("url", "")
        also = [*told.get(links.Kind.WEB, []), *told.get(links.Kind.CHAT, [])]
        wish.values["url"] = "" if url in also else self._site(entry, url)
        self._keep_ways(entry, told, wish)

    def _take_qualities(self, entry: Entry, record: Record, wish: Wish) -> None:
        if not _knows(record, terms.QUALITIES):
            return

        def first(quality: terms.Quality) -> str:
            return next(iter(terms.value_of(record, quality)), "")

        wish.values["duty_text"] = first(terms.PASSES_ON)
        wish.values["no_answer_text"] = first(terms.NO_ANSWER)
        wish.values["is_anonymous"] = self._try(entry, "anonymous", lambda: _bool(first(terms.ANONYMOUS)))
        wish.values["is_crisis"] = self._try(entry, "crisis", lambda: _bool(first(terms.CRISIS))) or False

    def _take_hours(self, entry: Entry, record: Record, wish: Wish) -> None:
        if "schedules" not in record:
            return
        told = next(iter(terms.value_of(record, terms.HOLIDAYS)), None)
        rows = record["schedules"]

        def read() -> Hours:
            return reading_hours.read(record["id"], rows, on_holidays=told, today=self.today)

        self._keep_hours(wish, self._try(entry, "schedules", read), told)

    def _take_topics(self, record: Record, wish: Wish) -> None:
        """Topics that are not ours are nobody's here."""
        codes = terms.topic_codes(record)
        if codes:
            wish.topics = sorted({code for code in codes if code in self.topics.values()})

    # A row of a table

    def _row(self, entry: Entry, row: dict[str, str]) -> Wish | None:
        wish = Wish(where=entry.where, organization_name=row.get("organization", ""))
        if row.get("id"):
            wish.id = self._try(entry, "id", lambda: _uuid(row["id"]))
        wish.values = {ours: row[theirs] for theirs, ours in WORDS.items() if theirs in row}
        if wish.values.get("status") == "":
            wish.values["status"] = "active"
        if "url" in row:
            wish.values["url"] = self._site(entry, row["url"])
        makers: tuple[tuple[str, str, Callable[[str], Any]], ...] = (
            ("from_age", "minimum_age", _age_in_words),
            ("to_age", "maximum_age", _age_in_words),
            ("anonymous", "is_anonymous", _bool),
            ("municipality", "municipality_code", _municipality),
            ("languages", "languages", lambda told: _languages(_several(told.lower()))),
        )
        for name, ours, make in makers:
            if name in row:
                wish.values[ours] = self._try(entry, name, partial(make, row[name]))
        if "topics" in row:
            wish.topics = self._try(entry, "topics", lambda: self._topics(_several(row["topics"])))
        if "hours" in row:
            hours = self._try(entry, "hours", lambda: _hours_in_words(row["hours"], self.today))
            self._keep_hours(wish, hours, row.get("on_holidays") or None)
            wish.values.pop("hours_text", None)
            if "hours_text" in row:
                wish.values["hours_text"] = row["hours_text"]
        self._keep_ways(entry, {kind: _several(row[kind]) for kind in links.Kind.values if kind in row}, wish)
        return wish

    def _topics(self, told: list[str]) -> list[str]:
        unknown = [name for name in told if name.casefold() not in self.topics]
        if unknown:
            raise ValueError(f"is not known: {checking.plain(unknown[0])}")
        return sorted({self.topics[name.casefold()] for name in told})

    # Both

    def _site(self, entry: Entry, url: str) -> str:
        return self._try(entry, "url", lambda: links.clean_value(links.Kind.WEB, url)) or "" if url else ""

    def _keep_ways(self, entry: Entry, told: dict[str, list[str]], wish: Wish) -> None:
        if sum(map(len, told.values())) > MOST_CHANNELS:
            self._wrong(entry, "ways in", f"are more than {MOST_CHANNELS}")
            return
        for kind, values in told.items():
            cleaned = [self._try(entry, kind, partial(links.clean_value, kind, value)) for value in values]
            wish.ways[kind] = list(dict.fromkeys(filter(None, cleaned)))

    def _keep_hours(self, wish: Wish, hours: Hours | None, on_holidays: str | None) -> None:
        if hours is None:
            return
        wish.hours = hours
        wish.values["always_open"] = hours.always_open
        wish.values["hours_text"] = hours.hours_text
        if on_holidays:
            wish.values["on_holidays"] = on_holidays


@cache
def _judge() -> Any:
    return checking.validator(schemas.schema("service"))


def _knows(record: Record, taxonomy: str) -> bool:
    found = (each.get("taxonomy_term", {}).get("taxonomy_id") for each in record.get("attributes", []))
    return taxonomy in found


def _places(told: list[Record]) -> dict[UUID, Place]:
    places = {}
    for at in told:
        location = at.get("location", {})
        own_id = location.get("id", at.get("location_id"))
        if own_id is None:
            raise ValueError("must tell the location or its id")
        values = _place(location) if location else None
        places[UUID(own_id)] = Place(description=at.get("description", ""), values=values)
    return places


def _place(location: Record) -> dict[str, Any]:
    """A place as Samrum keeps it. Secret is what is told as that, and it has no address, whatever the file says."""
    address: Record = next(iter(location.get("addresses", [])), {})
    accessibility: Record = next(iter(location.get("accessibility", [])), {})
    return {
        "name": location.get("name", ""),
        "location_type": location["location_type"],
        "is_hidden": location.get("description") == export.SECRET,
        **{name: address.get(name, "") for name in ("address_1", "postal_code", "city")},
        **{name: _degrees(location.get(name)) for name in ("latitude", "longitude")},
        "transportation": location.get("transportation", ""),
        "accessibility": accessibility.get("description", ""),
    }


def _degrees(told: float | None) -> Decimal | None:
    return None if told is None else Decimal(str(round(told, 5)))


def _uuid(told: str) -> UUID:
    if not questions.is_id(told):
        raise ValueError("must be a UUID")
    return UUID(told)


def _age(told: float | None) -> int | None:
    if told is not None and told != int(told):
        raise ValueError("must be a whole number")
    return None if told is None else int(told)


def _age_in_words(told: str) -> int | None:
    if told and not (told.isascii() and told.isdigit() and len(told) <= 3):
        raise ValueError("must be a whole number")
    return int(told) if told else None


def _bool(told: str) -> bool | None:
    if told.casefold() not in BOOLS:
        raise ValueError("must be yes or no")
    return BOOLS[told.casefold()]


def _several(told: str) -> list[str]:
    return [each.strip() for each in told.split("|") if each.strip()]


def _languages(codes: list[str]) -> str:
    """Danish alone needs no word."""
    told = ",".join(dict.fromkeys(filter(None, codes)))
    return "" if told == "da" else told


def _area(areas: list[Record]) -> str:
    if len(areas) != 1:
        raise ValueError("must be one: a municipality, or the whole country")
    area = areas[0]
    if area.get("extent") in MUNICIPALITIES:
        return str(area["extent"])
    return _municipality(str(area.get("name") or area.get("extent", "")))


def _municipality(told: str) -> str:
    folded = told.casefold().translate(FOLDED).removesuffix(" kommune").strip()
    if told.casefold() in WHOLE_COUNTRY:
        return ""
    if told in MUNICIPALITIES:
        return told
    found = [code for code, name in MUNICIPALITIES.items() if name.casefold().translate(FOLDED) == folded]
    if not found:
        raise ValueError("must be a Danish municipality, by its name or its code, or the whole country")
    return found[0]


def _hours_in_words(told: str, today: date) -> Hours:
    """ "MO,TU 16:00-20:00 | FR 20:00-01:00", or "always"."""
    if told == ALWAYS:
        return Hours(always_open=True)
    rows = []
    for part in _several(told):
        days, _space, clocks = part.partition(" ")
        opens_at, _dash, closes_at = clocks.replace("–", "-").replace(".", ":").partition("-")
        rows.append({"id": "", "byday": days, "opens_at": opens_at.strip(), "closes_at": closes_at.strip()})
    found = reading_hours.read("", rows, on_holidays="", today=today)
    for rule in found.schedules:
        _look_at_days(rule["byday"])
    return found


def _look_at_days(byday: str) -> None:
    from referrals.models.hours import check_days

    check_days(byday)
