"""The referral directory: services of organisations, and how to reach them.

Names follow Open Referral HSDS 3.0 where it has one; `checked_on` is its assured_date.
"""

import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models
from django.db.models import Case, Exists, ExpressionWrapper, OuterRef, Q, Value, When
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, User
from referrals import hours, links
from referrals.models.owned import OwnedQuerySet
from referrals.municipalities import MUNICIPALITIES

# A check says nothing any more after this many days.
FRESH_DAYS = 180
# Long before, its people are asked whether it is still true.
CHECK_DAYS = 90


class Topic(models.Model):
    """A need, in the young people's words. HSDS: taxonomy_term."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.SlugField(
        _("code"),
        max_length=16,
        unique=True,
        help_text=_("Stands in addresses: it must not tell what the topic is."),
    )
    name = models.CharField(_("Danish name"), max_length=60, unique=True)
    name_en = models.CharField(_("English name"), max_length=60)
    position = models.PositiveSmallIntegerField(_("place in the list"), default=0)

    class Meta:
        ordering = ["position", "name"]
        verbose_name = _("topic")
        verbose_name_plural = _("topics")

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The name in the reader's language."""
        return self.name_en if get_language() == "en" else self.name


def _is_to_check(now: datetime | None) -> Q:
    return Q(is_published=True, checked_on__lte=timezone.localdate(now) - timedelta(days=CHECK_DAYS))


class ServiceQuerySet(OwnedQuerySet["Service"]):
    def shown(self) -> "ServiceQuerySet":
        """What the young may see: published, hence checked by somebody, and running. Demo services in the demo only."""
        shown = self.filter(status=Service.Status.ACTIVE, is_published=True, checked_on__isnull=False)
        return shown if settings.DEMO else shown.filter(is_demo=False)

    def fresh(self, now: datetime | None = None) -> "ServiceQuerySet":
        """Checked so lately that the check still counts."""
        return self.filter(checked_on__gte=timezone.localdate(now) - timedelta(days=FRESH_DAYS))

    def to_check(self, now: datetime | None = None) -> "ServiceQuerySet":
        """Shown, and checked so long ago that somebody should look at it again."""
        return self.filter(_is_to_check(now))

    def to_check_first(self, now: datetime | None = None) -> "ServiceQuerySet":
        """For those who look after them: first what should be looked at again, of that the oldest check. Of each
        `is_to_check`."""
        is_to_check = ExpressionWrapper(_is_to_check(now), output_field=models.BooleanField())
        day = Case(When(_is_to_check(now), then="checked_on"))
        ordered = self.help_first()
        return ordered.annotate(is_to_check=is_to_check).order_by("-is_to_check", day, *ordered.query.order_by)

    def reachable(self, *kinds: str) -> "ServiceQuerySet":
        """With a way in; given kinds: with a way in of one of these."""
        channels = Channel.objects.filter(service=OuterRef("pk"))
        return self.filter(Exists(channels.filter(kind__in=kinds) if kinds else channels))

    def crisis_ready(self, now: datetime | None = None) -> "ServiceQuerySet":
        """What law 12 asks for: help for someone in crisis, at any hour, that somebody has checked.

        By phone, chat or text message: a page to read answers nobody.
        """
        ready = self.shown().fresh(now).filter(is_crisis=True, always_open=True)
        return ready.reachable(links.Kind.PHONE, links.Kind.CHAT, links.Kind.SMS)

    def helps_now(self) -> "ServiceQuerySet":
        """What belongs on the help page: help in a crisis, and whatever never closes."""
        return self.filter(Q(is_crisis=True) | Q(always_open=True))

    def for_topic(self, code: str) -> "ServiceQuerySet":
        return self.filter(Exists(Service.topics.through.objects.filter(service=OuterRef("pk"), topic__code=code)))

    def for_municipality(self, *codes: str) -> "ServiceQuerySet":
        """What someone living there can use: the municipality's own services and those for the whole country."""
        return self.filter(municipality_code__in=["", *codes])

    def for_anybody(self) -> "ServiceQuerySet":
        """What helps wherever one lives: those for the whole country, and in a crisis also a town's own."""
        return self.filter(Q(municipality_code="") | Q(is_crisis=True, always_open=True))

    def help_first(self) -> "ServiceQuerySet":
        """Crisis help that never closes, then what never closes, then the rest; the whole country's before a town's."""
        ready = Case(When(is_crisis=True, always_open=True, then=Value(0)), default=Value(1))
        local = Case(When(municipality_code="", then=Value(0)), default=Value(1))
        return self.order_by(ready, "-always_open", "-is_crisis", local, "name", "id")

    def with_details(self) -> "ServiceQuerySet":
        return self.select_related("organization").prefetch_related("topics", "at_locations__location").with_hours()

    def with_hours(self) -> "ServiceQuerySet":
        """What a card needs, in two queries however many there are."""
        return self.select_related("kept_hours").prefetch_related("channels")


