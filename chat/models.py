"""What a session stores. What is said stands in `Event`; members, refs and alerts hang on it and go with it (law 6)."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, Profile
from blog.models import Entry

if TYPE_CHECKING:
    from accounts.models import User

LEASE = timedelta(seconds=9)  # a counsellor whose socket answered within this is present (law 1)
READER_LEASE = timedelta(seconds=40)  # anybody else's socket; a killed server's sockets vanish after it
POLLER_LEASE = timedelta(seconds=15)  # a reader over HTTP is here this long after the last request
IDLE_AFTER = timedelta(minutes=11)  # without input of theirs a counsellor's presence ends (asked after 10)
MAX_TABS = 3
READABLE_AFTER_CLOSING = timedelta(minutes=5)
LONGEST_WAITING = timedelta(minutes=15)
NO_SHOW_AFTER = timedelta(minutes=5)


def random_id() -> str:
    """An opaque id of 128 random bits, without order or origin."""
    return secrets.token_urlsafe(16)


def random_slug() -> str:
    """A session's place in the address bar: it must not tell what the session is about."""
    return "".join(secrets.choice("abcdefghijkmnpqrstuvwxyz23456789") for _unused in range(8))


def digest(secret: str) -> str:
    """What is stored of a place token. The token holds 128 random bits, so a plain hash cannot be searched."""
    return hashlib.sha256(secret.encode()).hexdigest()


class Role(models.TextChoices):
    YOUNG = "young", _("young person")
    COUNSELLOR = "counsellor", _("counsellor")
    GUEST = "guest", _("guest counsellor")


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


def retention() -> timedelta:
    """How long a session's text is kept after it ended."""
    return timedelta(hours=settings.RETENTION_HOURS)


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


class MemberQuerySet(models.QuerySet["Member"]):
    def young(self) -> "MemberQuerySet":
        return self.filter(role=Role.YOUNG)

    def by_place(self, session: Session, token: str) -> "Member | None":
        """The one whose place cookie this is; None for any other."""
        if not token:
            return None
        return self.filter(session=session, token_hash=digest(token)).first()

    def present(self, *, now: datetime) -> "MemberQuerySet":
        """Members with a socket that answers, or with a recent request."""
        return self.filter(Exists(Connection.objects.alive(now=now).filter(member=OuterRef("pk"))))


class Member(models.Model):
    """Someone's place in one session. Nothing here leads to a person, nor to a place in another session (law 8)."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="members")
    public_id = models.CharField(max_length=32, default=random_id, editable=False)
    role = models.CharField(max_length=12, choices=Role.choices, default=Role.YOUNG)
    alias = models.CharField(max_length=40)
    skeleton = models.CharField(max_length=80)  # two names that look alike have one skeleton
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True)  # staff only
    token_hash = models.CharField(max_length=64, blank=True)
    code_hash = models.CharField(max_length=64, blank=True)
    room_start = models.PositiveIntegerField(null=True, blank=True)  # their replay of the room begins after this number
    private_head = models.PositiveIntegerField(default=0)
    tokens = models.FloatField(default=0)  # what is left of the pace, see `services.pace`
    tokens_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField()  # of the last arrival, request or goodbye: keeps a place for a short absence

    objects = MemberQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="member_name_once_in_a_session", fields=["session", "skeleton"]),
            models.UniqueConstraint(name="member_public_id_once", fields=["session", "public_id"]),
            models.UniqueConstraint(
                name="place_token_once", fields=["session", "token_hash"], condition=~Q(token_hash="")
            ),
            models.UniqueConstraint(name="word_code_once", fields=["session", "code_hash"], condition=~Q(code_hash="")),
            models.UniqueConstraint(
                name="counsellor_one_place", fields=["session", "user"], condition=Q(user__isnull=False)
            ),
            models.CheckConstraint(
                name="only_counsellors_are_known_users",
                condition=Q(role="counsellor", user__isnull=False, token_hash="", code_hash="")
                | (~Q(role="counsellor") & Q(user__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} in {self.session_id}"

    @property
    def is_counsellor(self) -> bool:
        return self.role == Role.COUNSELLOR


class Stream(models.TextChoices):
    ROOM = "room"
    DESK = "desk"
    PRIVATE = "private"


class EventQuerySet(models.QuerySet["Event"]):
    def readable_by(self, member: Member) -> "EventQuerySet":
        """The one audience rule: every replay, the fallback and the live fan-out read through it.

        The room's stream from the reader's first arrival; for counsellors the desk, for all others their own line.
        """
        room = Q(stream=Stream.ROOM)
        if member.is_counsellor:
            side = Q(stream=Stream.DESK)
        else:
            room &= Q(seq__gt=member.room_start or 0)
            side = Q(stream=Stream.PRIVATE, reader=member)
        return self.filter(session_id=member.session_id).filter(room | side)


class Event(models.Model):
    """One numbered entry of a room's log, kept as the very text that goes over the wire.

    `position` orders all entries of a session; `seq` counts within one stream, without gaps.
    """

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="events")
    position = models.PositiveIntegerField()
    stream = models.CharField(max_length=8, choices=Stream.choices)
    reader = models.ForeignKey(Member, on_delete=models.CASCADE, null=True, blank=True, related_name="private_events")
    seq = models.PositiveIntegerField()
    at = models.DateTimeField()
    type = models.CharField(max_length=24)
    public_id = models.CharField(max_length=32, blank=True)  # of the message, alert … that the entry is about
    author = models.ForeignKey(Member, on_delete=models.CASCADE, null=True, blank=True, related_name="authored_events")
    frame = models.TextField()

    objects = EventQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="event_position_once", fields=["session", "position"]),
            models.UniqueConstraint(name="room_number_once", fields=["session", "seq"], condition=Q(stream="room")),
            models.UniqueConstraint(name="desk_number_once", fields=["session", "seq"], condition=Q(stream="desk")),
            models.UniqueConstraint(
                name="private_number_once", fields=["reader", "seq"], condition=Q(stream="private")
            ),
            models.CheckConstraint(
                name="private_events_have_a_reader",
                condition=Q(stream="private", reader__isnull=False) | (~Q(stream="private") & Q(reader__isnull=True)),
            ),
        ]
        indexes = [models.Index(name="event_by_public_id", fields=["session", "public_id"])]

    def __str__(self) -> str:
        return f"{self.stream} {self.seq}"


class Answer(models.Model):
    """What was answered to an accepted ref, so that asking again changes nothing."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="answers")
    ref = models.CharField(max_length=36)
    frame = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(name="ref_once_a_member", fields=["member", "ref"])]

    def __str__(self) -> str:
        return self.ref


