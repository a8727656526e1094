"""What every answer carries, and what a browser sees that has just left."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

Answer = Callable[[HttpRequest], HttpResponse]

EXIT_MARKER = "ude"
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
    """No page is kept by the browser, no feature of the device is open to us."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        if response.headers.get("Content-Type", "").startswith("text/html") or 300 <= response.status_code < 400:
            response.headers["Cache-Control"] = "no-store"
        return response

    return answer


def closed_after_exit(get_response: Answer) -> Answer:
    """After "Væk herfra", Back and the history lead to an empty page, until someone actively comes back.

    The mark is a cookie that says nothing but "left"; it ends by itself. Every page leads to the front page, so that
    the entries of the history lose their addresses, too.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        if EXIT_MARKER not in request.COOKIES or request.path.startswith(reverse("exit")):
            return get_response(request)
        if request.path != reverse("front"):
            return HttpResponseRedirect(reverse("front"))
        return render(request, "config/closed.html")

    return answer
