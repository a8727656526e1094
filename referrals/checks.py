"""Truth has a date: after 90 days the people of a service are asked by mail whether it is still true.

The mail has a link of their own. It is good for 30 days, for that person, and for exactly the words and numbers that
stood there when it was sent. Opening it changes nothing: programs that look through mail open every link.
"""

import hashlib
import json
import logging
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import staff_mail
from accounts.models import User
from referrals import colleagues, link_check, permissions, services, versions
from referrals.models import Reminder, Service

logger = logging.getLogger(__name__)

ASK_AGAIN = timedelta(days=30)
LINK_GOOD_FOR = timedelta(days=30)
PURPOSE = "referrals.checks.confirm"  # of the signature: no other signed value of Samrum opens this door


class Answer(Enum):
    """What a link is worth today."""

    ASKS = "asks"
    CHECKED_SINCE = "checked since"
    CHANGED_SINCE = "changed since"
    IS_OVER = "over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a link leads to. Without a service it says nothing but that it is over."""

    answer: Answer
    service: Service | None = None
    user: User | None = None


# The link ---------------------------------------------------------------------------------------------------------


def make_token(service: Service, user: User) -> str:
    return signing.dumps({"service": str(service.pk), "user": user.pk, "seen": _mark(service)}, salt=PURPOSE)


def read_token(token: str) -> Question:
    """Whether that person may still say yes to exactly what the mail was about."""
    try:
        told: dict[str, Any] = signing.loads(token, salt=PURPOSE, max_age=LINK_GOOD_FOR)
        service = Service.objects.with_details().filter(pk=UUID(told["service"])).first()
    except signing.BadSignature:
        return Question(answer=Answer.IS_OVER)
    user = User.objects.filter(pk=told["user"]).first()
    if service is None or user is None or not permissions.may_edit(user, service):
        return Question(answer=Answer.IS_OVER)
    return Question(answer=_answer(service, told["seen"]), service=service, user=user)


def _answer(service: Service, seen: list[str | None]) -> Answer:
    day, words = _mark(service)
    if seen[1] != words:
        return Answer.CHANGED_SINCE
    return Answer.ASKS if seen[0] == day else Answer.CHECKED_SINCE


@transaction.atomic
def confirm(*, token: str, now: datetime | None = None) -> Question:
    """Its person says that all of it is true. Nothing is written where the link does not ask any more."""
    told = read_token(token)
    if told.service is None or told.user is None:
        return told
    Service.objects.select_for_update(of=("self",)).get(pk=told.service.pk)  # from here on nobody changes it
    told = read_token(token)
    if told.answer is Answer.ASKS and told.service and told.user:
        services.check_service(service=told.service, by=told.user, now=now)
    return told


def _mark(service: Service) -> list[str | None]:
    """The day of the last check, and a digest of all that the page shows. Read from the database each time."""
    fresh = Service.objects.select_related("organization").get(pk=service.pk)
    places = service.at_locations.values_list(
        "description",
        "location__name",
        "location__is_hidden",
        *(f"location__{name}" for name in ("address_1", "postal_code", "city", "transportation", "accessibility")),
    )
    shown = [versions.content_of(fresh), fresh.organization.name, sorted(list(place) for place in places)]
    words = hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()[:32]
    return [fresh.checked_on.isoformat() if fresh.checked_on else None, words]


# The mail ---------------------------------------------------------------------------------------------------------


def ask_whether_still_true(*, now: datetime) -> int:
    """Ask the people of each service that was checked too long ago or has a link that does not answer. Answers how
    many services. Each person gets one mail, and nobody is asked about a service twice within 30 days."""
    asked: dict[User, list[Service]] = defaultdict(list)
    for service in _to_ask(now):
        people = colleagues.with_mail(service)
        if people and _claim(service, now):
            for user in people:
                asked[user].append(service)
    reached: set[UUID] = set()
    for user, about in asked.items():
        if _mail(user, about, now=now):
            reached.update(service.pk for service in about)
    missed = {service.pk for about in asked.values() for service in about} - reached
    Reminder.objects.filter(service__in=missed).delete()  # nobody got a mail: the next sweep tries again
    return len(reached)


def _to_ask(now: datetime) -> list[Service]:
    recent = Reminder.objects.filter(service=OuterRef("pk"), sent_at__gt=now - ASK_AGAIN)
    shown = Service.objects.filter(~Exists(recent), is_published=True).exclude(status=Service.Status.DEFUNCT)
    if not settings.DEMO:
        shown = shown.filter(is_demo=False)
    due = Q(pk__in=shown.to_check(now).values("pk")) | Q(pk__in=link_check.services_with_silent_links(shown))
    return list(shown.filter(due).select_related("organization").order_by("name", "pk"))


def _claim(service: Service, now: datetime) -> bool:
    """Marked before it is sent: a worker that falls in between asks later rather than twice."""
    with transaction.atomic():
        if Reminder.objects.filter(service=service, sent_at__lte=now - ASK_AGAIN).update(sent_at=now):
            return True
        return Reminder.objects.get_or_create(service=service, defaults={"sent_at": now})[1]


def _mail(user: User, about: list[Service], *, now: datetime) -> bool:
    with translation.override(settings.LANGUAGE_CODE):
        number = len(about)
        subject = ngettext("Is it still true? %(n)d service", "Is it still true? %(n)d services", number) % {
            "n": number
        }
        parts = [
            _(
                "Young people trust what stands in Samrum. Look at each service below, and press the button there if "
                "it is still true. The links are yours alone and are good for 30 days: do not pass them on."
            ),
            *(_about(service, user, now) for service in about),
        ]
    return staff_mail.send(subject=subject, text="\n\n".join(parts), to=[user.email])


def _about(service: Service, user: User, now: datetime) -> str:
    lines = [service.name]
    if service.checked_on:
        lines.append(_("Last checked on %(day)s") % {"day": date_format(service.checked_on)})
    for link in link_check.silent_links_of([service]).get(service.pk, []):
        since = date_format(timezone.localdate(link.failing_since))
        lines.append(_("This link has not answered since %(day)s: %(link)s") % {"day": since, "link": link.url})
    lines.append(colleagues.address(reverse("referrals:check", args=[make_token(service, user)])))
    return "\n".join(lines)
