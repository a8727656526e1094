"""The hours of a service. HSDS: schedule. What they mean at a moment stands in `referrals.hours`."""

import uuid

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from referrals import hours
from referrals.models.directory import Service

# Names of RFC 5545 with commas between: MO,TU or, in a monthly rule, 1MO,-1FR.
check_days = RegexValidator(
    r"^((-1|[1-5])?(MO|TU|WE|TH|FR|SA|SU)(,(?!$)|\Z))+\Z",
    _("Write days as MO,TU,WE,TH,FR,SA,SU with commas between."),
    code="days",
)


class Schedule(models.Model):
    """Hours that come again, each week or each month. Hours to 02:00 end on the next day; 00:00 to 00:00 is all day."""

    class Frequency(models.TextChoices):
        WEEKLY = "WEEKLY", _("each week")
        MONTHLY = "MONTHLY", _("each month")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="schedules", verbose_name=_("service"))
    freq = models.CharField(_("how often"), max_length=7, choices=Frequency, default=Frequency.WEEKLY)
    interval = models.PositiveSmallIntegerField(
        _("every how many"), default=1, validators=[MinValueValidator(1), MaxValueValidator(12)]
    )
    byday = models.CharField(_("days"), max_length=60, validators=[check_days])
    opens_at = models.TimeField(_("from"))
    closes_at = models.TimeField(_("to"))
    valid_from = models.DateField(_("first day"), null=True, blank=True)
    valid_to = models.DateField(_("last day"), null=True, blank=True)
    notes = models.CharField(_("note"), max_length=160, blank=True)

    class Meta:
        ordering = ["valid_from", "opens_at", "id"]
        verbose_name = _("opening hours")
        verbose_name_plural = _("opening hours")
        constraints = [
            models.CheckConstraint(name="hours_have_days", condition=~Q(byday="")),
            models.CheckConstraint(
                name="hours_begin_before_they_end",
                condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_from__lte=F("valid_to")),
                violation_error_message=_("The first day must not come after the last."),
            ),
            models.CheckConstraint(
                name="every_other_week_is_counted_from_a_day",
                condition=Q(interval=1) | (Q(interval__gt=1) & Q(valid_from__isnull=False)),
                violation_error_message=_("Write the first day: the weeks are counted from there."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.byday} {self.opens_at:%H:%M}–{self.closes_at:%H:%M}"

    @property
    def rule(self) -> hours.Rule:
        return hours.Rule(
            freq=self.freq,
            interval=self.interval,
            byday=tuple(self.byday.split(",")),
            opens_at=self.opens_at,
            closes_at=self.closes_at,
            begins=self.valid_from,
            ends=self.valid_to,
        )


class KeptHours(models.Model):
    """A copy of all hours of a service in one row: whoever shows a card gets it with the service, in the same query.

    `referrals.receivers` writes it anew after every change of a schedule or of special days, from whatever door.
    """

    service = models.OneToOneField(Service, on_delete=models.CASCADE, primary_key=True, related_name="kept_hours")
    content = models.JSONField()  # `hours.Timetable.plain`

    def __str__(self) -> str:
        return str(self.service_id)


class SpecialDays(models.Model):
    """Days with other hours than usual, or closed. HSDS: a schedule that is valid on these days only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.ForeignKey(
        Service, on_delete=models.CASCADE, related_name="special_days", verbose_name=_("service")
    )
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    opens_at = models.TimeField(_("from"), null=True, blank=True)
    closes_at = models.TimeField(_("to"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=80, blank=True)

    class Meta:
        ordering = ["first_day", "opens_at", "id"]
        verbose_name = _("special days")
        verbose_name_plural = _("special days")
        constraints = [
            models.CheckConstraint(
                name="special_days_are_in_order",
                condition=Q(first_day__lte=F("last_day")),
                violation_error_message=_("The first day must not come after the last."),
            ),
            models.CheckConstraint(
                name="special_hours_have_both_ends",
                condition=Q(opens_at__isnull=True, closes_at__isnull=True)
                | Q(opens_at__isnull=False, closes_at__isnull=False),
                violation_error_message=_(
                    "Write both when it opens and when it closes, or neither: then it is closed."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_day}–{self.last_day}"

    @property
    def special(self) -> hours.Special:
        return hours.Special(first=self.first_day, last=self.last_day, opens_at=self.opens_at, closes_at=self.closes_at)
