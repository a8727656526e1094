"""`manage.py create_staff`: how an operator lets someone in."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.management.commands import create_staff
from accounts.models import Membership, Organization, Profile, User

pytestmark = pytest.mark.django_db

CARD = ["--name", "Sofie", "--title", "Rådgiver"]
NEW = ["--new-organization", "Testby Kommune", "--kind", "municipality"]
PASSWORD = "syv-grønne-elefanter-i-sne"


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("create_staff", *arguments, stdout=out)
    return out.getvalue()


def type_in(monkeypatch: pytest.MonkeyPatch, *passwords: str) -> None:
    typed = iter(passwords)
    monkeypatch.setattr(create_staff, "getpass", lambda _prompt: next(typed))


def test_a_counsellor_is_made_with_card_role_organisation_and_a_printed_password() -> None:
    out = run("sofie", *CARD, "--organization", "testby", *NEW, "--generate")
    user = User.objects.get(username="sofie")
    assert user.check_password(out.split("Password: ")[1].strip())
    assert not user.is_staff
    assert (user.profile.working_name, user.profile.role_title) == ("Sofie", "Rådgiver")
    membership = user.memberships.get()
    assert (membership.role, membership.organization.slug, membership.organization.kind) == (
        "counsellor",
        "testby",
        "municipality",
    )


def test_a_password_is_asked_for_and_never_printed(monkeypatch: pytest.MonkeyPatch, organization: Organization) -> None:
    type_in(monkeypatch, PASSWORD, PASSWORD)
    out = run("sofie", *CARD, "--organization", "testby", "--role", "coordinator")
    assert PASSWORD not in out
    assert User.objects.get().check_password(PASSWORD)
    assert Membership.objects.get().role == "coordinator"
    assert Organization.objects.get() == organization


def test_two_different_passwords_make_nobody(monkeypatch: pytest.MonkeyPatch, organization: Organization) -> None:
    type_in(monkeypatch, PASSWORD, PASSWORD + "!")
    with pytest.raises(CommandError, match="not the same"):
        run("sofie", *CARD, "--organization", "testby")
    assert not User.objects.exists()


@pytest.mark.parametrize("password", ["kort", "sofie-sofie", "password1234"])
def test_a_weak_password_makes_nobody_and_no_organisation(password: str, monkeypatch: pytest.MonkeyPatch) -> None:
    type_in(monkeypatch, password, password)
    with pytest.raises(CommandError):
        run("sofie", *CARD, "--organization", "testby", *NEW)
    assert not User.objects.exists()
    assert not Organization.objects.exists()


def test_an_existing_name_is_refused_and_not_changed(organization: Organization) -> None:
    run("sofie", *CARD, "--organization", "testby", "--generate")
    before = User.objects.values().get()
    with pytest.raises(CommandError):
        run("sofie", "--name", "Anden", "--title", "Gæst", "--organization", "testby", "--generate")
    assert User.objects.values().get() == before
    assert Profile.objects.get().working_name == "Sofie"


def test_an_unknown_organisation_is_not_guessed(organization: Organization) -> None:
    with pytest.raises(CommandError, match="testby"):
        run("sofie", *CARD, "--organization", "tesdby", "--generate")
    assert not User.objects.exists()


def test_a_counsellor_in_training_is_made_with_a_word_more_and_no_other_role_is(organization: Organization) -> None:
    run("sofie", *CARD, "--organization", "testby", "--generate")
    run("anna", *CARD, "--organization", "testby", "--trainee", "--generate")
    assert {role.user.username: role.is_trainee for role in Membership.objects.all()} == {"sofie": False, "anna": True}
    with pytest.raises(CommandError):
        run("lis", *CARD, "--organization", "testby", "--role", "coordinator", "--trainee", "--generate")
    assert not User.objects.filter(username="lis").exists()
