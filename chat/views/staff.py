"""The counsellors' own pages: planning an evening, and what is written afterwards. The desk: desk.py."""

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from blog import services as blog
from blog.forms import EntryForm
from chat import permissions
from chat.forms import SessionForm, blank_session, planned_session
from chat.models import Session
from chat.qr import qr_code
from chat.services import afterwards, planning
from moderation.refusals import Refused
from moderation.text import render_markdown

# Planning ---------------------------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "POST"])
def plan(request: HttpRequest) -> HttpResponse:
    """A new evening and its before-post, side by side."""
    user = cast(User, request.user)
    if not permissions.can_plan(user):
        raise PermissionDenied
    if request.method == "GET":
        form = SessionForm(editor=user, initial=blank_session(editor=user, now=timezone.now()))
        return _plan_page(request, form, None)
    return _carry_out(request, SessionForm(request.POST, editor=user), None)


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """An evening that is planned already."""
    user = cast(User, request.user)
    session = _session_of(user, slug)
    if request.method == "GET":
        form = SessionForm(editor=user, session=session, initial=planned_session(session))
        return _plan_page(request, form, session)
    if request.POST.get("action") == "unpublish":
        return _take_down(request, session)
    return _carry_out(request, SessionForm(request.POST, editor=user, session=session), session)


def _session_of(user: User, slug: str) -> Session:
    """A session that this person may edit; any other is not there."""
    session = get_object_or_404(Session.objects.with_people(), slug=slug)
    if not permissions.can_edit_session(user, session):
        raise Http404
    return session


def _carry_out(request: HttpRequest, form: SessionForm, session: Session | None) -> HttpResponse:
    """Save or publish what the form says; "preview" only shows it, with everything kept."""
    action = request.POST.get("action", "")
    is_valid = form.is_valid()
    if action not in ("save", "publish"):
        return _plan_page(request, form, session, complain=False)
    if is_valid:
        try:
            _save_plan(form, session, cast(User, request.user), publish=action == "publish")
        except Refused as refused:
            form.add_error(None, str(refused.text))
        else:
            messages.info(request, _said_of_plan(action))
            return redirect("chat:desk")
    return _plan_page(request, form, session)


@transaction.atomic
def _save_plan(form: SessionForm, session: Session | None, user: User, *, publish: bool) -> None:
    """Both or neither: what cannot be published is not saved half way, and the form keeps it."""
    now = timezone.now()
    if session is None:
        session = planning.plan_session(planner=user, plan=form.plan(), now=now)
    else:
        session = planning.change_session(session=session, editor=user, plan=form.plan(), now=now)
    if publish:
        planning.publish_before_post(session=session, by=user, now=now)


def _said_of_plan(action: str) -> str:
    if action == "publish":
        return _("It is announced. It stands on the front page and in the blog now.")
    return _("Saved.")


def _take_down(request: HttpRequest, session: Session) -> HttpResponse:
    try:
        planning.unpublish_before_post(session=session, by=cast(User, request.user))
    except Refused as refused:
        messages.error(request, str(refused.text))
        return redirect("chat:edit", session.slug)
    messages.info(request, _("The announcement is taken down. The chat is a draft again."))
    return redirect("chat:desk")


@login_required
@require_http_methods(["GET", "POST"])
def delete(request: HttpRequest, slug: str) -> HttpResponse:
    """Asks once more, then throws a draft away."""
    user = cast(User, request.user)
    session = _session_of(user, slug)
    if not planning.can_delete_draft(session):
        raise Http404
    if request.method == "GET":
        return render(request, "chat/delete_draft.html", {"session": session})
    try:
        planning.delete_draft(session=session, by=user)
    except Refused as refused:
        messages.error(request, str(refused.text))
    else:
        messages.info(request, _("The draft is deleted."))
    return redirect("chat:desk")


