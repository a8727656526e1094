"""What keeps the directory true: who was asked when, which numbers two people stand by, and which links answer."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from referrals.models.directory import Service


class Reminder(models.Model):
    """When the people of a service were last asked whether it is still true."""

    service = models.OneToOneField(Service, on_delete=models.CASCADE, related_name="reminder")
    sent_at = models.DateTimeField()


class AgreedNumbers(models.Model):
    """The numbers to call and to text that two people stand by: [[kind, value], …]. Where nobody is named they came
    with the demo, or stood there before two were asked."""

    service = models.OneToOneField(Service, on_delete=models.CASCADE, related_name="agreed_numbers")
    numbers = models.JSONField()
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    agreed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    agreed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="nobody_agrees_with_themselves",
                condition=Q(proposed_by__isnull=True, agreed_by__isnull=True)
                | (Q(proposed_by__isnull=False, agreed_by__isnull=False) & ~Q(proposed_by=models.F("agreed_by"))),
            )
        ]


class NumberChange(models.Model):
    """Numbers that one person wants for a service that helps in a crisis. A second one says yes, or no."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.OneToOneField(Service, on_delete=models.CASCADE, related_name="number_change")
    numbers = models.JSONField()
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()


class LinkQuerySet(models.QuerySet["Link"]):
    def silent(self) -> "LinkQuerySet":
        """Those that did not answer in two checks in a row: once may be a bad moment."""
        return self.filter(failures__gte=2)


class Link(models.Model):
    """An https address that stands on some service, and whether it answers."""

    url = models.CharField(_("address"), max_length=200, unique=True)
    checked_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    failures = models.PositiveSmallIntegerField(default=0)

    objects = LinkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_link_fails_since_some_day",
                condition=Q(failures=0, failing_since__isnull=True) | Q(failures__gt=0, failing_since__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.url
