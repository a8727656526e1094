"""What the one desk keeps of all places: reports, claims, and the log of who decided what.

Nothing here knows what a post or a letter is: whatever is reported is pointed at by content type, and whatever waits
comes from `moderation.queue`.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, User
from moderation.ids import random_id

CLAIM_LEASE = timedelta(minutes=10)
REPORT_KEPT = timedelta(days=30)  # after the decision: so long the one who reported can read what came of it


class ReportQuerySet(models.QuerySet["Report"]):
    def waiting(self) -> "ReportQuerySet":
        return self.filter(decided_at__isnull=True)

    def in_the_hands_of(self, user: User) -> "ReportQuerySet":
        """Reports of places that an organisation holds which `user` counsels or coordinates in."""
        own = user.memberships.filter(role__in=["counsellor", "coordinator"]).values("organization")
        return self.filter(organizations__in=own).distinct()

    def about(self, target: models.Model) -> "ReportQuerySet":
        kind = ContentType.objects.get_for_model(target)
        return self.filter(content_type=kind, object_id=target.pk)

    def to_erase(self, *, now: datetime) -> "ReportQuerySet":
        return self.filter(decided_at__lte=now - REPORT_KEPT)


class Report(models.Model):
    """A reader says that something should be looked at. Nothing of the reader is kept.

    `public_id` is all that leads to the outcome: the address of the receipt, known to the one who reported.
    """

    class Reason(models.TextChoices):
        UNKIND = "unkind", _("It is unkind to somebody")
        IDENTIFYING = "identifying", _("It shows who somebody is")
        WORRYING = "worrying", _("I worry about the one who wrote it")
        UNSAFE = "unsafe", _("It could hurt somebody who reads it")
        OTHER = "other", _("Something else")

    class Outcome(models.TextChoices):
        KEPT = "kept", _("It stays")
        HIDDEN = "hidden", _("It was taken away")
        GONE = "gone", _("It was gone already")

    public_id = models.CharField(max_length=32, unique=True, default=random_id, editable=False)
    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE, related_name="+")
    object_id = models.PositiveBigIntegerField()
    target = GenericForeignKey("content_type", "object_id")
    organizations = models.ManyToManyField(Organization, related_name="+")  # whose counsellors look at it
    reason = models.CharField(max_length=12, choices=Reason.choices)
    words = models.TextField(max_length=500, blank=True)  # of the one who reported; erased with the decision
    reported_at = models.DateTimeField()
    due_at = models.DateTimeField()
    outcome = models.CharField(max_length=8, choices=Outcome.choices, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = ReportQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["content_type", "object_id"], name="reports_of_one_thing")]
        constraints = [
            models.CheckConstraint(
                name="a_decided_report_says_what_came_of_it",
                condition=Q(decided_at__isnull=True, outcome="") | (Q(decided_at__isnull=False) & ~Q(outcome="")),
            ),
        ]


class Claim(models.Model):
    """Who looks at one thing of the desk right now, so that no two answer it."""

    source = models.CharField(max_length=16)
    key = models.CharField(max_length=40)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    claimed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(name="one_claim_each", fields=["source", "key"])]


class DecisionQuerySet(models.QuerySet["Decision"]):
    def of_organizations(self, organizations: "models.QuerySet[Organization]") -> "DecisionQuerySet":
        return self.filter(organization__in=organizations)


class Decision(models.Model):
    """One line of the log: who decided what, when, after how long. Codes and ids; never a word of anybody's text.

    Append-only: a trigger of the database refuses to change or delete a line, whoever asks.
    """

    at = models.DateTimeField(db_index=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="decisions")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, null=True, related_name="+")
    place = models.CharField(max_length=16)  # "forum", "letters", "chat"
    action = models.CharField(max_length=24)  # a code of `moderation.decisions.ACTIONS`
    target = models.CharField(max_length=40, blank=True)  # an opaque id; what it named may be long gone
    waited = models.PositiveIntegerField(null=True)  # seconds that somebody waited for it
    was_late = models.BooleanField(null=True)  # later than promised; None where nothing was promised

    objects = DecisionQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
