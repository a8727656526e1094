"""What the worker does for the letterbox: erase what is old, and tell coordinators what is late."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import staff_mail
from forum.models import Letter, Letterbox, LetterPart, Publication
from forum.services import letters


def erase_due(*, now: datetime) -> int:
    """Erase letters whose time is over. Answers how many.

    Where the writer has said yes to a page, the letter's row stays with its word code, and nothing of what was
    written: it is the key that takes the page away again.
    """
    of_letter = {"letter": OuterRef("pk")}
    is_public = Exists(Publication.objects.published().filter(**of_letter))
    has_words = Exists(LetterPart.objects.filter(**of_letter))
    due = Letter.objects.to_erase(now=now).exclude(is_public & ~has_words)
    return sum(_erase(letter, now=now) for letter in due)


@transaction.atomic
def _erase(letter: Letter, *, now: datetime) -> bool:
    """Unless somebody has written in it since it was found."""
    found = Letter.objects.select_for_update().to_erase(now=now).filter(pk=letter.pk).first()
    if found is None:
        return False
    if not Publication.objects.published().filter(letter=found).exists():
        letters.delete(letter=found)
        return True
    found.parts.all().delete()
    found.due_at, found.late_told_at, found.urgent_told_at, found.is_urgent = None, None, None, False
    found.save()
    letters.release(found)
    return True


def alarm_urgent(*, now: datetime) -> int:
    """Tell counsellors and coordinators, once, that somebody who wrote a letter may be in danger. Answers how many."""
    urgent = Letter.objects.waiting().filter(is_urgent=True, urgent_told_at__isnull=True).select_related("letterbox")
    return sum(_mail_urgent(letter, now=now) for letter in urgent)


def _mail_urgent(letter: Letter, *, now: datetime) -> bool:
    houses = list(letter.letterbox.organizations.all())
    to = sorted({*staff_mail.coordinators_of(houses), *staff_mail.counsellors_of(houses)})
    with translation.override(settings.LANGUAGE_CODE):
        subject, text = _("A letter is urgent"), _("Log in and open the queue. It stands first there.")
    if not staff_mail.send(subject=subject, text=text, to=to):
        return False
    return bool(Letter.objects.filter(pk=letter.pk).update(urgent_told_at=now))


def alarm_late(*, now: datetime) -> int:
    """Tell the coordinators of each letterbox, once, what was promised and is not answered. Answers how many letters.

    A mail that did not go is tried again with the next sweep.
    """
    late = list(Letter.objects.waiting().filter(due_at__lt=now, late_told_at__isnull=True).select_related("letterbox"))
    told = 0
    for box in {letter.letterbox for letter in late}:
        of_box = [letter.pk for letter in late if letter.letterbox_id == box.pk]
        if _mail(box, len(of_box)):
            told += Letter.objects.filter(pk__in=of_box, due_at__lt=now).update(late_told_at=now)
    return told


def _mail(box: Letterbox, number: int) -> bool:
    """The mail names the letterbox and how many wait; never what was written."""
    with translation.override(settings.LANGUAGE_CODE):
        words = {"number": number, "box": box.name}
        subject = ngettext("%(number)d letter is late", "%(number)d letters are late", number) % words
        text = (
            _(
                "In the letterbox “%(box)s” somebody was promised an answer and has not got it: %(number)d in all. "
                "Log in and open the queue."
            )
            % words
        )
    return staff_mail.send(subject=subject, text=text, to=staff_mail.coordinators_of(box.organizations.all()))
