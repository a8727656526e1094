"""Reports of readers: what they say is looked at by a counsellor, and decided by nobody else (capability 20).

However many reports there are, they change nothing by themselves (T33). Nothing of the one who reported is kept but
their words, and those only until the decision.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Organization, User
from accounts.moments import coarse
from moderation import decisions, signals
from moderation.models import Report, ReportQuerySet
from moderation.queue import CHANGED
from moderation.refusals import Code, Refused
from moderation.text import clean_text

LONGEST = 500  # code points of the reporter's words
MOST_WORDS = 10  # open reports of one thing whose words are kept; of the others no more than that they are there


@dataclass(frozen=True, slots=True)
class Described:
    """How something that was reported is shown to a counsellor."""

    label: str  # where it stands, in words: "Forum: Venskaber"
    text: str
    title: str = ""  # who wrote it, or what it belongs to
    url: str = ""  # where all of it is seen, with its surroundings
    place: str = decisions.FORUM  # of the log
    public_id: str = ""  # its id in the log
    seen: str = ""  # which words these are, as `queue.Item.seen`
    organizations: Iterable[Organization] = ()  # who holds it now; asked for only when it is decided


_describers: dict[type[models.Model], Callable[..., Described]] = {}
_hands: dict[type[models.Model], Callable[[User], models.QuerySet[Any]]] = {}


def register(
    model: type[models.Model],
    describer: Callable[..., Described],
    in_the_hands_of: Callable[[User], models.QuerySet[Any]],
) -> None:
    """Say how things of `model` are shown, and which of them a user holds. Called from the AppConfig.ready of the app
    that owns it."""
    _describers[model] = describer
    _hands[model] = in_the_hands_of


def describe(target: models.Model | None) -> Described | None:
    """None when it is gone, or nobody has said how it is shown."""
    describer = _describers.get(type(target)) if target is not None else None
    return None if describer is None else describer(target)


def about_what_stands(user: User) -> ReportQuerySet:
    """Reports of what `user` holds now. Where it stood when it was reported counts for nothing: it may have moved."""
    held = (_among(model, in_the_hands_of(user)) for model, in_the_hands_of in _hands.items())
    return Report.objects.filter(_any(held))


def in_the_hands_of(user: User) -> ReportQuerySet:
    """And of what is gone, those that the houses of `user` were asked to look at."""
    stands = Report.objects.filter(_any(_among(model, model._base_manager.all()) for model in _hands))
    gone = Report.objects.in_the_hands_of(user).exclude(pk__in=stands.values("pk"))
    return Report.objects.filter(Q(pk__in=about_what_stands(user).values("pk")) | Q(pk__in=gone.values("pk")))


def _among(model: type[models.Model], rows: models.QuerySet[Any]) -> Q:
    return Q(content_type=ContentType.objects.get_for_model(model), object_id__in=rows.values("pk"))


def _any(conditions: Iterable[Q]) -> Q:
    return reduce(or_, conditions, Q(pk__in=()))


@transaction.atomic
def report(
    *,
    target: models.Model,
    organizations: Iterable[Organization],
    reason: str,
    words: str = "",
    due_at: datetime,
    now: datetime,
) -> Report:
    """Ask the counsellors of `organizations` to look at `target`. The answer's `public_id` leads to the outcome.

    Raises Refused "bad_command" (no such reason) or "too_long". How often one may report is for the door to say.
    """
    if reason not in Report.Reason.values:
        raise Refused(Code.BAD_COMMAND, _("Choose what it is about."))
    said = clean_text(words, limit=LONGEST) if words.strip() else ""
    if Report.objects.waiting().about(target).exclude(words="").count() >= MOST_WORDS:
        said = ""
    made = Report.objects.create(target=target, reason=reason, words=said, reported_at=coarse(now), due_at=due_at)
    made.organizations.set(organizations)
    return made


@transaction.atomic
def decide(*, report: Report, user: User, outcome: str, seen: str | None = None, now: datetime) -> int:
    """Decide all open reports of the same thing at once. Answers how many. "hidden" asks the app that owns the thing
    to take it away; of a thing that is gone the outcome is "gone", whatever was chosen. `seen` is what `Described` said
    of it when it was read; None means that the caller vouches for it.

    Raises Refused "forbidden" (not of the house), "closed" (decided already, or not what was `seen`), "bad_command" (no
    such outcome), or what the app says that could not take it away: then the reports stay open.
    """
    if outcome not in {Report.Outcome.KEPT, Report.Outcome.HIDDEN}:
        raise Refused(Code.BAD_COMMAND)
    if not in_the_hands_of(user).filter(pk=report.pk).exists():
        raise Refused(Code.FORBIDDEN)
    same = _open_beside(report).select_for_update()
    rows = list(same.order_by("reported_at", "pk"))
    fresh = next((row for row in rows if row.pk == report.pk), None)
    if fresh is None:
        raise Refused(Code.CLOSED, _("A colleague has already decided it."))
    target, shown = fresh.target, describe(fresh.target)
    if target is None:
        _close(rows, outcome=Report.Outcome.GONE, user=user, now=now)
        return len(rows)
    if seen is not None and shown is not None and shown.seen != seen:
        raise Refused(Code.CLOSED, CHANGED)
    if outcome == Report.Outcome.HIDDEN:
        _hide(target, user=user, seen=seen, now=now)
    _write_down(fresh, rows[0], shown, outcome=outcome, user=user, now=now)
    _close(rows, outcome=outcome, user=user, now=now)
    return len(rows)


@transaction.atomic
def settle_gone(*, now: datetime) -> int:
    """Close the open reports of what its writer deleted meanwhile. Answers how many."""
    rows = [row for row in Report.objects.waiting().prefetch_related("target") if row.target is None]
    _close(rows, outcome=Report.Outcome.GONE, user=None, now=now)
    return len(rows)


def erase_due(*, now: datetime) -> int:
    """Delete receipts that are older than `moderation.models.REPORT_KEPT`. Answers how many."""
    due = list(Report.objects.to_erase(now=now).values_list("pk", flat=True))
    Report.objects.filter(pk__in=due).delete()
    return len(due)


def _hide(target: models.Model, *, user: User, seen: str | None, now: datetime) -> None:
    """Nobody is told that it was taken away unless it was."""
    answers = signals.hide_asked.send(sender=type(target), target=target, user=user, seen=seen, now=now)
    if not any(is_hidden for _receiver, is_hidden in answers):
        raise Refused(Code.CLOSED, _("It could not be taken away. The report is still open."))


def _open_beside(report: Report) -> models.QuerySet[Report]:
    return Report.objects.waiting().filter(content_type=report.content_type_id, object_id=report.object_id)


def _close(rows: list[Report], *, outcome: str, user: User | None, now: datetime) -> None:
    """The words of those who reported go with the decision."""
    Report.objects.filter(pk__in=[row.pk for row in rows]).update(
        outcome=outcome, decided_at=now, decided_by=user, words=""
    )


def _write_down(
    report: Report, first: Report, shown: Described | None, *, outcome: str, user: User, now: datetime
) -> None:
    houses = list(shown.organizations) if shown else []
    decisions.record(
        actor=user,
        organization=decisions.house_of(user, houses or report.organizations.all()),
        place=shown.place if shown else decisions.FORUM,
        action=f"report_{outcome}",
        target=shown.public_id if shown else "",
        **decisions.promise_of(since=first.reported_at, due_at=first.due_at, now=now),
        now=now,
    )
