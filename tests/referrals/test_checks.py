"""Capability 62: what is written has a date, its people are asked in time, and what is old is no help in a crisis."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import signing
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import Membership, Organization, User
from chat.services import worker
from referrals import cards, checks, services
from referrals.models import Channel, Link, Reminder, Service, Version
from tests.referrals.conftest import NOW, TODAY, MakeService, person

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
LATE = NOW + 90 * DAY  # of a service that was checked on TODAY
MakePerson = Callable[..., User]


@pytest.fixture
def sofie(association: Organization) -> User:
    return with_mail(person("sofie", association, "counsellor"))


def with_mail(user: User) -> User:
    user.email = f"{user.username}@example.org"
    user.save()
    return user


def links_in(mail: EmailMessage) -> list[str]:
    return re.findall(r"/tilbud/tjek/\S+", str(mail.body))


def ask(now: datetime = LATE) -> int:
    with time_machine.travel(now, tick=False):
        return checks.ask_whether_still_true(now=now)


@pytest.fixture
def asked(make: MakeService, sofie: User, mailoutbox: list[EmailMessage]) -> str:
    """The link that Sofie got for the one service, ninety days after its check."""
    make()
    assert ask() == 1
    (link,) = links_in(mailoutbox[0])
    return link


def press(client: Client, link: str, *, now: datetime = LATE) -> Any:
    with time_machine.travel(now, tick=False):
        return client.post(link)


def look(client: Client, link: str, *, now: datetime = LATE) -> Any:
    with time_machine.travel(now, tick=False), translation.override("en"):
        return client.get(link)


# Who is asked, and when -------------------------------------------------------------------------------------------


def test_after_ninety_days_its_people_are_asked_and_not_before(
    make: MakeService, sofie: User, mailoutbox: list[EmailMessage]
) -> None:
    make()
    assert ask(LATE - DAY) == 0
    assert mailoutbox == []
    assert ask() == 1
    assert [mail.to for mail in mailoutbox] == [["sofie@example.org"]]


def test_nobody_is_asked_about_a_service_twice_within_thirty_days(
    make: MakeService, sofie: User, mailoutbox: list[EmailMessage]
) -> None:
    make()
    asked = [ask(LATE + timedelta(hours=6) * step) for step in range(4 * 61)]
    assert [step for step, number in enumerate(asked) if number] == [0, 4 * 30, 4 * 60]
    assert len(mailoutbox) == 3


def test_a_check_ends_the_asking_and_begins_ninety_days_anew(
    make: MakeService, sofie: User, mailoutbox: list[EmailMessage]
) -> None:
    service = make()
    ask()
    services.check_service(service=service, by=sofie, now=LATE + DAY)
    assert ask(LATE + 90 * DAY) == 0
    assert ask(LATE + 91 * DAY) == 1


def test_everybody_of_the_organisation_with_an_address_is_asked_and_nobody_else(
    make: MakeService, sofie: User, association: Organization, town: Organization, mailoutbox: list[EmailMessage]
) -> None:
    make()
    with_mail(person("jonas", association, "editor"))
    Membership.objects.create(user=sofie, organization=association, role="coordinator")
    person("uden adresse", association, "editor")
    gone = with_mail(person("gone", association, "editor"))
    gone.is_active = False
    gone.save()
    with_mail(person("fremmed", town, "coordinator"))
    with_mail(person("ingen rolle"))
    User.objects.create_user("ung", is_young=True)
    ask()
    assert sorted(to for mail in mailoutbox for to in mail.to) == ["jonas@example.org", "sofie@example.org"]


def test_who_has_no_second_factor_is_not_asked_because_they_could_not_say_yes(
    make: MakeService, sofie: User, settings: Any, mailoutbox: list[EmailMessage]
) -> None:
    settings.DEMO = False
    make()
    assert ask() == 0
    assert not Reminder.objects.exists()
    sofie.authenticator_set.create(type="totp", data={})
    assert ask() == 1


def test_of_an_organisation_without_anybody_here_the_administrators_are_asked(
    make: MakeService, administrator: User, mailoutbox: list[EmailMessage]
) -> None:
    with_mail(administrator)
    make()
    assert ask() == 1
    assert mailoutbox[0].to == ["drift@example.org"]


@pytest.mark.parametrize(
    "other",
    [
        {"is_published": False},
        {"checked_on": None, "checked_by": None, "is_published": False},
        {"status": "defunct"},
        {"is_demo": True},
    ],
)
def test_nobody_is_asked_about_what_the_young_do_not_see(
    make: MakeService, sofie: User, settings: Any, other: dict[str, Any]
) -> None:
    settings.DEMO = False
    sofie.authenticator_set.create(type="totp", data={})
    make(**other)
    assert ask() == 0


def test_what_is_closed_for_a_while_is_asked_about_too(make: MakeService, sofie: User) -> None:
    make(status="temporarily closed")
    assert ask() == 1


def test_one_gets_one_mail_about_all_of_one_s_services(
    make: MakeService, sofie: User, mailoutbox: list[EmailMessage]
) -> None:
    make(name="A-linjen")
    make(name="B-linjen")
    assert ask() == 2
    (mail,) = mailoutbox
    assert len(set(links_in(mail))) == 2
    assert str(mail.body).index("A-linjen") < str(mail.body).index("B-linjen")


def test_the_mail_holds_no_word_of_the_service_but_its_name(
    make: MakeService, sofie: User, settings: Any, mailoutbox: list[EmailMessage]
) -> None:
    settings.ORIGINS = ["https://samrum.example"]
    make(description="Til dig der skærer dig", alert="Lukket i uge 8")
    ask()
    told = f"{mailoutbox[0].subject} {mailoutbox[0].body}"
    assert "skærer" not in told
    assert "uge 8" not in told
    assert "https://samrum.example/tilbud/tjek/" in told
    sent = {name.name for name in Reminder._meta.get_fields()}
    assert sent == {"id", "service", "sent_at"}


def test_a_mail_that_did_not_go_is_tried_again(
    make: MakeService, sofie: User, monkeypatch: pytest.MonkeyPatch, mailoutbox: list[EmailMessage]
) -> None:
    make()

    def broken(*_arguments: object, **_options: object) -> int:
        raise OSError

    with monkeypatch.context() as patch:
        patch.setattr("accounts.staff_mail.send_mail", broken)
        assert ask() == 0
    assert ask(LATE + timedelta(minutes=1)) == 1
    assert len(mailoutbox) == 1


def test_one_address_that_fails_does_not_let_the_others_be_asked_each_minute(
    make: MakeService,
    sofie: User,
    association: Organization,
    monkeypatch: pytest.MonkeyPatch,
    mailoutbox: list[EmailMessage],
) -> None:
    with_mail(person("jonas", association, "editor"))
    make()
    whole = checks.staff_mail.send

    def half(*, to: list[str], **words: Any) -> bool:
        return whole(to=to, **words) if to == ["sofie@example.org"] else False

    monkeypatch.setattr(checks.staff_mail, "send", half)
    assert (ask(), ask(LATE + timedelta(minutes=1))) == (1, 0)
    assert len(mailoutbox) == 1


def test_the_worker_asks(make: MakeService, sofie: User, mailoutbox: list[EmailMessage]) -> None:
    make(checked_on=timezone.localdate() - 90 * DAY)
    worker.sweep()
    assert [mail.to for mail in mailoutbox] == [["sofie@example.org"]]


def test_a_link_that_does_not_answer_is_told_in_the_same_mail(
    make: MakeService, sofie: User, mailoutbox: list[EmailMessage]
) -> None:
    make(channels=(("chat", "https://livet.dk/chat"), ("phone", "70201201")))
    Link.objects.create(url="https://livet.dk/chat", failures=2, failing_since=NOW)
    assert ask(NOW + DAY) == 1
    assert "https://livet.dk/chat" in mailoutbox[0].body
    assert ask(NOW + 29 * DAY) == 0


# The link ---------------------------------------------------------------------------------------------------------


def test_the_page_shows_what_the_young_read_and_one_button(client: Client, asked: str) -> None:
    service = Service.objects.get()
    html = look(client, asked).content.decode()
    main = html[html.index("<main") : html.index("</main")]
    assert "Tal med nogen." in main
    assert 'href="tel:+4570201201"' in main
    assert main.count("<button") == 1
    assert reverse("referrals:manage-edit", args=[service.pk]) in main
    assert "<title>Samrum</title>" in html


def test_opening_the_link_changes_nothing_however_often(client: Client, asked: str) -> None:
    before = (Service.objects.values().get(), Version.objects.count())
    for method in (client.get, client.head):
        for _again in range(3):
            with time_machine.travel(LATE, tick=False):
                assert method(asked).status_code == 200
    with time_machine.travel(LATE, tick=False):
        assert client.put(asked).status_code == client.options(asked).status_code == 405
    assert (Service.objects.values().get(), Version.objects.count()) == before


def test_the_button_makes_a_check_by_the_person_the_link_was_made_for(
    client: Client, asked: str, sofie: User, administrator: User
) -> None:
    client.force_login(administrator)  # whoever happens to be logged in
    assert press(client, asked).status_code == 200
    service = Service.objects.get()
    assert (service.checked_on, service.checked_by, service.is_published) == (LATE.date(), sofie, True)
    version = Version.objects.first()
    assert version is not None
    assert (version.what, version.made_by) == ("checked", sofie)


def test_the_button_cannot_be_pressed_from_another_site(asked: str) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert press(strict, asked).status_code == 403
    assert Service.objects.get().checked_on == TODAY


def test_a_link_is_kept_by_no_cache_and_found_by_no_search_engine(client: Client, asked: str) -> None:
    answer = look(client, asked)
    assert "no-store" in answer["Cache-Control"]
    assert "noindex" in answer["X-Robots-Tag"]


def test_a_link_is_good_for_thirty_days(client: Client, asked: str) -> None:
    assert look(client, asked, now=LATE + 30 * DAY - timedelta(minutes=1)).status_code == 200
    over = LATE + 30 * DAY + timedelta(minutes=1)
    assert look(client, asked, now=over).status_code == 410
    assert press(client, asked, now=over).status_code == 410
    assert Service.objects.get().checked_on == TODAY


def test_a_link_is_worth_nothing_once_it_was_used(client: Client, asked: str) -> None:
    press(client, asked)
    assert press(client, asked, now=LATE + DAY).context["is_checked_since"]
    assert Service.objects.get().checked_on == LATE.date()


def test_what_a_colleague_has_checked_meanwhile_is_not_asked_again(
    client: Client, asked: str, association: Organization
) -> None:
    other = person("jonas", association, "editor")
    services.check_service(service=Service.objects.get(), by=other, now=LATE)
    answer = press(client, asked, now=LATE + DAY)
    assert answer.context["is_checked_since"]
    assert Service.objects.get().checked_by == other


CHANGES: list[Callable[[Service], Any]] = [
    lambda service: Service.objects.filter(pk=service.pk).update(description="Nye ord"),
    lambda service: Service.objects.filter(pk=service.pk).update(name="Linien"),
    lambda service: Service.objects.filter(pk=service.pk).update(alert="Lukket"),
    lambda service: Service.objects.filter(pk=service.pk).update(is_anonymous=True),
    lambda service: Channel.objects.filter(service=service).update(value="20304050"),
    lambda service: service.channels.create(kind="sms", value="1212"),
    lambda service: service.channels.all().delete(),
    lambda service: service.schedules.create(byday="MO", opens_at="10:00", closes_at="12:00"),
    lambda service: service.special_days.create(first_day=TODAY, last_day=TODAY),
    lambda service: service.at_locations.create(location=service.organization.locations.create(name="Huset")),
    lambda service: Organization.objects.filter(pk=service.organization.pk).update(name="Et andet hus"),
]


@pytest.mark.parametrize("change", CHANGES)
def test_a_link_never_says_yes_to_what_it_did_not_show(
    client: Client, asked: str, change: Callable[[Service], Any]
) -> None:
    change(Service.objects.get())
    assert look(client, asked).context["is_changed_since"]
    assert press(client, asked).context["is_changed_since"]
    assert Service.objects.get().checked_on == TODAY
    assert not Version.objects.filter(what="checked").exists()


def test_what_is_changed_while_the_page_is_open_is_not_said_yes_to(client: Client, asked: str) -> None:
    assert look(client, asked).context["asks"]
    Channel.objects.update(value="20304050")
    assert press(client, asked).context["is_changed_since"]
    assert Service.objects.get().checked_on == TODAY


LEAVINGS: list[Callable[[User], Any]] = [
    lambda user: user.memberships.all().delete(),
    lambda user: User.objects.filter(pk=user.pk).update(is_active=False),
    lambda user: user.delete(),
]


@pytest.mark.parametrize("leave", LEAVINGS)
def test_who_has_left_the_organisation_says_yes_to_nothing(
    client: Client, asked: str, sofie: User, leave: Callable[[User], Any]
) -> None:
    leave(sofie)
    answer = look(client, asked)
    assert answer.status_code == 410
    assert "Tal med nogen." not in answer.content.decode()
    assert press(client, asked).status_code == 410
    assert Service.objects.get().checked_on == TODAY


def test_who_lost_the_second_factor_says_yes_to_nothing(client: Client, asked: str, settings: Any) -> None:
    settings.DEMO = False
    assert press(client, asked).status_code == 410
    assert Service.objects.get().checked_on == TODAY


def test_a_service_given_to_others_is_theirs_to_check(
    client: Client, asked: str, town: Organization, administrator: User
) -> None:
    services.adopt_service(service=Service.objects.get(), organization=town, by=administrator)
    assert press(client, asked).status_code == 410


def test_only_a_link_that_we_made_for_this_opens_the_door(client: Client, asked: str, sofie: User) -> None:
    told = {"service": str(Service.objects.get().pk), "user": sofie.pk, "seen": [TODAY.isoformat(), "x"]}
    token = asked.removeprefix("/tilbud/tjek/").rstrip("/")
    forged = [
        "x",
        token[:-1] + ("a" if token[-1] != "a" else "b"),
        token.swapcase(),
        signing.dumps(told),
        signing.dumps(told, salt="another purpose"),
        signing.dumps(told, key="another key", salt=checks.PURPOSE),
    ]
    for wrong in forged:
        assert press(client, reverse("referrals:check", args=[wrong])).status_code == 410
    assert Service.objects.get().checked_on == TODAY


def test_a_link_whose_service_is_gone_says_that_it_is_over(client: Client, asked: str) -> None:
    Service.objects.all().delete()
    assert look(client, asked).status_code == 410


# What is old ------------------------------------------------------------------------------------------------------


def test_after_180_days_it_is_no_help_in_a_crisis_and_its_age_is_shown(client: Client, make: MakeService) -> None:
    today = timezone.localdate()
    old = {"checked_on": today - 181 * DAY, "is_crisis": True, "always_open": True}
    make(name="Gammel linje", **old)
    make(name="Frisk linje", **{**old, "checked_on": today - 180 * DAY})
    now = timezone.now()
    assert [service.name for service in Service.objects.crisis_ready(now)] == ["Frisk linje"]
    assert [card["name"] for card in cards.help_now(now=now, limit=9)] == ["Frisk linje"]
    assert "Gammel linje" not in client.get(reverse("referrals:help")).content.decode()
    shown = client.get(reverse("referrals:directory")).context["cards"]
    ages = {card["name"]: (card["checked_on"], card["last_check"]) for card in shown}
    assert ages["Gammel linje"] == (None, today - 181 * DAY)


def test_what_is_to_be_checked_stands_first_in_the_list_of_those_who_look_after_it(
    client: Client, editor: User, make: MakeService, crisis: MakeService
) -> None:
    today = timezone.localdate()
    crisis(name="Krise", checked_on=today - 89 * DAY)
    make(name="Ældst", checked_on=today - 200 * DAY)
    make(name="Gammel", checked_on=today - 90 * DAY)
    make(name="Kladde", checked_on=None, checked_by=None, is_published=False)
    make(name="Skjult", checked_on=today - 200 * DAY, is_published=False)
    client.force_login(editor)
    listed = client.get(reverse("referrals:manage")).context["services"]
    assert [service.name for service in listed][:3] == ["Ældst", "Gammel", "Krise"]
    assert [service.is_to_check for service in listed] == [True, True, False, False, False]
