from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from accounts.permissions import may_enter_staff_pages
from blog import permissions, services
from blog.forms import EntryForm
from blog.models import Entry
from moderation.refusals import Refused
from moderation.text import render_markdown

PER_PAGE = 10


# For everybody ----------------------------------------------------------------------------------------------------


@require_safe
def entry_list(request: HttpRequest) -> HttpResponse:
    entries = Entry.objects.published(now=timezone.now()).with_author()
    page = Paginator(entries, PER_PAGE).get_page(request.GET.get("side"))
    return render(request, "blog/list.html", {"page": page})


@require_safe
def entry(request: HttpRequest, public_id: str) -> HttpResponse:
    """One published entry. What belongs to it in the chat comes by the names under which sessions point at entries."""
    entries = Entry.objects.published(now=timezone.now()).with_author()
    entries = entries.select_related("session_before__after_post", "session_after").prefetch_related(
        "session_before__roster__user__profile"
    )
    found = get_object_or_404(entries, public_id=public_id)
    return render(
        request,
        "blog/entry.html",
        {
            "entry": found,
            "coming": getattr(found, "session_before", None),
            "held": getattr(found, "session_after", None),
        },
    )


# For counsellors --------------------------------------------------------------------------------------------------


@login_required
@require_safe
def notes(request: HttpRequest) -> HttpResponse:
    """Notes to go on with: one's own, and for a coordinator those of the organisation's counsellors."""
    user = cast(User, request.user)
    if not permissions.can_see_notes(user):
        raise PermissionDenied
    entries = Entry.objects.notes_in_the_hands_of(user).with_author()
    return render(request, "blog/notes.html", {"entries": entries, "can_write": permissions.can_write_notes(user)})


@login_required
@require_http_methods(["GET", "POST"])
def write(request: HttpRequest) -> HttpResponse:
    if not permissions.can_write_notes(cast(User, request.user)):
        raise PermissionDenied
    return _edit(request, None)


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, public_id: str) -> HttpResponse:
    found = get_object_or_404(Entry.objects.with_author(), public_id=public_id)
    if not permissions.can_edit_entry(cast(User, request.user), found):
        raise Http404
    return _edit(request, found)


def _edit(request: HttpRequest, found: Entry | None) -> HttpResponse:
    """The same page for a new note and for one that exists: as it is typed, as it will look, and what to do with it."""
    form = EntryForm(request.POST) if request.method == "POST" else EntryForm.of(found)
    action = request.POST.get("action", "")
    if request.method == "POST" and form.is_valid() and action in ACTIONS:
        try:
            with transaction.atomic():
                told = ACTIONS[action](_save(form, found, cast(User, request.user)))
        except Refused as refused:
            form.add_error(None, str(refused.text))
        else:
            messages.info(request, told)
            return redirect("blog:notes")
    source = form["text"].value() or ""
    context = {"form": form, "entry": found, "preview": preview_of(source)}
    return render(request, "blog/edit.html", context, status=422 if form.errors else 200)


def _save(form: EntryForm, found: Entry | None, user: User) -> Entry:
    title, source = form.cleaned_data["title"], form.cleaned_data["text"]
    if found is None:
        return services.save_draft(author=user, kind=Entry.Kind.NOTE, title=title, source=source)
    return services.rewrite(entry=found, editor=user, title=title, source=source)


def _kept(saved: Entry) -> str:
    return _("Saved.")


def _published(saved: Entry) -> str:
    services.publish(entry=saved, now=timezone.now())
    return _("Everyone can read it now.")


def _taken_down(saved: Entry) -> str:
    services.unpublish(entry=saved)
    return _("It is a draft again. Nobody else can read it.")


ACTIONS = {"save": _kept, "publish": _published, "unpublish": _taken_down}


@login_required
@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """What a text will look like: `{html}`, by the renderer that posts go through."""
    if not may_enter_staff_pages(cast(User, request.user)):
        raise PermissionDenied
    return JsonResponse({"html": preview_of(request.POST.get("text", ""))})


def preview_of(source: str) -> str:
    """A draft as HTML. What is too long to be saved is shown as far as it would be."""
    return render_markdown(source[: services.MAX_SOURCE])
