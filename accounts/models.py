"""Staff, their organisations and the card that the young see of a counsellor; and the profiles of the young.

The young need no account for anything. Whoever wants one has a user name and a password, and nothing else is known.
"""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser
from django.contrib.auth.models import UserManager as DjangoUserManager
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts.faces import face_url


class UserQuerySet(models.QuerySet["User"]):
    def young(self) -> "UserQuerySet":
        """Profiles of young people. No list of them is ever shown to anybody (law 8)."""
        return self.filter(is_young=True)

    def staff(self) -> "UserQuerySet":
        """Everybody else: people with a role somewhere, those who had one, and those who run the installation."""
        return self.filter(is_young=False)

    def counsellors(self) -> "UserQuerySet":
        """Active people with the role of counsellor in at least one organisation, each once."""
        role = Membership.objects.filter(user=models.OuterRef("pk"), role=Membership.Role.COUNSELLOR)
        return self.staff().filter(models.Exists(role), is_active=True)


class UserManager(DjangoUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    use_in_migrations = False


class User(AbstractUser):
    """A member of staff, or a young person with a profile. The name that others see stands elsewhere: on a counsellor's
    card, or in each topic that a young person writes in.
    """

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    # The time step of the last one-time code used: no code of it or of an earlier step works again.
    last_code_step = models.BigIntegerField(default=0, editable=False)
    # Raising it ends every session of this person.
    session_epoch = models.PositiveIntegerField(default=0, editable=False)
    # Made by a young person at the door for them. Nobody becomes one later, and nobody stops being one.
    is_young = models.BooleanField(default=False, editable=False)
    # Of a young person whose post came back or was taken away: until then what they write is read before others see it.
    read_first_until = models.DateField(null=True, blank=True, editable=False)

    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[UserManager] = UserManager()

    class Meta(AbstractUser.Meta):
        constraints = [
            models.CheckConstraint(
                name="a_young_profile_has_no_rights_and_no_mail",
                condition=models.Q(is_young=False) | models.Q(is_staff=False, is_superuser=False, email=""),
            ),
            # Whoever types capitals at the login must not reach for another account than the one without.
            models.UniqueConstraint(
                Lower("username"),
                name="a_user_name_once_however_it_is_written",
                violation_error_message=_("Somebody has that user name already. Choose another one."),
            ),
        ]

    def get_full_name(self) -> str:
        return self.username

    def get_short_name(self) -> str:
        return self.username

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Django's hash of the password, with the epoch mixed in: either change ends the other sessions."""
        return salted_hmac(
            "accounts.User.session",
            f"{self.session_epoch}:{self.password}",
            secret=secret,
            algorithm="sha256",
        ).hexdigest()


class Recovery(models.Model):
    """The way back in for a young person who forgot the password: six words, of which a slow hash is stored."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="recovery")
    phrase_hash = models.CharField(max_length=128)
    made_on = models.DateField()


class Organization(models.Model):
    """A municipality or an association that counsellors belong to."""

    class Kind(models.TextChoices):
        MUNICIPALITY = "municipality", _("municipality")
        ASSOCIATION = "association", _("association")

    name = models.CharField(_("name"), max_length=80, unique=True)
    slug = models.SlugField(_("address name"), max_length=80, unique=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    municipality_code = models.CharField(
        _("municipality code"),
        max_length=3,
        blank=True,
        validators=[RegexValidator(r"^\d{3}$", _("Three digits, such as 461."))],
        help_text=_("Three digits, for municipalities only."),
    )

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                name="organization_kind_is_known",
                condition=models.Q(kind__in=["municipality", "association"]),
            ),
            models.CheckConstraint(
                name="only_a_municipality_has_a_code",
                condition=models.Q(kind="municipality") | models.Q(municipality_code=""),
            ),
            models.UniqueConstraint(
                name="one_organization_per_municipality_code",
                fields=["municipality_code"],
                condition=~models.Q(municipality_code=""),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """One role of one person in one organisation. Someone with two roles has two memberships."""

    class Role(models.TextChoices):
        COUNSELLOR = "counsellor", _("counsellor")
        COORDINATOR = "coordinator", _("coordinator")
        EDITOR = "editor", _("editor")

    user = models.ForeignKey(
        User,
        on_delete=models.CASCADE,
        related_name="memberships",
        verbose_name=_("user"),
        limit_choices_to={"is_young": False},
    )
    organization = models.ForeignKey(
        Organization,
        on_delete=models.CASCADE,
        related_name="memberships",
        verbose_name=_("organisation"),
    )
    role = models.CharField(_("role"), max_length=12, choices=Role)
    is_trainee = models.BooleanField(
        _("in training"),
        default=False,
        help_text=_("A colleague who is not reads their answers to letters before they are sent."),
    )

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.CheckConstraint(
                name="membership_role_is_known",
                condition=models.Q(role__in=["counsellor", "coordinator", "editor"]),
            ),
            models.CheckConstraint(
                name="only_a_counsellor_is_in_training",
                condition=models.Q(is_trainee=False) | models.Q(role="counsellor"),
                violation_error_message=_("Only counsellors can be in training."),
            ),
            models.UniqueConstraint(name="each_role_once", fields=["user", "organization", "role"]),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.get_role_display()}, {self.organization}"


class Profile(models.Model):
    """The card the young see: who leads the chat."""

    user = models.OneToOneField(
        User,
        on_delete=models.CASCADE,
        related_name="profile",
        verbose_name=_("user"),
        limit_choices_to={"is_young": False},
    )
    working_name = models.CharField(_("working name"), max_length=40, blank=True)
    role_title = models.CharField(_("role"), max_length=60, blank=True)
    about = models.CharField(_("a few words about yourself"), max_length=300, blank=True)
    picture = models.ImageField(_("picture"), upload_to="faces/", blank=True)

    class Meta:
        verbose_name = _("profile")
        verbose_name_plural = _("profiles")

    def __str__(self) -> str:
        return self.working_name or str(self.user)

    @property
    def is_complete(self) -> bool:
        """Name, role and a few words stand there: without them nobody counts as present in a room (law 1)."""
        return all(text.strip() for text in (self.working_name, self.role_title, self.about))

    def card(self) -> dict[str, Any]:
        """The card as plain values, for pages and for the room. `face` works as the src of an image."""
        return {
            "name": self.working_name,
            "role": self.role_title,
            "about": self.about,
            "face": face_url(profile=self),
        }
