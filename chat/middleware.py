"""Staff stay logged in while they work: half an hour without anything ends it, and so do twelve hours (T25).

A young person's profile stays open for as long as the browser, and twelve hours at most. When it was last used is not
noted, so a visit to the chat leaves no trace in its session (law 8).
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.permissions import is_young
from chat.models import Connection, Member

Answer = Callable[[HttpRequest], HttpResponse]

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
NOTED_EVERY = timedelta(minutes=1)
COARSE = 300  # seconds
BEGAN, SEEN = "began", "seen"  # in the login's session, seconds since 1970


def note_login(request: HttpRequest, *, user: User, now: datetime) -> None:
    """Both clocks start. Of a young person the login's one, to five minutes."""
    if is_young(user):
        request.session[BEGAN] = now.timestamp() // COARSE * COARSE
    else:
        request.session[BEGAN] = request.session[SEEN] = now.timestamp()


def logins_end(get_response: Answer) -> Answer:
    def answer(request: HttpRequest) -> HttpResponse:
        # The young have no such cookie, and for them the session is not even looked at.
        # Nor is it at the exit, which lets everybody out also while the database is away.
        if settings.SESSION_COOKIE_NAME in request.COOKIES and not request.path.startswith(reverse("exit")):
            _look_at_the_clock(request, now=timezone.now())
        return get_response(request)

    return answer


def _look_at_the_clock(request: HttpRequest, *, now: datetime) -> None:
    user: User | AnonymousUser = request.user
    if not isinstance(user, User):
        return
    if is_young(user):
        _end_a_profile(request, user, now=now)
        return
    began, seen = (_moment(request, name) for name in (BEGAN, SEEN))
    if began is None or seen is None:
        note_login(request, user=user, now=now)
    elif now - began >= LONGEST or (now - seen >= IDLE and not _was_in_a_room(user, now=now)):
        logout(request)
    elif now - seen >= NOTED_EVERY:
        request.session[SEEN] = now.timestamp()


def _end_a_profile(request: HttpRequest, user: User, *, now: datetime) -> None:
    began = _moment(request, BEGAN)
    if began is None:
        note_login(request, user=user, now=now)
    elif now - began >= LONGEST:
        logout(request)


def _moment(request: HttpRequest, name: str) -> datetime | None:
    seconds = request.session.get(name)
    return datetime.fromtimestamp(seconds, tz=timezone.get_default_timezone()) if seconds else None


def _was_in_a_room(user: User, *, now: datetime) -> bool:
    """Hours in an open room ask for no page: what counts there is input, or having left it a moment ago."""
    return (
        Connection.objects.filter(member__user=user, input_at__gt=now - IDLE).exists()
        or Member.objects.filter(user=user, seen_at__gt=now - IDLE).exists()
    )
