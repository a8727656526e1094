"""What leaves the house against schemas: our own, and those that somebody has in a folder."""

import json
import re
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema.exceptions import SchemaError

from accounts.models import Organization
from referrals import services
from referrals.hsds import checking, export, openapi, questions, schemas, terms, validating
from referrals.models import Location, Service, ServiceAtLocation, Topic
from referrals.municipalities import MUNICIPALITIES
from tests.referrals.conftest import TODAY, MakeService
from tests.referrals.hsds_world import everything
from tests.referrals.test_hsds_hours import Fetched, schedules, service_with, special_days

API = "/api/hsds/"
OURS = {name: checking.validator(schemas.schema(name, closed=True)) for name in schemas.RECORDS}


def wrong(name: str, record: Any) -> list[tuple[str, str]]:
    return list(checking.errors(OURS[name], record))


# Ours -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", list(schemas.RECORDS))
def test_each_schema_asks_for_what_the_standard_requires(name: str) -> None:
    must, fields = schemas.RECORDS[name]
    assert set(must.split()) <= set(fields)
    assert wrong(name, {})[0][1].endswith("is a required property")
    assert wrong(name, {"checked_by": "Sofie"}) != wrong(name, {})


@pytest.mark.django_db
def test_every_record_of_the_demo_fits() -> None:
    services.load_demo_services()
    found = list(validating.records(TODAY))
    assert {name for name, _record in found} >= {"service", "organization"}
    assert [(record["name"], problem) for name, record in found for problem in wrong(name, record)] == []


@pytest.mark.django_db
def test_every_record_of_a_service_that_has_everything_fits(make: MakeService, town: Organization) -> None:
    everything(make, town)
    found = list(validating.records(TODAY))
    assert {name for name, _record in found} == set(validating.NAMES)
    assert [problem for name, record in found for problem in wrong(name, record)] == []
    told = {field for name, record in found if name == "service" for field in record}
    assert told == set(schemas.RECORDS["service"][1])  # the schema names nothing that is never told
    assert [problem for term in export.used_terms() for problem in wrong("taxonomy_term", term)] == []


WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40)
NAMES = WORDS.filter(bool)
CHANNELS = st.sampled_from(
    [
        ("phone", "70201201"),
        ("phone", "00000000"),
        ("phone", "+4612345678"),
        ("sms", "1212"),
        ("chat", "https://chat.example.dk"),
        ("web", "https://example.dk/a?b=c#d"),
        ("mail", "hej@example.dk"),
        ("mail", "post@example.dk"),
        ("visit", "Gade 1"),
    ]
)
MOMENTS = st.datetimes(datetime(1971, 1, 1), datetime(9000, 1, 1), timezones=st.timezones())


@st.composite
def made_up(draw: st.DrawFn) -> Service:
    service = service_with(
        draw(st.lists(schedules(), max_size=2)),
        draw(st.lists(special_days(), max_size=2)),
        description=draw(WORDS),
        eligibility_description=draw(WORDS),
        minimum_age=draw(st.none() | st.integers(0, 120)),
        maximum_age=draw(st.none() | st.integers(0, 120)),
        is_anonymous=draw(st.none() | st.booleans()),
        municipality_code=draw(st.sampled_from(["", *MUNICIPALITIES])),
        url=draw(
            st.sampled_from(["", "https://example.dk", "http://example.dk", "javascript:alert(1)", "https://a@b.dk"])
        ),
        fees_description=draw(st.sampled_from(["", "Gratis", "gratis.", "50 kr."])),
        languages=draw(st.sampled_from(["", "da", "da,en,ar", "xx"])),
        duty_text=draw(WORDS),
        no_answer_text=draw(WORDS),
        hours_text=draw(WORDS),
        on_holidays=draw(st.sampled_from(["closed", "usual", "sunday"])),
        always_open=draw(st.booleans()),
        is_crisis=draw(st.booleans()),
        is_demo=draw(st.booleans()),
        alert=draw(WORDS),
        checked_on=TODAY,
        last_modified=draw(
            st.datetimes(timezones=st.timezones() | st.just(None)).filter(lambda at: 1971 < at.year < 9000)
        ),
    )
    return service


