"""What counsellors do in a room stands in the log of all places, and what waits there stands on the one desk."""

import json

import pytest
from django.core import serializers
from django.test import Client

from accounts.models import Membership, User
from chat.models import Alert, Mark, Review, Session
from chat.queue import AlertSource, ReviewSource
from chat.services import retention, reviews
from chat.services.ladder import lift_lapsed
from moderation import queue
from moderation.models import Decision
from tests.chat.scene import Scene

pytestmark = [pytest.mark.django_db]

PHONE = "Ring til mig på 31 22 43 54"
ACUTE = "Jeg vil dø i nat. Jeg har taget en masse piller"


@pytest.fixture
def scene() -> Scene:
    return Scene()


def lines() -> list[tuple[str, str]]:
    return [(line.action, line.target) for line in Decision.objects.order_by("pk")]


def closed(scene: Scene) -> None:
    Session.objects.filter(pk=scene.session.pk).update(state="closed", closed_at=scene.now)


def test_each_step_of_the_ladder_is_a_line_with_who_took_it_and_about_whom(scene: Scene) -> None:
    fox = scene.fox.public_id
    scene.done(scene.karla, "member.mute", member=fox, reason="Pause", minutes=5)
    scene.done(scene.karla, "member.unmute", member=fox)
    scene.kick(scene.fox)
    scene.done(scene.karla, "member.ban", member=fox, reason="Du blev ved", days=3)
    assert lines() == [(step, fox) for step in ("mute", "unmute", "warn", "kick_harassing", "ban")]
    first = Decision.objects.earliest("pk")
    assert first.actor == scene.karla.user
    assert (first.place, first.at) == ("chat", scene.now)
    assert first.organization is not None
    assert first.organization.slug == "prove"


def test_a_kick_names_its_ground_and_the_mute_it_brought(scene: Scene) -> None:
    scene.kick(scene.fox, ground="discord", watch=True)  # from a network that nobody knows: there is nothing to watch
    assert [action for action, _target in lines()] == ["warn", "mute", "kick_discord"]


