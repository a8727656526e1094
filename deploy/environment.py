"""Bring a bare Debian machine to where Samrum can run: only Python's own library is used here.

python3 deploy/environment.py runtime   .venv with what the site needs, from the hash-locked list
python3 deploy/environment.py dev       the same and the tools of tests
python3 deploy/environment.py services  Debian's PostgreSQL and Redis, installed but not started
python3 deploy/environment.py browser   Debian's Chromium and fonts
"""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

if sys.version_info < (3, 11):  # noqa: UP036 - the machine's Python may well be older
    raise SystemExit(f"samrum: Python {sys.version.split()[0]} is too old. Samrum needs 3.11 or newer.")

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
PIP: list[str | Path] = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
LOCKS = {"runtime": "requirements.lock", "dev": "requirements-dev.lock"}
POLICY = Path("/usr/sbin/policy-rc.d")


def stop(sentence: str) -> None:
    """End with a sentence for a person, not a traceback."""
    raise SystemExit(f"samrum: {sentence}")


def say(sentence: str) -> None:
    sys.stderr.write(f"samrum: {sentence}\n")


def call(*command: str | Path, **environment: str) -> None:
    """Run a command, its output on standard error so that ours stays readable; stop with its code if it fails."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr,
        check=False,
    )
    if done.returncode:
        say(f"`{' '.join(map(str, command))}` ended with {done.returncode}.")
        raise SystemExit(done.returncode)


def digest(*parts: str | Path) -> str:
    """One hash over texts and files; a folder counts with all files in it."""
    total = hashlib.sha256()
    for part in parts:
        if isinstance(part, str):
            total.update(part.encode())
            continue
        for file in sorted(part.rglob("*")) if part.is_dir() else [part]:
            if file.is_file() and file.suffix != ".pyc":
                total.update(str(file.relative_to(ROOT)).encode() + file.read_bytes())
    return total.hexdigest()


def once(stamp: Path, inputs: str, step: Callable[[], None], *, makes: Path | None = None) -> None:
    """Take `step` unless it went well for the same inputs before, and what it makes is still there."""
    done = stamp.exists() and stamp.read_text(encoding="ascii") == inputs
    if done and (makes is None or makes.exists()):
        return
    step()
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(inputs, encoding="ascii")


# Python ---------------------------------------------------------------------------------------------------------


def make_venv() -> None:
    """A virtual environment with uv in it; Debian's own pip refuses to install anything."""
    if not runs(PYTHON):
        shutil.rmtree(VENV, ignore_errors=True)
        try:
            import ensurepip  # noqa: F401 - Debian ships it in a package of its own
        except ImportError:
            install_debian(["python3-venv"])
        say("Making .venv")
        call(sys.executable, "-m", "venv", VENV)
    lock = ROOT / "deploy" / "bootstrap.lock"
    once(VENV / "bootstrap.stamp", digest(lock), lambda: call(*PIP, "--require-hashes", "-r", lock))


def runs(python: Path) -> bool:
    """Whether this interpreter is there and starts: a venv dies with the Python it was made from."""
    return python.exists() and subprocess.run([str(python), "-c", ""], check=False).returncode == 0


def install_python(which: str) -> None:
    """Install exactly what the lock file names; does nothing when that is what was installed last."""
    if which == "runtime" and (VENV / "dev.stamp").exists():
        which = "dev"  # the tools of tests stay, and do not stand in the way of a start
    lock = ROOT / "deploy" / LOCKS[which]
    if not runs(PYTHON) or not (VENV / "bootstrap.stamp").exists():
        make_venv()
    once(VENV / f"{which}.stamp", digest(lock), lambda: install_lock(lock))


def install_lock(lock: Path) -> None:
    say(f"Installing the packages of deploy/{lock.name}")
    try:
        call(PYTHON, "-m", "uv", "pip", "install", "--quiet", "--python", PYTHON, "--require-hashes", "-r", lock)
    except SystemExit:
        # uv does not read pip's configuration, and a machine may reach its packages by that alone.
        say("uv could not install them; trying pip")
        call(*PIP, "--require-hashes", "-r", lock)


# Debian ---------------------------------------------------------------------------------------------------------


def on_path(*names: str) -> Callable[[], bool]:
    return lambda: any(shutil.which(name) for name in names)


def exists(root: str, pattern: str) -> Callable[[], bool]:
    return lambda: any(Path(root).glob(pattern))


# Package -> whether the machine already has what it is for, wherever from.
PACKAGES: dict[str, dict[str, Callable[[], bool]]] = {
    "services": {
        "redis-server": on_path("redis-server"),
        "postgresql": exists("/usr/lib/postgresql", "*/bin/initdb"),
    },
    "browser": {
        "chromium": on_path("chromium", "chromium-browser"),
        "fonts-noto-color-emoji": exists("/usr/share/fonts", "truetype/noto/NotoColorEmoji.ttf"),
        "fonts-dejavu-core": exists("/usr/share/fonts", "truetype/dejavu/DejaVuSans.ttf"),
    },
}


# What only makes things quicker: the tests do without it.
QUICKER: dict[str, dict[str, Callable[[], bool]]] = {
    "browser": {"chromium-headless-shell": on_path("chromium-headless-shell")},  # draws no window around each page
}


def install_missing(group: str) -> None:
    missing = [name for name, is_there in PACKAGES[group].items() if not is_there()]
    if missing:
        install_debian(missing)
    quicker = [name for name, is_there in QUICKER.get(group, {}).items() if not is_there()]
    if quicker and may_install():
        try:
            install_debian(quicker)
        except SystemExit:
            say(f"Without {' '.join(quicker)} the tests take longer.")


def may_install() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install_debian(packages: list[str]) -> None:
    """Install Debian packages without starting the services in them."""
    names = " ".join(packages)
    if not may_install():
        stop(f"Debian packages are missing. Install them: apt-get install --no-install-recommends {names}")
    say(f"Installing Debian packages: {names}")
    with no_service_starts():
        call("apt-get", "-qq", "update")
        call(
            "apt-get", "-qq", "install", "--yes", "--no-install-recommends", *packages, DEBIAN_FRONTEND="noninteractive"
        )


@contextmanager
def no_service_starts() -> Iterator[None]:
    """Debian starts a service as it is installed, on its standard port, unless this file says no."""
    if POLICY.exists():  # the machine has its own rule
        yield
        return
    POLICY.write_text("#!/bin/sh\nexit 101\n", encoding="ascii")
    POLICY.chmod(0o755)
    try:
        yield
    finally:
        POLICY.unlink(missing_ok=True)


if __name__ == "__main__":
    for wanted in sys.argv[1:]:
        if wanted in LOCKS:
            install_python(wanted)
        elif wanted in PACKAGES:
            install_missing(wanted)
        else:
            stop(f"{wanted!r} is none of: {', '.join([*LOCKS, *PACKAGES])}.")
