"""All tests: on SQLite, and at the same time those of PostgreSQL and Redis, as `make test` runs them.

`python -m tests.engines [ARGUMENTS OF PYTEST …]`. Rooms that fall silent, browsers that draw and migrations of one
process leave a core idle, and the other half uses it. What the PostgreSQL half prints comes after what SQLite's does.
"""

import os
import signal
import subprocess
import sys
import tempfile

PYTEST = [sys.executable, "-m", "pytest"]
ON_SERVICES = [sys.executable, "-m", "tests.services", *PYTEST]
WORKERS = {"sqlite": "-n3", "postgres": "-n2"}


def main(arguments: list[str]) -> int:
    """Run both halves; 0 when both passed, else the first code that is not."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with tempfile.TemporaryFile("w+", encoding="utf-8") as printed:
        marked = ["-m", "both_engines or postgres", "--dist=loadfile"]
        beside = subprocess.Popen(
            [*ON_SERVICES, WORKERS["postgres"], *marked, *arguments],
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=subprocess.STDOUT,
        )
        try:
            alone = subprocess.run([*PYTEST, WORKERS["sqlite"], "--dist=loadfile", *arguments], check=False).returncode
            print("samrum: SQLite is done; what PostgreSQL and Redis say follows.", flush=True)
            code = beside.wait()
        finally:
            beside.terminate()  # Ctrl-C, or this process's own end
            beside.wait()
        printed.seek(0)
        sys.stdout.write(printed.read())
    return alone or code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
