"""Law 4: a whisper line has two sides, one young person and the session's counsellors. Nobody else finds it (T08)."""

import json
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.urls import reverse

from chat.models import Alert, Event, Member
from chat.replay import read
from referrals.models import Service
from tests.chat.people import make_counsellor, seat_staff
from tests.chat.scene import Scene

pytestmark = [pytest.mark.django_db]

ACUTE = "Jeg vil dø i nat. Jeg har taget en masse piller"


@pytest.fixture
def scene():
    return Scene()


def replay_of(scene, member):
    """All that a reader is handed: the entering and the events, as text."""
    replay = read(member=scene.row(member), after=None, side_after=None, now=scene.now)
    return "".join([replay.entered, *replay.frames])


def test_a_whisper_goes_to_the_desk_and_its_answer_to_the_one(scene):
    scene.done(scene.fox, "whisper.send", text="Jeg er bange for min far")
    asked = scene.read(scene.jens, "whisper.sent")[0]
    assert (asked["from"], "to" in asked) == (scene.fox.public_id, False)
    answer = scene.done(scene.jens, "whisper.send", text="Jeg er her", member=scene.fox.public_id)
    assert answer["number"]["stream"] == "desk"
    mine = scene.read(scene.fox, "whisper.sent")
    assert [(line["from"], line["text"], line["stream"]) for line in mine] == [
        (scene.fox.public_id, "Jeg er bange for min far", "private"),
        (scene.jens.public_id, "Jeg er her", "private"),
    ]
    assert [line["text"] for line in scene.read(scene.karla, "whisper.sent")] == [line["text"] for line in mine]


def test_law_4_a_whisper_is_never_checked_for_identity(scene):
    text = "Jeg hedder Sofie Hansen og bor Vestergade 12, 8000 Aarhus. Ring på 31 22 43 54"
    scene.done(scene.fox, "whisper.send", text=text)
    assert scene.read(scene.karla, "whisper.sent")[0]["text"] == text


def test_the_first_whisper_tells_that_somebody_wishes_to_talk_and_later_ones_do_not(scene):
    for text in ("Må jeg hviske?", "Er du der?"):
        scene.later(seconds=2)
        scene.done(scene.fox, "whisper.send", text=text)
    alerts = scene.read(scene.karla, "alert.raised")
    assert [(alert["kind"], alert["member"]) for alert in alerts] == [("wish_to_talk", scene.fox.public_id)]


def test_a_counsellors_whisper_names_whom_it_is_for(scene):
    assert scene.refused(scene.karla, "whisper.send", text="Hej") == "bad_command"
    assert scene.refused(scene.karla, "whisper.send", text="Hej", member=scene.jens.public_id) == "forbidden"
    assert scene.refused(scene.karla, "whisper.send", text="Hej", member="nobody") == "unknown"
    assert not scene.read(scene.karla, "alert.raised")


def test_an_acute_whisper_is_sent_with_help_and_alert_beside_it(scene):
    answer = scene.done(scene.fox, "whisper.send", text=ACUTE)
    assert "held" not in answer
    alerts = {alert["kind"]: alert for alert in scene.read(scene.karla, "alert.raised")}
    assert (alerts["crisis"]["level"], alerts["crisis"]["excerpt"]) == ("acute", ACUTE)
    assert scene.read(scene.fox, "help.offered")[0]["services"]


@pytest.mark.parametrize("state", ["lobby", "waiting", "paused", "closing"])
def test_a_young_person_can_whisper_in_every_state_but_closed(scene, state):
    session = scene.fresh()
    session.state, session.waiting_since, session.state_before_waiting = state, scene.now, "open"
    session.save()
    scene.done(scene.fox, "whisper.send", text="Er her nogen?")
    assert bool(scene.read(scene.fox, "help.offered")) == (state == "waiting")
    session.state, session.closed_at = "closed", scene.now
    session.save()
    scene.later(seconds=2)
    assert scene.refused(scene.fox, "whisper.send", text="Er her nogen?") == "closed"


def test_a_whisper_outlives_the_counsellors_connection(scene):
    scene.done(scene.fox, "whisper.send", text="Er her nogen?")
    late = scene.session.roster.create(user=make_counsellor())
    member, _cookies = seat_staff(scene.session, late.user)
    assert "Er her nogen?" in replay_of(scene, scene.come(member))


def test_whispers_keep_to_the_pace_of_messages(scene):
    codes = [scene.ask(scene.fox, "whisper.send", text="hej")["type"] for _time in range(8)]
    assert codes[:5] == ["accepted"] * 5
    assert "refused" in codes


# T08 --------------------------------------------------------------------------------------------------------------


def test_T08_a_whisper_is_found_in_nobody_elses_replay_and_changes_nothing_they_can_see(scene):
    guest = scene.newcomer("Rolig Bjørn")
    Member.objects.filter(pk=guest.pk).update(role="guest")
    others = [scene.owl, scene.row(guest)]
    before = [replay_of(scene, member) for member in others]
    token = "hemmelighed-7f3a"
    scene.done(scene.fox, "whisper.send", text=token)
    scene.done(scene.karla, "whisper.send", text=f"svar {token}", member=scene.fox.public_id)
    service = str(Service.objects.shown().first().pk)
    scene.done(scene.karla, "referral.share", service=service, text=token, member=scene.fox.public_id)
    scene.done(scene.karla, "desk.note", text=f"note {token}")
    scene.done(scene.karla, "member.warn", member=scene.fox.public_id, reason=token)
    scene.done(scene.karla, "member.mute", member=scene.fox.public_id, reason=token)
    assert [replay_of(scene, member) for member in others] == before
    late = scene.newcomer("Modig Mus")
    entered = json.loads(read(member=late, after=None, side_after=None, now=scene.now).entered)
    assert token not in replay_of(scene, late)
    assert entered["heads"] == {"room": 1, "side": 0}
    assert token in replay_of(scene, scene.jens)


def test_T08_no_page_feed_or_admin_shows_a_whisper(scene, client, admin_client):
    token = "hemmelighed-7f3a"
    scene.done(scene.fox, "whisper.send", text=token)
    slug = scene.session.slug
    pages = [
        reverse("front"),
        reverse("chat:list"),
        reverse("chat:session", args=[slug]),
        reverse("chat:frame", args=[slug]),
        reverse("chat:log", args=[slug]),
        reverse("chat:calendar", args=[slug]),
        reverse("blog:list"),
        reverse("blog:feed"),
    ]
    for page in pages:
        assert token.encode() not in client.get(page, follow=True).content
        assert token.encode() not in admin_client.get(page, follow=True).content
    assert not {Event, Member, Alert} & set(admin.site._registry)


def test_T08_a_whisper_stands_in_the_log_alone_and_in_no_file_of_logs(scene, caplog):
    token = "hemmelighed-7f3a"
    with caplog.at_level("DEBUG"):
        scene.done(scene.fox, "whisper.send", text=token)
    assert token not in caplog.text
    found = {
        model
        for model in apps.get_models()
        for row in model._default_manager.all()
        if token in str([getattr(row, field.attname) for field in row._meta.concrete_fields])
    }
    assert found == {Event}
    assert all(token.encode() not in path.read_bytes() for path in Path(settings.DATA_DIR).rglob("*.log"))
