"""The door of a session: the way in, when it opens and closes, and where else to go."""

import re
from datetime import datetime, timedelta
from html import unescape

import pytest
from django.conf import settings as site
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from blog.models import Entry
from chat.models import Session
from chat.views import door
from chat.views.room import retention_line
from tests.chat.doors import (
    ALL_STATES,
    at,
    body,
    go_in,
    in_state,
    is_in,
    leave,
    logged_in,
    main_of,
    planned_for,
    stand_in_line,
    typed,
    words,
)
from tests.chat.people import make_counsellor, make_session, seat_young
from tests.config.reading import length, lix, longest_sentence, text_of

pytestmark = pytest.mark.django_db


# The way in -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["lobby", "open", "waiting", "paused", "closing"])
def test_the_suggested_nickname_leads_into_the_room_without_a_key(state: str) -> None:
    session = in_state(state)
    client = Client()
    page = client.get(at(session))
    name = typed(page)
    go_in(session, name, client)
    assert session.members.get().alias == name
    assert is_in(client, session)


def test_the_page_says_what_it_is_when_and_with_whom() -> None:
    session = in_state("open", title="At være ny")
    page = words(Client().get(at(session)))
    for said in ("At være ny", "Åben nu", "rådgiver", "Jeg lytter.", session.counsellor_profiles()[0].working_name):
        assert said in page
    assert page.index("Gå ind i chatten") < page.index("Sådan taler vi sammen")


def test_the_young_read_what_they_say_yes_to() -> None:
    session = make_session()
    answer = Client().get(at(session))
    page = words(answer)
    for said in (
        "Du må gerne bare læse med. Når du går ind, siger du ja til det, der står herunder.",
        "Sådan taler vi sammen",
        "Rådgiverne læser med",
        "De kan være to.",
        "Det hedder underretning",
        "tryk tre gange på Shift",
        retention_line(session),
    ):
        assert said in page
    assert f'href="{"/underretning/"}"' in main_of(answer)
    assert len(main_of(answer).split('id="tone"')[1].split("</ul>")[0].split("<li>")[1:]) in (5, 6)


@pytest.mark.parametrize("hours", [1, 24, 48])
def test_when_the_messages_disappear_comes_from_the_setting(settings: Settings, hours: int) -> None:
    session = make_session()
    settings.RETENTION_HOURS = hours
    gone_at = timezone.localtime(session.ends_at + timedelta(hours=1 + hours))
    assert gone_at.strftime("%H.%M") in retention_line(session)
    assert retention_line(session) in words(Client().get(at(session)))


def door_in(state: str) -> HttpResponse:
    """The page as it stands in a state of the session, or for somebody who cannot go in just now."""
    client = Client()
    if state == "early":
        return client.get(at(planned_for(5)))
    if state == "nobody came":
        return client.get(at(make_session(no_show_told_at=timezone.now())))
    if state == "refused":
        return client.post(at(make_session(), "join/"), {"alias": ""})
    if state in {"full", "one's turn"}:
        session = make_session(capacity=1)
        sitting, _cookies = seat_young(session)
        client = stand_in_line(session)
        if state == "one's turn":
            leave(sitting)
        return client.get(at(session))
    return client.get(at(in_state(state)))


@pytest.mark.parametrize("state", [*ALL_STATES, "early", "nobody came", "refused", "full", "one's turn"])
def test_the_door_is_easy_to_read_for_somebody_in_distress(state: str) -> None:
    text = text_of(body(door_in(state)))
    assert lix(text) <= 25
    assert length(longest_sentence(text)) <= 22, longest_sentence(text)


def test_another_nickname_is_one_tap_away_without_scripts() -> None:
    session = make_session()
    page = Client().get(at(session))
    assert f'<a class="another" href="{at(session)}" data-door-another>' in body(page)
    assert len({typed(Client().get(at(session))) for _unused in range(5)}) > 1


def test_the_suggestions_are_all_different_and_nobody_here_has_them() -> None:
    session = make_session()
    taken = {seat_young(session)[0].alias for _unused in range(3)}
    page = body(Client().get(at(session)))
    names = unescape(re.findall(r'data-door="([^"]+)"', page)[0]).split("|")
    assert len(set(names)) == len(names) == door.SUGGESTIONS
    assert not taken & set(names)
    for name in names:
        go_in(session, name)


