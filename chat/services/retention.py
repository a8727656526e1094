"""It disappears again (law 6): deleting what was said, making the storage forget it, and proving both.

Two steps, each safe to repeat after a crash: the rows go in one transaction (`erased_at`), then the storage is
overwritten (`scrubbed_at`). A session with the first and without the second is taken up again by the next sweep.
"""

import logging
import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import CharField, JSONField, Model, TextField
from django.utils import timezone

from chat.models import Alert, Answer, Connection, Event, Knock, Member, Poll, Review, Session, Vote, Waiter
from chat.services import afterwards, marks
from chat.services.rooms import attendance
from moderation.refusals import Refused
from referrals.models import Document

logger = logging.getLogger(__name__)

# What holds text or names of a session, children first.
TEXT_TABLES = (Vote, Poll, Answer, Alert, Event, Connection, Waiter, Knock, Member)
PATHS: dict[type, str] = {Answer: "member__session", Vote: "poll__session"}  # to the session, where it is not a field
REWRITTEN = (*TEXT_TABLES, Review, Session)  # reviews go by a time of their own; a session's row held the pin
OLD_READERS = 30.0  # seconds to wait for transactions that still see what was deleted
ALARM_AFTER = timedelta(hours=2)


def sweep(*, now: datetime) -> int:
    """Erase what is due and finish what was begun. Answers how many sessions' text was deleted."""
    due = list(Session.objects.to_erase(now=now).order_by("pk"))
    for session in due:
        _erase_alone(session, now)
    begun = Session.objects.filter(erased_at__isnull=False, scrubbed_at__isnull=True)
    ids = list(begun.values_list("pk", flat=True))
    if ids and scrub():
        Session.objects.filter(pk__in=ids).update(scrubbed_at=timezone.now())
    return len(due)


def _erase_alone(session: Session, now: datetime) -> None:
    """One session's trouble keeps no other's text, and the draft of a post keeps nothing."""
    try:
        erase(session=session, now=now)
        afterwards.prepare(session=session, now=now)
    except (DatabaseError, Refused) as error:
        logger.error("A session could not be put away: %s", type(error).__name__)


@transaction.atomic
def erase(*, session: Session, now: datetime) -> None:
    """Delete all that was said, and by which names. The numbers stay, and so do the posts."""
    session = Session.objects.locked(session)
    if session.erased_at is not None:
        return
    session.attended = attendance(session) if session.attended is None else session.attended
    for model in TEXT_TABLES:
        model._default_manager.filter(**{_path_to_session(model): session}).delete()
    if session.state != Session.State.CLOSED:
        session.state, session.closed_at = Session.State.CLOSED, now
    session.state_before_waiting, session.waiting_since, session.closes_at = "", None, None
    marks.forget_networks(session)
    session.pin = ""
    session.erased_at = now
    session.save()


def _path_to_session(model: type) -> str:
    return PATHS.get(model, "session")


def scrub() -> bool:
    """Make the storage itself forget deleted rows. False when somebody still reads the old state: try again later."""
    return _scrub_sqlite() if connection.vendor == "sqlite" else _scrub_postgresql()


def _scrub_sqlite() -> bool:
    """Deleted cells are zeros already (`secure_delete`); what is left is the log of pages."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        is_busy, _pages, _moved = cursor.fetchone()
    return not is_busy


def _scrub_postgresql() -> bool:
    """Rewrite the tables: a deleted row stays in its file until then. What an older reader may see would be kept."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text")
        (here,) = cursor.fetchone()
        if not _older_readers_are_gone(here):
            return False
        tables = ", ".join(f'"{model._meta.db_table}"' for model in REWRITTEN)
        cursor.execute(f"VACUUM (FULL) {tables}")
    return True


