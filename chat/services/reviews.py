"""Somebody who was sanctioned asks that another adult looks at it (law 2). What that needs is kept 48 h (law 6).

A review holds the steps as the member was told of them, what they wrote in the room, and their own words: no name, no
whisper, nothing of what others said. Whoever took one of the steps neither sees nor answers it. When more is done to
the member afterwards they may ask again: that is another review, with all the steps so far.
"""

import json
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from accounts.models import User
from chat.events import MessageHeld, MessagePosted
from chat.models import REVIEW_KEPT, Event, Member, Review, Session, Stream, WorkerBeat, digest
from chat.permissions import can_answer_review
from chat.services import bans, ladder, retention, staff_mail
from moderation import decisions
from moderation.refusals import Code, Refused
from moderation.text import clean_text

LONGEST = 1000  # code points, of the words and of the answer
SANCTIONS = ("member.warned", "member.muted", "member.protected", "member.kicked", "member.banned")
STEPS = (*SANCTIONS, "member.unmuted", "member.unprotected")
KEPT_OF_A_STEP = ("type", "at", "reason", "until", "ground")
ERASED = "erased-"  # instead of a token's hash: the text is gone, the storage has not forgotten it yet
MAILED = "reviews"  # the beat that remembers up to when coordinators were told
SETTLED = timedelta(seconds=30)  # what was asked before that has been committed

# Verbs ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def ask(*, session: Session, member: Member, words: str, now: datetime) -> str:
    """Ask for another adult. Answers the token that this answer and earlier ones are fetched with; asking again when
    nothing was done meanwhile gives a new one and changes nothing else.

    Raises Refused "unknown" (nothing was done to this member, or the text is erased), "too_long" or "bad_command".
    """
    session = Session.objects.locked(session)  # the lock that sanctions and the erasure take, too
    member = Member.objects.get(pk=member.pk)
    if session.erased_at is not None or not was_sanctioned(member):
        raise Refused(Code.UNKNOWN)
    text = clean_text(words, limit=LONGEST) if words.strip() else ""
    token = secrets.token_urlsafe(16)
    if can_ask(member):
        steps, lines = steps_of(member), _lines(member)
        review = member.reviews.create(session=session, steps=steps, lines=lines, words=text, asked_at=now)
        review.actors.set(_actors(member))
    member.reviews.update(token_hash=digest(token))
    return token


@transaction.atomic
def answer(*, review: Review, user: User, outcome: str, answer: str, now: datetime) -> Review:
    """Say what another adult thinks of it. The first answer stands. A ban that was wrong ends with it: one that is
    among the steps, and none that came later.

    Raises Refused "forbidden" (took one of the steps, or not of the house), "closed" (answered, or past its time),
    "too_long" or "bad_command" (no words, or no outcome).
    """
    Session.objects.locked(review.session_id)
    review = Review.objects.select_for_update(of=("self",)).get(pk=review.pk)
    if not can_answer_review(user, review, now=now):
        raise Refused(Code.FORBIDDEN)
    if review.answered_at is not None:
        raise Refused(Code.CLOSED, _("Somebody has answered it already."))
    if outcome not in Review.Outcome.values:
        raise Refused(Code.BAD_COMMAND, _("Choose whether it stands or was wrong."))
    review.answer = clean_text(answer, limit=LONGEST)
    review.outcome, review.answered_by, review.answered_at = outcome, user, now
    review.save()
    decisions.record(
        actor=user,
        organization=decisions.house_of(user, review.session.organizations.all()),
        place=decisions.CHAT,
        action="review_changed" if outcome == Review.Outcome.CHANGED else "review_stands",
        target=review.member.public_id if review.member else "",
        **decisions.promise_of(since=review.asked_at, due_at=None, now=now),
        now=now,
    )
    if outcome == Review.Outcome.CHANGED and review.member_id is not None:
        ladder.lift_ban(target=Member.objects.get(pk=review.member_id), told=_told_ends(review))
    return review


def lift_ban(*, review: Review, cookies: Mapping[str, str]) -> bool:
    """Take the ban that `review` found wrong from the browser that carries it. Whether there was one.

    The row of a ban leads to nobody, so only the one who carries its cookie can bring the two together.
    """
    if review.outcome != Review.Outcome.CHANGED:
        return False
    lifted = [bans.forgive(cookies, review.session, until=until) for until in ban_ends(review)]
    return any(lifted)


# Reads ------------------------------------------------------------------------------------------------------------


def was_sanctioned(member: Member) -> bool:
    return _told(member, SANCTIONS).exists()


