"""Law 6: it disappears again. Tokens are planted wherever a session keeps text, and looked for where it was stored."""

import json
import secrets
import subprocess
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.utils import timezone

from chat.commands import MessagePost, MessageRemove
from chat.models import Answer, Event, Member, Session
from chat.services import retention, worker
from chat.services.commands import perform
from tests.chat.people import be_present, lead_of, make_session, seat_staff, seat_young

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_engines]


def token() -> str:
    """Sixteen letters that nothing else holds, and that no detector takes for a number."""
    return "".join(secrets.choice("bcdfghjklmnpqrstvwxz") for _unused in range(16))


def plant(count: int, *, now) -> tuple[Session, list[str]]:
    """An evening whose messages, held texts, refs and aliases hold `count` tokens; some of them were removed."""
    session = make_session(now=now, capacity=100)
    counsellor, _cookie = seat_staff(session, lead_of(session), now=now)
    be_present(counsellor, now=now)
    perform(member_id=counsellor.pk, role="counsellor", body={"type": "room.open", "ref": "o"}, now=now)
    tokens = []
    for number in range(count // 4):
        at = now + timedelta(seconds=2 * number)
        refresh(counsellor, at)
        name, said, ref, acute = (token() for _unused in range(4))
        young, _place = seat_young(session, f"Ræv {name}"[:24], now=at)
        be_present(young, now=at)
        bodies = [
            {"type": "message.post", "ref": ref, "text": f"Hej {said}"},
            {"type": "message.post", "ref": f"{number}b", "text": f"jeg vil dø i nat {acute}"},
        ]
        answers = [json.loads(perform(member_id=young.pk, role="young", body=body, now=at)) for body in bodies]
        assert [answer["type"] for answer in answers] == ["accepted", "accepted"], answers
        if number % 3 == 0:
            removal = {"type": "message.remove", "ref": f"{number}c", "id": answers[0]["id"]}
            perform(member_id=young.pk, role="young", body=removal, now=at)
        tokens += [name, said, ref, acute]
    return session, tokens


def refresh(counsellor: Member, now) -> None:
    counsellor.connections.update(answered_at=now, input_at=now)


def close(session: Session, *, now) -> None:
    counsellor = session.members.get(role="counsellor")
    body = {"type": "room.close", "ref": "c", "minutes": 0, "text": "Tak for i aften"}
    assert '"accepted"' in perform(member_id=counsellor.pk, role="counsellor", body=body, now=now)


def places_of(tokens: list[str]) -> set[str]:
    return {place for place, _token in retention.find_traces(tokens)}


def in_postgres_files(tokens: list[str]) -> list[str]:
    """Tokens that can be read in a dump or in the files of the tables, as somebody with the disk would look."""
    from tests.services import postgres_programs

    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
        cursor.execute("SHOW data_directory")
        folder = Path(cursor.fetchone()[0]) / "base"
        cursor.execute("SELECT oid FROM pg_database WHERE datname = current_database()")
        folder = folder / str(cursor.fetchone()[0])
    database = settings.DATABASES["default"]
    where = ["-h", database["HOST"], "-p", str(database["PORT"]), "-U", database["USER"]]
    command = [postgres_programs() / "pg_dump", *where, connection.settings_dict["NAME"]]
    dump = subprocess.run(command, capture_output=True, check=True).stdout
    stored = dump + b"".join(path.read_bytes() for path in folder.iterdir() if path.is_file())
    return [token for token in tokens if token.encode() in stored]


def test_law_6_two_hundred_planted_tokens_are_found_nowhere_after_the_erasure(capsys):
    now = timezone.now()
    session, tokens = plant(200, now=now)
    close(session, now=now + timedelta(minutes=5))
    assert places_of(tokens), "the search finds what is there"
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as autovacuum does each minute: it must not keep samples of what is written
    due = now + timedelta(minutes=5) + retention_time()
    assert retention.sweep(now=due - timedelta(seconds=1)) == 0
    assert Event.objects.filter(session=session).exists()
    connections.close_all()
    assert retention.sweep(now=due) == 1
    session.refresh_from_db()
    assert session.scrubbed_at is not None
    assert session.attended == 50
    assert places_of(tokens) == set()
    if connection.vendor == "postgresql":
        assert in_postgres_files(tokens) == []
    assert not any(retention.leftovers(now=due + timedelta(days=1)).values())
    assert session.title, "the numbers and the posts stay"


def retention_time() -> timedelta:
    return timedelta(hours=settings.RETENTION_HOURS)


@pytest.mark.postgres
@pytest.mark.parametrize("database", ["postgres", None], ids=["another database", "ours"])
def test_law_6_the_scrubbing_waits_for_whoever_still_writes_on_the_server(monkeypatch, database):
    now = timezone.now()
    session, tokens = plant(4, now=now)
    due = session.ends_at + timedelta(hours=1) + retention_time()
    parameters = connection.get_connection_params()
    with psycopg.connect(**{**parameters, "dbname": database or parameters["dbname"]}) as writer:
        writer.execute("SELECT pg_current_xact_id()")  # a transaction that has written, and goes on
        monkeypatch.setattr(retention, "OLD_READERS", 0.1)
        assert retention.sweep(now=due) == 1
        session.refresh_from_db()
        assert (session.erased_at, session.scrubbed_at) == (due, None)
        writer.rollback()
    monkeypatch.setattr(retention, "OLD_READERS", 60)
    retention.sweep(now=due)
    session.refresh_from_db()
    assert session.scrubbed_at is not None
    assert in_postgres_files(tokens) == []


def test_law_6_a_session_that_nobody_closed_is_erased_too():
    now = timezone.now()
    session, tokens = plant(4, now=now)
    due = session.ends_at + timedelta(hours=1) + retention_time()
    assert retention.sweep(now=due) == 1
    assert places_of(tokens) == set()
    session.refresh_from_db()
    assert session.state == "closed"


def test_F16_an_erasure_that_died_half_way_is_taken_up_again(monkeypatch):
    now = timezone.now()
    session, tokens = plant(8, now=now)
    due = session.ends_at + timedelta(hours=1) + retention_time()

    def die() -> bool:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(retention, "scrub", die)
        with pytest.raises(KeyboardInterrupt):
            retention.sweep(now=due)
    session.refresh_from_db()
    assert (session.erased_at, session.scrubbed_at) == (due, None)
    assert retention.leftovers(now=due + timedelta(hours=3))["sessions_not_scrubbed"] == 1
    connections.close_all()
    for _twice in range(2):
        retention.sweep(now=due)
    session.refresh_from_db()
    assert session.scrubbed_at is not None
    assert places_of(tokens) == set()


def test_F16_nothing_is_half_deleted_when_the_deleting_dies(monkeypatch):
    now = timezone.now()
    session, _tokens = plant(8, now=now)
    events = Event.objects.filter(session=session).count()
    monkeypatch.setattr(retention, "attendance", lambda session: (_ for _ in ()).throw(RuntimeError))
    with pytest.raises(RuntimeError):
        retention.erase(session=session, now=now)
    assert Event.objects.filter(session=session).count() == events
    assert Answer.objects.exists()


def test_the_command_proves_that_nothing_is_left_and_fails_when_something_is(tmp_path):
    now = timezone.now()
    session, tokens = plant(4, now=now - timedelta(days=3))
    words = tmp_path / "words.txt"
    words.write_text("\n".join(tokens), encoding="utf-8")
    with pytest.raises(CommandError):
        call_command("retention", "--check", "--search", str(words))
    connections.close_all()
    call_command("retention")
    words.write_text("\n".join(tokens), encoding="utf-8")
    call_command("retention", "--check", "--search", str(words))
    session.refresh_from_db()
    assert session.erased_at is not None


def test_removed_text_is_overwritten_at_once_and_not_only_at_the_end():
    now = timezone.now()
    session, _tokens = plant(4, now=now)
    young = session.members.filter(role="young").first()
    assert young is not None
    refresh(session.members.get(role="counsellor"), now + timedelta(minutes=1))
    said = token()
    body = {"type": MessagePost.type, "ref": "x", "text": said}
    posted = json.loads(perform(member_id=young.pk, role="young", body=body, now=now + timedelta(minutes=1)))
    removal = {"type": MessageRemove.type, "ref": "y", "id": posted["id"]}
    perform(member_id=young.pk, role="young", body=removal, now=now + timedelta(minutes=1))
    assert not Event.objects.filter(frame__contains=said).exists()


def test_the_worker_sweeps_and_says_that_it_is_alive():
    now = timezone.now()
    session, tokens = plant(4, now=now - timedelta(days=3))
    assert not worker.is_alive(now=now)
    connections.close_all()
    worker.sweep()
    assert worker.is_alive(now=timezone.now())
    session.refresh_from_db()
    assert session.erased_at is not None
    assert places_of(tokens) == set()


def test_law_6_the_sweep_stands_in_the_workers_timetable_after_every_migrate():
    from django_q.models import Schedule

    Schedule.objects.all().delete()
    for _twice in range(2):
        call_command("migrate", verbosity=0)
    assert Schedule.objects.get().func == "chat.services.worker.sweep"
