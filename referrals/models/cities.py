"""A city's page: what a municipality, or several together, write of themselves for the young who live there.

What is open there stands on no page of its own making: chats, letterboxes and offers come from where they are kept.
"""

import uuid
from typing import Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, User
from referrals.models.owned import OwnedQuerySet
from referrals.municipalities import ADDRESSES, MUNICIPALITIES, in_the, is_name_of_one, on_the, where_in


class CityPageQuerySet(OwnedQuerySet["CityPage"]):
    def editable_by(self, user: User) -> Self:
        """A municipality's own page, and the joint ones that it has said yes to and not left."""
        if user.is_superuser:
            return self.all()
        seats = CityMember.objects.agreed().filter(page=OuterRef("pk"))
        here = Exists(seats.filter(organization__in=user.memberships.values("organization")))
        return self.filter(Exists(user.memberships.filter(organization=OuterRef("organization"))) | here)

    def shown(self) -> "CityPageQuerySet":
        """What the young may read: published, and a joint page only while at least two cities stand behind it."""
        seats = CityMember.objects.agreed().filter(page=OuterRef("pk")).order_by().values("page")
        counted = self.alias(cities=Subquery(seats.annotate(number=Count("pk")).values("number")))
        of_one = Q(organization__municipality_code__in=MUNICIPALITIES)  # any other has no address
        return counted.filter(of_one | Q(organization__isnull=True, cities__gte=2), is_published=True)

    def joint(self) -> "CityPageQuerySet":
        return self.filter(organization__isnull=True)

    def of_city(self, organization: Organization) -> "CityPageQuerySet":
        """The joint pages that it stands behind."""
        seats = CityMember.objects.agreed().filter(page=OuterRef("pk"), organization=organization)
        return self.joint().filter(Exists(seats)).order_by("name", "pk")

    def with_cities(self) -> "CityPageQuerySet":
        agreed = CityMember.objects.agreed().select_related("organization__city_page")
        return self.select_related("organization").prefetch_related(models.Prefetch("members", agreed))


