"""The calendar file says nothing: who looks over a shoulder sees an appointment (G6, T16)."""

import re
from collections.abc import Iterator
from datetime import datetime

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from icalendar import Calendar

from chat.models import Session
from tests.blog.people import NOW, make_staff
from tests.chat.evenings import moment, planned, put

pytestmark = pytest.mark.django_db

REVEALING = """
    samrum samtale chat gruppe gruppechat rådgiv counsel ung young barn child teen hjælp help støtte support krise
    crisis selvmord suicid selvskade harm angst anxiety depress trist sorg grief ensom lonely mobning bully misbrug
    abuse vold violence overgreb terapi therapy psyk psych kommune municipal anonym http www .dk .org localhost
    organizer attendee description location url
""".split()  # noqa: SIM905 - sixty strings in a row cannot be read


@pytest.fixture(autouse=True)
def evening() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def fetch(client: Client, session: Session) -> str:
    response = client.get(f"/chat/{session.slug}/aftale.ics")
    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/calendar")
    assert response["Content-Disposition"] == 'attachment; filename="aftale.ics"'
    assert response["Cache-Control"] == "no-store"
    return response.content.decode()


def entry(text: str) -> dict[str, object]:
    (event,) = Calendar.from_ical(text).walk("VEVENT")
    return dict(event.items())


@pytest.mark.parametrize(
    "starts,ends,title",
    [
        ("2026-11-24 19:00", "2026-11-24 20:30", "Aftale kl. 19"),
        ("2027-07-01 19:30", "2027-07-01 21:00", "Aftale kl. 19.30"),
        ("2026-11-24 23:00", "2026-11-25 00:30", "Aftale kl. 23"),
    ],
)
def test_the_entry_has_a_title_and_the_right_time_and_nothing_else(
    client: Client, starts: str, ends: str, title: str
) -> None:
    session = planned(make_staff("Sofie"), starts_at=moment(starts), ends_at=moment(ends), title="Når man skærer i sig")
    told = entry(fetch(client, session))
    assert set(told) == {"UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY"}
    assert str(told["SUMMARY"]) == title
    assert told["DTSTART"].dt == moment(starts)  # type: ignore[attr-defined]
    assert told["DTEND"].dt == moment(ends)  # type: ignore[attr-defined]
    assert re.fullmatch(r"[0-9a-f]{32}", str(told["UID"]))


@pytest.mark.parametrize("language", ["da", "en"])
def test_the_file_holds_no_revealing_word_in_either_language(client: Client, language: str) -> None:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    session = planned(make_staff("Sofie"), title="Når man skærer i sig")
    text = fetch(client, session).lower()
    assert len(REVEALING) >= 40
    assert [word for word in REVEALING if word in text] == []
    for secret in (session.slug, session.title.lower(), "sofie", "testserver"):
        assert secret not in text


def test_the_file_does_not_tell_when_it_was_fetched_and_replaces_an_earlier_one(client: Client) -> None:
    session = planned(make_staff("Sofie"))
    first = fetch(client, session)
    with time_machine.travel(datetime.fromisoformat("2026-11-23T18:11:12+00:00"), tick=False):
        assert fetch(client, session) == first
    assert entry(first)["UID"] != entry(fetch(client, planned(make_staff("Mads"))))["UID"]


def test_only_what_is_announced_and_still_to_come_can_be_put_in_a_calendar(client: Client) -> None:
    sofie = make_staff("Sofie")
    hidden, over = planned(sofie, announced=False), put(planned(sofie), "closed", closed_at=NOW)
    for slug in (hidden.slug, over.slug, "findesik"):
        assert client.get(f"/chat/{slug}/aftale.ics").status_code == 404
    assert client.post(f"/chat/{planned(sofie).slug}/aftale.ics").status_code == 405
