"""What counsellors fill in to plan an evening. The post afterwards is a blog entry like others: blog/forms.py."""

import hashlib
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.forms.utils import from_current_timezone
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, User
from blog import services as blog
from blog.forms import MARKDOWN_HELP
from chat.models import Member, Review, Session
from chat.permissions import planning_organizations
from chat.services import duty, planning, reviews
from chat.services.planning import Plan

USUAL_START = time(19)
LENGTHS = {
    45: _("three quarters of an hour"),
    60: _("1 hour"),
    90: _("1½ hours"),
    120: _("2 hours"),
    150: _("2½ hours"),
    180: _("3 hours"),
    240: _("4 hours"),
}


class CounsellorField(forms.ModelMultipleChoiceField):
    """People by the name the young know them under."""

    def label_from_instance(self, obj: User) -> str:
        card = getattr(obj, "profile", None)
        if card is None or not card.working_name:
            return obj.username
        return f"{card.working_name}, {card.role_title}" if card.role_title else card.working_name


class SessionForm(forms.Form):
    """An evening and its before-post.

    The post follows title, form, time and people for as long as nobody has written in it: `prefilled` is the digest of
    the text as it was proposed last. So it works the same with JavaScript, without it, and at the moment of publishing.
    """

    title = forms.CharField(
        label=_("Title"),
        max_length=blog.MAX_TITLE,
        help_text=_("The title is what catches. Use words the young use themselves."),
    )
    format = forms.ChoiceField(
        label=_("Form"),
        choices=[
            (Session.Format.TOPIC, _("Topic: we talk about what the title says")),
            (Session.Format.PARTLY_FREE, _("Partly free: we begin with the title and see")),
            (Session.Format.FREE, _("Free: they decide")),
        ],
        widget=forms.RadioSelect,
    )
    date = forms.DateField(label=_("Date"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    start = forms.TimeField(label=_("Begins"), widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}))
    minutes = forms.TypedChoiceField(label=_("Lasts"), coerce=int)
    capacity = forms.IntegerField(label=_("Places"), min_value=1, max_value=planning.MOST_PLACES)
    counsellors = CounsellorField(
        label=_("Counsellors"),
        queryset=User.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Whoever is chosen can open the chat and lead it."),
    )
    organizations = forms.ModelMultipleChoiceField(
        label=_("Held by"), queryset=Organization.objects.none(), widget=forms.CheckboxSelectMultiple
    )
    text = forms.CharField(
        label=_("The post that announces it"),
        required=False,
        max_length=blog.MAX_SOURCE,
        help_text=MARKDOWN_HELP,
        widget=forms.Textarea(attrs={"rows": 16}),
    )
    prefilled = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, editor: User, session: Session | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lead = planning.lead_of(session) if session else editor
        self.lead_id = lead.pk if lead else None
        houses = planning_organizations(editor)
        if session:
            houses = Organization.objects.filter(Q(pk__in=houses) | Q(sessions=session)).distinct()
        people = planning.counsellors_of(list(houses))
        if session:
            people = User.objects.filter(Q(pk__in=people) | Q(rosters__session=session)).distinct()
            people = people.select_related("profile").order_by("profile__working_name", "username")
        self._choose_from("organizations", houses)
        self._choose_from("counsellors", people)
        lengths: dict[int, str | Promise] = dict(LENGTHS)
        if session and _minutes(session) not in lengths:
            lengths[_minutes(session)] = _("%(minutes)d minutes") % {"minutes": _minutes(session)}
        self.fields["minutes"].choices = sorted(lengths.items())  # type: ignore[attr-defined]

    def _choose_from(self, name: str, choices: Any) -> None:
        self.fields[name].queryset = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        words = super().clean() or {}
        words["starts_at"] = self._starts_at(words)
        words["ends_at"] = words["starts_at"] and words["starts_at"] + timedelta(minutes=words.get("minutes", 90))
        if self._is_untouched():
            self._propose(words)
        return words

    def _starts_at(self, words: dict[str, Any]) -> datetime | None:
        if not (words.get("date") and words.get("start")):
            return None
        try:
            return from_current_timezone(datetime.combine(words["date"], words["start"]))
        except (ValidationError, OverflowError):
            self.add_error("start", _("The clocks are changed that night. Choose another time."))
            return None

    def _is_untouched(self) -> bool:
        text, prefilled = _as_sent(self.data.get("text", "")), self.data.get("prefilled", "")
        return digest(text) == prefilled if prefilled else not text

    def _propose(self, words: dict[str, Any]) -> None:
        """Put the text that fits into the form, as if it had been typed."""
        text = planning.before_post_text(
            title=words.get("title", ""),
            format=words.get("format", Session.Format.TOPIC),
            starts_at=words["starts_at"],
            ends_at=words["ends_at"],
            counsellors=self._lead_first(words.get("counsellors", [])),
        )
        words["text"] = text
        data = cast(QueryDict, self.data).copy()
        data["text"], data["prefilled"] = text, digest(text)
        self.data = data

    def _lead_first(self, people: Iterable[User]) -> list[User]:
        return sorted(people, key=lambda user: user.pk != self.lead_id)

    def plan(self) -> Plan:
        """What is filled in, once it is valid."""
        words = self.cleaned_data
        return Plan(
            title=words["title"],
            format=Session.Format(words["format"]),
            starts_at=words["starts_at"],
            ends_at=words["ends_at"],
            capacity=words["capacity"],
            counsellors=self._lead_first(words["counsellors"]),
            organizations=list(words["organizations"]),
            text=words["text"],
        )


