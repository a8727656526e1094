"""Verbs of the directory: what changes a service, and who says that it is true."""

from collections.abc import Iterable, Mapping
from datetime import datetime, time
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import Organization, User
from referrals import demo, links, national, permissions, second_person, topics, versions
from referrals.models import Channel, NumberChange, OnHolidays, Service, Topic, Version

# A service's words, which may be polished without a new check ...
WORDS = frozenset(
    {
        "description",
        "alert",
        "status",
        "source",
        "source_date",
        "url",
        "fees_description",
        "languages",
        "duty_text",
        "no_answer_text",
    }
)
# ... and what a check vouches for, together with the channels: all the rest.
FACTS = frozenset(versions.VALUES) - WORDS

# What `set_hours` writes, besides the hours themselves.
HOURS = frozenset({"always_open", "on_holidays"})

Channels = Iterable[tuple[str, str]]


# By hand ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def create_service(
    *,
    organization: Organization,
    values: Mapping[str, Any],
    channels: Channels,
    schedules: Iterable[dict[str, Any]] = (),
    by: User,
    now: datetime | None = None,
) -> Service:
    """A new service, not shown yet. One that is made in the demo stays a demo service for ever.

    Raises PermissionDenied, and ValidationError where the values do not fit.
    """
    if not permissions.may_add_to(by, organization):
        raise PermissionDenied
    service = Service(organization=organization, is_demo=settings.DEMO)
    _take(service, values)
    if not service.source:  # those who offer it know it themselves
        service.source, service.source_date = organization.name, timezone.localdate(now).isoformat()
    service.full_clean()
    service.save()
    service.topics.set(values.get("topics", ()))
    wanted = _cleaned(channels)
    _replace_channels(service, second_person.hold_back(service, wanted, was_crisis=False, by=by, now=now))
    versions.put_hours(service, schedules=list(schedules), special_days=[])
    versions.record(service, Version.What.CREATED, by=by, now=now)
    return service


@transaction.atomic
def edit_service(
    *,
    service: Service,
    values: Mapping[str, Any],
    channels: Channels,
    checked: bool,
    by: User,
    now: datetime | None = None,
) -> Service:
    """Write what was changed. `checked`: this person has made sure today that all of it is true.

    Without that a change of facts takes the check away, and what is not checked is not shown. Other numbers of crisis
    help wait for a second person's yes. Raises PermissionDenied, and ValidationError where the values do not fit.
    """
    service = _locked(service, by)
    was_crisis = service.is_crisis
    facts_changed = not _take(service, values).isdisjoint(FACTS)
    if "topics" in values:
        service.topics.set(values["topics"])
    wanted = _cleaned(channels)
    allowed = second_person.hold_back(service, wanted, was_crisis=was_crisis, by=by, now=now)
    facts_changed |= _replace_channels(service, allowed)
    is_held = allowed != wanted
    if checked and (facts_changed or not is_held or not service.checked_on):
        _check(service, by, now)
    elif facts_changed:
        _forget_check(service)
    _guard(service, was_crisis=was_crisis, is_vouched=checked, by=by, now=now)
    service.full_clean()
    service.save()
    versions.record(service, Version.What.PROPOSED if is_held else Version.What.EDITED, by=by, now=now)
    return service


@transaction.atomic
def set_hours(
    *,
    service: Service,
    schedules: list[dict[str, Any]],
    special_days: list[dict[str, Any]],
    always_open: bool,
    on_holidays: str,
    by: User,
    seen: str | None = None,
    now: datetime | None = None,
) -> Service:
    """Write when somebody answers there. Whoever saves hours stands by them: what is shown stays shown.

    The rows are values of Schedule and SpecialDays; `seen` is the mark of the hours that this person looked at.
    Raises PermissionDenied, and ValidationError where the values do not fit, or "changed_since" the person looked.
    """
    service = _locked(service, by)
    if seen is not None and seen != versions.mark_of_hours(service):
        raise ValidationError(_("Somebody else has changed the hours in the meantime."), code="changed_since")
    service.always_open, service.on_holidays = always_open, on_holidays
    service.full_clean()
    versions.put_hours(service, schedules=schedules, special_days=special_days)
    service.save()
    versions.record(service, Version.What.HOURS, by=by, now=now)
    return service


