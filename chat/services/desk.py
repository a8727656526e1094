"""The desk: what comes up to it, who takes it, and what the counsellors tell each other."""

import json
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction

from chat import broadcast, log
from chat.commands import AlertClaim, AlertClose, DeskNote, MessageReport
from chat.events import AlertClaimed, AlertClosed, AlertRaised, DeskNoted, MessageHeld, MessagePosted, encode
from chat.models import Alert, Event, Member, Role, Session, Stream
from chat.services import crisis
from chat.services.holds import text_of
from moderation.refusals import Refused

MOST_REPORTS = 20  # of one member in one session (T33)
FLOOD = 20  # refusals as too fast
FLOOD_WITHIN = timedelta(minutes=1)


def report(*, session: Session, reporter: Member, command: MessageReport, level: str, now: datetime) -> list[Event]:
    """Tell the counsellors, and nobody else, of a message. Nothing happens to it by itself.

    `level` is what the crisis check says of the reason: an acute one brings help and an alert of its own. After
    MOST_REPORTS the desk knows: further ones are taken and raise nothing (T33).

    Raises Refused "unknown" (not seen, or gone) or "forbidden" (one's own).
    """
    seen = Event.objects.readable_by(reporter).filter(public_id=command.id, type=MessagePosted.type)
    event = seen.select_related("author").first()
    text = text_of(event) if event else None
    if event is None or event.author is None or text is None:
        raise Refused("unknown")
    if event.author.pk == reporter.pk:
        raise Refused("forbidden")
    beside: list[log.Entry] = []
    if level == crisis.ACUTE:
        beside = crisis.alert_entries(
            session, writer=reporter, ref=command.ref, text=command.reason, level=level, message_id=None, now=now
        )
    mine = Alert.objects.filter(member=reporter, kind=Alert.Kind.REPORT)
    if mine.filter(ref=command.id).exists() or mine.count() >= MOST_REPORTS:
        return _append(session, beside, now) if beside else []
    alert = Alert.objects.create(
        session=session,
        kind=Alert.Kind.REPORT,
        member=reporter,
        ref=command.id,
        message_id=command.id,
        raised_at=now,
    )
    raised = AlertRaised(
        alert=alert.public_id,
        kind=alert.kind,
        member=event.author.public_id,
        id=command.id,
        excerpt=text,
        reason=command.reason,
    )
    return _append(session, [_on_desk(raised, event.author, command.id), *beside], now)


def identity_entry(
    session: Session, *, writer: Member, ref: str, text: str, message_id: str, now: datetime
) -> log.Entry:
    """Somebody asks a counsellor to let an identifying text through."""
    alert = Alert.objects.create(
        session=session,
        kind=Alert.Kind.IDENTITY,
        member=writer,
        ref=ref,
        message_id=message_id,
        raised_at=now,
    )
    raised = AlertRaised(alert=alert.public_id, kind=alert.kind, member=writer.public_id, id=message_id, excerpt=text)
    return _on_desk(raised, writer, message_id)


def claim(*, session: Session, actor: Member, command: AlertClaim, now: datetime) -> list[Event]:
    """ "I take it"; it takes over from whoever said so before. Raises Refused "unknown"."""
    alert = _find(session, command.alert)
    if alert.closed_at is not None or alert.claimed_by_id == actor.pk:
        return []
    alert.claimed_by = actor
    alert.save(update_fields=["claimed_by"])
    return _append(session, [_on_desk(AlertClaimed(alert=alert.public_id, by=actor.public_id))], now)


def close(*, session: Session, actor: Member, command: AlertClose, now: datetime) -> list[Event]:
    """Dealt with. Raises Refused "unknown"."""
    alert = _find(session, command.alert)
    if alert.closed_at is not None:
        return []
    return _append(session, [close_entry(alert, actor=actor, now=now)], now)


def close_entry(alert: Alert, *, actor: Member, now: datetime) -> log.Entry:
    """Close `alert`. Its excerpt of what is not there any more goes with it; other alerts keep theirs."""
    alert.closed_at = now
    alert.save(update_fields=["closed_at"])
    if alert.message_id and not _still_stands(alert):
        _blank_excerpts(alert.session, [alert.public_id])
    return _on_desk(AlertClosed(alert=alert.public_id, by=actor.public_id))


