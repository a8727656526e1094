"""Help comes first (law 7): what happens when somebody writes that it is acute."""

import logging
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from chat import broadcast, log
from chat.events import AlertRaised, HelpOffered
from chat.models import Alert, Member, Role, Session, Stream
from moderation import crisis
from referrals.cards import help_now

logger = logging.getLogger(__name__)

ACUTE = "acute"
CONCERN = "concern"
LOOKED_AT = 3_000  # code points: three messages' worth; of more the beginning and the end


def level_of(text: str, *, writer: Role | str) -> str:
    """`acute`, `concern` or `none`. Counsellors' texts are not looked at. A broken check never stops the chat."""
    if writer == Role.COUNSELLOR or not text:
        return "none"
    if len(text) > LOOKED_AT:
        text = f"{text[: LOOKED_AT // 2]}\n{text[-LOOKED_AT // 2 :]}"
    try:
        return crisis.level(text)
    except Exception as error:  # the detector adds help, it must never take the room down (T21)
        logger.error("The crisis check failed (%s); the text was passed on as harmless.", type(error).__name__)
        return "none"


def alert_entries(
    session: Session, *, writer: Member, ref: str, text: str, level: str, message_id: str | None, now: datetime
) -> list[log.Entry]:
    """The desk's alert and, when it is acute, the writer's help. One for a (member, ref): tried again there is none."""
    alert, is_new = Alert.objects.get_or_create(
        member=writer,
        kind=Alert.Kind.CRISIS,
        ref=ref,
        defaults={"session": session, "level": level, "message_id": message_id or "", "raised_at": now},
    )
    if not is_new:
        return []
    raised = AlertRaised(
        alert=alert.public_id,
        kind=Alert.Kind.CRISIS.value,
        level=level,
        member=writer.public_id,
        id=message_id,
        excerpt=text,
    )
    entries = [
        log.Entry(event=raised, stream=Stream.DESK, author=writer, public_id=message_id or ""),
    ]
    return [*entries, help_entry(writer, now=now)] if level == ACUTE else entries


def help_entry(reader: Member, *, now: datetime) -> log.Entry:
    """Who can help now, on the reader's own line, in the site's language: a counsellor may bring it about."""
    with translation.override(settings.LANGUAGE_CODE):
        text = _(
            "What you write sounds hard. You don't have to be alone with it. Here are grown-ups you can reach now. "
            "If your life is in danger, call 112."
        )
    event = HelpOffered(services=help_now(now=now, limit=3), text=text)
    return log.Entry(event=event, stream=Stream.PRIVATE, reader=reader)


@transaction.atomic
def help_first(*, member_id: int, ref: str, text: str, now: datetime) -> None:
    """For an acute text that was refused: the desk is told and its writer sees help all the same."""
    writer = Member.objects.select_related("session").get(pk=member_id)
    session = Session.objects.locked(writer.session_id)
    if session.erased_at is not None:
        return
    writer.refresh_from_db()
    entries = alert_entries(session, writer=writer, ref=ref, text=readable(text), level=ACUTE, message_id=None, now=now)
    broadcast.announce(session, log.append(session, entries, at=now))


def help_if_acute(*, member_id: int, writer: str, ref: str, text: str, now: datetime) -> None:
    """Look at a text that was refused before anything read it."""
    if level_of(text, writer=writer) == ACUTE:
        help_first(member_id=member_id, ref=ref, text=text, now=now)


def readable(text: str) -> str:
    """A refused text as it can be stored: no lone surrogates, no control characters but line breaks."""
    whole = text.encode("utf-8", "replace").decode()
    return "".join(char for char in whole if char == "\n" or char.isprintable())[:4_000]
