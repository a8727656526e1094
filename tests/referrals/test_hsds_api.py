"""The open data as another system meets it."""

import json
import zlib
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from asgiref.sync import async_to_sync
from django.db import connection
from django.test import AsyncClient, Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Organization, User
from referrals import services
from referrals.hsds import export, questions, terms, views
from referrals.models import Location, Service, Topic
from tests.referrals.conftest import TODAY, MakeService, person
from tests.referrals.hsds_world import SECRET_STREET, everything

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

API = "/api/hsds/"
ENVELOPE = {
    "total_items",
    "total_pages",
    "page_number",
    "size",
    "first_page",
    "last_page",
    "empty",
    "contents",
}


@pytest.fixture
def today(time_machine: Any, now: Any, settings: Any) -> None:
    time_machine.move_to(now, tick=False)
    settings.DEMO = False


def get(path: str, **asked: Any) -> Any:
    answer = Client().get(API + path, asked)
    assert answer.status_code == 200, answer.content
    assert answer["Content-Type"] == "application/json"
    return answer.json()


def lines(path: str, **asked: Any) -> list[Any]:
    answer = Client().get(API + path, {**asked, "format": "ndjson"})
    assert answer["Content-Type"] == "application/x-ndjson"
    return [json.loads(line) for line in answer.getvalue().splitlines()]


def refusal(path: str, **asked: Any) -> dict[str, str]:
    answer = Client().get(API + path, asked)
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert answer["Cache-Control"] == "no-store"
    problem = answer.json()
    assert problem["status"] == 400
    return {error["parameter"]: error["detail"] for error in problem["errors"]}


def names(found: dict[str, Any]) -> set[str]:
    return {record["name"] for record in found["contents"]}


# What it is -------------------------------------------------------------------------------------------------------


def test_the_root_tells_which_standard_this_is() -> None:
    told = get("")
    assert told == {
        "version": "3.0",
        "profile": "https://docs.openreferral.org/",
        "openapi_url": "http://testserver/api/hsds/openapi.json",
    }


def test_a_demo_says_that_it_is_one(settings: Any, make: MakeService) -> None:
    settings.DEMO = True
    made_up = make(is_demo=True)
    assert get("")["demo"] is True
    record = get(f"services/{made_up.pk}")
    assert record["alert"] == export.DEMO_ALERT
    assert terms.value_of(record, terms.DEMO) == ["yes"]


def test_a_demo_service_is_nowhere_outside_the_demo(make: MakeService) -> None:
    made_up = make(is_demo=True)
    assert get("services")["empty"] is True
    assert get("organizations")["empty"] is True
    assert Client().get(f"{API}services/{made_up.pk}").status_code == 404


def test_one_service_is_told_with_all_that_belongs_to_it(make: MakeService, town: Organization) -> None:
    service = everything(make, town)
    record = get(f"services/{service.pk}")
    plain = {name: value for name, value in record.items() if not isinstance(value, list | dict)}
    assert plain == {
        "id": str(service.pk),
        "organization_id": terms.organization_id(town),
        "name": "Huset på Åen",
        "description": "Kom forbi, eller skriv.",
        "url": "https://huset.example.dk/om",
        "email": "hej@huset.example.dk",
        "status": "active",
        "fees_description": "Gratis",
        "eligibility_description": "Unge i Aarhus",
        "minimum_age": 13,
        "maximum_age": 25,
        "assured_date": TODAY.isoformat(),
        "alert": "Lukket i uge 42.",
        "last_modified": export.moment(service.last_modified),
    }
    assert [(each["type"], each["number"]) for each in record["phones"]] == [("voice", "+4586123456"), ("text", "1212")]
    assert [each["email"] for each in record["contacts"]] == ["post@huset.example.dk"]
    assert [each["code"] for each in record["languages"]] == ["da", "en"]
    assert [(each["amount"], each["currency"]) for each in record["cost_options"]] == [(0, "DKK")]
    assert [(each["name"], each["extent"]) for each in record["service_areas"]] == [("Aarhus", "751")]
    assert set(terms.topic_codes(record)) == {"t04", "t16"}
    assert terms.value_of(record, terms.ANONYMOUS) == ["yes"]
    assert terms.value_of(record, terms.CHAT) == ["https://chat.huset.example.dk"]
    assert record["organization"]["name"] == "Aarhus"
    open_place = record["service_at_locations"][0]["location"]
    if "addresses" not in open_place:
        open_place = record["service_at_locations"][1]["location"]
    address = open_place["addresses"][0]
    assert (address["address_1"], address["postal_code"], address["city"]) == ("Åboulevarden 1", "8000", "Aarhus C")
    assert (address["state_province"], address["country"]) == ("Region Midtjylland", "DK")
    assert (open_place["latitude"], open_place["longitude"]) == (56.15674, 10.21076)


