"""Words drawn by chance: parts of an alias, and the word code that brings a young person back as the same alias."""

import re
import secrets
import unicodedata
from functools import cache
from itertools import product

from moderation import words_da

CODE_LENGTH = 4  # of 1024 words: 40 bits, enough for one evening
LASTING_CODE_LENGTH = 5  # 50 bits, for what is kept for months and looked up among all codes of the site


@cache
def adjectives() -> tuple[tuple[str, str], ...]:
    """Each as (common, neuter): ("blå", "blåt")."""
    pairs = (form.split("/") for form in words_da.ADJECTIVES.split())
    return tuple((forms[0], forms[-1]) for forms in pairs)


@cache
def nouns() -> tuple[tuple[str, bool], ...]:
    """Each with whether it is neuter ("et egern")."""
    common = tuple((noun, False) for noun in words_da.COMMON_NOUNS.split())
    return common + tuple((noun, True) for noun in words_da.NEUTER_NOUNS.split())


@cache
def code_words() -> tuple[str, ...]:
    return tuple(words_da.CODE_WORDS.split())


def two_words() -> str:
    """An adjective and a noun that agree, each with a capital: "Blå Ræv", "Modigt Egern"."""
    noun, is_neuter = secrets.choice(nouns())
    return f"{secrets.choice(adjectives())[is_neuter].capitalize()} {noun.capitalize()}"


def word_code(length: int = CODE_LENGTH) -> str:
    """Words as "bølge-kanel-ugle-telt": to note down, and to say over a phone."""
    return "-".join(secrets.choice(code_words()) for _ in range(length))


def normalise_word_code(text: str) -> str:
    """The code as `word_code` wrote it, however it was typed: capitals, spaces, aa or a for å, oe or o for ø, ae for æ.

    What is no word of ours stays as it was typed, so that the answer is a wrong code and never an error.
    """
    typed = re.findall(r"\w+", unicodedata.normalize("NFC", text[:200]).casefold())
    return "-".join(_by_spelling().get(_spelling(word), word) for word in typed)


def _spelling(word: str) -> str:
    return word.replace("å", "aa").replace("ø", "oe").replace("æ", "ae")


@cache
def _by_spelling() -> dict[str, str]:
    """Every forgivable spelling to its word; the words are too far apart for two to share one (a test says so)."""
    return {
        word.replace("å", a).replace("ø", o).replace("æ", ae): word
        for word in code_words()
        for a, o, ae in product(("aa", "a"), ("oe", "o"), ("ae", "e", "a"))
    }
