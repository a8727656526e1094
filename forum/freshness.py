"""Pages that are the same for every reader are made once and sent again, until something on them changes.

A page is kept under the version of what it shows, read with one query: whatever is published, hidden, changed or
deleted raises the version in the same transaction, so nothing old is ever sent. A browser that has the page asks with
its ETag and is told that it has it.
"""

import hashlib
import logging
from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.core.cache import cache
from django.db.models import Count, Sum
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import get_language

from forum.models import Board, Topic

logger = logging.getLogger(__name__)

KEPT = 300  # seconds: what a page shows of other places (a face, a service) is at most this old
THEME = "tema"
# Cookies that change how a page looks and not what it says; these pages have no forms with a token.
HARMLESS = {THEME, settings.LANGUAGE_COOKIE_NAME, settings.CSRF_COOKIE_NAME}
Stamp = Callable[..., object | None]
View = Callable[..., HttpResponse]


def of_the_list(**_address: str) -> object | None:
    return tuple(Board.objects.shown().aggregate(sum=Sum("version"), count=Count("pk")).values())


def of_a_board(*, slug: str) -> object | None:
    return Board.objects.shown().filter(slug=slug).values_list("pk", "version").first()


def of_a_topic(*, topic_id: str) -> object | None:
    """Of a topic that everybody can read; None for any other, which is never kept."""
    public = Topic.objects.published().filter(public_id=topic_id, board__is_open=True).order_by()
    return public.values_list("pk", "version", "board__version").first()


def kept(stamp: Stamp) -> Callable[[View], View]:
    """Keep what the view answers to readers of whom we know nothing; for all others it is made anew."""

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, **address: str) -> HttpResponse:
            if not _is_plain(request):
                return view(request, **address)
            version = stamp(**address)
            if version is None:
                return view(request, **address)
            return _answer(request, view, address, version)

        return answer

    return decorate


def _is_plain(request: HttpRequest) -> bool:
    """A reader without any cookie of ours but those of looks, who asks for a page as it stands in a link."""
    is_link = request.method in {"GET", "HEAD"} and set(request.GET) <= {"side"}
    return is_link and not set(request.COOKIES) - HARMLESS


def _answer(request: HttpRequest, view: View, address: dict[str, str], version: object) -> HttpResponse:
    hour = timezone.localtime().strftime("%Y%m%d%H")  # "an hour ago", "yesterday"
    parts = (request.path, request.GET.get("side", ""), get_language(), request.COOKIES.get(THEME, ""), hour, version)
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
