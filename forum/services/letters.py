"""The letterbox: a letter, what is written back, and what its writer agrees to show to others.

What the young write here is never checked for identity: only the counsellors of the letterbox read it, and here one
must be able to say who one is. Nothing joins a letter to a writer of the forum or a member of a chat (law 8).

Every verb locks the letter first. A counsellor's verb also takes `seen`, the `version_of` the page that was answered
from: nobody answers words they have not read, and no colleague sends what somebody else has changed meanwhile.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.moments import coarse
from forum.models import DraftWriter, Letter, Letterbox, LetterPart, Publication
from forum.permissions import (
    can_propose,
    can_read_letterbox,
    can_sign,
    has_written_in,
    house_of,
    is_trainee,
    needs_look,
    writers_of,
)
from forum.promises import answered_by
from forum.services import letterboxes, publications
from forum.services.codes import LETTERS
from moderation import crisis, decisions, queue
from moderation.ids import code_digest, digest
from moderation.models import Claim
from moderation.refusals import Code, Refused
from moderation.text import clean_text, render_markdown, render_plain
from moderation.words import LASTING_CODE_LENGTH, word_code
from referrals.models import Service
from referrals.models import Topic as Need

LONGEST = 10_000  # code points, of what a young person writes at a time
LONGEST_ANSWER = 20_000
LONGEST_NOTE = 1000
SOURCE = "letters"  # of the one desk: what waits here, and who looks at it
INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A stored letter, and what its writer gets: the token of the cookie, and once the words to come back with."""

    letter: Letter
    token: str
    word_code: str
    level: crisis.Level


# The young --------------------------------------------------------------------------------------------------------


@transaction.atomic
def write(*, box: Letterbox, text: str, now: datetime) -> Written:
    """Put a letter into the box. Raises Refused "bad_command" (no text), "too_long" or "closed"."""
    if not box.is_open:
        raise Refused(Code.CLOSED, _("This letterbox takes no letters any more. Choose another one."))
    level = crisis.level(text[: LONGEST * 2])
    words = clean_text(text, limit=LONGEST)
    token, code = secrets.token_urlsafe(16), word_code(LASTING_CODE_LENGTH)
    letter = Letter.objects.create(
        letterbox=box,
        token_hash=digest(token),
        code_hash=code_digest(code, purpose=LETTERS),
        is_urgent=level == "acute",
        written_at=coarse(now),
        due_at=answered_by(box, now=now),
        erase_at=_erased(now),
    )
    _add(letter, words, now=now)
    return Written(letter=letter, token=token, word_code=code, level=level)


@transaction.atomic
def write_more(*, letter: Letter, text: str, now: datetime) -> crisis.Level:
    """Go on writing. An answer that is promised already stays promised by then.

    Raises Refused "bad_command", "too_long" or "unknown" (it is deleted).
    """
    letter = _locked(letter)
    level = crisis.level(text[: LONGEST * 2])
    _add(letter, clean_text(text, limit=LONGEST), now=now)
    if letter.due_at is None:
        letter.due_at, letter.late_told_at = answered_by(letter.letterbox, now=now), None
    if level == "acute":
        letter.is_urgent, letter.urgent_told_at = True, None
    letter.erase_at = _erased(now)
    letter.save()
    return level


@transaction.atomic
def delete(*, letter: Letter) -> None:
    """Delete it, really: what both sides wrote, drafts, and the page that was made of it."""
    found = Letter.objects.select_for_update().filter(pk=letter.pk).first()
    if found is not None:
        _delete(found)


@transaction.atomic
def consent(*, letter: Letter, seen: str, now: datetime) -> Publication:
    """Yes to the page as it was shown: everybody can read it at once.

    Raises Refused "unknown" (nothing is asked) or "closed" (it was changed after the writer read it).
    """
    return publications.publish(_locked(letter), seen=seen, now=now)


@transaction.atomic
def withdraw(*, letter: Letter) -> None:
    """No, or not any more: nobody can read it, and its words are kept nowhere but in the letter."""
    publications.empty(_locked(letter))


