"""What a coordinator types about a board or a letterbox. The verbs write it; these forms never save."""

from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, User
from accounts.permissions import coordinated_by
from forum.models import Board, Letterbox
from forum.services import letterboxes, places
from referrals.models import Service


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
        own = coordinated_by(user)
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


def _label(service: Service) -> str:
    """Its name, and whether the young see it just now."""
    if service.is_published and service.is_fresh(on=timezone.localdate()):
        return service.name
    return _("%(name)s (not shown: it needs a check)") % {"name": service.name}


class LetterboxForm(PlaceForm):
    reading_days = forms.MultipleChoiceField(
        label=_("Days on which letters are read"),
        choices=[(str(number + 1), name) for number, name in WEEKDAYS.items()],
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "Other days do not count: what is promised over them is answered later. Public holidays count as usual "
            "days. So look in then, too, or promise more hours before Christmas and Easter."
        ),
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
        services = self._services()
        points_to = [each.service_id for each in self.instance.referrals.all()] if self.instance.pk else []
        for number in range(letterboxes.REFERRALS):
            field = forms.ChoiceField(label=_("Service %(number)d") % {"number": number + 1}, required=False)
            field.choices = services
            self.fields[f"service_{number}"] = field
            self.initial[f"service_{number}"] = points_to[number] if number < len(points_to) else ""

    def own_fields(self) -> list[forms.BoundField]:
        return [field for field in self if not field.name.startswith("service_")]

    def service_fields(self) -> list[forms.BoundField]:
        return [field for field in self if field.name.startswith("service_")]

    def _services(self) -> list[tuple[Any, Any]]:
        """What can be chosen, the whole country's first and then each municipality's."""
        municipality = cast(forms.ChoiceField, self.fields["municipality_code"])
        names = {str(code): str(name) for code, name in cast(list[tuple[Any, Any]], municipality.choices)}
        self.services = {str(service.pk): service for service in self._choosable().order_by("name")}
        of_place: dict[str, list[tuple[str, str]]] = {code: [] for code in ["", *names]}
        for key, service in self.services.items():
            if service.municipality_code in of_place:
                of_place[service.municipality_code].append((key, _label(service)))
        groups = [(names.get(code, ""), options) for code, options in of_place.items() if options]
        return [("", _("None")), *groups]

    def _choosable(self) -> QuerySet[Service]:
        return letterboxes.choosable(self.instance if self.instance.pk else None)

    def clean(self) -> dict[str, Any]:
        words = super().clean() or self.cleaned_data
        place, chosen = words.get("municipality_code"), []
        for field in self.service_fields():
            service = self.services.get(words.get(field.name, ""))
            if service is None:
                continue
            if service in chosen:
                self.add_error(field.name, _("It stands above already."))
            elif place is not None and service.municipality_code not in ("", place):
                self.add_error(field.name, _("It is only for those who live somewhere else."))
            chosen.append(service)
        if letterboxes.is_too_short(words.get("reading_from"), words.get("reading_until")):
            self.add_error("reading_until", letterboxes.TOO_SHORT)
        return {**words, "services": chosen}

    def clean_reading_days(self) -> str:
        return "".join(sorted(self.cleaned_data["reading_days"]))
