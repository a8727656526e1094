"""Files of others on their way in: all that they change is told first, and a poisoned one changes nothing."""

import json
import re
from collections.abc import Callable
from datetime import date, time
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from accounts.models import Organization
from referrals import national, services, versions
from referrals.hsds import export, files, questions, reading, terms
from referrals.models import Location, Service, Topic, Version
from tests.referrals.conftest import TODAY, MakeService
from tests.referrals.hsds_world import everything

pytestmark = pytest.mark.django_db

Write = Callable[..., Path]


@pytest.fixture(autouse=True)
def production(time_machine: Any, now: Any, settings: Any, db: None) -> None:
    time_machine.move_to(now, tick=False)
    settings.DEMO = False
    services.load_topics()


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_file(content: Any, name: str = "fil.json") -> Path:
        file = tmp_path / name
        if isinstance(content, bytes):
            file.write_bytes(content)
        else:
            file.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
        return file

    return write_file


def run(file: Path, *more: str) -> str:
    said = StringIO()
    try:
        call_command("hsds", "import", str(file), *more, stdout=said)
    except CommandError as failure:
        return f"{said.getvalue()}FAILED {failure.returncode}: {failure}"
    return said.getvalue()


def record(service: Service) -> dict[str, Any]:
    return export.whole_service(export.nested(Service.objects.filter(pk=service.pk)).get(), today=TODAY)


def small(whose: Organization, **values: Any) -> dict[str, Any]:
    """The least that another system may send."""
    return {
        "id": str(uuid4()),
        "name": "Linjen",
        "status": "active",
        "description": "Tal med nogen.",
        "organization": {"id": str(uuid4()), "name": whose.name, "description": ""},
    } | values


def everything_here() -> list[Any]:
    """Every value of every service, and its history."""
    return [(service.pk, service.is_published, versions.content_of(service)) for service in Service.objects.all()]


# There and back ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["list", "page", "ndjson", "one"])
def test_what_was_exported_comes_back_the_same(make: MakeService, town: Organization, write: Write, form: str) -> None:
    service = everything(make, town)
    before = versions.content_of(service)
    told = record(service)
    content = {
        "list": [told],
        "page": {"total_items": 1, "contents": [told]},
        "ndjson": f"{json.dumps(told)}\n{json.dumps(small(town))}\n",
        "one": told,
    }[form]
    Service.objects.all().delete()
    file = write(content)
    assert "Nothing is written" in run(file)
    assert not Service.objects.exists()
    assert "Written, as drafts." in run(file, "--apply")
    again = Service.objects.get(pk=service.pk)
    after = versions.content_of(again)
    values, old_values = after["values"], before["values"]
    assert (values.pop("source"), old_values.pop("source")) == ("Aarhus: fil.json", "livet.dk")
    assert (values.pop("source_date"), old_values.pop("source_date")) == ("2026-11-22", "")
    assert values == old_values
    assert sorted(after["topics"]) == sorted(before["topics"])
    assert sorted(after["channels"]) == sorted(before["channels"])
    for place in before["places"]:
        place[2] = "" if place[1] == "Det trygge sted" else place[2]  # what is different in a secret place is not told
    for name in ("schedules", "special_days", "places"):
        assert sorted(after[name], key=str) == sorted(before[name], key=str)
    assert (again.is_published, again.checked_on, again.checked_by, again.organization) == (False, None, None, town)


def test_a_file_of_what_is_here_changes_nothing(make: MakeService, town: Organization, write: Write) -> None:
    service = everything(make, town)
    other = make(name="Døgnlinjen", always_open=True, channels=(("chat", "https://a.dk"), ("phone", "70201201")))
    before = everything_here()
    said = run(write([record(service), record(other)]), "--apply")
    assert said.splitlines() == [
        f"unchanged Huset på Åen ({service.pk})",
        f"unchanged Døgnlinjen ({other.pk})",
        "0 new, 0 changed, 2 unchanged, 0 missing. Written, as drafts.",
    ]
    assert everything_here() == before
    assert service.is_published


def test_the_dump_of_the_api_can_be_read(make: MakeService, town: Organization, write: Write, client: Any) -> None:
    everything(make, town)
    for asked in ({"full": "true"}, {"full": "true", "format": "ndjson"}):
        dump = client.get("/api/hsds/services", asked).getvalue()
        assert "0 new, 0 changed, 1 unchanged, 0 missing" in run(write(dump))


# What it changes --------------------------------------------------------------------------------------------------


