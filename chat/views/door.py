"""A session's page with its door, the places where one waits before it, and the list of what is coming."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from urllib.parse import quote, unquote

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.addresses import address_of_request
from accounts.limits import CODES, JOINS, is_over
from accounts.models import User
from chat.models import READABLE_AFTER_CLOSING, Knock, Member, Session
from chat.permissions import is_announced, is_rostered
from chat.places import KNOCK, PLACE, REVIEW, WAITING, WORD_CODE, drop_token, set_token, token_in
from chat.services import knocks, marks, members, reviews
from chat.services.members import DoorClosed, Place
from chat.views.room import retention_line
from moderation import alias as aliases
from moderation.refusals import Refused
from referrals.cards import help_now

View = Callable[[HttpRequest, str], HttpResponse]

WISHED = "wish"  # keeps the typed name in the browser while its owner stands in line
SUGGESTIONS = 8
ASK_AGAIN = 10  # seconds between looks at the queue
LISTEN_AGAIN = 5  # seconds between looks for an answer to a knock
KNOCKS = "60/m"
LONGEST_TYPED = 200
PAST = 12


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """What is open now and next, and what the past ones were about."""
    now = timezone.now()
    upcoming = Session.objects.upcoming(now=now).with_people()
    context = {
        "open_now": [session for session in upcoming if members.is_letting_in(session, now=now)],
        "coming": [session for session in upcoming if not members.is_letting_in(session, now=now)],
        "past": Session.objects.told_of(now=now).with_people()[:PAST],
    }
    return render(request, "chat/list.html", context)


def _session(request: HttpRequest, slug: str) -> Session:
    """The session, if this reader may know of it. One question for the young, whether it exists or not (T22)."""
    session = Session.objects.announced(now=timezone.now()).with_people().filter(slug=slug).first()
    if session is None and isinstance(request.user, User):
        session = Session.objects.rostered(request.user).with_people().filter(slug=slug).first()
        if session is not None and not is_rostered(request.user, session):
            session = None
    if session is None:
        raise Http404
    return session


def _leads(request: HttpRequest, session: Session) -> bool:
    return isinstance(request.user, User) and is_rostered(request.user, session)


@require_safe
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """What the session is, with whom, and the way in: the door, open or closed, the queue, the time, or where to go
    now."""
    session = _session(request, slug)
    if session.state == Session.State.CLOSED:
        return _closed(request, session)
    if _has_to_knock(request, session):
        mine = knocks.find(session, token_in(request.COOKIES, KNOCK))
        if mine is None:
            return _closed_door(request, session)
        if not (mine.is_let_in and token_in(request.COOKIES, WAITING)):  # let in, they may stand in line yet
            return _knocked(request, session, mine)
    if token_in(request.COOKIES, WAITING) and members.is_letting_in(session, now=timezone.now()):
        return _queue(request, session)
    return _door(request, session)


def _closed(request: HttpRequest, session: Session) -> HttpResponse:
    now = timezone.now()
    post = session.after_post
    context = {
        "session": session,
        "after_post": post if post and post.published_at and post.published_at <= now else None,
        "upcoming": Session.objects.upcoming(now=now).with_people()[:3],
        "help_cards": help_now(now=now, limit=3),
        "is_erased": session.erased_at is not None,
        "retention_line": retention_line(session),
        "can_read_on": _can_read_on(request, session, now),
        "has_review": _has_review(request, session),
        "leads": _leads(request, session),
    }
    return render(request, "chat/closed.html", context)


def _has_review(request: HttpRequest, session: Session) -> bool:
    """Somebody who was sanctioned here, or who waits for what another adult says of it."""
    me = Member.objects.by_place(session, token_in(request.COOKIES))
    return bool(token_in(request.COOKIES, REVIEW)) or (me is not None and reviews.was_sanctioned(me))


def _can_read_on(request: HttpRequest, session: Session, now: datetime) -> bool:
    """Somebody with a place here, in the minutes in which the closed room can still be read."""
    is_readable = session.closed_at is not None and now < session.closed_at + READABLE_AFTER_CLOSING
    return is_readable and Member.objects.by_place(session, token_in(request.COOKIES)) is not None


def _suggestions(session: Session) -> list[str]:
    """Names nobody here has, each another one."""
    taken = members.names_present(session)
    names: list[str] = []
    while len(names) < SUGGESTIONS:
        names.append(aliases.suggest(taken=[*taken, *names]))
    return names


def _form(session: Session, alias: str, *, sure: str = "") -> dict[str, object]:
    """What the door's form shows; `sure` is the name that its owner has been warned of."""
    names = _suggestions(session)
    return {"alias": alias or names[0], "suggestions": names, "longest": aliases.LONGEST, "sure": sure}


