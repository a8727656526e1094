"""One evening's group chat and who holds it. What is said in it stands in `Event`."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, Profile
from blog.models import Entry
from chat.models.ids import random_slug

if TYPE_CHECKING:
    from accounts.models import User

READABLE_AFTER_CLOSING = timedelta(minutes=5)
LONGEST_WAITING = timedelta(minutes=15)
NO_SHOW_AFTER = timedelta(minutes=5)


def retention() -> timedelta:
    """How long a session's text is kept after it ended."""
    return timedelta(hours=settings.RETENTION_HOURS)


class SessionQuerySet(models.QuerySet["Session"]):
    def announced(self, *, now: datetime) -> "SessionQuerySet":
        """Sessions whose before-post is published: nothing else is shown to the young (law 9)."""
        return self.filter(before_post__published_at__lte=now)

    def upcoming(self, *, now: datetime) -> "SessionQuerySet":
        """Announced sessions that have not closed, in the order they begin."""
        return (
            self.announced(now=now)
            .exclude(state=Session.State.CLOSED)
            .filter(ends_at__gt=now - timedelta(hours=1))
            .order_by("starts_at", "pk")
        )

    def told_of(self, *, now: datetime) -> "SessionQuerySet":
        """Those that are over and whose after-post can be read, the latest first."""
        over = self.announced(now=now).filter(state=Session.State.CLOSED, after_post__published_at__lte=now)
        return over.select_related("after_post").order_by("-starts_at", "-pk")

    def on_front(self, *, now: datetime) -> "SessionQuerySet":
        """What the front page tells: those open now and the next ones, with their people."""
        return self.upcoming(now=now).with_people()

    def with_people(self) -> "SessionQuerySet":
        return self.select_related("before_post", "after_post").prefetch_related(
            models.Prefetch("roster", queryset=Roster.objects.select_related("user__profile").order_by("pk"))
        )

    def rostered(self, user: "User") -> "SessionQuerySet":
        """Sessions that `user` leads or helps to lead."""
        return self.filter(roster__user=user)

    def locked(self, session: "Session | int") -> "Session":
        """The session's row, locked until the transaction ends: every change of a room queues up behind it."""
        key = session if isinstance(session, int) else session.pk
        return self.select_for_update(of=("self",)).get(pk=key)

    def to_erase(self, *, now: datetime) -> "SessionQuerySet":
        """Sessions whose text is due to disappear (law 6) and has not."""
        return self.filter(erased_at__isnull=True).filter(
            Q(closed_at__lte=now - retention()) | Q(ends_at__lte=now - retention() - timedelta(hours=1))
        )


class Session(models.Model):
    """One evening's group chat, and the heads of its room's log."""

    class Format(models.TextChoices):
        TOPIC = "topic", _("Topic chat")
        PARTLY_FREE = "partly_free", _("Partly free chat")
        FREE = "free", _("Free chat")

    class State(models.TextChoices):
        LOBBY = "lobby", _("lobby")
        OPEN = "open", _("open")
        WAITING = "waiting", _("waiting for a counsellor")
        PAUSED = "paused", _("paused")
        CLOSING = "closing", _("closing")
        CLOSED = "closed", _("closed")

    slug = models.CharField(max_length=16, unique=True, default=random_slug, editable=False)
    title = models.CharField(_("title"), max_length=120)
    format = models.CharField(_("form"), max_length=12, choices=Format.choices, default=Format.TOPIC)
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))
    capacity = models.PositiveSmallIntegerField(_("places"), default=20)
    organizations = models.ManyToManyField(Organization, related_name="sessions", verbose_name=_("held by"))
    counsellors = models.ManyToManyField(settings.AUTH_USER_MODEL, through="Roster", related_name="sessions")
    before_post = models.OneToOneField(
        Entry, on_delete=models.PROTECT, null=True, blank=True, related_name="session_before"
    )
    after_post = models.OneToOneField(
        Entry, on_delete=models.PROTECT, null=True, blank=True, related_name="session_after"
    )

    state = models.CharField(max_length=8, choices=State.choices, default=State.LOBBY)
    state_before_waiting = models.CharField(max_length=8, choices=State.choices, blank=True)
    waiting_since = models.DateTimeField(null=True, blank=True)
    closes_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)  # the rows are gone
    scrubbed_at = models.DateTimeField(null=True, blank=True)  # and the storage has forgotten them
    no_show_told_at = models.DateTimeField(null=True, blank=True)
    no_show_mailed_at = models.DateTimeField(null=True, blank=True)

    slow = models.PositiveSmallIntegerField(default=0)  # seconds between two messages of one member
    hold = models.BooleanField(default=False)  # counsellors read each message first
    pin = models.TextField(blank=True)  # the question of the moment
    network_day = models.DateField(null=True, blank=True)  # whose key made its members' network digests

    log_head = models.PositiveIntegerField(default=0)  # of all streams together: the order things happened in
    room_head = models.PositiveIntegerField(default=0)
    desk_head = models.PositiveIntegerField(default=0)

    # What remains when the text is gone (law 6).
    attended = models.PositiveSmallIntegerField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)

    objects = SessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("group chat")
        verbose_name_plural = _("group chats")
        constraints = [
            models.CheckConstraint(name="session_ends_after_it_begins", condition=Q(ends_at__gt=F("starts_at"))),
            models.CheckConstraint(name="session_has_places", condition=Q(capacity__gte=1, capacity__lte=200)),
            models.CheckConstraint(
                name="waiting_session_knows_its_way_back",
                condition=~Q(state="waiting") | (Q(waiting_since__isnull=False) & ~Q(state_before_waiting="")),
            ),
            models.CheckConstraint(
                name="closed_session_knows_when", condition=~Q(state="closed") | Q(closed_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.slug

    @property
    def is_topic(self) -> bool:
        return self.format != Session.Format.FREE

    @property
    def erase_at(self) -> datetime:
        """When the text disappears: at the latest, while the session has not closed."""
        end = self.ends_at + timedelta(hours=1)
        return min(self.closed_at or end, end) + retention()

    def counsellor_profiles(self) -> list[Profile]:
        """Working names and faces of those who hold this session, in the order they were put on it."""
        return [place.user.profile for place in self.roster.all()]


class Roster(models.Model):
    """A counsellor put on a session."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="roster")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="rosters")
    is_lead = models.BooleanField(default=False)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(name="counsellor_once_on_a_session", fields=["session", "user"])]

    def __str__(self) -> str:
        return f"{self.session_id}: {self.user_id}"