def test_each_change_is_told_and_a_changed_service_is_a_draft_again(
    make: MakeService, town: Organization, write: Write
) -> None:
    service = everything(make, town)
    stays = make(name="Står her", organization=town)
    wanted = record(service) | {"name": "Ungehuset", "alert": "Lukket i dag"}
    wanted["phones"] = [{"id": str(uuid4()), "number": "+45 87 65 43 21", "type": "voice"}]
    said = run(write([wanted]), "--organization", "aarhus", "--apply")
    assert said.splitlines() == [
        f"changed   Ungehuset ({service.pk})",
        "    name: Huset på Åen → Ungehuset",
        "    alert: Lukket i uge 42. → Lukket i dag",
        "    ways in: phone 86123456, sms 1212 → phone 87654321",
        "    It is shown now, and will not be until somebody has checked it.",
        f"missing   Står her ({stays.pk})",
        "0 new, 1 changed, 0 unchanged, 1 missing. Written, as drafts.",
    ]
    service.refresh_from_db()
    assert (service.is_published, service.checked_on, service.checked_by) == (False, None, None)
    assert service.versions.first().what == Version.What.IMPORTED  # type: ignore[union-attr]
    stays.refresh_from_db()
    assert stays.is_published


def test_what_is_only_tried_is_not_written(make: MakeService, town: Organization, write: Write) -> None:
    service = everything(make, town)
    before = everything_here()
    said = run(write([record(service) | {"alert": "Ny"}, small(town, name="Ny")]))
    assert said.endswith("1 new, 1 changed, 0 unchanged, 0 missing. Nothing is written: --apply\n")
    assert everything_here() == before


def test_what_another_system_does_not_know_stays(make: MakeService, town: Organization, write: Write) -> None:
    service = everything(make, town)
    theirs = small(town, id=str(service.pk), name=service.name, phones=[{"id": str(uuid4()), "number": "86123456"}])
    run(write([theirs]), "--apply")
    service.refresh_from_db()
    assert (service.is_anonymous, service.duty_text) == (True, "Vi siger det til dig først.")
    assert service.schedules.count() == 4
    assert service.topics.count() == 2
    assert service.channels.filter(kind="chat").exists()
    assert not service.channels.filter(kind="sms").exists()


def test_a_night_of_two_rows_is_one(make: MakeService, town: Organization, write: Write) -> None:
    rows = [
        {"id": str(uuid4()), "freq": "WEEKLY", "byday": "FR,SA", "opens_at": "20:00", "closes_at": "23:59"},
        {"id": str(uuid4()), "freq": "WEEKLY", "byday": "SA,SU", "opens_at": "00:00", "closes_at": "02:00:00"},
        {"id": str(uuid4()), "valid_from": "2026-12-24", "valid_to": "2026-12-26"},
    ]
    run(write([small(town, schedules=rows)]), "--apply")
    service = Service.objects.get()
    assert [(row.byday, row.opens_at, row.closes_at) for row in service.schedules.all()] == [
        ("FR,SA", time(20), time(2))
    ]
    special = service.special_days.get()
    assert (special.first_day, special.last_day, special.opens_at) == (date(2026, 12, 24), date(2026, 12, 26), None)


def test_places_come_along_and_a_secret_one_stays_secret(make: MakeService, town: Organization, write: Write) -> None:
    told = record(everything(make, town))
    Service.objects.all().delete()
    before = {place.name: {**vars(place), "_state": None} for place in Location.objects.all()}
    Location.objects.all().delete()
    run(write([told]), "--apply")
    after = {place.name: {**vars(place), "_state": None} for place in Location.objects.all()}
    assert after["Huset"] == before["Huset"]
    assert after["Det trygge sted"] == before["Det trygge sted"] | {"accessibility": ""}  # it was never told
    at = Service.objects.get().at_locations.get(location__is_hidden=False)
    assert at.description == "Om eftermiddagen"


def test_a_place_that_is_here_is_not_changed_by_a_file(make: MakeService, town: Organization, write: Write) -> None:
    service = everything(make, town)
    wanted = record(service)
    wanted["service_at_locations"] = [at for at in wanted["service_at_locations"] if "addresses" in at["location"]]
    wanted["service_at_locations"][0]["location"]["addresses"][0]["address_1"] = "Et andet sted 7"
    said = run(write([wanted]), "--apply")
    assert "    places: " in said
    assert list(service.at_locations.values_list("location__address_1", flat=True)) == ["Åboulevarden 1"]


