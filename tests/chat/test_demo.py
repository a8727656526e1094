"""`manage.py demo`: a night to look at, as often as one likes, and never in production."""

import tomllib
from collections.abc import Iterator
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from accounts.models import Profile, User
from blog.models import Entry
from chat.management.commands.demo import PASSWORD, SCRIPT
from chat.models import Session
from referrals.models import Service
from tests.blog.people import NOW
from tests.chat.evenings import moment, put, seat
from tests.config.reading import length, lix, longest_sentence

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def evening() -> Iterator[None]:
    with time_machine.travel(NOW + timedelta(minutes=7), tick=False):
        yield


def demo(at: datetime | None = None) -> str:
    said = StringIO()
    with time_machine.travel(at or NOW + timedelta(minutes=7), tick=False):
        call_command("demo", stdout=said, stderr=said)
    return said.getvalue()


def coming() -> list[Session]:
    return list(Session.objects.exclude(state="closed").order_by("starts_at"))


def everything() -> dict[str, list[dict[str, Any]]]:
    """All rows of the site's own tables."""
    own = [model for model in apps.get_models() if model._meta.app_label in {"accounts", "blog", "chat", "referrals"}]
    return {model.__name__: list(model._default_manager.order_by("pk").values()) for model in own}


def test_tonight_is_open_to_everybody_and_tomorrow_is_announced() -> None:
    assert demo() == ""
    tonight, tomorrow = coming()
    assert (tonight.title, tonight.state) == ("Rollemodeller", "lobby")
    assert (tonight.starts_at, tonight.ends_at) == (moment("2026-11-23 18:05"), moment("2026-11-23 21:05"))
    assert (tomorrow.format, tomorrow.starts_at) == ("free", moment("2026-11-24 19:00"))
    assert Session.objects.announced(now=NOW + timedelta(minutes=7)).count() == 4
    assert [place.user.username for place in tonight.roster.order_by("pk")] == ["sofie", "mads"]
    assert "mandag den 23. november kl. 18.05" in tonight.before_post.source  # type: ignore[union-attr]


def test_two_evenings_are_past_with_their_posts_and_nothing_that_was_said() -> None:
    demo()
    past = Session.objects.filter(state="closed").select_related("before_post", "after_post")
    assert past.count() == 2
    for session in past:
        assert session.erased_at is not None
        assert session.attended is not None
        assert session.attended >= 5
        assert not session.events.exists()
        for post in (session.before_post, session.after_post):
            assert post is not None
            assert post.is_published
    assert Entry.objects.filter(kind="note", published_at__isnull=False).count() == 2


def test_the_demo_can_open_a_room_and_knows_the_national_offers_as_drafts() -> None:
    demo()
    assert Service.objects.crisis_ready().exists()
    assert Service.objects.filter(is_demo=False).exists()
    assert not Service.objects.filter(is_demo=False, is_published=True).exists()


def test_a_second_run_changes_nothing() -> None:
    demo()
    before = everything()
    demo()
    assert everything() == before


def test_an_evening_that_nobody_used_moves_on() -> None:
    demo()
    tonight = coming()[0]
    demo(NOW + timedelta(days=1))
    moved = Session.objects.get(pk=tonight.pk)
    assert (moved.starts_at, moved.ends_at) == (NOW + timedelta(days=1), NOW + timedelta(days=1, hours=3))
    assert "tirsdag den 24. november kl. 18" in moved.before_post.source  # type: ignore[union-attr]
    assert Session.objects.count() == 4


def test_an_evening_that_was_used_stays_as_it_was_and_a_new_one_is_planned() -> None:
    demo()
    tonight = put(coming()[0], "closed", closed_at=NOW + timedelta(hours=1), opened_at=NOW, attended=3)
    demo(NOW + timedelta(hours=2))
    assert Session.objects.filter(title="Rollemodeller").count() == 2
    assert Session.objects.get(pk=tonight.pk).closed_at == NOW + timedelta(hours=1)
    waited_in = coming()[0]
    seat(waited_in, "Blå Ræv")
    demo(NOW + timedelta(hours=8))
    assert Session.objects.filter(title="Rollemodeller").count() == 3


def test_somebody_playing_with_the_demo_does_not_stop_it() -> None:
    demo()
    put(coming()[0], "closed", closed_at=NOW)
    Profile.objects.filter(user__username="sofie").update(about="")
    assert "Sofie mangler at gøre sin profil færdig." in demo()


def test_the_accounts_are_printed_and_let_one_in(client: Client) -> None:
    demo()
    said = StringIO()
    call_command("demo", "--print", stdout=said)
    people = tomllib.loads(SCRIPT.read_text("utf-8"))["people"]
    for username in [*(person["username"] for person in people), "drift"]:
        assert username in said.getvalue()
        assert User.objects.get(username=username).check_password(PASSWORD)
    assert PASSWORD in said.getvalue()
    client.force_login(User.objects.get(username="sofie"))
    assert "Rollemodeller" in client.get("/vagt/").content.decode()


def test_it_refuses_to_run_outside_the_demo(settings: Settings) -> None:
    settings.DEMO = False
    for options in ([], ["--print"]):
        with pytest.raises(CommandError):
            call_command("demo", *options)
    assert User.objects.count() == 0


SCRIPTED = tomllib.loads(SCRIPT.read_text("utf-8"))
TEXTS = [
    *(SCRIPTED[name]["before"] for name in ("tonight", "tomorrow")),
    *(evening[part] for evening in SCRIPTED["past"] for part in ("before", "after")),
    *(note["text"] for note in SCRIPTED["notes"]),
]


@pytest.mark.parametrize("text", TEXTS)
def test_what_the_demo_tells_is_easy_to_read(text: str) -> None:
    assert lix(text) <= 30
    assert length(longest_sentence(text)) <= 25
