"""Letters as the counsellors of a letterbox read and answer them. For everybody else there is nothing here."""

from collections.abc import Callable
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from accounts.permissions import coordinated_by, may_enter_staff_pages
from forum.letter_forms import AnswerForm, PublicationForm
from forum.models import Letter, Letterbox, LetterPart, Publication
from forum.permissions import (
    can_give_look,
    can_propose,
    can_read_letterbox,
    can_sign,
    is_trainee,
    needs_look,
    writers_of,
)
from forum.services import letterboxes, letters, publications
from moderation.queue import working_name
from moderation.refusals import Refused
from moderation.text import render_markdown

ANSWERED_SHOWN = 30


@login_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Letters of one's letterboxes: those that wait, and those that were answered lately."""
    user = cast(User, request.user)
    boxes = Letterbox.objects.in_the_hands_of(user)
    keeps = coordinated_by(user).exists()
    if not may_enter_staff_pages(user) or not (keeps or boxes.exists()):
        raise PermissionDenied
    theirs = _with_draft(Letter.objects.in_the_hands_of(user))
    context = {
        "waiting": theirs.waiting().order_by("-is_urgent", "due_at", "pk"),
        "answered": theirs.filter(due_at__isnull=True).order_by("-erase_at", "-pk")[:ANSWERED_SHOWN],
        "boxes": boxes.order_by("name"),
        "keeps": keeps,
        "now": timezone.now(),
    }
    return render(request, "forum/letters/staff_list.html", context)


def _with_draft(letters_of_user: QuerySet[Letter]) -> Any:
    drafts = LetterPart.objects.filter(letter=OuterRef("pk"), sent_at__isnull=True)
    shown = Publication.objects.published().filter(letter=OuterRef("pk"))
    return letters_of_user.select_related("letterbox").annotate(
        is_begun=Exists(drafts), asks_look=Exists(drafts.filter(look_asked_at__isnull=False)), is_public=Exists(shown)
    )


def _letter_of(user: User, public_id: str) -> Letter:
    """A letter that this person may read; any other is not there, whatever they administer."""
    letter = get_object_or_404(Letter.objects.select_related("letterbox"), public_id=public_id)
    if not can_read_letterbox(user, letter.letterbox):
        raise Http404
    return letter


# Answering --------------------------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def read(request: HttpRequest, public_id: str) -> HttpResponse:
    """The conversation and the answer to it. Whoever opens one that waits has it for ten minutes."""
    user = cast(User, request.user)
    letter = _letter_of(user, public_id)
    if request.method != "POST":
        return _read_page(request, letter, None)
    form = AnswerForm(request.POST)
    action = request.POST.get("action", "")
    form.is_valid()
    if action not in ACTIONS:
        return _read_page(request, letter, form)
    try:
        told = ACTIONS[action](letter, user, form)
    except Refused as refused:
        form.add_error(None, str(refused.text))
        return _read_page(request, letter, form)
    messages.info(request, told)
    return redirect("letters:desk") if action in LEADS_BACK else redirect("letters:read", public_id)


def _words(form: AnswerForm) -> dict[str, Any]:
    return {"text": form["text"].value() or "", "seen": form["seen"].value() or "", "now": timezone.now()}


def _save(letter: Letter, user: User, form: AnswerForm) -> str:
    letters.save_draft(letter=letter, user=user, **_words(form))
    return _("Saved. Only the counsellors of the letterbox see it.")


def _ask(letter: Letter, user: User, form: AnswerForm) -> str:
    letters.ask_look(letter=letter, user=user, **_words(form))
    return _("Your colleagues see that it waits for one of them.")


def _send(letter: Letter, user: User, form: AnswerForm) -> str:
    letters.send(letter=letter, user=user, **_words(form))
    return _("The answer is sent.")


def _look(letter: Letter, user: User, form: AnswerForm) -> str:
    letters.give_look(letter=letter, user=user, seen=form["seen"].value() or "", now=timezone.now())
    return _("The answer is sent.")


def _return(letter: Letter, user: User, form: AnswerForm) -> str:
    seen, note = form["seen"].value() or "", form["note"].value() or ""
    letters.return_draft(letter=letter, user=user, note=note, seen=seen, now=timezone.now())
    return _("It is back with the one who wrote it, with your note.")


def _discard(letter: Letter, user: User, form: AnswerForm) -> str:
    letters.discard_draft(letter=letter, user=user, seen=form["seen"].value() or "", now=timezone.now())
    return _("The draft is gone. You can begin anew.")


def _unpublish(letter: Letter, user: User, form: AnswerForm) -> str:
    letters.unpublish(letter=letter, user=user, now=timezone.now())
    return _("Nobody can read it any more.")