@given(service=made_up(), name=NAMES, channels=st.lists(CHANNELS, unique=True), data=st.data())
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_every_record_of_any_service_fits(
    service: Service, name: str, channels: list[Any], data: st.DataObject
) -> None:
    service.name = name
    place = Location(
        organization=service.organization,
        name=data.draw(WORDS),
        location_type=data.draw(st.sampled_from(["physical", "postal", "virtual"])),
        is_hidden=data.draw(st.booleans()),
        address_1=data.draw(WORDS),
        postal_code="8000",
        city="Aarhus",
        latitude=data.draw(st.none() | st.decimals(-90, 90, places=5)),
        transportation=data.draw(WORDS),
        accessibility=data.draw(WORDS),
    )
    at = ServiceAtLocation(service=service, location=place, description=data.draw(WORDS))
    rows = [service.channels.model(service=service, kind=kind, value=value) for kind, value in channels]
    topics = [
        Topic(code=code, name=f"navn {code}", name_en=code) for code in data.draw(st.sets(st.sampled_from("abc")))
    ]
    service._prefetched_objects_cache |= {  # type: ignore[attr-defined]
        "channels": Fetched(rows),
        "topics": Fetched(topics),
        "at_locations": Fetched([at]),
    }
    record = export.whole_service(service, today=TODAY)
    assert wrong("service", record) == []
    assert wrong("service_at_location", export.whole_at_location(at, today=TODAY)) == []
    assert wrong("organization", export.whole_organization(service.organization, [record])) == []
    assert "javascript" not in str(record.get("url"))
    assert json.loads(json.dumps(record)) == record


# The OpenAPI document ---------------------------------------------------------------------------------------------


@pytest.fixture
def world(db: None, make: MakeService, town: Organization, time_machine: Any, now: Any, settings: Any) -> Service:
    time_machine.move_to(now, tick=False)
    settings.DEMO = False
    return everything(make, town)


def answer_judge(document: dict[str, Any], path: str) -> Any:
    schema = document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    return checking.validator({**schema, "components": document["components"]})


def test_the_document_describes_exactly_the_addresses_there_are() -> None:
    from referrals import hsds_urls

    described = set(openapi.document("https://example.dk/api/hsds")["paths"])
    routes = {str(pattern.pattern).replace("<str:pk>", "{id}") for pattern in hsds_urls.urlpatterns}
    assert {f"/{route}" for route in routes} - {"/openapi.json", "/^(?P<rest>.*)$"} == described


@pytest.mark.parametrize("name", list(questions.LISTS))
@pytest.mark.parametrize("asked", [{}, {"full": "true"}, {"full_service": "true"}, {"minimal": "true"}, {"page": "9"}])
def test_every_answer_is_what_the_document_says(world: Service, name: str, asked: dict[str, str]) -> None:
    document = Client().get(f"{API}openapi.json").json()
    if not set(asked) <= set(questions.LISTS[name]):
        assert Client().get(API + name, asked).status_code == 400
        return
    page = Client().get(API + name, asked).json()
    assert list(checking.errors(answer_judge(document, f"/{name}"), page)) == []
    for record in page["contents"]:
        one = Client().get(f"{API}{name}/{record['id']}").json()
        assert list(checking.errors(answer_judge(document, f"/{name}/{{id}}"), one)) == []


def test_the_document_points_only_to_what_it_holds_and_names_its_version(world: Service) -> None:
    document = Client().get(f"{API}openapi.json").json()
    assert document["openapi"] == "3.1.0"
    assert document["servers"] == [{"url": "http://testserver/api/hsds"}]
    pointed = set(re.findall(r'"\$ref": "([^"]+)"', json.dumps(document)))
    held = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    assert pointed <= held
    names = [operation["get"]["operationId"] for operation in document["paths"].values()]
    assert len(set(names)) == len(names)
    about = Client().get(API).json()
    assert list(checking.errors(answer_judge(document, "/"), about)) == []


