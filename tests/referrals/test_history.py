"""What stood there before: the history of a service, going back in it, and the places it is given at."""

from datetime import time, timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Organization, Profile, User
from referrals import services, versions
from referrals.models import Location, Service, Version
from tests.referrals.conftest import MakeService, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client: Client, editor: User) -> Client:
    client.force_login(editor)
    return client


def url(name: str, service: Service, *rest: object) -> str:
    return reverse(f"referrals:manage-{name}", args=[service.pk, *rest])


def edit(service: Service, by: User, **values: Any) -> Service:
    channels = values.pop("channels", [(way.kind, way.value) for way in service.channels.all()])
    return services.edit_service(service=service, values=values, channels=channels, checked=True, by=by)


def told(desk: Client, service: Service) -> list[dict[str, tuple[str, str]]]:
    """What the page says was changed, the latest first."""
    lines = desk.get(url("history", service)).context["lines"]
    return [{change.label: (change.before, change.after) for change in line.changes} for line in lines]


# History -----------------------------------------------------------------------------------------------------------


def test_a_change_is_told_with_who_when_and_what(desk: Client, make: MakeService, editor: User) -> None:
    Profile.objects.create(user=editor, working_name="Jonas")
    service = make()
    edit(service, editor, name="Nattelinjen", is_anonymous=True, municipality_code="751", channels=[("sms", "1234")])
    lines = desk.get(url("history", service)).context["lines"]
    assert lines[0].who == "Jonas"
    assert len(told(desk, service)[0]) == 4
    values = list(told(desk, service)[0].values())
    assert ("Linjen", "Nattelinjen") in values
    assert any("1234" in after and "70201201" in before for before, after in values)
    assert any(after == "Aarhus" for _before, after in values)


def test_hours_are_told_as_they_stand_on_the_door(desk: Client, make: MakeService, editor: User) -> None:
    service = make()
    row = {"freq": "WEEKLY", "interval": 1, "byday": "MO,TU", "valid_from": None, "valid_to": None, "notes": ""}
    coming = timezone.localdate() + timedelta(days=20)
    services.set_hours(
        service=service,
        schedules=[{**row, "opens_at": time(16), "closes_at": time(20)}],
        special_days=[{"first_day": coming, "last_day": coming, "opens_at": None, "closes_at": None, "note": ""}],
        always_open=False,
        on_holidays="usual",
        by=editor,
    )
    changes = told(desk, service)[0].values()
    assert len(changes) == 3
    assert any("16–20" in after for _before, after in changes)
    assert any(str(coming.year) in after for _before, after in changes)


def test_each_version_can_be_taken_back_and_the_young_see_it(desk: Client, make: MakeService, editor: User) -> None:
    service = make(alert="Lukket i uge 42.")
    edit(service, editor, alert="")
    edit(service, editor, alert="Flyttet.")
    first = service.versions.last()
    assert first is not None
    answer = desk.post(url("take-back", service, first.pk), {"seen": service.versions.first().pk})
    assert answer["Location"] == url("history", service)
    assert "Lukket i uge 42." in Client().get(reverse("referrals:service", args=[service.pk])).content.decode()
    assert service.versions.first().what == Version.What.TAKEN_BACK
    lines = desk.get(url("history", service)).context["lines"]
    assert [line.is_current for line in lines] == [True, False, False, True]


def test_taking_back_another_number_hides_it_until_it_is_checked(desk: Client, make: MakeService, editor: User) -> None:
    service = make()
    edit(service, editor, channels=[("phone", "20304050")])
    desk.post(url("take-back", service, service.versions.last().pk))
    assert not Service.objects.shown().exists()
    assert [way.value for way in service.channels.all()] == ["70201201"]


def test_what_does_not_fit_any_more_is_refused_in_words(desk: Client, make: MakeService, editor: User) -> None:
    service = make()
    edit(service, editor, name="Nattelinjen")
    make(name="Linjen")
    answer = desk.post(url("take-back", service, service.versions.last().pk), follow=True)
    assert "notice--error" in answer.content.decode()
    service.refresh_from_db()
    assert service.name == "Nattelinjen"


def test_a_version_of_another_service_is_no_version_of_this_one(desk: Client, make: MakeService, editor: User) -> None:
    service, other = make(), make(name="En anden")
    edit(other, editor, alert="Vi er to.")
    before = versions.content_of(service)
    assert desk.post(url("take-back", service, other.versions.last().pk)).status_code == 404
    assert versions.content_of(service) == before


def test_nobody_of_another_organisation_is_named(
    desk: Client, make: MakeService, editor: User, town: Organization, administrator: User, association: Organization
) -> None:
    """The service was theirs once, and came with its history."""
    theirs = person("mette hansen", town, "editor")
    service = make(organization=town)
    edit(service, theirs, alert="Ny adresse.")
    services.adopt_service(service=service, organization=association, by=administrator)
    html = desk.get(url("history", service)).content.decode()
    assert "Ny adresse." in html
    assert "mette" not in html
    assert "drift" not in [line.who for line in desk.get(url("history", service)).context["lines"]]


def test_nothing_is_taken_back_by_following_a_link(desk: Client, make: MakeService, editor: User) -> None:
    service = make()
    edit(service, editor, alert="Nyt.")
    assert desk.get(url("take-back", service, service.versions.last().pk)).status_code == 405


def test_an_empty_history_says_what_comes(desk: Client, make: MakeService) -> None:
    service = make()
    assert f'href="{url("edit", service)}"' in desk.get(url("history", service)).content.decode()


def test_the_history_costs_the_same_for_one_version_and_for_five(
    desk: Client, make: MakeService, editor: User, django_assert_max_num_queries: Any
) -> None:
    service = make()
    for number in range(5):
        edit(service, editor, alert=f"Nr. {number}")
    with django_assert_max_num_queries(20):
        assert len(desk.get(url("history", service)).context["lines"]) == 6


