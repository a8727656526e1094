"""Answers to signals from below."""

from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import User
from chat import middleware
from chat.services import retention, worker


def put_into_the_timetable(**_signal: Any) -> None:
    """After every migrate the worker's sweep is scheduled; without it nothing would ever be erased (law 6)."""
    worker.schedule()


def keep_no_samples(**_signal: Any) -> None:
    """After every migrate: no statistics of what the young write (law 6)."""
    retention.keep_no_samples()


@receiver(user_logged_in)
def start_the_clocks(*, request: HttpRequest, user: User, **_signal: Any) -> None:
    """From here on the login counts its half hour and its twelve hours."""
    middleware.note_login(request, user=user, now=timezone.now())
