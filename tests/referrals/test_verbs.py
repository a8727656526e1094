from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command

from accounts.models import Organization, User
from referrals import services
from referrals.models import Channel, Service, Topic
from referrals.municipalities import MUNICIPALITIES
from referrals.national import OFFERS
from tests.referrals.conftest import TODAY, MakeService, person

pytestmark = pytest.mark.django_db

VALUES = {"name": "Linjen", "description": "Tal med nogen.", "hours_text": "Kl. 16–20"}
NUMBER = [("phone", "70 20 12 01")]


def edit(service: Service, by: User, now: datetime, *, checked: bool = False, **values: Any) -> Service:
    channels = values.pop("channels", list(service.channels.values_list("kind", "value")))
    return services.edit_service(service=service, values=values, channels=channels, checked=checked, by=by, now=now)


def test_a_new_service_is_a_draft_with_its_organisation_as_source(
    association: Organization, editor: User, now: datetime, settings: Any
) -> None:
    settings.DEMO = False
    enter_with_second_factor(editor)
    services.load_topics()
    values = {**VALUES, "topics": Topic.objects.filter(code="t01")}
    service = services.create_service(organization=association, values=values, channels=NUMBER, by=editor, now=now)
    assert (service.is_published, service.checked_on, service.is_demo) == (False, None, False)
    assert (service.source, service.source_date) == ("Livet", "2026-11-22")
    assert list(service.channels.values_list("kind", "value")) == [("phone", "70201201")]
    assert [topic.code for topic in service.topics.all()] == ["t01"]


def enter_with_second_factor(user: User) -> None:
    from allauth.mfa.models import Authenticator

    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})


def test_what_is_made_in_the_demo_stays_a_demo_service(association: Organization, editor: User) -> None:
    service = services.create_service(organization=association, values=VALUES, channels=NUMBER, by=editor)
    assert service.is_demo
    assert service.channels.get().href is None


def test_a_service_with_an_unsafe_way_in_is_not_made_at_all(association: Organization, editor: User) -> None:
    with pytest.raises(ValidationError):
        services.create_service(
            organization=association, values=VALUES, channels=[("web", "javascript:alert(1)")], by=editor
        )
    assert not Channel.objects.exists()


def test_a_name_is_used_once_in_an_organisation(make: MakeService, association: Organization, editor: User) -> None:
    make()
    with pytest.raises(ValidationError):
        services.create_service(organization=association, values=VALUES, channels=NUMBER, by=editor)


def test_a_check_has_today_s_date_in_denmark_and_a_name(make: MakeService, editor: User, now: datetime) -> None:
    service = make(checked_on=None, checked_by=None, is_published=False)
    services.check_service(service=service, by=editor, now=now.replace(hour=23, minute=30))
    service.refresh_from_db()
    assert (service.checked_on, service.checked_by) == (TODAY + timedelta(days=1), editor)
    assert not service.is_published


def test_what_nobody_checked_cannot_be_shown(make: MakeService, editor: User, now: datetime) -> None:
    service = make(checked_on=None, checked_by=None, is_published=False)
    with pytest.raises(ValidationError) as refused:
        services.publish_service(service=service, by=editor, now=now)
    assert refused.value.code == "unchecked"


def test_what_was_checked_too_long_ago_cannot_be_shown_anew(make: MakeService, editor: User, now: datetime) -> None:
    service = make(is_published=False)
    with pytest.raises(ValidationError) as refused:
        services.publish_service(service=service, by=editor, now=now + timedelta(days=181))
    assert refused.value.code == "unchecked"


def test_what_has_no_source_cannot_be_shown(make: MakeService, editor: User, now: datetime) -> None:
    service = make(is_published=False, source="")
    with pytest.raises(ValidationError) as refused:
        services.publish_service(service=service, by=editor, now=now)
    assert refused.value.code == "no_source"


def test_a_checked_service_can_be_shown_and_hidden_again(make: MakeService, editor: User, now: datetime) -> None:
    service = make(is_published=False)
    services.publish_service(service=service, by=editor, now=now)
    assert Service.objects.shown().exists()
    services.withdraw_service(service=service, by=editor)
    assert not Service.objects.shown().exists()
    service.refresh_from_db()
    assert service.checked_on == TODAY