def keep_no_samples() -> None:
    """Tell PostgreSQL to take no samples of text: ANALYZE copies values into a catalogue that no rewriting reaches.

    Called after each migrate, so that a new column is covered, too; one that a migrate back has just taken away is none
    of the table's any more. SQLite takes no samples.
    """
    if connection.vendor != "postgresql":
        return
    written: list[type[Model]] = [*REWRITTEN, *apps.get_app_config("forum").get_models(), Document]
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        for model in (model for model in written if model._meta.db_table in tables):
            table = model._meta.db_table
            there = {column.name for column in connection.introspection.get_table_description(cursor, table)}
            for field in model._meta.concrete_fields:
                if isinstance(field, CharField | TextField | JSONField) and field.column in there:
                    of_table, column = (connection.ops.quote_name(str(name)) for name in (table, field.column))
                    cursor.execute(f"ALTER TABLE {of_table} ALTER COLUMN {column} SET STATISTICS 0")


def _older_readers_are_gone(transaction_id: str) -> bool:
    """Whether nobody reads with a snapshot from before `transaction_id` any more, and the rewriting will not either.

    The rewriting has a snapshot of its own, as old as the oldest transaction that writes anywhere on the server, in
    other databases, too: rows that were deleted after that one began would be kept. So would those that a standby may
    still read, which tells of it by its slot.
    """
    deadline = time.monotonic() + OLD_READERS
    while time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_snapshot_xmin(pg_current_snapshot()) > %s::xid8 AND NOT EXISTS ("
                "SELECT FROM pg_stat_activity WHERE pid <> pg_backend_pid() "
                "AND coalesce(datname = current_database(), true) AND age(backend_xmin) >= age(%s::xid8::xid)) "
                "AND NOT EXISTS (SELECT FROM pg_replication_slots WHERE age(xmin) >= age(%s::xid8::xid))",
                [transaction_id] * 3,
            )
            (are_gone,) = cursor.fetchone()
        if are_gone:
            return True
        time.sleep(0.2)
    return False


# Proof ----------------------------------------------------------------------------------------------------------


def leftovers(*, now: datetime) -> dict[str, int]:
    """What should not be there: all zeros when the promise is kept."""
    counts = {
        "sessions_overdue": Session.objects.to_erase(now=now - ALARM_AFTER).count(),
        "sessions_not_scrubbed": Session.objects.filter(
            erased_at__lte=now - ALARM_AFTER, scrubbed_at__isnull=True
        ).count(),
        "reviews_overdue": Review.objects.to_erase(now=now - ALARM_AFTER).count(),
    }
    for model in TEXT_TABLES:
        path = f"{_path_to_session(model)}__erased_at__isnull"
        counts[f"rows_{model._meta.model_name}"] = model._default_manager.filter(**{path: False}).count()
    return counts


def find_traces(tokens: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Where `tokens` can still be read: (place, token) for files of the data folder, database rows and Redis."""
    wanted = [token for token in tokens if token]
    yield from _in_files(settings.DATA_DIR, wanted)
    if connection.vendor != "sqlite":
        yield from _in_rows(wanted)
    if settings.REDIS_URL:
        yield from _in_redis(wanted)


def _in_files(folder: Path, tokens: list[str]) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            content = path.read_bytes()
            for token in tokens:
                if token.encode() in content:
                    yield str(path.relative_to(folder)), token


def _in_rows(tokens: list[str]) -> Iterator[tuple[str, str]]:
    for model in apps.get_models(include_auto_created=True):
        table = connection.ops.quote_name(model._meta.db_table)
        query = f"SELECT count(*) FROM {table} AS found WHERE strpos(found::text, %s) > 0"  # noqa: S608 - our own name
        with connection.cursor() as cursor:
            for token in tokens:
                cursor.execute(query, [token])
                if cursor.fetchone()[0]:
                    yield model._meta.db_table, token


def _in_redis(tokens: list[str]) -> Iterator[tuple[str, str]]:
    import redis  # here: it takes a third of a second, and every process of the site reads this file when it starts

    with closing(redis.Redis.from_url(settings.REDIS_URL)) as client:
        for key in client.scan_iter(count=500):
            content = key + (client.dump(key) or b"")
            for token in tokens:
                if token.encode() in content:
                    yield f"redis {key[:40]!r}", token
