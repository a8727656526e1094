"""The room as a page without scripts shows it: plain values for the frame, read where every replay is read."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from chat.events import MemberMuted, MemberProtected, MemberWarned
from chat.models import Event, Member, Poll, Role, Stream, Vote
from chat.room_strings import report_reasons, sanction_strings

MOST_ROWS = 200
MOST_WHISPERS = 6
ROWS = {"message.posted": "message", "referral.shared": "card", "poll.closed": "result"}
SANCTIONS = ("warned", "muted", "unmuted", "protected", "unprotected")
HARD = (MemberWarned.type, MemberMuted.type, MemberProtected.type)


def frame_of(member: Member, *, now: datetime, about: str = "") -> dict[str, Any]:
    """All that the frame shows; with `about` the one message that something is to be done with."""
    rows = rows_for(member)
    chosen = next((row for row in rows if row["kind"] == "message" and row["id"] == about and not row["removed"]), None)
    return {
        "rows": rows,
        "about": chosen,
        "reasons": report_reasons().values(),
        "whispers": whispers_for(member),
        "polls": polls_for(member),
        "cards": sanctions_for(member, now=now),
    }


def rows_for(member: Member) -> list[dict[str, Any]]:
    """The latest of what everybody reads."""
    readable = Event.objects.readable_by(member).filter(stream=Stream.ROOM, type__in=ROWS).select_related("author")
    events = list(readable.order_by("-seq")[:MOST_ROWS])[::-1]
    polls = {poll.public_id: poll for poll in Poll.objects.filter(session_id=member.session_id)}
    said: dict[str, str | None] = {}
    rows = (_row(event, member, polls, said) for event in events)
    return [row for row in rows if row is not None]


def _row(event: Event, member: Member, polls: Mapping[str, Poll], said: dict[str, str | None]) -> dict[str, Any] | None:
    body = json.loads(event.frame)
    row: dict[str, Any] = {"kind": ROWS[event.type], "at": parse_datetime(body["at"])}
    if event.type == "poll.closed":
        poll = polls.get(body["poll"])
        return {**row, "question": poll.question, "options": _tallies(poll, body["counts"])} if poll else None
    if event.author is None:
        return None
    row |= {"id": body["id"], "author": _who(event.author, member), "text": body.get("text")}
    if event.type == "referral.shared":
        return {**row, "service": _service(body["service"])}
    said[body["id"]] = body["text"]
    return {**row, "removed": body["text"] is None, "reply_to_text": said.get(body.get("reply_to", ""))}


def _who(author: Member, reader: Member) -> dict[str, Any]:
    return {"alias": author.alias, "role": author.role, "is_me": author.pk == reader.pk}


def _service(service: dict[str, Any]) -> dict[str, Any]:
    return {**service, "checked_on": parse_date(service["checked_on"] or "")}


def _tallies(poll: Poll, counts: Iterable[int]) -> list[dict[str, Any]]:
    return [{"text": text, "count": count} for text, count in zip(poll.options, counts, strict=True)]


def whispers_for(member: Member) -> list[dict[str, Any]]:
    """The latest of the reader's own line, referral cards in it too."""
    private = Event.objects.readable_by(member).filter(
        stream=Stream.PRIVATE, type__in=("whisper.sent", "referral.shared")
    )
    events = list(private.select_related("author").order_by("-seq")[:MOST_WHISPERS])[::-1]
    lines = []
    for event in events:
        body = json.loads(event.frame)
        service = body.get("service")
        lines.append(
            {
                "alias": event.author.alias if event.author else "",
                "is_me": event.author_id == member.pk,
                "text": body.get("text"),
                "service": service and _service(service),
                "at": parse_datetime(body["at"]),
            }
        )
    return lines


def polls_for(member: Member) -> list[dict[str, Any]]:
    """Those that are open, with the reader's own vote and the counts so far."""
    mine = dict(Vote.objects.filter(member=member).values_list("poll_id", "option"))
    return [
        {
            "id": poll.public_id,
            "question": poll.question,
            "options": [
                {**option, "number": number, "is_mine": mine.get(poll.pk) == number}
                for number, option in enumerate(_tallies(poll, poll.counts()))
            ],
        }
        for poll in Poll.objects.filter(session_id=member.session_id, closed_at__isnull=True)
    ]


def sanctions_for(member: Member, *, now: datetime) -> list[dict[str, Any]]:
    """What still lasts, and the latest word if it is only a word: as the page with scripts says it."""
    if member.role != Role.YOUNG:
        return []
    types = [f"member.{name}" for name in SANCTIONS]
    private = Event.objects.filter(stream=Stream.PRIVATE, reader=member, type__in=types).order_by("seq")
    latest: dict[str, dict[str, Any]] = {}
    for event in private:
        latest.pop(event.type, None)
        latest[event.type] = json.loads(event.frame)
    lasts = {MemberMuted.type: member.is_muted(now=now), MemberProtected.type: member.protected_at is not None}
    newest = next(reversed(latest), "")
    return [_card(body) for kind, body in latest.items() if lasts.get(kind, kind == newest)][::-1]


def _card(body: dict[str, Any]) -> dict[str, Any]:
    words = sanction_strings()
    until = parse_datetime(body["until"]) if body.get("until") else None
    key = body["type"].removeprefix("member.")
    key = "muted_open" if key == "muted" and until is None else key
    time = f"{timezone.localtime(until):%H.%M}" if until else ""
    return {
        "title": words[f"{key}_title"].replace("{time}", time),
        "why": words["sanction_why"].replace("{reason}", body["reason"]) if body.get("reason") else "",
        "next": words[f"{key}_next"],
        "is_hard": body["type"] in HARD,
    }


def warnings_in(member: Member) -> list[str]:
    """The frames of warnings that a page with these cards brings to their reader."""
    warned = Event.objects.filter(stream=Stream.PRIVATE, reader=member, type=MemberWarned.type)
    return list(warned.values_list("frame", flat=True))
