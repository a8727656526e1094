"""The phrases of acute.txt, concern.txt and harmless.txt as patterns.

One phrase a line, as a regular expression in which "~" is up to three words in between, "…" up to six, and {name} is
what the line "name = …" above says; æ, ø and å may be written or not. Phrases with " & " between them must all be
found, in one sentence or in two that follow each other. "[wish]", "[deed]" and "[flat]" say how what stands around a
find is weighed.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from moderation.crisis.reading import respelled

_HERE = Path(__file__).parent
_DEFINITION = re.compile(r"([a-z_]+) = (.+)")
_SECTION = re.compile(r"\[([a-z]+)\]")


class Kind(StrEnum):
    """How the words around a find change it."""

    WISH = "wish"  # weighed by who speaks, and whether it is denied, past, or only now and then
    DEED = "deed"  # weighed by whether it is past
    FLAT = "flat"  # means the same whoever says it, and whenever


@dataclass(frozen=True)
class Rule:
    """All `parts` must be found; `kind` says how the first of them is weighed."""

    parts: tuple[re.Pattern[str], ...]
    kind: Kind

    @property
    def is_combined(self) -> bool:
        return len(self.parts) > 1


@dataclass(frozen=True)
class Rules:
    """The rules of one file. `that_may_match` is quick and sees at once that a sentence has none of them."""

    rules: tuple[Rule, ...]
    any_first: re.Pattern[str]

    def that_may_match(self, sentence: str) -> tuple[Rule, ...]:
        return self.rules if self.any_first.search(sentence) else ()


@cache
def acute() -> Rules:
    return _read("acute.txt")


@cache
def concern() -> Rules:
    return _read("concern.txt")


@cache
def harmless() -> Rules:
    return _read("harmless.txt")


def _read(name: str) -> Rules:
    known: dict[str, str] = {}
    kind = Kind.FLAT
    rules = []
    for line in (_HERE / name).read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        if section := _SECTION.fullmatch(line):
            kind = Kind(section[1])
        elif definition := _DEFINITION.fullmatch(line):
            known[definition[1]] = f"({_filled(definition[2], known)})"
        else:
            parts = tuple(_compile(_filled(part, known)) for part in line.split(" & "))
            rules.append(Rule(parts, kind))
    # Each begins at the start of a word: in one alternation those that do not fit are passed over quickly.
    first = "|".join(rule.parts[0].pattern for rule in rules)
    return Rules(tuple(rules), re.compile(f"(?<!\\w)(?:{first})"))


def _filled(phrase: str, known: dict[str, str]) -> str:
    """The phrase with each {name} replaced; {2} and {0,3} stay what they are to a regular expression."""
    return re.sub(r"\{([a-z_]+)\}", lambda match: known[match[1]], phrase)


def _compile(phrase: str) -> re.Pattern[str]:
    plain = respelled(phrase).replace("~", r"(?:\w+ ){0,3}?").replace("…", r"(?:\w+ ){0,6}?")
    without_groups = re.sub(r"(?<!\\)\((?!\?)", "(?:", plain)
    return re.compile(rf"(?<!\w)(?:{without_groups})(?!\w)")
