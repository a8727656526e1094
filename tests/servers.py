"""Real processes of the site on a database of their own, as a visitor's browser meets them.

`server` is one site for a whole test file: one process on SQLite, two on PostgreSQL and Redis. Seed and read its
database with the ORM inside `with server.database():`, or with `server.call("stage", sessions=1)`; what must be a
process of its own is `server.manage("retention", "--check")`.
`servers(2, worker=True, SAMRUM_RETENTION_HOURS="1")` starts another with other processes or another environment.
"""

import fcntl
import itertools
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from io import StringIO
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from psycopg import sql

from tests.services import free_port, wait_for_port
from tests.settings import REDIS_SERVER, WORKER

_numbers = itertools.count(1)


class Site:
    """Processes of `manage.py serve` (and the worker) that share one database, one layer and one environment."""

    def __init__(self, folder: Path, database_url: str, environment: dict[str, str]) -> None:
        self.folder = folder
        self.database_url = database_url
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DATABASE_URL": database_url,
            "PYTHONUNBUFFERED": "1",
            **environment,
        }
        self.ports: list[int] = []
        self.processes: list[subprocess.Popen[bytes]] = []
        self.worker: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Address of the first process, without a slash at its end."""
        return f"http://127.0.0.1:{self.ports[0]}"

    @property
    def urls(self) -> list[str]:
        """Address of each process: two young people may well be on different ones."""
        return [f"http://127.0.0.1:{port}" for port in self.ports]

    def _spawn(self, name: str, *arguments: str) -> subprocess.Popen[bytes]:
        with (self.folder / f"{name}.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "manage.py", *arguments],
                cwd=settings.BASE_DIR,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # its children end with it, and Ctrl-C reaches the tests first
            )

    def start(self, count: int) -> None:
        """Start `count` more processes and wait until each answers."""
        fresh = range(len(self.ports), len(self.ports) + count)
        for number in fresh:
            self.ports.append(free_port())
            self.processes.append(self._spawn(f"serve-{number}", "serve", "--port", str(self.ports[number])))
        for number in fresh:
            self._wait(number)

    def start_worker(self) -> None:
        self.worker = self._spawn("worker", "qcluster")

    def _wait(self, number: int) -> None:
        try:
            wait_for_port(self.ports[number], self.processes[number], seconds=60)
        except RuntimeError as error:
            raise RuntimeError(f"{error}\n{self.log()}") from error

    def kill(self, number: int = 0) -> None:
        """End one process as a crash would: no goodbye to anyone."""
        _end(self.processes[number], signal.SIGKILL)

    def restart(self, number: int = 0) -> None:
        """Start a process again on its old port, as a supervisor does."""
        _end(self.processes[number], signal.SIGKILL)
        self.processes[number] = self._spawn(f"serve-{number}", "serve", "--port", str(self.ports[number]))
        self._wait(number)

    def kill_worker(self) -> None:
        if self.worker is not None:
            _end(self.worker, signal.SIGKILL)
            self.worker = None

    def stop(self) -> None:
        """Stop everything; no process of the site outlives this call."""
        for process in [*self.processes, *([self.worker] if self.worker else [])]:
            _end(process, signal.SIGTERM)

    def log(self) -> str:
        """All that the processes have written, whatever the stream."""
        return "".join(path.read_text(encoding="utf-8", errors="replace") for path in sorted(self.folder.glob("*.log")))

    def call(self, command: str, **options: object) -> str:
        """A command on the site's database without a process of its own, which would take longer than the command."""
        printed = StringIO()
        with self.database():
            call_command(command, stdout=printed, **options)
        return printed.getvalue()

    def manage(self, *arguments: str, stdin: str = "", expect: int = 0) -> str:
        """Run `manage.py` on the site's database; return what it prints."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=settings.BASE_DIR,
            env=self.environment,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=600,  # a machine that is busy with tests can take minutes to migrate
            check=False,
        )
        assert done.returncode == expect, f"manage.py {' '.join(arguments)}\n{done.stdout}{done.stderr}"
        return done.stdout

    @contextmanager
    def database(self) -> Iterator[None]:
        """Inside, the ORM of this thread works on the site's database, and what it writes is committed."""
        own = connections["default"]
        fresh = connections.create_connection("default")
        fresh.settings_dict = {**own.settings_dict, **_connection_settings(self.database_url)}
        connections["default"] = fresh
        try:
            yield
        finally:
            fresh.close()
            connections["default"] = own


