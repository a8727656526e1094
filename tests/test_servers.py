"""The servers that other tests rely on: real processes, a database of their own, a log that can be searched."""

import urllib.error
import urllib.request
from collections.abc import Callable

import pytest
from django.conf import settings

from accounts.models import Organization
from tests.servers import Site


def status(address: str) -> int:
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


@pytest.mark.both_engines
def test_each_process_of_a_site_answers(server: Site) -> None:
    assert len(server.urls) == (1 if settings.ON_SQLITE else 2)
    assert [status(f"{url}/healthz") for url in server.urls] == [200] * len(server.urls)


@pytest.mark.both_engines
def test_a_killed_process_comes_back_on_its_port(server: Site) -> None:
    server.kill(0)
    with pytest.raises(OSError, match="refused"):
        status(f"{server.url}/healthz")
    server.restart(0)
    assert status(f"{server.url}/healthz") == 200


@pytest.mark.both_engines
@pytest.mark.django_db
def test_what_a_test_writes_into_a_site_is_there_for_its_commands_and_not_for_other_tests(server: Site) -> None:
    with server.database():
        Organization.objects.create(name="Fjord Kommune", slug="fjord", kind=Organization.Kind.MUNICIPALITY)
    assert not Organization.objects.filter(slug="fjord").exists()
    with server.database():
        assert Organization.objects.filter(slug="fjord").exists()
    listing = server.manage("shell", "-c", "from accounts.models import Organization as O; print(O.objects.get().slug)")
    assert "fjord" in listing


def test_nothing_a_visitor_sends_is_in_the_log(server: Site) -> None:
    assert status(f"{server.url}/findes-ikke/?alias=hemmelig") == 404
    assert "hemmelig" not in server.log()
    assert "127.0.0.1" not in server.log()


def test_a_site_can_have_an_environment_of_its_own(servers: Callable[..., Site]) -> None:
    site = servers(0, SAMRUM_RETENTION_HOURS="7")
    hours = "from django.conf import settings; print(settings.RETENTION_HOURS)"
    assert site.manage("shell", "-c", hours).split()[-1] == "7"