def _door(
    request: HttpRequest,
    session: Session,
    *,
    alias: str = "",
    sure: str = "",
    error: object = "",
    code_error: object = "",
    status: int = 200,
) -> HttpResponse:
    now = timezone.now()
    people = session.counsellor_profiles()
    nobody_came = session.no_show_told_at is not None and session.state == Session.State.LOBBY
    context = {
        "session": session,
        **_form(session, alias, sure=sure),
        "error": error,
        "code_error": code_error,
        "me": Member.objects.by_place(session, token_in(request.COOKIES)),
        "is_announced": is_announced(session, now=now),
        "is_letting_in": members.is_letting_in(session, now=now),
        "opens_at": session.starts_at - timedelta(minutes=settings.LOBBY_MINUTES),
        "leads": _leads(request, session),
        "nobody_came": nobody_came,
        "help_cards": help_now(now=now, limit=3) if nobody_came else [],
        "retention_line": retention_line(session),
        "people": people,
        "is_alone": len(people) == 1,
    }
    return render(request, "chat/session.html", context, status=status)


def _queue(request: HttpRequest, session: Session) -> HttpResponse:
    """The waiting place. It looks again by itself, and posts the door's form when a place is free.

    The free place is kept for as long as a look at the queue counts; a page that waits for a tap does not look again,
    so that nobody who has gone away stands before the others.
    """
    now = timezone.now()
    token, number, is_turn = members.wait_in_line(session=session, waiting=token_in(request.COOKIES, WAITING), now=now)
    wished = unquote(request.COOKIES.get(WISHED, ""))[:LONGEST_TYPED]
    context = {
        "session": session,
        "number": number,
        "is_turn": is_turn,
        **_form(session, wished, sure=wished),
        "help_cards": help_now(now=now, limit=3),
    }
    response = render(request, "chat/queue.html", context)
    if not is_turn:
        response.headers["Refresh"] = str(ASK_AGAIN)
    set_token(response, session, token, WAITING)
    return response


def _has_to_knock(request: HttpRequest, session: Session) -> bool:
    """A newcomer from a network with a mark. Who has a place here stays in, or comes back to it."""
    now = timezone.now()
    if _leads(request, session) or not members.is_letting_in(session, now=now):
        return False
    if Member.objects.by_place(session, token_in(request.COOKIES)) is not None:
        return False
    return marks.is_marked(session, address_of_request(request), now=now)


def _closed_door(request: HttpRequest, session: Session, *, status: int = 200) -> HttpResponse:
    context = {"session": session, "help_cards": help_now(now=timezone.now(), limit=3)}
    return render(request, "chat/closed_door.html", context, status=status)


def _stand_at_the_door(request: HttpRequest, session: Session) -> str:
    """Knock, or go on knocking. Answers the cookie's token; "" when the session closed this very moment."""
    try:
        token, _mine = knocks.knock(session=session, token=token_in(request.COOKIES, KNOCK), now=timezone.now())
    except Refused:
        return ""
    return token


def _knocked(request: HttpRequest, session: Session, mine: Knock) -> HttpResponse:
    """Where one waits for an answer, and where it stands. Let in, the page holds the door's form."""
    now = timezone.now()
    is_waiting = mine.answered_at is None
    if is_waiting:
        _stand_at_the_door(request, session)
    wished = unquote(request.COOKIES.get(WISHED, ""))[:LONGEST_TYPED]
    context = {
        "session": session,
        "is_waiting": is_waiting,
        "is_let_in": mine.is_let_in,
        **_form(session, wished, sure=wished),
        "goes_by_itself": bool(wished),
        "retention_line": retention_line(session),
        "help_cards": help_now(now=now, limit=3),
    }
    response = render(request, "chat/knock.html", context)
    if is_waiting:
        response.headers["Refresh"] = str(LISTEN_AGAIN)
    return response