def test_whoever_has_a_place_is_greeted_by_nickname_and_has_one_button() -> None:
    session = make_session()
    client = go_in(session, "Blå Ræv")
    answer = client.get(at(session))
    assert "Du er her som Blå Ræv" in words(answer)
    assert main_of(answer).count("<button") == 1
    assert 'name="alias"' not in body(answer)
    client.post(at(session, "join/"))
    assert is_in(client, session)
    assert session.members.young().count() == 1


def test_the_address_of_a_form_opened_again_leads_to_the_page() -> None:
    session = make_session()
    for form in ("join/", "tilbage/"):
        answer = Client().get(at(session, form))
        assert (answer.status_code, answer["Location"]) == (302, at(session))
    assert not session.members.exists()


def test_too_many_from_one_network_are_told_so_kindly(monkeypatch: pytest.MonkeyPatch) -> None:
    session = make_session()
    monkeypatch.setattr(door, "JOINS", "2/m")
    for name in ("Blå Ræv", "Stille Ugle"):
        go_in(session, name)
    answer = Client().post(at(session, "join/"), {"alias": "Modig Mus"})
    assert answer.status_code == 429
    assert "Vent et minut" in words(answer)


# Before and after -------------------------------------------------------------------------------------------------


def test_before_the_lobby_opens_the_page_says_when_and_offers_a_neutral_reminder() -> None:
    session = planned_for(5)
    answer = Client().get(at(session))
    page = words(answer)
    opens_at = timezone.localtime(session.starts_at - timedelta(minutes=site.LOBBY_MINUTES))
    assert re.search(rf"Du kan gå ind .*kl\. {opens_at.hour}", page)
    assert f'href="{at(session, "aftale.ics")}"' in body(answer)
    assert "I kalenderen står der kun »Aftale kl." in page
    assert "Vi ses." in page  # the before-post
    assert 'name="alias"' not in body(answer)
    assert "door.js" not in body(answer)


def test_nobody_gets_in_before_the_lobby_opens() -> None:
    session = planned_for(5)
    answer = Client().post(at(session, "join/"), {"alias": "Blå Ræv"})
    assert (answer.status_code, answer["Location"]) == (302, at(session))
    assert not session.members.exists()


@pytest.mark.parametrize("minutes, lets_in", [(31, False), (29, True)])
def test_the_lobby_opens_half_an_hour_before(minutes: float, lets_in: bool) -> None:
    page = Client().get(at(planned_for(minutes / 60)))
    assert ('name="alias"' in body(page)) is lets_in


def test_when_no_counsellor_has_come_the_door_says_so_and_shows_who_can_help() -> None:
    session = make_session(no_show_told_at=timezone.now())
    page = words(Client().get(at(session)))
    assert "Rådgiveren er ikke kommet endnu." in page
    assert page.index("Hjælp, mens du venter") < page.index("Demo: Nattelinjen") < page.index("Sådan taler vi sammen")
    session.state = "open"
    session.save()
    assert "Demo: Nattelinjen" not in words(Client().get(at(session)))


def closed_session(*, after: str = "", erased: bool = False, closed_at: datetime | None = None) -> Session:
    session = in_state("closed", closed_at=closed_at or timezone.now() - timedelta(minutes=2))
    if after:
        session.after_post = Entry.objects.create(
            kind=Entry.Kind.AFTER,
            title="Tak for i aften",
            source=after,
            html=f"<p>{after}</p>",
            author=session.roster.get().user,
            published_at=timezone.now() if after != "Kladde" else None,
        )
    if erased:
        session.erased_at = timezone.now()
    session.save()
    return session


def test_after_the_chat_the_page_says_where_to_go_now() -> None:
    coming = planned_for(5)
    Session.objects.filter(pk=coming.pk).update(title="Venner, der bliver væk")
    page = words(Client().get(at(closed_session())))
    assert "Chatten er slut" in page
    assert "Når det er klar, kan du læse det her" in page
    assert "Demo: Nattelinjen" in page
    assert "Venner, der bliver væk" in page


