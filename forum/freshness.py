"""Pages that are the same for every reader are made once and sent again, until something on them changes.

A page is kept under the version of what it shows, read with one query: whatever is published, hidden, changed or
deleted raises the version in the same transaction, so nothing old is ever sent. A browser that has the page asks with
its ETag and is told that it has it.

Nobody can fill the cache: a page is kept under its number, where there is one, and under one of the known looks, never
under what a request says of itself.
"""

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import get_language

from forum.models import Board, Topic
from forum.views.boards import page_number

logger = logging.getLogger(__name__)

KEPT = 300  # seconds: what a page shows of other places (a face, a service) is at most this old
MOST_PAGES = 50  # of a board; what lies further back is made anew each time
THEME = "tema"
THEMES = {"light", "dark"}
# Cookies that change how a page looks and not what it says; these pages have no forms with a token.
HARMLESS = {THEME, settings.LANGUAGE_COOKIE_NAME, settings.CSRF_COOKIE_NAME}


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a page shows by its version, and how many pages of it are kept. With `is_whole` there are no others: a
    higher number shows the last one."""

    version: object
    pages: int
    is_whole: bool


Stamper = Callable[..., Stamp | None]
View = Callable[..., HttpResponse]


def of_the_list(**_address: str) -> Stamp:
    """Of each board by itself: a sum would stay the same when one board goes and another changes."""
    boards = list(Board.objects.shown().values_list("pk", "version", "is_open"))
    return Stamp(boards, pages=1, is_whole=True)


def of_a_board(*, slug: str) -> Stamp | None:
    version = Board.objects.shown().filter(slug=slug).values_list("pk", "version").first()
    return Stamp(version, pages=MOST_PAGES, is_whole=False) if version else None


def of_a_topic(*, topic_id: str) -> Stamp | None:
    """Of a topic that everybody can read; None for any other, which is never kept."""
    public = Topic.objects.published().filter(public_id=topic_id, board__is_open=True).order_by()
    found = public.select_related("board").only("version", "last_position", "board__version").first()
    if found is None:
        return None
    return Stamp((found.pk, found.version, found.board.version), pages=found.pages, is_whole=True)


def kept(stamper: Stamper) -> Callable[[View], View]:
    """Keep what the view answers to readers of whom we know nothing; for all others it is made anew."""

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, **address: str) -> HttpResponse:
            if not _is_plain(request):
                return view(request, **address)
            stamp = stamper(**address)
            number = _number(request, stamp) if stamp else None
            if stamp is None or number is None:
                return view(request, **address)
            return _answer(request, view, address, (stamp.version, number))

        return answer

    return decorate


def _is_plain(request: HttpRequest) -> bool:
    """A reader without any cookie of ours but those of looks, who asks for a page as it stands in a link."""
    is_link = request.method in {"GET", "HEAD"} and set(request.GET) <= {"side"}
    return is_link and not set(request.COOKIES) - HARMLESS


def _number(request: HttpRequest, stamp: Stamp) -> int | None:
    """Which of the pages it is; None for one that is not kept."""
    number = page_number(request)
    if number <= stamp.pages:
        return number
    return stamp.pages if stamp.is_whole else None


def _answer(request: HttpRequest, view: View, address: dict[str, str], version: object) -> HttpResponse:
    theme = request.COOKIES.get(THEME, "")
    look = (get_language(), theme if theme in THEMES else "")
    parts = (request.path, look, _five_minutes(), version)
    digest = hashlib.sha256(repr(parts).encode()).hexdigest()[:32]
    etag = f'"{digest}"'
    if conditional := get_conditional_response(request, etag=etag):
        return _with_headers(conditional, etag)
    body = _read(digest)
    if body is None:
        response = view(request, **address)
        if response.status_code != 200 or response.cookies:
            return response
        body = response.content
        _keep(digest, body)
    return _with_headers(HttpResponse(body), etag)


def _five_minutes() -> int:
    """Which five minutes these are: faces, services and "an hour ago" are no older in a browser than in the cache."""
    return int(timezone.now().timestamp()) // KEPT


def _with_headers(response: HttpResponse, etag: str) -> HttpResponse:
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    response["X-Robots-Tag"] = "noindex"
    patch_vary_headers(response, ["Cookie"])
    return response


def _read(digest: str) -> bytes | None:
    try:
        found: bytes | None = cache.get(f"forum.{digest}")
    except Exception as error:  # the cache is away: the page is made anew
        logger.warning("Pages are not kept: %s", type(error).__name__)
        return None
    return found


def _keep(digest: str, body: bytes) -> None:
    try:
        cache.set(f"forum.{digest}", body, KEPT)
    except Exception as error:
        logger.warning("Pages are not kept: %s", type(error).__name__)
