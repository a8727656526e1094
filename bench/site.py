"""A throw-away site for measurements: the demo's settings, a database of its own, no limits per network."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TICKS = os.sysconf("SC_CLK_TCK")


def environment(folder: str) -> dict[str, str]:
    return {**os.environ, "SAMRUM_DEMO": "1", "SAMRUM_DATA": folder, "SAMRUM_NETWORK_LIMITS": "off"}


def manage(folder: str, *arguments: str) -> str:
    command = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment(folder), capture_output=True, text=True, check=True)
    return done.stdout


@contextmanager
def folder() -> Iterator[str]:
    """A migrated site's folder, with the demo in it."""
    with tempfile.TemporaryDirectory(prefix="samrum-bench-") as path:
        manage(path, "migrate", "--verbosity", "0")
        manage(path, "collectstatic", "--noinput", "--verbosity", "0")
        manage(path, "demo")
        yield path


def cpu_seconds(pid: int) -> float:
    """User and system time that a process has used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS
