"""Reports on the one desk: all that was said about one thing is one item, and is decided at once."""

from collections.abc import Mapping
from datetime import datetime
from itertools import groupby

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from moderation import reports
from moderation.models import Report
from moderation.queue import PRESSING, USUAL, Action, Done, Item, Source
from moderation.refusals import Code, Refused

KEEP, HIDE = "keep", "hide"
OUTCOMES = {KEEP: Report.Outcome.KEPT, HIDE: Report.Outcome.HIDDEN}
PRESSING_REASONS = {Report.Reason.WORRYING, Report.Reason.IDENTIFYING, Report.Reason.UNSAFE}
ACTIONS = (
    Action(KEEP, gettext_lazy("Let it stay"), "A"),
    Action(HIDE, gettext_lazy("Take it away"), "S"),
)


class ReportSource(Source):
    name = "reports"
    label = gettext_lazy("Reports")
    template = "moderation/_report.html"

    def items(self, user: User, *, now: datetime) -> list[Item]:
        rows = reports.about_what_stands(user).waiting().prefetch_related("target")
        rows = rows.order_by("content_type_id", "object_id", "reported_at", "pk")
        groups = [list(same) for _thing, same in groupby(rows, key=lambda row: (row.content_type_id, row.object_id))]
        return [item for same in groups if (item := _item(same)) is not None]

    def find(self, user: User, key: str, *, now: datetime) -> Item | None:
        return next((item for item in self.items(user, now=now) if item.key == key), None)

    def count(self, user: User, *, now: datetime) -> int:
        waiting = reports.about_what_stands(user).waiting()
        return waiting.values("content_type_id", "object_id").distinct().count()

    def keys(self, user: User, *, now: datetime) -> list[str]:
        """Of each thing the first report, as in `items`."""
        rows = reports.about_what_stands(user).waiting().order_by("reported_at", "pk")
        first: dict[tuple[int, int], str] = {}
        for kind, thing, public_id in rows.values_list("content_type_id", "object_id", "public_id"):
            first.setdefault((kind, thing), public_id)
        return list(first.values())

    def decide(self, *, user: User, key: str, action: str, data: Mapping[str, str], now: datetime) -> Done:
        """There is no undo: the one who reported reads the outcome at once. What was taken away can be put back."""
        report = reports.in_the_hands_of(user).filter(public_id=key).first()
        if report is None:
            raise Refused(Code.UNKNOWN)
        if action not in OUTCOMES:
            raise Refused(Code.BAD_COMMAND)
        reports.decide(report=report, user=user, outcome=OUTCOMES[action], seen=data.get("seen", ""), now=now)
        if action == KEEP:
            return Done(_("It stays. Whoever reported it is told so."))
        return Done(_("It is taken away. Whoever reported it is told so."))

    def settle(self, *, now: datetime) -> None:
        reports.settle_gone(now=now)


def _item(same: list[Report]) -> Item | None:
    """One card for all reports of one thing; None when the thing is gone (`settle` closes them)."""
    first = same[0]
    shown = reports.describe(first.target)
    if shown is None:
        return None
    tags = list(dict.fromkeys(row.get_reason_display() for row in same))
    if len(same) > 1:
        tags.append(ngettext("%(count)d report", "%(count)d reports", len(same)) % {"count": len(same)})
    return Item(
        source=ReportSource.name,
        key=first.public_id,
        place=_("Report: %(place)s") % {"place": shown.label},
        title=shown.title or _("A reader asks you to look at it"),
        text=shown.text,
        tags=tuple(tags),
        urgency=PRESSING if any(row.reason in PRESSING_REASONS for row in same) else USUAL,
        since=first.reported_at,
        due_at=min(row.due_at for row in same),
        url=shown.url,
        url_label=_("See it where it stands"),
        actions=ACTIONS,
        seen=shown.seen,
        detail={"said": [row.words for row in same if row.words]},
    )