# Counsellors ------------------------------------------------------------------------------------------------------


@transaction.atomic
def take(*, letter: Letter, user: User, now: datetime) -> None:
    """`user` looks at this letter, and at no other any more, so that whoever only leafs through holds up nobody.

    Raises Refused "forbidden" when a colleague has it.
    """
    queue.claim(user=user, source=SOURCE, key=letter.public_id, now=now)
    Claim.objects.filter(source=SOURCE, user=user).exclude(key=letter.public_id).delete()


@transaction.atomic
def save_draft(*, letter: Letter, user: User, text: str, seen: str, now: datetime) -> LetterPart:
    """Keep an answer that is not finished. It is `user`'s from now on, and no colleague has read it.

    Raises Refused "forbidden" (not of this letterbox, or a colleague is at it), "closed" (something has changed since,
    or nothing in a colleague's words), "bad_command" or "too_long"; so do the verbs below.
    """
    letter = _at_hand(letter, user, seen=seen, now=now)
    _changed(letter, user, text)
    return _write_draft(letter, user, text, now=now)


@transaction.atomic
def ask_look(*, letter: Letter, user: User, text: str, seen: str, now: datetime) -> LetterPart:
    """Have a colleague read it before it goes out. Whoever is asked finds it free to take.

    Raises Refused "ladder" when nobody is left who could read it, and as `save_draft`.
    """
    letter = _at_hand(letter, user, seen=seen, now=now)
    _sign(user)
    _changed(letter, user, text)
    draft = draft_of(letter)
    wrote = set(writers_of(draft).values_list("pk", flat=True)) if draft else set()
    if not letterboxes.has_reader(letter.letterbox, besides={user.pk, *wrote}):
        raise Refused(
            Code.LADDER, _("Nobody is left who could read it. Save it as a draft, and tell your coordinator.")
        )
    draft = _write_draft(letter, user, text, now=now)
    draft.note, draft.look_asked_at = "", now  # the note has done its work
    draft.save()
    release(letter)
    return draft


@transaction.atomic
def give_look(*, letter: Letter, user: User, seen: str, now: datetime) -> LetterPart:
    """A colleague has read it and finds it good: it goes out, signed by the one who wrote it.

    Raises Refused "forbidden" for whoever has written a word in it since it was begun or is in training, and as
    `save_draft`.
    """
    letter = _at_hand(letter, user, seen=seen, now=now)
    draft = _asked(letter, user)
    draft.looked_by = user
    _record(letter, user, "letter_look", now=now)
    return _send(letter, draft, now=now)


@transaction.atomic
def return_draft(*, letter: Letter, user: User, note: str, seen: str, now: datetime) -> LetterPart:
    """A colleague has read it and would change something: it goes back to the one who wrote it, with a note."""
    letter = _at_hand(letter, user, seen=seen, now=now)
    draft = _asked(letter, user)
    draft.note, draft.look_asked_at = clean_text(note, limit=LONGEST_NOTE), None
    draft.save()
    _record(letter, user, "letter_back", now=now)
    release(letter)
    return draft


@transaction.atomic
def discard_draft(*, letter: Letter, user: User, seen: str, now: datetime) -> None:
    """Throw the draft away, and with it who has written in it: the answer is begun anew.

    While it waits for a colleague, those who wrote in it alone can do that. The log knows of it where others have
    written in it: from now on one of them could read what another begins.
    """
    letter = _at_hand(letter, user, seen=seen, now=now)
    draft = draft_of(letter)
    if draft is None:
        raise Refused(Code.UNKNOWN)
    if draft.look_asked_at is not None and not has_written_in(draft, user):
        raise Refused(Code.FORBIDDEN, _("It waits for a colleague. Those who wrote it can throw it away."))
    is_of_others = writers_of(draft).exclude(pk=user.pk).exists()
    draft.delete()
    if is_of_others:
        _record(letter, user, "letter_anew", now=now)


