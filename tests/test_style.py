"""Habits of the project that a machine can hold it to."""

import re
import tomllib
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import RunPython, RunSQL

from tests import templates

ROOT: Path = settings.BASE_DIR
OWN_APPS = {config.label for config in apps.get_app_configs() if Path(config.path).parent == ROOT}
MIGRATIONS = [
    (f"{label}.{name}", migration)
    for (label, name), migration in sorted(MigrationLoader(None).disk_migrations.items(), key=lambda found: found[0])
    if label in OWN_APPS
]


def test_no_template_holds_what_the_content_policy_stops() -> None:
    assert list(templates.places("inline")) == []


def test_every_translated_block_is_one_line_for_the_translator() -> None:
    untrimmed = re.compile(r"{%\s*blocktrans(?:late)?\b(?![^%]*\btrimmed\b)")
    assert [templates.name(path) for path in templates.files() if untrimmed.search(path.read_text("utf-8"))] == []


def test_translated_blocks_use_the_long_spelling() -> None:
    short = re.compile(r"{%\s*(?:trans|blocktrans)\s")
    assert [templates.name(path) for path in templates.files() if short.search(path.read_text("utf-8"))] == []


@pytest.mark.django_db
def test_the_models_and_their_migrations_agree() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.parametrize("name,migration", MIGRATIONS, ids=[name for name, _ in MIGRATIONS])
def test_a_migration_says_what_it_does_and_can_be_taken_back(name: str, migration: object) -> None:
    assert "_auto_" not in name
    for operation in getattr(migration, "operations", []):
        if isinstance(operation, RunPython | RunSQL):
            assert operation.reversible


def test_a_migration_takes_its_models_from_its_own_time() -> None:
    """`import app.models` and `import app.ids` are written by makemigrations, for a field's default."""
    others = "|".join(OWN_APPS)
    imports = re.compile(rf"^\s*(?:from (?:{others})\b|import (?:{others})(?!\.(?:models|ids)$))", re.MULTILINE)
    files = [path for label in OWN_APPS for path in (ROOT / label).glob("migrations/*.py")]
    assert [str(path) for path in files if imports.search(path.read_text("utf-8"))] == []


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock", "bootstrap.lock"])
def test_a_lock_names_hashes_and_no_addresses(lock: str) -> None:
    text = (ROOT / "deploy" / lock).read_text("utf-8")
    pinned = re.findall(r"^([\w.-]+)(?:\[[\w,-]+\])?==\S+", text, re.MULTILINE)
    assert pinned
    assert len(pinned) <= text.count("--hash=sha256:")
    assert "://" not in text


def test_every_dependency_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    groups = {
        "requirements.lock": project["project"]["dependencies"],
        "requirements-dev.lock": project["project"]["dependencies"] + project["dependency-groups"]["dev"],
    }
    for lock, wanted in groups.items():
        text = (ROOT / "deploy" / lock).read_text("utf-8").lower()
        names = [re.match(r"[\w-]+", requirement)[0].lower() for requirement in wanted]  # type: ignore[index]
        assert [name for name in names if not re.search(rf"^{name}(\[|==)", text, re.MULTILINE)] == []


def test_no_room_is_too_big_to_know() -> None:
    """500 lines hold one subject; more are two."""
    sources = [path for label in OWN_APPS for path in (ROOT / label).rglob("*.py") if "migrations" not in path.parts]
    sources += [*(ROOT / "static").rglob("*.js"), *(ROOT / "static").rglob("*.css")]
    assert [path.name for path in sources if len(path.read_text("utf-8").splitlines()) > 500] == []
