"""Taking in a file: what it would change, told one by one, and then all of it or nothing.

Nothing that comes from a file is shown before somebody here has checked it; nothing of an organisation is changed by
another's file; what the file does not name stays.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import Organization
from referrals import national, services
from referrals.hsds import export, files, reading, terms, timetable
from referrals.hsds.files import Entry, Problem, Unreadable
from referrals.hsds.reading import Reader, Wish
from referrals.models import Location, Service

NEW, CHANGED, UNCHANGED, MISSING = "new", "changed", "unchanged", "missing"
# Ids of services that come with Samrum: another organisation's file shall not stand in their place.
KEPT_IDS = {offer.id: offer.organization for offer in national.OFFERS}

Change = tuple[str, str, str]  # field, old, new


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What becomes of one service."""

    what: str
    name: str
    id: UUID
    where: str = ""
    was_shown: bool = False
    changes: tuple[Change, ...] = ()


@dataclass(slots=True, kw_only=True)
class Report:
    outcomes: list[Outcome] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    is_written: bool = False


def take_in(file: Path, *, organization: Organization | None, is_to_apply: bool, now: datetime | None = None) -> Report:
    """Read the file and do all that it wants, in one transaction; which is taken back where something is wrong, and
    where nobody asked to apply it. So what is told is what would happen."""
    now = now or timezone.now()
    try:
        entries = files.read(file, columns=reading.COLUMNS)
    except Unreadable as unreadable:
        return Report(problems=list(unreadable.problems))
    with transaction.atomic():
        report = _Import(entries, organization, file.name, now).run()
        report.is_written = is_to_apply and not report.problems
        if not report.is_written:
            transaction.set_rollback(True)
    return report


class _Refused(Exception):  # noqa: N818 - it tells why
    def __init__(self, name: str, why: str) -> None:
        super().__init__(why)
        self.field = name


