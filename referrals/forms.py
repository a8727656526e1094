"""Forms of the directory: the young people's filter, and the staff's page of a service."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization
from referrals import links
from referrals.hour_forms import Week
from referrals.models import Channel, Service, Topic
from referrals.municipalities import MUNICIPALITIES, find_municipalities


class MunicipalityForm(forms.Form):
    """The first letters of where one lives. It is sent by GET, so what stands in the address says little to who reads
    it."""

    k = forms.CharField(
        label=_("Where do you live?"),
        help_text=_("Write the first letters of your municipality."),
        required=False,
        max_length=40,
        widget=forms.TextInput({"list": "municipalities", "autocapitalize": "words", "enterkeyhint": "search"}),
    )

    def clean_k(self) -> list[str]:
        """The codes that are meant: one, or several to choose from. A code itself is one, too."""
        words = self.cleaned_data["k"].strip()
        found = [words] if words in MUNICIPALITIES else find_municipalities(words)
        if words and not found:
            raise ValidationError(_("We know no municipality that begins so. Look at the letters once more."))
        return found


class FilterForm(MunicipalityForm):
    """What it is about, and where one lives."""

    t = forms.ModelChoiceField(
        Topic.objects.none(),
        label=_("What is it about?"),
        to_field_name="code",
        required=False,
        empty_label=_("Anything"),
    )

    field_order = ["t", "k"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["t"].queryset = Topic.objects.all()  # type: ignore[attr-defined]
        self.fields["k"].help_text = _("Write the first letters of your municipality. Empty is all of Denmark.")


# A card without two sentences of its own tells nobody what happens when one calls: that is why they are asked for.
ESSENTIAL = ("name", "description")
OF_HOURS = ("always_open", "hours_text")


class ServiceForm(forms.ModelForm):
    """What a service is. The verbs write it; this form never saves."""

    municipality_code = forms.ChoiceField(
        label=_("For whom does it work?"),
        required=False,
        choices=[("", _("All of Denmark")), *MUNICIPALITIES.items()],
    )
    is_anonymous = forms.TypedChoiceField(
        label=_("Can one be anonymous?"),
        required=False,
        choices=[("", _("We do not know")), ("yes", _("Yes")), ("no", _("No"))],
        coerce=lambda value: value == "yes",
        empty_value=None,
    )
    checked = forms.BooleanField(
        label=_("I have made sure today that all of this is true"),
        required=False,
        help_text=_(
            "Change a way in, a name or the hours without this tick, and it is hidden until somebody checks it."
        ),
    )

    class Meta:
        model = Service
        fields = [
            "name",
            "description",
            "eligibility_description",
            "minimum_age",
            "maximum_age",
            "municipality_code",
            "is_anonymous",
            "fees_description",
            "languages",
            "url",
            "duty_text",
            "no_answer_text",
            "hours_text",
            "is_crisis",
            "topics",
            "alert",
            "status",
            "source",
            "source_date",
        ]
        widgets = {"description": forms.Textarea({"rows": 3}), "topics": forms.CheckboxSelectMultiple}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = {None: "", True: "yes", False: "no"}
        self.initial["is_anonymous"] = known[self.instance.is_anonymous]

    @property
    def who(self) -> list[forms.BoundField]:
        """What every service needs to say of itself."""
        return [self[name] for name in ("organization", *ESSENTIAL) if name in self.fields]

    @property
    def more(self) -> list[forms.BoundField]:
        """What may wait."""
        return [field for field in self if field.name not in ("organization", *ESSENTIAL, *OF_HOURS, "checked")]

    @property
    def is_more_wrong(self) -> bool:
        return any(field.errors for field in self.more)


class NewServiceForm(ServiceForm):
    """The same, and whose it will be."""

    organization = forms.ModelChoiceField(Organization.objects.none(), label=_("Organisation"), empty_label=None)
    checked = None  # type: ignore[assignment]  # a new service is checked on its own page

    field_order = ["organization"]

    class Meta(ServiceForm.Meta):
        fields = [*ServiceForm.Meta.fields, "always_open"]

    def __init__(self, *args: Any, organizations: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organization"].queryset = organizations  # type: ignore[attr-defined]

    def ask_for_hours(self, week: Week) -> None:
        """Where neither the grid nor a word tells when somebody answers."""
        told = self.cleaned_data.get("always_open") or self.cleaned_data.get("hours_text") or not week.is_empty
        if not told and "hours_text" not in self.errors:
            self.add_error("hours_text", gettext("Write when somebody answers: in the week, or here in words."))


class AdoptForm(forms.Form):
    organization = forms.ModelChoiceField(Organization.objects.all(), label=_("Organisation"))


class NumbersForm(forms.Form):
    """A second person's answer to numbers that somebody proposed."""

    change = forms.UUIDField()
    answer = forms.ChoiceField(choices=[("yes", "yes"), ("no", "no")])


class ChannelForm(forms.Form):
    """One way in; without a value it is left out."""

    kind = forms.ChoiceField(label=_("Way in"), choices=Channel.Kind.choices)
    value = forms.CharField(label=_("Number, address or place"), max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("value") and "kind" in cleaned:
            try:
                cleaned["value"] = links.clean_value(cleaned["kind"], cleaned["value"])
            except ValidationError as refused:
                self.add_error("value", refused)
        return cleaned


BaseChannelFormSet = forms.formset_factory(ChannelForm, extra=2, max_num=8, validate_max=True)


class ChannelFormSet(BaseChannelFormSet):  # type: ignore[misc,valid-type]
    """The ways in of a service, in the order in which they are shown."""

    def __init__(self, *args: Any, service: Service | None = None, **kwargs: Any) -> None:
        channels = service.channels.all() if service else ()
        initial = [{"kind": channel.kind, "value": channel.value} for channel in channels]
        super().__init__(*args, initial=initial, prefix="ways", **kwargs)

    def clean(self) -> None:
        """Without a way in nobody gets help."""
        if not any(self.errors) and not self.chosen:
            raise ValidationError(gettext("Write at least one way in."), code="no_way_in")

    @property
    def chosen(self) -> list[tuple[str, str]]:
        filled = (form.cleaned_data for form in self.forms)
        return [(row["kind"], row["value"]) for row in filled if row.get("value")]