def _sent_from_the_door(answer: View) -> View:
    """A form of the session's page. Its address stays in the browser when it comes back refused; opened again, it
    leads to the page."""

    @wraps(answer)
    def view(request: HttpRequest, slug: str) -> HttpResponse:
        return answer(request, slug) if request.method == "POST" else redirect("chat:session", slug=slug)

    return view


@_sent_from_the_door
def join(request: HttpRequest, slug: str) -> HttpResponse:
    """Through the door under an alias, or back to the place this browser has; a full room leads to the queue."""
    session = _session(request, slug)
    if is_over(request, group="join", rate=JOINS):
        return render(request, "429.html", status=429)
    if _leads(request, session):
        return redirect("chat:room", slug=slug)
    alias = request.POST.get("alias", "")[:LONGEST_TYPED]
    if (warning := _warning(alias)) and request.POST.get("sure") != alias:
        return _door(request, session, alias=alias, sure=alias, error=warning, status=422)
    try:
        place = members.join(
            session=session,
            alias=alias,
            token=token_in(request.COOKIES),
            waiting=token_in(request.COOKIES, WAITING),
            knock=token_in(request.COOKIES, KNOCK),
            address=address_of_request(request),
            now=timezone.now(),
        )
    except DoorClosed as closed:
        if closed.code == "full":
            return _to_the_queue(request, session, alias)
        if closed.code == "marked":
            return _before_the_closed_door(request, session, alias)
        if closed.code == "alias":
            response = _door(request, session, alias=alias, error=closed.text, status=422)
            drop_token(response, session, WISHED)
            return response
        return redirect("chat:session", slug=slug)
    return _go_in(session, place)


def _warning(alias: str) -> object:
    """What to tell once about a name that may be used but shows more than its owner may want; "" for any other."""
    verdict = aliases.check(alias)
    return verdict.text if verdict.accept and verdict.reason else ""


def _to_the_queue(request: HttpRequest, session: Session, alias: str) -> HttpResponse:
    """Give a place in the line, and send to the page that looks again by itself."""
    token, _number, _is_turn = members.wait_in_line(
        session=session, waiting=token_in(request.COOKIES, WAITING), now=timezone.now()
    )
    response = redirect("chat:session", slug=session.slug)
    set_token(response, session, token, WAITING)
    set_token(response, session, quote(alias), WISHED)
    return response


def _before_the_closed_door(request: HttpRequest, session: Session, alias: str) -> HttpResponse:
    """Who knocked and waits goes on waiting; all others are offered to knock. The typed name stays in the browser."""
    if knocks.find(session, token_in(request.COOKIES, KNOCK)):
        response: HttpResponse = redirect("chat:session", slug=session.slug)
    else:
        response = _closed_door(request, session, status=403)
    set_token(response, session, quote(alias), WISHED)
    return response


@_sent_from_the_door
def knock(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask a counsellor to be let in, and wait on the session's page."""
    session = _session(request, slug)
    if is_over(request, group="knock", rate=KNOCKS):
        return render(request, "429.html", status=429)
    response = redirect("chat:session", slug=slug)
    if _has_to_knock(request, session) and (token := _stand_at_the_door(request, session)):
        set_token(response, session, token, KNOCK)
    return response


@_sent_from_the_door
def come_back(request: HttpRequest, slug: str) -> HttpResponse:
    """By the word code, on this or another device."""
    session = _session(request, slug)
    if is_over(request, group="word-code", rate=CODES):
        return render(request, "429.html", status=429)
    try:
        place = members.come_back(
            session=session,
            code=request.POST.get("code", "")[:200],
            address=address_of_request(request),
            now=timezone.now(),
        )
    except DoorClosed as closed:
        if closed.code == "code":
            return _door(request, session, code_error=closed.text, status=422)
        return redirect("chat:session", slug=slug)
    return _go_in(session, place)


def _go_in(session: Session, place: Place) -> HttpResponse:
    response = redirect("chat:room", slug=session.slug)
    set_token(response, session, place.token, PLACE)
    for name in (WAITING, WISHED, KNOCK):
        drop_token(response, session, name)
    if place.word_code:
        set_token(response, session, place.word_code, WORD_CODE)
    return response
