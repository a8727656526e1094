"""Pages that cities hold together: nobody is on one without a yes of their own, and whoever leaves is gone at once."""

from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.models import Organization, Profile, User
from referrals import cities, joint_pages
from referrals.models import CityMember, CityPage
from referrals.municipalities import ADDRESSES, MUNICIPALITIES
from tests.referrals.conftest import MakeService, person, show_page

pytestmark = pytest.mark.django_db

NAMES = {"name": "Djursland", "slug": "djursland", "preposition": "på"}
CODES = {"anna": "706", "bo": "707", "carl": "730"}  # Syddjurs, Norddjurs, Randers


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def houses(db: None) -> dict[str, Organization]:
    return {
        name: Organization.objects.create(
            name=f"{MUNICIPALITIES[code]} Kommune", slug=ADDRESSES[code], kind="municipality", municipality_code=code
        )
        for name, code in CODES.items()
    }


@pytest.fixture
def people(houses: dict[str, Organization]) -> dict[str, User]:
    return {name: person(name, house, "editor") for name, house in houses.items()}


@pytest.fixture
def page(houses: dict[str, Organization], people: dict[str, User]) -> CityPage:
    """Anna has proposed it and written on it; Bo's city is asked, Carl's is not."""
    page = joint_pages.propose(organization=houses["anna"], values=NAMES, asked=[houses["bo"]], by=people["anna"])
    return write(page, people["anna"], "Annas ord")


def write(page: CityPage, by: User, headline: str) -> CityPage:
    return cities.write_words(page=page, values={**NAMES, "headline": headline, "intro": ""}, by=by)


def seat_of(page: CityPage, house: Organization) -> CityMember:
    return page.members.get(organization=house)


def logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def held(page: CityPage, houses: dict[str, Organization], people: dict[str, User]) -> CityPage:
    """Bo has said yes, and it is shown."""
    joint_pages.answer(seat=seat_of(page, houses["bo"]), agrees=True, by=people["bo"])
    return show_page(page, people["bo"])


def public(path: str = "/by/djursland/") -> Any:
    return Client().get(path)


# Before the yes ---------------------------------------------------------------------------------------------------


def test_nobody_sees_it_and_no_city_is_named_before_somebody_there_has_said_yes(
    page: CityPage, houses: dict[str, Organization], people: dict[str, User]
) -> None:
    with pytest.raises(ValidationError) as refused:
        show_page(page, people["anna"])
    assert refused.value.code == "alone"
    CityPage.objects.filter(pk=page.pk).update(is_published=True)  # whatever else stands there
    assert public().status_code == 404
    for path in ("/by/", "/by/norddjurs/", "/by/syddjurs/"):
        assert "Djursland" not in public(path).content.decode()
    assert [house.pk for house in page.houses] == [houses["anna"].pk]


def test_who_is_asked_sees_it_and_cannot_write_on_it_yet(page: CityPage, people: dict[str, User]) -> None:
    seat = page.members.get(agreed_at=None)
    bo = logged_in(people["bo"])
    asked = reverse("referrals:manage-joint-asked", args=[seat.pk])
    assert asked in bo.get(reverse("referrals:manage-cities")).content.decode()
    assert "Annas ord" in bo.get(asked).content.decode()
    assert bo.get(reverse("referrals:manage-city", args=[page.pk])).status_code == 404
    with pytest.raises(PermissionDenied):
        write(page, people["bo"], "Bos ord")


def test_who_is_not_asked_sees_nothing_of_it(page: CityPage, people: dict[str, User]) -> None:
    carl, seat = logged_in(people["carl"]), page.members.get(agreed_at=None)
    doors = ["manage-city", "manage-city-picture", "manage-city-shown", "manage-city-history", "manage-joint"]
    for path in [reverse(f"referrals:{name}", args=[page.pk]) for name in doors] + [
        reverse("city-preview", args=[page.pk]),
        reverse("city-hours", args=[page.pk]),
        reverse("referrals:manage-joint-asked", args=[seat.pk]),
    ]:
        assert carl.get(path).status_code == 404
        assert carl.post(path, {"answer": "yes", "headline": "Carls"}).status_code in (404, 405)
    assert "Djursland" not in carl.get(reverse("referrals:manage-cities")).content.decode()
    seat.refresh_from_db()
    assert seat.agreed_at is None


@pytest.mark.parametrize("who", ["anna", "carl", "counsellor"])
def test_nobody_else_says_yes_for_a_city(
    page: CityPage, houses: dict[str, Organization], people: dict[str, User], who: str
) -> None:
    by = people.get(who) or person(who, houses["bo"], "counsellor")
    seat = seat_of(page, houses["bo"])
    for verb in (
        lambda: joint_pages.answer(seat=seat, agrees=True, by=by),
        lambda: joint_pages.answer(seat=seat, agrees=False, by=by),
        lambda: joint_pages.leave(seat=seat, by=by),
    ):
        with pytest.raises(PermissionDenied):
            verb()
    answer = logged_in(by).post(reverse("referrals:manage-joint-asked", args=[seat.pk]), {"answer": "yes"})
    assert answer.status_code == 404
    assert [house.pk for house in CityPage.objects.get(pk=page.pk).houses] == [houses["anna"].pk]


