"""Numbers of crisis help need a second person's yes (threat T28): until then the old ones stand.

One stolen password must not be enough to send a young person in distress to somebody else's phone. The guard stays on
a service that once was shown as crisis help: whoever takes that word away does not get at its numbers by it.
"""

from datetime import datetime
from functools import partial

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts import staff_mail
from accounts.models import User
from referrals import colleagues, links, permissions
from referrals.models import AgreedNumbers, NumberChange, Service

Ways = list[tuple[str, str]]


def needs_two(service: Service) -> bool:
    return service.is_crisis or AgreedNumbers.objects.filter(service=service.pk).exists()


def numbers_of(service: Service) -> Ways:
    return list(service.channels.filter(kind__in=links.NUMBERS).values_list("kind", "value"))


def is_agreed(service: Service) -> bool:
    """Two people stand by exactly the numbers that stand there; or there is none, and none is wanted."""
    if not needs_two(service):
        return True
    there = numbers_of(service)
    agreed = AgreedNumbers.objects.filter(service=service).first()
    if agreed is None:
        return not there and not NumberChange.objects.filter(service=service).exists()
    return set(there) == {(kind, value) for kind, value in agreed.numbers}


def remember(service: Service, *, now: datetime | None) -> None:
    """What is shown as crisis help is under guard from now on, with the numbers that stand there."""
    if service.is_crisis and service.is_published:
        stands = {"numbers": numbers_of(service), "agreed_at": now or timezone.now()}
        AgreedNumbers.objects.get_or_create(service=service, defaults=stands)


def agree_for_demo(service: Service, *, now: datetime | None) -> None:
    """The demo's own numbers, which nobody can call."""
    if service.is_crisis:
        stands = {"numbers": numbers_of(service), "agreed_at": now or timezone.now()}
        AgreedNumbers.objects.update_or_create(service=service, defaults=stands)


def hold_back(service: Service, ways: Ways, *, was_crisis: bool, by: User, now: datetime | None) -> Ways:
    """The ways in that may stand there at once. Where the numbers differ they are proposed, and the old ones stay."""
    there = numbers_of(service)
    wanted = [way for way in ways if way[0] in links.NUMBERS]
    if set(wanted) == set(there) or not (was_crisis or needs_two(service)):
        return ways
    _propose(service, wanted, by=by, now=now)
    return _with_numbers(ways, there)


def ask(service: Service, *, by: User, now: datetime | None) -> None:
    """This person stands by the numbers that stand there: now somebody else is asked. Nothing where none is needed."""
    if not is_agreed(service) and not NumberChange.objects.filter(service=service).exists():
        _propose(service, numbers_of(service), by=by, now=now)


def put(change: NumberChange, *, by: User, now: datetime | None) -> Ways:
    """Write down who agreed. The ways in as they stand from now on: the new numbers where the old ones stood."""
    numbers: Ways = [(kind, value) for kind, value in change.numbers]
    stands = {
        "numbers": numbers,
        "proposed_by": change.proposed_by,
        "agreed_by": by,
        "agreed_at": now or timezone.now(),
    }
    AgreedNumbers.objects.update_or_create(service=change.service, defaults=stands)
    return _with_numbers(list(change.service.channels.values_list("kind", "value")), numbers)


def _with_numbers(ways: Ways, numbers: Ways) -> Ways:
    """The ways in with these numbers, where others stood among them; else first."""
    place = next((place for place, (kind, _value) in enumerate(ways) if kind in links.NUMBERS), 0)
    others = [way for way in ways if way[0] not in links.NUMBERS]
    return [*others[:place], *numbers, *others[place:]]


def _propose(service: Service, numbers: Ways, *, by: User, now: datetime | None) -> None:
    """In the place of what was proposed before: that has another id, so nobody says yes to what they did not see."""
    waiting = NumberChange.objects.filter(service=service).first()
    if waiting and [(kind, value) for kind, value in waiting.numbers] == numbers:
        return
    NumberChange.objects.filter(service=service).delete()
    change = NumberChange.objects.create(
        service=service, numbers=numbers, proposed_by=by, proposed_at=now or timezone.now()
    )
    transaction.on_commit(partial(_tell_the_others, change))


def _tell_the_others(change: NumberChange) -> None:
    """Those who may say yes. The mail names neither the numbers nor their writer: they are to be read on the page."""
    people = [user for user in colleagues.with_mail(change.service) if permissions.may_agree(user, change)]
    page = colleagues.address(reverse("referrals:manage-edit", args=[change.service_id]))
    with translation.override(settings.LANGUAGE_CODE):
        staff_mail.send(
            subject=_("A number for a crisis waits for your yes"),
            text=_(
                "A colleague wants another number on %(service)s. Young people see it when one more person has said "
                "yes. Call the number first: does the right place answer? Then decide here:"
            )
            % {"service": change.service.name}
            + f"\n{page}",
            to=[user.email for user in people],
        )
