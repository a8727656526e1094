"""What a coordinator types about a board."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, User
from forum.models import Board
from forum.services.boards import FIELDS
from forum.services.letterboxes import organizations_of, places_for


class BoardForm(forms.ModelForm):
    """A board. The verbs write it; this form never saves."""

    organizations = forms.ModelMultipleChoiceField(
        Organization.objects.none(),
        label=_("Read by"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Counsellors of these organisations read what waits, and answer."),
    )

    class Meta:
        model = Board
        fields = FIELDS
        widgets = {
            "reading_from": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "reading_until": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        }

    field_order = ("name", "name_en", "about", "about_en", "municipality_code", "organizations")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = organizations_of(user)
        field = cast(forms.ModelMultipleChoiceField, self.fields["organizations"])
        field.queryset = own
        if self.instance.pk:
            self.initial["organizations"] = own.filter(boards=self.instance)
        elif own.count() == 1:
            self.initial["organizations"] = own
        places = cast(forms.ChoiceField, self.fields["municipality_code"])
        places.choices = places_for(own, kept=self.instance.municipality_code if self.instance.pk else None)
