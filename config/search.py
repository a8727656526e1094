"""One search over everything that everybody may read; help stands first when somebody may be in danger."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.limits import is_over
from moderation import crisis
from referrals import search
from referrals.cards import details, help_now
from referrals.models import Service
from referrals.search import Hit

LONGEST = 200
SEARCHES = "120/m"
KINDS: dict[str, Promise] = {
    "post": _("From the forum"),
    "answer": _("Answers from the letterbox"),
    "entry": _("From the blog"),
}


@dataclass(frozen=True, slots=True)
class Group:
    label: str | Promise
    hits: list[Hit]


@csrf_exempt  # it changes nothing; a token would give every reader a cookie
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """Ask, and read what was found. The form posts, so that the words stand in no address and no history; an address
    with `?q=` works all the same."""
    asked = request.POST if request.method == "POST" else request.GET
    query = asked.get("q", "").strip()[:LONGEST]
    if query and is_over(request, group="search", rate=SEARCHES):
        return render(request, "429.html", status=429)
    now = timezone.now()
    hits = search.find(query) if query else []
    keys = [hit.key for hit in hits if hit.kind == "service"]
    services = {str(row.pk): row for row in Service.objects.shown().with_details().filter(pk__in=keys)} if keys else {}
    context = {
        "query": query,
        "longest": LONGEST,
        "help_cards": help_now(now=now, limit=3) if crisis.level(query) != "none" else [],
        "service_cards": [details(services[key], now=now) for key in keys if key in services],
        "groups": [
            Group(label, found) for kind, label in KINDS.items() if (found := [hit for hit in hits if hit.kind == kind])
        ],
    }
    context["is_empty"] = bool(query) and not context["groups"] and not context["service_cards"]
    response = render(request, "config/search.html", context)
    response["X-Robots-Tag"] = "noindex"
    return response
