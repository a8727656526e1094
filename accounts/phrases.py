"""The six words that bring a young person back to a forgotten profile.

The list of words belongs to an app above this one, which is why a setting names it.
"""

from importlib import import_module
from types import ModuleType

from django.conf import settings

WORDS = 6  # of 1024: 60 bits, behind a slow hash


def _words() -> ModuleType:
    return import_module(settings.RECOVERY_WORDS)


def draw() -> str:
    phrase: str = _words().word_code(WORDS)
    return phrase


def as_drawn(typed: str) -> str:
    """The phrase as it was drawn, however it was typed."""
    phrase: str = _words().normalise_word_code(typed)
    return phrase
