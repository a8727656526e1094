"""The staff's form of hours: the grid of the week, special days, holidays. `services.set_hours` saves it."""

from collections.abc import Iterable, Iterator
from datetime import date, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from referrals import hours, hours_in_words
from referrals.hours import DAYS
from referrals.models import Schedule, Service, SpecialDays

Span = tuple[time, time]
MIDNIGHT = time.min
ALL_DAY: Span = (MIDNIGHT, MIDNIGHT)
SPANS = 2  # on a day; more only where more are kept already
MOST_SPANS = 6
YEARS_AHEAD = 3 * 366
SPECIAL = "special"


class ClockField(forms.TimeField):
    """A time as people write it: 16:30, 16.30 or 16; where hours end, 24 is midnight."""

    widget = forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    default_error_messages = {"invalid": _("Write the time as 16:30.")}

    def __init__(self, *, is_end: bool = False, **kwargs: Any) -> None:
        super().__init__(required=False, input_formats=["%H:%M", "%H.%M", "%H:%M:%S", "%H"], **kwargs)
        self.is_end = is_end

    def to_python(self, value: Any) -> time | None:
        if self.is_end and isinstance(value, str) and value.strip() in ("24", "24:00", "24.00"):
            return MIDNIGHT
        at = super().to_python(value)
        return at.replace(second=0, microsecond=0) if at else None


