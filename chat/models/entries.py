"""The room's log and what hangs on it: answers to refs, alerts, polls. They go with the session's text (law 6)."""

from collections import Counter

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from chat.models.ids import random_id
from chat.models.members import Member
from chat.models.sessions import Session


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
    reply_to = models.CharField(max_length=32, blank=True)  # of a held message: what it answers once it is released
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


class AlertQuerySet(models.QuerySet["Alert"]):
    def open(self) -> "AlertQuerySet":
        return self.filter(closed_at__isnull=True)

    def unclaimed_acute(self) -> "AlertQuerySet":
        """Somebody may be in danger, and no counsellor has said "I take it"."""
        return self.open().filter(kind=Alert.Kind.CRISIS, level="acute", claimed_by__isnull=True)


class Alert(models.Model):
    """Something the desk must see. Its text stands in the desk's log alone."""

    class Kind(models.TextChoices):
        CRISIS = "crisis", _("crisis")
        IDENTITY = "identity", _("identifying")
        REPORT = "report", _("report")
        FLOOD = "flood", _("flood")
        WISH_TO_TALK = "wish_to_talk", _("wish to talk")

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="alerts")
    public_id = models.CharField(max_length=32, default=random_id)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    level = models.CharField(max_length=8, blank=True)
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="alerts")  # who gave cause, or asked
    ref = models.CharField(max_length=64)  # theirs; of a report the message's id
    message_id = models.CharField(max_length=32, blank=True)
    raised_at = models.DateTimeField()
    claimed_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="claims")
    closed_at = models.DateTimeField(null=True, blank=True)
    told_colleague_at = models.DateTimeField(null=True, blank=True)  # of an acute one that nobody took
    told_coordinator_at = models.DateTimeField(null=True, blank=True)

    objects = AlertQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_alert_a_ref", fields=["member", "kind", "ref"]),
        ]

    def __str__(self) -> str:
        return self.public_id


class Poll(models.Model):
    """A question with answers to choose from. It goes with the session's text."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="polls")
    public_id = models.CharField(max_length=32, default=random_id)
    question = models.CharField(max_length=200)
    options = models.JSONField()  # a list of texts
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(name="poll_public_id_once", fields=["session", "public_id"])]

    def __str__(self) -> str:
        return self.public_id

    def counts(self) -> list[int]:
        """Votes in the order of the options."""
        chosen = Counter(vote.option for vote in self.votes.all())
        return [chosen[number] for number in range(len(self.options))]


class Vote(models.Model):
    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="votes")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="votes")
    option = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(name="one_vote_each", fields=["poll", "member"])]

    def __str__(self) -> str:
        return f"{self.poll_id}: {self.option}"
