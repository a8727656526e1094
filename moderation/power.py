"""The log in numbers: a counsellor's mirror of their own use of power, and what a coordinator may know (law 11)."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from statistics import median

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Organization, User
from moderation.decisions import PLACES
from moderation.models import Decision

SMALLEST = 5  # no smaller group is shown, and none can be worked out from what is shown
ROUNDED_TO = 5  # minutes, of a coordinator's median


# The mirror -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Mirror:
    """What one counsellor did since then. Shown to nobody but them."""

    steps: Counter[str]  # how often each action
    waited: int | None  # minutes, the median of those who waited for this counsellor
    promised: int  # how many of them had a promise
    late: int

    @property
    def total(self) -> int:
        return sum(self.steps.values())

    @property
    def sent_out(self) -> int:
        return self.steps["kick_discord"] + self.steps["kick_harassing"]

    @property
    def late_share(self) -> int:
        """In percent."""
        return round(100 * self.late / self.promised) if self.promised else 0


def mirror(user: User, *, since: datetime, now: datetime) -> Mirror:
    lines = list(Decision.objects.filter(actor=user, at__gt=since, at__lte=now))
    waits = [line.waited for line in lines if line.waited is not None]
    return Mirror(
        steps=Counter(line.action for line in lines),
        waited=round(median(waits) / 60) if waits else None,
        promised=sum(line.was_late is not None for line in lines),
        late=sum(line.was_late is True for line in lines),
    )


# The coordinator's numbers ----------------------------------------------------------------------------------------
# Whatever is shown is worked out from numbers that stand there themselves, or from whether a number is small: so it is
# the same whatever a small number really is, and nothing can be subtracted from anything (a property test holds it).
# A month is shown once it is over: two looks at a month that goes on would tell what came between them.


@dataclass(frozen=True, slots=True)
class Shown:
    """A number as it may be seen; without `value` it is under five. `is_least`: a sum, and a part of it is not shown;
    without `value` no part of it is."""

    value: int | None
    is_least: bool = False


@dataclass(frozen=True, slots=True)
class Kept:
    """How often a promise was kept, in percent; without `percent` there is too little to say."""

    percent: int | None
    is_nearly_all: bool = False  # fewer than five were late


@dataclass(frozen=True, slots=True)
class Line:
    """One organisation and one place."""

    organization: str
    place: str
    decided: Shown
    kept: Kept
    waited: int | None  # minutes, the median, rounded


@dataclass(frozen=True, slots=True)
class Table:
    lines: list[Line]
    by_organization: list[tuple[str, Shown]]
    by_place: list[tuple[str, Shown]]
    total: Shown


@dataclass(frozen=True, slots=True)
class Tally:
    """What the log holds of one organisation and one place in one month."""

    organization: str
    place: str
    decided: int
    on_time: int
    late: int
    waits: tuple[int, ...]  # seconds


def shown(number: int) -> Shown:
    return Shown(number if number >= SMALLEST else None)


def together(parts: Iterable[Shown]) -> Shown:
    """The sum of what is shown. Where a part is not, it says "at least", and tells nothing of that part."""
    known = list(parts)
    value = sum(part.value for part in known if part.value is not None)
    return Shown(value or None, is_least=any(part.value is None for part in known))


def kept(decided: int, on_time: int, late: int) -> Kept:
    """`decided` stands beside it: it must not tell how many few were late, nor how many few were promised nothing."""
    unpromised = decided - on_time - late
    if on_time < SMALLEST or decided < 2 * SMALLEST:
        return Kept(None)
    if late < SMALLEST:
        return Kept(None, is_nearly_all=True)
    return Kept(None if 0 < unpromised < SMALLEST else round(100 * on_time / (on_time + late)))


def waited(waits: Sequence[int]) -> int | None:
    """The median in minutes, to the next five."""
    return round(median(waits) / 60 / ROUNDED_TO) * ROUNDED_TO if len(waits) >= SMALLEST else None


def table(tallies: Sequence[Tally]) -> Table:
    """What may be seen of `tallies`, and nothing that tells more."""
    lines = [
        Line(
            organization=tally.organization,
            place=tally.place,
            decided=shown(tally.decided),
            kept=kept(tally.decided, tally.on_time, tally.late),
            waited=waited(tally.waits) if tally.decided >= SMALLEST else None,
        )
        for tally in tallies
    ]
    houses = list(dict.fromkeys(line.organization for line in lines))
    places = list(dict.fromkeys(line.place for line in lines))
    return Table(
        lines=lines,
        by_organization=[
            (name, together(line.decided for line in lines if line.organization == name)) for name in houses
        ],
        by_place=[(name, together(line.decided for line in lines if line.place == name)) for name in places],
        total=together(line.decided for line in lines),
    )


def month_starts(*, now: datetime, count: int = 12) -> list[date]:
    """The first days of the last months that are over, the latest first."""
    day = timezone.localdate(now).replace(day=1)
    months: list[date] = []
    while len(months) < count:
        day = day.replace(year=day.year - 1, month=12) if day.month == 1 else day.replace(month=day.month - 1)
        months.append(day)
    return months


def tallies(houses: QuerySet[Organization], *, month: date) -> list[Tally]:
    """Every organisation with every place, also where nothing was decided: that it is missing would tell it, too."""
    start = timezone.make_aware(datetime(month.year, month.month, 1))
    end = timezone.make_aware(datetime(month.year + month.month // 12, month.month % 12 + 1, 1))
    lines = list(Decision.objects.filter(organization__in=houses, at__gte=start, at__lt=end))
    return [
        _tally(house.name, place, [line for line in lines if (line.organization_id, line.place) == (house.pk, place)])
        for house in houses.order_by("name")
        for place in PLACES
    ]


def _tally(organization: str, place: str, lines: list[Decision]) -> Tally:
    return Tally(
        organization=organization,
        place=place,
        decided=len(lines),
        on_time=sum(line.was_late is False for line in lines),
        late=sum(line.was_late is True for line in lines),
        waits=tuple(line.waited for line in lines if line.waited is not None),
    )
