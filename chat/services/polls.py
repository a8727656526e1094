"""Polls: a question from the counsellor, one vote each, which can be changed until it is closed."""

from datetime import datetime
from typing import Any

from chat import broadcast, log
from chat.commands import PollClose, PollOpen, PollVote
from chat.events import PollClosed, PollOpened, PollTallied
from chat.models import Event, Member, Poll, Session, Stream, Vote
from moderation.refusals import Refused


def open_poll(*, session: Session, command: PollOpen, now: datetime) -> tuple[str, list[Event]]:
    """Answers the poll's id and its event. Raises Refused "not_open" in a room that is ending."""
    if session.closes_at is not None:
        raise Refused("not_open")
    poll = Poll.objects.create(session=session, question=command.question, options=list(command.options), opened_at=now)
    opened = PollOpened(poll=poll.public_id, question=poll.question, options=poll.options)
    return poll.public_id, _append(session, log.Entry(event=opened, public_id=poll.public_id), now)


def vote(*, session: Session, voter: Member, command: PollVote) -> None:
    """Raises Refused "unknown", "not_open" (closed) or "bad_command" (no such option)."""
    poll = _find(session, command.poll)
    if poll.closed_at is not None:
        raise Refused("not_open")
    if command.option >= len(poll.options):
        raise Refused("bad_command")
    if Vote.objects.filter(poll=poll, member=voter, option=command.option).exists():
        return
    Vote.objects.update_or_create(poll=poll, member=voter, defaults={"option": command.option})
    broadcast.tally(session.pk, poll.public_id)


def close_poll(*, session: Session, command: PollClose, now: datetime) -> list[Event]:
    """The counts as they stand. Raises Refused "unknown" or "not_open" (closed before)."""
    poll = _find(session, command.poll)
    if poll.closed_at is not None:
        raise Refused("not_open")
    poll.closed_at = now
    poll.save(update_fields=["closed_at"])
    closed = PollClosed(poll=poll.public_id, counts=poll.counts())
    return _append(session, log.Entry(event=closed, public_id=poll.public_id), now)


def open_polls(session: Session, *, reader: Member) -> list[dict[str, Any]]:
    """`polls` of `room.entered`, with the reader's own vote."""
    mine = dict(Vote.objects.filter(member=reader, poll__session=session).values_list("poll_id", "option"))
    return [
        {
            "poll": poll.public_id,
            "question": poll.question,
            "options": poll.options,
            **({"mine": mine[poll.pk]} if poll.pk in mine else {}),
        }
        for poll in Poll.objects.filter(session=session, closed_at__isnull=True)
    ]


def earlier_questions(session: Session, *, reader: Member) -> list[dict[str, Any]]:
    """Polls that were opened before the reader came and are over: their replay tells of the end alone."""
    opened = Event.objects.readable_by(reader).filter(stream=Stream.ROOM, type=PollOpened.type)
    over = Poll.objects.filter(session=session, closed_at__isnull=False).exclude(
        public_id__in=opened.values("public_id")
    )
    return [{"poll": poll.public_id, "question": poll.question, "options": poll.options} for poll in over]


def tallies(session: Session) -> list[str]:
    """The counts of the open polls so far, as frames."""
    still_open = Poll.objects.filter(session=session, closed_at__isnull=True).prefetch_related("votes")
    return [PollTallied(poll=poll.public_id, counts=poll.counts()).frame() for poll in still_open]


def _find(session: Session, public_id: str) -> Poll:
    poll = Poll.objects.filter(session=session, public_id=public_id).first()
    if poll is None:
        raise Refused("unknown")
    return poll


def _append(session: Session, entry: log.Entry, now: datetime) -> list[Event]:
    rows = log.append(session, [entry], at=now)
    broadcast.announce(session, rows)
    return rows