@transaction.atomic
def take_back(
    *, service: Service, version: Version, by: User, seen: int | None = None, now: datetime | None = None
) -> Service:
    """Let it stand as it did in an earlier version of it. A fact that changes with that takes the check away.

    `seen` is the number of the last version that this person looked at. Raises PermissionDenied, and ValidationError
    where what stood there does not fit any more, or "changed_since" the person looked.
    """
    service = _locked(service, by)
    if seen is not None and service.versions.exclude(pk__lte=seen).exists():
        raise ValidationError(_("Somebody has changed it in the meantime. Look at it once more."), code="changed_since")
    was_crisis = service.is_crisis
    content = service.versions.get(pk=version.pk).content
    facts_changed = bool(_take(service, content["values"]) & FACTS - HOURS)
    service.topics.set(Topic.objects.filter(code__in=content["topics"]))
    wanted = _cleaned((kind, value) for kind, value in content["channels"])
    allowed = second_person.hold_back(service, wanted, was_crisis=was_crisis, by=by, now=now)
    facts_changed |= _replace_channels(service, allowed)
    versions.put_hours(service, **versions.hours_in(content))
    if "places" in content:
        versions.put_places(service, versions.places_in(content))
    if facts_changed:
        _forget_check(service)
    _guard(service, was_crisis=was_crisis, is_vouched=False, by=by, now=now)
    service.full_clean()
    service.save()
    versions.record(service, Version.What.TAKEN_BACK, by=by, now=now)
    return service


@transaction.atomic
def check_service(*, service: Service, by: User, now: datetime | None = None) -> None:
    """Someone stands by it: all that is written of it is true today. Raises PermissionDenied."""
    service = _locked(service, by)
    _check(service, by, now)
    second_person.ask(service, by=by, now=now)
    service.save()
    versions.record(service, Version.What.CHECKED, by=by, now=now)


@transaction.atomic
def publish_service(*, service: Service, by: User, now: datetime | None = None) -> None:
    """Show it to the young. Raises PermissionDenied, and ValidationError "unchecked", "no_source" or "one_person"."""
    service = _locked(service, by)
    if not service.is_fresh(on=timezone.localdate(now)):
        raise ValidationError(_("Check first that it is true. Then it can be shown."), code="unchecked")
    if not service.source:
        raise ValidationError(_("Write first where it is known from. Then it can be shown."), code="no_source")
    if not second_person.is_agreed(service):
        raise ValidationError(
            _("It helps in a crisis: first somebody else must say yes to its numbers. Then it can be shown."),
            code="one_person",
        )
    service.is_published = True
    service.save()
    second_person.remember(service, now=now)
    versions.record(service, Version.What.SHOWN, by=by, now=now)


@transaction.atomic
def withdraw_service(*, service: Service, by: User, now: datetime | None = None) -> None:
    """Hide it from the young; its check stands. Raises PermissionDenied."""
    service = _locked(service, by)
    service.is_published = False
    service.save()
    versions.record(service, Version.What.HIDDEN, by=by, now=now)


@transaction.atomic
def adopt_service(*, service: Service, organization: Organization, by: User, now: datetime | None = None) -> None:
    """Give it to an organisation, whose people look after it from now on.

    Raises PermissionDenied, and ValidationError where that organisation has one of the same name.
    """
    if not permissions.may_adopt(by):
        raise PermissionDenied
    service = _locked(service, by)
    service.organization = organization
    service.full_clean()
    service.save()
    _take_places_along(service)
    versions.record(service, Version.What.HANDED_OVER, by=by, now=now)


