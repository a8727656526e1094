"""The letterbox: a letter, what was written back, and what the writer agreed to have published."""

from datetime import datetime

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, User
from forum.hours import EVERY_DAY, SOME_DAYS, in_words
from forum.models.boards import Place
from moderation.ids import digest, random_id
from referrals.models import Service
from referrals.models import Topic as Need


class LetterboxQuerySet(models.QuerySet["Letterbox"]):
    def shown(self) -> "LetterboxQuerySet":
        return self.filter(is_open=True).order_by("municipality_code", "name")

    def in_the_hands_of(self, user: User) -> "LetterboxQuerySet":
        own = user.memberships.filter(role__in=["counsellor", "coordinator"]).values("organization")
        return self.filter(organizations__in=own).distinct()


class Letterbox(Place):
    """Where letters come in, of the whole country or of one municipality."""

    about = models.CharField(_("who answers"), max_length=300, blank=True)
    about_en = models.CharField(_("the same in English"), max_length=300, blank=True)
    organizations = models.ManyToManyField(Organization, related_name="letterboxes", verbose_name=_("answered by"))
    answer_hours = models.PositiveSmallIntegerField(
        _("answered within hours"), default=48, validators=[MinValueValidator(4), MaxValueValidator(168)]
    )
    # On which days of the week somebody reads, Monday is 1; and from when until when. Without hours: at any time.
    reading_days = models.CharField(
        _("days on which letters are read"),
        max_length=7,
        default=EVERY_DAY,
        validators=[RegexValidator(r"^1?2?3?4?5?6?7?\Z")],
    )
    reading_from = models.TimeField(_("read from"), null=True, blank=True)
    reading_until = models.TimeField(_("read until"), null=True, blank=True)
    second_look = models.BooleanField(
        _("a colleague reads each answer first"),
        default=False,
    )

    objects = LetterboxQuerySet.as_manager()

    class Meta:
        verbose_name = _("letterbox")
        verbose_name_plural = _("letterboxes")
        constraints = [
            models.UniqueConstraint(name="one_letterbox_of_a_name", fields=["municipality_code", "name"]),
            models.CheckConstraint(
                name="a_letterbox_is_read_on_days_of_the_week", condition=Q(reading_days__in=SOME_DAYS)
            ),
            models.CheckConstraint(
                name="a_letterbox_is_read_for_a_while",
                condition=Q(reading_from__isnull=True, reading_until__isnull=True)
                | Q(reading_from__isnull=False, reading_until__isnull=False, reading_from__lt=F("reading_until")),
                violation_error_message=_("Give both hours, the first before the last; or none of them."),
            ),
        ]

    @property
    def hours(self) -> str:
        """When letters are read, in words; empty for always."""
        return in_words(self.reading_days, self.reading_from, self.reading_until)


class Referral(models.Model):
    """A service that a letterbox points to beside its own answers, in the letterbox's order."""

    letterbox = models.ForeignKey(Letterbox, on_delete=models.CASCADE, related_name="referrals")
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="+")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(name="a_letterbox_points_once", fields=["letterbox", "service"])]


class LetterQuerySet(models.QuerySet["Letter"]):
    def by_token(self, public_id: str, token: str) -> "Letter | None":
        """The letter whose cookie this is; None for any other."""
        return self.filter(public_id=public_id, token_hash=digest(token)).first() if token else None

    def waiting(self) -> "LetterQuerySet":
        """Somebody waits for an answer."""
        return self.filter(due_at__isnull=False)

    def in_the_hands_of(self, user: User) -> "LetterQuerySet":
        return self.filter(letterbox__in=Letterbox.objects.in_the_hands_of(user))

    def to_erase(self, *, now: datetime) -> "LetterQuerySet":
        return self.filter(erase_at__lte=now)


class Letter(models.Model):
    """A conversation of one young person with the counsellors of a letterbox. Nobody else reads it."""

    public_id = models.CharField(max_length=32, unique=True, default=random_id, editable=False)
    letterbox = models.ForeignKey(Letterbox, on_delete=models.PROTECT, related_name="letters")
    token_hash = models.CharField(max_length=64, blank=True, db_index=True)
    code_hash = models.CharField(max_length=64, unique=True)
    is_urgent = models.BooleanField(default=False)
    written_at = models.DateTimeField()  # to five minutes, as every time of the young
    due_at = models.DateTimeField(null=True, blank=True)  # promised to be answered by then; None: nothing waits
    erase_at = models.DateTimeField()  # moves with every new part
    urgent_told_at = models.DateTimeField(null=True, blank=True)  # staff got a mail that somebody may be in danger
    late_told_at = models.DateTimeField(null=True, blank=True)  # coordinators got a mail that it is late

    objects = LetterQuerySet.as_manager()

    def __str__(self) -> str:
        return self.public_id


class LetterPartQuerySet(models.QuerySet["LetterPart"]):
    def sent(self) -> "LetterPartQuerySet":
        return self.filter(sent_at__isnull=False).order_by("sent_at", "pk")


class LetterPart(models.Model):
    """What one side wrote: the young person's words (without `counsellor`), or a counsellor's answer.

    An answer is a draft until it is sent; where the letterbox asks for it, a colleague reads it before.
    """

    letter = models.ForeignKey(Letter, on_delete=models.CASCADE, related_name="parts")
    counsellor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    text = models.TextField(max_length=20_000)
    html = models.TextField()
    written_at = models.DateTimeField()
    look_asked_at = models.DateTimeField(null=True, blank=True)  # waits for a colleague
    note = models.TextField(max_length=1000, blank=True)  # of a colleague who would change something in the draft
    looked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    sent_at = models.DateTimeField(null=True, blank=True)

    objects = LetterPartQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="the_young_have_no_drafts_here", condition=Q(counsellor__isnull=False) | Q(sent_at__isnull=False)
            ),
            models.UniqueConstraint(name="one_draft_a_letter", fields=["letter"], condition=Q(sent_at__isnull=True)),
        ]


class DraftWriter(models.Model):
    """Somebody who has written in an answer while it is a draft: never the colleague who reads it before it goes out.

    Kept from one change to the next, whoever signs it by then; gone when it is sent or thrown away.
    """

    part = models.ForeignKey(LetterPart, on_delete=models.CASCADE, related_name="writers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    was_trainee = models.BooleanField(default=False)  # when they wrote; whatever they are by now

    class Meta:
        constraints = [models.UniqueConstraint(name="each_writer_of_a_draft_once", fields=["part", "user"])]


class PublicationQuerySet(models.QuerySet["Publication"]):
    def published(self) -> "PublicationQuerySet":
        return self.filter(published_at__isnull=False).order_by("-published_at", "-pk")


class Publication(models.Model):
    """A letter and its answer made into a page that shows nobody: proposed, agreed to by the writer, published.

    Taking back the consent takes the page away at once.
    """

    public_id = models.CharField(max_length=32, unique=True, default=random_id, editable=False)
    letter = models.OneToOneField(Letter, on_delete=models.CASCADE, related_name="publication")
    title = models.CharField(max_length=80)
    question = models.TextField(max_length=10_000)
    question_html = models.TextField()
    answer = models.TextField(max_length=20_000)
    answer_html = models.TextField()
    counsellor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    need = models.ForeignKey(Need, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    service = models.ForeignKey(Service, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    proposed_at = models.DateTimeField()
    consented_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)

    objects = PublicationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="nothing_is_published_without_consent",
                condition=Q(published_at__isnull=True) | Q(consented_at__isnull=False),
            ),
        ]
