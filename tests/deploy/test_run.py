"""`make run` on a machine that has its packages: one command, one place to go, and nothing left behind."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from tests.services import free_port

pytestmark = pytest.mark.server
RUN = [sys.executable, str(settings.BASE_DIR / "deploy" / "run.py")]


def environment_for(folder: Path, port: int) -> dict[str, str]:
    """As on a developer's machine: none of what the tests have set."""
    own = {"DATABASE_URL", "REDIS_URL", "SAMRUM_TEST_REDIS", "SAMRUM_TEST_DATA", "DJANGO_SETTINGS_MODULE", "HOST"}
    kept = {name: value for name, value in os.environ.items() if name not in own}
    return {**kept, "PORT": str(port), "SAMRUM_DATA": str(folder)}


class Run:
    """One `make run`, with what it has printed."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.output = folder.with_suffix(".out")
        with self.output.open("wb") as out:
            self.process = subprocess.Popen(
                RUN,
                env=environment_for(folder, self.port),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
            )

    def text(self) -> str:
        return self.output.read_text(encoding="utf-8")

    def wait_for(self, words: str) -> None:
        deadline = time.monotonic() + 300
        while words not in self.text():
            assert self.process.poll() is None, self.text()
            assert time.monotonic() < deadline, self.text()
            time.sleep(0.1)

    def children(self) -> list[int]:
        """The processes it started, and theirs."""
        found, parents = [], [self.process.pid]
        while parents:
            listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(parents.pop())], capture_output=True, text=True)
            young = [int(pid) for pid in listed.stdout.split()]
            found += young
            parents += young
        return found

    def end(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=30)


def alive(pids: list[int]) -> list[int]:
    """Those that still run when the others had the time to go; one that only waits to be reaped runs no more."""
    for _look in range(100):
        if not (running := [pid for pid in pids if runs(pid)]):
            break
        time.sleep(0.1)
    return running


def runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in {"Z", "X"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def started(folder: Path) -> Iterator[Run]:
    run = Run(folder)
    yield run
    if run.process.poll() is None:
        run.end()


def test_one_command_shows_where_to_go_and_leaves_nothing_running(started: Run, folder: Path) -> None:
    started.wait_for("Ctrl-C")
    assert f"http://127.0.0.1:{started.port}/" in started.text()
    assert "Open the room as rådgiver in a second window first" in started.text()
    with urllib.request.urlopen(f"http://127.0.0.1:{started.port}/") as answer:
        page = answer.read().decode()
        assert answer.status == 200
    # Compiled catalogues and collected files: the page is Danish and wears its clothes.
    assert '<html lang="da"' in page
    for address in re.findall(r'<link[^>]+href="(/static/[^"]+)"', page):
        with urllib.request.urlopen(f"http://127.0.0.1:{started.port}{address}") as answer:
            assert answer.status == 200
    children = started.children()
    assert len(children) >= 2
    assert started.end() == 0
    assert alive(children) == []

    again = Run(folder)
    again.wait_for("Ctrl-C")
    assert "Installing" not in again.text()
    worker = next(
        pid
        for pid in again.children()
        if b"qcluster" in Path(f"/proc/{pid}/cmdline").read_bytes() and os.getsid(pid) == pid
    )
    children = again.children()
    os.kill(worker, signal.SIGKILL)
    assert again.process.wait(timeout=30) != 0
    assert "worker ended" in again.text()
    assert alive(children) == []


def test_a_port_in_use_is_said_in_a_sentence(folder: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = subprocess.run(RUN, env=environment_for(folder, port), capture_output=True, text=True)
    assert done.returncode == 1
    assert f"Port {port} on 127.0.0.1 cannot be used" in done.stderr
    assert f"make run PORT={port + 1}" in done.stderr
    assert "Traceback" not in done.stderr
