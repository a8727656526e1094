"""Places in a session, and the tabs that are open at them. They go with the session's text (law 6)."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from chat.models.ids import digest, random_id
from chat.models.sessions import Session

LEASE = timedelta(seconds=9)  # a counsellor whose socket answered within this is present (law 1)
READER_LEASE = timedelta(seconds=40)  # anybody else's socket; a killed server's sockets vanish after it
POLLER_LEASE = timedelta(seconds=15)  # a reader over HTTP is here this long after the last request
IDLE_AFTER = timedelta(minutes=11)  # without input of theirs a counsellor's presence ends (asked after 10)
MAX_TABS = 3
UNTIL_LIFTED = datetime(9999, 12, 31, tzinfo=UTC)  # the end of a mute that has none; in every time zone of that year


class Role(models.TextChoices):
    YOUNG = "young", _("young person")
    COUNSELLOR = "counsellor", _("counsellor")
    GUEST = "guest", _("guest counsellor")


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
    posted_at = models.DateTimeField(null=True, blank=True)  # of the last message in the room: slow mode counts from it
    hurried = models.PositiveSmallIntegerField(default=0)  # refused as too fast since `hurried_since`
    hurried_since = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField()  # of the last arrival, request or goodbye: keeps a place for a short absence

    # Standing (law 2). What came first stays true: a mute that was lifted was one.
    warning_seq = models.PositiveIntegerField(null=True, blank=True)  # of the first warning, on the member's own line
    reached_seq = models.PositiveIntegerField(default=0)  # of the last warning that was written to them or fetched
    muted_at = models.DateTimeField(null=True, blank=True)  # of the first mute
    muted_until = models.DateTimeField(null=True, blank=True)  # while muted; UNTIL_LIFTED for one without an end
    protected_at = models.DateTimeField(null=True, blank=True)  # while protected
    kicked_at = models.DateTimeField(null=True, blank=True)
    banned_until = models.DateTimeField(null=True, blank=True)
    watched = models.PositiveSmallIntegerField(default=0)  # so many of their next messages are held
    network = models.CharField(max_length=32, blank=True)  # keyed digest, until the session closes (law 8)
    area = models.CharField(max_length=32, blank=True, default="", db_default="")  # likewise, of what lies around it

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

    @property
    def is_warned(self) -> bool:
        """A warning was written to an open socket of theirs, or fetched."""
        return self.warning_seq is not None and self.warning_seq <= self.reached_seq

    @property
    def is_out(self) -> bool:
        """Kicked, or banned after it: no door of this session opens."""
        return self.kicked_at is not None

    def is_muted(self, *, now: datetime) -> bool:
        return self.muted_until is not None and self.muted_until > now


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