def test_T23_a_file_reaches_no_place_of_another_organisation(
    make: MakeService, town: Organization, association: Organization, write: Write
) -> None:
    theirs = Location.objects.create(
        organization=association, name="Deres", address_1="A 1", postal_code="8000", city="B"
    )
    location = {"id": str(theirs.pk), "location_type": "physical", "name": "Vores"}
    at = {"id": str(uuid4()), "location": location}
    said = run(write([small(town, service_at_locations=[at])]), "--apply")
    assert "record 1: service_at_locations: is another organisation's place" in said
    unknown = {"id": str(uuid4()), "location_id": str(uuid4())}
    assert "service_at_locations: is not known here" in run(write([small(town, service_at_locations=[unknown])]))
    half = {
        "id": str(uuid4()),
        "location": {**location, "id": str(uuid4()), "description": export.SECRET, "latitude": 1},
    }
    assert "FAILED 1" in run(write([small(town, service_at_locations=[half])]), "--apply")
    assert not Service.objects.exists()
    assert list(Location.objects.values_list("name", flat=True)) == ["Deres"]


def test_special_days_that_a_file_cannot_tell_stay(make: MakeService, town: Organization, write: Write) -> None:
    service = make(organization=town)
    service.schedules.create(byday="MO", opens_at=time(9), closes_at=time(10))
    service.special_days.create(first_day=date(2026, 11, 1), last_day=date(2026, 11, 2), note="Før")
    service.special_days.create(first_day=date(2028, 11, 1), last_day=date(2028, 11, 2), note="Efter")
    wanted = record(service)
    wanted["schedules"][0] |= {"id": str(uuid4()), "byday": "TU"}
    run(write([wanted]), "--apply")
    assert [row.byday for row in service.schedules.all()] == ["TU"]
    assert [days.note for days in service.special_days.all()] == ["Før", "Efter"]


# Tables -----------------------------------------------------------------------------------------------------------

TABLE = """\
name;description;organization;for_whom;from_age;to_age;anonymous;topics;municipality;phone;chat;hours;cost
Linjen;Ring til os.;Aarhus;Unge;13;24;ja;Ensomhed|t16;Århus Kommune;86 12 34 56|87654321;chat.aarhus.dk;\
MO,TU 16:00-20:00 | FR 20.00-01.00;Gratis
Vagten;Altid nogen.;Aarhus;;;;;;751;70201201;;always;
"""


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("sign,ends", [(";", "\n"), (";", "\r\n"), (",", "\n")])
def test_a_table_has_one_service_in_each_row(town: Organization, write: Write, mark: str, sign: str, ends: str) -> None:
    table = TABLE.replace(",", "&").replace(";", sign).replace("MO&TU", '"MO,TU').replace("01.00", '01.00"')
    if sign == ";":
        table = TABLE
    said = run(write((mark + table.replace("\n", ends)).encode(), "tilbud.csv"), "--apply")
    assert "2 new, 0 changed" in said
    line = Service.objects.get(name="Linjen")
    assert (line.minimum_age, line.maximum_age, line.is_anonymous, line.municipality_code) == (13, 24, True, "751")
    assert sorted(line.topics.values_list("code", flat=True)) == ["t04", "t16"]
    assert sorted(line.channels.values_list("kind", "value")) == [
        ("chat", "https://chat.aarhus.dk"),
        ("phone", "86123456"),
        ("phone", "87654321"),
    ]
    hours = sorted(line.schedules.values_list("byday", "opens_at", "closes_at"))
    assert hours == [("FR", time(20), time(1)), ("MO,TU", time(16), time(20))]
    assert (line.source, line.source_date) == ("Aarhus: tilbud.csv", "2026-11-22")
    assert Service.objects.get(name="Vagten").always_open
    assert "0 new, 0 changed, 2 unchanged" in run(write((mark + table).encode(), "tilbud.csv"))


def test_a_column_that_is_not_there_changes_nothing(make: MakeService, town: Organization, write: Write) -> None:
    service = everything(make, town)
    said = run(write("name,alert\nHuset på Åen,Ny tekst\n", "a.csv"), "--organization", "aarhus", "--apply")
    assert said.splitlines()[1:2] == ["    alert: Lukket i uge 42. → Ny tekst"]
    service.refresh_from_db()
    assert (service.alert, service.minimum_age, service.channels.count()) == ("Ny tekst", 13, 7)