def test_every_parameter_of_the_document_is_taken(world: Service) -> None:
    examples = {
        "string": "ensom",
        "uuid": terms.TOPICS,
        "date-time": "2026-01-01T00:00:00Z",
        "integer": "1",
        "boolean": "false",
    }
    document = openapi.document("https://example.dk")
    for path, operation in document["paths"].items():
        for parameter in operation["get"].get("parameters", []):
            schema = parameter["schema"]
            value = schema.get("enum", [examples[schema.get("format", schema["type"])]])[0]
            if parameter["in"] == "query" and "{" not in path:
                assert Client().get(API + path.strip("/"), {parameter["name"]: value}).status_code == 200, parameter


# Those of somebody else -------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in validating.NAMES:
        (tmp_path / f"{name}.json").write_text(json.dumps({"type": "object", "required": ["id"]}))
    return tmp_path


def validate(folder: Path) -> str:
    said = StringIO()
    try:
        call_command("hsds", "validate", "--schemas", str(folder), stdout=said)
    except CommandError as failure:
        return f"{said.getvalue()}FAILED {failure.returncode}: {failure}"
    return said.getvalue()


def test_the_command_counts_what_fits(world: Service, folder: Path) -> None:
    assert validate(folder) == "All of these fit: 1 × service, 1 × organization, 2 × service_at_location\n"


def test_the_command_says_of_each_record_what_is_wrong_and_fails(world: Service, folder: Path) -> None:
    items = {"type": "array", "items": {"properties": {"number": {"pattern": "^[+]"}}}}
    schema = {"properties": {"phones": items, "name": {"maxLength": 3}}}
    (folder / "service.json").write_text(json.dumps(schema))
    said = validate(folder).splitlines()
    assert said[0].startswith(f"service {world.pk}: name: 'Huset på Åen' is too long")
    assert said[1].startswith(f"service {world.pk}: phones[1].number: '1212' does not match")
    assert said[2].startswith("FAILED 1: 1 of these do not fit")


@pytest.mark.parametrize("content", [None, "", "{", "[]", "7", '{"type": 7}', "\udcff", "[" * 100_000])
def test_a_folder_without_schemas_is_told_so(world: Service, folder: Path, content: str | None) -> None:
    file = folder / "organization.json"
    if content is None:
        file.unlink()
    else:
        file.write_text(content, "utf-8", "surrogateescape")
    assert validate(folder).startswith("FAILED 1: organization.json: ")


def test_nothing_that_a_schema_points_to_is_fetched(world: Service, folder: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr("urllib.request.urlopen", lambda *_args, **_more: pytest.fail("went out"))
    (folder / "service.json").write_text(json.dumps({"$ref": "http://127.0.0.1:9/service.json"}))
    assert validate(folder).startswith("FAILED 1: A schema points to what is not in it: ")


@pytest.mark.parametrize("form,good,bad", [
    ("uri", "https://a.dk/b?c#d", "a b"),
    ("uri", "mailto:a@b.dk", "https://[::1"),
    ("date-time", "2026-11-23T12:00:00.123+00:00", "2026-11-23"),
    ("date-time", "2026-11-23T12:00:00Z", "2026-13-23T12:00:00Z"),
    ("date", "2026-11-23", "23-11-2026"),
    ("uuid", "3fa85f64-5717-4562-b3fc-2c963f66afa6", "3fa85f64"),
    ("email", "a@b.dk", "a"),
])  # fmt: skip
def test_forms_of_values_are_looked_at(form: str, good: str, bad: str) -> None:
    judge = checking.validator({"type": "string", "format": form})
    assert list(checking.errors(judge, good)) == []
    assert list(checking.errors(judge, bad)) != []


def test_a_schema_that_is_none_is_refused() -> None:
    with pytest.raises(SchemaError):
        checking.validator({"type": "thing"})


def test_what_is_told_of_an_error_steers_no_terminal_and_is_short() -> None:
    said = checking.plain("\x1b[31m" + "x" * 5000)
    assert said.startswith("\\x1b[31m")
    assert len(said) == checking.MOST_SIGNS
