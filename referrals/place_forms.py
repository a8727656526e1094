"""The staff's forms of places. The verbs of `referrals.places` save them."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from referrals import places
from referrals.models import Location, Service

# What leads to a place, and may not be told of a secret one.
WAYS = ("address_1", "postal_code", "city", "transportation")
ADDRESS = ("address_1", "postal_code", "city")


class PlaceForm(forms.ModelForm):
    """One place. Each refusal stands at the field to mend."""

    class Meta:
        model = Location
        fields = list(places.FIELDS)
        help_texts = {"is_hidden": _("Such as a shelter. It has a name here, and nothing that leads there.")}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("is_hidden"):
            for name in WAYS:
                if cleaned.get(name):
                    self.add_error(name, gettext("The address of this place is secret. Empty this field."))
        elif any(cleaned.get(name) for name in ADDRESS):
            for name in ADDRESS:
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, gettext("Write street, postal code and town, or none of them."))
        return cleaned


class PlacesForm(forms.Form):
    """At which of the organisation's places a service is given, and what is different there."""

    def __init__(self, data: QueryDict | None, *, service: Service, choices: list[Location]) -> None:
        here = {at.location_id: at.description for at in service.at_locations.all()}
        initial: dict[str, Any] = {}
        for place in choices:
            initial |= {f"at_{place.pk}": place.pk in here, f"more_{place.pk}": here.get(place.pk, "")}
        super().__init__(data, initial=initial)
        self.places = choices
        for place in choices:
            at = forms.BooleanField(label=place.name, required=False)
            more = forms.CharField(label=gettext("What is different there"), max_length=160, required=False)
            self.fields |= {f"at_{place.pk}": at, f"more_{place.pk}": more}

    @property
    def rows(self) -> list[tuple[Location, forms.BoundField, forms.BoundField]]:
        return [(place, self[f"at_{place.pk}"], self[f"more_{place.pk}"]) for place in self.places]

    @property
    def chosen(self) -> dict[Location, str]:
        cleaned = self.cleaned_data
        return {place: cleaned[f"more_{place.pk}"] for place in self.places if cleaned[f"at_{place.pk}"]}