@pytest.mark.parametrize(
    "fact",
    [
        {"name": "Linien"},
        {"hours_text": "Kl. 10–12"},
        {"always_open": True},
        {"is_crisis": True},
        {"is_anonymous": True},
        {"minimum_age": 15},
        {"channels": [("phone", "20304050")]},
        {"channels": [("phone", "70201201"), ("sms", "1212")]},
        {"channels": []},
    ],
)
def test_a_changed_fact_takes_the_check_away_and_hides_the_service(
    make: MakeService, editor: User, now: datetime, fact: dict[str, Any]
) -> None:
    service = edit(make(), editor, now, **fact)
    service.refresh_from_db()
    assert (service.checked_on, service.checked_by, service.is_published) == (None, None, False)


def test_a_changed_fact_that_was_checked_is_shown_at_once(make: MakeService, editor: User, now: datetime) -> None:
    later = now + timedelta(days=3)
    service = edit(make(), editor, later, checked=True, channels=[("phone", "20 30 40 50")])
    service.refresh_from_db()
    assert (service.checked_on, service.checked_by, service.is_published) == (later.date(), editor, True)
    assert [channel.value for channel in service.channels.all()] == ["20304050"]


def test_better_words_leave_the_check_alone(make: MakeService, editor: User, now: datetime) -> None:
    services.load_topics()
    service = edit(make(), editor, now, description="Ring bare.", alert="Lukket i uge 52", topics=Topic.objects.all())
    service.refresh_from_db()
    assert service.is_published
    assert service.checked_on == TODAY
    assert service.topics.count() == Topic.objects.count()


def test_a_refused_edit_changes_nothing(make: MakeService, editor: User, now: datetime) -> None:
    service = make(minimum_age=15)
    with pytest.raises(ValidationError):
        edit(service, editor, now, maximum_age=12, channels=[("phone", "20304050")])
    kept = Service.objects.get()
    assert (kept.maximum_age, kept.is_published) == (None, True)
    assert [channel.value for channel in kept.channels.all()] == ["70201201"]


def test_a_shown_service_cannot_lose_its_source(make: MakeService, editor: User, now: datetime) -> None:
    with pytest.raises(ValidationError):
        edit(make(), editor, now, source="")


def test_the_ways_in_keep_their_order_and_are_kept_once(make: MakeService, editor: User, now: datetime) -> None:
    wanted = [("sms", "1212"), ("phone", "116111"), ("sms", "1212"), ("chat", "livet.dk")]
    service = edit(make(), editor, now, channels=wanted)
    kept = [("sms", "1212"), ("phone", "116111"), ("chat", "https://livet.dk")]
    assert list(service.channels.values_list("kind", "value")) == kept


def test_an_administrator_gives_a_draft_to_an_organisation(
    make: MakeService, town: Organization, administrator: User, editor: User
) -> None:
    service = make()
    services.adopt_service(service=service, organization=town, by=administrator)
    service.refresh_from_db()
    assert service.organization == town
    assert list(Service.objects.editable_by(editor)) == []


def test_an_organisation_cannot_be_given_a_second_service_of_one_name(
    make: MakeService, town: Organization, administrator: User
) -> None:
    make(organization=town)
    with pytest.raises(ValidationError):
        services.adopt_service(service=make(), organization=town, by=administrator)


def test_verbs_refuse_who_has_no_right_to_the_service(make: MakeService, town: Organization, now: datetime) -> None:
    service, stranger = make(), person("fremmed", town, "coordinator")
    attempts = [
        lambda: services.create_service(organization=service.organization, values=VALUES, channels=NUMBER, by=stranger),
        lambda: edit(service, stranger, now, description="x", checked=True),
        lambda: services.check_service(service=service, by=stranger),
        lambda: services.publish_service(service=service, by=stranger, now=now),
        lambda: services.withdraw_service(service=service, by=stranger),
        lambda: services.adopt_service(service=service, organization=town, by=stranger),
    ]
    before = Service.objects.values().get()
    for attempt in attempts:
        with pytest.raises(PermissionDenied):
            attempt()
    assert Service.objects.values().get() == before


# What comes with Samrum -------------------------------------------------------------------------------------------


