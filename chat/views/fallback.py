"""The room over plain HTTP: for networks that block sockets, and for browsers without scripts."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from csp.constants import SELF
from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET, require_POST

from accounts.limits import REQUESTS, is_over
from chat.commands import COMMANDS, MAX_FRAME, MemberType, MessagePost, MessageReport, Ping, WhisperSend, load, parse
from chat.entrance import STATUS, Reader
from chat.events import Pong, encode
from chat.models import Connection, Event, Member, Stream
from chat.permissions import BANNED, KICKED
from chat.replay import read
from chat.services.commands import perform
from chat.services.presence import PlaceMoved, arrive, note_warnings
from chat.views.room import find_reader, render_frame, render_room
from moderation.refusals import Refused

SENT_OUT = (KICKED, BANNED)  # they are told why on the session's page


def _json(frames: list[str], *, status: int = 200) -> HttpResponse:
    return HttpResponse(f"[{','.join(frames)}]", content_type="application/json", status=status)


def _turned_away(code: int) -> HttpResponse:
    return JsonResponse({"code": code}, status=STATUS[code])


@require_GET
def log(request: HttpRequest, slug: str) -> HttpResponse:
    """`[room.entered, …events]` after the numbers asked for. Counts as being here for a while."""
    reader = find_reader(request, slug)
    if isinstance(reader, int):
        return _turned_away(reader)
    if is_over(request, group="log", rate=REQUESTS):
        return _turned_away(4429)
    now = timezone.now()
    try:
        arrive(member=reader.member, kind=Connection.Kind.HTTP, now=now)
    except PlaceMoved as moved:
        return _turned_away(moved.code)
    replay = read(
        member=reader.member, after=request.GET.get("after"), side_after=request.GET.get("side_after"), now=now
    )
    note_warnings(reader.member, replay.frames)
    return _json([replay.entered, *replay.frames])


@require_POST
def say(request: HttpRequest, slug: str) -> HttpResponse:
    """One command of a young person: as JSON, or as a form whose text comes back when it is refused."""
    reader = find_reader(request, slug)
    wants_json = "application/json" in request.headers.get("Accept", "")
    if isinstance(reader, int):
        if wants_json:
            return _turned_away(reader)
        return redirect("chat:session", slug=slug) if reader in SENT_OUT else redirect("front")
    if reader.member.is_counsellor:
        return _turned_away(4403)
    if is_over(request, group="say", rate=REQUESTS):
        return _turned_away(4429) if wants_json else render(request, "429.html", status=429)
    try:
        body = _body(request)
        answer, extra = _answer(reader, body)
    except PlaceMoved as moved:
        return _turned_away(moved.code) if wants_json else redirect("chat:session", slug=slug)
    except Refused as refusal:
        body, answer, extra = {}, encode(refusal.as_event(None)), []
    if wants_json:
        return _json([answer, *extra])
    return _back_to_the_page(request, reader, body, answer)


def _body(request: HttpRequest) -> dict[str, Any]:
    """The command, from JSON or from form fields with their text values cast. Raises Refused "bad_command"."""
    if request.content_type == "application/json":
        raw = request.body
        if len(raw) > MAX_FRAME:
            raise Refused("too_long")
        try:
            return load(raw.decode())
        except UnicodeDecodeError:
            raise Refused("bad_command") from None
    return cast_fields({"type": MessagePost.type, **request.POST.dict()})


def cast_fields(form: Mapping[str, str]) -> dict[str, Any]:
    """Form values by what the command's fields are: a form writes numbers and flags as text; empty is absent."""
    command = COMMANDS.get(form["type"])
    if command is None:
        raise Refused("bad_command")
    body: dict[str, Any] = {"type": form["type"]}
    for spec in fields(command):
        value = form.get(spec.name, "")
        if value == "":
            continue
        body[spec.name] = _cast(value, spec.type)
    return body


def _cast(value: str, kind: Any) -> Any:
    if kind in ("bool", bool):
        return {"true": True, "false": False, "1": True, "0": False, "on": True}.get(value, value)
    if kind in ("int", int) and value.isascii() and value.isdigit() and len(value) < 10:
        return int(value)
    return value


def _answer(reader: Reader, body: Mapping[str, Any]) -> tuple[str, list[str]]:
    """The answer, and what went with it on the reader's own line."""
    member, now = reader.member, timezone.now()
    arrive(member=member, kind=Connection.Kind.HTTP, now=now)
    if body.get("type") in (Ping.type, MemberType.type):
        parse(body)
        return Pong().frame(), []
    before = Member.objects.values_list("private_head", flat=True).get(pk=member.pk)
    answer = perform(member_id=member.pk, role=member.role, body=body, now=now)
    new = Event.objects.filter(stream=Stream.PRIVATE, reader=member, seq__gt=before).order_by("seq")
    frames = list(new.values_list("frame", flat=True))
    note_warnings(member, frames)
    return answer, frames


def _back_to_the_page(request: HttpRequest, reader: Reader, body: Mapping[str, Any], answer: str) -> HttpResponse:
    event, slug = load(answer), reader.session.slug
    if request.POST.get("back") == "frame":
        if event["type"] == "refused":
            return _in_the_frame(request, reader, event)  # type: ignore[call-arg,return-value]  # as for the frame
        told = "?told" if body["type"] == MessageReport.type else ""
        return redirect(f"{reverse('chat:frame', args=[slug])}{told}")
    if event["type"] != "refused":
        return redirect("chat:room", slug=slug)
    text = request.POST.get("text", "")
    typed = {"whisper": text} if request.POST.get("type") == WhisperSend.type else {"draft": text}
    return render_room(request, reader, **typed, refusal=event)


@xframe_options_sameorigin
@csp_replace({"frame-ancestors": [SELF]})  # type: ignore[arg-type]  # it is typed for views without arguments
def _in_the_frame(request: HttpRequest, reader: Reader, refusal: dict[str, Any]) -> HttpResponse:
    return render_frame(request, reader, about=request.POST.get("id", ""), refusal=refusal)
