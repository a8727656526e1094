import pytest
from django.db import connection

from referrals import known, services
from referrals.models import Channel
from tests.referrals.conftest import MakeService


def test_without_a_database_the_best_known_numbers_and_sites_pass() -> None:
    """This test has no database: asking it fails."""
    numbers, sites = known.numbers_and_sites()
    assert {"112", "114", "1813", "116111", "70201201", "1888", "80200500", "33330047"} <= numbers
    assert {"livslinien.dk", "bornetelefonen.dk", "headspace.dk", "girltalk.dk", "cyberhus.dk"} <= sites


@pytest.mark.django_db
def test_numbers_and_sites_of_drafts_are_known_too(make: MakeService) -> None:
    channels = (("phone", "20304050"), ("sms", "1212"), ("chat", "https://www.livet.dk/chat"), ("visit", "Gade 1"))
    make(is_published=False, checked_on=None, checked_by=None, channels=channels)
    numbers, sites = known.numbers_and_sites()
    assert {"20304050", "1212", "112"} <= numbers
    assert {"livet.dk", "livslinien.dk"} <= sites
    assert "" not in numbers | sites


@pytest.mark.django_db
def test_what_is_known_costs_no_query_for_a_minute(
    make: MakeService, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: object
) -> None:
    clock = [1000.0]
    monkeypatch.setattr(known, "monotonic", lambda: clock[0])
    make()
    known.forget()
    counted = django_assert_num_queries
    with counted(1):  # type: ignore[operator]
        known.numbers_and_sites()
        clock[0] += 59
        known.numbers_and_sites()
    clock[0] += 2
    with counted(1):  # type: ignore[operator]
        known.numbers_and_sites()


@pytest.mark.django_db
def test_a_new_number_is_known_at_once_and_a_removed_one_is_forgotten(make: MakeService) -> None:
    service = make(channels=())
    assert "20304050" not in known.numbers_and_sites()[0]
    service.channels.create(kind="phone", value="20304050")
    assert "20304050" in known.numbers_and_sites()[0]
    Channel.objects.all().delete()
    assert "20304050" not in known.numbers_and_sites()[0]


@pytest.mark.django_db
def test_a_failing_database_leaves_the_built_in_ones_and_is_asked_again(
    make: MakeService, caplog: pytest.LogCaptureFixture
) -> None:
    make(channels=(("phone", "20304050"),))

    def fail(*args: object) -> None:
        raise OSError("secret detail")

    with connection.execute_wrapper(fail):
        assert known.numbers_and_sites() == known.BUILT_IN
    assert "secret detail" not in caplog.text
    assert "20304050" in known.numbers_and_sites()[0]


@pytest.mark.django_db
def test_every_national_number_is_built_in() -> None:
    services.load_national_drafts()
    assert known.numbers_and_sites() == known.BUILT_IN
