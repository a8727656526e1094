"""A text as the rules read it: small letters, plain digits and spaces, nothing invisible; and the way back."""

import unicodedata
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from moderation.lookalikes import is_invisible


class Span(NamedTuple):
    """`start` to `end` in code points of the text as it was sent, and what stands there."""

    start: int
    end: int
    label: str


@dataclass(frozen=True)
class Folded:
    """`text` is what the rules match; `places[i]` is where its i-th character stands in `original`."""

    original: str
    text: str
    places: tuple[int, ...]

    def span(self, start: int, end: int, label: str) -> Span:
        return Span(self.places[start], self.places[end - 1] + 1, label)

    def is_capital(self, index: int) -> bool:
        return self.original[self.places[index]].isupper()

    @cached_property
    def has_digit(self) -> bool:
        return any("0" <= char <= "9" for char in self.text)


def fold(original: str) -> Folded:
    if original.isascii():
        return Folded(original, "".join(map(_ascii, original)), tuple(range(len(original))))
    chars: list[str] = []
    places: list[int] = []
    for place, char in enumerate(original):
        category = unicodedata.category(char)
        if is_invisible(char) or category == "Me":
            continue
        if category == "Mn":
            _compose(chars, char)
            continue
        for folded in _fold(char, category):
            chars.append(folded)
            places.append(place)
    return Folded(original, "".join(chars), tuple(places))


def joined(folded: Folded) -> Folded:
    """The text with letters written apart put together: "s o f i e" and "s.o.f.i.e" become "sofie"."""
    kept: list[int] = []
    text = folded.text
    index = 0
    while index < len(text):
        run = _spaced_run(text, index)
        if run:
            kept.extend(run)
            index = run[-1] + 1
        else:
            kept.append(index)
            index += 1
    if len(kept) == len(text):
        return folded
    return Folded(folded.original, "".join(text[i] for i in kept), tuple(folded.places[i] for i in kept))


_GAPS = frozenset(" .-_*")
_SHORTEST_RUN = 4


def _spaced_run(text: str, start: int) -> list[int]:
    """The places of single letters with one gap between each, from `start`; nothing if they are too few."""
    if not text[start].isalpha() or (start and text[start - 1].isalnum()):
        return []
    run = [start]
    after = start + 1
    while after + 1 < len(text) and text[after] in _GAPS and text[after + 1].isalpha():
        run.append(after + 1)
        after += 2
    if after < len(text) and text[after].isalnum():
        run.pop()  # the last one is the first letter of a whole word
    return run if len(run) >= _SHORTEST_RUN else []


def _ascii(char: str) -> str:
    return " " if char in "\t\r\x0b\x0c" else char.lower()


def _compose(chars: list[str], mark: str) -> None:
    """Put a mark that was sent apart on the letter before it, if there is such a letter; else it shows nothing here."""
    if chars:
        whole = unicodedata.normalize("NFC", chars[-1] + mark)
        if len(whole) == 1:
            chars[-1] = whole


def _fold(char: str, category: str) -> str:
    if category == "Pd":
        return "-"
    if category in {"Zs", "Zl", "Zp"} or char in "\t\r\x0b\x0c\x85":
        return " "
    digit = unicodedata.digit(char, None)
    if digit is not None:
        return str(digit)
    if char in "’‘´`":
        return "'"
    return unicodedata.normalize("NFKC", char).lower()