@transaction.atomic
def send(*, letter: Letter, user: User, text: str, seen: str, now: datetime) -> LetterPart:
    """Send the answer. Raises Refused "ladder" where a colleague has to read it first: in a letterbox that asks for it,
    and always when somebody in training has written in it."""
    letter = _at_hand(letter, user, seen=seen, now=now)
    _sign(user)
    if needs_look(letter.letterbox, user, draft_of(letter)):
        if letter.letterbox.second_look:
            raise Refused(Code.LADDER, _("In this letterbox a colleague reads each answer before it is sent."))
        raise Refused(Code.LADDER, _("Somebody in training has written in it. A colleague reads it before it is sent."))
    return _send(letter, _write_draft(letter, user, text, now=now), now=now)


@transaction.atomic
def propose(
    *,
    letter: Letter,
    user: User,
    title: str,
    question: str,
    answer: str,
    need: Need | None,
    service: Service | None,
    now: datetime,
) -> Publication:
    """Ask the writer whether others may read it, as a page that shows nobody. It is public when they say yes.

    Raises Refused "identifying", "closed" (not answered yet, public already, or they said no), "forbidden" (not of this
    letterbox, or in training) or "ladder" (an answer that no colleague has read, where one reads each of them).
    """
    letter = _locked(letter)
    _allow(letter, user)
    if not can_propose(user, letter.letterbox):
        raise Refused(Code.FORBIDDEN, _("You are in training. A colleague who is not can propose to show it."))
    words = {"title": title, "question": question, "answer": answer}
    made = publications.propose(letter, words, need=need, service=service, now=now)
    _record(letter, user, "letter_propose", now=now)
    return made


@transaction.atomic
def unpublish(*, letter: Letter, user: User, now: datetime) -> None:
    """A counsellor takes the page away, such as when somebody could be recognised. Raises Refused "unknown"."""
    letter = _locked(letter)
    _allow(letter, user)
    if not Publication.objects.published().filter(letter=letter).exists():
        raise Refused(Code.UNKNOWN)
    publications.empty(letter)
    _record(letter, user, "letter_unpublish", now=now)


# Reads ------------------------------------------------------------------------------------------------------------


def version_of(letter: Letter) -> str:
    """What both sides have written so far, the draft included, as a few signs to know it by."""
    parts = letter.parts.order_by("pk").values_list("pk", "text", "written_at", "look_asked_at")
    return sha256(repr([(*part[:2], *map(str, part[2:])) for part in parts]).encode()).hexdigest()[:16]


def draft_of(letter: Letter) -> LetterPart | None:
    """An answer that is not sent, with what a colleague said about it."""
    return letter.parts.filter(sent_at__isnull=True).select_related("counsellor__profile").first()


def waits_since(parts: Sequence[LetterPart]) -> datetime | None:
    """Since when somebody waits for an answer to these parts, sent ones in order."""
    since = None
    for part in reversed(parts):
        if part.counsellor_id is not None:
            break
        since = part.sent_at
    return since


def release(letter: Letter) -> None:
    """Nobody looks at it any more."""
    Claim.objects.filter(source=SOURCE, key=letter.public_id).delete()


# Inside -----------------------------------------------------------------------------------------------------------


def _locked(letter: Letter) -> Letter:
    """The letter as it is now, and nobody else's until the end of the transaction."""
    letters = Letter.objects.select_for_update(of=("self",)).select_related("letterbox")
    found = letters.filter(pk=letter.pk).first()
    if found is None:
        raise Refused(Code.UNKNOWN, _("The letter is deleted. The one who wrote it wanted that."))
    return found


def _erased(now: datetime) -> datetime:
    return coarse(now) + timedelta(days=settings.LETTER_DAYS)


def _add(letter: Letter, words: str, *, now: datetime) -> None:
    """Not before what was sent last, though the time is kept to five minutes only."""
    last = letter.parts.sent().last()
    at = max(coarse(now), last.sent_at) if last and last.sent_at else coarse(now)
    letter.parts.create(text=words, html=render_plain(words), written_at=coarse(now), sent_at=at)