def test_the_national_offers_are_loaded_as_drafts_with_a_source(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("directory", "load")
    assert capsys.readouterr().out.startswith("17 new drafts")
    loaded = Service.objects.all()
    assert loaded.count() == len(OFFERS) == 17
    assert not loaded.filter(is_published=True).exists()
    assert not loaded.filter(checked_on__isnull=False).exists()
    assert not loaded.filter(source="").exists()
    assert not loaded.filter(is_demo=True).exists()


def test_loading_again_adds_nothing_and_leaves_what_people_wrote(administrator: User, now: datetime) -> None:
    services.load_national_drafts()
    service = Service.objects.get(name="BørneTelefonen")
    edit(service, administrator, now, hours_text="Altid", checked=True)
    colleague = User.objects.create_superuser("drift2", password="x")
    services.decide_numbers(service=service, change=service.number_change.pk, agrees=True, by=colleague, now=now)
    services.publish_service(service=service, by=administrator, now=now)
    assert services.load_national_drafts() == 0
    service.refresh_from_db()
    assert (service.hours_text, service.is_published) == ("Altid", True)


def test_an_organisation_that_is_there_already_is_used() -> None:
    there = Organization.objects.create(name="Børns Vilkår", slug="bv", kind="association")
    services.load_national_drafts()
    assert {service.name for service in there.services.all()} == {"BørneTelefonen", "Hørt"}


def test_nothing_is_guessed_where_no_source_names_a_number() -> None:
    services.load_national_drafts()
    silent = Service.objects.filter(channels__isnull=True).values_list("name", flat=True)
    unknown = {"Hørt", "Foreningen Spiseforstyrrelser og Selvskade", "Psykiatrifonden", "TUBA"}
    assert set(silent) == unknown


def test_every_national_value_is_one_that_a_counsellor_could_have_written() -> None:
    services.load_national_drafts()
    services.load_demo_services()
    for service in Service.objects.all():
        service.full_clean()
    for channel in Channel.objects.all():
        value = channel.value
        channel.full_clean()
        assert channel.value == value


def test_two_can_take_a_national_draft_to_an_open_room(administrator: User, now: datetime, settings: Any) -> None:
    """The way to a green /readyz in production."""
    settings.DEMO = False
    colleague = User.objects.create_superuser("drift2", password="x")
    for person_of_two in (administrator, colleague):
        enter_with_second_factor(person_of_two)
    services.load_national_drafts()
    draft = Service.objects.get(name="BørneTelefonen")
    services.check_service(service=draft, by=administrator, now=now)
    with pytest.raises(ValidationError) as refused:
        services.publish_service(service=draft, by=administrator, now=now)
    assert refused.value.code == "one_person"
    assert not Service.objects.crisis_ready(now).exists()
    services.decide_numbers(service=draft, change=draft.number_change.pk, agrees=True, by=colleague, now=now)
    services.publish_service(service=draft, by=administrator, now=now)
    assert list(Service.objects.crisis_ready(now)) == [draft]


def test_demo_services_are_loaded_once_and_their_check_is_renewed(now: datetime) -> None:
    first = services.load_demo_services(now=now)
    later = now + timedelta(days=200)
    second = services.load_demo_services(now=later)
    assert [service.id for service in first] == [service.id for service in second]
    assert Service.objects.count() == len(second)
    assert set(Service.objects.values_list("checked_on", flat=True)) == {later.date()}
    assert all(name.startswith("Demo ") for name in Organization.objects.values_list("name", flat=True))


def test_demo_services_say_that_they_are_made_up() -> None:
    for service in services.load_demo_services():
        assert service.is_demo
        assert service.name.startswith("Demo: ")
        assert service.description.startswith("Opdigtet.")
        assert service.source == "Opfundet til demoen"


def test_nobody_can_log_in_as_the_demo_s_checker() -> None:
    services.load_demo_services()
    checker = User.objects.get(username="demo-tjek")
    assert not checker.is_active
    assert not checker.has_usable_password()


def test_a_topic_s_code_tells_nobody_what_it_is_about() -> None:
    services.load_topics()
    services.load_topics()
    codes = list(Topic.objects.values_list("code", flat=True))
    assert len(codes) <= 40
    assert all(code[0] == "t" and code[1:].isdigit() for code in codes)


def test_there_are_98_municipalities() -> None:
    assert len(MUNICIPALITIES) == 98
    assert MUNICIPALITIES["751"] == "Aarhus"
    assert all(len(code) == 3 and code.isdigit() for code in MUNICIPALITIES)
