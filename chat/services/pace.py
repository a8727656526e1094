"""How fast one member may write, over all tabs and processes: a token bucket on the member's row."""

import math
from datetime import datetime, timedelta

from chat.models import Member, Session
from moderation.refusals import Refused

PER_SECOND = 1  # what is promised to clients: never refused
BURST = 5
# What is enforced is a little wider, so that a message delayed on its way is not taken for one too many.
_RATE = 1.1
_DEPTH = 6.0


def spend(member: Member, *, now: datetime) -> None:
    """Take one message from the bucket. The caller holds the room's lock. Raises Refused "too_fast" with `wait`."""
    elapsed = (now - member.tokens_at).total_seconds() if member.tokens_at else math.inf
    tokens = min(_DEPTH, member.tokens + max(elapsed, 0) * _RATE)
    if tokens < 1:
        raise Refused("too_fast", wait=math.ceil((1 - tokens) / _RATE))
    member.tokens, member.tokens_at = tokens - 1, now
    member.save(update_fields=["tokens", "tokens_at"])


def keep_slow(member: Member, session: Session, *, now: datetime) -> None:
    """One message each `session.slow` seconds, but for counsellors. Raises Refused "slow_mode" with `wait`."""
    if member.is_counsellor:
        return
    if session.slow and member.posted_at is not None:
        left = member.posted_at + timedelta(seconds=session.slow) - now
        if left > timedelta(0):
            raise Refused("slow_mode", wait=left.total_seconds())
    member.posted_at = now
    member.save(update_fields=["posted_at"])