def test_nobody_proposes_in_the_name_of_another_city(
    houses: dict[str, Organization], people: dict[str, User], association: Organization
) -> None:
    with pytest.raises(PermissionDenied):
        joint_pages.propose(organization=houses["anna"], values=NAMES, asked=[houses["carl"]], by=people["bo"])
    form = {**NAMES, "organization": houses["anna"].pk, "asked": [CODES["carl"]]}
    assert logged_in(people["bo"]).post(reverse("referrals:manage-joint-new"), form).status_code == 422
    for asked in ([], [association]):
        with pytest.raises(ValidationError), transaction.atomic():
            joint_pages.propose(organization=houses["bo"], values=NAMES, asked=asked, by=people["bo"])
    assert not CityPage.objects.exists()


def test_who_is_asked_is_told_by_whom_and_with_whom(page: CityPage, people: dict[str, User]) -> None:
    Profile.objects.create(user=people["anna"], working_name="Anna A.", role_title="redaktør", about="x")
    seat = page.members.get(agreed_at=None)
    for path in (reverse("referrals:manage-joint-asked", args=[seat.pk]), reverse("referrals:manage-cities")):
        told = logged_in(people["bo"]).get(path).content.decode()
        assert "Anna A." in told
        assert "Syddjurs Kommune" in told


def test_save_and_show_saves_nothing_before_two_cities_hold_the_page(page: CityPage, people: dict[str, User]) -> None:
    anna, path = logged_in(people["anna"]), reverse("referrals:manage-city", args=[page.pk])
    assert 'name="publish"' not in anna.get(path).content.decode()
    answer = anna.post(path, {**NAMES, "headline": "Nye ord", "intro": "", "publish": "1"})
    assert answer.status_code == 422
    assert "Nye ord" in answer.content.decode()
    assert answer.context["kept"] is None  # nobody else has changed anything
    page.refresh_from_db()
    assert (page.headline, page.is_published) == ("Annas ord", False)


def test_a_no_after_a_yes_does_nothing(
    held: CityPage, houses: dict[str, Organization], people: dict[str, User]
) -> None:
    seat = seat_of(held, houses["bo"])
    answer = logged_in(people["bo"]).post(reverse("referrals:manage-joint-asked", args=[seat.pk]), {"answer": "no"})
    assert answer["Location"] == reverse("referrals:manage-joint", args=[held.pk])
    assert seat_of(held, houses["bo"]).agreed_at
    assert public().status_code == 200


