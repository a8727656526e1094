"""What of the group chats waits on the one desk: reviews of sanctions, and acute alerts that nobody took.

Both are dealt with where all of it stands: on the review's own page, and in the room. Here are only the ways there.
"""

from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from accounts.moments import time_in_words
from chat import permissions
from chat.models import Alert, Review, Session
from chat.services import crisis, reviews
from moderation.queue import ACUTE, PRESSING, Item, Source


class ReviewSource(Source):
    """Somebody was sanctioned and asks another adult. Never shown to whoever took one of the steps."""

    name = "reviews"
    label = gettext_lazy("Complaints")

    def items(self, user: User, *, now: datetime) -> list[Item]:
        rows = self._waiting(user, now).select_related("session").order_by("asked_at", "pk")
        return [_review(review, now=now) for review in rows]

    def find(self, user: User, key: str, *, now: datetime) -> Item | None:
        return next((item for item in self.items(user, now=now) if item.key == key), None)

    def count(self, user: User, *, now: datetime) -> int:
        return self._waiting(user, now).count()

    def _waiting(self, user: User, now: datetime) -> QuerySet[Review]:
        return permissions.reviews_in_the_hands_of(user, now=now).filter(answered_at__isnull=True)


def _review(review: Review, *, now: datetime) -> Item:
    """No word of the young person's stands on the list: it is read on a page of its own."""
    is_acute = crisis.level_of(review.words, writer="young") == crisis.ACUTE
    gone = time_in_words(reviews.gone_at(review), now=now)
    return Item(
        source=ReviewSource.name,
        key=str(review.pk),
        place=_("Group chat: %(title)s") % {"title": review.session.title},
        title=_("Somebody asks another adult to look at it"),
        text=_("A counsellor warned, muted or sent somebody out, and they ask you. It is deleted %(when)s.")
        % {"when": gone},
        tags=(_("somebody may be in danger"),) if is_acute else (_("complaint"),),
        urgency=ACUTE if is_acute else PRESSING,
        since=review.asked_at,
        url=reverse("chat:review-answer", args=[review.pk]),
        url_label=_("Read and answer"),
    )


class AlertSource(Source):
    """Somebody in a room may be in danger, and no counsellor has said "I take it". One item a room."""

    name = "alerts"
    label = gettext_lazy("Alerts")

    def items(self, user: User, *, now: datetime) -> list[Item]:
        rooms: dict[int, list[Alert]] = {}
        for alert in (
            permissions.alerts_to_take_up(user).select_related("session", "member").order_by("raised_at", "pk")
        ):
            rooms.setdefault(alert.session_id, []).append(alert)
        return [_alert(alerts, user) for alerts in rooms.values()]

    def find(self, user: User, key: str, *, now: datetime) -> Item | None:
        return next((item for item in self.items(user, now=now) if item.key == key), None)

    def count(self, user: User, *, now: datetime) -> int:
        return permissions.alerts_to_take_up(user).values("session").distinct().count()


def _alert(alerts: list[Alert], user: User) -> Item:
    session, count = alerts[0].session, len(alerts)
    url, label = _way(alerts[0], user)
    return Item(
        source=AlertSource.name,
        key=session.slug,
        place=_("Group chat: %(title)s") % {"title": session.title},
        title=ngettext("%(count)d urgent message", "%(count)d urgent messages", count) % {"count": count},
        text=_("Nobody has taken it yet. What was written stands in the room."),
        tags=(_("somebody may be in danger"),),
        urgency=ACUTE,
        since=alerts[0].raised_at,
        url=url,
        url_label=label,
    )


def _way(alert: Alert, user: User) -> tuple[str, str]:
    """To the text for those put on the session; a coordinator who is not calls those who are."""
    session = alert.session
    if not permissions.is_rostered(user, session):
        return reverse("chat:edit", args=[session.slug]), _("See who leads it, and call them")
    if session.state == Session.State.CLOSED:
        return reverse("chat:duty-case", args=[session.slug, alert.member.public_id]), _("See what was written")
    return reverse("chat:room", args=[session.slug]), _("Open the room")
