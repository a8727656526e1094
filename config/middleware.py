"""What every answer carries, and what a browser sees that has just left."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse

from accounts.redirects import SeeOther
from config import pages

Answer = Callable[[HttpRequest], HttpResponse]

PERMISSIONS = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "browsing-topics",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "usb",
    )
)


def quiet_answers(get_response: Answer) -> Answer:
    """No page is kept by the browser unless it says so itself, and no feature of the device is open to us.

    The forum's public pages may be kept if the browser asks each time ("private, no-cache"): the exit throws them away.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        kept = response.headers.get("Cache-Control", "").startswith(("public", "private, no-cache"))
        if not kept and not request.path.startswith(settings.MEDIA_URL):
            response.headers["Cache-Control"] = "no-store"
        return response

    return answer


def closed_after_exit(get_response: Answer) -> Answer:
    """After "Væk herfra", Back and the history lead to an empty page, until someone actively comes back.

    The mark is a cookie that says nothing but "left", and it ends by itself. Every address leads to the front page,
    so that the entries of the tab's history lose theirs.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        if request.COOKIES.get(pages.EXIT_MARK) != "1" or _is_open(request.path):
            return get_response(request)
        if request.path != reverse("front"):
            return SeeOther(reverse("front"))
        return HttpResponse(render_to_string("config/closed.html", {"look": pages.look(request)["look"]}))

    return answer


def _is_open(path: str) -> bool:
    """The exit itself and the way back; sheets and pictures, which are no pages."""
    return path.startswith((reverse("exit"), "/look", settings.STATIC_URL, settings.MEDIA_URL))
