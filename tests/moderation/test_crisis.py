"""The crisis check on labelled messages (T21)."""

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moderation.crisis import level
from moderation.crisis.reading import sentences

LINES = (Path(__file__).parent / "data" / "crisis.txt").read_text(encoding="utf-8").splitlines()
MESSAGES = [tuple(line.split(" | ", 1)) for line in LINES if line and not line.startswith("#")]


def judged(label: str) -> tuple[Counter[str], list[str]]:
    """How the messages with a label are judged, and which of them otherwise than labelled."""
    levels = {message: level(message) for want, message in MESSAGES if want == label}
    return Counter(levels.values()), [f"{message} -> {got}" for message, got in levels.items() if got != label]


def test_the_labelled_set_is_large() -> None:
    assert len({message for _label, message in MESSAGES}) == len(MESSAGES) >= 150


def test_T21_acute_messages_are_seen_as_acute() -> None:
    counts, wrong = judged("acute")
    assert counts["acute"] >= 0.95 * counts.total(), wrong


def test_T21_concern_is_noticed() -> None:
    counts, wrong = judged("concern")
    assert counts["acute"] + counts["concern"] >= 0.85 * counts.total(), wrong


def test_T21_harmless_messages_raise_no_alarm() -> None:
    counts, wrong = judged("none")
    assert counts["acute"] <= 0.02 * counts.total(), wrong
    assert counts["concern"] <= 0.05 * counts.total(), wrong


@pytest.mark.parametrize(
    "text",
    [
        "jeg vil dø", "JEG VIL DØ!!!", "jeg vil døøøø", "jeg vil doe", "jeg vil do", "jeg\u200b vil dø",
        "hej alle. jeg vil dø. hvad laver i?", "jeg vil dø" + "\n" + "a " * 50_000, "a " * 50_000 + "\njeg vil dø",
        "jeg vil dø \ud800", "ｊｅｇ ｖｉｌ ｄø", "jeg vil dø\x00",
    ],
    ids=range(12),
)  # fmt: skip
def test_a_cry_is_heard_however_it_is_written(text: str) -> None:
    assert level(text) == "acute"


@pytest.mark.parametrize(
    "text, expected",
    [
        ("jeg vil tage mit liv", "acute"),
        ("jeg vil ikke tage mit liv", "concern"),
        ("jeg prøvede at tage mit liv sidste år", "concern"),
        ("nogle gange vil jeg bare dø", "concern"),
        ("min veninde vil dø", "concern"),
        ("min veninde vil dø i nat", "acute"),
        ("de siger jeg skal gå ud og dø", "concern"),
        ("jeg dør af grin", "none"),
        ("jeg dør af grin men jeg vil ikke leve mere", "acute"),
    ],
)
def test_who_speaks_when_and_whether_it_is_denied_is_weighed(text: str, expected: str) -> None:
    assert level(text) == expected


def test_the_same_words_come_out_the_same_with_and_without_danish_letters() -> None:
    for text in (
        "Jeg vil ik' dø, gå på værelset!",
        "jeg vil ikke doe, gaa paa vaerelset",
        "jeg vil ikke do ga pa værelset",
    ):
        assert sentences(text) == ["jeg vil ikke do ga pa vaerelset"]


def test_a_word_with_a_star_in_it_is_read() -> None:
    assert sentences("selvm*rd") == ["selvmord"]
    assert sentences("s3lvm0rd") == ["selvmord"]


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=120))
def test_any_text_gets_an_answer(text: str) -> None:
    assert level(text) in {"acute", "concern", "none"}