def can_ask(member: Member) -> bool:
    """Something was done to them that no review of theirs holds."""
    return any(step["type"] in SANCTIONS for step in new_steps(member))


def new_steps(member: Member) -> list[dict[str, Any]]:
    """What was done since they last asked."""
    last = member.reviews.last()
    return steps_of(member)[len(last.steps) if last else 0 :]


def find(*, session: Session, member: Member | None, token: str, now: datetime) -> list[Review]:
    """The reviews of this place, the latest first; those of the cookie where there is no place any more."""
    kept = Review.objects.filter(session=session, asked_at__gt=now - REVIEW_KEPT).order_by("-asked_at", "-pk")
    if member is not None:
        return list(kept.filter(member=member))
    return list(kept.filter(token_hash=digest(token))) if token else []


def gone_at(review: Review) -> datetime:
    return review.asked_at + REVIEW_KEPT


def ban_ends(review: Review) -> list[datetime]:
    """Until when the bans among the steps were to last."""
    ends = [parse_datetime(told) for told in _told_ends(review)]
    return [end for end in ends if end is not None]


def _told_ends(review: Review) -> list[str]:
    return [step["until"] for step in review.steps if step["type"] == "member.banned"]


def _told(member: Member, types: Iterable[str]) -> QuerySet[Event]:
    """What stands on the member's own line, in order."""
    line = Event.objects.filter(stream=Stream.PRIVATE, reader=member, type__in=types)
    return line.order_by("seq")


def steps_of(member: Member) -> list[dict[str, Any]]:
    """As the member was told of them: without who took them."""
    told = [json.loads(event.frame) for event in _told(member, STEPS)]
    return [{key: body[key] for key in KEPT_OF_A_STEP if key in body} for body in told]


def _lines(member: Member) -> list[dict[str, Any]]:
    """What the member wrote to the room and what of it still stands: shown, or held at the desk."""
    written = Event.objects.filter(author=member, type__in=[MessagePosted.type, MessageHeld.type])
    bodies = [json.loads(event.frame) for event in written.order_by("position")]
    return [{"at": body["at"], "text": body["text"]} for body in bodies if body["text"] is not None]


def _actors(member: Member) -> list[User]:
    """Those who took the steps: named in the desk's copies, and nowhere else."""
    copies = Event.objects.filter(session_id=member.session_id, stream=Stream.DESK, type__in=STEPS, author=member)
    names = {json.loads(event.frame).get("by") for event in copies}
    return list(User.objects.filter(member__session_id=member.session_id, member__public_id__in=names - {None}))


# The worker's part ------------------------------------------------------------------------------------------------


def erase_due(*, now: datetime) -> int:
    """Erase reviews after 48 h. Answers how many.

    Two steps, each safe to repeat: the text is overwritten in its row, then the storage forgets what stood there. Only
    then the row goes: as long as it is there, the second step is taken up again.
    """
    due = list(Review.objects.to_erase(now=now).exclude(token_hash__startswith=ERASED))
    for review in due:
        _blank(review)
    blank = Review.objects.filter(token_hash__startswith=ERASED)
    if blank.exists() and retention.scrub():
        blank.delete()
    return len(due)


@transaction.atomic
def _blank(review: Review) -> None:
    review.actors.clear()
    review.token_hash = f"{ERASED}{review.pk}"
    review.member, review.answered_by = None, None
    review.steps, review.lines, review.words, review.answer = [], [], "", ""
    review.save()


def mail_about_waiting(*, now: datetime) -> None:
    """Tell the coordinators of each review, once. The mail names the time of the chat, and nothing that was said."""
    beat, _is_new = WorkerBeat.objects.get_or_create(name=MAILED, defaults={"beat_at": now - REVIEW_KEPT})
    fresh = Review.objects.waiting().filter(asked_at__gt=beat.beat_at, asked_at__lte=now - SETTLED)
    for review in fresh.exclude(token_hash__startswith=ERASED).select_related("session").order_by("asked_at", "pk"):
        if not _mail(review.session):
            return
        WorkerBeat.objects.filter(name=MAILED).update(beat_at=review.asked_at)


def _mail(session: Session) -> bool:
    time = {"time": staff_mail.begun_at(session)}
    with translation.override(settings.LANGUAGE_CODE):
        subject = _("Somebody asks you to look at it (chat at %(time)s)") % time
        text = (
            _(
                "Somebody from the group chat at %(time)s asks that another adult looks at what a counsellor did. "
                "Log in and open the complaints. Everything is deleted 48 hours after it was asked."
            )
            % time
        )
    return staff_mail.send(subject=subject, text=text, to=staff_mail.coordinator_addresses(session))
