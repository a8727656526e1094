"""What the background worker does: sweeps over the tables. The queue holds no work, so none is lost with it."""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django_q.models import Schedule

from accounts.services import young
from chat.models import Session, WorkerBeat
from chat.services import escalation, marks, presence, retention, reviews, rooms, staff_mail
from forum.services import letter_sweeps
from forum.services import sweeps as forum
from moderation import queue, reports
from referrals import checks, link_check, search

logger = logging.getLogger(__name__)

SWEEPER = "sweep"
ALIVE_WITHIN = timedelta(minutes=3)


def sweep() -> None:
    """Once a minute: alerts nobody took, rooms whose time came, empty chairs, text that is due to disappear."""
    now = timezone.now()
    steps = (
        *(escalation.sweep, retention.sweep, reviews.erase_due, marks.forget_expired),
        *(settle_rooms, presence.forget_the_gone, mail_about_no_shows, reviews.mail_about_waiting),
        *(
            forum.alarm,
            queue.settle,
            letter_sweeps.alarm_urgent,
            letter_sweeps.alarm_late,
            letter_sweeps.erase_due,
            forum.erase_left,
        ),
        *(reports.settle_gone, reports.erase_due, queue.forget_claims, search.tidy, young.forget_ended_logins),
        *(checks.ask_whether_still_true, link_check.check_links),  # last: it may wait for others' servers
    )
    for step in steps:
        try:
            step(now=now)
        except Exception as error:  # one step's trouble must not keep the others waiting, least of all the erasure
            logger.error("The worker could not do %s: %s", step.__name__, type(error).__name__)
    WorkerBeat.objects.update_or_create(name=SWEEPER, defaults={"beat_at": timezone.now()})


def schedule() -> None:
    """Put the sweep into the worker's timetable; safe to repeat."""
    Schedule.objects.update_or_create(
        name=SWEEPER,
        defaults={
            "func": "chat.services.worker.sweep",
            "schedule_type": Schedule.MINUTES,
            "minutes": 1,
            "repeats": -1,
        },
    )


def is_alive(*, now: datetime) -> bool:
    return WorkerBeat.objects.filter(name=SWEEPER, beat_at__gt=now - ALIVE_WITHIN).exists()


def settle_rooms(*, now: datetime) -> None:
    """For rooms that no socket server looks after: nobody is in them, but time goes on."""
    begun = Session.objects.exclude(state=Session.State.CLOSED).filter(starts_at__lte=now)
    for session in begun:
        with transaction.atomic():
            rooms.settle(session=Session.objects.locked(session), now=now)


def mail_about_no_shows(*, now: datetime) -> None:
    """Tell the coordinators, once, that nobody came to lead a session. The mail names the time, not the topic."""
    unseen = Session.objects.filter(no_show_told_at__isnull=False, no_show_mailed_at__isnull=True)
    for session in unseen:
        if _mail_about_no_show(session):
            Session.objects.filter(pk=session.pk).update(no_show_mailed_at=now)


def _mail_about_no_show(session: Session) -> bool:
    time = {"time": staff_mail.begun_at(session)}
    with translation.override(settings.LANGUAGE_CODE):
        subject = _("No counsellor at %(time)s") % time
        text = (
            _(
                "The group chat that began at %(time)s has no counsellor yet. The young people in the lobby have been "
                "told and see where else to get help. Find somebody, or close the chat: log in and look at the desk."
            )
            % time
        )
    return staff_mail.send(subject=subject, text=text, to=staff_mail.coordinator_addresses(session))
