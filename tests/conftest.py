"""What every test may ask for. Fixtures of servers stand in `tests/servers.py`, of Chromium in `tests/browser/`."""

import asyncio
import gc
import os
from collections.abc import Callable, Iterator

import hypothesis
import pytest
from asgiref.sync import async_to_sync, sync_to_async
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.db import connections
from pytest_django import DjangoDbBlocker

from deploy import messages

# What hypothesis would call slow depends on the machine, and no test of ours measures time.
hypothesis.settings.register_profile("samrum", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("samrum")

pytest_plugins = ["tests.servers", "tests.flushing"]

# The files that take longest, the longest first: no worker shall be left alone with one of them at the end.
# Put a file here when it takes more than half a minute (`pytest --durations=40`).
LONGEST_FIRST = (
    "browser/test_axe.py",
    "chat/test_races.py",
    "browser/test_room_page.py",
    "deploy/test_run.py",
    "chat/test_threats.py",
    "chat/test_faults.py",
    "chat/test_retention.py",
    "browser/test_room_beside.py",
    "browser/test_room_line.py",
    "browser/test_desk_tools.py",
    "browser/test_queue.py",
    "browser/test_desk_look.py",
    "browser/test_desk_evening.py",
    "browser/test_door.py",
    "browser/test_evening.py",
    "referrals/test_walls.py",
    "browser/test_forum.py",
    "chat/test_rooms_beside.py",
    "chat/test_silence.py",
    "accounts/test_login.py",
    "browser/test_exit.py",
    "browser/test_letters.py",
)


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):  # the first process; pytest-xdist's workers find them compiled
        messages.compile_all()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what starts servers or a browser; leave out what this run has not the means or the time for; sort."""
    unfit = set()
    if os.environ.get("SAMRUM_SOAK") != "1":
        unfit.add("soak")
    if settings.ON_SQLITE or not settings.REDIS_URL:
        unfit.add("postgres")
    kept, left_out = [], []
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if fixtures & {"server", "servers"}:
            item.add_marker("server")
        if "browser" in fixtures:
            item.add_marker("browser")
        (left_out if any(item.get_closest_marker(name) for name in unfit) else kept).append(item)
    if left_out:
        config.hook.pytest_deselected(items=left_out)
    items[:] = in_turn(kept)


def pytest_collection_finish() -> None:
    """Five thousand tests and all of Django stay to the end: looking through them for garbage is a tenth of a run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def in_turn(items: list[pytest.Item]) -> list[pytest.Item]:
    """The longest first, then browsers, then servers, then the rest; the tests of a file stay together."""
    servers = {item.path for item in items if item.get_closest_marker("server")}

    def turn(item: pytest.Item) -> tuple[int, int, str]:
        path = item.path.as_posix()
        place = next((n for n, name in enumerate(LONGEST_FIRST) if path.endswith(name)), len(LONGEST_FIRST))
        kind = 0 if "/browser/" in path else 1 if item.path in servers else 2
        return place, kind, path

    return sorted(items, key=turn)


def _commits_for_real(request: pytest.FixtureRequest) -> bool:
    marker = request.node.get_closest_marker("django_db")
    return "transactional_db" in request.fixturenames or bool(marker and marker.kwargs.get("transaction"))


@pytest.fixture(autouse=True)
def sockets_commit_for_real(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse a socket in a test that rolls back: its rows leak into the next test on PostgreSQL, and lock SQLite."""
    if _commits_for_real(request):
        return

    def refuse(*args: object, **kwargs: object) -> None:
        pytest.fail("A test with a socket needs @pytest.mark.django_db(transaction=True).")

    monkeypatch.setattr(WebsocketCommunicator, "__init__", refuse)


@pytest.fixture(autouse=True)
def connections_of_sockets_are_closed(request: pytest.FixtureRequest) -> Iterator[None]:
    """Close what a consumer left open; PostgreSQL would wait five seconds for it before dropping the database."""
    yield
    if _commits_for_real(request) and "browser" not in request.fixturenames:
        close: Callable[[], None] = async_to_sync(sync_to_async(connections.close_all))
        close()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """As it is, and at the end nobody holds the database: of a process that a test has killed a session of PostgreSQL
    may wait for a lock yet, and the database could not be dropped."""
    yield
    if connections["default"].vendor == "postgresql":
        with django_db_blocker.unblock(), connections["default"].cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


@pytest.fixture(scope="session", autouse=True)
def a_loop_that_ends_cancels_until_all_is_still() -> Iterator[None]:
    """As asyncio does at the end of a run, but more than once: a task that waits for Redis has been seen to miss its
    one cancellation, and then the run waits for it for ever."""

    def cancel_all(loop: asyncio.AbstractEventLoop) -> None:
        while tasks := asyncio.all_tasks(loop):
            for task in tasks:
                task.cancel()
            loop.run_until_complete(asyncio.wait(tasks, timeout=1))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(asyncio.runners, "_cancel_all_tasks", cancel_all)
        yield


@pytest.fixture(autouse=True)
def limits_start_afresh() -> Iterator[None]:
    """No test is refused for what another one did; the cache of limits is the process's or, on Redis, this run's."""
    yield
    from django.core.cache import caches

    for alias in settings.CACHES:
        caches[alias].clear()
