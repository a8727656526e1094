"""The page that is made of a letter and its answer. The verbs stand in `letters`; they hold the letter's lock."""

import re
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.moments import coarse
from forum.models import Letter, Publication
from moderation import guard
from moderation.refusals import Code, Refused
from moderation.text import clean_text, render_markdown, render_plain
from referrals import search
from referrals.models import Service
from referrals.models import Topic as Need

KIND = "answer"  # of the search
LIMITS = {"title": 80, "question": 10_000, "answer": 20_000}


def of(letter: Letter) -> Publication | None:
    """The page of a letter: proposed, published, or empty because its writer said no."""
    return Publication.objects.filter(letter=letter).select_related("need", "service").first()


def version_of(publication: Publication) -> str:
    """What the writer says yes to, as a few signs to know it by."""
    words = (
        publication.title,
        publication.question,
        publication.answer,
        publication.need_id,
        publication.service_id,
        publication.counsellor_id,
    )
    return sha256(repr(words).encode()).hexdigest()[:16]


def is_asked(publication: Publication | None) -> bool:
    """The writer has not answered yet."""
    return publication is not None and publication.consented_at is None and bool(publication.title)


def is_declined(publication: Publication | None) -> bool:
    """The writer said no, or a counsellor took it away. The row stays as the sign of it; its words are gone."""
    return publication is not None and not publication.title


def may_propose(letter: Letter) -> bool:
    """Answered, not public, and nobody asks again after a no, unless the writer has written since."""
    publication = of(letter)
    if publication is None or is_asked(publication):
        return letter.parts.sent().filter(counsellor__isnull=False).exists()
    since = letter.parts.sent().filter(counsellor__isnull=True, sent_at__gt=publication.proposed_at)
    return is_declined(publication) and since.exists()


def suggestion(letter: Letter) -> dict[str, str]:
    """What a proposal starts from: all that was asked, and all that was answered."""
    parts = list(letter.parts.sent())
    last = max((at for at, part in enumerate(parts) if part.counsellor_id), default=-1)
    asked = "\n\n".join(part.text for part in parts[: last + 1] if part.counsellor_id is None)
    said = "\n\n".join(part.text for part in parts if part.counsellor_id is not None)
    return {"title": "", "question": asked[: LIMITS["question"]], "answer": said[: LIMITS["answer"]]}


def is_sent(answer: str, letter: Letter) -> bool:
    """Whether each paragraph of it was sent to the writer like that, in this order. Some may be left out."""
    said = letter.parts.sent().filter(counsellor__isnull=False).values_list("text", flat=True)
    left = iter(_paragraphs("\n\n".join(said)))
    return all(paragraph in left for paragraph in _paragraphs(answer))  # `in` goes on behind what it has found


def _paragraphs(text: str) -> list[str]:
    return [paragraph.strip() for paragraph in re.split(r"\n\s*\n", text) if paragraph.strip()]


def propose(
    letter: Letter, words: Mapping[str, str], *, need: Need | None, service: Service | None, now: datetime
) -> Publication:
    if not may_propose(letter):
        raise Refused(Code.CLOSED, _("It cannot be proposed now. Answer the letter first, and take a no for a no."))
    clean = {name: clean_text(words[name], limit=limit) for name, limit in LIMITS.items()}
    clean["title"] = " ".join(clean["title"].split())
    spans = [span for text in clean.values() for span in guard.find_spans(text)]
    if spans:
        raise Refused(Code.IDENTIFYING, _("It may still show who somebody is. Change what is marked."), spans=spans)
    if letter.letterbox.second_look and not is_sent(clean["answer"], letter):
        raise Refused(Code.LADDER, _("A colleague reads each answer here. So leave paragraphs out, and add nothing."))
    answered_by = letter.parts.sent().filter(counsellor__isnull=False).values_list("counsellor", flat=True)
    made, _is_new = Publication.objects.update_or_create(
        letter=letter,
        defaults={
            **clean,
            "question_html": render_plain(clean["question"]),
            "answer_html": render_markdown(clean["answer"]),
            "counsellor": User.objects.get(pk=list(answered_by)[-1]),
            "need": need,
            "service": service,
            "proposed_at": now,
            "consented_at": None,
            "published_at": None,
        },
    )
    return made


def publish(letter: Letter, *, seen: str, now: datetime) -> Publication:
    publication = of(letter)
    if publication is None or not is_asked(publication):
        raise Refused(Code.UNKNOWN, _("There is nothing to say yes to right now."))
    if seen != version_of(publication):
        raise Refused(Code.CLOSED, _("The counsellor has changed something. Read it once more before you say yes."))
    publication.consented_at = publication.published_at = coarse(now)
    publication.save()
    put(publication)
    return publication


def empty(letter: Letter) -> None:
    """Take the page and its words away; what stays is that it shall not be shown."""
    drop(letter)
    Publication.objects.filter(letter=letter).update(
        title="",
        question="",
        question_html="",
        answer="",
        answer_html="",
        need=None,
        service=None,
        consented_at=None,
        published_at=None,
    )


def drop(letter: Letter) -> None:
    """Nobody finds it any more."""
    for public_id in Publication.objects.filter(letter=letter).values_list("public_id", flat=True):
        search.drop(KIND, public_id)


def put(publication: Publication) -> None:
    if publication.published_at is None:
        return
    search.put(
        KIND,
        publication.public_id,
        title=publication.title,
        body=f"{publication.question}\n\n{publication.answer}",
        url=reverse("letters:answer", args=[publication.public_id]),
        at=publication.published_at,
    )


def put_all() -> None:
    """All of them anew, for `search.rebuild`."""
    for publication in Publication.objects.published():
        put(publication)