def _plan_page(
    request: HttpRequest, form: SessionForm, session: Session | None, *, complain: bool = True
) -> HttpResponse:
    """The form as it is filled in, and beside it the post as it will look."""
    wrong = complain and form.is_bound and bool(form.errors)
    is_published = session is not None and permissions.is_announced(session, now=timezone.now())
    context = {
        "form": form,
        "session": session,
        "complain": wrong,
        "is_published": is_published,
        "can_delete": session is not None and planning.can_delete_draft(session),
        **(_link(request, session) if session is not None and is_published else {}),
        "is_fixed": session is not None and session.state != Session.State.LOBBY,
        "is_closed": session is not None and session.state == Session.State.CLOSED,
        "preview": _shown(form["text"].value()),
    }
    return render(request, "chat/plan.html", context, status=422 if wrong else 200)


def _link(request: HttpRequest, session: Session) -> dict[str, str]:
    """The session's address, to copy and to point a phone at."""
    address = request.build_absolute_uri(reverse("chat:session", args=[session.slug]))
    return {"link": address, "qr": qr_code(address)}


@login_required
@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """The post as it will look: `{html, source, prefilled}`; `source` follows the form while nobody wrote in it."""
    user = cast(User, request.user)
    if not permissions.can_plan(user):
        raise PermissionDenied
    slug = request.GET.get("session", "")
    form = SessionForm(request.POST, editor=user, session=_session_of(user, slug) if slug else None)
    form.is_valid()  # puts the proposed text into the form; what else is wrong matters when it is saved
    source = form["text"].value() or ""
    return JsonResponse({"html": _shown(source), "source": source, "prefilled": form["prefilled"].value() or ""})


def _shown(source: str | None) -> str:
    """A draft as HTML, by the renderer that posts go through."""
    return render_markdown((source or "")[: blog.MAX_SOURCE])


# Afterwards -------------------------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "POST"])
def after(request: HttpRequest, slug: str) -> HttpResponse:
    """The after-post: prefilled, checked against the room, published."""
    user = cast(User, request.user)
    session = get_object_or_404(Session.objects.with_people(), slug=slug)
    if not permissions.can_write_after_post(user, session):
        raise Http404
    post = session.after_post
    if post is None:
        raise Http404
    if request.method == "GET":
        return _after_page(request, EntryForm.of(post), session)
    form = EntryForm(request.POST)
    action = request.POST.get("action", "")
    if action in _AFTER and form.is_valid():
        try:
            told = _AFTER[action](session, user, form)
        except Refused as refused:
            form.add_error(None, str(refused.text))
        else:
            messages.info(request, told)
            return redirect("chat:desk")
    return _after_page(request, form, session)


def _save_after(session: Session, user: User, form: EntryForm) -> str:
    afterwards.save(session=session, editor=user, title=form.cleaned_data["title"], source=form.cleaned_data["text"])
    return _("Saved.")


def _publish_after(session: Session, user: User, form: EntryForm) -> str:
    """What was typed is kept even when the publishing has to wait for another reader."""
    _save_after(session, user, form)
    afterwards.publish(session=session, by=user, now=timezone.now())
    return _("The post is out. Everyone can read it now.")


def _unpublish_after(session: Session, user: User, form: EntryForm) -> str:
    afterwards.unpublish(session=session, by=user)
    return _("The post is back on the desk.")


_AFTER = {"save": _save_after, "publish": _publish_after, "unpublish": _unpublish_after}


def _after_page(request: HttpRequest, form: EntryForm, session: Session) -> HttpResponse:
    now = timezone.now()
    session.refresh_from_db(fields=["after_post", "erased_at"])
    title, source = form["title"].value() or "", form["text"].value() or ""
    context = {
        "form": form,
        "session": session,
        "post": session.after_post,
        "preview": _shown(source),
        "echoes": [*afterwards.echoes(session, title), *afterwards.echoes(session, source)] if form.is_bound else [],
        "needs_reader": permissions.needs_second_reading(session),
        "waits_for_reader": permissions.is_waiting_for_a_reader(cast(User, request.user), session),
        "is_overdue": session.erased_at is not None or session.erase_at <= now,
    }
    return render(request, "chat/after.html", context, status=422 if form.errors else 200)
