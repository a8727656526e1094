"""`make run`: Samrum with demo data on one machine, without services. Ctrl-C stops it.

PORT (8000), HOST (127.0.0.1) and SAMRUM_DATA (var/) may be set. A step before the start is left out when nothing it
depends on has changed since it last went well; its stamp lies in SAMRUM_DATA/stamps.
"""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import FrameType

import environment
from environment import PYTHON, ROOT, call, digest, once, stop

APPS = [ROOT / name for name in ("accounts", "blog", "chat", "config", "forum", "moderation", "referrals")]
MANAGE = [str(PYTHON), str(ROOT / "manage.py")]
ANSWERS_WITHIN = 60  # seconds
STOPS_WITHIN = 10  # seconds


def port_from_environment() -> int:
    text = os.environ.get("PORT") or "8000"
    if not text.isdigit() or not 0 < int(text) < 65536:
        stop(f"PORT is {text!r}. Set it to a number from 1 to 65535: make run PORT=8001")
    return int(text)


def check_port(host: str, port: int) -> None:
    """Stop with a sentence when somebody else listens there."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            stop(f"Port {port} on {host} cannot be used: {error.strerror}. Choose another: make run PORT={port + 1}")


def prepare(data: Path) -> None:
    """Everything that has to be there before the first page."""
    stamps = data / "stamps"
    packages = ROOT / "deploy" / environment.LOCKS["runtime"]  # they bring migrations and static files, too
    catalogues = sorted((ROOT / "locale").glob("*/LC_MESSAGES/*.po"))
    for catalogue in catalogues:
        once(
            stamps / f"messages-{catalogue.parent.parent.name}",
            digest(catalogue),
            lambda: call(PYTHON, ROOT / "deploy" / "messages.py"),
            makes=catalogue.with_suffix(".mo"),
        )
    once(
        stamps / "migrate",
        digest(packages, *(file for app in APPS for file in sorted(app.glob("migrations/*.py")))),
        lambda: call(*MANAGE, "migrate", "--verbosity", "0"),
        makes=data / "samrum.sqlite3",
    )
    once(
        stamps / "static",
        digest(packages, ROOT / "static", ROOT / "config" / "storage.py"),
        lambda: call(*MANAGE, "collectstatic", "--noinput", "--clear", "--verbosity", "0"),
        makes=data / "static" / "staticfiles.json",
    )
    accounts = data / "accounts.txt"
    once(
        stamps / "accounts",
        digest(ROOT / "chat" / "management"),
        lambda: note_accounts(accounts),
        makes=accounts,
    )


def note_accounts(notes: Path) -> None:
    """Write down what the demo says about its accounts."""
    printed = subprocess.run([*MANAGE, "demo", "--print"], cwd=ROOT, capture_output=True, text=True, check=True)
    notes.write_text(printed.stdout, encoding="utf-8")


class Processes:
    """The site and its background worker; they end together."""

    def __init__(self) -> None:
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, *arguments: str) -> None:
        # A group of its own: Ctrl-C is for us, and we end the children in order.
        self.running[name] = subprocess.Popen(
            [*MANAGE, *arguments, "--skip-checks"], cwd=ROOT, stdin=subprocess.DEVNULL, start_new_session=True
        )

    def ended(self) -> tuple[str, int] | None:
        """Name and exit code of a process that is no longer there."""
        for name, process in self.running.items():
            if process.poll() is not None:
                return name, process.returncode
        return None

    def stop(self) -> None:
        """End both and all their children: kindly, and after ten seconds firmly."""
        for process in self.running.values():
            if process.poll() is None:
                process.terminate()
        deadline = time.monotonic() + STOPS_WITHIN
        for process in self.running.values():
            try:
                process.wait(timeout=max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                environment.say(f"process {process.pid} does not stop by itself; ending it")
            finally:
                end_group(process)


def end_group(process: subprocess.Popen[bytes]) -> None:
    """Kill what is left of a process and its children."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return  # nobody is left
    process.wait()


def wait_until_it_answers(address: str, processes: Processes) -> None:
    """Return once the site answers; stop with a sentence when it does not."""
    deadline = time.monotonic() + ANSWERS_WITHIN
    while processes.ended() is None:
        try:
            urllib.request.urlopen(f"{address}healthz", timeout=2).close()  # noqa: S310 - our own http:// address
        except (urllib.error.URLError, OSError):
            if time.monotonic() > deadline:
                stop(f"The site did not answer within {ANSWERS_WITHIN} s. What it says stands above.")
            time.sleep(0.1)
        else:
            return


def reached_at(host: str) -> str:
    """How this machine's browser names the host: "every address" is none to go to."""
    if host in {"0.0.0.0", "::"}:  # noqa: S104 - compared, not bound
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def welcome(address: str, accounts: str) -> None:
    """Say where to go, and in which order."""
    lines = [
        "",
        f"  Samrum: {address}",
        "",
        *(f"  {line}".rstrip() for line in accounts.splitlines()),
        "",
        "  Åbn rummet som rådgiver i et andet vindue først: Ingen kan skrive, før en rådgiver er til stede.",
        "  Open the room as rådgiver in a second window first: nobody can write before a counsellor is present.",
        "",
        "  Ctrl-C stopper. / Ctrl-C stops.",
        "",
    ]
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


def interrupt(number: int, _: FrameType | None) -> None:
    raise KeyboardInterrupt(number)


def main() -> int:
    signal.signal(signal.SIGTERM, interrupt)
    host, port = os.environ.get("HOST") or "127.0.0.1", port_from_environment()
    check_port(host, port)
    os.environ["SAMRUM_DEMO"] = "1"
    data = Path(os.environ.get("SAMRUM_DATA") or ROOT / "var").resolve()
    os.environ["SAMRUM_DATA"] = str(data)
    try:
        environment.install_python("runtime")
        prepare(data)
    except KeyboardInterrupt:
        return 130
    processes = Processes()
    try:
        processes.start("serve", "serve", "--host", host, "--port", str(port))
        call(*MANAGE, "demo")  # every time: what is "tonight" moves on
        address = f"http://{reached_at(host)}:{port}/"
        wait_until_it_answers(address, processes)
        processes.start("worker", "qcluster")  # last: nobody waits for it
        if processes.ended() is None:
            welcome(address, (data / "accounts.txt").read_text(encoding="utf-8"))
        while (ended := processes.ended()) is None:
            time.sleep(0.2)
        name, code = ended
        environment.say(f"{name} ended with {code}; stopping the rest.")
        return code if code > 0 else 1
    except KeyboardInterrupt:
        return 0
    finally:
        processes.stop()


if __name__ == "__main__":
    sys.exit(main())
