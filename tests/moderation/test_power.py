"""The log in numbers: one's own mirror, and a coordinator's table in which nothing small can be seen or worked out."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Membership, Organization, Profile, User
from moderation import decisions, power
from moderation.power import SMALLEST, Kept, Shown, Tally

NOW = datetime(2026, 11, 23, 14, 2, tzinfo=UTC)
SMALL = st.integers(0, SMALLEST - 1)
NUMBERS = st.integers(0, 30)


# What may be seen (law 11) ----------------------------------------------------------------------------------------


@st.composite
def months(draw: st.DrawFn) -> list[Tally]:
    """What the log may hold of a month: up to four organisations, each in three places."""
    rows = []
    for house in range(draw(st.integers(1, 4))):
        for place in decisions.PLACES:
            on_time, late, unpromised = draw(NUMBERS), draw(NUMBERS), draw(NUMBERS)
            total = on_time + late + unpromised
            waits = tuple(draw(st.lists(st.integers(0, 90_000), min_size=on_time + late, max_size=on_time + late)))
            rows.append(Tally(f"Hus {house}", place, total, on_time, late, waits))
    return rows


@given(month=months(), others=st.lists(SMALL, min_size=12, max_size=12))
def test_law_11_the_table_is_the_same_whatever_its_small_numbers_are(month: list[Tally], others: list[int]) -> None:
    """So nothing that is shown, and no difference of what is shown, tells any of them."""
    changed = [
        Tally(row.organization, row.place, other, 0, 0, ()) if row.decided < SMALLEST else row
        for row, other in zip(month, others, strict=False)
    ]
    assert power.table(changed) == power.table(month)


@given(month=months())
def test_law_11_no_number_under_five_is_shown_as_one(month: list[Tally]) -> None:
    table = power.table(month)
    cells = [line.decided for line in table.lines]
    sums = [shown for _name, shown in [*table.by_organization, *table.by_place]]
    assert all(cell.value is None or cell.value >= SMALLEST for cell in [*cells, *sums, table.total])


@given(month=months())
def test_law_11_every_sum_is_the_sum_of_what_stands_there(month: list[Tally]) -> None:
    table = power.table(month)
    for name, shown in table.by_organization:
        parts = [line.decided.value for line in table.lines if line.organization == name]
        assert (shown.value or 0) == sum(part or 0 for part in parts)
        assert shown.is_least == (None in parts)


@given(decided=st.integers(0, 60), on_time=NUMBERS, late=SMALL, other=SMALL)
def test_law_11_how_many_few_were_late_cannot_be_told(decided: int, on_time: int, late: int, other: int) -> None:
    total = max(decided, on_time + SMALLEST)
    assert power.kept(total, on_time, late) == power.kept(total, on_time, other)


@given(on_time=st.integers(SMALLEST, 30), late=st.integers(SMALLEST, 30), few=st.integers(1, SMALLEST - 1))
def test_law_11_how_few_were_promised_nothing_cannot_be_told(on_time: int, late: int, few: int) -> None:
    assert power.kept(on_time + late + few, on_time, late) == Kept(None)


@pytest.mark.parametrize(
    "decided, on_time, late, shown",
    [
        (20, 15, 5, Kept(75)),
        (100, 95, 5, Kept(95)),
        (20, 20, 0, Kept(None, is_nearly_all=True)),
        (20, 16, 4, Kept(None, is_nearly_all=True)),
        (20, 4, 16, Kept(None)),
        (9, 9, 0, Kept(None)),
        (21, 15, 5, Kept(None)),
    ],
)
def test_promises_kept_are_shown_in_percent_where_nothing_small_stands_behind(
    decided: int, on_time: int, late: int, shown: Kept
) -> None:
    assert power.kept(decided, on_time, late) == shown


def test_a_sum_with_something_hidden_says_at_least_and_one_of_nothing_else_says_nothing() -> None:
    assert power.together([Shown(7), Shown(None)]) == Shown(7, is_least=True)
    assert power.together([Shown(7), Shown(8)]) == Shown(15)
    assert power.together([Shown(None), Shown(None)]) == Shown(None, is_least=True)


@pytest.mark.parametrize(
    "waits, shown", [((60,) * 4, None), ((60,) * 5, 0), ((600,) * 5, 10), ((0, 0, 800, 9, 900), 0)]
)
def test_the_median_of_few_is_not_shown(waits: tuple[int, ...], shown: int | None) -> None:
    assert power.waited(waits) == shown


def test_only_months_that_are_over_are_shown() -> None:
    """Two looks at a month that goes on would tell what came between them."""
    starts = power.month_starts(now=datetime(2026, 2, 1, 8, tzinfo=UTC), count=3)
    assert [start.isoformat() for start in starts] == ["2026-01-01", "2025-12-01", "2025-11-01"]


# The pages --------------------------------------------------------------------------------------------------------


@pytest.fixture
def house(db: None) -> Organization:
    return Organization.objects.create(name="Ung i Aarhus", slug="ung", kind="association")


@pytest.fixture
def other(db: None) -> Organization:
    return Organization.objects.create(name="Andet sted", slug="andet", kind="association")


def person(house: Organization, name: str, role: str = "counsellor") -> User:
    user = User.objects.create_user(name)
    Membership.objects.create(user=user, organization=house, role=role)
    Profile.objects.create(user=user, working_name=name.capitalize())
    return user


def decide(user: User, house: Organization | None, action: str, times: int = 1, **fields: object) -> None:
    values = {"place": "forum", "now": timezone.now() - timedelta(minutes=1), **fields}
    for _unused in range(times):
        decisions.record(actor=user, organization=house, action=action, **values)  # type: ignore[arg-type]


def read(client: Client, user: User, address: str) -> str:
    client.force_login(user)
    return client.get(address).content.decode()


def test_the_mirror_shows_ones_own_steps_and_nobody_elses(client: Client, house: Organization) -> None:
    sofie, mads = person(house, "sofie"), person(house, "mads")
    decide(sofie, house, "approve", 3, waited=600, was_late=False)
    decide(sofie, house, "mute", 3, place="chat")
    decide(sofie, house, "unmute", place="chat")
    decide(mads, house, "ban", 7, place="chat")
    page = read(client, sofie, "/vagt/spejl/")
    assert "Viste et indlæg for alle</span> <strong>3 gange" in page
    assert "Du gav 3 mutes og ophævede 1." in page
    assert "Halvdelen ventede kortere end 10 min." in page
    assert "Alle 3, der havde fået lovet et tidspunkt, hørte fra dig i tide." in page
    assert "Kunne du have ophævet en af dem" in page
    assert "Bannede" not in page
    assert "Bannede en deltager</span> <strong>7 gange" in read(client, mads, "/vagt/spejl/")


def test_the_mirror_looks_back_thirty_days_or_ninety(client: Client, house: Organization) -> None:
    sofie = person(house, "sofie")
    decide(sofie, house, "approve", now=timezone.now() - timedelta(days=40))
    assert "Viste et indlæg for alle" not in read(client, sofie, "/vagt/spejl/")
    assert "Viste et indlæg for alle" in read(client, sofie, "/vagt/spejl/?dage=90")


@pytest.mark.parametrize(
    "steps, thought",
    [
        ({"refuse": 3, "approve": 2}, "Ville du selv have forstået hvorfor"),
        ({"warn": 1, "kick_discord": 1}, "Hvad kunne du have gjort først"),
        ({"approve": 1}, "Snak med en kollega om den"),
    ],
)
def test_the_mirror_asks_and_gives_no_marks(
    client: Client, house: Organization, steps: dict[str, int], thought: str
) -> None:
    sofie = person(house, "sofie")
    for action, times in steps.items():
        decide(sofie, house, action, times)
    assert thought in read(client, sofie, "/vagt/spejl/")


def test_an_empty_mirror_leads_on(client: Client, house: Organization) -> None:
    assert 'class="button" href="/vagt/koe/"' in read(client, person(house, "sofie"), "/vagt/spejl/")


def test_a_counsellor_reads_their_own_lines_and_a_coordinator_those_of_the_house(
    client: Client, house: Organization, other: Organization
) -> None:
    sofie, mads, karen = person(house, "sofie"), person(house, "mads"), person(house, "karen", "coordinator")
    stranger = person(other, "fremmed")
    decide(sofie, house, "approve", target="af-sofie")
    decide(mads, house, "refuse", target="af-mads", was_late=True, waited=120)
    decide(stranger, other, "hide", target="af-fremmed")

    def seen(user: User) -> list[bool]:
        page = read(client, user, "/vagt/logbog/")
        return [target in page for target in ("af-sofie", "af-mads", "af-fremmed")]

    assert (seen(sofie), seen(mads)) == ([True, False, False], [False, True, False])
    assert (seen(karen), seen(stranger)) == ([True, True, False], [False, False, True])
    assert "Mads" in read(client, karen, "/vagt/logbog/")


def test_the_log_is_chosen_by_place_and_by_step_and_read_in_pages(client: Client, house: Organization) -> None:
    sofie = person(house, "sofie")
    decide(sofie, house, "approve", 51, target="forum-linje")
    decide(sofie, house, "mute", place="chat", target="chat-linje")
    assert read(client, sofie, "/vagt/logbog/").count("-linje") == 50
    assert read(client, sofie, "/vagt/logbog/?side=2").count("-linje") == 2
    assert read(client, sofie, "/vagt/logbog/?sted=chat").count("-linje") == 1
    assert read(client, sofie, "/vagt/logbog/?sted=forum&hvad=mute").count("-linje") == 0
    assert read(client, sofie, "/vagt/logbog/?sted=%22%3E&hvad=x&side=x").count("-linje") == 50


@pytest.mark.parametrize("count", [1, 40])
def test_the_log_asks_the_database_as_often_for_many_lines(
    client: Client, house: Organization, count: int, django_assert_num_queries: object
) -> None:
    sofie = person(house, "sofie")
    decide(sofie, house, "approve", count)
    read(client, sofie, "/vagt/logbog/")
    with django_assert_num_queries(10):  # type: ignore[operator]
        client.get("/vagt/logbog/")


STATUS = {"coordinator": 200, "counsellor": 403, "editor": 403, "nobody": 302}


@pytest.mark.parametrize("role", STATUS)
def test_the_numbers_are_for_coordinators(client: Client, house: Organization, role: str) -> None:
    if role != "nobody":
        client.force_login(person(house, "en", role))
    assert client.get("/vagt/tal/").status_code == STATUS[role]


def test_a_coordinator_reads_the_numbers_of_their_own_houses(
    client: Client, house: Organization, other: Organization
) -> None:
    karen = person(house, "karen", "coordinator")
    month = power.month_starts(now=timezone.now())[0]
    at = timezone.make_aware(datetime(month.year, month.month, 15, 12))
    decide(karen, house, "approve", 12, now=at, waited=1200, was_late=False)
    decide(karen, house, "letter_answer", 3, now=at, place="letters")
    decide(karen, other, "approve", 77, now=at)
    decide(karen, house, "approve", 500, now=timezone.now())
    page = read(client, karen, f"/vagt/tal/?maaned={month.isoformat()}")
    assert "<td>12\n" in page
    assert "mindst 12" in page
    assert "alle på nær højst 4" in page
    assert "20 min." in page
    for hidden in ("<td>3", "15<", "77", "512", "Andet sted"):
        assert hidden not in page


@pytest.mark.parametrize("typed", ["x", "2026-13-45", "1999-01-01", ""])
def test_a_month_that_is_none_shows_the_last(client: Client, house: Organization, typed: str) -> None:
    karen = person(house, "karen", "coordinator")
    assert read(client, karen, f"/vagt/tal/?maaned={typed}").count(" selected") == 1
