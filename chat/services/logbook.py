"""What counsellors did about the young people of a room, in the log of all places: codes and ids, no text.

A line is written in the transaction of the step, under the room's lock, and outlives the room (capability 54).
"""

from datetime import datetime

from accounts.models import User
from chat.models import Mark, Member, Session
from moderation import decisions


def note(*, session: Session, actor: Member, action: str, target: str, now: datetime) -> None:
    """`target` is the public id of a member or of a message: random, and nothing leads to it once the room is erased.

    Nothing is written of one who is no account: the log is about those who have power over others.
    """
    if actor.user is None:
        return
    decisions.record(
        actor=actor.user,
        organization=decisions.house_of(actor.user, session.organizations.all()),
        place=decisions.CHAT,
        action=action,
        target=target,
        now=now,
    )


def note_mark(*, user: User, mark: Mark, action: str, now: datetime) -> None:
    """That a mark was renewed or lifted, never which: a line of the log must lead to no network."""
    decisions.record(
        actor=user,
        organization=decisions.house_of(user, mark.organizations.all()),
        place=decisions.CHAT,
        action=action,
        now=now,
    )
