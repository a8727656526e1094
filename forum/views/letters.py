"""The letterbox as the young meet it: who answers, a field to write in, the conversation, and published answers.

A letter's own pages answer to its cookie alone. Everybody else, staff and those who guess included, meets one and the
same page, which leads to where the word code is typed (T22).
"""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.redirects import SeeOther
from forum.models import Letter, Letterbox, Publication
from forum.places import LETTER, WORD_CODE, drop_letter, set_letter, token_in
from forum.promises import answered_by
from forum.services import letterboxes, letters, publications
from forum.views.shared import WRITING, first_help, limited, unlisted
from moderation import crisis
from moderation.refusals import Refused
from referrals.cards import details, help_now
from referrals.models import Service
from referrals.models import Topic as Need

A_PAGE = 12  # published answers
GROUP = "letter"  # of the limits


# For everybody ----------------------------------------------------------------------------------------------------


@unlisted
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Who answers, how soon, and the answers that may be read by others. No form: nobody gets a cookie for reading."""
    published = Publication.objects.published()
    needs = list(Need.objects.filter(pk__in=published.order_by().values("need")))
    chosen = next((need for need in needs if need.code == request.GET.get("t")), None)
    shown = published.filter(need=chosen) if chosen else published
    shown = shown.select_related("counsellor__profile", "need")
    boxes = list(Letterbox.objects.shown().prefetch_related("organizations"))
    faces, now = letterboxes.faces_of(boxes), timezone.now()
    context = {
        "boxes": [(box, faces[box.pk], box.hours and answered_by(box, now=now)) for box in boxes],
        "help_cards": help_now(now=now, limit=2),
        "needs": needs,
        "chosen": chosen,
        "page": Paginator(shown, A_PAGE).get_page(request.GET.get("side")),
    }
    return render(request, "forum/letters/list.html", context)


@unlisted
@require_safe
def answer(request: HttpRequest, public_id: str) -> HttpResponse:
    """A letter and its answer, as the one who wrote the letter agreed to. One that waits for a yes is not there."""
    published = Publication.objects.published().select_related("counsellor__profile", "need", "letter__letterbox")
    found = get_object_or_404(published, public_id=public_id)
    now, box = timezone.now(), found.letter.letterbox
    others = letterboxes.cards_of(box, now=now, besides=[found.service_id])
    context = {"publication": found, "card": service_card(found, now=now), "others": others}
    return render(request, "forum/letters/answer.html", context)


def service_card(publication: Publication, *, now: datetime) -> dict[str, Any] | None:
    """The service beside an answer, while it is shown."""
    if publication.service_id is None:
        return None
    service = Service.objects.shown().with_details().filter(pk=publication.service_id).first()
    return details(service, now=now) if service else None


# Writing ----------------------------------------------------------------------------------------------------------


@unlisted
@require_http_methods(["GET", "HEAD", "POST"])
@limited(group=GROUP, rate=WRITING)
def write(request: HttpRequest, slug: str) -> HttpResponse:
    """One field. Sent, it answers with the letter's own page, its cookie, and once the words to come back with."""
    box = get_object_or_404(Letterbox.objects.shown().prefetch_related("organizations"), slug=slug)
    text = request.POST.get("text", "")
    error: object = ""
    if request.method == "POST":
        try:
            written = letters.write(box=box, text=text, now=timezone.now())
        except Refused as refused:
            error = refused.text
        else:
            response = SeeOther(reverse("letters:letter", args=[written.letter.public_id]))
            set_letter(response, written.letter, written.token)
            set_letter(response, written.letter, written.word_code, WORD_CODE)
            return response
    now = timezone.now()
    helps = first_help(text[: letters.LONGEST * 2], now=now) if error else []
    context = {
        "box": box,
        "faces": letterboxes.faces_of([box])[box.pk],
        "due_at": answered_by(box, now=now),
        "days": settings.LETTER_DAYS,
        "text": text,
        "error": error,
        "first_help": helps,
        "others": letterboxes.cards_of(box, now=now, besides=[card["id"] for card in helps]),
    }
    return render(request, "forum/letters/write.html", context, status=422 if error else 200)


# The letter's own pages -------------------------------------------------------------------------------------------


def own_letter(request: HttpRequest, public_id: str) -> Letter | None:
    """The letter of this browser's cookie."""
    letter = Letter.objects.by_token(public_id, token_in(request.COOKIES, LETTER))
    if letter is not None:
        letter.letterbox = Letterbox.objects.get(pk=letter.letterbox_id)
    return letter


