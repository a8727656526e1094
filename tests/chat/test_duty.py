"""*Underretning*: told, marked, printed; and of all that, the fact and the deadline are kept and nothing else."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import Membership, User
from chat.events import AlertRaised, MessageHeld, MessagePosted, MessageRemoved, WhisperSent
from chat.models import DutyCase, Event, Session, Stream
from chat.services import duty, retention
from chat.services.duty import deadlines, finish, lines, register
from moderation.refusals import Refused
from tests.chat.care import NOW, counsellor_of, everything_stored, house, later, make_coordinator, put, say
from tests.chat.people import make_counsellor, make_session, seat_staff, seat_young

pytestmark = pytest.mark.django_db


class Evening:
    """A young person who told something, and two counsellors."""

    def __init__(self) -> None:
        self.karla, self.mads = make_counsellor("Karla"), make_counsellor("Mads")
        self.session = make_session(self.karla, self.mads, now=NOW)
        self.staff, _login = seat_staff(self.session, self.karla, now=NOW)
        self.member, _cookies = seat_young(self.session, "Blå Ræv", now=NOW)
        self.other, _cookies = seat_young(self.session, "Stille Ugle", now=NOW)
        say(self.member, "Der er noget derhjemme", at=NOW)
        say(self.other, "Sagt af en anden", at=NOW)
        self.desk(MessageHeld(id="h1", member=self.member.public_id, text="Han slår mig", why="hold"))
        self.desk(WhisperSent(id="w1", from_=self.member.public_id, text="Må jeg sige noget?"))
        self.desk(WhisperSent(id="w2", from_=self.staff.public_id, to=self.member.public_id, text="Ja, sig det."))
        self.desk(WhisperSent(id="w3", from_=self.staff.public_id, to=self.other.public_id, text="Til en anden"))

    def desk(self, event: Any) -> None:
        put(self.session, event, author=self.member, at=NOW, stream=Stream.DESK)

    @property
    def address(self) -> str:
        return f"/vagt/{self.session.slug}/underretning/{self.member.public_id}/"

    def register(self, **changes: Any) -> DutyCase:
        facts = {
            "session": self.session,
            "member": self.member,
            "user": self.karla,
            "organization": house(),
            "deadline_at": later(hours=24),
            "now": NOW,
        }
        return register(**{**facts, **changes})


@pytest.fixture
def evening() -> Evening:
    return Evening()


def refusal(evening: Evening, **changes: Any) -> str:
    with pytest.raises(Refused) as caught:
        evening.register(**changes)
    return caught.value.code


# What is kept -----------------------------------------------------------------------------------------------------


def test_the_fact_and_the_deadline_are_kept(evening: Evening) -> None:
    case = DutyCase.objects.get(pk=evening.register().pk)
    kept = (case.session, case.organization, case.counsellor, case.told_at, case.deadline_at, case.done_at)
    assert kept == (evening.session, house(), evening.karla, NOW, later(hours=24), None)


def test_nothing_of_whom_and_of_what_is_kept(evening: Evening, client: Client) -> None:
    """Beside the room's own rows, which the erasure takes."""
    client.force_login(evening.karla)
    form = filled(evening)
    assert client.post(evening.address, {**form, "action": "print"}).status_code == 200
    assert client.post(evening.address, {**form, "action": "keep"}).status_code == 302
    secrets = ("Blå Ræv", evening.member.public_id, "Han slår mig", "Der er noget derhjemme", "Må jeg sige noget")
    before = everything_stored()
    assert all(secret in before for secret in secrets[:1])
    retention.erase(session=evening.session, now=later(days=2))
    after = everything_stored()
    assert DutyCase.objects.count() == 1
    for secret in secrets:
        assert secret not in after


def test_a_finger_that_taps_twice_makes_one_case(evening: Evening) -> None:
    first = evening.register()
    assert evening.register(now=later(seconds=3)) == first
    assert evening.register(now=later(seconds=30)) != first
    assert DutyCase.objects.count() == 2


@pytest.mark.parametrize("hours", [0, -1])
def test_a_deadline_lies_ahead(evening: Evening, hours: int) -> None:
    assert refusal(evening, deadline_at=later(hours=hours)) == "bad_command"


def test_it_goes_into_the_case_system_of_ones_own_house(evening: Evening) -> None:
    far = house("andet")
    assert refusal(evening, organization=far) == "bad_command"
    evening.session.organizations.add(far)
    assert refusal(evening, organization=far) == "bad_command"
    Membership.objects.create(user=evening.karla, organization=far, role=Membership.Role.COUNSELLOR)
    assert evening.register(organization=far).organization == far


def test_it_is_about_a_young_person_of_this_session(evening: Evening) -> None:
    elsewhere = make_session(evening.karla, now=NOW)
    stranger, _cookies = seat_young(elsewhere, "Rolig Bjørn", now=NOW)
    assert refusal(evening, member=stranger) == "unknown"
    assert refusal(evening, member=evening.staff) == "unknown"


