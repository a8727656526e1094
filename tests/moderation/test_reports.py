"""Reports of readers: seen by counsellors, decided by one of them, and by nothing else (capability 20, T33)."""

from datetime import timedelta

import pytest
from django.dispatch import Signal
from django.test import Client
from django.utils import timezone

from accounts.models import Organization, User
from accounts.moments import coarse
from forum.models import Board, Post
from forum.services import posts, reading
from moderation import queue, reports, signals
from moderation.models import REPORT_KEPT, Decision, Report
from moderation.refusals import Refused
from moderation.report_desk import ReportSource
from tests.forum.scene import make_board, make_reader, published

pytestmark = [pytest.mark.django_db]
NOW = coarse(timezone.now())
DUE = NOW + timedelta(hours=4)


@pytest.fixture
def karla() -> User:
    return make_reader("Karla")


@pytest.fixture
def board(karla: User) -> Board:
    return make_board(karla, name="Venner")


@pytest.fixture
def post(board: Board, karla: User) -> Post:
    return Post.objects.get(pk=published(board, karla, "Han er en idiot, og alle ved det").post.pk)


def tell(post: Post, *, words: str = "Det er min ven", reason: str = "unkind", minutes: int = 0) -> Report:
    houses = post.topic.board.organizations.all()
    at = NOW + timedelta(minutes=minutes)
    return reports.report(target=post, organizations=houses, reason=reason, words=words, due_at=DUE, now=at)


def state_of(post: Post) -> str:
    return Post.objects.get(pk=post.pk).state


def change(post: Post, text: str = "Alle ved, hvad han er") -> Post:
    assert post.writer is not None
    return posts.edit(post=post, writer=post.writer, text=text, now=post.written_at)


def reader_of_another_house() -> User:
    stranger = make_reader()
    house, _is_new = Organization.objects.get_or_create(slug="andre", defaults={"name": "Andre", "kind": "association"})
    stranger.memberships.update(organization=house)
    return stranger


def test_a_report_waits_on_the_desk_with_the_text_and_what_was_said_about_it(post: Post, karla: User) -> None:
    tell(post)
    item = ReportSource().items(karla, now=NOW)[0]
    assert (item.text, item.detail) == ("Han er en idiot, og alle ved det", {"said": ["Det er min ven"]})
    assert [str(tag) for tag in item.tags] == ["Det er grimt mod en anden"]
    assert (item.due_at, item.url) == (DUE, f"/vagt/forum/{post.topic.public_id}/")
    assert [(action.code, action.key) for action in item.actions] == [("keep", "A"), ("hide", "S")]


def test_nothing_of_the_one_who_reported_is_kept_but_the_words(post: Post) -> None:
    assert {field.name for field in Report._meta.get_fields()} == {
        "id",
        "public_id",
        "content_type",
        "object_id",
        "target",
        "organizations",
        "reason",
        "words",
        "reported_at",
        "due_at",
        "outcome",
        "decided_at",
        "decided_by",
    }


def test_T33_fifty_reports_change_nothing_by_themselves_and_are_one_thing_to_decide(post: Post, karla: User) -> None:
    for number in range(50):
        tell(post, minutes=number)
    items = ReportSource().items(karla, now=NOW)
    assert (len(items), ReportSource().count(karla, now=NOW)) == (1, 1)
    assert "50 har meldt det" in items[0].tags
    assert state_of(post) == "published"
    assert posts.Post.objects.published().count() == 1
    assert not Decision.objects.exclude(action="approve").exists()


def test_fifty_reports_do_not_overtake_what_is_more_urgent(post: Post, karla: User) -> None:
    for number in range(50):
        tell(post, minutes=number)
    assert ReportSource().items(karla, now=NOW)[0].urgency == queue.USUAL


@pytest.mark.parametrize("reason, urgency", [("unkind", 2), ("worrying", 1), ("identifying", 1), ("other", 2)])
def test_what_may_put_somebody_in_danger_is_read_first(post: Post, karla: User, reason: str, urgency: int) -> None:
    tell(post, reason=reason)
    assert ReportSource().items(karla, now=NOW)[0].urgency == urgency


@pytest.mark.parametrize("action, outcome, state", [("keep", "kept", "published"), ("hide", "hidden", "hidden")])
def test_one_decision_is_for_all_who_reported_it_and_their_words_go(
    post: Post, karla: User, action: str, outcome: str, state: str
) -> None:
    first = tell(post)
    tell(post, words="Det gør ondt")
    seen = {"seen": reading.version_of(post)}
    ReportSource().decide(user=karla, key=first.public_id, action=action, data=seen, now=NOW + timedelta(hours=1))
    assert set(Report.objects.values_list("outcome", "words", "decided_by")) == {(outcome, "", karla.pk)}
    assert state_of(post) == state
    line = Decision.objects.get(action=f"report_{outcome}")
    assert (line.actor, line.target, line.waited, line.was_late) == (karla, post.public_id, 3600, False)
    assert ReportSource().items(karla, now=NOW) == []