class CityPage(models.Model):
    """The page of one municipality, or, with an address and a name of its own, of several."""

    class Preposition(models.TextChoices):
        """How one says where that is, in Danish."""

        IN = "i", _("i (as in “i Trekanten”)")
        ON = "på", _("på (as in “på Djursland”)")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.OneToOneField(
        Organization,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="city_page",
        verbose_name=_("organisation"),
    )
    slug = models.SlugField(_("address name"), max_length=40, blank=True)
    name = models.CharField(_("name"), max_length=40, blank=True)
    preposition = models.CharField(_("in or on"), max_length=2, choices=Preposition, default=Preposition.IN)
    headline = models.CharField(_("headline"), max_length=80, blank=True)
    intro = models.TextField(_("text"), max_length=1200, blank=True)
    picture = models.ImageField(_("picture"), upload_to="byer/", blank=True)
    picture_alt = models.CharField(_("what the picture shows"), max_length=160, blank=True)
    offers = models.JSONField(default=list, editable=False)  # ids of services, in the city's own order
    hidden = models.JSONField(default=list, editable=False)  # ids of counsellors who are not shown here
    friends = models.JSONField(default=list, editable=False)  # codes of the cities that it works together with
    is_published = models.BooleanField(_("shown to the young"), default=False, editable=False)

    objects = CityPageQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        verbose_name = _("city page")
        verbose_name_plural = _("city pages")
        constraints = [
            models.CheckConstraint(
                name="a_page_is_of_one_city_or_has_a_name_of_its_own",
                condition=Q(organization__isnull=False, slug="")
                | (Q(organization__isnull=True) & ~Q(slug="") & ~Q(name="")),
            ),
            models.UniqueConstraint(name="an_address_leads_to_one_page", fields=["slug"], condition=~Q(slug="")),
            models.CheckConstraint(
                name="a_picture_is_told_in_words",
                condition=Q(picture="") | ~Q(picture_alt=""),
                violation_error_message=_("Write what the picture shows, for those who cannot see it."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        """A joint page is called what no municipality is: nobody takes it for that one's."""
        if self.is_joint and is_name_of_one(self.name):
            raise ValidationError({"name": ValidationError(_("A municipality is called so. Choose another name."))})

    @property
    def is_joint(self) -> bool:
        return self.organization_id is None

    @property
    def title(self) -> str:
        """ "Aarhus", or the name that the cities have chosen."""
        if self.organization is None:
            return self.name
        return MUNICIPALITIES.get(self.organization.municipality_code, self.organization.name)

    @property
    def where(self) -> str:
        """ "i Aarhus", "på Djursland"."""
        if self.organization is None:
            return on_the(self.name) if self.preposition == self.Preposition.ON else in_the(self.name)
        code = self.organization.municipality_code
        return where_in(code) if code in MUNICIPALITIES else in_the(self.organization.name)

    @property
    def address(self) -> str:
        """What stands after /by/; empty where the organisation is no municipality that we know."""
        if self.organization is None:
            return self.slug
        return ADDRESSES.get(self.organization.municipality_code, "")

    @property
    def houses(self) -> list[Organization]:
        """Those who stand behind it. No query where `with_cities` has fetched them."""
        if self.organization is not None:
            return [self.organization]
        seats = [seat for seat in self.members.all() if seat.agreed_at is not None]
        return sorted((seat.organization for seat in seats), key=lambda city: city.name)


class CityMemberQuerySet(OwnedQuerySet["CityMember"]):
    def agreed(self) -> "CityMemberQuerySet":
        return self.filter(agreed_at__isnull=False)


class CityMember(models.Model):
    """A city's seat at a joint page: asked, and once somebody there has said yes, one of those who hold it."""

    page = models.ForeignKey(CityPage, on_delete=models.CASCADE, related_name="members")
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="city_seats")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    agreed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    agreed_at = models.DateTimeField(null=True)

    objects = CityMemberQuerySet.as_manager()

    class Meta:
        ordering = ["organization__name", "pk"]
        verbose_name = _("city of a joint page")
        verbose_name_plural = _("cities of joint pages")
        constraints = [
            models.UniqueConstraint(name="a_city_once_on_a_page", fields=["page", "organization"]),
            models.CheckConstraint(
                name="a_yes_has_a_date_and_a_name",
                condition=Q(agreed_at__isnull=True, agreed_by__isnull=True)
                | Q(agreed_at__isnull=False, agreed_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.page_id}: {self.organization_id}"

    @property
    def asker(self) -> str:
        """Whoever asked, by the name that colleagues know."""
        profile = getattr(self.asked_by, "profile", None)
        return (profile.working_name if profile else "") or self.asked_by.get_short_name()


class CityVersionQuerySet(OwnedQuerySet["CityVersion"]):
    def editable_by(self, user: User) -> Self:
        return self.filter(page__in=CityPage.objects.editable_by(user))


class CityVersion(models.Model):
    """A city's page as it stood after a change: `content` is all that people write there, as plain values."""

    class What(models.TextChoices):
        BEGUN = "begun", _("page begun")
        WORDS = "words", _("words changed")
        PICTURE = "picture", _("picture changed")
        ORDER = "order", _("order of the offers changed")
        SHOWN = "people", _("people and cities changed")
        PUBLISHED = "shown", _("shown")
        WITHDRAWN = "hidden", _("hidden")
        TAKEN_BACK = "back", _("an earlier one taken back")
        JOINED = "joined", _("a city said yes")
        LEFT = "left", _("a city left")

    page = models.ForeignKey(CityPage, on_delete=models.CASCADE, related_name="versions")
    what = models.CharField(max_length=8, choices=What)
    content = models.JSONField()
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    objects = CityVersionQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("version of a city page")
        verbose_name_plural = _("versions of city pages")

    def __str__(self) -> str:
        return f"{self.page_id} {self.what} {self.made_at:%Y-%m-%d}"