def test_every_column_stands_in_the_docs() -> None:
    docs = (settings.BASE_DIR / "docs" / "open-data.md").read_text("utf-8")
    table = docs[docs.index("| column |") :]
    told = {name for line in table.splitlines() for name in re.findall(r"`([a-z_]+)`", line.split("|")[1])}
    assert told == reading.COLUMNS


@pytest.mark.parametrize("table,told", [
    ("name;phone\nA;12", "line 2: phone: "),
    ("name;chat\nA;javascript:alert(1)", "line 2: chat: "),
    ("name;url\nA;https://aarhus.dk@ond.dk", "line 2: url: "),
    ("name;mail\nA;ikke en mail", "line 2: mail: "),
    ("name;from_age\nA;tretten", "line 2: from_age: must be a whole number"),
    ("name;from_age;to_age;description\nA;18;17;x", "line 2: record: "),
    ("name;anonymous\nA;måske", "line 2: anonymous: must be yes or no"),
    ("name;topics\nA;Fodbold", "line 2: topics: is not known: Fodbold"),
    ("name;municipality\nA;Malmö", "line 2: municipality: must be a Danish municipality"),
    ("name;hours;description\nA;mandag 16-20;x", "line 2: schedules[0].opens_at: must be a time"),
    ("name;hours;description\nA;XX 16:00-20:00;x", "line 2: hours: "),
    ("name;hours;description\nA;MO 25:00-26:00;x", "line 2: schedules[0].opens_at: is no time of day"),
    ("name;id\nA;7", "line 2: id: must be a UUID"),
    ("name;description\nA;x\nB", "line 3: file: has 1 cells, and the first line has 2"),
    ("name;description\nA;x\nA;y", "line 3: id: stands in the file twice, first in line 2"),
    ("name;checked_by\nA;drift", "line 1: file: must begin with names of columns"),
    ("navn;tekst\nA;x", "line 1: file: must begin with names of columns"),
    ("name;name\nA;A", "line 1: file: must begin with names of columns"),
    ('name;description\nA;"x', "line 2: file: is no table"),
    ("name;description\nA;x\x00y", "line 2: description: holds signs that cannot be seen"),
    ("", "line 1: file: must begin with names of columns"),
    ("name;description;status\nA;x;aktiv", "line 2: status: "),
    ("name;description\nA;" + "x" * 401, "line 2: description: "),
    ("name;description\nA;", "line 2: description: "),
    ("name;description\n;x", "line 2: name: "),
])  # fmt: skip
def test_a_table_with_an_error_is_refused_by_line_and_column(
    town: Organization, write: Write, table: str, told: str
) -> None:
    said = run(write(table, "a.csv"), "--organization", "aarhus", "--apply")
    assert told in said
    assert "FAILED 1" in said
    assert not Service.objects.exists()


# Poison -----------------------------------------------------------------------------------------------------------


def poisoned(whose: Organization, **values: Any) -> list[dict[str, Any]]:
    return [small(whose, name="God"), small(whose, **values)]


def chat_at(url: str) -> list[dict[str, Any]]:
    return [terms.attribute(str(uuid4()), "service", terms.quality_term(terms.CHAT), url)]


