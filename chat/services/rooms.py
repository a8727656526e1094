"""The room's states. Every verb is given the session locked; the log tells of each change."""

from datetime import datetime, timedelta

from chat import broadcast, log
from chat.commands import RoomClose
from chat.events import MessagePosted, RoomChanged
from chat.models import LONGEST_WAITING, NO_SHOW_AFTER, Event, Member, Session, random_id
from chat.permissions import is_announced, is_led
from chat.services import afterwards, ladder, marks
from moderation.refusals import Refused
from referrals.models import Service

State = Session.State
LED_STATES = (State.OPEN, State.PAUSED, State.CLOSING)


def changed(session: Session, *, why: str) -> log.Entry:
    """The room as it stands, for the log."""
    return log.Entry(
        event=RoomChanged(
            state=session.state,
            slow=session.slow,
            hold=session.hold,
            pin=session.pin or None,
            closes_at=session.closes_at,
            why=why,
        )
    )


def _turn(session: Session, state: Session.State, *, why: str, now: datetime) -> list[Event]:
    """Put the room into `state` and tell everyone."""
    if state != State.WAITING:
        session.state_before_waiting, session.waiting_since = "", None
    session.state = state
    session.save()
    rows = log.append(session, [changed(session, why=why)], at=now)
    broadcast.announce(session, rows)
    return rows


def open_room(*, session: Session, now: datetime) -> list[Event]:
    """From the lobby. Raises Refused "not_open", with what is `missing` (laws 9 and 12)."""
    if session.state == State.OPEN:
        return []
    missing = []
    if not is_announced(session, now=now):
        missing.append("before_post")
    if not Service.objects.crisis_ready().exists():
        missing.append("crisis_service")
    if missing or session.state != State.LOBBY:
        raise Refused("closed" if session.state == State.CLOSED else "not_open", missing=missing or None)
    session.opened_at = now
    return _turn(session, State.OPEN, why="counsellor", now=now)


def pause_room(*, session: Session, now: datetime) -> list[Event]:
    """Everybody but counsellors stops writing until it is resumed. Raises Refused "not_open" or "closed"."""
    return _switch(session, State.OPEN, State.PAUSED, now)


def resume_room(*, session: Session, now: datetime) -> list[Event]:
    """Raises Refused "not_open" or "closed"."""
    return _switch(session, State.PAUSED, State.OPEN, now)


def _switch(session: Session, before: Session.State, after: Session.State, now: datetime) -> list[Event]:
    if session.state == after:
        return []
    if session.state != before:
        raise Refused("closed" if session.state == State.CLOSED else "not_open")
    return _turn(session, after, why="counsellor", now=now)


def set_slow(*, session: Session, seconds: int, now: datetime) -> list[Event]:
    """So many seconds between two messages of one member; 0 for none. Raises Refused "not_open" or "closed"."""
    return _set(session, "slow", seconds, now)


def set_hold(*, session: Session, on: bool, now: datetime) -> list[Event]:
    """Counsellors read each message before the others do. Raises Refused "not_open" or "closed"."""
    return _set(session, "hold", on, now)


def set_pin(*, session: Session, text: str, now: datetime) -> list[Event]:
    """The question of the moment; empty to take it away. Raises Refused "not_open" or "closed"."""
    return _set(session, "pin", text, now)


def _set(session: Session, tool: str, value: object, now: datetime) -> list[Event]:
    if session.state == State.CLOSED:
        raise Refused("closed")
    if _is_ending(session):
        raise Refused("not_open")
    if getattr(session, tool) == value:
        return []
    setattr(session, tool, value)
    return _turn(session, State(session.state), why=tool, now=now)


def close_room(*, session: Session, actor: Member, command: RoomClose, now: datetime) -> list[Event]:
    """Say goodbye, give notice, then close; with 0 minutes at once. A lobby closes at once: nobody wrote yet.

    Raises Refused "closed", or "not_open" for a second notice.
    """
    if session.state == State.CLOSED:
        raise Refused("closed")
    if _is_ending(session) and command.minutes:
        raise Refused("not_open")
    goodbye = _say(session, actor, command.text, now) if command.text else []
    if command.minutes == 0 or session.state == State.LOBBY:
        return [*goodbye, *_close(session, why="counsellor", now=now)]
    session.closes_at = now + timedelta(minutes=command.minutes)
    return [*goodbye, *_turn(session, State.CLOSING, why="counsellor", now=now)]


def _is_ending(session: Session) -> bool:
    return session.closes_at is not None


def _say(session: Session, actor: Member, text: str, now: datetime) -> list[Event]:
    message_id = random_id()
    posted = MessagePosted(id=message_id, member=actor.public_id, text=text)
    rows = log.append(session, [log.Entry(event=posted, author=actor, public_id=message_id)], at=now)
    broadcast.announce(session, rows)
    return rows


def _close(session: Session, *, why: str, now: datetime) -> list[Event]:
    session.closed_at = now
    session.closes_at = None
    session.attended = attendance(session)
    marks.forget_networks(session)
    rows = _turn(session, State.CLOSED, why=why, now=now)
    afterwards.prepare(session=session, now=now)
    return rows


def attendance(session: Session) -> int:
    """How many young people were in the room."""
    return session.members.young().filter(room_start__isnull=False).count()


def due(session: Session, *, led: bool, now: datetime) -> str:
    """What time or presence asks of this room now: "close", "wait", "return", "no_show" or "" for nothing."""
    state = session.state
    if state == State.CLOSED:
        return ""
    if session.closes_at and session.closes_at <= now:
        return "close"
    if state == State.WAITING:
        if led:
            return "return"
        too_long = session.waiting_since is not None and session.waiting_since + LONGEST_WAITING <= now
        return "close" if too_long else ""
    if state in LED_STATES:
        return "" if led else "wait"
    if session.ends_at + timedelta(hours=1) <= now:
        return "close"
    is_late = not led and session.no_show_told_at is None and session.starts_at + NO_SHOW_AFTER <= now
    return "no_show" if is_late and is_announced(session, now=now) else ""


def settle(*, session: Session, now: datetime) -> list[Event]:
    """Do what is due, until nothing is: the server's beat, an arriving counsellor and the worker all call it."""
    rows = ladder.lift_lapsed(session=session, now=now)
    led = is_led(session, now=now)
    while step := due(session, led=led, now=now):
        rows += _STEPS[step](session, now)
    return rows


def _wait(session: Session, now: datetime) -> list[Event]:
    session.state_before_waiting, session.waiting_since = session.state, now
    return _turn(session, State.WAITING, why="no_counsellor", now=now)


def _return(session: Session, now: datetime) -> list[Event]:
    return _turn(session, State(session.state_before_waiting), why="counsellor_back", now=now)


def _time_is_up(session: Session, now: datetime) -> list[Event]:
    return _close(session, why="no_counsellor" if session.state == State.WAITING else "time", now=now)


def _nobody_came(session: Session, now: datetime) -> list[Event]:
    """The lobby says so, with help; the worker mails the coordinators of those who hold the session."""
    session.no_show_told_at = now
    return _turn(session, State.LOBBY, why="no_show", now=now)


_STEPS = {"close": _time_is_up, "wait": _wait, "return": _return, "no_show": _nobody_came}