class DayField(forms.DateField):
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    default_error_messages = {"invalid": _("Write the day as 24.12.2026.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, input_formats=["%Y-%m-%d", "%d.%m.%Y", "%d-%m-%Y", "%d/%m/%Y"], **kwargs)


def refuse_half_hours(form: forms.Form, opens: str, closes: str) -> Span | None:
    """Both ends or none, and not the same: the error stands at the field to mend. The hours, where there are any."""
    if opens in form.errors or closes in form.errors:
        return None
    begin, end = form.cleaned_data.get(opens), form.cleaned_data.get(closes)
    if begin is None and end is None:
        return None
    if begin is None:
        form.add_error(opens, gettext("Write when it opens, too."))
    elif end is None:
        form.add_error(closes, gettext("Write when it closes, too."))
    elif begin == end:
        form.add_error(closes, gettext("It opens and closes at the same time. Choose day and night if that is meant."))
    else:
        return begin, end
    return None


class WeekdayForm(forms.Form):
    """One weekday. Hours to 02:00 end on the next day."""

    all_day = forms.BooleanField(label=_("Day and night"), required=False)

    def __init__(self, data: QueryDict | None, *, day: str, slots: int = SPANS, spans: Iterable[Span] = ()) -> None:
        found = sorted(spans)
        initial: dict[str, Any] = {"all_day": ALL_DAY in found}
        for number, (opens, closes) in enumerate(() if ALL_DAY in found else found):
            initial |= {f"opens_{number}": opens, f"closes_{number}": closes}
        super().__init__(data, initial=initial, prefix=day)
        self.day = day
        self.name = str(WEEKDAYS[DAYS.index(day)])
        self.slots = slots
        for number in range(slots):
            words = {"day": self.name.capitalize(), "number": number + 1}
            opens_at = ClockField(label=gettext("%(day)s, opens, time %(number)s") % words)
            closes_at = ClockField(label=gettext("%(day)s, closes, time %(number)s") % words, is_end=True)
            self.fields |= {f"opens_{number}": opens_at, f"closes_{number}": closes_at}

    def clean(self) -> dict[str, Any]:
        told = {number: refuse_half_hours(self, *self._names(number)) for number in range(self.slots)}
        spans = [(number, span) for number, span in told.items() if span]
        if self.cleaned_data.get("all_day"):
            self._refuse_both(spans)
            spans = [(0, ALL_DAY)]
        self._refuse_overlap(spans)
        self.spans = [span for _number, span in spans]
        return self.cleaned_data

    @staticmethod
    def _names(number: int) -> tuple[str, str]:
        return f"opens_{number}", f"closes_{number}"

    def _refuse_both(self, spans: list[tuple[int, Span]]) -> None:
        """Who ticks day and night means it; who writes hours under a tick that stood there has forgotten it."""
        if spans and "all_day" not in self.changed_data:
            self.add_error("all_day", gettext("Take this tick away, or the hours."))

    def _refuse_overlap(self, spans: list[tuple[int, Span]]) -> None:
        ends = -1
        for number, (opens, closes) in sorted(spans, key=lambda told: told[1]):
            if _minutes(opens) < ends:
                self.add_error(f"opens_{number}", gettext("It opens before it has closed. Make the two times one."))
            ends = _minutes(closes) if closes > opens else _minutes(closes) + 24 * 60

    @property
    def rows(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[f"opens_{number}"], self[f"closes_{number}"]) for number in range(self.slots)]

    @property
    def wrong(self) -> list[forms.BoundField]:
        """The fields with something to mend, in their order."""
        return [field for pair in self.rows for field in pair if field.errors] + (
            [self["all_day"]] if self["all_day"].errors else []
        )


class Week:
    """The grid: seven days, and of schedules those that hold every week from now on."""

    def __init__(self, *, schedules: Iterable[Schedule] = (), data: QueryDict | None = None, today: date) -> None:
        plain = [schedule for schedule in schedules if fits_grid(schedule, today)]
        self.kept = {(day, _span(row)): (row.valid_from, row.notes) for row in plain for day in row.byday.split(",")}
        each = {day: [span for on, span in self.kept if on == day] for day in DAYS}
        slots = max(SPANS, *(len(spans) for spans in each.values()), _slots_in(data))
        self.days = [WeekdayForm(data, day=day, slots=slots, spans=each[day]) for day in DAYS]

    def is_valid(self) -> bool:
        each = [day.is_valid() for day in self.days]  # not one after the other: every error is to be seen
        return all(each)

    @property
    def is_empty(self) -> bool:
        return not any(day.spans for day in self.days)

    def schedules(self) -> list[dict[str, Any]]:
        """Rows of Schedule: days with the same hours are one. What is kept beside unchanged hours stays."""
        found: dict[tuple[Span, tuple[date | None, str]], list[str]] = {}
        for form in self.days:
            for span in form.spans:
                found.setdefault((span, self.kept.get((form.day, span), (None, ""))), []).append(form.day)
        return [
            {
                "freq": Schedule.Frequency.WEEKLY.value,
                "interval": 1,
                "byday": ",".join(days),
                "opens_at": opens,
                "closes_at": closes,
                "valid_from": valid_from,
                "valid_to": None,
                "notes": notes,
            }
            for ((opens, closes), (valid_from, notes)), days in found.items()
        ]


class SpecialDaysForm(forms.Form):
    """Days with other hours than usual. Without days it is left out."""

    CLOSED, HOURS, ALL_DAY = "closed", "hours", "all day"

    first_day = DayField(label=_("First day"))
    last_day = DayField(label=_("Last day"), help_text=_("Empty: one day only."))
    kind = forms.ChoiceField(
        label=_("What it is then"),
        choices=[(CLOSED, _("Closed")), (HOURS, _("Open at other hours")), (ALL_DAY, _("Open day and night"))],
        initial=CLOSED,
    )
    opens_at = ClockField(label=_("Opens"))
    closes_at = ClockField(label=_("Closes"), is_end=True)
    note = forms.CharField(label=_("Note"), max_length=80, required=False)

    today: date  # given by the formset

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        first, last = cleaned.get("first_day"), cleaned.get("last_day")
        if not self.is_left_out and not self.errors.keys() & {"first_day", "last_day"}:
            self._refuse_days(first, last)
        self._refuse_hours()
        return cleaned

    @property
    def is_left_out(self) -> bool:
        """A row whose days were emptied is taken away; one that has something but no day is not."""
        has_days = any(self.cleaned_data.get(name) or name in self.errors for name in ("first_day", "last_day"))
        return not has_days and (bool(self.initial.get("first_day")) or not self.has_changed())

    def _refuse_days(self, first: date | None, last: date | None) -> None:
        if first is None:
            self.add_error("first_day", gettext("Write the first day, too."))
            return
        last = last or first
        at = "last_day" if self.cleaned_data.get("last_day") else "first_day"
        if last < first:
            self.add_error("last_day", gettext("The last day comes before the first."))
        elif last < self.today:
            self.add_error(at, gettext("That is over. Look at the year."))
        elif last > self.today + timedelta(days=YEARS_AHEAD):
            self.add_error(at, gettext("That is many years from now. Look at the year."))

    def _refuse_hours(self) -> None:
        if self.is_left_out or self.errors.keys() & {"opens_at", "closes_at"}:
            return
        has_hours = any(self.cleaned_data.get(name) is not None for name in ("opens_at", "closes_at"))
        if self.cleaned_data.get("kind") == self.HOURS:
            span = refuse_half_hours(self, "opens_at", "closes_at")
            if not span and not has_hours:
                self.add_error("opens_at", gettext("Write the hours, or choose that it is closed."))
        elif has_hours and "kind" not in self.changed_data:
            self.add_error("kind", gettext("You have written hours. Choose that it is open at other hours."))

    def row(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        spans = {self.HOURS: (cleaned["opens_at"], cleaned["closes_at"]), self.ALL_DAY: ALL_DAY}
        opens_at, closes_at = spans.get(cleaned["kind"], (None, None))
        return {
            "first_day": cleaned["first_day"],
            "last_day": cleaned["last_day"] or cleaned["first_day"],
            "opens_at": opens_at,
            "closes_at": closes_at,
            "note": cleaned["note"],
        }


BaseSpecialFormSet = forms.formset_factory(
    SpecialDaysForm, extra=1, max_num=40, absolute_max=60, validate_max=True, can_delete=True, can_delete_extra=False
)


class SpecialFormSet(BaseSpecialFormSet):  # type: ignore[misc,valid-type]
    """The special days that are not over, and an empty row for more."""

    def __init__(self, *args: Any, kept: Iterable[SpecialDays] = (), today: date, **kwargs: Any) -> None:
        self.today = today
        initial = [_initial(days) for days in kept if days.last_day >= today]
        super().__init__(*args, initial=initial, prefix=SPECIAL, **kwargs)

    def add_fields(self, form: SpecialDaysForm, index: int | None) -> None:
        super().add_fields(form, index)
        form.today = self.today
        if "DELETE" in form.fields:
            form.fields["DELETE"].label = _("Take these days away")

    def clean(self) -> None:
        """All rows have come along, and the same days and hours stand there once."""
        if self.total_form_count() < self.initial_form_count():
            raise ValidationError(gettext("Some of the days did not come along. Load the page once more."), code="rows")
        seen: set[tuple[Any, ...]] = set()
        for form in self._told():
            row = form.row()
            same = (row["first_day"], row["last_day"], row["opens_at"], row["closes_at"])
            if same in seen:
                form.add_error("first_day", gettext("These days stand there already."))
            seen.add(same)

    def _told(self) -> Iterator[SpecialDaysForm]:
        for form in self.forms:
            if not self._should_delete_form(form) and form.is_valid() and not form.is_left_out:
                yield form

    def rows(self) -> list[dict[str, Any]]:
        return [form.row() for form in self._told()]


class YearForm(forms.Form):
    """What is said of all days at once, and which of the hours beside the grid go."""

    always_open = forms.BooleanField(
        label=_("Open day and night, all year"),
        required=False,
        help_text=_("Then the week above does not count. Special days still do."),
    )
    on_holidays = forms.ChoiceField(label=_("On Danish holidays and Christmas Eve"), choices=Service.OnHolidays)
    remove = forms.MultipleChoiceField(label=_("Take away"), required=False, widget=forms.CheckboxSelectMultiple)
    seen = forms.CharField(required=False, max_length=16, widget=forms.HiddenInput)

    def __init__(self, *args: Any, others: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["remove"].choices = others  # type: ignore[attr-defined]


class HoursForms:
    """The whole page: of what is kept, or of what was sent."""

    def __init__(self, service: Service, *, mark: str, today: date, data: QueryDict | None = None) -> None:
        self.service = service
        schedules, specials = list(service.schedules.all()), list(service.special_days.all())
        self.others = [row for row in schedules if not fits_grid(row, today)]
        self.over = [days for days in specials if days.last_day < today]
        self.week = Week(schedules=schedules, data=data, today=today)
        self.special_days = SpecialFormSet(data, kept=specials, today=today)
        told = [(row, in_words(row, today)) for row in self.others]
        self.year = YearForm(
            data,
            others=[(str(row.pk), words) for row, words in told if words],
            initial={"always_open": service.always_open, "on_holidays": service.on_holidays, "seen": mark},
        )

    def is_valid(self) -> bool:
        each = [part.is_valid() for part in (self.week, self.special_days, self.year)]
        return all(each)

    @property
    def values(self) -> dict[str, Any]:
        """What `services.set_hours` takes."""
        year = self.year.cleaned_data
        stays = [_values(row) for row in self.others if str(row.pk) not in year["remove"]]
        over = [
            {name: getattr(days, name) for name in ("first_day", "last_day", "opens_at", "closes_at", "note")}
            for days in self.over
        ]
        return {
            "schedules": [*self.week.schedules(), *stays],
            "special_days": [*over, *self.special_days.rows()],
            "always_open": year["always_open"],
            "on_holidays": year["on_holidays"],
        }

    @property
    def timetable(self) -> hours.Timetable:
        """What was sent, as if it were saved."""
        values = self.values
        return hours.Timetable(
            rules=tuple(Schedule(**row).rule for row in values["schedules"]),
            specials=tuple(SpecialDays(**row).special for row in values["special_days"]),
            on_holidays=values["on_holidays"],
            is_always_open=values["always_open"],
        )


def fits_grid(schedule: Schedule, today: date) -> bool:
    """Hours of every week, without an end, that have begun. A day from 8 to 8 has no place in the grid, either."""
    is_weekly = schedule.freq == Schedule.Frequency.WEEKLY and schedule.interval == 1
    holds = schedule.valid_to is None and (schedule.valid_from is None or schedule.valid_from <= today)
    return is_weekly and holds and (schedule.opens_at != schedule.closes_at or _span(schedule) == ALL_DAY)


def in_words(schedule: Schedule, today: date) -> str:
    """ "Den første mandag i måneden: 16–20". Empty for hours that are over."""
    lines = hours_in_words.lines(hours.Timetable(rules=(schedule.rule,)), today=today)
    said = "; ".join(f"{days}: {span}" for days, span in lines)
    return f"{said} ({schedule.notes})" if said and schedule.notes else said


def monday_for_weekdays(data: QueryDict) -> QueryDict:
    """What was sent, with Monday's hours on Tuesday to Friday, too."""
    copy = data.copy()
    names = ["all_day", *(f"{end}_{number}" for number in range(MOST_SPANS) for end in ("opens", "closes"))]
    for day in DAYS[1:5]:
        for name in names:
            if f"MO-{name}" in data:
                copy.setlist(f"{day}-{name}", data.getlist(f"MO-{name}"))
            else:
                copy.pop(f"{day}-{name}", None)
    return copy


def one_more_special_row(data: QueryDict) -> QueryDict:
    """What was sent, with one more empty row."""
    copy = data.copy()
    count = data.get(f"{SPECIAL}-TOTAL_FORMS", "")
    if count.isdecimal() and int(count) < BaseSpecialFormSet.max_num:
        copy[f"{SPECIAL}-TOTAL_FORMS"] = str(int(count) + 1)
        copy[f"{SPECIAL}-{count}-kind"] = SpecialDaysForm.CLOSED
    return copy


def _span(schedule: Schedule) -> Span:
    return schedule.opens_at, schedule.closes_at


def _values(schedule: Schedule) -> dict[str, Any]:
    names = ("freq", "interval", "byday", "opens_at", "closes_at", "valid_from", "valid_to", "notes")
    return {name: getattr(schedule, name) for name in names}


def _initial(days: SpecialDays) -> dict[str, Any]:
    form = SpecialDaysForm
    kind = form.CLOSED if days.opens_at is None else form.HOURS
    if (days.opens_at, days.closes_at) == ALL_DAY:
        kind = form.ALL_DAY
    clocks = {"opens_at": days.opens_at, "closes_at": days.closes_at} if kind == form.HOURS else {}
    last = days.last_day if days.last_day != days.first_day else None
    return {"first_day": days.first_day, "last_day": last, "kind": kind, "note": days.note, **clocks}


def _slots_in(data: QueryDict | None) -> int:
    sent = [number + 1 for number in range(MOST_SPANS) if data and any(f"{day}-opens_{number}" in data for day in DAYS)]
    return max(sent, default=0)


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute
