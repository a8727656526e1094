"""Coming back with the words that were shown once: to a thread one wrote in, or to a letter."""

import secrets
from dataclasses import dataclass
from typing import Literal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from forum.models import Letter, Writer
from moderation.ids import code_digest, digest
from moderation.refusals import Code, Refused
from moderation.words import normalise_word_code

FORUM, LETTERS = "forum", "letters"  # purposes: the same words in both places would have two digests


@dataclass(frozen=True, slots=True)
class Found:
    """Where the words lead, and the new token of the cookie for it."""

    kind: Literal["topic", "letter"]
    public_id: str
    token: str


@transaction.atomic
def open_with(code: str) -> Found:
    """Give the place of these words a new token; the browser that had the old one is out (T15).

    Raises Refused "unknown" for words that lead nowhere.
    """
    words = normalise_word_code(code)
    token = secrets.token_urlsafe(16)
    # Both are always asked, so that a wrong code takes as long as a right one (T22).
    writer = Writer.objects.filter(code_hash=code_digest(words, purpose=FORUM)).select_related("topic").first()
    letter = Letter.objects.filter(code_hash=code_digest(words, purpose=LETTERS)).first()
    if writer is not None:
        Writer.objects.filter(pk=writer.pk).update(token_hash=digest(token))
        return Found("topic", writer.topic.public_id, token)
    if letter is not None:
        Letter.objects.filter(pk=letter.pk).update(token_hash=digest(token))
        return Found("letter", letter.public_id, token)
    raise Refused(Code.UNKNOWN, _("We don't know those words. Look at each of them once more."))
