"""The room's page, for the young and for its counsellors; without scripts it is a form and a frame."""

import json
import secrets
from typing import Any

from csp.constants import SELF
from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from accounts.permissions import may_edit_profile
from chat.entrance import CLOSED, Reader, let_in
from chat.models import Connection, Event, Member, Session, Stream
from chat.permissions import BANNED, KICKED
from chat.places import WORD_CODE, drop_token, token_in
from chat.plain import frame_of
from chat.room_strings import room_strings, young_strings
from chat.services.holds import waiting_of
from chat.services.polls import earlier_questions
from chat.services.presence import PlaceMoved, arrive, note_warnings
from chat.staff_strings import staff_strings

FRAME_SECONDS = 10
SENT_OUT = (KICKED, BANNED)


def find_reader(request: HttpRequest, slug: str) -> Reader | int:
    return let_in(slug=slug, cookies=request.COOKIES, user=request.user, now=timezone.now())


@require_safe
def room(request: HttpRequest, slug: str) -> HttpResponse:
    """Without a place here the neutral front page answers: somebody else may be holding the phone (T16)."""
    reader = find_reader(request, slug)
    if isinstance(reader, int):
        return redirect("chat:session", slug=slug) if reader == CLOSED else redirect(_way_out(request, slug))
    return render_room(request, reader)


def _way_out(request: HttpRequest, slug: str) -> str:
    """A counsellor of this session without a finished card is led to it; everybody else to the front page."""
    user = request.user
    is_on_it = user.is_authenticated and Session.objects.rostered(user).filter(slug=slug).exists()
    return "accounts:profile" if is_on_it and may_edit_profile(user) else "front"


def render_room(
    request: HttpRequest, reader: Reader, *, draft: str = "", whisper: str = "", refusal: dict[str, Any] | None = None
) -> HttpResponse:
    """The page, with what was typed and why it was not sent when a form came back refused."""
    session, member = reader.session, reader.member
    template = "chat/room_staff.html" if member.is_counsellor else "chat/room.html"
    code = token_in(request.COOKIES, WORD_CODE)
    context = {
        "session": session,
        "me": member,
        "counsellors": Session.objects.with_people().get(pk=session.pk).counsellor_profiles(),
        "boot": {**boot(request, session, is_staff=member.is_counsellor), **own_past(member)},
        "retention_line": retention_line(session),
        "guidelines_url": reverse("chat:session", args=[session.slug]),
        "word_code": code or None,
        "is_staff_room": member.is_counsellor,
        "offers": offers_for(member),
        "draft": draft,
        "whisper": whisper,
        "refusal": refusal,
        "ref": secrets.token_urlsafe(12),
    }
    response = render(request, template, context, status=422 if refusal else 200)
    if code:
        drop_token(response, session, WORD_CODE)
    return response


def boot(request: HttpRequest, session: Session, *, is_staff: bool) -> dict[str, Any]:
    """What the page's script starts from."""
    address = reverse("chat:session", args=[session.slug])
    return {
        "ws_path": f"{address}ws/",
        "log_url": reverse("chat:log", args=[session.slug]),
        "say_url": reverse("chat:say", args=[session.slug]),
        "after_url": address,
        "help_url": reverse("referrals:help"),
        "csrf_token": get_token(request),
        "strings": {**room_strings(), **(staff_strings() if is_staff else young_strings())},
    }


def own_past(member: Member) -> dict[str, Any]:
    """What no replay tells this reader: their own messages that wait for a counsellor, and what was asked in polls that
    were opened before they came."""
    return {
        "held": [] if member.is_counsellor else waiting_of(member),
        "polls": earlier_questions(member.session, reader=member),
    }


def retention_line(session: Session) -> str:
    """When the words disappear, from the settings and the session's own times."""
    return _("Messages are deleted %(when)s. Others can take a picture of the screen.") % {
        "when": spoken_time(session.erase_at)
    }


def spoken_time(moment: Any) -> str:
    """Like "tirsdag d. 24. november kl. 21.30"."""
    return date_format(timezone.localtime(moment), _(r"l, j F \a\t H:i"))


def offers_for(member: Member) -> list[dict[str, Any]]:
    """Help that was offered to this reader, the latest first."""
    offered = Event.objects.filter(stream=Stream.PRIVATE, reader=member, type="help.offered").order_by("-seq")
    return [json.loads(event.frame) for event in offered[:1]]


@require_safe
@xframe_options_sameorigin
@csp_replace({"frame-ancestors": [SELF]})  # type: ignore[arg-type]  # it is typed for views without arguments
def frame(request: HttpRequest, slug: str) -> HttpResponse:
    """The log without scripts: it reloads by itself inside the page, so that what is being typed stays."""
    reader = find_reader(request, slug)
    if isinstance(reader, int):
        return render(request, "chat/frame.html", {"is_gone": True, "sent_out_of": slug if reader in SENT_OUT else ""})
    try:
        arrive(member=reader.member, kind=Connection.Kind.HTTP, now=timezone.now())
    except PlaceMoved:
        return render(request, "chat/frame.html", {"is_gone": True})
    reader.member.refresh_from_db()
    return render_frame(request, reader, about=request.GET.get("about", ""))


def render_frame(
    request: HttpRequest, reader: Reader, *, about: str = "", refusal: dict[str, Any] | None = None
) -> HttpResponse:
    """With one message chosen it stands still, so that what is written about it is not eaten."""
    member, now = reader.member, timezone.now()
    context = {
        **frame_of(member, now=now, about=about),
        "session": reader.session,
        "say_url": reverse("chat:say", args=[reader.session.slug]),
        "ref": secrets.token_urlsafe(12),
        "told": "told" in request.GET,
        "refusal": refusal,
    }
    response = render(request, "chat/frame.html", context, status=422 if refusal else 200)
    note_warnings(member, context["warnings"])
    if not (context["about"] or refusal):
        again = f"; url={reverse('chat:frame', args=[reader.session.slug])}" if context["told"] else ""
        response.headers["Refresh"] = f"{FRAME_SECONDS}{again}"
    return response