def test_only_those_who_lead_the_session_may_and_while_its_text_is_there(evening: Evening) -> None:
    for user in (make_counsellor("Sara"), make_coordinator(), counsellor_of("andet", "Fjern")):
        assert refusal(evening, user=user) == "forbidden"
    Session.objects.filter(pk=evening.session.pk).update(erased_at=NOW)
    assert refusal(evening) == "forbidden"


@pytest.mark.parametrize(
    "clock, today",
    [
        ("2026-11-24T19:00", "2026-11-24T23:00"),  # until midnight in Denmark
        ("2026-11-24T22:40", "2026-11-24T23:40"),  # nobody writes one in twenty minutes
    ],
)
def test_it_is_sent_at_once_today_or_within_24_hours(clock: str, today: str) -> None:
    now = datetime.fromisoformat(clock).replace(tzinfo=UTC)
    assert deadlines(now=now) == {
        "now": now + timedelta(hours=1),
        "today": datetime.fromisoformat(today).replace(tzinfo=UTC),
        "tomorrow": now + timedelta(hours=24),
    }


# What can be marked -----------------------------------------------------------------------------------------------


def test_the_lines_are_what_they_wrote_and_both_sides_of_the_whispers(evening: Evening) -> None:
    assert [(line.by, line.kind, line.text) for line in lines(evening.member)] == [
        ("Blå Ræv", "posted", "Der er noget derhjemme"),
        ("Blå Ræv", "held", "Han slår mig"),
        ("Blå Ræv", "whisper", "Må jeg sige noget?"),
        ("Karla", "whisper", "Ja, sig det."),
    ]


def test_what_was_taken_back_stands_only_where_an_alert_quotes_it(evening: Evening) -> None:
    me = evening.member.public_id
    gone = MessagePosted(id="m9", member=me, text=None)  # type: ignore[arg-type]
    put(evening.session, gone, author=evening.member, at=NOW)
    put(evening.session, MessageRemoved(id="m9"), author=evening.member, at=NOW)
    evening.desk(AlertRaised(alert="a1", kind="report", member=me, id="m9", excerpt="Taget tilbage"))
    evening.desk(AlertRaised(alert="a2", kind="crisis", level="acute", member=me, id="h1", excerpt="Han slår mig"))
    evening.desk(AlertRaised(alert="a3", kind="crisis", member=evening.other.public_id, excerpt="En andens"))
    found = [(line.kind, line.text) for line in lines(evening.member)]
    assert found[-1] == ("alert", "Taget tilbage")
    assert [text for _kind, text in found].count("Han slår mig") == 1
    assert "En andens" not in str(found)


# The page ---------------------------------------------------------------------------------------------------------


def filled(evening: Evening, **changes: Any) -> dict[str, Any]:
    chosen = [line.number for line in lines(evening.member) if line.text in ("Han slår mig", "Ja, sig det.")]
    form = {"told": "on", "lines": chosen, "organization": house().pk, "deadline": "tomorrow"}
    return {key: value for key, value in {**form, **changes}.items() if value != ""}


def test_the_page_offers_the_words_the_lines_and_a_day_as_the_deadline(evening: Evening, client: Client) -> None:
    client.force_login(evening.karla)
    html = client.get(evening.address).content.decode()
    for text in ("Jeg er bekymret for dig.", "Jeg har sagt til Blå Ræv", "Han slår mig", "Må jeg sige noget?"):
        assert text in html
    assert "Sagt af en anden" not in html
    assert "Til en anden" not in html
    assert 'value="tomorrow"' in re.findall(r"<input[^>]*checked[^>]*>", html)[-1]
    assert not re.search(r'name="lines"[^>]*checked', html)


def test_the_sheet_shows_the_marked_lines_and_no_others(evening: Evening, client: Client) -> None:
    client.force_login(evening.karla)
    answer = client.post(evening.address, {**filled(evening), "action": "print"})
    html = answer.content.decode()
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    assert "<title>Samrum</title>" in html
    for text in ("Blå Ræv", "Karla", house().name, "Han slår mig", "Ja, sig det.", "24. november 2026", "20"):
        assert text in html
    for text in ("Der er noget derhjemme", "Sagt af en anden", evening.session.title):
        assert text not in html.split("<main")[1]
    assert DutyCase.objects.count() == 0


@pytest.mark.parametrize("action", ["print", "keep"])
@pytest.mark.parametrize("wrong", [{"told": ""}, {"deadline": "aldrig"}, {"organization": "0"}, {"lines": ["999"]}])
def test_what_is_missing_is_said_and_the_marks_stay(
    evening: Evening, client: Client, wrong: dict[str, Any], action: str
) -> None:
    client.force_login(evening.karla)
    answer = client.post(evening.address, {**filled(evening, **wrong), "action": action})
    html = answer.content.decode()
    assert answer.status_code == 422
    if "lines" not in wrong:
        assert len(re.findall(r'name="lines"[^>]*checked', html)) == 2
    assert DutyCase.objects.count() == 0


