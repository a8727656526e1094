"""A session's page with its door, the waiting place, and the list of what is coming."""

from datetime import timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from chat.limits import CODES, JOINS, is_over
from chat.models import Member, Session
from chat.permissions import is_announced, is_rostered
from chat.places import PLACE, WAITING, drop_token, set_token, token_in
from chat.services import members
from chat.services.members import DoorClosed, Place
from referrals.cards import help_now

WORD_CODE = "wordcode"  # hands the words over to the room's page, which shows them once
SUGGESTIONS = 8
ASK_AGAIN = 10  # seconds between looks at the queue


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    past = Session.objects.announced(now=now).filter(state=Session.State.CLOSED, after_post__published_at__lte=now)
    context = {
        "upcoming": Session.objects.upcoming(now=now).with_people(),
        "past": past.with_people().order_by("-starts_at")[:5],
    }
    return render(request, "chat/list.html", context)


def _session(request: HttpRequest, slug: str) -> Session:
    """The session, if this reader may know of it."""
    session = Session.objects.with_people().filter(slug=slug).first()
    if session is None:
        raise Http404
    if is_announced(session, now=timezone.now()) or is_rostered(request.user, session):  # type: ignore[arg-type]
        return session
    raise Http404


@require_safe
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """What the session is, with whom, and the way in: the door, the queue, the time, or where to go now."""
    session = _session(request, slug)
    if session.state == Session.State.CLOSED:
        return render(request, "chat/closed.html", _closed_context(session))
    if token_in(request.COOKIES, WAITING) and members.is_letting_in(session, now=timezone.now()):
        return _queue(request, session)
    return _door(request, session)


def _closed_context(session: Session) -> dict[str, object]:
    now = timezone.now()
    post = session.after_post
    return {
        "session": session,
        "after_post": post if post and post.published_at and post.published_at <= now else None,
        "upcoming": Session.objects.upcoming(now=now).with_people()[:3],
        "help_cards": help_now(now=now, limit=3),
        "is_erased": session.erased_at is not None,
    }


def _door(
    request: HttpRequest,
    session: Session,
    *,
    alias: str = "",
    error: object = "",
    code_error: object = "",
    status: int = 200,
) -> HttpResponse:
    now = timezone.now()
    names = [members.suggest_alias(session) for _unused in range(SUGGESTIONS)]
    context = {
        "session": session,
        "alias": alias or names[0],
        "suggestions": names,
        "error": error,
        "code_error": code_error,
        "me": Member.objects.by_place(session, token_in(request.COOKIES)),
        "is_letting_in": members.is_letting_in(session, now=now),
        "opens_at": session.starts_at - timedelta(minutes=settings.LOBBY_MINUTES),
        "leads": is_rostered(request.user, session),  # type: ignore[arg-type]
        "nobody_came": session.no_show_told_at is not None and session.state == Session.State.LOBBY,
        "help_cards": help_now(now=now, limit=3) if session.no_show_told_at else [],
    }
    return render(request, "chat/session.html", context, status=status)


def _queue(request: HttpRequest, session: Session) -> HttpResponse:
    """The waiting place. It looks again by itself, and posts the door's form when a place is free."""
    token, number, is_turn = members.wait_in_line(
        session=session, waiting=token_in(request.COOKIES, WAITING), now=timezone.now()
    )
    context = {
        "session": session,
        "number": number,
        "is_turn": is_turn,
        "alias": members.suggest_alias(session),
        "help_cards": help_now(now=timezone.now(), limit=3),
    }
    response = render(request, "chat/queue.html", context)
    response.headers["Refresh"] = str(ASK_AGAIN)
    set_token(response, session, token, WAITING)
    return response


@require_POST
def join(request: HttpRequest, slug: str) -> HttpResponse:
    session = _session(request, slug)
    if is_over(request, group="join", rate=JOINS):
        return render(request, "429.html", status=429)
    alias = request.POST.get("alias", "")[:200]
    try:
        place = members.join(
            session=session,
            alias=alias,
            token=token_in(request.COOKIES),
            waiting=token_in(request.COOKIES, WAITING),
            now=timezone.now(),
        )
    except DoorClosed as closed:
        if closed.code == "full":
            return _queue(request, session)
        if closed.code == "alias":
            return _door(request, session, alias=alias, error=closed.text, status=422)
        return redirect("chat:session", slug=slug)
    return _go_in(session, place)


@require_POST
def come_back(request: HttpRequest, slug: str) -> HttpResponse:
    """By the word code, on this or another device."""
    session = _session(request, slug)
    if is_over(request, group="word-code", rate=CODES):
        return render(request, "429.html", status=429)
    try:
        place = members.come_back(session=session, code=request.POST.get("code", "")[:200], now=timezone.now())
    except DoorClosed as closed:
        if closed.code == "code":
            return _door(request, session, code_error=closed.text, status=422)
        return redirect("chat:session", slug=slug)
    return _go_in(session, place)


def _go_in(session: Session, place: Place) -> HttpResponse:
    response = redirect("chat:room", slug=session.slug)
    set_token(response, session, place.token, PLACE)
    drop_token(response, session, WAITING)
    if place.word_code:
        set_token(response, session, place.word_code, WORD_CODE)
    return response
