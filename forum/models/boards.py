"""Boards: what the young write about, and who reads it."""

from datetime import time

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, User
from moderation.ids import random_slug
from referrals.models import Topic as Need
from referrals.municipalities import MUNICIPALITIES


class ReadingTimes(models.Model):
    """When somebody reads what comes in, and how soon: what the writer is promised."""

    reading_from = models.TimeField(_("read from"), default=time(9))
    reading_until = models.TimeField(_("read until"), default=time(21))
    promised_hours = models.PositiveSmallIntegerField(
        _("read within hours"),
        default=4,
        validators=[MinValueValidator(1), MaxValueValidator(72)],
        help_text=_("Only hours in which somebody reads are counted."),
    )

    class Meta:
        abstract = True


class Place(models.Model):
    """Where the young write: what a board and a letterbox have in common."""

    # Stands in the address, and an address stays in the phone's history: it must not tell the theme.
    slug = models.SlugField(max_length=8, unique=True, default=random_slug, editable=False)
    name = models.CharField(_("Danish name"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=60, blank=True)
    about: str
    about_en: str
    municipality_code = models.CharField(
        _("municipality"),
        max_length=3,
        blank=True,
        choices=[("", _("the whole country")), *MUNICIPALITIES.items()],
    )
    is_open = models.BooleanField(_("shown"), default=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The name in the reader's language."""
        return (get_language() == "en" and self.name_en) or self.name

    @property
    def words(self) -> str:
        """What it is about, or who answers, in the reader's language."""
        return (get_language() == "en" and self.about_en) or self.about

    @property
    def municipality(self) -> str:
        """The municipality's name; empty for the whole country."""
        return MUNICIPALITIES.get(self.municipality_code, "")


class BoardQuerySet(models.QuerySet["Board"]):
    def shown(self) -> "BoardQuerySet":
        return self.filter(is_open=True).order_by("position", "name")

    def in_the_hands_of(self, user: User) -> "BoardQuerySet":
        """Boards of the organisations that `user` counsels or coordinates in."""
        own = user.memberships.filter(role__in=["counsellor", "coordinator"]).values("organization")
        return self.filter(organizations__in=own).distinct()


class Board(Place, ReadingTimes):
    """A theme of the forum, of the whole country or of one municipality."""

    about = models.CharField(_("what it is about"), max_length=200, blank=True)
    about_en = models.CharField(_("the same in English"), max_length=200, blank=True)
    organizations = models.ManyToManyField(Organization, related_name="boards", verbose_name=_("read by"))
    need = models.ForeignKey(
        Need, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("related services")
    )
    reads_everyone_first = models.BooleanField(
        _("also read profiles first"),
        default=False,
        help_text=_("Otherwise a profile with a few good posts writes without waiting."),
    )
    position = models.PositiveSmallIntegerField(_("place in the list"), default=0)
    # Raised with every change that a reader can see: cached pages carry it (`forum.freshness`).
    version = models.PositiveIntegerField(default=0, editable=False)

    objects = BoardQuerySet.as_manager()

    class Meta:
        ordering = ["position", "name"]
        verbose_name = _("board")
        verbose_name_plural = _("boards")
        constraints = [
            models.UniqueConstraint(name="one_board_of_a_name", fields=["municipality_code", "name"]),
            models.CheckConstraint(
                name="board_is_read_for_a_while_each_day",
                condition=models.Q(reading_from__lt=models.F("reading_until")),
                violation_error_message=_("The first hour must be before the last."),
            ),
        ]
