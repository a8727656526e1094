"""The services that a counsellor finds from the room, and who else may look there: nobody."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import Organization, User
from chat.models import Session
from referrals.models import Service, Topic
from tests.chat.people import make_counsellor, make_session, seat_young

pytestmark = pytest.mark.django_db


@pytest.fixture
def sofie() -> User:
    return make_counsellor("Sofie")


@pytest.fixture
def session(sofie: User) -> Session:
    session = make_session(sofie)
    Service.objects.all().delete()
    return session


def offer(name: str, topic: str = "", **values: Any) -> Service:
    checker = User.objects.get_or_create(username="tjek")[0]
    defaults = {"organization": Organization.objects.get(slug="prove"), "description": "Tal.", "source": "prøve.dk"}
    shown = {"checked_on": timezone.localdate(), "checked_by": checker, "is_published": True}
    service = Service.objects.create(name=name, **{**defaults, **shown, **values})
    service.channels.create(kind="phone", value="70201201")
    if topic:
        service.topics.add(
            Topic.objects.get_or_create(name=topic, defaults={"code": f"prove-{Topic.objects.count()}"})[0]
        )
    return service


def found(client: Client, session: Session, words: str = "") -> list[str]:
    answer = client.get(f"/vagt/{session.slug}/tilbud.json", {"q": words})
    assert answer.status_code == 200
    return [service["name"] for service in answer.json()["services"]]


def test_a_service_is_found_by_a_few_letters_of_its_name_or_topic(
    client: Client, session: Session, sofie: User
) -> None:
    offer("Ørnens chat")
    offer("Linjen", topic="Ørepine")
    offer("Noget andet")
    client.force_login(sofie)
    assert found(client, session, "ør") == ["Ørnens chat", "Linjen"]
    assert found(client, session, "  LIN ") == ["Linjen"]
    assert found(client, session, "findes ikke") == []
    assert len(found(client, session)) == 3


def test_the_card_is_the_one_that_the_room_shows(client: Client, session: Session, sofie: User) -> None:
    service = offer("Døgnlinjen", always_open=True)
    client.force_login(sofie)
    answer = client.get(f"/vagt/{session.slug}/tilbud.json")
    assert answer.headers["Cache-Control"] == "no-store"
    (card,) = answer.json()["services"]
    assert card == {
        "id": str(service.pk),
        "name": "Døgnlinjen",
        "channels": [{"kind": "phone", "label": "Ring 70 20 12 01", "href": "tel:+4570201201"}],
        "open": True,
        "changes_at": None,
        "checked_on": timezone.localdate().isoformat(),
    }


def test_what_the_young_may_not_see_is_not_found(client: Client, session: Session, sofie: User) -> None:
    offer("Ikke udgivet", is_published=False)
    offer("Nedlagt", status="defunct")
    offer("Set efter for længe siden", checked_on=timezone.localdate() - timedelta(days=181))
    client.force_login(sofie)
    assert found(client, session) == []


def test_only_a_counsellor_of_this_session_looks_there(client: Client, session: Session) -> None:
    offer("Linjen")
    address = f"/vagt/{session.slug}/tilbud.json"
    client.cookies.load(seat_young(session)[1])
    assert client.get(address).status_code == 302  # to the login, with nothing of it
    client.force_login(make_counsellor("Amir"))
    assert client.get(address).status_code == 404
    assert client.get("/vagt/findesikke/tilbud.json").status_code == 404


def test_three_services_cost_as_many_queries_as_one(
    client: Client, session: Session, sofie: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.force_login(sofie)
    offer("Linjen", topic="Sorg")
    with CaptureQueriesContext(connection) as one:
        assert found(client, session) == ["Linjen"]
    offer("Linjen 2", topic="Vrede")
    offer("Linjen 3", topic="Sorg")
    with django_assert_num_queries(len(one)):
        found(client, session)