def _take_places_along(service: Service) -> None:
    """The new organisation gets places of its own, as they stand: it could not keep those of others true."""
    for at in service.at_locations.exclude(location__organization=service.organization_id).select_related("location"):
        place = at.location
        place.pk, place.organization = uuid4(), service.organization
        place.save(force_insert=True)
        at.location = place
        at.save()


@transaction.atomic
def decide_numbers(*, service: Service, change: UUID, agrees: bool, by: User, now: datetime | None = None) -> None:
    """A second person says yes to other numbers of crisis help, and they stand; or anybody says no, and they are gone.

    Raises PermissionDenied, and ValidationError "gone" or, where it is nobody else who says yes, "one_person".
    """
    service = _locked(service, by)
    proposed = NumberChange.objects.select_related("service", "proposed_by").filter(service=service, pk=change).first()
    if proposed is None:
        raise ValidationError(_("That has been decided already, or others were proposed. Look once more."), code="gone")
    if agrees and not permissions.may_agree(by, proposed):
        raise ValidationError(_("You wrote these numbers yourself. Somebody else must say yes."), code="one_person")
    if agrees:
        _replace_channels(service, second_person.put(proposed, by=by, now=now))
    proposed.delete()
    service.save()
    versions.record(service, Version.What.AGREED if agrees else Version.What.REFUSED, by=by, now=now)


@transaction.atomic
def import_service(
    *,
    service: Service,
    values: Mapping[str, Any],
    channels: Channels,
    topics: list[str] | None,
    hours: tuple[list[dict[str, Any]], list[dict[str, Any]]] | None,
    places: Mapping[UUID, str] | None,
    now: datetime | None = None,
) -> None:
    """Write what a file says of a service, a new one or one that is there: a draft until somebody has checked it.

    Topics by code, hours as schedules and special days, places of its organisation with what is different there; None
    keeps what is there. Nobody stands behind a file, so it changes no numbers that need two people.
    Raises ValidationError where something does not fit.
    """
    is_new, needs_two = service._state.adding, False
    if not is_new:
        versions.record_beginning(service)
        second_person.remember(service, now=now)
        needs_two = second_person.needs_two(service)
    _take(service, values)
    _forget_check(service)
    service.full_clean()
    service.save()
    if topics is not None:
        service.topics.set(Topic.objects.filter(code__in=topics))
    wanted = _cleaned(channels)
    if needs_two and {way for way in wanted if way[0] in links.NUMBERS} != set(second_person.numbers_of(service)):
        raise ValidationError({"numbers": _("Two people change these by hand: it helps in a crisis.")}, code="two")
    _replace_channels(service, wanted)
    if hours is not None:
        versions.put_hours(service, schedules=hours[0], special_days=hours[1])
    if places is not None:
        versions.put_places(service, places)
    versions.record(service, Version.What.IMPORTED, by=None, now=now)


def forget_check(*, service: Service) -> None:
    """Take back check and showing, because what was checked is not what stands there now."""
    _forget_check(service)
    service.save()


def _locked(service: Service, by: User) -> Service:
    service = Service.objects.select_for_update(of=("self",)).select_related("organization").get(pk=service.pk)
    if not permissions.may_edit(by, service):
        raise PermissionDenied
    versions.record_beginning(service)
    second_person.remember(service, now=None)
    return service


def _take(service: Service, values: Mapping[str, Any]) -> set[str]:
    """Put the values on the service, unsaved. The names of what changed."""
    changed = {name for name in versions.VALUES if name in values and getattr(service, name) != values[name]}
    for name in changed:
        setattr(service, name, values[name])
    return changed


def _guard(service: Service, *, was_crisis: bool, is_vouched: bool, by: User, now: datetime | None) -> None:
    """What becomes crisis help is shown as that when two people stand by its numbers, and not before."""
    becomes_crisis = service.is_crisis and not was_crisis
    if becomes_crisis or is_vouched:
        second_person.ask(service, by=by, now=now)
    if becomes_crisis and not second_person.is_agreed(service):
        service.is_published = False


