"""What the environment may say, read strictly: a wrong value stops the start with a sentence that names it."""

import os
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


def flag(name: str, *, default: bool = False) -> bool:
    """True or False from `1` or `0`; anything else stops the start."""
    value = os.environ.get(name, "")
    if value == "":
        return default
    if value not in {"0", "1"}:
        raise ImproperlyConfigured(f"{name} is {value!r}. Set it to 1 or 0.")
    return value == "1"


def number(name: str, *, default: int, low: int, high: int) -> int:
    """A whole number within `low`..`high`, both included."""
    value = os.environ.get(name, "")
    if value == "":
        return default
    if not value.isascii() or not value.isdigit() or not low <= int(value) <= high:
        raise ImproperlyConfigured(f"{name} is {value!r}. Set it to a whole number from {low} to {high}.")
    return int(value)


def on_off(name: str, *, default: bool = True) -> bool:
    """True or False from `on` or `off`."""
    value = os.environ.get(name, "")
    if value == "":
        return default
    if value not in {"on", "off"}:
        raise ImproperlyConfigured(f"{name} is {value!r}. Set it to on or off.")
    return value == "on"


def words(name: str) -> list[str]:
    """The values of a comma-separated list, without blanks."""
    return [word.strip() for word in os.environ.get(name, "").split(",") if word.strip()]


def kept_secret(path: Path, *, length: int = 50) -> str:
    """A secret that is made once and kept in a file only its owner can read.

    For the demo and for tests; production gives its secrets by the environment.
    """
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
    value = secrets.token_urlsafe(length)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:  # another process was first: its secret counts
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(value)
    return value
