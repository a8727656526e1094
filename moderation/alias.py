"""Which names a young person may go by in a room (T05): any real name of any language, but nobody else's and no role.

Two names that look alike are one: they have the same `skeleton`.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from moderation import guard, words
from moderation.guard import folding, names
from moderation.lookalikes import is_invisible, skeleton

__all__ = ["Verdict", "check", "clean", "skeleton", "suggest"]

SHORTEST, LONGEST = 2, 24
_TRIES = 200

# Of the signs that names are written with. No others: no emoji, which could pass for a badge.
_SIGNS = frozenset(" -'’.·_ʻʼ‘")
# Combining marks that stand on one letter. Where marks are a part of writing there are more than in Latin letters.
_MOST_MARKS = 1
_MOST_MARKS_ELSEWHERE = 3
_FEW_MARK_SCRIPTS = frozenset({"LATIN", "GREEK", "CYRILLIC", "ARMENIAN", "GEORGIAN"})
# Scripts in which people's names are written today. Others (Lisu, Cherokee, Coptic …) lend themselves to look-alikes.
_SCRIPTS = frozenset(
    {
        *("LATIN", "GREEK", "CYRILLIC", "ARMENIAN", "GEORGIAN", "ARABIC", "HEBREW", "THAANA", "DEVANAGARI", "BENGALI"),
        *(
            "GURMUKHI",
            "GUJARATI",
            "ORIYA",
            "TAMIL",
            "TELUGU",
            "KANNADA",
            "MALAYALAM",
            "SINHALA",
            "THAI",
            "LAO",
            "KHMER",
        ),
        *("MYANMAR", "TIBETAN", "ETHIOPIC", "HANGUL", "HAN", "TIFINAGH"),
    }
)
_ONE_SCRIPT = {"CJK": "HAN", "HIRAGANA": "HAN", "KATAKANA": "HAN", "KATAKANA-HIRAGANA": "HAN"}
# Latin letters that are no letters of names but pass for others: clicks, tones, turned and small capital letters.
_NO_NAME_LETTERS = re.compile(
    "[\u01a7\u01a8\u01bb-\u01c3\u0250-\u0252\u0255\u0258\u025a\u025c-\u0262\u0264-\u0267\u0269-\u028a\u028c-\u02af"
    "\u1d00-\u1dbf\u2c60-\u2c7f\ua720-\ua7ff\uab30-\uab6f]"
)
# Letters that Unicode itself calls compositions of others and that are none the less how a name is written (Thai, Lao).
_COMPOSED = frozenset("ำຳ")
_CONTACT = frozenset({"CPR", "PHONE", "EMAIL", "LINK", "HANDLE", "ADDRESS", "SCHOOL"})
_MOST_DIGITS = 4
_ELSEWHERE = re.compile(r"\b(?:snap|snapchat|insta|instagram|tiktok|discord|tlf|mail|gmail|hotmail)\b")

TEXTS: dict[str, Promise] = {
    "": _("A good name to use here."),
    "length": _("Use between 2 and 24 characters."),
    "characters": _("Use letters, numbers and spaces only. Emoji and special signs do not work here."),
    "script": _("Use letters of one alphabet only, so that nobody can mistake one name for another."),
    "role": _("It sounds like someone who works here. Choose another name, so that everyone knows who is who."),
    "staff": _("It is too close to the name of a counsellor. Choose another one."),
    "taken": _("Someone in the chat has that name, or one that looks like it. Choose another one."),
    "contact": _("That could show others how to find you. Choose a name that only works in here."),
    "name": _("That looks like your full name. A made-up name keeps you anonymous."),
}


@dataclass(frozen=True)
class Verdict:
    """`reason` is "" for a good name; "name" for one that is accepted though it looks like a full name: warn of it."""

    accept: bool
    reason: str = ""

    @property
    def text(self) -> Promise:
        return TEXTS[self.reason]


def clean(name: str) -> str:
    """A typed name as it is kept: NFC, one space between words, none at the ends."""
    return re.sub(" +", " ", unicodedata.normalize("NFC", name[: LONGEST * 8])).strip(" ")


def check(name: str, *, staff: Iterable[str] = (), present: Iterable[str] = ()) -> Verdict:
    """Whether `name` may be used beside the working names of current staff and the aliases present."""
    name = clean(name)
    if not SHORTEST <= len(name) <= LONGEST:
        return Verdict(False, "length")
    if not _has_plain_characters(name):
        return Verdict(False, "characters")
    if not _is_in_one_script(name):
        return Verdict(False, "script")
    if _is_role(name):
        return Verdict(False, "role")
    if any(_passes_for(name, working_name) for working_name in staff):
        return Verdict(False, "staff")
    if _is_contact(name):
        return Verdict(False, "contact")
    if skeleton(name) in {skeleton(other) for other in present}:
        return Verdict(False, "taken")
    return Verdict(True, "name" if _is_full_name(name) else "")


def suggest(*, taken: Collection[str] = ()) -> str:
    """A free alias of two Danish words; with a number behind it only if the room is so full that chance finds none."""
    shut = {skeleton(other) for other in taken}
    for _try in range(_TRIES):
        name = words.two_words()
        if skeleton(name) not in shut:
            return name
    number = 2
    while skeleton(f"{name} {number}") in shut:
        number += 1
    return f"{name} {number}"


# Characters -----------------------------------------------------------------------------------------------------


def _has_plain_characters(name: str) -> bool:
    if any(_is_foreign(char) for char in name) or _NO_NAME_LETTERS.search(name):
        return False
    most = _MOST_MARKS if _scripts(name) <= _FEW_MARK_SCRIPTS else _MOST_MARKS_ELSEWHERE
    return any(char.isalpha() for char in name) and _most_marks_in_a_row(name) <= most


def _is_foreign(char: str) -> bool:
    """Whether it is no letter, mark, digit or sign of names: controls, invisible ones, symbols, styled letters."""
    if char in _SIGNS or (char.isascii() and char.isalnum()):
        return False
    if is_invisible(char) or (unicodedata.normalize("NFKC", char) != char and char not in _COMPOSED):
        return True
    return unicodedata.category(char) not in {"Lu", "Ll", "Lt", "Lo", "Mn", "Mc"}


def _most_marks_in_a_row(name: str) -> int:
    most = run = 0
    for char in name:
        run = run + 1 if unicodedata.category(char) in {"Mn", "Mc"} else 0
        most = max(most, run)
    return most


def _is_in_one_script(name: str) -> bool:
    found = _scripts(name)
    return len(found) == 1 and found <= _SCRIPTS


def _scripts(name: str) -> set[str]:
    first_words = (unicodedata.name(char, "?").split(" ")[0] for char in name if char.isalpha() and char not in _SIGNS)
    return {_ONE_SCRIPT.get(word, word) for word in first_words}


# Roles and staff ------------------------------------------------------------------------------------------------


@cache
def _roles() -> tuple[frozenset[str], frozenset[str]]:
    """Skeletons of the words that are refused anywhere in a name, and of those refused as a word of it."""
    anywhere, word = (
        Path(__file__).with_name("roles.txt").read_text(encoding="utf-8").split("[anywhere]")[1].split("[word]")
    )
    return (
        frozenset(skeleton(role) for role in anywhere.split()),
        frozenset(skeleton(role) for role in word.split()),
    )


def _is_role(name: str) -> bool:
    anywhere, as_word = _roles()
    whole = skeleton(name)
    if any(role in whole for role in anywhere):
        return True
    parts = _parts(name)
    if parts & as_word or any(_nearly(part, role) for part in parts for role in anywhere if len(role) >= 8):
        return True
    return any(part.startswith("admln") or part.endswith("admln") for part in parts if len(part) > 5)


def _parts(name: str) -> set[str]:
    """The skeletons of its words, split at signs, digits and capitals, also put together: "G æ s t", "VagtSofie1"."""
    spaced = re.sub(r"(?<=[^\W\d_A-ZÆØÅ])(?=[A-ZÆØÅ])", " ", name)
    typed = re.split(r"[\s\-'’._·]+", name)
    split = re.split(r"[\s\-'’._·]+", spaced)
    without_digits = [re.sub(r"^\d+|\d+$", "", part) for part in (*typed, *split)]
    parts = {skeleton(part) for part in (*typed, *split, *without_digits, name, re.sub(r"\d+$", "", name))}
    singles = "".join(part for part in typed if len(part) == 1)
    return {_single(part) for part in {*parts, skeleton(singles)} if part} | {part for part in parts if part}


def _single(letters: str) -> str:
    """Without letters written twice or more: "Soffiee" is read as "Sofie"."""
    return re.sub(r"(.)\1+", r"\1", letters)


def _nearly(part: str, role: str) -> bool:
    """Whether one letter is missing, added, changed, or two are swapped."""
    if abs(len(part) - len(role)) > 1 or part[:1] != role[:1]:
        return False
    if len(part) == len(role):
        other = [index for index in range(len(role)) if part[index] != role[index]]
        if len(other) == 2 and other[1] == other[0] + 1:
            return part[other[0]] == role[other[1]] and part[other[1]] == role[other[0]]
        return len(other) == 1
    longer, shorter = (part, role) if len(part) > len(role) else (role, part)
    return any(longer[:index] + longer[index + 1 :] == shorter for index in range(len(longer)))


def _passes_for(name: str, working_name: str) -> bool:
    """Whether others could take `name` for the one who goes by `working_name` here.

    The whole name, its given name alone, and either with a number, an initial or a doubled letter.
    """
    own = _single(skeleton(name))
    known = [_single(skeleton(part)) for part in working_name.split()]
    if not known or not own:
        return False
    targets = {_single("".join(known)), known[0], _single("".join(reversed(known)))}
    if own in targets or _single(skeleton(re.sub(r"\d+", "", name))) in targets:
        return True
    typed = [_single(skeleton(part)) for part in re.split(r"[\s\-_.·]+", name) if skeleton(part)]
    if len(typed) > 1 and "".join(typed[: len(known)]) == "".join(known):
        return True
    rest = [part for part in typed if part != known[0]]
    return len(rest) < len(typed) and all(len(part) <= 1 or part in known for part in rest)


# Contact --------------------------------------------------------------------------------------------------------


def _is_contact(name: str) -> bool:
    if sum(char.isdigit() for char in name) > _MOST_DIGITS:
        return True
    if _ELSEWHERE.search(folding.fold(name).text.replace("_", " ")):
        return True
    return any(span.label in _CONTACT for span in guard.find_spans(name))


def _is_full_name(name: str) -> bool:
    return names.is_full_name(name, folding.fold(name))
