"""The room as a page without scripts shows it: plain values for the frame, read where every replay is read."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from chat.events import MemberMuted, MemberProtected, MemberWarned, MessageDiscarded, MessageRemoved
from chat.models import Event, Member, Poll, Role, Stream, Vote
from chat.room_strings import report_reasons, room_strings, sanction_strings
from chat.services.holds import waiting_of

MOST_ROWS = 200
MOST_WHISPERS = 6
ROWS = {"message.posted": "message", "referral.shared": "card", "poll.closed": "result"}
SANCTIONS = ("warned", "muted", "unmuted", "protected", "unprotected")
HARD = (MemberWarned.type, MemberMuted.type, MemberProtected.type)
TAKEN_AWAY = (MessageDiscarded.type, MessageRemoved.type)


def frame_of(member: Member, *, now: datetime, about: str = "") -> dict[str, Any]:
    """All that the frame shows; with `about` the one message that something is to be done with."""
    rows = rows_for(member)
    chosen = next((row for row in rows if row["kind"] == "message" and row["id"] == about and not row["removed"]), None)
    shown = [] if chosen else sanctions_for(member, now=now)
    return {
        "rows": rows,
        "waiting": [] if chosen else waiting_of(member),
        "about": chosen,
        "reasons": report_reasons().values(),
        "held_words": room_strings()["held"],
        "whispers": whispers_for(member),
        "polls": polls_for(member),
        "cards": [_card(json.loads(event.frame)) for event in shown],
        "warnings": [event.frame for event in shown if event.type == MemberWarned.type],
    }


def rows_for(member: Member) -> list[dict[str, Any]]:
    """The latest of what everybody reads, and why a counsellor took away what the reader wrote."""
    readable = Event.objects.readable_by(member).filter(stream=Stream.ROOM, type__in=ROWS).select_related("author")
    events = list(readable.order_by("-seq")[:MOST_ROWS])[::-1]
    polls = {poll.public_id: poll for poll in Poll.objects.filter(session_id=member.session_id)}
    said: dict[str, str | None] = {}
    private = Event.objects.readable_by(member).filter(stream=Stream.PRIVATE, type__in=TAKEN_AWAY)
    taken = {event.public_id: event for event in private.order_by("-seq")[:MOST_ROWS]}
    rows = {event.position: _row(event, member, polls, said) for event in events}
    for event in taken.values():
        rows[event.position] = _note(event) if event.public_id not in said else None
    _say_why(rows.values(), taken)
    return [row for _position, row in sorted(rows.items()) if row is not None]


def _say_why(rows: Iterable[dict[str, Any] | None], taken: Mapping[str, Event]) -> None:
    """Beside a message that everybody had seen, the reason that only its writer reads."""
    for row in rows:
        if row is not None and row["kind"] == "message" and row["removed"] and row["id"] in taken:
            row["why"] = _why(json.loads(taken[row["id"]].frame))


def _note(event: Event) -> dict[str, Any] | None:
    """In a line of its own where the others never saw the message."""
    reason = json.loads(event.frame).get("reason")
    text = str(_("The others do not see your message. Why: {reason}"))
    return {"kind": "note", "text": text.replace("{reason}", reason)} if reason else None


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
        for poll in Poll.objects.filter(session_id=member.session_id, closed_at__isnull=True).prefetch_related("votes")
    ]


def sanctions_for(member: Member, *, now: datetime) -> list[Event]:
    """Of what counsellors did the part that the page shows, the latest first: what still lasts, the latest word if it
    is only a word, and every warning that has not reached its reader, whatever came after it."""
    if member.role != Role.YOUNG:
        return []
    types = [f"member.{name}" for name in SANCTIONS]
    told = list(Event.objects.filter(stream=Stream.PRIVATE, reader=member, type__in=types).order_by("seq"))
    latest = {event.type: event for event in told}
    lasts = {MemberMuted.type: member.is_muted(now=now), MemberProtected.type: member.protected_at is not None}

    def is_shown(event: Event) -> bool:
        if event.type == MemberWarned.type and event.seq > member.reached_seq:
            return True
        return event is latest[event.type] and lasts.get(event.type, event is told[-1])

    return [event for event in told if is_shown(event)][::-1]


def _card(body: dict[str, Any]) -> dict[str, Any]:
    words = sanction_strings()
    until = parse_datetime(body["until"]) if body.get("until") else None
    key = body["type"].removeprefix("member.")
    key = "muted_open" if key == "muted" and until is None else key
    time = f"{timezone.localtime(until):%H.%M}" if until else ""
    return {
        "title": words[f"{key}_title"].replace("{time}", time),
        "why": _why(body),
        "next": words[f"{key}_next"],
        "is_hard": body["type"] in HARD,
    }


def _why(body: Mapping[str, Any]) -> str:
    return sanction_strings()["sanction_why"].replace("{reason}", body["reason"]) if body.get("reason") else ""
