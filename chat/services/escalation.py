"""An acute alert that nobody takes goes on: after a minute to the co-counsellor, then to the coordinator (law 12)."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby

from django.conf import settings
from django.core.cache import cache
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django_q.tasks import async_task

from chat.models import Alert, Session
from chat.services import staff_mail

logger = logging.getLogger(__name__)

STEP = timedelta(seconds=60)
HURRY_AGAIN = 15  # seconds until the worker is called once more, while a mail does not go


def due_alerts(*, now: datetime) -> list[Alert]:
    """Alerts whose next step has come, by session and in the order they were raised."""
    waiting = Alert.objects.unclaimed_acute().filter(raised_at__lte=now - STEP, told_coordinator_at__isnull=True)
    told_enough = Q(told_colleague_at__isnull=True) | Q(told_colleague_at__lte=now - STEP)
    return list(waiting.filter(told_enough).select_related("session").order_by("session_id", "raised_at", "pk"))


def due_sessions(*, now: datetime) -> list[int]:
    """Sessions in which somebody has waited too long: one cheap look, for the hub's beat."""
    return sorted({alert.session_id for alert in due_alerts(now=now)})


def hurry(*, now: datetime) -> bool:
    """Call the worker at once when something is due: its own sweep comes once a minute only. Sends nothing itself."""
    if not due_sessions(now=now) or not _is_first():
        return False
    async_task("chat.services.escalation.sweep")
    return True


def _is_first() -> bool:
    """Nobody called a moment ago, from any process."""
    try:
        return cache.add("escalation-called", 1, timeout=HURRY_AGAIN)
    except Exception as error:  # the cache is away: the sweep comes by itself within the minute
        logger.warning("The worker could not be hurried: %s", type(error).__name__)
        return False


def sweep(*, now: datetime | None = None) -> None:
    """Take every due alert one step on, with one mail a session. What a mail did not reach is due again."""
    now = now or timezone.now()
    for _pk, alerts in groupby(due_alerts(now=now), key=lambda alert: alert.session_id):
        _step_on(list(alerts), now=now)


def _step_on(alerts: Sequence[Alert], *, now: datetime) -> None:
    session = alerts[0].session
    colleagues = _co_counsellors(session)
    first = [alert for alert in alerts if colleagues and alert.told_colleague_at is None]
    if first and _mail(session, colleagues):
        _remember(first, told_colleague_at=now)
    last = [alert for alert in alerts if alert not in first or alert.raised_at <= now - 2 * STEP]
    if last and _mail(session, staff_mail.coordinator_addresses(session)):
        _remember(last, told_coordinator_at=now)


def _co_counsellors(session: Session) -> list[str]:
    """Who is there to help: with a single counsellor on the session it is the coordinator's turn at once."""
    return staff_mail.counsellor_addresses(session) if session.roster.count() > 1 else []


def _remember(alerts: Sequence[Alert], **told: datetime) -> None:
    Alert.objects.filter(pk__in=[alert.pk for alert in alerts]).update(**told)


def _mail(session: Session, to: Sequence[str]) -> bool:
    time = {"time": staff_mail.begun_at(session)}
    with translation.override(settings.LANGUAGE_CODE):
        subject = _("An urgent message waits (chat at %(time)s)") % time
        text = (
            _(
                "In the group chat at %(time)s an urgent message has waited for more than a minute. No counsellor has "
                "taken it yet. Log in and go into the room, or call whoever leads it."
            )
            % time
        )
    return staff_mail.send(subject=subject, text=text, to=to)
