"""The doors of the directory for everybody: who helps now, who helps with what and where, and one service's page."""

import logging
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Any
from uuid import UUID

from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from referrals import cards, topics
from referrals.calendar import FILE_NAME, hours_calendar
from referrals.forms import FilterForm
from referrals.models import Service, Topic
from referrals.municipalities import ADDRESSES, MUNICIPALITIES, where_in

logger = logging.getLogger(__name__)

ENOUGH_OPEN = 2  # there is always a second choice


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """Who can help now. It answers without a database, too: 112 stands in the template."""
    return render(request, "referrals/help.html", {"cards": _help_cards()})


# After a failure nobody waits for the database again for so long: who needs help is answered at once.
PAUSE_SECONDS = 10.0
_paused_until = 0.0


def _help_cards() -> list[dict[str, Any]] | None:
    """None: nobody can look it up just now."""
    global _paused_until
    if monotonic() < _paused_until:
        return None
    now = timezone.now()
    try:
        helping = Service.objects.shown().fresh(now).reachable().helps_now().help_first().with_details()
        return [cards.details(service, now=now) for service in helping]
    except DatabaseError as failure:
        logger.warning("Cannot read the directory (%s): the help page shows 112 alone.", type(failure).__name__)
        _paused_until = monotonic() + PAUSE_SECONDS
        return None


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody looks for. More than one municipality: they have to choose."""

    topic: Topic | None
    municipalities: list[str]

    @property
    def is_narrowed(self) -> bool:
        return bool(self.topic or self.municipalities)

    @property
    def is_acute(self) -> bool:
        return self.topic is not None and self.topic.code in topics.ACUTE


@require_safe
def directory(request: HttpRequest) -> HttpResponse:
    """All that is shown, narrowed by topic and municipality; who answers now stands first."""
    now = timezone.now()
    form = FilterForm(request.GET if request.GET else None)
    chosen = form.cleaned_data if form.is_valid() else {}
    wish = Wish(chosen.get("t"), chosen.get("k", []))
    found = _found(wish, now)
    context = {
        "form": form,
        "wish": wish,
        "choices": _choices(wish) if len(wish.municipalities) > 1 else [],
        "place": MUNICIPALITIES[wish.municipalities[0]] if len(wish.municipalities) == 1 else "",
        "city": _city(wish),
        "municipalities": MUNICIPALITIES.values(),
        "cards": [cards.details(service, now=now) for service in found],
        "others": [cards.details(service, now=now) for service in _second_choice(found, now)],
    }
    return render(request, "referrals/directory.html", context)


def _found(wish: Wish, now: datetime) -> list[Service]:
    services = Service.objects.shown()
    if wish.topic:
        services = services.for_topic(wish.topic.code)
    if wish.municipalities:
        services = services.for_municipality(*wish.municipalities)
    return cards.in_turn(services.help_first().with_details(), now=now)


def _second_choice(found: list[Service], now: datetime) -> list[Service]:
    """Others that answer now, where hardly anybody of those who fit does: nobody meets only shut doors."""
    if sum(service.state(now).is_open is True for service in found) >= ENOUGH_OPEN:
        return []
    national = Service.objects.shown().fresh(now).for_municipality().reachable()
    others = national.exclude(pk__in=[service.pk for service in found]).help_first().with_details()
    return [service for service in others if service.state(now).is_open][:ENOUGH_OPEN]


def _city(wish: Wish) -> dict[str, str] | None:
    """The one that is asked for: its address, and how one says it."""
    code = wish.municipalities[0] if len(wish.municipalities) == 1 else ""
    return {"address": ADDRESSES[code], "where": where_in(code)} if code else None


def _choices(wish: Wish) -> list[dict[str, str]]:
    return [{"code": code, "name": MUNICIPALITIES[code]} for code in wish.municipalities]


@require_safe
def service(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One service, with all that is told of it; to read, to print, or to keep its hours."""
    now = timezone.now()
    found = get_object_or_404(Service.objects.shown().with_details(), pk=pk)
    others = [card for card in cards.help_now(now=now) if card["id"] != str(pk)]
    context = {"card": cards.details(found, now=now), "others": others[:ENOUGH_OPEN]}
    return render(request, "referrals/service.html", context)


@require_safe
def calendar(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Its hours as a calendar file that names nobody; 404 where the hours are not in a table."""
    found = get_object_or_404(Service.objects.shown().with_hours(), pk=pk)
    if not found.timetable.rules:
        raise Http404
    answer = HttpResponse(hours_calendar(found, now=timezone.now()), content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{FILE_NAME}"'
    return answer