@pytest.mark.parametrize("values,told", [
    ({"url": "javascript:alert(1)"}, "url: "),
    ({"url": "https://livslinien.dk@ond.example"}, "url: "),
    ({"url": "http://huset.dk"}, "url: "),
    ({"url": "data:text/html,x"}, "url: "),
    ({"attributes": chat_at("javascript:alert(1)")}, "chat: "),
    ({"attributes": chat_at("https://u:p@ond.example")}, "chat: "),
    ({"phones": [{"id": str(uuid4()), "number": "90123456"}]}, "phone: "),
    ({"phones": [{"id": str(uuid4())}]}, "phones[0]: 'number' is a required property"),
    ({"phones": {"number": "1"}}, "phones: "),
    ({"phones": [{"id": str(uuid4()), "number": f"10{number}"} for number in range(10, 50)]}, "ways in: are more than"),
    ({"email": "x\r\nBcc: y@z.dk"}, "mail: "),
    ({"id": "1"}, "id: '1' is not a 'uuid'"),
    ({"id": None}, "record: 'id' is a required property"),
    ({"status": "aktiv"}, "status: 'aktiv' is not one of"),
    ({"minimum_age": 1e300}, "minimum_age: "),
    ({"minimum_age": 13.5}, "minimum_age: must be a whole number"),
    ({"minimum_age": "13"}, "minimum_age: "),
    ({"minimum_age": 30, "maximum_age": 20}, "record: "),
    ({"name": ""}, "name: "),
    ({"name": "x" * 81}, "name: "),
    ({"name": ["x"]}, "name: "),
    ({"description": "a\u202eb"}, "description: holds signs that cannot be seen"),
    ({"description": "a\x00b"}, "description: holds signs that cannot be seen"),
    ({"description": "\ud800"}, "description: holds signs that cannot be seen"),
    ({"description": {"a": {"b": []}}}, "description: "),
    ({"service_areas": [{"id": str(uuid4()), "name": "Malmö"}]}, "service_areas: must be a Danish municipality"),
    ({"service_areas": []}, "service_areas: must be one"),
    ({"languages": [{"id": str(uuid4()), "code": "dansk"}]}, "languages: "),
    ({"schedules": [{"id": str(uuid4()), "byday": "MO", "opens_at": "10:00"}]}, "schedules[0].closes_at: "),
    ({"schedules": [{"id": str(uuid4()), "byday": "MO"}]}, "schedules[0].opens_at: is needed"),
    ({"schedules": [{"id": str(uuid4()), "byday": "mandag"}]}, "schedules[0].byday: "),
    ({"schedules": [{"id": str(uuid4()), "byday": "1MO", "opens_at": "10:00", "closes_at": "11:00", "interval": 99,
                     "dtstart": "2026-11-23"}]}, "interval: "),
    ({"schedules": [{"id": str(uuid4()), "byday": "MO", "opens_at": "10:00Z", "closes_at": "11:00Z"}]},
     "schedules[0].opens_at: must be Danish time"),
    ({"schedules": [{"id": str(uuid4()), "byday": "MO", "opens_at": "10:00", "closes_at": "11:00", "bymonthday": "3"}]},
     "schedules[0].bymonthday: cannot be read here"),
    ({"schedules": [{"id": str(uuid4()), "opens_at": "10:00", "closes_at": "11:00"}]}, "schedules[0].byday: is needed"),
    ({"attributes": [{"id": str(uuid4()), "link_id": "x"}]}, "attributes[0].link_id: "),
    ({"organization": {"id": str(uuid4()), "name": "Ukendt", "description": ""}}, "organization: is not known here"),
    ({"organization": "Aarhus"}, "organization: "),
])  # fmt: skip
def test_T28_a_poisoned_record_is_refused_by_its_place_and_field_and_nothing_is_written(
    town: Organization, write: Write, values: dict[str, Any], told: str
) -> None:
    said = run(write(poisoned(town, **values)), "--apply")
    assert f"record 2: {told}" in said
    assert "FAILED 1" in said
    assert "record 1: " not in said
    assert not Service.objects.exists()
    assert not Version.objects.exists()


@pytest.mark.parametrize("content,told", [
    (b"[{\n\xff}]", "line 2: file: is not UTF-8 here"),
    ("[{", "line 1: file: is not JSON"),
    ('{"id": 1}\n{"id": \n', "line 2: file: is not JSON"),
    ('{"id": 1}\n7\n', "line 2: file: must be an object"),
    ("[" * 100_000, "file: file: is nested too deep"),
    ("[" * 30 + "]" * 30, "file: file: is nested too deep"),
    ('[{"a": NaN}]', "file: file: holds NaN"),
    ('[{"a": 1e999}]', "file: file: holds a number that is too big"),
    (f'[{{"a": {"9" * 5000}}}]', "file: file: Exceeds the limit"),
    ('[{"id": "a", "id": "b"}]', "file: file: names a field twice"),
    ("[7]", "record 1: file: must be an object"),
    ('{"contents": 7}', "file: file: must be a list of services"),
    ('[{}]', "record 1: record: "),
])  # fmt: skip
def test_a_file_that_is_none_is_told_so(write: Write, content: Any, told: str) -> None:
    said = run(write(content))
    assert told in said
    assert "Nothing is written." in said


def test_a_file_that_is_too_big_is_not_read(write: Write, town: Organization, monkeypatch: Any, tmp_path: Path) -> None:
    monkeypatch.setattr(files, "MOST_BYTES", 1_000_000)
    assert "file: file: is bigger than 1 MB" in run(write(" " * 1_000_001))
    monkeypatch.setattr(files, "MOST_RECORDS", 2)
    assert "file: file: has 3 records; at most 2" in run(write([small(town)] * 3))
    assert "file: file: cannot be read: " in run(tmp_path / "findes-ikke.json")