def nothing_here(request: HttpRequest) -> HttpResponse:
    return render(request, "forum/letters/no_letter.html", status=404)


@unlisted
@require_safe
def letter(request: HttpRequest, public_id: str) -> HttpResponse:
    found = own_letter(request, public_id)
    if found is None:
        return nothing_here(request)
    code = token_in(request.COOKIES, WORD_CODE)
    response = _letter_page(request, found, word_code=code)
    if code and request.method == "GET":  # a HEAD has shown them to nobody
        drop_letter(response, found, WORD_CODE)
    return response


@unlisted
@require_POST
@limited(group=GROUP, rate=WRITING)
def more(request: HttpRequest, public_id: str) -> HttpResponse:
    """Go on writing. Refused, the page comes back with the text in its field."""
    found = own_letter(request, public_id)
    if found is None:
        return nothing_here(request)
    text = request.POST.get("text", "")
    try:
        letters.write_more(letter=found, text=text, now=timezone.now())
    except Refused as refused:
        return _letter_page(request, found, text=text, error=refused.text)
    return SeeOther(reverse("letters:letter", args=[public_id]))


def _letter_page(
    request: HttpRequest, found: Letter, *, word_code: str = "", text: str = "", error: object = ""
) -> HttpResponse:
    """Both sides in order; help stands first when the words sound like danger."""
    now = timezone.now()
    parts = list(found.parts.sent().select_related("counsellor__profile"))
    publication = publications.of(found)
    waits = letters.waits_since(parts) is not None and found.due_at is not None
    is_in_danger = (waits and found.is_urgent) or bool(error and crisis.level(text[: letters.LONGEST * 2]) == "acute")
    helps = help_now(now=now, limit=2) if is_in_danger else []
    context = {
        "letter": found,
        "box": found.letterbox,
        "parts": parts,
        "waits": waits,
        "is_late": waits and found.due_at is not None and found.due_at < now,
        "is_asked": publications.is_asked(publication),
        "publication": publication,
        "word_code": word_code,
        "days": settings.LETTER_DAYS,
        "text": text,
        "error": error,
        "is_in_danger": is_in_danger,
        "help_cards": helps,
        "others": letterboxes.cards_of(found.letterbox, now=now, besides=[card["id"] for card in helps]),
    }
    return render(request, "forum/letters/letter.html", context, status=422 if error else 200)


@unlisted
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, public_id: str) -> HttpResponse:
    """Asks once more, then deletes it, really."""
    found = own_letter(request, public_id)
    if found is None:
        return nothing_here(request)
    if request.method != "POST":
        is_public = Publication.objects.published().filter(letter=found).exists()
        return render(request, "forum/letters/delete.html", {"letter": found, "is_public": is_public})
    letters.delete(letter=found)
    response = SeeOther(reverse("letters:deleted"))
    drop_letter(response, found)
    drop_letter(response, found, WORD_CODE)
    return response


@unlisted
@require_safe
def deleted(request: HttpRequest) -> HttpResponse:
    return render(request, "forum/letters/deleted.html")


@unlisted
@require_http_methods(["GET", "HEAD", "POST"])
def consent(request: HttpRequest, public_id: str) -> HttpResponse:
    """The page as others would read it, and a yes or a no that is about nothing else and can be taken back."""
    found = own_letter(request, public_id)
    if found is None:
        return nothing_here(request)
    back = SeeOther(reverse("letters:letter", args=[public_id]))
    if request.method == "POST":
        if request.POST.get("answer") != "yes":
            letters.withdraw(letter=found)
            return back
        try:
            letters.consent(letter=found, seen=request.POST.get("seen", ""), now=timezone.now())
        except Refused as refused:
            return _consent_page(request, found, error=refused.text) or back
        return SeeOther(reverse("letters:consent", args=[public_id]))
    return _consent_page(request, found) or back


def _consent_page(request: HttpRequest, found: Letter, *, error: object = "") -> HttpResponse | None:
    """None while nothing is asked and nothing is public."""
    publication = Publication.objects.filter(letter=found).select_related("counsellor__profile", "need").first()
    if publication is None or publications.is_declined(publication):
        return None
    context = {
        "letter": found,
        "publication": publication,
        "card": service_card(publication, now=timezone.now()),
        "seen": publications.version_of(publication),
        "error": error,
    }
    return render(request, "forum/letters/consent.html", context, status=422 if error else 200)