ACTIONS: dict[str, Callable[[Letter, User, AnswerForm], str]] = {
    "save": _save,
    "ask": _ask,
    "send": _send,
    "look": _look,
    "return": _return,
    "discard": _discard,
    "unpublish": _unpublish,
}
LEADS_BACK = {"ask", "look", "return"}


def _read_page(request: HttpRequest, letter: Letter, form: AnswerForm | None) -> HttpResponse:
    """`form` is what came back; without one the draft stands in the field."""
    user = cast(User, request.user)
    draft = letters.draft_of(letter)
    held_by = _take(letter, user, draft)
    if form is None:
        form = AnswerForm(initial={"text": draft.text if draft else ""})
    text = form["text"].value() or ""
    publication = publications.of(letter)
    asks_look = draft is not None and draft.look_asked_at is not None
    context = {
        "letter": letter,
        "box": letter.letterbox,
        "parts": letter.parts.sent().select_related("counsellor__profile"),
        "form": form,
        "seen": letters.version_of(letter),
        "draft": draft,
        "other_draft": draft is not None and form.is_bound and draft.text != text,
        "asks_look": asks_look,
        "is_mine": draft is not None and draft.counsellor_id == user.pk,
        **_second_look(letter, user, draft),
        "held_by": held_by,
        "can_sign": can_sign(user),
        "preview": render_markdown(text[: letters.LONGEST_ANSWER]),
        "publication": publication,
        "is_asked": publications.is_asked(publication),
        "is_declined": publications.is_declined(publication),
        "may_propose": publications.may_propose(letter),
        "can_propose": can_propose(user, letter.letterbox),
        "is_late": letter.due_at is not None and letter.due_at < timezone.now(),
    }
    return render(request, "forum/letters/read.html", context, status=422 if form.errors else 200)


def _second_look(letter: Letter, user: User, draft: LetterPart | None) -> dict[str, Any]:
    """Who has written in the answer, and who can read it through before it goes out."""
    writers = list(writers_of(draft).select_related("profile")) if draft else []
    names = sorted(working_name(writer) for writer in writers)
    box, asks_look = letter.letterbox, draft is not None and draft.look_asked_at is not None
    must = needs_look(box, user, draft)
    can_look = asks_look and draft is not None and can_give_look(user, draft)
    return {
        "can_look": can_look,
        "only_reads": asks_look and not can_look and user not in writers,
        "needs_look": must,
        "is_trainee": is_trainee(user, box),
        "wrote": names if len(names) > 1 else [],
        "has_reader": letterboxes.has_reader(box, besides={user.pk, *(writer.pk for writer in writers)}),
    }


def _take(letter: Letter, user: User, draft: LetterPart | None) -> str:
    """Claim one that waits for this person; why not, when a colleague has it. Whoever cannot be the colleague that is
    asked to read leaves it free."""
    is_anothers = draft is not None and draft.look_asked_at is not None and not can_give_look(user, draft)
    if is_anothers or (draft is None and letter.due_at is None):
        return ""
    try:
        letters.take(letter=letter, user=user, now=timezone.now())
    except Refused as refused:
        return str(refused.text)
    return ""


# Making a page of it ----------------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: HttpRequest, public_id: str) -> HttpResponse:
    """Letter and answer as a page that shows nobody. The writer reads it next, and decides."""
    user = cast(User, request.user)
    letter = _letter_of(user, public_id)
    if not (can_propose(user, letter.letterbox) and publications.may_propose(letter)):
        raise Http404
    if request.method != "POST":
        return _propose_page(request, letter, PublicationForm(initial=_initial(letter)))
    form = PublicationForm(request.POST)
    if request.POST.get("action") == "propose" and form.is_valid():
        try:
            letters.propose(letter=letter, user=user, **form.cleaned_data, now=timezone.now())
        except Refused as refused:
            form.add_error(None, str(refused.text))
        else:
            messages.info(request, _("The one who wrote the letter is asked. It is public when they say yes."))
            return redirect("letters:read", public_id)
    return _propose_page(request, letter, form)


def _initial(letter: Letter) -> dict[str, Any]:
    asked = publications.of(letter)
    if not publications.is_asked(asked) or asked is None:
        return dict(publications.suggestion(letter))
    return {name: getattr(asked, name) for name in ("title", "question", "answer", "need", "service")}


def _propose_page(request: HttpRequest, letter: Letter, form: PublicationForm) -> HttpResponse:
    complain = form.is_bound and request.POST.get("action") == "propose" and bool(form.errors)
    context = {
        "letter": letter,
        "form": form,
        "complain": complain,
        "pointed_out": form.pointed_out(),
        "preview": render_markdown(str(form["answer"].value() or "")[: letters.LONGEST_ANSWER]),
    }
    return render(request, "forum/letters/propose.html", context, status=422 if complain else 200)