def test_without_a_marked_line_there_is_no_sheet_but_a_deadline_can_be_kept(evening: Evening, client: Client) -> None:
    client.force_login(evening.karla)
    assert client.post(evening.address, {**filled(evening, lines=[]), "action": "print"}).status_code == 422
    assert client.post(evening.address, {**filled(evening, lines=[]), "action": "keep"}).status_code == 302
    assert DutyCase.objects.count() == 1


def test_nobody_marks_a_line_of_somebody_else(evening: Evening, client: Client) -> None:
    theirs = Event.objects.get(author=evening.other, type="message.posted").position
    client.force_login(evening.karla)
    answer = client.post(evening.address, {**filled(evening, lines=[theirs]), "action": "print"})
    assert answer.status_code == 422
    assert "Sagt af en anden" not in answer.content.decode()


def test_the_page_opens_to_those_who_lead_the_session(evening: Evening, client: Client) -> None:
    table = [
        (None, 302),
        (evening.karla, 200),
        (evening.mads, 200),
        (make_counsellor("Sara"), 404),
        (make_coordinator(), 404),
        (User.objects.create_superuser("drift"), 404),
    ]
    for user, status in table:
        client.logout()
        if user:
            client.force_login(user)
        assert client.get(evening.address).status_code == status, user
        posted = client.post(evening.address, {**filled(evening), "action": "keep"}).status_code
        assert posted == (302 if status in (200, 302) else 404), user
    client.force_login(evening.karla)
    for wrong in (evening.staff.public_id, "findesikke"):
        assert client.get(f"/vagt/{evening.session.slug}/underretning/{wrong}/").status_code == 404
    retention.erase(session=evening.session, now=later(days=2))
    assert client.get(evening.address).status_code == 404


# The list ---------------------------------------------------------------------------------------------------------


def test_the_list_shows_the_first_deadline_first_and_what_is_overdue(evening: Evening, client: Client) -> None:
    """The page looks at the real clock: one deadline has passed by it, one has not."""
    evening.register(deadline_at=later(days=4000))
    late = evening.register(now=NOW - timedelta(days=3000), deadline_at=NOW - timedelta(days=2999))
    Session.objects.filter(pk=evening.session.pk).update(title="Hemmeligt emne", format="free")
    client.force_login(evening.mads)
    html = client.get("/vagt/underretninger/").content.decode()
    assert html.count("Fristen er overskredet.") == 1
    assert html.index("Fristen er overskredet.") < html.index(f"/vagt/underretninger/{late.pk}/")
    assert "Karla" in html
    assert "Hemmeligt emne" not in html
    for secret in ("Blå Ræv", "Han slår mig", evening.member.public_id):
        assert secret not in html


def test_sent_is_sent(evening: Evening, client: Client) -> None:
    case = evening.register()
    client.force_login(evening.mads)
    assert client.post(f"/vagt/underretninger/{case.pk}/")["Location"] == "/vagt/underretninger/"
    case.refresh_from_db()
    sent_at = case.done_at
    assert sent_at is not None
    finish(case=case, user=evening.mads, now=later(days=9))
    case.refresh_from_db()
    assert case.done_at == sent_at
    assert f"/vagt/underretninger/{case.pk}/" not in client.get("/vagt/underretninger/").content.decode()


def test_the_list_is_the_houses_own(evening: Evening, client: Client) -> None:
    case = evening.register()
    editor = make_counsellor("Erik")
    Membership.objects.filter(user=editor).update(role=Membership.Role.EDITOR)
    table = [
        (None, 302, False, 302),
        (evening.mads, 200, True, 302),
        (make_counsellor("Sara"), 200, True, 302),
        (make_coordinator(), 200, True, 302),
        (counsellor_of("andet", "Fjern"), 200, False, 404),
        (editor, 200, False, 404),
        (User.objects.create_superuser("drift"), 403, False, 404),
    ]
    for user, status, sees_it, posted in table:
        client.logout()
        if user:
            client.force_login(user)
        page = client.get("/vagt/underretninger/")
        assert (page.status_code, "Karla" in page.content.decode()) == (status, sees_it), user
        assert client.post(f"/vagt/underretninger/{case.pk}/").status_code == posted, user
        DutyCase.objects.update(done_at=None)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_the_database_as_often_for_many(
    evening: Evening, client: Client, count: int, django_assert_max_num_queries: Any
) -> None:
    for number in range(count):
        evening.register(now=later(minutes=number), deadline_at=later(days=5000))
    client.force_login(evening.mads)
    with django_assert_max_num_queries(17):  # eight of them count what waits, at most every five seconds
        client.get("/vagt/underretninger/")


def test_what_was_sent_leaves_the_list_after_a_month(evening: Evening) -> None:
    case = evening.register()
    finish(case=case, user=evening.karla, now=NOW)
    assert list(duty.cases(evening.karla, now=later(days=29))) == [case]
    assert list(duty.cases(evening.karla, now=later(days=30))) == []
