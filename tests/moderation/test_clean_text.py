"""What a text must be before it is stored."""

import unicodedata

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from moderation.refusals import Refused
from moderation.text import clean_text


def refused(value: object, *, limit: int = 1000) -> Refused:
    with pytest.raises(Refused) as caught:
        clean_text(value, limit=limit)
    return caught.value


@pytest.mark.parametrize(
    "typed, stored",
    [
        ("hej", "hej"),
        ("  hej \n", "hej"),
        ("a\r\nb\rc\nd", "a\nb\nc\nd"),
        ("a\tb", "a b"),
        ("A\u030a", "Å"),
        ("\u00a0hej\u2003", "hej"),
        ("hej\n\nder", "hej\n\nder"),
        ("👩‍👩‍👧", "👩‍👩‍👧"),
        ("مرحبا\u200f", "مرحبا\u200f"),
        ("s\u200bkjult", "s\u200bkjult"),
    ],
)
def test_a_text_is_stored_in_one_form(typed: str, stored: str) -> None:
    assert clean_text(typed, limit=1000) == stored


@pytest.mark.parametrize("value", [None, 7, True, b"hej", ["hej"], {"text": "hej"}, 1.5])
def test_what_is_no_text_is_refused(value: object) -> None:
    assert refused(value).code == "bad_command"


@pytest.mark.parametrize(
    "blank",
    [
        "",
        " ",
        "\n\t ",
        "\u200b",
        "\u200d\u200c",
        "\u3164",
        "\u2800\u2800",
        "\ufe0f",
        "\u2060 \u00ad",
        "\u115f",
        "\ufeff",
    ],
)
def test_a_text_that_shows_nothing_is_refused(blank: str) -> None:
    assert refused(blank).code == "bad_command"


@pytest.mark.parametrize(
    "sign", ["\x00", "\x07", "\x08", "\x0b", "\x0c", "\x1b", "\x1c", "\x1f", "\x7f", "\x85", "\x9f"]
)
def test_control_characters_are_refused_wherever_they_stand(sign: str) -> None:
    for text in (f"hej{sign}der", f"{sign}hej", f"hej{sign}"):
        assert refused(text).code == "bad_command"


@pytest.mark.parametrize("half", ["\ud800", "hej \udfff", "\udc00\ud800"])
def test_half_a_surrogate_pair_is_refused(half: str) -> None:
    assert refused(half).code == "bad_command"


def test_a_text_that_is_too_long_says_by_how_much() -> None:
    refusal = refused("a" * 1104)

    assert refusal.code == "too_long"
    with translation.override("en"):
        assert str(refusal.text) == "1104 characters; the limit is 1000."


def test_length_is_counted_in_code_points_after_cleaning() -> None:
    assert clean_text("a" * 10, limit=10) == "a" * 10
    assert clean_text("  " + "A\u030a" * 10 + "\r\n", limit=10) == "Å" * 10
    assert clean_text("😀" * 10, limit=10) == "😀" * 10
    assert refused("😀" * 11, limit=10).code == "too_long"


def test_a_huge_text_of_marks_is_refused_unread() -> None:
    assert refused("a" + "\u0316\u0301" * 500_000).code == "too_long"


@given(st.text(max_size=60), st.integers(min_value=1, max_value=50))
def test_what_is_stored_is_stored_the_same_again(text: str, limit: int) -> None:
    try:
        stored = clean_text(text, limit=limit)
    except Refused:
        return

    assert stored == clean_text(stored, limit=limit)
    assert stored == unicodedata.normalize("NFC", stored).strip()
    assert 0 < len(stored) <= limit
    assert not {char for char in stored if unicodedata.category(char) == "Cc"} - {"\n"}
