"""Services to hand on from the room: what a counsellor searches in while somebody waits (C3)."""

from datetime import datetime
from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import User
from chat.models import Session
from chat.permissions import is_rostered
from referrals.cards import card, in_turn
from referrals.models import Service

MOST = 12  # more than one can look through meanwhile


@require_safe
@login_required
def services(request: HttpRequest, slug: str) -> JsonResponse:
    """`{services: […]}`, each as in the wire protocol, for a counsellor of this session; 404 to everybody else."""
    session = Session.objects.filter(slug=slug).first()
    if session is None or not is_rostered(cast(User, request.user), session):
        raise Http404
    now = timezone.now()
    found = _matching(" ".join(request.GET.get("q", "").casefold().split()), now=now)
    answer = JsonResponse({"services": [card(service, now=now) for service in found[:MOST]]})
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _matching(words: str, *, now: datetime) -> list[Service]:
    """Those shown to the young with `words` in the name or a topic: first whose name begins so, and of them the open.
    What was checked too long ago is not suggested.

    Compared here, as SQLite knows no capitals but A to Z.
    """
    shown = Service.objects.shown().fresh(now).help_first().prefetch_related("topics").with_hours()
    found = [service for service in shown if any(words in name.casefold() for name in _names(service))]
    return sorted(in_turn(found, now=now), key=lambda service: not service.name.casefold().startswith(words))


def _names(service: Service) -> list[str]:
    topics = service.topics.all()
    return [service.name, *(topic.name for topic in topics), *(topic.name_en for topic in topics)]
