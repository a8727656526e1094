"""What waits in the letterboxes, for the one desk: letters that somebody was promised an answer to, and answers that a
colleague has to read before they go out.

Nothing is decided in the list: an answer is read whole, and written, on the letter's own page.
"""

from datetime import datetime

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Membership, User
from accounts.permissions import may_enter_staff_pages
from forum.models import Letter, LetterPart
from forum.permissions import READERS
from forum.services import letters
from moderation.queue import ACUTE, USUAL, Item, Source

SHOWN = 1200  # code points; all of it is one click away


class Letters(Source):
    """One item for each letter: it waits for an answer, or its answer waits for a colleague. Not for both."""

    name = letters.SOURCE
    label = gettext_lazy("Letters")

    def items(self, user: User, *, now: datetime) -> list[Item]:
        if not may_enter_staff_pages(user):
            return []
        return [self._item(letter) for letter in _shown(self._waiting(user))]

    def find(self, user: User, key: str, *, now: datetime) -> Item | None:
        if not may_enter_staff_pages(user):
            return None
        return next((self._item(letter) for letter in _shown(self._waiting(user).filter(public_id=key))), None)

    def count(self, user: User, *, now: datetime) -> int:
        return self._waiting(user).count() if may_enter_staff_pages(user) else 0

    def keys(self, user: User, *, now: datetime) -> list[str]:
        return list(self._waiting(user).values_list("public_id", flat=True)) if may_enter_staff_pages(user) else []

    def _waiting(self, user: User) -> QuerySet[Letter]:
        """An answer to read waits for whoever has written nothing in it and is not in training; for everybody where
        nobody like that is left. Somebody who may be in danger waits for everybody."""
        asked = LetterPart.objects.filter(letter=OuterRef("pk"), look_asked_at__isnull=False, sent_at__isnull=True)
        training = user.memberships.filter(is_trainee=True, organization__letterboxes=OuterRef("letterbox"))
        theirs = Letter.objects.in_the_hands_of(user).annotate(
            asks_look=Exists(asked),
            has_reader=Exists(_readers()),
            is_own=Exists(asked.filter(Q(counsellor=user) | Q(writers__user=user))),
            is_trainee=Exists(training),
        )
        to_read, to_answer = Q(asks_look=True, is_own=False, is_trainee=False), Q(asks_look=False, due_at__isnull=False)
        is_nobodys, is_acute = Q(asks_look=True, has_reader=False), Q(is_urgent=True, due_at__isnull=False)
        return theirs.filter(to_read | to_answer | is_nobodys | is_acute).order_by(
            F("due_at").asc(nulls_last=True), "pk"
        )

    def _item(self, letter: Letter) -> Item:
        parts = [part for part in letter.parts.all() if part.sent_at is not None]
        draft = next((part for part in letter.parts.all() if part.sent_at is None), None)
        reads = letter.asks_look and not letter.is_own and not letter.is_trainee  # type: ignore[attr-defined]
        asked = next((part for part in reversed(parts) if part.counsellor_id is None), None)
        text = draft.text if reads and draft else asked.text if asked else ""
        since = draft.look_asked_at if reads and draft else letters.waits_since(parts)
        return Item(
            source=self.name,
            key=letter.public_id,
            place=_("Letterbox: %(box)s") % {"box": letter.letterbox.label},
            title=_("An answer to read for a colleague") if reads else _("A letter"),
            text=Truncator(text).chars(SHOWN),
            tags=_tags(letter, draft),
            urgency=ACUTE if letter.is_urgent else USUAL,
            since=since or letter.written_at,
            due_at=letter.due_at,
            url=reverse("letters:read", args=[letter.public_id]),
            url_label=gettext_lazy("Read it all") if reads else gettext_lazy("Open and answer"),
        )


def _readers() -> QuerySet[Membership]:
    """Of a letter: who could read its answer for a colleague, as `letterboxes.has_reader`."""
    drafts = LetterPart.objects.filter(letter=OuterRef(OuterRef("pk")), sent_at__isnull=True)
    wrote = drafts.filter(Q(counsellor=OuterRef("user")) | Q(writers__user=OuterRef("user")))
    training = Membership.objects.filter(
        is_trainee=True, user=OuterRef("user"), organization__letterboxes=OuterRef(OuterRef("letterbox"))
    )
    staff = Membership.objects.filter(
        role__in=READERS, user__is_active=True, organization__letterboxes=OuterRef("letterbox")
    )
    return staff.filter(~Exists(wrote), ~Exists(training))


def _tags(letter: Letter, draft: LetterPart | None) -> tuple[str | Promise, ...]:
    tags: list[str | Promise] = []
    if letter.is_urgent:
        tags.append(gettext_lazy("somebody may be in danger"))
    if letter.asks_look:  # type: ignore[attr-defined]
        has_reader = letter.has_reader  # type: ignore[attr-defined]
        tags.append(gettext_lazy("waits for a colleague") if has_reader else gettext_lazy("nobody is left to read it"))
    elif draft is not None:
        tags.append(gettext_lazy("begun"))
    return tuple(tags)


def _shown(waiting: QuerySet[Letter]) -> QuerySet[Letter]:
    parts = LetterPart.objects.order_by(F("sent_at").asc(nulls_last=True), "pk")
    return waiting.select_related("letterbox").prefetch_related(Prefetch("parts", parts))
