"""Where one can come. HSDS: location, address, service_at_location."""

import uuid

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization
from referrals.models.directory import Service
from referrals.models.owned import OwnedQuerySet


class LocationQuerySet(OwnedQuerySet["Location"]):
    """Places of organisations."""


class Location(models.Model):
    """A place of an organisation. One that hides people has no address anywhere, so that none can leak."""

    class Type(models.TextChoices):
        PHYSICAL = "physical", _("a place to come to")
        POSTAL = "postal", _("a place to write to")
        VIRTUAL = "virtual", _("on the net or by phone")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="locations", verbose_name=_("organisation")
    )
    name = models.CharField(_("name of the place"), max_length=80)
    location_type = models.CharField(_("kind of place"), max_length=8, choices=Type, default=Type.PHYSICAL)
    is_hidden = models.BooleanField(_("secret address"), default=False)
    address_1 = models.CharField(_("street and number"), max_length=120, blank=True)
    postal_code = models.CharField(
        _("postal code"), max_length=4, blank=True, validators=[RegexValidator(r"^\d{4}\Z", _("Write four digits."))]
    )
    city = models.CharField(_("town"), max_length=60, blank=True)
    latitude = models.DecimalField(_("latitude"), max_digits=8, decimal_places=5, null=True, blank=True)
    longitude = models.DecimalField(_("longitude"), max_digits=8, decimal_places=5, null=True, blank=True)
    transportation = models.CharField(_("how to get there"), max_length=160, blank=True)
    accessibility = models.CharField(
        _("getting in"), max_length=160, blank=True, help_text=_("Steps, lift, a quiet room.")
    )

    objects = LocationQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        verbose_name = _("place")
        verbose_name_plural = _("places")
        constraints = [
            models.CheckConstraint(
                name="location_type_is_known", condition=Q(location_type__in=["physical", "postal", "virtual"])
            ),
            models.CheckConstraint(
                name="a_hidden_place_has_no_address",
                condition=Q(is_hidden=False)
                | Q(
                    address_1="",
                    postal_code="",
                    city="",
                    transportation="",
                    latitude__isnull=True,
                    longitude__isnull=True,
                ),
                violation_error_message=_("A secret place has no address here, and no way to it."),
            ),
            models.CheckConstraint(
                name="an_address_is_whole",
                condition=Q(address_1="", postal_code="", city="")
                | (~Q(address_1="") & ~Q(postal_code="") & ~Q(city="")),
                violation_error_message=_("Write street, postal code and town, or none of them."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def address(self) -> str:
        """In one line; empty where there is none."""
        return f"{self.address_1}, {self.postal_code} {self.city}" if self.address_1 else ""


class ServiceAtLocation(models.Model):
    """A service is given there. HSDS: service_at_location."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="at_locations")
    location = models.ForeignKey(Location, on_delete=models.CASCADE, related_name="services_here")
    description = models.CharField(_("what is different there"), max_length=160, blank=True)

    class Meta:
        ordering = ["location__name", "id"]
        constraints = [models.UniqueConstraint(name="a_service_once_at_a_place", fields=["service", "location"])]

    def __str__(self) -> str:
        return f"{self.service} / {self.location}"
