"""The staff's pages of a city's page: their own people write it in a few clicks, and nobody's words are lost."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image
from pytest_django import Settings

from accounts.models import Organization, Profile, User
from referrals import cities
from referrals.models import CityPage, Service
from tests.referrals.conftest import MakeService, person, show_page

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def writer(town: Organization) -> User:
    return person("jonas", town, "editor")


@pytest.fixture
def client(client: Client, writer: User) -> Client:
    client.force_login(writer)
    return client


@pytest.fixture
def page(town: Organization, writer: User) -> CityPage:
    return cities.begin_page(organization=town, by=writer)


def at(name: str, page: CityPage, *more: object) -> str:
    return reverse(f"referrals:{name}", args=[page.pk, *more])


def words(page: CityPage, by: User, headline: str, intro: str = "", **more: Any) -> CityPage:
    return cities.write_words(page=page, values={"headline": headline, "intro": intro}, by=by, **more)


def picture(name: str = "hus.png", *, size: tuple[int, int] = (1200, 800), colour: str = "red") -> SimpleUploadedFile:
    drawn = BytesIO()
    Image.new("RGB", size, colour).save(drawn, "PNG")
    return SimpleUploadedFile(name, drawn.getvalue(), content_type="image/png")


# Writing and showing ----------------------------------------------------------------------------------------------


def test_from_the_offers_to_a_page_that_is_shown_are_four_clicks(client: Client, town: Organization) -> None:
    assert reverse("referrals:manage-cities") in client.get(reverse("referrals:manage")).content.decode()  # one
    begun = client.post(reverse("referrals:manage-cities"), {"organization": town.pk})  # two: begin
    page = CityPage.objects.get(organization=town)
    assert begun["Location"] == at("manage-city", page)
    form = {"headline": "Kom forbi", "intro": "Vi er her.", "publish": "1"}
    saved = client.post(begun["Location"], form)  # three: save and show
    assert "Kom forbi" in Client().get("/by/aarhus/").content.decode()  # at once
    after = client.get(saved["Location"]).content.decode()
    assert "data-saved" in after
    assert 'href="/by/aarhus/"' in after  # four: look at it


def test_a_page_that_a_colleague_has_just_begun_is_the_one_to_write_on(
    client: Client, town: Organization, page: CityPage
) -> None:
    begun = client.post(reverse("referrals:manage-cities"), {"organization": town.pk})
    assert begun["Location"] == at("manage-city", page)


def test_whoever_begins_the_page_of_another_city_is_told_what_they_can_write_on(client: Client, page: CityPage) -> None:
    other = Organization.objects.create(name="Odense", slug="odense", kind="municipality", municipality_code="461")
    answer = client.post(reverse("referrals:manage-cities"), {"organization": other.pk})
    assert "notice--error" in answer.content.decode()
    assert at("manage-city", page) in answer.content.decode()
    assert not CityPage.objects.filter(organization=other).exists()


def test_what_is_saved_on_a_page_that_is_shown_is_shown_at_once(client: Client, page: CityPage, writer: User) -> None:
    words(page, writer, "Før")
    show_page(page, writer)
    client.post(at("manage-city", page), {"headline": "Efter", "intro": "", "save": "1"})
    shown = Client().get("/by/aarhus/").content.decode()
    assert "Efter" in shown
    assert "Før" not in shown


def test_a_draft_is_seen_by_its_writers_alone(client: Client, page: CityPage, writer: User) -> None:
    words(page, writer, "Kladden")
    assert "Kladden" not in Client().get("/by/aarhus/").content.decode()
    assert "Kladden" in client.get(reverse("city-preview", args=[page.pk])).content.decode()
    assert Client().get(reverse("city-preview", args=[page.pk])).status_code == 302


def test_showing_what_it_looks_like_writes_nothing(client: Client, page: CityPage) -> None:
    answer = client.post(at("manage-city", page), {"headline": "Prøve", "intro": "Et\n\nTo", "preview": "1"})
    preview = answer.content.decode().split('id="preview"')[1]
    assert "Prøve" in preview
    assert "<p>To</p>" in preview
    page.refresh_from_db()
    assert page.headline == ""


def test_hiding_takes_the_words_away_and_leaves_the_city_open(client: Client, page: CityPage, writer: User) -> None:
    words(page, writer, "Kom forbi")
    show_page(page, writer)
    client.post(at("manage-city-hide", page), {"hide": "1"})
    answer = Client().get("/by/aarhus/")
    assert answer.status_code == 200
    assert "Kom forbi" not in answer.content.decode()


def test_an_empty_page_is_not_shown(page: CityPage, writer: User) -> None:
    with pytest.raises(ValidationError) as refused:
        show_page(page, writer)
    assert refused.value.code == "empty"


def test_a_page_that_is_shown_cannot_be_emptied(client: Client, page: CityPage, writer: User) -> None:
    begun = page.versions.get()
    words(page, writer, "Kom forbi", publish=True)
    answer = client.post(at("manage-city", page), {"headline": "", "intro": "", "save": "1"})
    assert answer.status_code == 422
    for empty in (
        lambda: words(page, writer, ""),
        lambda: cities.take_back(page=page, version=begun, by=writer),
    ):
        with pytest.raises(ValidationError) as refused:
            empty()
        assert refused.value.code == "empty"
    assert "Kom forbi" in Client().get("/by/aarhus/").content.decode()


def test_save_and_show_is_one_version_that_undo_does_not_empty(client: Client, page: CityPage) -> None:
    client.post(at("manage-city", page), {"headline": "Kom forbi", "intro": "", "publish": "1"})
    assert [version.what for version in page.versions.all()] == ["shown", "begun"]
    assert f'action="{at("manage-city", page)}historik/' not in client.get(at("manage-city", page)).content.decode()
    client.post(at("manage-city-hide", page))
    assert f'action="{at("manage-city", page)}historik/' not in client.get(at("manage-city", page)).content.decode()


def test_a_text_that_is_too_long_stays_in_its_field(client: Client, page: CityPage) -> None:
    answer = client.post(at("manage-city", page), {"headline": "Hej", "intro": "længe " * 300, "save": "1"})
    assert answer.status_code == 422
    assert answer.content.decode().count("længe ") >= 299
    page.refresh_from_db()
    assert page.headline == ""


@pytest.mark.parametrize("role", ["counsellor", ""])
def test_who_does_not_write_for_the_city_has_no_door_to_its_page(
    client: Client, town: Organization, page: CityPage, role: str
) -> None:
    other = person("en-anden", town if role else None, role)
    client.force_login(other)
    expected = 404 if role else 403
    for name in ("manage-city", "manage-city-picture", "manage-city-shown", "manage-city-history"):
        assert client.get(at(name, page)).status_code == expected
    for name in ("city-preview", "city-hours"):
        assert client.get(reverse(name, args=[page.pk])).status_code == expected
    with pytest.raises(PermissionDenied):
        words(page, other, "Ikke min")
    with pytest.raises(PermissionDenied):
        cities.begin_page(organization=town, by=other)


def test_an_association_has_no_page(association: Organization) -> None:
    boss = person("chef", association, "coordinator")
    with pytest.raises(ValidationError) as refused:
        cities.begin_page(organization=association, by=boss)
    assert refused.value.code == "no_city"


# Two at a time ----------------------------------------------------------------------------------------------------


def test_two_who_write_at_the_same_time_overwrite_nobody(
    client: Client, page: CityPage, town: Organization, writer: User
) -> None:
    seen = cities.mark_of(page, cities.WORDS)
    words(page, person("karen", town, "coordinator"), "Karens", "Karens tekst")
    form = {"headline": "Jonas'", "intro": "Min tekst", "seen": seen, "save": "1"}
    refused = client.post(at("manage-city", page), form)
    told = refused.content.decode()
    assert refused.status_code == 422
    assert "Karens tekst" in told
    assert "Min tekst" in told
    page.refresh_from_db()
    assert page.headline == "Karens"
    form["seen"] = told.split('name="seen" value="')[1].split('"')[0]
    assert client.post(at("manage-city", page), form).status_code == 302  # having read what Karen wrote
    page.refresh_from_db()
    assert page.headline == "Jonas'"


def test_words_and_people_are_no_conflict(client: Client, page: CityPage, town: Organization, writer: User) -> None:
    seen = cities.mark_of(page, cities.WORDS)
    cities.choose_shown(page=page, hidden=[], friends=["461"], by=person("karen", town, "coordinator"))
    assert words(page, writer, "Stadig min", seen=seen).friends == ["461"]


# The version before -----------------------------------------------------------------------------------------------


def test_undo_brings_back_what_stood_there_and_the_history_tells_who(
    client: Client, page: CityPage, writer: User, town: Organization
) -> None:
    words(page, person("karen", town, "coordinator"), "Karens")
    client.post(at("manage-city", page), {"headline": "Mine", "intro": "", "save": "1"})
    after = client.get(at("manage-city", page)).content.decode()
    undo = after.split(f'action="{at("manage-city", page)}historik/')[1].split('"')[0]
    seen = after.split('name="seen" value="')[1].split('"')[0]
    client.post(f"{at('manage-city', page)}historik/{undo}", {"seen": seen})
    page.refresh_from_db()
    assert page.headline == "Karens"
    told = client.get(at("manage-city-history", page)).content.decode()
    assert "karen" in told
    assert "jonas" in told
    assert "Mine" in told


def test_undo_overwrites_nobody_either(client: Client, page: CityPage, writer: User, town: Organization) -> None:
    words(page, writer, "Et")
    seen = cities.mark_of(page, cities.FIELDS)
    words(page, person("karen", town, "coordinator"), "To")
    first = page.versions.last()
    with pytest.raises(ValidationError) as refused:
        cities.take_back(page=page, version=first, by=writer, seen=seen)
    assert refused.value.code == "changed_since"


# The picture ------------------------------------------------------------------------------------------------------


def put_picture(page: CityPage, by: User, alt: str = "Et hus", **more: Any) -> CityPage:
    return cities.set_picture(page=page, upload=picture(**more), alt=alt, by=by)


def test_a_picture_is_its_pixels_and_is_told_in_words(client: Client, page: CityPage, media: Path) -> None:
    no_words = client.post(at("manage-city-picture", page), {"picture": picture(), "picture_alt": ""})
    assert no_words.status_code == 422
    assert not list(media.rglob("*.webp"))
    taken = client.post(at("manage-city-picture", page), {"picture": picture("mit-hus.png"), "picture_alt": "Et hus"})
    assert taken.status_code == 302
    page.refresh_from_db()
    with Image.open(page.picture.path) as kept:
        assert (kept.format, kept.size) == ("WEBP", cities.PICTURE_SIZE)
    assert "mit-hus" not in page.picture.name
    assert Path(page.picture.path).stat().st_size <= cities.PICTURE_BYTES


def test_a_picture_that_is_there_keeps_its_words(client: Client, page: CityPage, writer: User) -> None:
    put_picture(page, writer)
    answer = client.post(at("manage-city-picture", page), {"picture_alt": ""})
    assert answer.status_code == 422
    told = answer.content.decode()
    assert 'aria-invalid="true"' in told.split('name="picture_alt"')[1].split(">")[0]
    assert answer.context["is_changed"] is False
    page.refresh_from_db()
    assert page.picture_alt == "Et hus"


def test_what_is_no_picture_is_refused_and_the_words_for_it_stay(client: Client, page: CityPage) -> None:
    upload = SimpleUploadedFile("hus.png", b"<svg onload=alert(1)>", content_type="image/png")
    answer = client.post(at("manage-city-picture", page), {"picture": upload, "picture_alt": "Et gult hus"})
    assert answer.status_code == 422
    assert "Et gult hus" in answer.content.decode()
    assert client.post(at("manage-city-picture", page), {"picture_alt": "Et gult hus"}).status_code == 422


def test_a_picture_that_is_taken_away_comes_back_by_undo_and_is_deleted_with_the_next_change(
    page: CityPage, writer: User, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        page = put_picture(page, writer)
    name, storage = page.picture.name, page.picture.storage
    with_picture = page.versions.first()
    with django_capture_on_commit_callbacks(execute=True):
        cities.set_picture(page=page, upload=None, alt="", remove=True, by=writer)
    assert storage.exists(name)
    with django_capture_on_commit_callbacks(execute=True):
        assert cities.take_back(page=page, version=with_picture, by=writer).picture.name == name
        cities.set_picture(page=page, upload=None, alt="", remove=True, by=writer)
    with django_capture_on_commit_callbacks(execute=True):
        words(page, writer, "Noget andet")
    assert not storage.exists(name)
    back = cities.take_back(page=page, version=with_picture, by=writer)
    assert not back.picture


def test_with_the_page_go_its_pictures(
    page: CityPage, writer: User, django_capture_on_commit_callbacks: Any, media: Path
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        put_picture(page, writer)
        put_picture(page, writer, colour="blue")
    assert len(list(media.rglob("*.webp"))) == 2
    with django_capture_on_commit_callbacks(execute=True):
        CityPage.objects.get(pk=page.pk).delete()
    assert not list(media.rglob("*.webp"))


# Order and people -------------------------------------------------------------------------------------------------


@pytest.fixture
def offers(make: MakeService, town: Organization) -> list[Service]:
    return [
        make(name=name, organization=town, municipality_code="751", always_open=True) for name in ("En", "To", "Tre")
    ]


def order(page: CityPage) -> list[str]:
    return [service.name for service in cities.offers_of(CityPage.objects.get(pk=page.pk))]


def test_offers_move_up_and_down_by_buttons(client: Client, page: CityPage, offers: list[Service]) -> None:
    assert order(page) == ["En", "To", "Tre"]
    answer = client.post(at("manage-city-shown", page), {"up": str(offers[2].pk)})
    assert answer["Location"].endswith(f"#offer-{offers[2].pk}")
    assert order(page) == ["En", "Tre", "To"]
    client.post(at("manage-city-shown", page), {"down": str(offers[0].pk)})
    client.post(at("manage-city-shown", page), {"up": str(offers[2].pk)})  # it is the first already
    assert order(page) == ["Tre", "En", "To"]
    shown = Client().get("/by/aarhus/").content.decode()
    assert [part.split('"')[0] for part in shown.split('data-offer="')[1:]] == [
        str(offers[number].pk) for number in (2, 0, 1)
    ]
    assert page.versions.count() == 2  # moves in one go are one version


def test_an_offer_that_is_away_for_a_while_keeps_its_place(page: CityPage, writer: User, offers: list[Service]) -> None:
    cities.move_offer(page=page, service=offers[2], up=True, by=writer)
    page = cities.move_offer(page=page, service=offers[2], up=True, by=writer)
    Service.objects.filter(pk=offers[2].pk).update(is_published=False)
    cities.move_offer(page=page, service=offers[1], up=True, by=writer)
    assert order(page) == ["To", "En"]
    Service.objects.filter(pk=offers[2].pk).update(is_published=True)
    assert order(page) == ["Tre", "To", "En"]


def test_a_hidden_counsellor_stays_so_while_their_card_is_unfinished(
    client: Client, page: CityPage, town: Organization
) -> None:
    mads = person("mads", town, "counsellor")
    card = Profile.objects.create(user=mads, working_name="Mads", role_title="rådgiver", about="Mads lytter.")
    for about in ("Mads lytter.", ""):
        Profile.objects.filter(pk=card.pk).update(about=about)
        client.post(at("manage-city-shown", page), {"save": "1"})
        page.refresh_from_db()
        assert page.hidden == [mads.pk]


def test_an_offer_of_another_city_cannot_be_moved_in(client: Client, page: CityPage, make: MakeService) -> None:
    odense = Organization.objects.create(name="Odense", slug="odense", kind="municipality", municipality_code="461")
    foreign = make(name="Odenses", organization=odense, municipality_code="461")
    client.post(at("manage-city-shown", page), {"up": str(foreign.pk)})
    client.post(at("manage-city-shown", page), {"up": "intet"})
    page.refresh_from_db()
    assert page.offers == []


def test_an_unticked_box_hides_a_counsellor(client: Client, page: CityPage, town: Organization) -> None:
    Organization.objects.create(name="Odense", slug="odense", kind="municipality", municipality_code="461")
    people = []
    for name in ("Sofie", "Mads"):
        user = person(name.lower(), town, "counsellor")
        Profile.objects.create(user=user, working_name=name, role_title="rådgiver", about=f"{name} lytter.")
        people.append(user)
    assert "Mads lytter." in Client().get("/by/aarhus/").content.decode()
    client.post(at("manage-city-shown", page), {"people": [str(people[0].pk)], "friends": ["461"], "save": "1"})
    shown = Client().get("/by/aarhus/").content.decode()
    assert "Sofie lytter." in shown
    assert "Mads lytter." not in shown
    page.refresh_from_db()
    assert (page.hidden, page.friends) == ([people[1].pk], ["461"])


def test_all_hours_stand_on_one_page_with_the_way_to_change_them(
    client: Client, page: CityPage, offers: list[Service], make: MakeService
) -> None:
    theirs = make(name="Foreningens", municipality_code="751")
    told = client.get(reverse("city-hours", args=[page.pk])).content.decode()
    for service in offers:
        assert reverse("referrals:manage-hours", args=[service.pk]) in told
    assert "Foreningens" in told
    assert reverse("referrals:manage-hours", args=[theirs.pk]) not in told