def test_whoever_has_only_a_chat_has_it_as_their_address(make: MakeService) -> None:
    service = make(channels=(("chat", "https://chat.livet.dk"),))
    assert get(f"services/{service.pk}")["url"] == "https://chat.livet.dk"


def test_an_address_that_is_not_safe_is_not_told(make: MakeService) -> None:
    service = make(url="javascript:alert(1)", channels=())
    assert "url" not in get(f"services/{service.pk}")


def test_an_id_stays_when_the_rows_below_are_written_anew(make: MakeService, town: Organization) -> None:
    service = everything(make, town)
    before = get(f"services/{service.pk}")
    for rows in (service.channels, service.schedules, service.special_days):
        kept = list(rows.values())
        rows.all().delete()
        for row in kept:
            rows.create(**{**row, "id": uuid4()})
    after = get(f"services/{service.pk}")
    for name in ("phones", "schedules", "attributes", "contacts"):
        assert {each["id"] for each in before[name]} == {each["id"] for each in after[name]}


def test_an_organisation_has_its_code_and_its_services(make: MakeService, town: Organization) -> None:
    service = everything(make, town)
    public_id = terms.organization_id(town)
    record = get(f"organizations/{public_id}")
    assert record["organization_identifiers"][0]["identifier"] == "751"
    assert [each["id"] for each in record["services"]] == [str(service.pk)]
    assert "schedules" not in record["services"][0]
    assert get(f"organizations/{public_id}", full_service="true")["services"][0]["schedules"]
    assert get("organizations")["contents"] == [
        {"id": public_id, "name": "Aarhus", "description": "En dansk kommune."},
    ]
    assert get("organizations", full="true")["contents"] == [record]


def test_a_place_of_a_service_is_told_with_both(make: MakeService, town: Organization) -> None:
    service = everything(make, town)
    listed = get("service_at_locations")["contents"]
    assert {each["service_id"] for each in listed} == {str(service.pk)}
    assert all("location" not in each for each in listed)
    whole = get("service_at_locations", full="true")["contents"]
    assert {each["location"]["name"] for each in whole} == {"Huset", "Det trygge sted"}
    assert all(each["service"]["name"] == "Huset på Åen" for each in whole)
    assert get(f"service_at_locations/{whole[0]['id']}") == whole[0]


def test_terms_that_nobody_uses_are_not_told(make: MakeService, town: Organization) -> None:
    services.load_topics()
    make(name="Kladde", is_published=False).topics.set(Topic.objects.filter(code="t01"))
    assert get("taxonomy_terms")["contents"] == []
    service = everything(make, town)
    found = get("taxonomy_terms")["contents"]
    used = {attribute["taxonomy_term"]["code"] for attribute in get(f"services/{service.pk}")["attributes"]}
    assert {term["code"] for term in found} == used | {"next-day"}
    assert get(f"taxonomy_terms/{found[0]['id']}") == found[0]
    assert len(get("taxonomy_terms", taxonomy_id=terms.TOPICS)["contents"]) == 2
    assert get("taxonomy_terms", parent_id=found[0]["id"])["empty"] is True
    assert [each["code"] for each in get("taxonomy_terms", search="ensom")["contents"]] == ["t04"]


