"""What stood on a service's page, and who wrote it: the history that its organisation can look into and go back in."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from referrals.models.directory import Service
from referrals.models.owned import OwnedQuerySet


class VersionQuerySet(OwnedQuerySet["Version"]):
    """What stood on the services of organisations."""

    owner = "service__organization"


class Version(models.Model):
    """A service as it stood after a change: `content` is all of it as plain values (`referrals.versions`)."""

    class What(models.TextChoices):
        CREATED = "created", _("made")
        EDITED = "edited", _("changed")
        HOURS = "hours", _("hours changed")
        CHECKED = "checked", _("checked")
        SHOWN = "shown", _("shown")
        HIDDEN = "hidden", _("hidden")
        HANDED_OVER = "handed", _("given to another organisation")
        TAKEN_BACK = "back", _("an earlier one taken back")
        PROPOSED = "proposed", _("other numbers proposed")
        AGREED = "agreed", _("numbers agreed on by two")
        REFUSED = "refused", _("other numbers not taken")
        IMPORTED = "imported", _("imported")

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="versions")
    what = models.CharField(max_length=8, choices=What)
    content = models.JSONField()
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    objects = VersionQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("version")
        verbose_name_plural = _("versions")

    def __str__(self) -> str:
        return f"{self.service_id} {self.what} {self.made_at:%Y-%m-%d}"