def test_the_after_post_stands_on_the_page_once_it_is_published() -> None:
    assert "Vi talte om brødre." in words(Client().get(at(closed_session(after="Vi talte om brødre."))))
    draft = words(Client().get(at(closed_session(after="Kladde"))))
    assert "Kladde" not in draft
    assert "Når det er klar, kan du læse det her" in draft


def test_after_the_erasure_the_page_says_that_the_messages_are_gone() -> None:
    session = closed_session(erased=True)
    page = words(Client().get(at(session)))
    assert "Beskederne er væk." in page
    assert retention_line(session) not in page


def test_nobody_gets_into_a_closed_room() -> None:
    session = closed_session()
    for form, fields in (("join/", {"alias": "Blå Ræv"}), ("tilbage/", {"code": "hest"})):
        assert Client().post(at(session, form), fields)["Location"] == at(session)
    assert not session.members.exists()


def test_who_was_there_can_read_along_for_the_few_minutes_it_stays() -> None:
    session = make_session(state="open")
    client = go_in(session)
    assert "Læs beskederne et par minutter endnu" not in words(client.get(at(session)))
    Session.objects.filter(pk=session.pk).update(state="closed", closed_at=timezone.now())
    assert "Læs beskederne et par minutter endnu" in words(client.get(at(session)))
    assert "Læs beskederne et par minutter endnu" not in words(Client().get(at(session)))
    Session.objects.filter(pk=session.pk).update(closed_at=timezone.now() - timedelta(minutes=6))
    assert "Læs beskederne et par minutter endnu" not in words(client.get(at(session)))


# Counsellors ------------------------------------------------------------------------------------------------------


def test_a_counsellor_of_the_session_sees_the_way_to_the_room_instead_of_the_door() -> None:
    sofie = make_counsellor("Sofie")
    session = make_session(sofie)
    answer = logged_in(sofie).get(at(session))
    assert "Åbn rummet som rådgiver" in words(answer)
    assert f'href="{at(session, "room/")}"' in body(answer)
    assert 'name="alias"' not in body(answer)


def test_a_counsellor_of_the_session_never_becomes_a_young_person_in_it() -> None:
    sofie = make_counsellor("Sofie")
    session = make_session(sofie)
    answer = logged_in(sofie).post(at(session, "join/"), {"alias": "Blå Ræv"})
    assert answer["Location"] == at(session, "room/")
    assert not session.members.young().exists()


def test_another_counsellor_meets_the_same_door_as_the_young() -> None:
    assert 'name="alias"' in body(logged_in(make_counsellor("Amir")).get(at(make_session(make_counsellor("Sofie")))))


# The list ---------------------------------------------------------------------------------------------------------


def test_the_list_tells_what_is_open_what_comes_and_how_it_went() -> None:
    make_session(state="open", title="Rollemodeller")
    coming = planned_for(5)
    Session.objects.filter(pk=coming.pk).update(title="Venner")
    closed_session(after="Vi talte om brødre.")
    make_session(title="Hemmelig", announced=False)
    page = words(Client().get("/chat/"))
    order = [
        "Du kan gå ind nu",
        "Rollemodeller",
        "De næste chats",
        "Venner",
        "Sådan gik det de andre gange",
        "Tak for i",
    ]
    assert [page.index(said) for said in order] == sorted(page.index(said) for said in order)
    assert "Hemmelig" not in page


def test_a_past_chat_without_a_published_post_is_not_listed() -> None:
    closed_session(after="Kladde")
    closed_session()
    assert "Tak for i aften" not in words(Client().get("/chat/"))


def test_an_empty_list_says_what_one_can_do_instead() -> None:
    answer = Client().get("/chat/")
    page = main_of(answer)
    assert "Der er ikke planlagt flere chats endnu." in words(answer)
    assert 'href="/tilbud/"' in page
    assert 'href="/blog/"' in page


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_the_database_as_often_for_three_as_for_one(
    rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _unused in range(rows):
        make_session(state="open")
        planned_for(5)
        closed_session(after="Vi talte om brødre.")
    with django_assert_num_queries(4):
        Client().get("/chat/")