# Lists ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", list(questions.LISTS))
def test_every_list_has_the_same_envelope_when_it_is_empty(name: str) -> None:
    page = get(name)
    assert set(page) == ENVELOPE
    assert page == {
        "total_items": 0,
        "total_pages": 0,
        "page_number": 1,
        "size": 0,
        "first_page": True,
        "last_page": True,
        "empty": True,
        "contents": [],
    }


def test_pages_hold_each_service_once(make: MakeService) -> None:
    for number in range(7):
        make(name=f"Nr. {number}")
    pages = [get("services", per_page=3, page=number) for number in (1, 2, 3, 4)]
    assert [page["size"] for page in pages] == [3, 3, 1, 0]
    assert [(page["first_page"], page["last_page"]) for page in pages] == [
        (True, False),
        (False, False),
        (False, True),
        (False, True),
    ]
    assert {page["total_items"] for page in pages} == {7}
    assert {page["total_pages"] for page in pages} == {3}
    ids = [record["id"] for page in pages for record in page["contents"]]
    assert ids == sorted(ids)
    assert len(set(ids)) == 7


def test_a_dump_holds_all_of_it_one_on_each_line(make: MakeService, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("referrals.hsds.views.AT_ONCE", 3)
    for number in range(7):
        make(name=f"Nr. {number}")
    assert lines("services") == get("services")["contents"]
    assert lines("services", full="true", page=2, per_page=1) == get("services", full="true")["contents"]
    assert lines("organizations") == get("organizations")["contents"]


def test_a_dump_streams_from_either_kind_of_server(make: MakeService, town: Organization) -> None:
    everything(make, town)
    make(name="Linjen")
    asked = {"format": "ndjson", "full": "true"}
    plain = Client().get(f"{API}services", asked).getvalue()

    async def read(**headers: str) -> bytes:
        answer = await AsyncClient().get(f"{API}services", asked, headers=headers)
        assert answer.streaming
        return unpacked(answer, b"".join([part async for part in answer.streaming_content]))

    assert len(plain.splitlines()) == 2
    assert async_to_sync(read)() == plain
    packed = Client().get(f"{API}services", asked, headers={"Accept-Encoding": "gzip"})
    assert packed["Content-Encoding"] == "gzip"
    assert unpacked(packed, packed.getvalue()) == plain
    assert async_to_sync(read)(**{"Accept-Encoding": "gzip"}) == plain


def unpacked(answer: Any, body: bytes) -> bytes:
    """As a reader unpacks it that expects one whole."""
    if answer.get("Content-Encoding") != "gzip":
        return body
    whole = zlib.decompressobj(zlib.MAX_WBITS | 16)
    return whole.decompress(body) + whole.flush()


def test_a_minimal_list_is_ids_and_moments_on_one_page(make: MakeService) -> None:
    for number in range(questions.PER_PAGE + 1):
        make(name=f"Nr. {number}")
    page = get("services", minimal="true")
    assert (page["size"], page["total_pages"]) == (questions.PER_PAGE + 1, 1)
    assert set(page["contents"][0]) == {"id", "modified_date"}
    assert lines("services", minimal="true") == page["contents"]


@pytest.mark.parametrize("word", ["huset", "HUSET", "åen", "ÅEN", "aarhus", "ensomhed", "lonely", "hus åen"])
def test_words_are_found_in_what_is_told(make: MakeService, town: Organization, word: str) -> None:
    everything(make, town)
    make(name="Linjen")
    assert names(get("services", search=word)) == {"Huset på Åen"}
    assert get("service_at_locations", search=word)["size"] == 2


def test_filters_hold_together(make: MakeService, town: Organization, association: Organization) -> None:
    one = everything(make, town)
    make(name="Linjen")
    topic = str(one.topics.get(code="t04").pk)
    chat, own = terms.CHAT.id, terms.organization_id(association)
    assert names(get("services", taxonomy_term_id=topic)) == {"Huset på Åen"}
    assert names(get("services", taxonomy_term_id=chat)) == {"Huset på Åen"}
    assert names(get("services", taxonomy_id=terms.TOPICS)) == {"Huset på Åen"}
    assert names(get("services", taxonomy_id=terms.QUALITIES)) == {"Huset på Åen"}
    assert names(get("services", organization_id=own)) == {"Linjen"}
    assert names(get("services", organization_id=own, taxonomy_term_id=topic)) == set()
    assert names(get("services", organization_id=terms.organization_id(town), search="linjen")) == set()
    assert names(get("services", taxonomy_term_id=uuid4())) == set()
    assert names(get("services", taxonomy_id=uuid4())) == set()
    assert names(get("services", organization_id=uuid4())) == set()
    assert get("service_at_locations", organization_id=own)["size"] == 0
    assert get("service_at_locations", taxonomy_term_id=topic)["size"] == 2


def test_what_was_changed_since_then_is_found(make: MakeService) -> None:
    service = make()
    at = timezone.now()
    assert get("services", modified_after=at.isoformat())["size"] == 1
    assert get("services", modified_after=(at + timedelta(seconds=1)).isoformat())["size"] == 0
    assert get("services", modified_after=(at - timedelta(seconds=1)).strftime("%Y-%m-%dT%H:%M:%S"))["size"] == 1
    assert get("services", modified_after=(at - timedelta(days=1)).date().isoformat())["size"] == 1
    assert service.name == "Linjen"


@pytest.mark.parametrize(
    "parameter,value",
    [
        ("page", "0"),
        ("page", "-1"),
        ("page", "1.5"),
        ("page", "٣"),
        ("page", "9" * 5000),
        ("page", ""),
        ("per_page", "0"),
        ("per_page", "101"),
        ("per_page", "all"),
        ("format", "xml"),
        ("format", ""),
        ("minimal", "yes"),
        ("full", "1"),
        ("search", "a\x00b"),
        ("search", "x" * 201),
        ("search", " ".join("abcdefghijklm")),
        ("taxonomy_term_id", "t04"),
        ("taxonomy_id", "{3fa85f64-5717-4562-b3fc-2c963f66afa6}"),
        ("organization_id", "1 OR 1=1"),
        ("organization_id", "\x00"),
        ("modified_after", "yesterday"),
        ("modified_after", "2026-11-23T12:00:00 01:00"),
        ("modified_after", "0001-01-01T00:00:00+14:00"),
        ("modified_after", "9999-12-31T23:59:59-12:00"),
        ("modified_after", "\x00"),
        ("proximity", "1000"),
        ("serach", "ensom"),
        ("\x00", "x"),
    ],
)
@pytest.mark.parametrize("form", ["json", "ndjson"])
def test_what_cannot_be_understood_is_refused_by_name(parameter: str, value: str, form: str) -> None:
    assert len(refusal("services", **{"format": form, parameter: value})) == 1


def test_all_that_is_wrong_is_told_at_once() -> None:
    assert refusal("services", page="x", per_page="500", minimal="?") == {
        "page": "must be a whole number from 1 to 1000000",
        "per_page": "must be a whole number from 1 to 100",
        "minimal": "must be true or false",
    }
    assert refusal("services", page=["1", "2"]) == {"page": "must be given once"}
    assert refusal("taxonomy_terms", organization_id=str(uuid4()))["organization_id"].startswith("is not known here")
    assert Client().get(API + "services?" + "&".join(f"a{number}=1" for number in range(1200))).status_code == 400


@pytest.mark.parametrize("name", list(questions.LISTS))
@pytest.mark.parametrize(
    "public_id", ["x", "0", "\x00", "..", "%F0%28%8C%28", "{}", "3fa85f64-5717-4562-b3fc-2c963f66afa6"]
)
def test_what_is_not_there_is_told_as_a_problem(name: str, public_id: str) -> None:
    answer = Client().get(f"{API}{name}/{public_id}")
    assert answer.status_code == 404
    assert answer.json()["status"] == 404
    assert answer["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("path", ["taxonomies", "services/", "x/y/z", "services.csv"])
def test_other_addresses_are_told_as_a_problem(path: str) -> None:
    answer = Client().get(API + path)
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


# Doors ------------------------------------------------------------------------------------------------------------


PATHS = ["", "openapi.json", *questions.LISTS, *(f"{name}?format=ndjson" for name in questions.LISTS)]


@pytest.mark.parametrize("path", PATHS)
def test_every_site_may_read_it_and_nothing_of_the_reader_is_sent_or_set(
    make: MakeService, town: Organization, path: str
) -> None:
    everything(make, town)
    answer = Client().get(API + path, headers={"Origin": "https://somewhere.example"})
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer
    assert "Cookie" not in answer.get("Vary", "")
    assert answer["Cache-Control"] == "public, max-age=300"
    assert not answer.cookies
    asked = Client().options(API + path, headers={"Access-Control-Request-Method": "GET"})
    assert (asked.status_code, asked["Access-Control-Allow-Methods"]) == (204, "GET, HEAD, OPTIONS")


@pytest.mark.parametrize("path", PATHS)
def test_whoever_has_it_already_is_told_so_until_it_changes(make: MakeService, town: Organization, path: str) -> None:
    service = everything(make, town)
    first = Client().get(API + path)
    again = Client().get(API + path, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.getvalue()) == (304, b"")
    assert again["ETag"] == first["ETag"]
    assert again["Access-Control-Allow-Origin"] == "*"
    asked = Client().head(API + path)
    assert (asked.status_code, asked["ETag"], asked.getvalue()) == (200, first["ETag"], b"")
    if path in ("", "openapi.json"):
        return
    Service.objects.filter(pk=service.pk).update(is_published=False)
    assert Client().get(API + path, headers={"If-None-Match": first["ETag"]}).status_code == 200


@pytest.mark.parametrize(
    "change",
    [
        lambda service: service.channels.filter(kind="sms").update(value="1313"),
        lambda service: service.special_days.all().delete(),
        lambda service: Organization.objects.filter(pk=service.organization_id).update(name="Aarhus Kommune"),
        lambda service: Location.objects.filter(name="Huset").update(city="Risskov"),
        lambda service: service.topics.clear(),
        lambda service: Topic.objects.filter(code="t04").update(name="Alene"),
    ],
)
def test_a_dump_is_new_after_every_change(make: MakeService, town: Organization, change: Any) -> None:
    service = everything(make, town)
    asked = {"format": "ndjson", "full": "true"}
    first = Client().get(API + "services", asked)
    before = first.getvalue()
    change(service)
    after = Client().get(API + "services", asked, headers={"If-None-Match": first["ETag"]})
    assert after.status_code == 200
    assert after.getvalue() != before


def test_a_network_that_asks_too_often_is_told_when_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "REQUESTS", "2/m")
    answers = [Client(REMOTE_ADDR="192.0.2.7").get(API + "services") for _ask in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert (answers[2]["Retry-After"], answers[2]["Access-Control-Allow-Origin"]) == ("60", "*")
    assert answers[2].json()["status"] == 429
    assert Client(REMOTE_ADDR="192.0.2.8").get(API + "services").status_code == 200


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_can_be_written(method: str) -> None:
    client = Client(enforce_csrf_checks=True)
    answer = getattr(client, method)(API + "services", "{}", content_type="application/json")
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD, OPTIONS")
    assert answer.json()["status"] == 405


@pytest.mark.parametrize(
    "path",
    [
        "services",
        "services?full=true",
        "services?full=true&format=ndjson",
        "organizations?full_service=true",
        "service_at_locations?full=true",
        "taxonomy_terms",
    ],
)
def test_many_rows_take_no_more_queries_than_few(
    make: MakeService, town: Organization, django_assert_num_queries: Any, path: str
) -> None:
    everything(make, town)
    with CaptureQueriesContext(
        connection,
    ) as few:
        Client().get(API + path).getvalue()
    for number in range(6):
        organization = Organization.objects.create(name=f"By {number}", slug=f"by-{number}", kind="association")
        other = make(name=f"Nr. {number}", organization=organization)
        other.topics.set(Topic.objects.all())
        other.schedules.create(byday="MO", opens_at="10:00", closes_at="12:00")
        place = Location.objects.create(organization=organization, name="Huset")
        other.at_locations.create(location=place)
    with django_assert_num_queries(len(few)):
        Client().get(API + path).getvalue()


# What must not be told (T30) --------------------------------------------------------------------------------------


def everything_told() -> str:
    """All that the API says, to whatever question."""
    said = []
    for name in questions.LISTS:
        for asked in ({}, {"full": "true"}, {"full_service": "true"}, {"minimal": "true"}):
            if set(asked) <= set(questions.LISTS[name]):
                said.append(Client().get(API + name, asked).content.decode())
                said.append(Client().get(API + name, {**asked, "format": "ndjson"}).getvalue().decode())
        whole = (get(f"{name}/{record['id']}") for record in get(name)["contents"])
        said += [json.dumps(record, ensure_ascii=False) for record in whole]
    said += [Client().get(API + path).content.decode() for path in ("", "openapi.json")]
    return "\n".join(said)


def test_T30_nothing_that_is_not_shown_is_found_anywhere(make: MakeService, town: Organization) -> None:
    shown = everything(make, town)
    checker = person("zcheckerz", town, "editor")
    User.objects.filter(pk=checker.pk).update(email="zmailz@example.dk")
    Service.objects.filter(pk=shown.pk).update(checked_by=checker, source="zsourcez", source_date="2019-07")
    elsewhere = Organization.objects.create(name="zorganizationz", slug="zslugz", kind="association")
    hidden = {"is_published": False, "organization": elsewhere, "description": "zdescriptionz"}
    for number, values in enumerate(
        [
            {"checked_on": None, "checked_by": None, "is_published": False},
            {"is_published": False},
            {"status": "inactive"},
            {"status": "defunct"},
            {"status": "temporarily closed"},
            {"is_demo": True},
        ]
    ):
        channels = (("phone", f"7070707{number}"), ("chat", "https://zchatz.example.dk"), ("mail", "zmailz@example.dk"))
        draft = make(channels=channels, **{**hidden, "is_published": True, **values, "name": f"zname{number}z"})
        draft.topics.set([Topic.objects.create(code=f"z{number}", name=f"ztopic{number}z", name_en="ztopicz")])
        draft.schedules.create(byday="MO", opens_at="10:00", closes_at="12:00", notes="znotesz")
        draft.special_days.create(first_day=TODAY, last_day=TODAY, note="zspecialz")
        address = {"address_1": "zstreetz", "postal_code": "1234", "city": "zcityz"}
        place = Location.objects.create(organization=elsewhere, name="zplacez", **address)
        draft.at_locations.create(location=place, description="zatz")
        draft.at_locations.create(location=Location.objects.get(name="Huset"), description="zatz")
    told = everything_told()
    assert "Huset på Åen" in told
    assert [word for word in ("7070707", SECRET_STREET, "2019-07", "assurer", "checked_by") if word in told] == []
    assert [part for part in told.split('"') if part.startswith("z") and part.endswith("z")] == []
    assert "zchatz" not in told
    assert "zmailz" not in told


def test_T30_a_secret_place_has_a_name_and_nothing_that_leads_there(make: MakeService, town: Organization) -> None:
    everything(make, town)
    place = Location.objects.get(name="Det trygge sted")
    place.address_1, place.postal_code, place.city, place.transportation = (
        SECRET_STREET,
        "8000",
        "Aarhus",
        SECRET_STREET,
    )
    place.latitude = place.longitude = 1  # type: ignore[assignment]
    assert export.location(place) == {
        "id": str(place.pk),
        "location_type": "physical",
        "organization_id": terms.organization_id(town),
        "name": "Det trygge sted",
        "description": export.SECRET,
    }
    at = place.services_here.get()
    assert "description" not in export.at_location_row(at)


def test_a_language_that_the_reader_chose_changes_nothing(make: MakeService, town: Organization) -> None:
    service = everything(make, town)
    client = Client()
    client.cookies["django_language"] = client.cookies["sprog"] = "en"
    path = f"{API}services/{service.pk}"
    assert client.get(path, headers={"Accept-Language": "en"}).content == Client().get(path).content
