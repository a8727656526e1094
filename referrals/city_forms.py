"""The staff's forms of a city's page. The verbs of `referrals.cities` and `referrals.joint_pages` save them."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Organization
from referrals import cities, joint_pages
from referrals.models import CityPage
from referrals.municipalities import MUNICIPALITIES
from referrals.neighbours import NEIGHBOURS

FRIENDS = 8


class WordsForm(forms.ModelForm):
    """What a city writes; of a joint page its name, too."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = CityPage
        fields = ["name", "preposition", "headline", "intro"]
        widgets = {"intro": forms.Textarea({"rows": 7})}
        help_texts = {
            "headline": _("A few words that make a young person want to read on."),
            "intro": _("Short sentences. An empty line begins a new paragraph."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seen"].initial = cities.mark_of(self.instance, cities.WORDS)
        if self.instance.is_joint:
            self.fields["name"].required = True
        else:
            del self.fields["name"], self.fields["preposition"]


class PictureForm(forms.Form):
    """A picture, and what it shows in words."""

    picture = forms.FileField(
        label=_("Picture"),
        required=False,
        help_text=_("A wide piece from the middle is shown. We keep the pixels only: not where or when it was taken."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )
    picture_alt = forms.CharField(
        label=_("What the picture shows"),
        max_length=160,
        required=False,
        help_text=_("For those who cannot see it. Such as: a yellow house with an open door."),
    )
    remove = forms.BooleanField(label=_("Take the picture away"), required=False)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, page: CityPage, **kwargs: Any) -> None:
        seen = cities.mark_of(page, cities.PICTURE)
        kwargs["initial"] = {"picture_alt": page.picture_alt, "seen": seen}
        super().__init__(*args, **kwargs)
        if not page.picture:
            del self.fields["remove"]


class ShownForm(forms.Form):
    """Who is shown, and which cities come first when this one is closed."""

    people = forms.MultipleChoiceField(
        label=_("Counsellors who are shown"), required=False, widget=forms.CheckboxSelectMultiple
    )
    friends = forms.MultipleChoiceField(
        label=_("Cities that come first when yours is closed"),
        required=False,
        help_text=_("Your neighbours come next, whatever you choose."),
        widget=forms.CheckboxSelectMultiple,
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, page: CityPage, roles: Iterable[Membership], **kwargs: Any) -> None:
        cards = {role.user_id: role.user.profile for role in roles}
        shown = [str(user) for user in cards if user not in page.hidden]
        mark = cities.mark_of(page, cities.SHOWN)
        kwargs["initial"] = {"people": shown, "friends": page.friends, "seen": mark}
        super().__init__(*args, **kwargs)
        self.cards = cards
        people: Any = self.fields["people"]
        people.choices = [(str(user), card.working_name) for user, card in cards.items()]
        if not cards:
            del self.fields["people"]
        friends: Any = self.fields["friends"]
        friends.choices = self._cities(page)
        if page.is_joint:
            del self.fields["friends"]

    @staticmethod
    def _cities(page: CityPage) -> list[tuple[str, str]]:
        """Those that are in Samrum, its own choice and its neighbours first. The others hold no chats to lead to."""
        own = {house.municipality_code for house in page.houses}
        here = Organization.objects.exclude(municipality_code__in=["", *own])
        joined = set(here.values_list("municipality_code", flat=True))
        near = [*page.friends, *(code for each in own for code in NEIGHBOURS.get(each, ()))]
        codes = dict.fromkeys([*near, *MUNICIPALITIES])
        return [(code, MUNICIPALITIES[code]) for code in codes if code in MUNICIPALITIES and code in joined]

    def clean_friends(self) -> list[str]:
        chosen: list[str] = self.cleaned_data["friends"]
        if len(chosen) > FRIENDS:
            raise ValidationError(gettext("Choose at most eight."))
        return chosen

    @property
    def hidden(self) -> list[int]:
        return [user for user in self.cards if str(user) not in self.cleaned_data.get("people", [])]


class NewPageForm(forms.Form):
    """Whose page."""

    organization = forms.ModelChoiceField(Organization.objects.none(), label=_("Organisation"), empty_label=None)

    def __init__(self, *args: Any, organizations: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organization"].queryset = organizations  # type: ignore[attr-defined]


class CitiesField(forms.ModelMultipleChoiceField):
    """Cities by the name that everybody knows."""

    def label_from_instance(self, organization: Any) -> str:
        return MUNICIPALITIES[organization.municipality_code]


class AskForm(forms.Form):
    """Which cities to ask."""

    asked = CitiesField(
        Organization.objects.none(),
        to_field_name="municipality_code",
        label=_("Cities to ask"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one other city.")},
    )

    def __init__(self, *args: Any, others: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["asked"].queryset = others  # type: ignore[attr-defined]


class JointPageForm(AskForm, NewPageForm):
    """A page with a name of its own."""

    name = forms.CharField(label=_("Name of the place"), max_length=40, help_text=_("Such as Djursland or Trekanten."))
    preposition = forms.ChoiceField(label=_("in or on"), choices=CityPage.Preposition.choices)
    slug = forms.SlugField(
        label=_("Address"),
        max_length=40,
        help_text=_("What stands after /by/: small letters, digits and hyphens. Such as djursland."),
    )

    field_order = ["organization", "name", "preposition", "slug", "asked"]

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"].lower()
        try:
            joint_pages.check_slug(slug)
        except ValidationError as refused:
            raise ValidationError(refused.messages) from refused
        return slug