class _Import:
    def __init__(self, entries: list[Entry], organization: Organization | None, file: str, now: datetime) -> None:
        self.entries, self.only, self.file, self.now = entries, organization, file, now
        self.today = timezone.localdate(now)
        self.reader = Reader(today=self.today)
        self.report = Report()
        self.organizations = {terms.organization_id(each): each for each in Organization.objects.all()}
        self.by_name = {each.name: each for each in self.organizations.values()}
        self.seen: dict[UUID, str] = {}
        self.concerned: dict[int, Organization] = {organization.pk: organization} if organization else {}

    def run(self) -> Report:
        for entry in self.entries:
            wish = self.reader.read(entry)
            if wish:
                self._take(wish)
        self._look_for_missing()
        self.report.problems += self.reader.problems
        return self.report

    def _wrong(self, wish: Wish, name: str, text: str) -> None:
        self.report.problems.append(Problem(where=wish.where, field=name, text=text))

    def _take(self, wish: Wish) -> None:
        try:
            organization = self._organization(wish)
            self.concerned[organization.pk] = organization
            existing = self._existing(wish, organization)
            self._look_whether_seen(wish, existing)
            if wish.is_demo and not settings.DEMO:
                raise _Refused("attributes", "it is made up for a demo")
            with transaction.atomic():
                self._write(wish, existing, organization)
        except _Refused as refused:
            self._wrong(wish, refused.field, str(refused))
        except ValidationError as refused:
            for name, messages in _messages(refused):
                self._wrong(wish, name, " ".join(messages))

    # Whose it is

    def _organization(self, wish: Wish) -> Organization:
        told = self.organizations.get(wish.organization_id) or self.by_name.get(wish.organization_name)
        if self.only and told and told.pk != self.only.pk:
            raise _Refused("organization", "is another organisation")
        found = self.only or told
        if found is None:
            raise _Refused("organization", "is not known here: make it first, or name one with --organization")
        return found

    def _existing(self, wish: Wish, organization: Organization) -> Service | None:
        """The service that is meant; None for a new one."""
        own = export.nested(Service.objects.filter(organization=organization))
        same_name = own.filter(name=wish.values["name"]).first()
        if wish.id is None:
            return same_name
        if found := own.filter(pk=wish.id).first():
            return found
        is_kept = KEPT_IDS.get(wish.id, organization.name) != organization.name
        if is_kept or Service.objects.filter(pk=wish.id).exists():
            raise _Refused("id", "is that of another organisation's service")
        if same_name:
            raise _Refused("name", f"stands here already, with the id {same_name.pk}")
        return None

    def _look_whether_seen(self, wish: Wish, existing: Service | None) -> None:
        key = existing.pk if existing else wish.id
        if key in self.seen:
            raise _Refused("id", f"stands in the file twice, first in {self.seen[key]}")
        if key:
            self.seen[key] = wish.where

    # What it changes

    def _write(self, wish: Wish, existing: Service | None, organization: Organization) -> None:
        if existing is None:
            service = Service(organization=organization, is_demo=settings.DEMO)
            if wish.id:
                service.id = wish.id
            if "municipality_code" not in wish.values:
                wish.values["municipality_code"] = organization.municipality_code
            self._import(service, wish, wish.values, _ways(wish, []), wish.hours)
            self.seen.setdefault(service.pk, wish.where)
            self._told(NEW, service, wish, self._of_new(wish))
            return
        there = self._wish_of(existing)
        changed = {name: value for name, value in wish.values.items() if value != _old(there, existing, name)}
        old_ways = [(channel.kind, channel.value) for channel in existing.channels.all()]
        ways = _ways(wish, old_ways)
        hours = wish.hours if wish.hours and wish.hours.brief != _brief(there) else None
        topics = wish.topics if wish.topics is not None and wish.topics != (there.topics or []) else None
        changes = [(name, _seen(_old(there, existing, name)), _seen(value)) for name, value in changed.items()]
        if set(ways) != set(old_ways):
            gone, come = (
                [way for way in one if way not in other] for one, other in ((old_ways, ways), (ways, old_ways))
            )
            changes.append(("ways in", _seen(gone), _seen(come)))
        if topics is not None:
            changes.append(("topics", _seen(there.topics), _seen(topics)))
        if hours is not None:
            changes.append(("hours", _seen(_brief(there)), _seen(hours.brief)))
        is_moved = wish.places is not None and _at(wish) != _at(there)
        if is_moved:
            changes.append(("places", _seen(_at(there)), _seen(_at(wish))))
        else:
            wish.places = None
        if not changes:
            self._told(UNCHANGED, existing, wish, [])
            return
        was_shown = existing.is_published
        self._import(existing, wish, changed, ways, hours)
        self._told(CHANGED, existing, wish, changes, was_shown=was_shown)

    def _import(self, service: Service, wish: Wish, values: dict[str, Any], ways: list[Any], hours: Any) -> None:
        source = {
            "source": f"{wish.organization_name or service.organization.name}: {self.file}"[:120],
            "source_date": wish.known_on or self.today.isoformat(),
        }
        services.import_service(
            service=service,
            values={**values, **source},
            channels=ways,
            topics=wish.topics,
            hours=None if hours is None else (hours.schedules, self._special_days(service, hours)),
            places=None if wish.places is None else self._places(service, wish.places),
            now=self.now,
        )

    def _places(self, service: Service, wanted: dict[UUID, reading.Place]) -> dict[UUID, str]:
        """Places that are new here are made. One that is here stays as it is: others may be shown there."""
        there = {place.pk: place for place in Location.objects.filter(pk__in=wanted)}
        if any(place.organization_id != service.organization_id for place in there.values()):
            raise _Refused("service_at_locations", "is another organisation's place")
        for pk, place in wanted.items():
            if pk not in there:
                if place.values is None:
                    raise _Refused("service_at_locations", "is not known here: tell the location")
                there[pk] = Location(id=pk, organization=service.organization, **place.values)
                there[pk].full_clean()
                there[pk].save()
        kept = {} if service._state.adding else {at.location_id: at.description for at in service.at_locations.all()}
        secret = {pk: kept.get(pk, "") for pk, place in there.items() if place.is_hidden}  # no file tells of these
        return {pk: place.description for pk, place in wanted.items()} | secret

    def _special_days(self, service: Service, hours: reading.Hours) -> list[dict[str, Any]]:
        """A file tells of the coming year only: what stands here before and after it stays."""
        last = self.today + timedelta(days=timetable.AHEAD)
        kept = []
        for days in [] if service._state.adding else service.special_days.all():
            row = {"opens_at": days.opens_at, "closes_at": days.closes_at, "note": days.note}
            if days.first_day < self.today:
                before = min(days.last_day, self.today - timedelta(days=1))
                kept.append({**row, "first_day": days.first_day, "last_day": before})
            if days.last_day > last:
                after = max(days.first_day, last + timedelta(days=1))
                kept.append({**row, "first_day": after, "last_day": days.last_day})
        return [*hours.special_days, *kept]

    def _wish_of(self, service: Service) -> Wish:
        """What our own file would say of it: compared are two files, not a file and a table."""
        record = export.whole_service(service, today=self.today)
        wish = Reader(today=self.today).read(Entry(where="here", record=record))
        return wish or Wish(where="here")

    def _of_new(self, wish: Wish) -> list[Change]:
        told = [*wish.values.items(), *wish.ways.items()]
        hours = [("hours", wish.hours.brief), ("places", _at(wish))] if wish.hours else [("places", _at(wish))]
        return [(name, "", _seen(value)) for name, value in [*told, *hours] if value not in (None, "", [], False)]

    def _told(
        self, what: str, service: Service, wish: Wish, changes: Iterable[Change], *, was_shown: bool = False
    ) -> None:
        outcome = Outcome(
            what=what,
            name=service.name,
            id=service.pk,
            where=wish.where,
            was_shown=was_shown,
            changes=tuple(changes),
        )
        self.report.outcomes.append(outcome)

    def _look_for_missing(self) -> None:
        there = Service.objects.filter(organization__in=self.concerned).exclude(pk__in=self.seen).order_by("name", "pk")
        for service in there:
            outcome = Outcome(what=MISSING, name=service.name, id=service.pk, was_shown=service.is_published)
            self.report.outcomes.append(outcome)


def _ways(wish: Wish, there: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Of the kinds that are told what is told, of the others what is there; in the order that is there."""
    told = {(str(kind), value) for kind, values in wish.ways.items() for value in values}
    kept = [way for way in there if way[0] not in wish.ways or way in told]
    new = [(str(kind), value) for kind, values in wish.ways.items() for value in values if (kind, value) not in kept]
    return [*kept, *new]


def _old(there: Wish, existing: Service, name: str) -> Any:
    return there.values[name] if name in there.values else getattr(existing, name)


def _at(wish: Wish) -> list[str]:
    """Places as they can be compared, and read."""
    return sorted(f"{pk} {place.description}".strip() for pk, place in (wish.places or {}).items())


def _brief(there: Wish) -> list[str]:
    return there.hours.brief if there.hours else []


def _messages(refused: ValidationError) -> Iterable[tuple[str, list[str]]]:
    if hasattr(refused, "error_dict"):
        named: Callable[[str], str] = lambda name: "record" if name == "__all__" else name  # noqa: E731
        return [(named(name), messages) for name, messages in refused.message_dict.items()]
    return [("record", refused.messages)]


def _seen(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(_seen(each) if not isinstance(each, tuple) else " ".join(each) for each in value)
    return "" if value is None else str(value)