def test_reports_of_other_things_stay_open(post: Post, board: Board, karla: User) -> None:
    other = Post.objects.get(pk=published(board, karla, "Noget andet", alias="Rød Elg").post.pk)
    first, second = tell(post), tell(other)
    reports.decide(report=first, user=karla, outcome="kept", now=NOW)
    assert Report.objects.waiting().get() == second


def test_a_report_that_comes_after_the_decision_waits_again(post: Post, karla: User) -> None:
    reports.decide(report=tell(post), user=karla, outcome="kept", now=NOW)
    tell(post, words="Jeg synes stadig, det er ondt")
    assert len(ReportSource().items(karla, now=NOW)) == 1


def test_a_second_counsellor_is_told_that_it_is_decided(post: Post, karla: User) -> None:
    report = tell(post)
    reports.decide(report=report, user=karla, outcome="kept", now=NOW)
    with pytest.raises(Refused, match="closed"):
        reports.decide(report=report, user=make_reader(), outcome="hidden", now=NOW)
    assert state_of(post) == "published"


def test_nobody_of_another_house_sees_or_decides_it(post: Post, client: Client) -> None:
    report = tell(post)
    stranger = reader_of_another_house()
    assert ReportSource().items(stranger, now=NOW) == []
    with pytest.raises(Refused, match="forbidden"):
        reports.decide(report=report, user=stranger, outcome="hidden", now=NOW)
    client.force_login(stranger)
    client.post(f"/vagt/koe/reports/{report.public_id}/hide/")
    assert state_of(post) == "published"


@pytest.mark.parametrize("outcome", ["gone", "", "burnt"])
def test_there_are_two_ways_to_decide(post: Post, karla: User, outcome: str) -> None:
    with pytest.raises(Refused, match="bad_command"):
        reports.decide(report=tell(post), user=karla, outcome=outcome, now=NOW)


def test_what_its_writer_deleted_meanwhile_is_closed_as_gone(post: Post, karla: User) -> None:
    writer = post.writer
    assert writer is not None
    tell(post)
    posts.delete(post=post, writer=writer)
    assert ReportSource().items(karla, now=NOW) == []
    ReportSource().settle(now=NOW)
    assert list(Report.objects.values_list("outcome", "words", "decided_by")) == [("gone", "", None)]


def test_what_a_counsellor_took_away_before_can_be_decided_all_the_same(post: Post, karla: User) -> None:
    report = tell(post)
    reading.hide(post=post, user=karla, now=NOW)
    reports.decide(report=report, user=karla, outcome="hidden", now=NOW)
    assert state_of(post) == "hidden"


@pytest.mark.parametrize("reason, words, code", [("nonsense", "", "bad_command"), ("unkind", "x" * 501, "too_long")])
def test_a_report_that_cannot_be_taken_says_why(post: Post, reason: str, words: str, code: str) -> None:
    with pytest.raises(Refused, match=code):
        tell(post, reason=reason, words=words)
    assert not Report.objects.exists()


def test_receipts_go_a_month_after_the_decision(post: Post, karla: User) -> None:
    reports.decide(report=tell(post), user=karla, outcome="kept", now=NOW)
    waiting = tell(post)
    assert reports.erase_due(now=NOW + REPORT_KEPT - timedelta(seconds=1)) == 0
    assert reports.erase_due(now=NOW + REPORT_KEPT) == 1
    assert Report.objects.get() == waiting


@pytest.mark.both_engines
def test_it_is_decided_with_one_key_on_the_desk(post: Post, karla: User, client: Client) -> None:
    report = tell(post)
    client.force_login(karla)
    shown = client.get("/vagt/koe/").content.decode()
    seen = reading.version_of(post)
    assert "Det er min ven" in shown
    assert f'name="seen" value="{seen}"' in shown
    url = f"/vagt/koe/reports/{report.public_id}/hide/"
    assert "Den, der meldte det, får besked." in client.post(url, {"seen": seen}, follow=True).content.decode()
    assert state_of(post) == "hidden"


# What is decided is what was read -----------------------------------------------------------------------------------


@pytest.mark.parametrize("action", ["keep", "hide"])
def test_a_reported_post_that_was_changed_while_the_list_was_open_is_read_again_first(
    post: Post, karla: User, client: Client, action: str
) -> None:
    report = tell(post)
    client.force_login(karla)
    seen = reading.version_of(post)
    change(post)
    answered = client.post(f"/vagt/koe/reports/{report.public_id}/{action}/", {"seen": seen})
    page = answered.content.decode()
    assert answered.status_code == 409
    assert str(queue.CHANGED) in page
    assert "Alle ved, hvad han er" in page
    assert (state_of(post), Report.objects.waiting().count()) == ("held", 1)