def _delete(letter: Letter) -> None:
    publications.drop(letter)
    release(letter)
    letter.delete()


def _allow(letter: Letter, user: User) -> None:
    if not can_read_letterbox(user, letter.letterbox):
        raise Refused(Code.FORBIDDEN)


def _sign(user: User) -> None:
    if not can_sign(user):
        raise Refused(Code.FORBIDDEN, _("Fill in your card first. Every answer is signed with a name and a face."))


def _at_hand(letter: Letter, user: User, *, seen: str, now: datetime) -> Letter:
    """The locked letter, taken by `user`, as `user` has read it."""
    letter = _locked(letter)
    _allow(letter, user)
    queue.claim(user=user, source=SOURCE, key=letter.public_id, now=now)
    if seen != version_of(letter):
        raise Refused(Code.CLOSED, _("Something has changed since you opened the letter. Read it again, then go on."))
    return letter


def _changed(letter: Letter, user: User, text: str) -> None:
    """A colleague's words do not become `user`'s as they stand: their writer could then read them for themselves."""
    draft = draft_of(letter)
    if draft is None or draft.counsellor_id == user.pk or draft.text != clean_text(text, limit=LONGEST_ANSWER):
        return
    if draft.look_asked_at is not None:
        raise Refused(Code.CLOSED, _("Nothing is changed. Read it as a colleague, or change it."))
    raise Refused(Code.CLOSED, _("Nothing is changed, so it is still your colleague's. Change it, and it is yours."))


def _write_draft(letter: Letter, user: User, text: str, *, now: datetime) -> LetterPart:
    words = clean_text(text, limit=LONGEST_ANSWER)
    draft = letter.parts.filter(sent_at__isnull=True).first() or LetterPart(letter=letter)
    draft.counsellor, draft.written_at = user, now
    draft.text, draft.html = words, render_markdown(words)
    draft.look_asked_at, draft.looked_by = None, None
    draft.save()
    writer, _is_new = DraftWriter.objects.get_or_create(part=draft, user=user)
    if not writer.was_trainee and is_trainee(user, letter.letterbox):
        writer.was_trainee = True
        writer.save()
    return draft


def _asked(letter: Letter, user: User) -> LetterPart:
    """The draft that waits for a colleague, if `user` is one."""
    draft = letter.parts.filter(look_asked_at__isnull=False, sent_at__isnull=True).select_related("counsellor").first()
    if draft is None:
        raise Refused(Code.UNKNOWN)
    if has_written_in(draft, user):
        raise Refused(Code.FORBIDDEN, _("You have written in it yourself. Somebody else has to read it."))
    if is_trainee(user, letter.letterbox):
        raise Refused(Code.FORBIDDEN, _("You are in training. Somebody who is not has to read it."))
    return draft


def _send(letter: Letter, draft: LetterPart, *, now: datetime) -> LetterPart:
    parts = list(letter.parts.sent())
    draft.note, draft.look_asked_at = "", None
    draft.sent_at = max(now, parts[-1].sent_at + INSTANT) if parts and parts[-1].sent_at else now
    draft.save()
    draft.writers.all().delete()
    kept = decisions.promise_of(since=waits_since(parts), due_at=letter.due_at, now=now)
    writer = User.objects.get(pk=draft.counsellor_id)
    decisions.record(
        actor=writer,
        organization=house_of(writer, letter.letterbox),
        place=decisions.LETTERS,
        action="letter_answer",
        target=letter.public_id,
        now=now,
        **kept,
    )
    letter.due_at, letter.late_told_at, letter.urgent_told_at, letter.is_urgent = None, None, None, False
    letter.erase_at = _erased(now)
    letter.save()
    release(letter)
    return draft


def _record(letter: Letter, user: User, action: str, *, now: datetime) -> None:
    decisions.record(
        actor=user,
        organization=house_of(user, letter.letterbox),
        place=decisions.LETTERS,
        action=action,
        target=letter.public_id,
        now=now,
    )