def _end(process: subprocess.Popen[bytes], how: signal.Signals) -> None:
    """Signal a process, wait, and make sure that none of its children is left."""
    if process.poll() is None:
        process.send_signal(how)
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return  # the usual end: the group is empty


def _connection_settings(url: str) -> dict[str, object]:
    """What a single connection to a test site's database needs; a pool would be shared by name with our own."""
    import environ

    parsed = environ.Env.db_url_config(url)
    options = {key: value for key, value in settings.DATABASES["default"]["OPTIONS"].items() if key != "pool"}
    return {"NAME": parsed["NAME"], "OPTIONS": options, "CONN_MAX_AGE": 0}


def _database_of_run(name: str) -> str:
    """DATABASE_URL of a database with this name beside the run's own."""
    if settings.ON_SQLITE:
        return f"sqlite:///{settings.DATA_DIR / name}.sqlite3"
    return f"{os.environ['DATABASE_URL'].rpartition('/')[0]}/{name}"


def _execute(statement: str, *names: str) -> None:
    with psycopg.connect(f"{os.environ['DATABASE_URL'].rpartition('/')[0]}/postgres", autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))  # type: ignore[arg-type]


def _once_a_run(name: str, step: Callable[[], object]) -> None:
    """Take `step` in the first of pytest-xdist's workers that comes here; the others wait for it."""
    done = settings.DATA_DIR / f"{name}.done"
    with (settings.DATA_DIR / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            step()
            done.touch()


@pytest.fixture(scope="session")
def migrated_database() -> str:
    """Name of a migrated, otherwise empty database to copy; made once a run."""
    name = "samrum_template"

    def make() -> None:
        if not settings.ON_SQLITE:
            _execute("CREATE DATABASE {}", name)
        blank = Site(settings.DATA_DIR, _database_of_run(name), {})
        blank.manage("migrate", "--verbosity", "0", "--skip-checks")

    _once_a_run("migrated", make)
    return name


@pytest.fixture(scope="session")
def collected_files() -> None:
    """The static files of servers under test; collected once a run."""
    blank = Site(settings.DATA_DIR, "", {})
    collect = ("collectstatic", "--noinput", "--verbosity", "0", "--settings", "tests.collecting")
    _once_a_run("collected", lambda: blank.manage(*collect))


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_keepdb: bool, django_db_modify_db_settings: None, migrated_database: str) -> bool:
    """As it is; and each worker's database begins as a copy of the migrated one: migrating takes longer than most files
    of tests."""
    test = settings.DATABASES["default"]["TEST"]
    if settings.ON_SQLITE:
        shutil.copyfile(settings.DATA_DIR / f"{migrated_database}.sqlite3", test["NAME"])
        return True  # gone with its folder
    test["TEMPLATE"] = migrated_database
    return django_db_keepdb


@pytest.fixture(scope="module")
def servers(
    migrated_database: str, collected_files: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., Site]]:
    """A function that starts a site of `count` processes; all of them end with the test file."""
    with ExitStack() as sites:

        def start(count: int = 1, *, worker: bool = False, **environment: str) -> Site:
            number = next(_numbers)
            name = f"samrum_site_{WORKER}_{number}"
            if settings.ON_SQLITE:
                assert count <= 1 or "DATABASE_URL" in environment, "Several processes need PostgreSQL and Redis."
                template, copy = (settings.DATA_DIR / f"{base}.sqlite3" for base in (migrated_database, name))
                copy.write_bytes(template.read_bytes())
            else:
                _execute("CREATE DATABASE {} TEMPLATE {}", name, migrated_database)
                sites.callback(_execute, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
            if REDIS_SERVER:
                # After the tests' own databases; a channel layer knows no names but this number.
                environment.setdefault("REDIS_URL", f"{REDIS_SERVER}/{16 + WORKER * 64 + number % 64}")
            site = Site(tmp_path_factory.mktemp("site"), _database_of_run(name), environment)
            sites.callback(site.stop)
            site.start(count)
            if worker:
                site.start_worker()
            return site

        yield start


@pytest.fixture(scope="module")
def server(servers: Callable[..., Site]) -> Site:
    """The site as this run has it: one process on SQLite, two on PostgreSQL and Redis. No limits per network."""
    return servers(1 if settings.ON_SQLITE else 2, SAMRUM_NETWORK_LIMITS="off")