# Places ------------------------------------------------------------------------------------------------------------


ADDRESS = {"address_1": "Gaden 1", "postal_code": "8000", "city": "Aarhus C"}
HOUSE = {"name": "Huset", "location_type": "physical", **ADDRESS}


def add(desk: Client, service: Service, **values: str) -> HttpResponse:
    return desk.post(url("place-new", service), {**HOUSE, **values})


def test_a_new_place_is_where_the_service_is_given(desk: Client, make: MakeService) -> None:
    service = make()
    assert add(desk, service)["Location"] == url("places", service)
    page = reverse("referrals:service", args=[service.pk])
    assert "Gaden 1, 8000 Aarhus C" in Client().get(page).content.decode()
    add(desk, service, name="Bussen", address_1="Torvet 1")
    assert service.at_locations.count() == 2


@pytest.mark.parametrize("field", ["address_1", "postal_code", "city", "transportation"])
def test_a_secret_place_cannot_have_an_address_or_a_way_to_it(desk: Client, make: MakeService, field: str) -> None:
    nothing = {"address_1": "", "postal_code": "", "city": ""}
    answer = add(desk, make(), **{**nothing, field: "8000" if field == "postal_code" else "Gaden 1", "is_hidden": "on"})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert "Huset" in answer.content.decode()
    assert not Location.objects.exists()


def test_a_secret_place_has_a_name_alone(desk: Client, make: MakeService) -> None:
    service = make()
    assert add(desk, service, address_1="", postal_code="", city="", is_hidden="on").status_code == 302
    assert Location.objects.get().is_hidden


@pytest.mark.parametrize("field", ["address_1", "postal_code", "city"])
def test_half_an_address_is_refused_at_what_is_missing(desk: Client, make: MakeService, field: str) -> None:
    answer = add(desk, make(), **{field: ""})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]


def test_places_are_ticked_and_what_is_different_there_is_told(desk: Client, make: MakeService) -> None:
    service = make()
    add(desk, service)
    add(desk, service, name="Bussen")
    house, bus = Location.objects.get(name="Huset"), Location.objects.get(name="Bussen")
    desk.post(url("places", service), {f"at_{bus.pk}": "on", f"more_{bus.pk}": "Kun om torsdagen."})
    assert list(service.at_locations.values_list("location", "description")) == [(bus.pk, "Kun om torsdagen.")]
    first = service.versions.exclude(content__places=[]).last()
    assert first is not None
    desk.post(url("take-back", service, first.pk))
    assert [at.location for at in service.at_locations.all()] == [house]


def test_a_place_is_changed_and_taken_away_for_all_of_its_services(desk: Client, make: MakeService) -> None:
    service, other = make(), make(name="En anden")
    add(desk, service)
    place = Location.objects.get()
    desk.post(url("places", other), {f"at_{place.pk}": "on"})
    assert "En anden" in desk.get(url("place", service, place.pk)).content.decode()
    desk.post(url("place", service, place.pk), {**HOUSE, "address_1": "Gaden 2"})
    place.refresh_from_db()
    assert place.address_1 == "Gaden 2"
    desk.post(url("place-remove", service, place.pk))
    assert not Location.objects.exists()
    assert other.versions.count() == 3


def test_whoever_keeps_a_copy_of_the_directory_hears_of_every_change_of_a_place(
    desk: Client, make: MakeService
) -> None:
    service, untouched = make(), make(name="En anden")
    long_ago = timezone.now() - timedelta(days=3)

    def is_told(change: str, *rest: object, **values: str) -> bool:
        Service.objects.update(last_modified=long_ago)
        desk.post(url(change, service, *rest), values)
        untouched.refresh_from_db()
        service.refresh_from_db()
        assert untouched.last_modified == long_ago
        return service.last_modified > long_ago

    assert is_told("place-new", **HOUSE)
    place = Location.objects.get()
    assert is_told("place", place.pk, **{**HOUSE, "address_1": "Gaden 2"})
    assert is_told("places")
    desk.post(url("places", service), {f"at_{place.pk}": "on"})
    assert is_told("place-remove", place.pk)


def test_a_place_that_is_gone_does_not_come_back_with_a_version(desk: Client, make: MakeService) -> None:
    service = make()
    add(desk, service)
    desk.post(url("place-remove", service, Location.objects.get().pk))
    with_place = service.versions.exclude(content__places=[]).first()
    assert with_place is not None
    assert desk.post(url("take-back", service, with_place.pk)).status_code == 302
    assert not service.at_locations.exists()


def test_places_go_along_when_a_service_is_given_to_others(
    desk: Client, make: MakeService, town: Organization, administrator: User, association: Organization
) -> None:
    """Each organisation keeps its own: theirs is a copy, and ours stays ours."""
    service = make()
    add(desk, service)
    services.adopt_service(service=service, organization=town, by=administrator)
    assert service.at_locations.get().location.organization == town
    assert set(Location.objects.values_list("organization", "address_1")) == {
        (town.pk, "Gaden 1"),
        (association.pk, "Gaden 1"),
    }


def test_an_earlier_version_brings_no_place_of_the_organisation_it_came_from(
    client: Client, make: MakeService, editor: User, town: Organization, administrator: User
) -> None:
    """Its history came along, with the ids of their places in it."""
    service = make()
    client.force_login(editor)
    add(client, service)
    old = service.versions.first()
    assert old is not None
    services.adopt_service(service=service, organization=town, by=administrator)
    client.force_login(person("byens", town, "editor"))
    assert client.post(url("take-back", service, old.pk)).status_code == 302
    assert not service.at_locations.exclude(location__organization=town).exists()