def test_a_network_that_is_watched_is_a_line(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chat.services.ladder.marks.watch_newcomers", lambda **_given: Mark())
    scene.kick(scene.fox, watch=True)
    assert ("watch", scene.fox.public_id) in lines()


def test_protecting_and_ending_it_are_lines(scene: Scene) -> None:
    scene.done(scene.karla, "member.protect", member=scene.fox.public_id, reason="Vi passer på dig")
    scene.done(scene.karla, "member.unprotect", member=scene.fox.public_id)
    assert [action for action, _target in lines()] == ["protect", "unprotect"]


def test_what_is_done_to_a_message_is_a_line_and_what_its_author_does_is_none(scene: Scene) -> None:
    own, other = scene.say(scene.fox, "Ups"), scene.say(scene.fox, "Du er dum")
    scene.done(scene.fox, "message.remove", id=own)
    scene.done(scene.karla, "message.remove", id=other, reason="Tal pænt")
    first, second = (scene.done(scene.fox, "message.post", text=f"{PHONE} {n}", ask=True)["id"] for n in "ab")
    scene.done(scene.karla, "message.release", id=first)
    scene.done(scene.karla, "message.discard", id=second, reason="Så kan de finde dig")
    assert lines() == [("remove", other), ("release", first), ("discard", second)]


def test_a_step_that_was_refused_or_changed_nothing_is_no_line(scene: Scene) -> None:
    fox = scene.fox.public_id
    scene.refused(scene.karla, "member.kick", member=fox, ground="discord", reason="x")
    scene.done(scene.karla, "member.unmute", member=fox)
    scene.refused(scene.owl, "member.mute", member=fox, reason="x", minutes=5)
    assert lines() == []


def test_a_mute_that_runs_out_is_nobodys_decision(scene: Scene) -> None:
    scene.done(scene.karla, "member.mute", member=scene.fox.public_id, reason="Pause", minutes=1)
    assert lift_lapsed(session=scene.fresh(), now=scene.later(minutes=2))
    assert [action for action, _target in lines()] == ["mute"]


def test_no_word_of_anybody_is_in_the_log_and_it_outlives_the_room(scene: Scene) -> None:
    scene.say(scene.fox, "Du er dum")
    scene.kick(scene.fox)
    closed(scene)
    written = serializers.serialize("json", Decision.objects.all())
    for words in ("dum", "Tal pænt", "Du blev ved", "Blå Ræv"):
        assert json.dumps(words)[1:-1] not in written
    retention.erase(session=scene.fresh(), now=scene.later(days=3))
    assert [action for action, _target in lines()] == ["warn", "mute", "kick_harassing"]


def asked(scene: Scene, words: str = "Jeg mente det ikke") -> Review:
    scene.kick(scene.fox)
    reviews.ask(session=scene.session, member=scene.row(scene.fox), words=words, now=scene.now)
    return Review.objects.get()


def other_counsellor(scene: Scene) -> User:
    user = scene.jens.user
    assert user is not None
    return user


def test_the_answer_to_a_complaint_is_a_line_with_how_long_it_took(scene: Scene) -> None:
    review, user = asked(scene), other_counsellor(scene)
    later = scene.later(minutes=30)
    reviews.answer(review=review, user=user, outcome="changed", answer="Det var forkert. Undskyld.", now=later)
    line = Decision.objects.latest("pk")
    assert (line.action, line.actor, line.target, line.waited) == ("review_changed", user, scene.fox.public_id, 1800)


# On the one desk --------------------------------------------------------------------------------------------------


def test_a_complaint_waits_for_others_and_never_for_whoever_took_a_step(scene: Scene) -> None:
    asked(scene)
    karla = scene.karla.user
    assert karla is not None
    source = ReviewSource()
    assert source.items(karla, now=scene.now) == []
    assert source.count(karla, now=scene.now) == 0
    item = source.items(other_counsellor(scene), now=scene.now)[0]
    assert source.find(other_counsellor(scene), item.key, now=scene.now) == item
    assert "Jeg mente det ikke" not in item.text
    assert item.url == f"/vagt/klager/{item.key}/"


def test_a_complaint_of_somebody_in_danger_comes_first(scene: Scene) -> None:
    asked(scene, ACUTE)
    assert ReviewSource().items(other_counsellor(scene), now=scene.now)[0].urgency == queue.ACUTE


def test_an_alert_that_nobody_took_leads_into_the_room_and_shows_no_word(scene: Scene) -> None:
    scene.done(scene.fox, "message.post", text=ACUTE)
    user = other_counsellor(scene)
    item = AlertSource().items(user, now=scene.now)[0]
    assert (item.urgency, item.url) == (queue.ACUTE, f"/chat/{scene.session.slug}/room/")
    assert "piller" not in item.text + item.title
    scene.done(scene.jens, "alert.claim", alert=Alert.objects.get().public_id)
    assert AlertSource().items(user, now=scene.now) == []
    assert AlertSource().count(user, now=scene.now) == 0


def test_a_coordinator_is_told_that_there_is_one_and_whom_to_call(scene: Scene) -> None:
    scene.done(scene.fox, "message.post", text=ACUTE)
    boss = User.objects.create_user("leder")
    house = scene.session.organizations.get()
    Membership.objects.create(user=boss, organization=house, role=Membership.Role.COORDINATOR)
    assert AlertSource().items(boss, now=scene.now)[0].url == f"/vagt/{scene.session.slug}/"


def test_what_waited_in_a_closed_room_leads_to_what_was_written(scene: Scene) -> None:
    scene.done(scene.fox, "message.post", text=ACUTE)
    closed(scene)
    item = AlertSource().items(other_counsellor(scene), now=scene.now)[0]
    assert item.url == f"/vagt/{scene.session.slug}/underretning/{scene.fox.public_id}/"


def test_a_mark_that_is_renewed_or_lifted_is_a_line_that_leads_to_no_network(scene: Scene, client: Client) -> None:
    house = scene.session.organizations.get()
    day = scene.now.date()
    mark = Mark.objects.create(
        kind=Mark.Kind.BAN, network="aa" * 16, day=day, set_at=scene.now, expires_at=scene.later(hours=1)
    )
    mark.organizations.add(house)
    client.force_login(other_counsellor(scene))
    for action in ("renew", "lift"):
        client.post("/vagt/netvaerk/", {"mark": str(mark.pk), "action": action})
    assert [line for line in lines() if line[0].startswith("mark")] == [("mark_renew", ""), ("mark_lift", "")]
