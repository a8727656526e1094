"""The guard on labelled messages (T20), and where exactly it points."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moderation.guard import LABELS, Span, find_spans

NUMBERS = frozenset({"112", "114", "1813", "1888", "116111", "70201201"})
SITES = frozenset({"livslinien.dk", "headspace.dk"})


def directory() -> tuple[frozenset[str], frozenset[str]]:
    return NUMBERS, SITES


def read(name: str) -> list[tuple[str, set[str], str]]:
    """(kind, labels, message) of each line."""
    lines = (Path(__file__).parent / "data" / name).read_text(encoding="utf-8").splitlines()
    parts = [line.partition(" | ") for line in lines if line and not line.startswith("#")]
    return [(head.split()[0], set(head.split()[1:]), message) for head, _bar, message in parts]


MESSAGES = read("guard.txt")


def found(text: str) -> list[tuple[str, str]]:
    return [(text[span.start : span.end], span.label) for span in find_spans(text, directory=directory)]


def judged(kind: str) -> tuple[list[str], int]:
    """The messages of a kind that are judged wrongly, and how many there are."""
    of_kind = [(labels, message) for k, labels, message in MESSAGES if k == kind]
    wrong = []
    for labels, message in of_kind:
        got = {span.label for span in find_spans(message, directory=directory)}
        if not (got & labels if labels else not got):
            wrong.append(message)
    return wrong, len(of_kind)


def test_the_labelled_set_is_large_and_uses_labels_that_exist() -> None:
    kinds = Counter(kind for kind, _labels, _message in MESSAGES)
    assert len({message for _kind, _labels, message in MESSAGES}) == len(MESSAGES) >= 200
    assert set(kinds) == {"plain", "hidden", "harmless", "helpline"}
    assert set().union(*(labels for _kind, labels, _message in MESSAGES)) == LABELS


def test_T20_plain_identifying_text_is_found() -> None:
    wrong, count = judged("plain")
    assert len(wrong) <= 0.03 * count, wrong


def test_T20_much_of_what_is_spelled_out_or_split_is_found() -> None:
    wrong, count = judged("hidden")
    assert len(wrong) <= 0.4 * count, wrong


def test_T20_harmless_messages_are_left_in_peace() -> None:
    wrong, count = judged("harmless")
    assert len(wrong) <= 0.03 * count, wrong


def test_T20_numbers_and_sites_of_services_pass_without_exception() -> None:
    wrong, count = judged("helpline")
    assert wrong == []
    assert count >= 10


@pytest.mark.parametrize(
    "text, spans",
    [
        ("ring på 12 34 56 78 nu", [("12 34 56 78", "PHONE")]),
        ("+45 12345678", [("+45 12345678", "PHONE")]),
        ("mit cpr er 010203-4567!", [("010203-4567", "CPR")]),
        ("skriv til luna@example.com.", [("luna@example.com", "EMAIL")]),
        ("se www.example.com/luna, ok", [("www.example.com/luna", "LINK")]),
        ("jeg hedder Emma Hansen og bor på Solsortevej 12", [("Emma Hansen", "NAME"), ("Solsortevej 12", "ADDRESS")]),
        ("jeg går på Skovbrynskolen", [("Skovbrynskolen", "SCHOOL")]),
        ("min snap er luna_99", [("luna_99", "HANDLE")]),
        ("vil du mødes irl? svar", [("vil du mødes irl", "MEETUP")]),
        ("må jeg få din snap", [("må jeg få din snap", "OTHER")]),
        ("😀😀 ring 12345678", [("12345678", "PHONE")]),
        ("A\u030ase: 12\u200b345678", [("12\u200b345678", "PHONE")]),
    ],
)
def test_a_span_covers_just_what_identifies(text: str, spans: list[tuple[str, str]]) -> None:
    assert found(text) == spans


def test_a_number_of_a_service_passes_in_every_writing_and_others_beside_it_do_not() -> None:
    for number in (
        "70201201",
        "70 20 12 01",
        "70 201 201",
        "+45 70201201",
        "0045 70 20 12 01",
        "syv nul to nul en to nul en",
    ):
        assert found(f"ring til {number}") == []
    assert found("ring 70201201 eller 12345678") == [("12345678", "PHONE")]


def test_a_site_that_only_looks_like_a_services_is_held_back() -> None:
    assert found("https://chat.livslinien.dk/start mail@livslinien.dk") == []
    for link in ("https://livslinien.dk.evil.example", "https://livslinien.dk@evil.example", "ikke-livslinien.dk"):
        assert {label for _text, label in found(link)} & {"LINK", "EMAIL"}


def test_the_directory_is_asked_only_when_there_is_something_to_judge() -> None:
    def must_not_be_asked() -> tuple[frozenset[str], frozenset[str]]:
        pytest.fail("asked the directory")

    assert find_spans("jeg hedder Emma", directory=must_not_be_asked) == [Span(11, 15, "NAME")]


def test_no_text_is_too_long_or_too_odd() -> None:
    assert found("") == []
    assert found("\ud800\x00\u202e") == []
    long = "a " * 30_000 + "ring 12345678"
    assert found(long) == [("12345678", "PHONE")]


_WORDS = (
    "jeg hedder Emma|12|34 56|78|@|luna|.|dk|snap|er|vej|3|skole|på|å|😀| |-|og|tolv|http://|(at)|mødes|vi|skal|+45"
)
_PIECES = st.sampled_from([*_WORDS.split("|"), "\n", "\u200b", "\ud800", "|"])


@settings(max_examples=200, deadline=None)
@given(st.lists(_PIECES, max_size=25).map("".join) | st.text(max_size=60))
def test_spans_lie_in_the_text_in_order_and_apart(text: str) -> None:
    spans = find_spans(text, directory=directory)

    last = 0
    for span in spans:
        assert last <= span.start < span.end <= len(text)
        assert span.label in LABELS
        last = span.end


@pytest.mark.parametrize("make", [str.upper, str.lower, lambda text: f"{text} 😀", lambda text: f"hej,\n{text}"])
def test_case_and_company_do_not_hide_a_number(make: Callable[[str], str]) -> None:
    for message in ("mit nummer er 12 34 56 78", "cpr 010203-4567", "luna@example.com"):
        assert find_spans(make(message), directory=directory)