def _cleaned(channels: Channels) -> list[tuple[str, str]]:
    return list(dict.fromkeys((str(kind), links.clean_value(kind, value)) for kind, value in channels))


def _replace_channels(service: Service, wanted: list[tuple[str, str]]) -> bool:
    """Keep exactly these, in this order. True where that changed anything."""
    if wanted == list(service.channels.values_list("kind", "value")):
        return False
    service.channels.all().delete()
    for position, (kind, value) in enumerate(wanted):
        Channel.objects.create(service=service, kind=kind, value=value, position=position)
    return True


def _check(service: Service, by: User, now: datetime | None) -> None:
    service.checked_on, service.checked_by = timezone.localdate(now), by


def _forget_check(service: Service) -> None:
    service.checked_on = service.checked_by = None
    service.is_published = False


# What comes with Samrum -------------------------------------------------------------------------------------------


@transaction.atomic
def load_topics() -> None:
    """The vocabulary, as it stands in `topics.py`. May be repeated."""
    for position, (code, (name, name_en)) in enumerate(topics.TOPICS.items()):
        Topic.objects.update_or_create(code=code, defaults={"name": name, "name_en": name_en, "position": position})


@transaction.atomic
def load_national_drafts() -> int:
    """The national offers as drafts, each with its source: not shown until somebody has checked them.

    May be repeated: what is there already stays as people have made it. Returns how many came new.
    """
    load_topics()
    there = set(Service.objects.values_list("pk", flat=True))
    new = [_load(offer) for offer in national.OFFERS if offer.id not in there]
    return len(new)


@transaction.atomic
def load_demo_services(*, checked_by: User | None = None, now: datetime | None = None) -> list[Service]:
    """Made-up services of made-up organisations, marked, and with nothing to call. Repeating it renews their check."""
    load_topics()
    by = checked_by or _demo_checker()
    services = []
    for offer in demo.OFFERS:
        service = Service.objects.filter(pk=offer.id).first() or _load(offer)
        service.is_demo = service.is_published = True
        _check(service, by, now)
        service.save()
        second_person.agree_for_demo(service, now=now)
        services.append(service)
    return services


def _load(offer: national.Offer) -> Service:
    service = Service.objects.create(
        id=offer.id,
        organization=_organization(offer),
        name=offer.name,
        description=offer.description,
        eligibility_description=offer.for_whom,
        minimum_age=offer.ages[0],
        maximum_age=offer.ages[1],
        is_anonymous=offer.is_anonymous,
        hours_text=offer.hours,
        municipality_code=offer.municipality,
        fees_description=offer.cost,
        duty_text=offer.passes_on,
        no_answer_text=offer.no_answer,
        on_holidays=OnHolidays.CLOSED,
        always_open=offer.always_open,
        is_crisis=offer.is_crisis,
        source=offer.source,
        source_date=offer.source_date,
    )
    service.topics.set(Topic.objects.filter(code__in=offer.topics))
    _replace_channels(service, _cleaned(offer.channels))
    versions.put_hours(service, schedules=[_schedule(*hours) for hours in offer.week], special_days=[])
    return service


def _schedule(byday: str, opens_at: str, closes_at: str) -> dict[str, Any]:
    return {"byday": byday, "opens_at": time.fromisoformat(opens_at), "closes_at": time.fromisoformat(closes_at)}


def _organization(offer: national.Offer) -> Organization:
    name = offer.organization
    slug = slugify(name.lower().replace("æ", "ae").replace("ø", "o").replace("å", "aa"))
    found = Organization.objects.filter(Q(slug=slug) | Q(name=name)).first()
    kind = Organization.Kind.MUNICIPALITY if offer.of_municipality else Organization.Kind.ASSOCIATION
    return found or Organization.objects.create(name=name, slug=slug, kind=kind)


def _demo_checker() -> User:
    """Nobody can log in as this one."""
    nobody = {"is_active": False, "password": make_password(None)}
    user: User = User.objects.get_or_create(username="demo-tjek", defaults=nobody)[0]
    return user
