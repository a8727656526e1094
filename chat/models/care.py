"""What may outlive a session's text: a sanction that somebody asked to have looked at, and the fact of a duty."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization
from chat.models.members import Member
from chat.models.sessions import Session

REVIEW_KEPT = timedelta(hours=48)  # law 6: what a review needs outlives the session's text by no more


class ReviewQuerySet(models.QuerySet["Review"]):
    def waiting(self) -> "ReviewQuerySet":
        return self.filter(answered_at__isnull=True)

    def to_erase(self, *, now: datetime) -> "ReviewQuerySet":
        return self.filter(asked_at__lte=now - REVIEW_KEPT)


class Review(models.Model):
    """Somebody who was sanctioned asked that another adult looks at it. The row goes 48 h after it was asked.

    It stays as it was asked: what happens to the member later is a matter for a review of its own.
    """

    class Outcome(models.TextChoices):
        UPHELD = "upheld", _("It stands")
        CHANGED = "changed", _("It was wrong")

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="reviews")
    member = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="reviews")  # till erased
    token_hash = models.CharField(max_length=64, db_index=True)  # of the cookie that the answers are fetched with
    actors = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+")  # whose steps it is about: not they
    steps = models.JSONField()  # [{type, at, reason, until?, ground?}], as the member was told of them
    lines = models.JSONField()  # [{at, text}], what the member had written
    words = models.TextField(blank=True)  # why they ask
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    outcome = models.CharField(max_length=8, choices=Outcome.choices, blank=True)
    answer = models.TextField(blank=True)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        ordering = ["asked_at", "pk"]

    def __str__(self) -> str:
        return f"review of {self.session_id}"


class DutyCase(models.Model):
    """An *underretning*: that there is one, who handles it and until when. What it says stands in the case system."""

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="duty_cases")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="duty_cases")
    counsellor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="duty_cases")
    told_at = models.DateTimeField()  # when the young person was told
    deadline_at = models.DateTimeField(_("deadline"))
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["deadline_at", "pk"]
        constraints = [
            models.CheckConstraint(name="duty_deadline_follows", condition=Q(deadline_at__gt=F("told_at"))),
        ]

    def __str__(self) -> str:
        return f"duty of {self.organization_id}"