class OnHolidays(models.TextChoices):
    """What the hours of the week become on a Danish holiday or Christmas Eve."""

    CLOSED = hours.Holidays.CLOSED, _("closed")
    USUAL = hours.Holidays.USUAL, _("as on any other day")
    SUNDAY = hours.Holidays.SUNDAY, _("as on Sundays")


class Service(models.Model):
    """Something that helps the young, from one organisation."""

    OnHolidays = OnHolidays

    class Status(models.TextChoices):
        """The four words of HSDS."""

        ACTIVE = "active", _("running")
        INACTIVE = "inactive", _("not started, or ended for now")
        DEFUNCT = "defunct", _("closed for good")
        TEMPORARILY_CLOSED = "temporarily closed", _("closed for a while")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="services", verbose_name=_("organisation")
    )
    name = models.CharField(_("name"), max_length=80)
    description = models.CharField(
        _("what it is"), max_length=400, help_text=_("Two or three short sentences to a young person.")
    )
    eligibility_description = models.CharField(_("for whom"), max_length=160, blank=True)
    minimum_age = models.PositiveSmallIntegerField(
        _("from age"), null=True, blank=True, validators=[MaxValueValidator(120)]
    )
    maximum_age = models.PositiveSmallIntegerField(
        _("to age"), null=True, blank=True, validators=[MaxValueValidator(120)]
    )
    is_anonymous = models.BooleanField(_("one can be anonymous"), null=True, blank=True)
    topics = models.ManyToManyField(Topic, blank=True, related_name="services", verbose_name=_("topics"))
    municipality_code = models.CharField(
        _("municipality"),
        max_length=3,
        blank=True,
        validators=[RegexValidator(r"^\d{3}\Z")],
        help_text=_("Empty: the whole country."),
    )
    url = models.CharField(_("website"), max_length=200, blank=True, help_text=_("Where one can read more."))
    fees_description = models.CharField(
        _("what it costs"),
        max_length=120,
        blank=True,
        help_text=_("Empty where nobody has told. Write Free where it is."),
    )
    languages = models.CharField(
        _("languages"),
        max_length=60,
        blank=True,
        validators=[RegexValidator(r"^[a-z]{2}(,[a-z]{2})*\Z", _("Write codes with commas between: da,en,ar."))],
        help_text=_("Codes with commas between: da,en,ar. Empty: Danish."),
    )
    duty_text = models.CharField(
        _("what they must pass on"),
        max_length=240,
        blank=True,
        help_text=_("What happens if they are told that a child is in danger. One or two short sentences."),
    )
    no_answer_text = models.CharField(
        _("if nobody answers"), max_length=160, blank=True, help_text=_("Such as: we ring back, or try the chat.")
    )
    hours_text = models.CharField(
        _("more about the hours"), max_length=200, blank=True, help_text=_("What a table of hours cannot say.")
    )
    on_holidays = models.CharField(_("on holidays"), max_length=6, choices=OnHolidays, default=OnHolidays.CLOSED)
    always_open = models.BooleanField(_("open day and night, all year"), default=False)
    is_crisis = models.BooleanField(_("helps someone in crisis"), default=False)
    alert = models.CharField(
        _("good to know right now"), max_length=160, blank=True, help_text=_("Such as: closed in week 42.")
    )
    status = models.CharField(_("status"), max_length=18, choices=Status, default=Status.ACTIVE)
    is_demo = models.BooleanField(_("made up for the demo"), default=False, editable=False)
    is_published = models.BooleanField(_("shown to the young"), default=False, editable=False)
    checked_on = models.DateField(_("checked on"), null=True, blank=True, editable=False)
    checked_by = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("checked by"),
    )
    source = models.CharField(_("source"), max_length=120, blank=True, help_text=_("Where it is known from."))
    source_date = models.CharField(
        _("date of the source"),
        max_length=10,
        blank=True,
        validators=[RegexValidator(r"^\d{4}(-\d\d(-\d\d)?)?\Z", _("Write it as 2026, 2026-03 or 2026-03-24."))],
        help_text=_("As exactly as it is known: 2026, 2026-03 or 2026-03-24."),
    )
    last_modified = models.DateTimeField(_("changed"), auto_now=True)

    objects = ServiceQuerySet.as_manager()

    # Those that do not answer, where `link_check.with_silent_links` has looked them up; never stored.
    silent_links: "Sequence[models.Model]" = ()

    # Hours that somebody tries out before they save them; never stored.
    tried_out: hours.Timetable | None = None

    class Meta:
        ordering = ["name", "id"]
        verbose_name = _("service")
        verbose_name_plural = _("services")
        constraints = [
            models.CheckConstraint(
                name="service_status_is_known",
                condition=Q(status__in=["active", "inactive", "defunct", "temporarily closed"]),
            ),
            models.CheckConstraint(
                name="a_check_has_a_date_and_a_name",
                condition=Q(checked_on__isnull=True, checked_by__isnull=True)
                | Q(checked_on__isnull=False, checked_by__isnull=False),
            ),
            models.CheckConstraint(
                name="what_is_shown_is_checked_and_has_a_source",
                condition=Q(is_published=False) | (Q(checked_on__isnull=False) & ~Q(source="")),
            ),
            models.CheckConstraint(
                name="ages_are_in_order",
                condition=Q(minimum_age__isnull=True)
                | Q(maximum_age__isnull=True)
                | Q(minimum_age__lte=models.F("maximum_age")),
                violation_error_message=_("The first age must not be above the last."),
            ),
            models.UniqueConstraint(name="one_name_per_organization", fields=["organization", "name"]),
        ]

    def __str__(self) -> str:
        return self.name

    def is_fresh(self, on: date) -> bool:
        """Checked, and not so long before `on` that the check says nothing any more."""
        return self.checked_on is not None and on - self.checked_on <= timedelta(days=FRESH_DAYS)

    @property
    def timetable(self) -> hours.Timetable:
        """All its hours. No query where `with_hours` has fetched it."""
        if self.tried_out is not None:
            return self.tried_out
        kept = getattr(self, "kept_hours", None)
        plain = kept.content if kept else {}
        return hours.Timetable.of(plain, on_holidays=self.on_holidays, is_always_open=self.always_open)

    def state(self, now: datetime) -> hours.State:
        """Whether somebody answers at that moment, and when that changes. Nobody does where it does not run."""
        if self.status != self.Status.ACTIVE:
            return hours.State(False)
        return hours.state_of(self.timetable, now=now)

    @property
    def municipality(self) -> str:
        """The municipality's name; empty for the whole country."""
        return MUNICIPALITIES.get(self.municipality_code, self.municipality_code)


