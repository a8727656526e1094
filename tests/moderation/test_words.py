"""Words for aliases and for the code that brings somebody back."""

import re
from collections import Counter
from itertools import combinations

import pytest

from moderation import words
from moderation.alias import Verdict, check, skeleton
from moderation.guard import find_spans
from moderation.guard.names_da import GIVEN, SURNAMES


def bare(word: str) -> str:
    return word.replace("å", "a").replace("ø", "o").replace("æ", "a")


def long(word: str) -> str:
    return word.replace("å", "aa").replace("ø", "oe").replace("æ", "ae")


def are_one_letter_apart(one: str, other: str) -> bool:
    if len(one) == len(other):
        return sum(a != b for a, b in zip(one, other, strict=True)) == 1
    short, full = sorted((one, other), key=len)
    return len(full) - len(short) == 1 and any(full[:i] + full[i + 1 :] == short for i in range(len(full)))


def test_there_are_enough_names_for_a_full_evening() -> None:
    assert len(words.adjectives()) >= 150
    assert len(words.nouns()) >= 200
    assert len(set(words.adjectives())) == len(words.adjectives())
    assert len(set(words.nouns())) == len(words.nouns())


def test_adjective_and_noun_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: dict[str, object] = {}
    monkeypatch.setattr(words.secrets, "choice", lambda seq: drawn[type(seq[0][1]).__name__])

    drawn |= {"bool": ("ræv", False), "str": ("blå", "blåt")}
    assert words.two_words() == "Blå Ræv"
    drawn |= {"bool": ("egern", True), "str": ("modig", "modigt")}
    assert words.two_words() == "Modigt Egern"


def test_every_name_fits_and_differs_from_every_other() -> None:
    names = [f"{forms[is_neuter]} {noun}" for forms in words.adjectives() for noun, is_neuter in words.nouns()]

    assert len({skeleton(name) for name in names}) == len(names) >= 30_000
    assert max(map(len, names)) <= 24


def test_every_word_of_a_name_passes_at_the_door() -> None:
    adjectives, nouns = words.adjectives(), words.nouns()
    pairs = [(adjectives[i % len(adjectives)], nouns[i % len(nouns)]) for i in range(2 * len(nouns))]

    for forms, (noun, is_neuter) in pairs:
        name = f"{forms[is_neuter].capitalize()} {noun.capitalize()}"
        assert check(name) == Verdict(True, ""), name
        assert find_spans(f"jeg hedder {name}") == [], name


def test_no_noun_is_a_surname_or_given_name_by_mistake() -> None:
    # "Ravn", "Skov", "Lund" and "Bæk" are surnames as well; as "Rolig Ravn" nobody takes them for one.
    allowed = {"ravn", "skov", "lund", "bæk"}
    assert {noun for noun, _ in words.nouns()} & {*GIVEN.split(), *SURNAMES.split()} <= allowed


def test_a_word_code_is_four_of_1024_words() -> None:
    assert len(words.code_words()) == len(set(words.code_words())) == 1024
    for _ in range(20):
        parts = words.word_code().split("-")
        assert len(parts) == 4
        assert set(parts) <= set(words.code_words())


def test_the_words_of_a_code_are_short_and_plain() -> None:
    assert all(re.fullmatch("[a-zæøå]{3,8}", word) for word in words.code_words())


def test_no_two_words_of_a_code_are_taken_for_each_other() -> None:
    for fold in (str, bare, long):
        spelled = Counter(fold(word) for word in words.code_words())
        assert max(spelled.values()) == 1
    near = [pair for pair in combinations(words.code_words(), 2) if are_one_letter_apart(*map(bare, pair))]
    assert near == []


def test_every_word_may_be_typed_without_danish_letters() -> None:
    for word in words.code_words():
        for typed in (word.upper(), bare(word), long(word), word.replace("æ", "e"), f" {word}\n"):
            assert words.normalise_word_code(typed) == word


@pytest.mark.parametrize(
    "typed",
    [
        "bjælke-kanel-ugle-støvle",
        "Bjælke Kanel Ugle Støvle",
        " bjaelke,kanel;UGLE/stoevle ",
        "bjalke kanel ugle stovle",
        "bjælke\u2013kanel\u2013ugle\u2013støvle",
    ],
)
def test_a_word_code_is_understood_however_it_is_typed(typed: str) -> None:
    assert words.normalise_word_code(typed) == "bjælke-kanel-ugle-støvle"


def test_a_wrong_code_stays_wrong() -> None:
    assert words.normalise_word_code("xyzzy kanel") == "xyzzy-kanel"
    assert words.normalise_word_code("") == ""
    assert len(words.normalise_word_code("a" * 10_000)) <= 200
