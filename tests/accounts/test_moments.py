"""Times as people say them, in Danish time whatever the server's clock says."""

from datetime import UTC, datetime

import pytest
from django.utils import translation

from accounts.moments import clock, day_in_words, time_in_words, weekday_and_date

NOW = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)  # a Monday, 18.00 in Denmark


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "moment,words",
    [
        ("2026-11-23T18:00", "i aften kl. 19"),
        ("2026-11-23T22:30", "i aften kl. 23.30"),
        ("2026-11-23T23:30", "i morgen kl. 0.30"),
        ("2026-11-23T12:05", "i dag kl. 13.05"),
        ("2026-11-24T15:00", "i morgen kl. 16"),
        ("2026-12-03T18:00", "torsdag den 3. december kl. 19"),
        ("2026-07-01T17:00", "onsdag den 1. juli kl. 19"),
    ],
)
def test_a_time_in_words(moment: str, words: str) -> None:
    assert time_in_words(at(moment), now=NOW) == words


@pytest.mark.parametrize(
    "moment,words",
    [
        ("2026-11-23T22:30", "i dag"),
        ("2026-11-22T12:00", "i går"),
        ("2026-11-24T12:00", "i morgen"),
        ("2026-11-01T12:00", "den 1. november"),
        ("2025-12-24T12:00", "den 24. december 2025"),
    ],
)
def test_a_day_in_words(moment: str, words: str) -> None:
    assert day_in_words(at(moment), now=NOW) == words


def test_the_night_the_clocks_are_changed() -> None:
    assert [clock(at(f"2026-10-25T0{hour}:00")) for hour in (0, 1, 2)] == ["2", "2", "3"]
    assert [clock(at(f"2026-03-29T0{hour}:00")) for hour in (0, 1, 2)] == ["1", "3", "4"]


def test_a_time_in_english() -> None:
    with translation.override("en"):
        assert time_in_words(at("2026-11-23T18:30"), now=NOW) == "tonight at 19:30"
        assert weekday_and_date(at("2026-12-03T18:00")) == "Thursday 3 December"
