"""Which names pass at the door (T05): people's names of any language, but nobody else's and no role."""

from pathlib import Path

import pytest
from django.utils import translation

from moderation import words
from moderation.alias import TEXTS, Verdict, check, clean, skeleton, suggest

DATA = Path(__file__).parent / "data"
STAFF = ["Sofie", "Mikkel Lund", "Ågot", "Anna", "Max"]
# One a line, as Python writes it, so that what cannot be seen stands there as an escape.
LOOK_ALIKES = [
    line.encode("latin-1", "backslashreplace").decode("unicode_escape")
    for line in (DATA / "look_alikes.txt").read_text(encoding="utf-8").splitlines()
]
REAL_NAMES = (DATA / "real_names.txt").read_text(encoding="utf-8").split("\n")[:-1]


def test_the_lists_are_long() -> None:
    assert len(set(LOOK_ALIKES)) >= 150
    assert len(set(REAL_NAMES)) >= 150


@pytest.mark.parametrize("name", LOOK_ALIKES, ids=ascii)
def test_T05_a_name_that_looks_like_staff_is_refused(name: str) -> None:
    assert not check(name, staff=STAFF, present=[]).accept


@pytest.mark.parametrize("name", REAL_NAMES, ids=ascii)
def test_T05_peoples_names_are_accepted(name: str) -> None:
    assert check(name, staff=STAFF, present=["Rolig Ulv"]).accept


@pytest.mark.parametrize(
    "name, reason",
    [
        ("A", "length"),
        ("a" * 25, "length"),
        ("   ", "length"),
        ("Ræv 🦊", "characters"),
        ("Ræv\u200b", "characters"),
        ("Ræv\nUlv", "characters"),
        ("1234", "characters"),
        ("\u202eveaR", "characters"),
        ("Rӕv", "script"),
        ("ᏒᎪᏼ", "script"),
        ("Gæst", "role"),
        ("K o m m u n e", "role"),
        ("Ѕоfіе", "script"),
        ("Sofie", "staff"),
        ("sofie 2", "staff"),
        ("Mikkel", "staff"),
        ("20123456", "characters"),
        ("ulv 20123456", "contact"),
        ("ulv@mail.dk", "characters"),
        ("snap ulv99", "contact"),
        ("minblog.dk", "contact"),
        ("Solsortevej 12", "contact"),
        ("Blå Ræv", "taken"),
        ("BLÅ RÆV", "taken"),
        ("Bla Raev", "taken"),
        ("Blå-Ræv", "taken"),
        ("Bl4 R4ev", "taken"),
        ("Ольга", "taken"),
        ("ольга", "taken"),
        ("Emma Hansen", "name"),
        ("Rolig Ulv", ""),
        ("Emma", ""),
    ],
)
def test_the_reason_is_named(name: str, reason: str) -> None:
    verdict = check(name, staff=STAFF, present=["Blå Ræv", "ОЛЬГА"])

    assert verdict == Verdict(reason in {"", "name"}, reason)


def test_every_reason_has_its_own_words() -> None:
    with translation.override("en"):
        texts = {reason: str(Verdict(False, reason).text) for reason in TEXTS}

    assert len(set(texts.values())) == len(TEXTS)
    assert all(text.endswith(".") for text in texts.values())


def test_staff_of_other_evenings_do_not_take_a_name() -> None:
    assert check("Sofie", staff=[], present=[]).accept


def test_a_name_is_kept_in_one_form() -> None:
    assert clean("  Bla\u030a   Ræv ") == "Blå Ræv"
    assert len(clean("a" * 10_000)) < 1000


@pytest.mark.parametrize(
    "one, other",
    [
        ("Sofie", "SOFIE"), ("Sofie", "Ѕоfіе"), ("Sofie", "S0f1e"), ("Åse", "Aase"), ("Søren", "Soeren"),
        ("Blå Ræv", "bla-raev"), ("Łukasz", "Lukasz"), ("José", "Jose"), ("Ольга", "ОЛЬГА"), ("Νίκος", "ΝΊΚΟΣ"),
        ("Anna", "ΑΝΝΑ"), ("Max", "Мах"), ("william", "vvilliam"), ("Morten", "Rnorten"),
    ],
)  # fmt: skip
def test_names_that_look_alike_have_one_skeleton(one: str, other: str) -> None:
    assert skeleton(one) == skeleton(other)


@pytest.mark.parametrize(
    "one, other", [("Emma", "Ella"), ("Ulv 2", "Ulv 3"), ("Ida", "Ina"), ("Ольга", "Олег"), ("李明", "王芳")]
)
def test_names_that_differ_have_different_skeletons(one: str, other: str) -> None:
    assert skeleton(one) != skeleton(other)


def test_a_suggested_name_always_passes() -> None:
    for _ in range(50):
        name = suggest(taken=[])
        assert check(name, staff=STAFF, present=[]) == Verdict(True, "")


def test_a_name_that_is_taken_is_not_suggested(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = iter(["Blå Ræv", "Blå Ræv", "Rolig Ulv"])
    monkeypatch.setattr(words, "two_words", lambda: next(drawn))

    assert suggest(taken=["bla raev"]) == "Rolig Ulv"


def test_when_chance_finds_no_free_name_a_number_helps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "two_words", lambda: "Blå Ræv")

    assert suggest(taken=["Blå Ræv", "Blå Ræv 2"]) == "Blå Ræv 3"


ODD = [
    "\ud800a",
    "a\x00b",
    "\U0001f3f3\ufe0f\u200d\U0001f308",
    "\u0301\u0301a",
    "\ufdfd\ufdfd",
    "a" * 100_000,
    "\u0337\u0337a",
]


@pytest.mark.parametrize("name", ODD, ids=range(len(ODD)))
def test_any_text_gets_an_answer(name: str) -> None:
    assert not check(name, staff=STAFF, present=["x"]).accept
