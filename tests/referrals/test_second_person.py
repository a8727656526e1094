"""T28: one person alone never puts another number where a young person in distress finds it, by whatever door."""

import threading
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.mail import EmailMessage
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import Membership, Organization, User
from referrals import services
from referrals.models import AgreedNumbers, NumberChange, Service, Version
from tests.referrals.conftest import MakeService, person

pytestmark = pytest.mark.django_db

OLD, NEW = ("phone", "70201201"), ("phone", "20304050")
CHAT = ("chat", "https://livet.dk")


@pytest.fixture
def sofie(association: Organization) -> User:
    return person("sofie", association, "counsellor")


def ways(service: Service) -> list[tuple[str, str]]:
    return list(service.channels.values_list("kind", "value"))


def edit(service: Service, by: User, *channels: tuple[str, str], checked: bool = True, **values: Any) -> Service:
    return services.edit_service(service=service, values=values, channels=channels, checked=checked, by=by)


def answer(service: Service, by: User, *, agrees: bool = True, change: UUID | None = None) -> None:
    chosen = change or NumberChange.objects.get(service=service).pk
    services.decide_numbers(service=service, change=chosen, agrees=agrees, by=by)


def refusal(verb: Callable[[], Any]) -> str | None:
    with pytest.raises(ValidationError) as refused:
        verb()
    code: str | None = refused.value.code
    return code


def is_shown(service: Service) -> bool:
    return Service.objects.shown().filter(pk=service.pk).exists()


