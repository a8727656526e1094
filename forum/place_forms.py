"""What a coordinator types about a board or a letterbox. The verbs write it; these forms never save."""

from typing import Any, cast

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, User
from forum.models import Board, Letterbox
from forum.services import places


def _hour() -> forms.TimeInput:
    return forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


class PlaceForm(forms.ModelForm):
    organizations = forms.ModelMultipleChoiceField(
        Organization.objects.none(),
        label=_("Read by"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Counsellors of these organisations read what waits, and answer. Nobody else does."),
    )
    field_order = (
        "name",
        "name_en",
        "about",
        "about_en",
        "municipality_code",
        "organizations",
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = places.organizations_of(user)
        cast(forms.ModelMultipleChoiceField, self.fields["organizations"]).queryset = own
        if self.instance.pk:
            self.initial["organizations"] = own.filter(pk__in=self.instance.organizations.all())
        elif own.count() == 1:
            self.initial["organizations"] = own
        municipality = cast(forms.ChoiceField, self.fields["municipality_code"])
        municipality.choices = places.where(own, kept=self.instance.municipality_code if self.instance.pk else None)


class BoardForm(PlaceForm):
    class Meta:
        model = Board
        fields = places.FIELDS[Board]
        widgets = {"reading_from": _hour(), "reading_until": _hour()}


class LetterboxForm(PlaceForm):
    reading_days = forms.MultipleChoiceField(
        label=_("Days on which letters are read"),
        choices=[(str(number + 1), name) for number, name in WEEKDAYS.items()],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Other days do not count: what is promised over them is answered later."),
    )

    class Meta:
        model = Letterbox
        fields = places.FIELDS[Letterbox]
        widgets = {"reading_from": _hour(), "reading_until": _hour()}
        help_texts = {
            "answer_hours": _("The young are promised this. Coordinators get a mail when it is late."),
            "reading_from": _("Leave both hours empty when letters are read at any time of the day."),
        }

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        self.initial["reading_days"] = list(self.instance.reading_days)

    def clean_reading_days(self) -> str:
        return "".join(sorted(self.cleaned_data["reading_days"]))