def blank_session(*, editor: User, now: datetime) -> dict[str, Any]:
    """How the form begins for a new evening: only title and day are left to say."""
    own = list(planning.counsellors_of(list(planning_organizations(editor))).filter(pk=editor.pk))
    starts_at = from_current_timezone(datetime.combine(_next_evening(now), USUAL_START))
    text = planning.before_post_text(
        title="",
        format=Session.Format.TOPIC,
        starts_at=starts_at,
        ends_at=starts_at + planning.USUAL_LENGTH,
        counsellors=own,
    )
    return {
        "format": Session.Format.TOPIC,
        "date": _next_evening(now),
        "start": USUAL_START,
        "minutes": 90,
        "capacity": 20,
        "counsellors": own,
        "organizations": list(planning_organizations(editor)),
        "text": text,
        "prefilled": digest(text),
    }


def planned_session(session: Session) -> dict[str, Any]:
    """How the form begins for an evening that is planned already."""
    starts_at = timezone.localtime(session.starts_at)
    counsellors = [place.user for place in session.roster.select_related("user__profile").order_by("-is_lead", "pk")]
    source = session.before_post.source if session.before_post else ""
    proposed = planning.before_post_text(
        title=session.title,
        format=session.format,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        counsellors=counsellors,
    )
    return {
        "title": session.title,
        "format": session.format,
        "date": starts_at.date(),
        "start": starts_at.time().replace(second=0, microsecond=0),
        "minutes": _minutes(session),
        "capacity": session.capacity,
        "counsellors": counsellors,
        "organizations": list(session.organizations.all()),
        "text": source,
        "prefilled": digest(proposed) if source == proposed else "",
    }


def digest(text: str) -> str:
    """A proposed text, to know it by."""
    return hashlib.sha256(_as_sent(text).encode()).hexdigest()[:16]


def _as_sent(text: str) -> str:
    """Browsers send line ends their own way."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def _minutes(session: Session) -> int:
    return round((session.ends_at - session.starts_at) / timedelta(minutes=1))


def _next_evening(now: datetime) -> date:
    """Today while there is time to be read before it begins, else tomorrow."""
    local = timezone.localtime(now)
    return local.date() if local.hour < USUAL_START.hour - 3 else local.date() + timedelta(days=1)


# A review of a sanction, and an underretning ----------------------------------------------------------------------


class ReviewForm(forms.Form):
    """What another adult thinks of it."""

    outcome = forms.ChoiceField(
        label=_("What do you think?"),
        choices=[
            (Review.Outcome.UPHELD.value, _("It stands")),
            (Review.Outcome.CHANGED.value, _("It was wrong. A ban ends with it.")),
        ],
        widget=forms.RadioSelect,
    )
    answer = forms.CharField(
        label=_("Your answer"),
        max_length=reviews.LONGEST,
        help_text=_("Write to a young person: short and kind. Say what you looked at, and why you think so."),
        widget=forms.Textarea(attrs={"rows": 6}),
    )


class DutyForm(forms.Form):
    """The three steps of an underretning: tell, mark, print. The marked lines are never stored."""

    told = forms.BooleanField(error_messages={"required": _("Tell the young person first, then go on.")})
    lines = forms.TypedMultipleChoiceField(
        label=_("Lines to pass on"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    organization = forms.ModelChoiceField(
        label=_("Whose case system does it go into?"), queryset=Organization.objects.none(), empty_label=None
    )
    deadline = forms.ChoiceField(
        label=_("When must it be sent?"),
        choices=[
            ("now", _("Now, within the hour")),
            ("today", _("Today")),
            ("tomorrow", _("Within 24 hours")),
        ],
        initial="tomorrow",
        help_text=_("As soon as possible. When somebody is in danger: call 112 first, and send it at once."),
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, member: Member, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.found = duty.lines(member)
        houses = duty.organizations_for(user, member.session)
        told = cast(forms.BooleanField, self.fields["told"])
        told.label = _("I have told %(alias)s that I pass it on, and to whom") % {"alias": member.alias}
        lines = cast(forms.TypedMultipleChoiceField, self.fields["lines"])
        lines.choices = [(line.number, line.text) for line in self.found]
        organization = cast(forms.ModelChoiceField, self.fields["organization"])
        organization.queryset = houses
        organization.initial = houses.first()

    def marked(self) -> list[duty.Line]:
        return [line for line in self.found if line.number in self.cleaned_data["lines"]]

    def ticked(self) -> set[str]:
        """Numbers with a tick, as the form came back."""
        return {str(number) for number in (self["lines"].value() or [])}