def close_reports_of(session: Session, message_id: str, *, actor: Member, now: datetime) -> list[log.Entry]:
    """A reported message was removed: that deals with the reports."""
    reports = Alert.objects.open().filter(session=session, kind=Alert.Kind.REPORT, message_id=message_id)
    return [close_entry(alert, actor=actor, now=now) for alert in reports.select_related("session").order_by("pk")]


def _still_stands(alert: Alert) -> bool:
    """The text that the alert is about can be read somewhere yet, or never was a message."""
    rows = Event.objects.filter(session=alert.session, public_id=alert.message_id)
    messages = [row for row in rows if row.type in {MessagePosted.type, MessageHeld.type}]
    return not messages or any(text_of(row) is not None for row in messages)


def forget_excerpts(session: Session, message_id: str, *, but_open: bool) -> None:
    """The text of a message goes out of the alerts that quote it; `but_open`: out of those that were closed."""
    alerts = Alert.objects.filter(session=session, message_id=message_id)
    if but_open:
        alerts = alerts.filter(closed_at__isnull=False)
    _blank_excerpts(session, list(alerts.values_list("public_id", flat=True)))


def follow(session: Session, message_id: str, *, to: str) -> None:
    """A held message was shown as a new one: its alerts speak of that one from here on."""
    Alert.objects.filter(session=session, message_id=message_id).update(message_id=to)


def _blank_excerpts(session: Session, alerts: Collection[str]) -> None:
    for row in Event.objects.filter(session=session, type=AlertRaised.type):
        body = json.loads(row.frame)
        if body["alert"] in alerts and body.pop("excerpt", None) is not None:
            row.frame = encode(body)
            row.save(update_fields=["frame"])


def note(*, session: Session, actor: Member, command: DeskNote, now: datetime) -> list[Event]:
    """To the other counsellors."""
    return _append(session, [_on_desk(DeskNoted(from_=actor.public_id, text=command.text), actor)], now)


def note_hurry(*, member_id: int, now: datetime) -> None:
    """Count one refusal as too fast; many within a minute are a flood, and the desk is told once."""
    if _count_hurry(member_id, now) == FLOOD:
        _raise_flood(member_id, now)


@transaction.atomic
def _count_hurry(member_id: int, now: datetime) -> int:
    """Refusals within the last minute, this one included. It takes no room's lock: a flood must not hold others up."""
    member = Member.objects.select_for_update(of=("self",)).get(pk=member_id)
    if member.role == Role.COUNSELLOR:
        return 0
    is_lately = member.hurried_since is not None and member.hurried_since > now - FLOOD_WITHIN
    member.hurried = member.hurried + 1 if is_lately else 1
    member.hurried_since = member.hurried_since if is_lately else now
    member.save(update_fields=["hurried", "hurried_since"])
    return member.hurried


@transaction.atomic
def _raise_flood(member_id: int, now: datetime) -> None:
    session_id = Member.objects.values_list("session_id", flat=True).get(pk=member_id)
    session = Session.objects.locked(session_id)
    member = Member.objects.get(pk=member_id)
    mine = Alert.objects.filter(member=member, kind=Alert.Kind.FLOOD)
    if session.erased_at is not None or mine.open().exists():
        return
    alert = Alert.objects.create(
        session=session, kind=Alert.Kind.FLOOD, member=member, ref=f"flood-{mine.count() + 1}", raised_at=now
    )
    raised = AlertRaised(alert=alert.public_id, kind=alert.kind, member=member.public_id)
    _append(session, [_on_desk(raised, member)], now)


def _find(session: Session, public_id: str) -> Alert:
    alert = Alert.objects.filter(session=session, public_id=public_id).select_related("session").first()
    if alert is None:
        raise Refused("unknown")
    return alert


def _on_desk(
    event: AlertRaised | AlertClaimed | AlertClosed | DeskNoted, author: Member | None = None, public_id: str = ""
) -> log.Entry:
    return log.Entry(event=event, stream=Stream.DESK, author=author, public_id=public_id)


def _append(session: Session, entries: list[log.Entry], now: datetime) -> list[Event]:
    rows = log.append(session, entries, at=now)
    broadcast.announce(session, rows)
    return rows
