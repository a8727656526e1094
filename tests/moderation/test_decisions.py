"""The log of who decided what: codes and ids, and lines that nobody can change (capability 54)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from accounts.models import Membership, Organization, User
from moderation import decisions
from moderation.models import Decision

pytestmark = [pytest.mark.django_db]
NOW = timezone.now()
COPY = (
    "INSERT INTO moderation_decision (id, at, actor_id, organization_id, place, action, target, waited, was_late) "
    "SELECT id, at, actor_id, organization_id, place, 'refuse', target, waited, was_late FROM moderation_decision"
)
UPSERT = f"{COPY} ON CONFLICT (id) DO UPDATE SET action = 'refuse'"
REPLACEMENTS = [
    COPY.replace("INSERT", "INSERT OR REPLACE"),
    "UPDATE OR REPLACE moderation_decision SET actor_id = 0",
]


@pytest.fixture
def house() -> Organization:
    return Organization.objects.create(name="Ung i Aarhus", slug="ung", kind="association")


@pytest.fixture
def sofie(house: Organization) -> User:
    user = User.objects.create_user("sofie")
    Membership.objects.create(user=user, organization=house, role=Membership.Role.COUNSELLOR)
    return user


@pytest.fixture
def line(sofie: User, house: Organization) -> Decision:
    return decisions.record(
        actor=sofie,
        organization=house,
        place="forum",
        action="approve",
        target="abc",
        waited=7,
        was_late=False,
        now=NOW,
    )


def refused(step: Callable[[], object]) -> str:
    """What the database says to `step`; what was done around it stays as it was."""
    with pytest.raises(DatabaseError) as said, transaction.atomic():
        step()
    return str(said.value)


def raw(statement: str) -> Callable[[], None]:
    def run() -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement)

    return run


def test_a_line_says_who_decided_what_and_how_long_it_took(line: Decision, sofie: User, house: Organization) -> None:
    kept = Decision.objects.get()
    assert (kept.at, kept.actor, kept.organization, kept.place) == (NOW, sofie, house, "forum")
    assert (kept.action, kept.target, kept.waited, kept.was_late) == ("approve", "abc", 7, False)


def test_a_line_has_no_room_for_anybodys_words() -> None:
    """Nothing longer than an id fits into it; actions and places are codes of a closed list."""
    lengths = [field.max_length for field in Decision._meta.fields if field.max_length is not None]
    assert max(lengths) == 40


@pytest.mark.parametrize("place, action", [("forum", "Du er dum"), ("venteværelse", "approve")])
def test_what_the_log_has_no_words_for_is_not_written(sofie: User, place: str, action: str) -> None:
    with pytest.raises(ValueError, match="is not in the log's list"):
        decisions.record(actor=sofie, organization=None, place=place, action=action, now=NOW)
    assert not Decision.objects.exists()


@pytest.mark.both_engines
def test_no_line_is_changed_or_deleted_by_the_application(line: Decision) -> None:
    line.action = "refuse"
    attempts = [
        line.save,
        line.delete,
        lambda: Decision.objects.update(action="refuse"),
        lambda: Decision.objects.all().delete(),
        lambda: Decision.objects.filter(pk=line.pk)._raw_delete("default"),
    ]
    assert {"only added to" in refused(attempt) for attempt in attempts} == {True}
    assert Decision.objects.get().action == "approve"


@pytest.mark.both_engines
def test_no_line_is_changed_or_deleted_in_the_databases_own_shell(line: Decision) -> None:
    attempts = [
        "UPDATE moderation_decision SET action = 'refuse'",
        "DELETE FROM moderation_decision",
        *(REPLACEMENTS if connection.vendor == "sqlite" else ["TRUNCATE moderation_decision", UPSERT]),
    ]
    connection.check_constraints()  # PostgreSQL truncates nothing while a row of this transaction is unchecked
    assert {"only added to" in refused(raw(attempt)) for attempt in attempts} == {True}
    assert Decision.objects.get().action == "approve"


@pytest.mark.both_engines
def test_a_second_line_is_added_beside_the_first(line: Decision, sofie: User) -> None:
    decisions.record(actor=sofie, organization=None, place="chat", action="mute", now=NOW + timedelta(minutes=1))
    assert list(Decision.objects.values_list("action", flat=True)) == ["mute", "approve"]


@pytest.mark.both_engines
@pytest.mark.django_db(transaction=True)
def test_the_triggers_can_be_taken_back_with_their_migration_and_come_again() -> None:
    """And the log is emptied after this test, as after every one that commits."""
    user = User.objects.create_user("sofie")
    decisions.record(actor=user, organization=None, place="forum", action="approve", now=NOW)
    MigrationExecutor(connection).migrate([("moderation", "0001_desk_of_all_places")])
    try:
        assert Decision.objects.update(action="hide") == 1
    finally:
        MigrationExecutor(connection).migrate([("moderation", "0002_log_is_only_added_to")])
    assert "only added to" in refused(lambda: Decision.objects.update(action="refuse"))


def test_one_decides_in_the_name_of_the_house_one_works_for(sofie: User, house: Organization) -> None:
    other = Organization.objects.create(name="Andre", slug="andre", kind="association")
    assert decisions.house_of(sofie, [other, house]) == house
    assert decisions.house_of(sofie, [other]) is None


@pytest.mark.parametrize(
    "since, due, said",
    [
        (NOW - timedelta(minutes=2), NOW + timedelta(hours=1), {"waited": 120, "was_late": False}),
        (NOW - timedelta(hours=2), NOW - timedelta(seconds=1), {"waited": 7200, "was_late": True}),
        (NOW + timedelta(minutes=3), None, {"waited": 0, "was_late": None}),  # rounded up to five minutes
        (None, None, {"waited": None, "was_late": None}),
    ],
)
def test_the_log_knows_how_long_somebody_waited_and_whether_the_promise_was_kept(
    since: object, due: object, said: dict[str, object]
) -> None:
    assert decisions.promise_of(since=since, due_at=due, now=NOW) == said
