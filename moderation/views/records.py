"""What was decided: the log, the mirror of one's own power, and a coordinator's numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from moderation import power
from moderation.decisions import ACTIONS, PLACES
from moderation.models import Decision
from moderation.permissions import coordinated_houses, decisions_readable_by
from moderation.queue import working_name
from moderation.views.shared import desk_required, user_of

A_PAGE = 50
SPANS = (30, 90)  # days that a mirror looks back
LATE_MANY = 10  # percent
MUTES_MANY = 3


# The log ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LogLine:
    line: Decision
    who: str
    what: str | Promise
    where: str | Promise
    minutes: int | None


@desk_required
@require_safe
def log(request: HttpRequest) -> HttpResponse:
    """Of one's own what one decided oneself; a coordinator reads that of their houses."""
    user = user_of(request)
    place, action = _chosen(request, "sted", PLACES), _chosen(request, "hvad", ACTIONS)
    lines = _chosen_lines(decisions_readable_by(user), place, action)
    lines = lines.select_related("actor__profile", "organization")
    page = Paginator(lines, A_PAGE).get_page(request.GET.get("side"))
    context = {
        "rows": [_log_line(line) for line in page.object_list],
        "page": page,
        "places": PLACES,
        "actions": ACTIONS,
        "place": place,
        "action": action,
        "coordinates": coordinated_houses(user).exists(),
    }
    return render(request, "moderation/log.html", context)


def _chosen(request: HttpRequest, name: str, known: dict[str, Promise]) -> str:
    typed = request.GET.get(name, "")
    return typed if typed in known else ""


def _chosen_lines(lines: QuerySet[Decision], place: str, action: str) -> QuerySet[Decision]:
    lines = lines.filter(place=place) if place else lines
    return lines.filter(action=action) if action else lines


def _log_line(line: Decision) -> LogLine:
    return LogLine(
        line=line,
        who=working_name(line.actor),
        what=ACTIONS.get(line.action, line.action),
        where=PLACES.get(line.place, line.place),
        minutes=None if line.waited is None else line.waited // 60,
    )


# The mirror -------------------------------------------------------------------------------------------------------


@desk_required
@require_safe
def mirror(request: HttpRequest) -> HttpResponse:
    """One's own steps, for oneself alone: whoever looks sees their own, and there is no address of anybody else's."""
    user, now = user_of(request), timezone.now()
    days = 90 if request.GET.get("dage") == "90" else 30
    seen = power.mirror(user, since=now - timedelta(days=days), now=now)
    context = {
        "seen": seen,
        "steps": [(label, seen.steps[code]) for code, label in ACTIONS.items() if seen.steps[code]],
        "thoughts": _thoughts(seen),
        "days": days,
        "spans": SPANS,
        "coordinates": coordinated_houses(user).exists(),
    }
    return render(request, "moderation/power.html", context)


def _thoughts(seen: power.Mirror) -> list[str]:
    """What one could ask oneself. Questions, no marks: nobody is measured here."""
    found: list[str] = []
    mutes, lifted = seen.steps["mute"], seen.steps["unmute"]
    if mutes >= MUTES_MANY and lifted * 2 < mutes:
        found.append(_("Most of your mutes ran out by themselves. Could one of them have been lifted, with a word?"))
    if seen.sent_out and seen.sent_out >= seen.steps["warn"]:
        found.append(_("You sent out at least as many as you warned. What could have come before, that time?"))
    if seen.steps["refuse"] > seen.steps["approve"]:
        found.append(_("You sent back more than you let through. Would you have understood why, as the one who wrote?"))
    if seen.late_share >= LATE_MANY:
        found.append(_("Some waited longer than they were promised. Is it the promise that is wrong, or the rota?"))
    return found or [_("Is there one decision that you think of still? Talk it over with a colleague.")]


# The coordinator's numbers ----------------------------------------------------------------------------------------


@login_required
@require_safe
def numbers(request: HttpRequest) -> HttpResponse:
    """Of whole months, of one's own organisations; nothing under five, and nothing that tells it."""
    houses = coordinated_houses(request.user)
    if not houses.exists():
        raise PermissionDenied
    months = power.month_starts(now=timezone.now())
    month = _month(request, months)
    context = {
        "month": month,
        "months": months,
        "table": _in_words(power.table(power.tallies(houses, month=month))),
        "coordinates": True,
    }
    return render(request, "moderation/numbers.html", context)


def _month(request: HttpRequest, months: Sequence[date]) -> date:
    try:
        typed = parse_date(request.GET.get("maaned", ""))
    except ValueError:  # a date that there is none of
        typed = None
    return typed if typed is not None and typed in months else months[0]


def _in_words(table: power.Table) -> dict[str, object]:
    return {
        "rows": [(line, PLACES[line.place]) for line in table.lines],
        "by_organization": table.by_organization,
        "by_place": [(PLACES[place], shown) for place, shown in table.by_place],
        "total": table.total,
    }