def test_a_question_that_is_gone_is_not_found(
    page: CityPage, houses: dict[str, Organization], people: dict[str, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    seat, bo = seat_of(page, houses["bo"]), logged_in(people["bo"])
    monkeypatch.setattr(
        "referrals.views.joint_pages._own_seat", lambda request, seat_pk: seat
    )  # as it was a moment ago
    CityMember.objects.filter(pk=seat.pk).delete()
    for name, form in (("manage-joint-asked", {"answer": "yes"}), ("manage-joint-leave", {})):
        assert bo.post(reverse(f"referrals:{name}", args=[seat.pk]), form).status_code == 404
    page.delete()
    assert bo.post(reverse("referrals:manage-joint-leave", args=[seat.pk])).status_code == 404


def test_asking_those_who_were_asked_meanwhile_is_told_at_the_field(
    page: CityPage, houses: dict[str, Organization], people: dict[str, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**values: object) -> None:
        raise ValidationError({"asked": "Allerede spurgt"}, code="nobody")

    monkeypatch.setattr(joint_pages, "ask_cities", refuse)
    path = reverse("referrals:manage-joint", args=[page.pk])
    answer = logged_in(people["anna"]).post(path, {"asked": [CODES["carl"]]})
    assert answer.status_code == 422
    assert "Allerede spurgt" in answer.content.decode()


def test_a_no_takes_the_question_away(page: CityPage, houses: dict[str, Organization], people: dict[str, User]) -> None:
    bo = logged_in(people["bo"])
    bo.post(reverse("referrals:manage-joint-asked", args=[seat_of(page, houses["bo"]).pk]), {"answer": "no"})
    assert [seat.organization for seat in page.members.all()] == [houses["anna"]]


# Held together ----------------------------------------------------------------------------------------------------


@pytest.mark.both_engines
def test_what_both_have_stands_there_each_with_its_city(
    held: CityPage, houses: dict[str, Organization], people: dict[str, User], make: MakeService
) -> None:
    for name, house in houses.items():
        make(name=f"Huset hos {name}", organization=house, municipality_code=CODES[name], always_open=True)
        user = person(f"raadgiver-{name}", house, "counsellor")
        Profile.objects.create(user=user, working_name=f"R {name}", role_title="rådgiver", about="Lytter.")
    told = public().content.decode()
    assert "Ung på Djursland" in told
    assert "Annas ord" in told
    for name in ("anna", "bo"):
        assert f"Huset hos {name}" in told
        assert f"R {name}" in told
        assert MUNICIPALITIES[CODES[name]] in told
    assert "Huset hos carl" not in told
    assert "R carl" not in told
    for place in ("syddjurs", "norddjurs"):
        assert 'href="/by/djursland/"' in public(f"/by/{place}/").content.decode()
    assert 'href="/by/djursland/"' not in public("/by/randers/").content.decode()
    assert "Djursland" in public("/by/").content.decode()


def test_whom_a_city_hides_on_its_own_page_is_hidden_on_the_joint_one(
    held: CityPage, houses: dict[str, Organization], people: dict[str, User]
) -> None:
    user = person("mads", houses["bo"], "counsellor")
    Profile.objects.create(user=user, working_name="Mads", role_title="rådgiver", about="Mads lytter.")
    assert "Mads lytter." in public().content.decode()
    own = cities.begin_page(organization=houses["bo"], by=people["bo"])
    cities.choose_shown(page=own, hidden=[user.pk], friends=[], by=people["bo"])
    assert "Mads lytter." not in public().content.decode()
    anna, path = logged_in(people["anna"]), reverse("referrals:manage-city-shown", args=[held.pk])
    assert "Mads" not in anna.get(path).content.decode()
    anna.post(path, {"people": [str(user.pk)], "save": "1"})
    cities.choose_shown(page=held, hidden=[], friends=[], by=people["anna"])
    assert "Mads lytter." not in public().content.decode()


def test_each_of_them_writes_on_it_and_the_history_says_who(held: CityPage, people: dict[str, User]) -> None:
    write(held, people["bo"], "Bos ord")
    assert "Bos ord" in public().content.decode()
    told = logged_in(people["anna"]).get(reverse("referrals:manage-city-history", args=[held.pk])).content.decode()
    assert "bo, Norddjurs Kommune" in told
    assert "anna, Syddjurs Kommune" in told


def test_a_third_city_joins_by_its_own_yes_alone(
    held: CityPage, houses: dict[str, Organization], people: dict[str, User]
) -> None:
    joint_pages.ask_cities(page=held, asked=[houses["carl"]], by=people["bo"])
    assert 'href="/by/djursland/"' not in public("/by/randers/").content.decode()
    joint_pages.answer(seat=seat_of(held, houses["carl"]), agrees=True, by=people["carl"])
    assert 'href="/by/djursland/"' in public("/by/randers/").content.decode()
    with pytest.raises(PermissionDenied):
        joint_pages.ask_cities(page=held, asked=[houses["carl"]], by=person("udefra"))


# Leaving ----------------------------------------------------------------------------------------------------------


def test_who_leaves_is_gone_at_once_and_writes_no_more(
    held: CityPage, houses: dict[str, Organization], people: dict[str, User], make: MakeService
) -> None:
    make(name="Bos hus", organization=houses["bo"], municipality_code=CODES["bo"], always_open=True)
    joint_pages.ask_cities(page=held, asked=[houses["carl"]], by=people["anna"])
    joint_pages.answer(seat=seat_of(held, houses["carl"]), agrees=True, by=people["carl"])
    assert "Bos hus" in public().content.decode()
    bo = logged_in(people["bo"])
    bo.post(reverse("referrals:manage-joint-leave", args=[seat_of(held, houses["bo"]).pk]))
    told = public()
    assert told.status_code == 200  # two are left
    assert "Bos hus" not in told.content.decode()
    assert 'href="/by/djursland/"' not in public("/by/norddjurs/").content.decode()
    assert bo.get(reverse("referrals:manage-city", args=[held.pk])).status_code == 404
    with pytest.raises(PermissionDenied):
        write(held, people["bo"], "Bos hævn")
    history = logged_in(people["anna"]).get(reverse("referrals:manage-city-history", args=[held.pk])).content.decode()
    assert "Norddjurs" not in history


def test_with_fewer_than_two_it_is_shown_no_more_and_with_the_last_it_is_gone(
    held: CityPage, houses: dict[str, Organization], people: dict[str, User]
) -> None:
    joint_pages.leave(seat=seat_of(held, houses["bo"]), by=people["bo"])
    assert public().status_code == 404
    assert 'href="/by/djursland/"' not in public("/by/syddjurs/").content.decode()
    joint_pages.ask_cities(page=held, asked=[houses["carl"]], by=people["anna"])
    joint_pages.answer(seat=seat_of(held, houses["carl"]), agrees=True, by=people["carl"])
    assert public().status_code == 404  # somebody shows it anew
    joint_pages.leave(seat=seat_of(held, houses["carl"]), by=people["carl"])
    joint_pages.leave(seat=seat_of(held, houses["anna"]), by=people["anna"])
    assert not CityPage.objects.filter(pk=held.pk).exists()


# Addresses --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", ["aarhus", "arhus", "751", "koebenhavn", "kobenhavn", "hoeje-taastrup", "rand"])
def test_no_joint_page_stands_where_somebody_means_a_municipality(
    houses: dict[str, Organization], people: dict[str, User], slug: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        joint_pages.propose(
            organization=houses["anna"], values={**NAMES, "slug": slug}, asked=[houses["bo"]], by=people["anna"]
        )
    assert "slug" in refused.value.message_dict
    form = {**NAMES, "slug": slug, "organization": houses["anna"].pk, "asked": [CODES["bo"]]}
    assert logged_in(people["anna"]).post(reverse("referrals:manage-joint-new"), form).status_code == 422
    assert not CityPage.objects.exists()


def test_a_municipality_s_address_is_its_own_even_against_the_database(held: CityPage) -> None:
    CityPage.objects.filter(pk=held.pk).update(slug="aarhus")
    assert "Djursland" not in public("/by/aarhus/").content.decode()


@pytest.mark.parametrize("name", ["Aarhus", "århus", "Københavns Kommune", "Høje Taastrup"])
def test_no_joint_page_is_called_as_a_municipality(
    held: CityPage, houses: dict[str, Organization], people: dict[str, User], name: str
) -> None:
    values = {"name": name, "slug": "smilets-by", "preposition": "i"}
    with pytest.raises(ValidationError) as refused:
        joint_pages.propose(organization=houses["anna"], values=values, asked=[houses["bo"]], by=people["anna"])
    assert "name" in refused.value.message_dict
    anna = logged_in(people["anna"])
    form = {**values, "organization": houses["anna"].pk, "asked": [CODES["bo"]]}
    assert anna.post(reverse("referrals:manage-joint-new"), form).status_code == 422
    words = {"name": name, "preposition": "i", "headline": "Falsk", "intro": "", "save": "1"}
    assert anna.post(reverse("referrals:manage-city", args=[held.pk]), words).status_code == 422
    assert not CityPage.objects.filter(name=name).exists()


@pytest.mark.parametrize("spelled", ["Djursland", "DJURSLAND"])
def test_a_joint_page_is_found_by_its_name(held: CityPage, spelled: str) -> None:
    assert public(f"/by/{spelled}/")["Location"] == "/by/djursland/"
    assert public(f"/by/?k={spelled}")["Location"] == "/by/djursland/"


@pytest.mark.both_engines
def test_two_who_take_one_address_at_the_same_time_are_told(
    page: CityPage, houses: dict[str, Organization], people: dict[str, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CityPage, "full_clean", lambda page: None)  # it was free a moment ago
    form = {**NAMES, "organization": houses["carl"].pk, "asked": [CODES["bo"]]}
    answer = logged_in(people["carl"]).post(reverse("referrals:manage-joint-new"), form)
    assert answer.status_code == 422
    assert answer.context["form"].errors["slug"]
    assert CityPage.objects.count() == 1


def test_an_address_is_given_once(page: CityPage, houses: dict[str, Organization], people: dict[str, User]) -> None:
    with pytest.raises(ValidationError):
        joint_pages.propose(organization=houses["carl"], values=NAMES, asked=[houses["bo"]], by=people["carl"])
    with pytest.raises(IntegrityError), transaction.atomic():
        CityPage.objects.create(slug="djursland", name="En anden")


def test_proposing_asking_and_saying_yes_are_a_few_forms(
    houses: dict[str, Organization], people: dict[str, User]
) -> None:
    anna, bo = logged_in(people["anna"]), logged_in(people["bo"])
    form = {**NAMES, "organization": houses["anna"].pk, "asked": [CODES["bo"]]}
    made = anna.post(reverse("referrals:manage-joint-new"), form)
    page = CityPage.objects.get(slug="djursland")
    assert made["Location"] == reverse("referrals:manage-joint", args=[page.pk])
    assert anna.get(made["Location"]).status_code == 200
    bo.post(reverse("referrals:manage-joint-asked", args=[seat_of(page, houses["bo"]).pk]), {"answer": "yes"})
    words = {"name": "Djursland", "preposition": "på", "headline": "Sammen", "intro": "", "publish": "1"}
    bo.post(reverse("referrals:manage-city", args=[page.pk]), words)
    assert "Sammen" in public().content.decode()
