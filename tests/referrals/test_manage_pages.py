"""The staff's pages of the directory, through the door."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Organization, User
from referrals import services
from referrals.models import Service
from tests.referrals.conftest import MakeService, person

pytestmark = pytest.mark.django_db

PAGES_OF_ONE = ["manage-edit", "manage-check", "manage-publish", "manage-withdraw", "manage-adopt", "manage-numbers"]
DRAFT = {"checked_on": None, "checked_by": None, "is_published": False}


def url(name: str, service: Service | None = None) -> str:
    return reverse(f"referrals:{name}", args=[service.pk] if service else [])


@pytest.fixture
def desk(client: Client, editor: User) -> Client:
    client.force_login(editor)
    return client


def filled(*ways: tuple[str, str], **values: Any) -> dict[str, Any]:
    """The form as a browser sends it."""
    sent = {"name": "Linjen", "description": "Tal med nogen.", "status": "active", "source": "livet.dk"}
    sent |= {"ways-TOTAL_FORMS": str(len(ways)), "ways-INITIAL_FORMS": "0"}
    for place, (kind, value) in enumerate(ways):
        sent |= {f"ways-{place}-kind": kind, f"ways-{place}-value": value}
    return {**sent, **values}


def test_a_visitor_is_asked_to_log_in(client: Client, make: MakeService) -> None:
    service = make()
    for address in (url("manage"), url("manage-new"), *(url(name, service) for name in PAGES_OF_ONE)):
        response = client.get(address)
        assert response.status_code == 302
        assert response["Location"].startswith(reverse("account_login"))


def test_an_account_without_a_role_is_not_let_in(client: Client) -> None:
    client.force_login(person("nogen"))
    assert client.get(url("manage")).status_code == 403
    assert client.get(url("manage-new")).status_code == 403


@pytest.mark.parametrize("name", PAGES_OF_ONE)
def test_a_foreign_organisation_s_service_does_not_exist_for_one(
    desk: Client, make: MakeService, town: Organization, name: str
) -> None:
    foreign = make(organization=town)
    before = Service.objects.values().get()
    assert desk.post(url(name, foreign), filled(("phone", "1888"), organization=town.pk)).status_code == 404
    assert Service.objects.values().get() == before


def test_one_sees_one_s_own_services_alone(desk: Client, make: MakeService, town: Organization) -> None:
    make(name="Egen linje")
    make(name="Fremmed linje", organization=town)
    html = desk.get(url("manage")).content.decode()
    assert "Egen linje" in html
    assert "Fremmed linje" not in html


def test_an_empty_list_says_how_to_begin(desk: Client) -> None:
    html = desk.get(url("manage")).content.decode()
    assert html.count(f'href="{url("manage-new")}"') == 1


def test_staff_pages_are_kept_by_no_cache(desk: Client) -> None:
    assert "no-store" in desk.get(url("manage"))["Cache-Control"]


def test_a_new_service_goes_from_form_to_the_young_in_three_clicks(desk: Client, association: Organization) -> None:
    sent = filled(("phone", "70 20 12 01"), ("phone", ""), organization=association.pk, is_anonymous="yes")
    sent |= {"MO-opens_0": "16:00", "MO-closes_0": "20:00"}
    response = desk.post(url("manage-new"), sent)
    service = Service.objects.get()
    assert response["Location"] == url("manage-edit", service)
    assert (service.organization, service.is_anonymous) == (association, True)
    assert service.schedules.get().byday == "MO"
    desk.post(url("manage-check", service))
    desk.post(url("manage-publish", service))
    assert list(Service.objects.shown()) == [service]
    desk.post(url("manage-withdraw", service))
    assert list(Service.objects.shown()) == []


@pytest.mark.parametrize("hours", [{"MO-all_day": "on"}, {"always_open": "on"}, {"hours_text": "Ring og aftal."}])
def test_a_new_service_needs_a_name_two_sentences_a_way_in_and_hours(
    desk: Client, association: Organization, hours: dict[str, str]
) -> None:
    """Nothing else is asked: the source is the organisation itself."""
    whole = {
        "organization": association.pk,
        "name": "Linjen",
        "description": "Tal med nogen.",
        "status": "active",
        **hours,
    }
    whole |= {"ways-TOTAL_FORMS": "1", "ways-INITIAL_FORMS": "0", "ways-0-kind": "phone", "ways-0-value": "70201201"}
    for missing in ("name", "description", "ways-0-value", *hours):
        assert desk.post(url("manage-new"), {**whole, missing: ""}).status_code == 422, missing
    assert not Service.objects.exists()
    assert desk.post(url("manage-new"), whole).status_code == 302
    assert Service.objects.get().source == association.name


def test_hours_of_a_new_service_are_refused_at_their_field_and_nothing_is_lost(
    desk: Client, association: Organization
) -> None:
    sent = filled(("phone", "70201201"), organization=association.pk, **{"TU-opens_0": "16:00"})
    answer = desk.post(url("manage-new"), sent)
    assert answer.status_code == 422
    html = answer.content.decode()
    assert 'id="id_TU-closes_0_error"' in html
    assert 'value="16:00"' in html
    copied = {**sent, "MO-opens_0": "17:00", "MO-closes_0": "18:00", "monday": "1"}
    assert desk.post(url("manage-new"), copied).content.decode().count('value="17:00"') == 5
    assert not Service.objects.exists()


def test_a_service_cannot_be_put_into_a_foreign_organisation(desk: Client, town: Organization) -> None:
    response = desk.post(url("manage-new"), filled(("phone", "1888"), organization=town.pk))
    assert response.status_code == 422
    assert not Service.objects.exists()


def test_the_form_keeps_its_text_when_a_way_in_is_refused(desk: Client, make: MakeService) -> None:
    service = make()
    response = desk.post(url("manage-edit", service), filled(("web", "http://livet.dk"), description="Nye ord"))
    assert response.status_code == 422
    html = response.content.decode()
    assert "http://livet.dk" in html
    assert "Nye ord" in html
    service.refresh_from_db()
    assert service.description == "Tal med nogen."


def test_a_name_that_is_taken_is_said_in_the_form(desk: Client, make: MakeService) -> None:
    make(name="Optaget")
    response = desk.post(url("manage-edit", make()), filled(("phone", "70201201"), name="Optaget"))
    assert response.status_code == 422
    assert "notice--error" in response.content.decode()


def test_an_edit_with_the_tick_is_live_at_once(desk: Client, make: MakeService, editor: User) -> None:
    service = make()
    desk.post(url("manage-edit", service), filled(("phone", "20304050"), checked="on"))
    service.refresh_from_db()
    assert (service.checked_by, service.checked_on, service.is_published) == (editor, timezone.localdate(), True)
    assert 'href="tel:+4520304050"' in desk.get(reverse("referrals:directory")).content.decode()


def test_an_edit_of_facts_without_the_tick_hides_the_service(desk: Client, make: MakeService) -> None:
    service = make()
    desk.post(url("manage-edit", service), filled(("phone", "20304050")))
    assert not Service.objects.shown().exists()


def test_saving_what_stands_there_changes_nothing(desk: Client, make: MakeService) -> None:
    """The form as it was shown, sent back: a tick too few would hide the service."""
    services.load_topics()
    service = make(is_anonymous=False, minimum_age=12, municipality_code="751", hours_text="Kl. 16–20", is_crisis=True)
    shown = desk.get(url("manage-edit", service)).context
    sent = {name: value for name, value in shown["form"].initial.items() if value is not None}
    sent |= {f"{form.prefix}-{name}": value for form in shown["ways"] for name, value in form.initial.items()}
    sent |= {"ways-TOTAL_FORMS": "3", "ways-INITIAL_FORMS": "1"}
    before = Service.objects.defer("last_modified").values().get()
    sent |= {f"ways-{place}-{name}": value for place in (1, 2) for name, value in (("kind", "phone"), ("value", ""))}
    assert desk.post(url("manage-edit", service), sent).status_code == 302
    after = Service.objects.defer("last_modified").values().get()
    assert {**after, "last_modified": 0} == {**before, "last_modified": 0}


def test_what_was_not_checked_is_not_shown_whatever_is_clicked(desk: Client, make: MakeService) -> None:
    service = make(**DRAFT)
    response = desk.post(url("manage-publish", service), follow=True)
    assert "notice--error" in response.content.decode()
    assert not Service.objects.shown().exists()


@pytest.mark.parametrize("name", [name for name in PAGES_OF_ONE if name != "manage-edit"])
def test_nothing_changes_by_following_a_link(desk: Client, make: MakeService, name: str) -> None:
    assert desk.get(url(name, make())).status_code == 405


def test_a_form_without_its_token_is_refused(editor: User, make: MakeService) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(editor)
    service = make(**DRAFT)
    assert strict.post(url("manage-check", service)).status_code == 403


def test_an_editor_cannot_give_a_service_away(desk: Client, make: MakeService, town: Organization) -> None:
    service = make()
    assert desk.post(url("manage-adopt", service), {"organization": town.pk}).status_code == 403
    service.refresh_from_db()
    assert service.organization != town


def test_an_administrator_checks_shows_and_gives_away_a_national_draft(
    client: Client, administrator: User, town: Organization
) -> None:
    client.force_login(administrator)
    services.load_national_drafts()
    draft = Service.objects.get(name="BørneTelefonen")
    assert client.get(url("manage")).context["has_crisis_service"] is False
    client.post(url("manage-check", draft))
    client.force_login(User.objects.create_superuser("drift2", password="x"))
    client.post(url("manage-numbers", draft), {"change": draft.number_change.pk, "answer": "yes"})
    client.post(url("manage-publish", draft))
    client.post(url("manage-adopt", draft), {"organization": town.pk})
    assert client.get(url("manage")).context["has_crisis_service"] is True
    draft.refresh_from_db()
    assert draft.organization == town


def test_the_list_costs_the_same_for_one_service_and_for_three(
    desk: Client, make: MakeService, django_assert_max_num_queries: Any
) -> None:
    make(name="A")
    with django_assert_max_num_queries(10):
        desk.get(url("manage"))
    make(name="B")
    make(name="C")
    with django_assert_max_num_queries(10):
        assert len(desk.get(url("manage")).context["services"]) == 3


def test_a_fact_that_is_changed_in_the_admin_takes_the_check_away(
    client: Client, make: MakeService, administrator: User, association: Organization
) -> None:
    client.force_login(administrator)
    service = make(channels=())
    address = reverse("admin:referrals_service_change", args=[service.pk])
    sent = {
        "organization": association.pk,
        "name": "Linjen",
        "description": "Bedre ord.",
        "status": "active",
        "source": "livet.dk",
        "is_anonymous": "unknown",
        "channels-TOTAL_FORMS": "0",
        "channels-INITIAL_FORMS": "0",
        "on_holidays": "closed",
    }
    assert client.post(address, sent).status_code == 302
    assert Service.objects.shown().get().description == "Bedre ord."
    assert client.post(address, {**sent, "hours_text": "Kl. 1–2"}).status_code == 302
    assert not Service.objects.shown().exists()