class Alert(models.Model):
    """Something the desk must see. Its text stands in the desk's log alone."""

    class Kind(models.TextChoices):
        CRISIS = "crisis", _("crisis")

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="alerts")
    public_id = models.CharField(max_length=32, default=random_id)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    level = models.CharField(max_length=8)
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="alerts")
    ref = models.CharField(max_length=36)
    raised_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_alert_a_ref", fields=["member", "kind", "ref"]),
        ]

    def __str__(self) -> str:
        return self.public_id


class ConnectionQuerySet(models.QuerySet["Connection"]):
    def alive(self, *, now: datetime) -> "ConnectionQuerySet":
        """Sockets that answer and recent requests. A counsellor counts by the shorter lease, and by sockets only."""
        counsellor = Q(
            member__role=Role.COUNSELLOR,
            kind=Connection.Kind.SOCKET,
            answered_at__gt=now - LEASE,
            input_at__gt=now - IDLE_AFTER,
        )
        other = ~Q(member__role=Role.COUNSELLOR) & (
            Q(kind=Connection.Kind.SOCKET, answered_at__gt=now - READER_LEASE)
            | Q(kind=Connection.Kind.HTTP, answered_at__gt=now - POLLER_LEASE)
        )
        return self.filter(counsellor | other)

    def leading(self, *, now: datetime) -> "ConnectionQuerySet":
        """Sockets of counsellors that are present (law 1): alive, and in the open room they opened last."""
        alive = self.alive(now=now).filter(member__role=Role.COUNSELLOR)
        later_elsewhere = (
            Connection.objects.alive(now=now)
            .filter(member__user=OuterRef("member__user"), opened_at__gt=OuterRef("opened_at"))
            .exclude(session=OuterRef("session"))
            .exclude(session__state__in=[Session.State.LOBBY, Session.State.CLOSED])
        )
        return alive.filter(~Exists(later_elsewhere))


class Connection(models.Model):
    """An open tab: a socket with a lease that the server's beat renews, or a reader over HTTP."""

    class Kind(models.TextChoices):
        SOCKET = "socket"
        HTTP = "http"

    public_id = models.CharField(max_length=32, unique=True, default=random_id)
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="connections")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="connections")
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.SOCKET)
    opened_at = models.DateTimeField()
    answered_at = models.DateTimeField(db_index=True)
    input_at = models.DateTimeField()  # of the last command, or of a `ping` that says somebody sits there

    objects = ConnectionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_poller_a_member", fields=["member"], condition=Q(kind="http")),
        ]

    def __str__(self) -> str:
        return self.public_id


class Waiter(models.Model):
    """Somebody at the door of a full room. The place in the queue is all that is kept."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="waiters")
    token_hash = models.CharField(max_length=64, unique=True)
    since = models.DateTimeField()
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"waiting for {self.session_id}"


class WorkerBeat(models.Model):
    """When the background worker last swept; `/readyz` reads it."""

    name = models.CharField(max_length=32, unique=True)
    beat_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
