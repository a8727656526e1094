"""A private PostgreSQL and Redis, on free ports, in a temporary folder, gone afterwards.

`python -m tests.services COMMAND …` runs a command with DATABASE_URL and REDIS_URL set to them:

    python -m tests.services python -m pytest -m "both_engines or postgres"

Tests that stop a service start one of their own: `with Redis() as redis: … redis.stop() … redis.start()`.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self


def free_port() -> int:
    """A port of this machine that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for_port(port: int, process: subprocess.Popen[bytes] | None = None, *, seconds: float = 20) -> None:
    """Return once something accepts connections on `port`; raise when `process` ends first or the time is up."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError as error:
            if process is not None and process.poll() is not None:
                raise RuntimeError(f"The process ended with {process.returncode} before it answered.") from error
            if time.monotonic() > deadline:
                raise RuntimeError(f"Nothing answered on port {port} within {seconds} s.") from error
            time.sleep(0.05)
        else:
            return


class Redis:
    """A Redis that keeps nothing, on one port across `stop` and `start`."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        options = {"port": self.port, "bind": "127.0.0.1", "save": "", "appendonly": "no", "databases": 256}
        arguments = [part for name, value in options.items() for part in (f"--{name}", str(value))]
        self.process = subprocess.Popen(
            ["redis-server", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C reaches the tests first
        )
        wait_for_port(self.port, self.process)

    def stop(self) -> None:
        """Stop it at once, as a crash would."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()


def postgres_programs() -> Path:
    """The folder of Debian's newest PostgreSQL server, which is not on PATH; else the one that is."""
    versions = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if versions:
        return max(versions, key=lambda folder: int(folder.parent.name))
    found = shutil.which("initdb")
    if found is None:
        raise RuntimeError("PostgreSQL is not installed. `make test` installs it, as root, on Debian.")
    return Path(found).resolve().parent


class Postgres:
    """A PostgreSQL with one user, `samrum`, and no care for a power cut."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"postgres://samrum@127.0.0.1:{self.port}/samrum"
        self.folder = Path(tempfile.mkdtemp(prefix="samrum-postgres-"))
        self.data = self.folder / "data"
        self.programs = postgres_programs()

    def run(self, program: str, *arguments: str) -> str:
        """Run one of PostgreSQL's own programs; as user postgres when we are root, whom it refuses."""
        command = [str(self.programs / program), *arguments]
        if os.geteuid() == 0:
            command = ["runuser", "-u", "postgres", "--", *command]
        done = subprocess.run(
            command, cwd=self.folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"{program} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
        return done.stdout

    def make(self) -> None:
        """Create the cluster, once."""
        self.data.mkdir(mode=0o700)
        if os.geteuid() == 0:
            self.folder.chmod(0o711)
            shutil.chown(self.data, "postgres", "postgres")
        self.run("initdb", "-D", str(self.data), "-A", "trust", "-U", "samrum", "-E", "UTF8", "--locale=C.UTF-8", "-N")

    def start(self) -> None:
        settings = {
            "port": self.port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": self.data,
            "max_connections": 200,
            "fsync": "off",
            "full_page_writes": "off",
            "synchronous_commit": "off",
        }
        options = " ".join(f"-c {name}={value}" for name, value in settings.items())
        self.run("pg_ctl", "-D", str(self.data), "-l", str(self.data / "log"), "-o", options, "-w", "start")

    def stop(self, mode: str = "fast") -> None:
        """`fast` rolls back and closes; `immediate` is a crash."""
        self.run("pg_ctl", "-D", str(self.data), "-m", mode, "-w", "stop")

    def __enter__(self) -> Self:
        self.make()
        self.start()
        self.run("createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "samrum", "samrum")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if (self.data / "postmaster.pid").exists():
            self.stop("immediate")
        shutil.rmtree(self.folder, ignore_errors=True)


def main(command: list[str]) -> int:
    """Run `command` beside both services; its exit code is ours."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with Postgres() as postgres, Redis() as redis:
        environment = {"DATABASE_URL": postgres.url, "REDIS_URL": redis.url, "SAMRUM_TEST_REDIS": redis.url}
        return subprocess.run(command, env={**os.environ, **environment}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
