"""What the directory's tests may ask for: one service as it should be, and people of two organisations."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from accounts.models import Membership, Organization, User
from referrals import cities, known
from referrals.models import CityPage, Service
from referrals.views import public

NOW = datetime(2026, 11, 22, 21, 40, tzinfo=UTC)  # a Sunday, 22.40 in Denmark
TODAY = NOW.date()

MakeService = Callable[..., Service]


@pytest.fixture(autouse=True)
def known_numbers_are_read_anew() -> None:
    known.forget()


@pytest.fixture(autouse=True)
def the_help_page_has_seen_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(public, "_paused_until", 0.0)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def association(db: None) -> Organization:
    return Organization.objects.create(name="Livet", slug="livet", kind="association")


@pytest.fixture
def town(db: None) -> Organization:
    return Organization.objects.create(name="Aarhus", slug="aarhus", kind="municipality", municipality_code="751")


@pytest.fixture
def editor(association: Organization) -> User:
    return person("editor", association, "editor")


@pytest.fixture
def administrator(db: None) -> User:
    return User.objects.create_superuser("drift", password="x")


def show_page(page: CityPage, by: User) -> CityPage:
    """As "Save and show" does it, with the words that stand there."""
    page.refresh_from_db()
    return cities.write_words(
        page=page, values={name: getattr(page, name) for name in cities.WORDS}, by=by, publish=True
    )


def person(name: str, organization: Organization | None = None, role: str = "") -> User:
    user = User.objects.create_user(name, password="x")
    if organization:
        Membership.objects.create(user=user, organization=organization, role=role)
    return user


@pytest.fixture
def make(association: Organization) -> MakeService:
    """Make a service that may be shown: checked today, published, with a number. Every value can be another."""

    def make_service(*, channels: tuple[tuple[str, str], ...] = (("phone", "70201201"),), **values: Any) -> Service:
        checker = User.objects.get_or_create(username="tjek")[0]
        defaults = {
            "organization": association,
            "name": "Linjen",
            "description": "Tal med nogen.",
            "source": "livet.dk",
            "checked_on": TODAY,
            "checked_by": checker,
            "is_published": True,
        }
        service = Service.objects.create(**{**defaults, **values})
        for position, (kind, value) in enumerate(channels):
            service.channels.create(kind=kind, value=value, position=position)
        return service

    return make_service


@pytest.fixture
def crisis(make: MakeService) -> MakeService:
    """Make a service that law 12 would count; every value can be another."""

    def make_crisis(**values: Any) -> Service:
        return make(**{"is_crisis": True, "always_open": True, **values})

    return make_crisis
