"""Bringing a machine to where Samrum runs: each step once, each failure a sentence."""

import sys
from pathlib import Path

import pytest
from django.conf import settings

sys.path.insert(0, str(settings.BASE_DIR / "deploy"))  # as `python3 deploy/run.py` finds them

import environment
import run


@pytest.fixture
def steps(tmp_path: Path) -> list[str]:
    return []


def test_a_step_is_taken_once_while_its_inputs_stay_the_same(tmp_path: Path, steps: list[str]) -> None:
    stamp = tmp_path / "stamps" / "step"
    for inputs in ["a", "a", "b", "b", "a"]:
        environment.once(stamp, inputs, lambda: steps.append("taken"))
    assert len(steps) == 3


def test_a_step_is_taken_again_when_what_it_made_is_gone(tmp_path: Path, steps: list[str]) -> None:
    made = tmp_path / "made"
    for _ in range(2):
        environment.once(tmp_path / "stamp", "same", lambda: steps.append("taken"), makes=made)
    made.touch()
    environment.once(tmp_path / "stamp", "same", lambda: steps.append("taken"), makes=made)
    assert len(steps) == 2


def test_a_step_that_failed_is_taken_again(tmp_path: Path, steps: list[str]) -> None:
    def fail() -> None:
        steps.append("tried")
        raise SystemExit(1)

    for _ in range(2):
        with pytest.raises(SystemExit):
            environment.once(tmp_path / "stamp", "same", fail)
    assert steps == ["tried", "tried"]


def test_a_changed_file_changes_the_digest_of_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    folder = tmp_path / "static"
    folder.mkdir()
    digests = set()
    for name, text in [("a.css", "1"), ("a.css", "2"), ("b.css", "2")]:
        (folder / name).write_text(text)
        digests.add(environment.digest("same", folder))
    assert len(digests) == 3


def test_services_are_kept_from_starting_only_while_packages_are_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy = tmp_path / "policy-rc.d"
    monkeypatch.setattr(environment, "POLICY", policy)
    with pytest.raises(RuntimeError), environment.no_service_starts():
        assert "exit 101" in policy.read_text()
        assert policy.stat().st_mode & 0o111
        raise RuntimeError("the installation failed")
    assert not policy.exists()


def test_the_machines_own_rule_about_services_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    policy = tmp_path / "policy-rc.d"
    policy.write_text("its own")
    monkeypatch.setattr(environment, "POLICY", policy)
    with environment.no_service_starts():
        assert policy.read_text() == "its own"
    assert policy.read_text() == "its own"


def test_what_only_makes_things_quicker_may_be_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(packages: list[str]) -> None:
        raise SystemExit(100)

    monkeypatch.setitem(environment.PACKAGES, "browser", {})
    monkeypatch.setitem(environment.QUICKER, "browser", {"chromium-headless-shell": lambda: False})
    monkeypatch.setattr(environment, "may_install", lambda: True)
    monkeypatch.setattr(environment, "install_debian", fail)
    environment.install_missing("browser")
    assert "Without chromium-headless-shell the tests take longer." in capsys.readouterr().err


def test_without_root_the_missing_packages_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    with pytest.raises(SystemExit, match="apt-get install --no-install-recommends redis-server postgresql"):
        environment.install_debian(["redis-server", "postgresql"])


@pytest.mark.parametrize("port", ["abc", "0", "65536", "-1", "8000x"])
def test_a_port_that_is_none_stops_with_a_sentence(port: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", port)
    with pytest.raises(SystemExit, match=r"Set it to a number from 1 to 65535: make run PORT=8001"):
        run.port_from_environment()


@pytest.mark.parametrize(
    "host,name", [("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "127.0.0.1"), ("::", "127.0.0.1"), ("::1", "[::1]")]
)
def test_the_printed_address_is_one_a_browser_can_open(host: str, name: str) -> None:
    assert run.reached_at(host) == name