def test_those_who_can_say_yes_hear_of_it_by_mail_and_the_mail_has_no_number(
    make: MakeService,
    editor: User,
    sofie: User,
    mailoutbox: list[EmailMessage],
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    service = make(is_crisis=True, channels=(OLD, CHAT))
    for user in (editor, sofie):
        User.objects.filter(pk=user.pk).update(email=f"{user.username}@livet.dk")
    with django_capture_on_commit_callbacks(execute=True):
        edit(service, editor, NEW, CHAT)
    (mail,) = mailoutbox
    assert mail.to == ["sofie@livet.dk"]
    assert service.name in mail.body
    assert reverse("referrals:manage-edit", args=[service.pk]) in mail.body
    assert "20304050" not in mail.subject + mail.body
    assert "editor" not in mail.subject + mail.body
    with django_capture_on_commit_callbacks(execute=True):
        edit(service, editor, NEW, CHAT)
    assert len(mailoutbox) == 1


# A number that changes --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("checked", [True, False])
@pytest.mark.parametrize(
    "wanted",
    [
        [NEW],
        [NEW, CHAT],
        [OLD, NEW],
        [("sms", "1212"), OLD],
        [("sms", "70201201")],
        [CHAT],
        [],
    ],
)
def test_the_old_number_stands_until_somebody_else_says_yes(
    crisis: MakeService, editor: User, sofie: User, wanted: list[tuple[str, str]], checked: bool
) -> None:
    service = crisis(channels=(OLD, CHAT))
    edit(service, editor, *wanted, checked=checked)
    assert OLD in ways(service)
    assert set(ways(service)) <= {OLD, CHAT}
    if checked:
        assert is_shown(service)
    answer(service, sofie)
    numbers = [way for way in wanted if way[0] in ("phone", "sms")]
    assert [way for way in ways(service) if way[0] in ("phone", "sms")] == numbers
    assert not NumberChange.objects.exists()


def test_what_stays_shown_keeps_its_check_of_before(
    crisis: MakeService, editor: User, sofie: User, now: datetime
) -> None:
    service = crisis(channels=(OLD, CHAT))
    before = service.checked_on
    edit(service, editor, NEW, CHAT)
    service.refresh_from_db()
    assert (service.checked_on, is_shown(service)) == (before, True), "nobody vouched for the number that stands"
    answer(service, sofie)
    service.refresh_from_db()
    assert (service.checked_on, is_shown(service)) == (before, True)


def test_the_new_number_stands_where_the_old_one_stood(crisis: MakeService, editor: User, sofie: User) -> None:
    service = crisis(channels=(CHAT, OLD, ("web", "https://livet.dk/om")))
    edit(service, editor, CHAT, NEW, ("web", "https://livet.dk/om"))
    answer(service, sofie)
    assert ways(service) == [CHAT, NEW, ("web", "https://livet.dk/om")]


def test_nobody_says_yes_to_their_own_numbers(crisis: MakeService, editor: User) -> None:
    service = crisis()
    edit(service, editor, NEW)
    Membership.objects.create(user=editor, organization=service.organization, role="coordinator")
    assert refusal(partial(answer, service, editor)) == "one_person"
    assert ways(service) == [OLD]


def test_proposing_the_same_again_does_not_make_one_a_second_person(
    crisis: MakeService, editor: User, sofie: User
) -> None:
    service = crisis()
    edit(service, editor, NEW)
    edit(service, sofie, NEW)
    assert NumberChange.objects.get().proposed_by == editor
    assert refusal(partial(answer, service, editor)) == "one_person"


def test_a_yes_is_for_the_numbers_that_were_seen(crisis: MakeService, editor: User, sofie: User) -> None:
    service = crisis()
    edit(service, editor, ("phone", "33333333"))
    seen = NumberChange.objects.get().pk
    edit(service, editor, NEW)
    assert refusal(partial(answer, service, sofie, change=seen)) == "gone"
    assert refusal(partial(answer, service, sofie, change=uuid4())) == "gone"
    assert ways(service) == [OLD]


def test_a_change_of_another_service_is_not_decided_here(crisis: MakeService, editor: User, sofie: User) -> None:
    service, other = crisis(), crisis(name="B")
    edit(other, editor, NEW)
    assert refusal(partial(answer, service, sofie, change=NumberChange.objects.get().pk)) == "gone"


def test_a_stranger_neither_says_yes_nor_no(
    crisis: MakeService, editor: User, town: Organization, administrator: User
) -> None:
    service, stranger = crisis(), person("fremmed", town, "coordinator")
    edit(service, editor, NEW)
    for agrees in (True, False):
        with pytest.raises(PermissionDenied):
            answer(service, stranger, agrees=agrees)
    answer(service, administrator)
    assert ways(service) == [NEW]


def test_a_no_leaves_all_as_it_was_and_one_may_take_one_s_own_back(
    crisis: MakeService, editor: User, sofie: User
) -> None:
    service = crisis()
    for who in (sofie, editor):
        edit(service, editor, NEW)
        answer(service, who, agrees=False)
        assert (ways(service), is_shown(service)) == ([OLD], True)
    assert not NumberChange.objects.exists()


def test_saving_other_things_leaves_the_proposal_and_the_old_number_alone(
    crisis: MakeService, editor: User, sofie: User
) -> None:
    service = crisis()
    edit(service, editor, NEW)
    edit(service, sofie, OLD, description="Bedre ord")
    assert (ways(service), NumberChange.objects.get().proposed_by) == ([OLD], editor)


def test_an_order_of_numbers_needs_nobody_else(crisis: MakeService, editor: User) -> None:
    service = crisis(channels=(OLD, ("sms", "1212")))
    edit(service, editor, ("sms", "1212"), OLD)
    assert ways(service) == [("sms", "1212"), OLD]
    assert not NumberChange.objects.exists()


def test_a_service_that_is_no_crisis_help_needs_one_person(make: MakeService, editor: User) -> None:
    service = make()
    edit(service, editor, NEW)
    assert (ways(service), NumberChange.objects.count()) == ([NEW], 0)


def test_the_history_tells_who_proposed_and_who_agreed(crisis: MakeService, editor: User, sofie: User) -> None:
    service = crisis()
    edit(service, editor, NEW)
    answer(service, sofie)
    edit(service, sofie, OLD)
    answer(service, editor, agrees=False)
    told = list(service.versions.exclude(made_by=None).values_list("what", "made_by"))
    assert told == [
        ("refused", editor.pk),
        ("proposed", sofie.pk),
        ("agreed", sofie.pk),
        ("proposed", editor.pk),
    ]
    agreed = service.versions.get(what=Version.What.AGREED)
    assert agreed.content["channels"] == [list(NEW)]


def test_the_database_itself_refuses_a_yes_to_oneself(crisis: MakeService, editor: User, now: datetime) -> None:
    values = {"service": crisis(), "numbers": [], "agreed_at": now}
    for wrong in ({"proposed_by": editor, "agreed_by": editor}, {"agreed_by": editor}, {"proposed_by": editor}):
        with pytest.raises(IntegrityError), transaction.atomic():
            AgreedNumbers.objects.create(**values, **wrong)


# Ways around it ---------------------------------------------------------------------------------------------------


def test_taking_the_word_crisis_away_does_not_free_the_numbers(crisis: MakeService, editor: User) -> None:
    service = crisis()
    edit(service, editor, NEW, is_crisis=False)
    assert ways(service) == [OLD]
    edit(service, editor, OLD, is_crisis=False)
    edit(service, editor, NEW)
    assert ways(service) == [OLD]
    edit(service, editor, NEW, is_crisis=True)
    assert (ways(service), is_shown(service)) == ([OLD], True)


def test_hiding_it_first_does_not_free_the_numbers(crisis: MakeService, editor: User) -> None:
    service = crisis()
    services.withdraw_service(service=service, by=editor)
    edit(service, editor, OLD, is_crisis=False)
    edit(service, editor, NEW)
    assert ways(service) == [OLD]


def test_crisis_help_without_a_number_gets_none_by_one_person(crisis: MakeService, editor: User) -> None:
    service = crisis(channels=(CHAT,))
    edit(service, editor, CHAT, is_crisis=False)
    edit(service, editor, CHAT, NEW)
    assert ways(service) == [CHAT]


@pytest.mark.parametrize("wanted", [OLD, NEW])
def test_what_becomes_crisis_help_is_not_shown_as_that_before_two_stand_by_its_numbers(
    make: MakeService, editor: User, sofie: User, wanted: tuple[str, str]
) -> None:
    service = make(always_open=True)
    edit(service, editor, wanted, is_crisis=True)
    assert not is_shown(service)
    assert refusal(partial(services.publish_service, service=service, by=editor)) == "one_person"
    assert refusal(partial(services.publish_service, service=service, by=sofie)) == "one_person"
    answer(service, sofie)
    services.publish_service(service=service, by=editor)
    assert is_shown(service)
    assert ways(service) == [wanted]


def test_what_becomes_crisis_help_without_a_number_is_shown_at_once(make: MakeService, editor: User) -> None:
    service = make(channels=(CHAT,))
    edit(service, editor, CHAT, is_crisis=True)
    assert is_shown(service)


def test_an_earlier_version_brings_no_number_back_by_one_person(crisis: MakeService, editor: User, sofie: User) -> None:
    service = crisis(channels=(("phone", "33333333"),))
    edit(service, editor, OLD)
    answer(service, sofie)
    first = service.versions.earliest("pk")
    assert first.content["channels"] == [["phone", "33333333"]]
    services.take_back(service=service, version=first, by=editor)
    assert (ways(service), is_shown(service)) == ([OLD], True)
    answer(service, sofie)
    assert ways(service) == [("phone", "33333333")]


def test_a_version_from_before_it_was_crisis_help_brings_no_number_back(
    make: MakeService, editor: User, sofie: User
) -> None:
    service = make(channels=(NEW,))
    edit(service, editor, NEW)
    edit(service, editor, OLD, is_crisis=True)
    services.decide_numbers(service=service, change=NumberChange.objects.get().pk, agrees=True, by=sofie)
    services.publish_service(service=service, by=editor)
    services.take_back(service=service, version=service.versions.earliest("pk"), by=editor)
    assert ways(service) == [OLD]


def test_an_old_version_of_crisis_help_does_not_make_crisis_help_of_it_unseen(make: MakeService, editor: User) -> None:
    service = make(is_crisis=True, is_published=False, checked_on=None, checked_by=None, always_open=True)
    edit(service, editor, OLD, checked=False, is_crisis=False)
    edit(service, editor, NEW, checked=True)
    services.publish_service(service=service, by=editor)
    services.take_back(service=service, version=service.versions.earliest("pk"), by=editor)
    assert not is_shown(service)


# New ones ---------------------------------------------------------------------------------------------------------


def test_a_new_crisis_service_is_shown_after_a_second_person_s_yes(
    association: Organization, editor: User, sofie: User
) -> None:
    values = {"name": "Ny linje", "description": "Ring.", "is_crisis": True, "always_open": True}
    service = services.create_service(organization=association, values=values, channels=[OLD, CHAT], by=editor)
    services.check_service(service=service, by=editor)
    for who in (editor, sofie):
        assert refusal(partial(services.publish_service, service=service, by=who)) == "one_person"
    assert refusal(partial(answer, service, editor)) == "one_person"
    answer(service, sofie)
    services.publish_service(service=service, by=editor)
    assert ways(service) == [OLD, CHAT]
    agreed = AgreedNumbers.objects.get()
    assert (agreed.proposed_by, agreed.agreed_by) == (editor, sofie)


def test_a_refused_number_of_a_new_service_is_nowhere_and_does_not_hold_the_rest_back(
    association: Organization, editor: User, sofie: User
) -> None:
    values = {"name": "Ny linje", "description": "Skriv.", "is_crisis": True}
    service = services.create_service(organization=association, values=values, channels=[OLD, CHAT], by=editor)
    services.check_service(service=service, by=editor)
    answer(service, sofie, agrees=False)
    services.publish_service(service=service, by=editor)
    assert ways(service) == [CHAT]


def test_the_demo_s_crisis_help_is_shown_and_guarded(administrator: User) -> None:
    services.load_demo_services()
    night = Service.objects.get(name="Demo: Nattelinjen")
    assert is_shown(night)
    before = ways(night)
    edit(night, administrator, NEW)
    assert [way for way in ways(night) if way[0] == "phone"] == [way for way in before if way[0] == "phone"]
    services.load_demo_services()
    assert is_shown(night)


# Doors ------------------------------------------------------------------------------------------------------------


def page(service: Service, name: str = "manage-edit") -> str:
    return reverse(f"referrals:{name}", args=[service.pk])


def test_two_people_change_a_number_on_the_pages(
    client: Client, crisis: MakeService, editor: User, sofie: User
) -> None:
    service = crisis(channels=(OLD,))
    client.force_login(editor)
    shown = client.get(page(service)).context
    sent = {name: value for name, value in shown["form"].initial.items() if value not in (None, [], False)}
    sent |= {"ways-TOTAL_FORMS": "1", "ways-INITIAL_FORMS": "0", "ways-0-kind": "phone", "ways-0-value": "20 30 40 50"}
    assert client.post(page(service), {**sent, "checked": "on"}).status_code == 302
    change = NumberChange.objects.get()
    html = client.get(page(service)).content.decode()
    assert "20 30 40 50" in html
    assert 'name="answer" value="yes"' not in html
    client.post(page(service, "manage-numbers"), {"change": change.pk, "answer": "yes"})
    assert ways(service) == [OLD]
    client.force_login(sofie)
    assert client.get(reverse("referrals:manage")).context["services"][0].number_change == change
    assert 'name="answer" value="yes"' in client.get(page(service)).content.decode()
    for nonsense in ({}, {"change": "x", "answer": "yes"}, {"change": change.pk, "answer": "måske"}):
        client.post(page(service, "manage-numbers"), nonsense)
        assert ways(service) == [OLD]
    client.post(page(service, "manage-numbers"), {"change": change.pk, "answer": "yes"})
    assert ways(service) == [NEW]


def test_a_foreign_organisation_s_numbers_are_not_decided_on_the_pages(
    client: Client, crisis: MakeService, editor: User, town: Organization
) -> None:
    service = crisis()
    edit(service, editor, NEW)
    client.force_login(person("fremmed", town, "coordinator"))
    sent = {"change": NumberChange.objects.get().pk, "answer": "yes"}
    assert client.post(page(service, "manage-numbers"), sent).status_code == 404
    assert ways(service) == [OLD]


ADMIN = {
    "name": "Linjen",
    "description": "Tal med nogen.",
    "status": "active",
    "source": "livet.dk",
    "is_anonymous": "unknown",
    "on_holidays": "closed",
    "always_open": "on",
}


def test_the_operator_s_door_changes_no_number_of_crisis_help(
    client: Client, crisis: MakeService, make: MakeService, administrator: User, association: Organization
) -> None:
    client.force_login(administrator)
    service, ordinary = crisis(), make(name="B", channels=(CHAT,))

    def send(target: Service, name: str, **fields: Any) -> None:
        channel = target.channels.get()
        sent = {
            **ADMIN,
            "organization": association.pk,
            "name": name,
            "channels-TOTAL_FORMS": "2",
            "channels-INITIAL_FORMS": "1",
            "channels-0-id": str(channel.pk),
            "channels-0-service": str(target.pk),
            "channels-0-kind": "phone",
            "channels-0-value": "20304050",
            "channels-0-position": "0",
            "channels-1-service": str(target.pk),
            "channels-1-kind": "sms",
            "channels-1-value": "20304050",
            "channels-1-position": "1",
        }
        address = reverse("admin:referrals_service_change", args=[target.pk])
        assert client.post(address, {**sent, **fields}).status_code == 302

    send(service, "Linjen")
    send(service, "Linjen", is_crisis="")
    send(service, "Linjen", **{"channels-0-DELETE": "on"})
    service.refresh_from_db()
    assert (service.is_crisis, ways(service)) == (True, [OLD])
    send(ordinary, "B", is_crisis="on")
    ordinary.refresh_from_db()
    assert (ordinary.is_crisis, ways(ordinary)) == (False, [NEW, ("sms", "20304050")])


def test_what_an_operator_makes_by_that_door_is_shown_after_a_second_person_s_yes(
    client: Client, administrator: User, association: Organization, sofie: User
) -> None:
    client.force_login(administrator)
    sent = {
        **ADMIN,
        "organization": association.pk,
        "is_crisis": "on",
        "channels-TOTAL_FORMS": "1",
        "channels-INITIAL_FORMS": "0",
        "channels-0-kind": "phone",
        "channels-0-value": "20304050",
        "channels-0-position": "0",
    }
    assert client.post(reverse("admin:referrals_service_add"), sent).status_code == 302
    service = Service.objects.get()
    services.check_service(service=service, by=administrator)
    assert refusal(partial(services.publish_service, service=service, by=administrator)) == "one_person"
    answer(service, sofie)
    services.publish_service(service=service, by=administrator)
    assert is_shown(service)


# At the same moment -----------------------------------------------------------------------------------------------


def at_once(*verbs: Callable[[], Any]) -> list[str]:
    """Each in a thread and a connection of its own; "done" or the refusal's code of each."""
    gate, outcomes = threading.Barrier(len(verbs)), [""] * len(verbs)

    def run(place: int, verb: Callable[[], Any]) -> None:
        try:
            gate.wait()
            verb()
            outcomes[place] = "done"
        except ValidationError as refused:
            outcomes[place] = str(refused.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(verbs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


@pytest.mark.both_engines
@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_at_once_one_does(crisis: MakeService, editor: User, sofie: User) -> None:
    service = crisis()
    third = person("mads", service.organization, "counsellor")
    for _round in range(6):
        before = ways(service)
        wanted = NEW if before == [OLD] else OLD
        edit(service, editor, wanted)
        seen = NumberChange.objects.get().pk  # both have it on their page before either answers
        yes, no = at_once(
            partial(answer, service, sofie, change=seen),
            partial(answer, service, third, change=seen, agrees=False),
        )
        assert sorted((yes, no)) == ["done", "gone"]
        assert ways(service) == ([wanted] if yes == "done" else before)
        assert (NumberChange.objects.count(), is_shown(service)) == (0, True)


@pytest.mark.both_engines
@pytest.mark.django_db(transaction=True)
def test_a_yes_never_falls_on_numbers_that_are_proposed_at_that_moment(
    crisis: MakeService, editor: User, sofie: User
) -> None:
    service = crisis()
    for number in range(6):
        good, bad = ("phone", f"2030405{number}"), ("phone", f"6666666{number}")
        edit(service, editor, good)
        before, seen = ways(service), NumberChange.objects.get().pk
        said, _proposed = at_once(
            partial(answer, service, sofie, change=seen),
            partial(edit, service, editor, bad),
        )
        assert ways(service) == ([good] if said == "done" else before)
        assert bad not in ways(service)
        NumberChange.objects.all().delete()
