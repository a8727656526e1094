"""The private line between somebody who writes in the forum and the counsellors of the board (capability 22).

Never checked for identity: here one must be able to say who one is.
"""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from accounts.moments import coarse
from forum.models import PrivateWord, Writer
from forum.permissions import can_moderate_board, can_sign, house_of
from forum.promises import due_at
from forum.services.reading import NO_CARD
from moderation import crisis, decisions
from moderation.refusals import Code, Refused
from moderation.text import clean_text

LONGEST = 4000


@transaction.atomic
def write(*, writer: Writer, text: str, now: datetime) -> PrivateWord:
    """Write to the counsellors alone. Raises Refused "bad_command" or "too_long"."""
    is_urgent = crisis.level(text[: LONGEST * 2]) == "acute"
    return PrivateWord.objects.create(
        writer=writer,
        text=clean_text(text, limit=LONGEST),
        at=coarse(now),
        is_urgent=is_urgent,
        due_at=due_at(writer.topic.board, now=now, is_urgent=is_urgent),
    )


@transaction.atomic
def reply(*, writer: Writer, counsellor: User, text: str, upto: int | None = None, now: datetime) -> PrivateWord:
    """Write to one writer alone. What they wrote up to the word with the pk `upto`, the last that `counsellor` was
    shown, is answered with it; what came after waits on as it did. Without `upto` the caller vouches for all of it.

    Raises Refused "forbidden" (not a counsellor of the board, or without a finished card), "bad_command" or "too_long".
    """
    board = writer.topic.board
    if not can_moderate_board(counsellor, board):
        raise Refused(Code.FORBIDDEN)
    if not can_sign(counsellor):
        raise Refused(Code.FORBIDDEN, NO_CARD)
    said = clean_text(text, limit=LONGEST)
    asked = writer.private_words.select_for_update().filter(counsellor=None, answered_at=None).order_by("pk")
    if upto is not None:
        asked = asked.filter(pk__lte=upto)
    first = asked.first()
    word = PrivateWord.objects.create(writer=writer, counsellor=counsellor, text=said, at=now)
    asked.update(answered_at=now, is_urgent=False)
    decisions.record(
        actor=counsellor,
        organization=house_of(counsellor, board),
        place=decisions.FORUM,
        action="private_reply",
        target=writer.topic.public_id,
        waited=int((now - first.at).total_seconds()) if first else None,
        was_late=now > first.due_at if first and first.due_at else None,
        now=now,
    )
    return word


def line_of(writer: Writer) -> list[PrivateWord]:
    """All of it, in order, with the cards of those who answered."""
    return list(writer.private_words.select_related("counsellor__profile").order_by("at", "pk"))