class Channel(models.Model):
    """One way of reaching a service. It has no label of its own: a label could hide where the link leads."""

    Kind = links.Kind

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="channels", verbose_name=_("service"))
    kind = models.CharField(_("kind"), max_length=5, choices=links.Kind)
    value = models.CharField(_("number, address or place"), max_length=200)
    position = models.PositiveSmallIntegerField(_("place in the list"), default=0)

    class Meta:
        ordering = ["position", "kind", "value"]
        verbose_name = _("way in")
        verbose_name_plural = _("ways in")
        constraints = [
            models.CheckConstraint(
                name="channel_kind_is_known", condition=Q(kind__in=["phone", "chat", "sms", "web", "mail", "visit"])
            ),
            models.CheckConstraint(name="a_channel_leads_somewhere", condition=~Q(value="")),
            models.UniqueConstraint(name="each_channel_once", fields=["service", "kind", "value"]),
        ]

    def __str__(self) -> str:
        return self.label

    def clean(self) -> None:
        try:
            self.value = links.clean_value(self.kind, self.value)
        except ValidationError as refused:
            raise ValidationError({"value": refused}) from refused

    @property
    def href(self) -> str | None:
        """What to follow. None for places, for what is not safe, and for all of a demo service."""
        return None if self.service.is_demo else links.href(self.kind, self.value)

    @property
    def label(self) -> str:
        label = links.label(self.kind, self.value)
        return _("%(label)s (demo: does not work)") % {"label": label} if self.service.is_demo else label
