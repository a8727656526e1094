"""Who is in training: said by coordinators about their counsellors, and by nobody about themselves."""

import re

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import permissions, services
from accounts.models import Membership, Organization, User
from tests.accounts.conftest import MakeStaff

pytestmark = pytest.mark.django_db
URL = "/konto/kolleger/"


@pytest.fixture
def lis(client: Client, make_staff: MakeStaff) -> User:
    user = make_staff("lis", role="coordinator")
    client.force_login(user)
    return user


def role_of(user: User) -> Membership:
    return user.memberships.get(role="counsellor")


def send(client: Client, membership: Membership, action: str) -> int:
    return client.post(URL, {"membership": membership.pk, "action": action}).status_code


def test_a_coordinator_says_when_somebodys_training_begins_and_ends(
    client: Client, lis: User, make_staff: MakeStaff
) -> None:
    anna = make_staff("anna")
    assert (send(client, role_of(anna), "train"), role_of(anna).is_trainee) == (302, True)
    assert 'value="done"' in client.get(URL).content.decode()
    assert (send(client, role_of(anna), "done"), role_of(anna).is_trainee) == (302, False)


def test_the_list_shows_who_answers_in_ones_own_organisations_and_nobody_else(
    client: Client, lis: User, make_staff: MakeStaff
) -> None:
    make_staff("anna")
    make_staff("borte", is_active=False)
    far = make_staff("fjern", role="")
    other = Organization.objects.create(name="Andetby Kommune", slug="andetby", kind="municipality")
    Membership.objects.create(user=far, organization=other, role="counsellor")
    page = client.get(URL).content.decode()
    assert all(name in page for name in ("Anna", "Lis", "Testby Kommune"))
    assert not [name for name in ("Borte", "Fjern", "Andetby") if name in page]
    assert (send(client, role_of(far), "train"), role_of(far).is_trainee) == (404, False)


def test_the_list_asks_the_same_few_questions_however_many_there_are(
    client: Client, lis: User, make_staff: MakeStaff
) -> None:
    client.get(URL)  # the number beside "queue" is kept for a moment
    asked = set()
    for name in ("anna", "bo", "cia"):
        make_staff(name)
        with CaptureQueriesContext(connection) as questions:
            assert name.title() in client.get(URL).content.decode()
        asked.add(len(questions))
    assert len(asked) == 1


def test_nobody_ends_their_own_training(client: Client, lis: User, organization: Organization) -> None:
    own = Membership.objects.create(user=lis, organization=organization, role="counsellor", is_trainee=True)
    assert f'value="{own.pk}"' not in client.get(URL).content.decode()
    assert send(client, own, "done") == 404
    assert role_of(lis).is_trainee


def test_one_rule_says_whose_training_somebody_begins_and_ends(
    client: Client, lis: User, make_staff: MakeStaff, organization: Organization
) -> None:
    Membership.objects.create(user=lis, organization=organization, role="counsellor")
    anna, bo = make_staff("anna"), make_staff("bo", is_active=False)
    ole, jonas = make_staff("ole", role="coordinator"), make_staff("jonas", role="editor")
    assert list(permissions.trained_by(lis)) == [role_of(anna)]
    assert set(permissions.trained_by(ole)) == {role_of(anna), role_of(lis)}
    assert [list(permissions.trained_by(user)) for user in (anna, bo, jonas)] == [[], [], []]
    offered = re.findall(r'name="membership" value="(\d+)"', client.get(URL).content.decode())
    assert offered == [str(role_of(anna).pk)]


@pytest.mark.parametrize("role", ["counsellor", "editor", ""])
def test_only_coordinators_open_the_list(client: Client, make_staff: MakeStaff, role: str) -> None:
    user, anna = make_staff("sofie", role=role), make_staff("anna")
    assert client.get(URL).status_code == 302  # to the login
    client.force_login(user)
    assert client.get(URL).status_code == 403
    assert (send(client, role_of(anna), "train"), role_of(anna).is_trainee) == (403, False)


@pytest.mark.usefixtures("no_demo")
def test_without_a_second_factor_no_coordinator_changes_it(client: Client, lis: User, make_staff: MakeStaff) -> None:
    anna = make_staff("anna")
    send(client, role_of(anna), "train")
    assert not role_of(anna).is_trainee


@pytest.mark.parametrize("action", ["", "Train", "end", None])
def test_a_button_that_there_is_not_changes_nothing(
    client: Client, lis: User, make_staff: MakeStaff, action: str | None
) -> None:
    anna = make_staff("anna")
    for is_trainee in (True, False):
        Membership.objects.filter(user=anna).update(is_trainee=is_trainee)
        words = {"membership": role_of(anna).pk} | ({} if action is None else {"action": action})
        assert (client.post(URL, words).status_code, role_of(anna).is_trainee) == (400, is_trainee)


@pytest.mark.parametrize("chosen", ["", "nonsense", "0", "²", "٣", "-1", "9" * 18, "9" * 19, "9" * 30, "9" * 5000])
def test_what_is_no_colleague_is_not_found(client: Client, lis: User, chosen: str) -> None:
    assert client.post(URL, {"membership": chosen, "action": "train"}).status_code == 404


@pytest.mark.parametrize("role", ["coordinator", "editor"])
def test_only_a_counsellor_is_in_training_whatever_somebody_writes(
    client: Client, lis: User, make_staff: MakeStaff, role: str
) -> None:
    membership = make_staff("ole", role=role).memberships.get()
    assert send(client, membership, "train") == 404
    with pytest.raises(ValidationError):
        services.set_trainee(membership=membership, is_trainee=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.filter(pk=membership.pk).update(is_trainee=True)