def test_what_is_taken_away_is_the_text_that_was_read(post: Post, karla: User) -> None:
    seen = reading.version_of(post)
    change(post)
    with pytest.raises(Refused, match="closed"):
        reading.hide_reported(post=post, user=karla, seen=seen, now=NOW)
    assert state_of(post) == "held"


@pytest.mark.both_engines
def test_a_reported_post_that_waits_to_be_read_again_goes_back_to_its_writer_at_once(post: Post, karla: User) -> None:
    report = tell(post)
    change(post)
    reports.decide(report=report, user=karla, outcome="hidden", now=NOW)
    back = Post.objects.get(pk=post.pk)
    assert (back.state, back.reason, back.decision) == ("refused", "other", "")
    assert Report.objects.get().outcome == "hidden"
    assert reading.take_effect(now=NOW + timedelta(days=1)) == 0
    actions = Decision.objects.order_by("pk").values_list("action", flat=True)
    assert list(actions)[-2:] == ["refuse", "report_hidden"]


def test_a_report_stays_open_while_a_colleague_lets_the_changed_post_through(post: Post, karla: User) -> None:
    report = tell(post)
    reading.approve(post=change(post), user=make_reader(), now=NOW)
    with pytest.raises(Refused, match="closed"):
        reports.decide(report=report, user=karla, outcome="hidden", now=NOW)
    reading.take_effect(now=NOW + reading.UNDO)
    assert (state_of(post), Report.objects.waiting().count()) == ("published", 1)
    reports.decide(report=report, user=karla, outcome="hidden", now=NOW)
    assert state_of(post) == "hidden"


def test_nobody_is_told_that_it_was_taken_away_when_nobody_took_it_away(
    post: Post, karla: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = tell(post)
    monkeypatch.setattr(signals, "hide_asked", Signal())
    with pytest.raises(Refused, match="closed"):
        reports.decide(report=report, user=karla, outcome="hidden", now=NOW)
    assert Report.objects.waiting().count() == 1


# Who holds it now ---------------------------------------------------------------------------------------------------


@pytest.mark.both_engines
def test_reports_of_a_thread_that_moved_are_for_those_who_read_it_now(post: Post, karla: User) -> None:
    report = tell(post)
    other = reader_of_another_house()
    topic = post.topic
    topic.board = make_board(other, name="Familie")
    topic.save()
    assert (ReportSource().items(karla, now=NOW), ReportSource().count(karla, now=NOW)) == ([], 0)
    assert ReportSource().keys(karla, now=NOW) == []
    with pytest.raises(Refused, match="forbidden"):
        reports.decide(report=report, user=karla, outcome="kept", now=NOW)
    assert [item.key for item in ReportSource().items(other, now=NOW)] == [report.public_id]
    assert (ReportSource().keys(other, now=NOW), ReportSource().count(other, now=NOW)) == ([report.public_id], 1)
    reports.decide(report=report, user=other, outcome="hidden", now=NOW)
    assert state_of(post) == "hidden"
    assert Decision.objects.get(action="report_hidden").organization == other.memberships.get().organization


def test_what_is_gone_is_closed_by_those_who_were_asked(post: Post, karla: User) -> None:
    report = tell(post)
    assert post.writer is not None
    posts.delete(post=post, writer=post.writer)
    assert ReportSource().keys(karla, now=NOW) == []
    with pytest.raises(Refused, match="forbidden"):
        reports.decide(report=report, user=reader_of_another_house(), outcome="kept", now=NOW)
    reports.decide(report=report, user=karla, outcome="kept", now=NOW)
    assert Report.objects.get().outcome == "gone"


def test_each_thing_has_one_name_on_an_open_page(post: Post, board: Board, karla: User) -> None:
    other = Post.objects.get(pk=published(board, karla, "Noget andet", alias="Rød Elg").post.pk)
    for thing in (post, other, post):
        tell(thing)
    keys = ReportSource().keys(karla, now=NOW)
    assert sorted(keys) == sorted(item.key for item in ReportSource().items(karla, now=NOW))
    assert len(keys) == 2


# What is kept -------------------------------------------------------------------------------------------------------


def test_the_words_of_ten_are_kept_and_of_the_others_that_they_reported(post: Post, karla: User) -> None:
    receipts = [tell(post, words=f"Ord {number}") for number in range(12)]
    assert [receipt.words for receipt in receipts[9:]] == ["Ord 9", "", ""]
    item = ReportSource().items(karla, now=NOW)[0]
    assert len(item.detail["said"]) == 10
    assert "12 har meldt det" in item.tags
    reports.decide(report=receipts[11], user=karla, outcome="kept", now=NOW)
    assert set(Report.objects.values_list("outcome", flat=True)) == {"kept"}
    assert tell(post, words="Nu igen").words == "Nu igen"


def test_when_somebody_reported_is_kept_to_five_minutes(post: Post) -> None:
    assert tell(post, minutes=7).reported_at == NOW + timedelta(minutes=5)
