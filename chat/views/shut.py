"""What somebody meets who was kicked or banned: what happened, what it means, what stays open, and who can help."""

import json
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.limits import is_over
from accounts.models import User
from chat.entrance import shut_out
from chat.events import MemberBanned, MemberKicked
from chat.models import Event, Member, Session, Stream
from chat.permissions import BANNED, is_rostered, way_barred
from chat.places import BAN, PLACE, set_bans, token_in
from chat.services import bans
from referrals.cards import help_now

View = Callable[[HttpRequest, str], HttpResponse]

BANS_A_MEMBER = "5/d"  # one place, taken from browser to browser, makes no heap of rows


def unless_shut_out(view: View) -> View:
    """A page of the session, for all but those who were sent out of it: they get one that tells them, with 403."""

    @wraps(view)
    def guarded(request: HttpRequest, slug: str) -> HttpResponse:
        return _told(request, slug) or view(request, slug)

    return guarded


def _told(request: HttpRequest, slug: str) -> HttpResponse | None:
    if not {PLACE, BAN} & request.COOKIES.keys():
        return None
    session = Session.objects.filter(slug=slug, erased_at__isnull=True).select_related("before_post").first()
    if session is None or (isinstance(request.user, User) and is_rostered(request.user, session)):
        return None
    now = timezone.now()
    member = Member.objects.by_place(session, token_in(request.COOKIES))
    code = shut_out(session, member, request.COOKIES, now=now)
    if code is None:
        return None
    return _banned(request, session, member, now) if code == BANNED else _kicked(request, session, member, now)


def _kicked(request: HttpRequest, session: Session, member: Member | None, now: datetime) -> HttpResponse:
    return _page(request, "chat/kicked.html", session, member, now, told=_last(member, MemberKicked.type))


def _banned(request: HttpRequest, session: Session, member: Member | None, now: datetime) -> HttpResponse:
    """Tell of the ban, and until when. With the page that tells of it the browser gets its cookie.

    It stands on the place here, or the browser brought it along from a chat of the same house.
    """
    brought = bans.ban_of(request.COOKIES, session, now=now)
    own = member.banned_until if member is not None and way_barred(member, now=now) == BANNED else None
    houses = brought.organizations if brought is not None and own is None else session.organizations
    context = {
        "told": _last(member, MemberBanned.type) if own else {},
        "until": max(end for end in (own, brought and brought.expires_at) if end),
        "houses": sorted(houses.values_list("name", flat=True)),
    }
    response = _page(request, "chat/banned.html", session, member, now, **context)
    if member is not None and own is not None and not bans.knows_of(request.COOKIES, session, until=own, now=now):
        _give_cookie(request, response, session, member, own)
    return response


def _give_cookie(
    request: HttpRequest, response: HttpResponse, session: Session, member: Member, until: datetime
) -> None:
    if is_over(request, group=f"ban {member.public_id}", rate=BANS_A_MEMBER):
        return
    tokens, last = bans.remember(request.COOKIES, session, until=until)
    set_bans(response, tokens, until=last)


def _page(
    request: HttpRequest, template: str, session: Session, member: Member | None, now: datetime, **context: object
) -> HttpResponse:
    shared = {
        "session": session,
        "can_ask": member is not None and way_barred(member, now=now) is not None,  # another adult to look at it
        "help_cards": help_now(now=now, limit=3),
    }
    return render(request, template, {**shared, **context}, status=403)


def _last(member: Member | None, kind: str) -> dict[str, Any]:
    """The latest event of this kind, as the member was told of it on their own line."""
    line = Event.objects.filter(stream=Stream.PRIVATE, reader=member, type=kind) if member else Event.objects.none()
    event = line.order_by("seq").last()
    told: dict[str, Any] = json.loads(event.frame) if event else {}
    return told
