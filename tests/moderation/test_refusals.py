"""A refusal tells the reader what happened and what helps, and the machine which code it is."""

import pytest
from django.utils import translation
from django.utils.translation import gettext_lazy

from moderation.refusals import TEXTS, Code, Refused

# `refused.code` of the wire protocol.
CODES = {
    *("bad_command", "too_long", "too_fast", "slow_mode", "not_open", "no_counsellor"),
    *("muted", "identifying", "forbidden", "unknown", "ladder", "closed"),
}


def test_the_codes_are_those_of_the_protocol() -> None:
    assert {code.value for code in Code} == CODES


def test_every_code_has_a_text_that_says_what_helps() -> None:
    with translation.override("en"):
        texts = {code: str(TEXTS[code]) for code in Code}

    assert len(set(texts.values())) == len(Code)
    for text in texts.values():
        assert text.endswith(".")
        assert not {"invalid", "error", "successfully"} & set(text.lower().split())


def test_a_code_that_the_protocol_does_not_know_is_a_fault_of_ours() -> None:
    with pytest.raises(ValueError, match="not a valid Code"):
        Refused("nope")


def test_a_refusal_becomes_the_event_of_the_protocol() -> None:
    refusal = Refused("identifying", "Skriv det om.", spans=[(0, 4, "PHONE")])

    assert refusal.as_event("r1") == {
        "type": "refused",
        "ref": "r1",
        "code": "identifying",
        "text": "Skriv det om.",
        "spans": [[0, 4, "PHONE"]],
    }


def test_what_is_not_said_is_not_in_the_event() -> None:
    with translation.override("en"):
        event = Refused("closed").as_event(None)

    assert set(event) == {"type", "ref", "code", "text"}
    assert event["ref"] is None


def test_the_wait_is_in_whole_seconds_and_never_none_at_all() -> None:
    assert Refused("slow_mode", wait=0.2).as_event("r")["wait"] == 1
    assert Refused("too_fast", wait=4.1).as_event("r")["wait"] == 5


def test_what_is_missing_is_named() -> None:
    assert Refused("ladder", missing=("warning", "mute")).as_event("r")["missing"] == ["warning", "mute"]
    assert Refused("not_open", missing=[]).as_event("r")["missing"] == []


def test_the_text_is_read_in_the_language_of_the_moment() -> None:
    refusal = Refused("muted", gettext_lazy("Yes"))

    with translation.override("da"):
        danish = refusal.as_event()["text"]
    with translation.override("en"):
        english = refusal.as_event()["text"]

    assert (danish, english) == ("Ja", "Yes")