def test_a_file_steers_no_terminal(write: Write, town: Organization) -> None:
    said = run(write([small(town, name="\x1b[2J" + "x" * 5000, status="\x1b[31m")]))
    assert "\x1b" not in said
    assert max(map(len, said.splitlines())) < 400


def test_the_same_service_twice_is_refused(write: Write, town: Organization) -> None:
    one = small(town)
    said = run(write([one, small(town, name="Anden"), one | {"name": "Igen"}]), "--apply")
    assert "record 3: id: stands in the file twice, first in record 1" in said
    assert "record 2: name: stands here already" in run(write([one, small(town)]), "--apply")
    assert not Service.objects.exists()


def test_T23_a_file_never_reaches_another_organisation_s_service(
    make: MakeService, town: Organization, association: Organization, write: Write
) -> None:
    theirs = make(name="Deres", organization=association)
    before = everything_here()
    stolen = small(town, id=str(theirs.pk), name="Vores")
    assert "record 1: id: is that of another organisation's service" in run(write([stolen]), "--apply")
    forced = ("--organization", "aarhus", "--apply")
    assert "record 1: id: is that of another organisation's service" in run(write([stolen]), *forced)
    assert "record 1: organization: is another organisation" in run(write([record(theirs)]), *forced)
    named = small(association, id=str(uuid4()), name="Ny hos dem")
    assert "record 1: organization: is another organisation" in run(write([named]), *forced)
    assert "line 2: organization: is another organisation" in run(
        write("name,organization\nA,Livet\n", "a.csv"), *forced
    )
    assert everything_here() == before
    assert "There is no organisation 'findes-ikke'" in run(write([]), "--organization", "findes-ikke")


def test_T23_a_table_of_one_organisation_changes_no_service_of_the_same_name_elsewhere(
    make: MakeService, town: Organization, write: Write
) -> None:
    theirs = make(name="Linjen")
    before = versions.content_of(theirs)
    run(write("name,description\nLinjen,Vores egen\n", "a.csv"), "--organization", "aarhus", "--apply")
    assert versions.content_of(theirs) == before
    assert Service.objects.filter(organization=town, name="Linjen").exists()


def test_nobody_takes_the_place_of_a_national_service_before_it_is_loaded(town: Organization, write: Write) -> None:
    said = run(write([small(town, id=str(national.OFFERS[0].id))]), "--apply")
    assert "record 1: id: is that of another organisation's service" in said


def test_a_made_up_service_stays_in_the_demo(town: Organization, write: Write) -> None:
    service_id = str(uuid4())
    made_up = terms.attribute(service_id, "service", terms.quality_term(terms.DEMO), "yes")
    said = run(write([small(town, id=service_id, attributes=[made_up])]), "--apply")
    assert "record 1: attributes: it is made up for a demo" in said


def test_T28_a_file_changes_no_number_of_crisis_help(crisis: MakeService, town: Organization, write: Write) -> None:
    line = crisis(organization=town)
    wanted = record(line)
    wanted["phones"][0]["number"] = "86123456"
    said = run(write([wanted]), "--apply")
    assert "record 1: numbers: " in said
    assert list(line.channels.values_list("value", flat=True)) == ["70201201"]
    harmless = [each for each in wanted["attributes"] if each["taxonomy_term"]["code"] != "crisis"]
    first = run(write([record(line) | {"attributes": [*harmless, *chat_at("https://a.dk")]}]), "--apply")
    assert "is_crisis: True → False" in first
    assert "record 1: numbers: " in run(write([wanted | {"attributes": harmless}]), "--apply")
    assert list(line.channels.filter(kind="phone").values_list("value", flat=True)) == ["70201201"]


def test_nothing_of_a_file_is_shown_or_told_before_it_is_checked(town: Organization, write: Write) -> None:
    run(write([small(town, assured_date="2026-11-22", assurer_email="a@b.dk")]), "--apply")
    service = Service.objects.get()
    assert (service.checked_on, service.checked_by, service.is_published) == (None, None, False)
    assert not questions.services({}).exists()


def test_topics_of_others_are_left_out(town: Organization, write: Write) -> None:
    theirs = {
        "id": str(uuid4()),
        "taxonomy_term": {"id": str(uuid4()), "name": "Food", "description": "", "code": "t04"},
    }
    run(write([small(town, attributes=[theirs])]), "--apply")
    assert not Topic.objects.filter(services__isnull=False).exists()
