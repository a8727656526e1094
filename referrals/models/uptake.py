"""How often a service is handed on in group chats: a number for each month, and nothing of whom, where or when."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from referrals.models.directory import Service


class Uptake(models.Model):
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="uptakes")
    month = models.DateField()  # its first day
    shared = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-month"]
        verbose_name = _("number of cards")
        verbose_name_plural = _("numbers of cards")
        constraints = [models.UniqueConstraint(name="one_number_a_month", fields=["service", "month"])]

    def __str__(self) -> str:
        return f"{self.service_id} {self.month:%Y-%m}"
