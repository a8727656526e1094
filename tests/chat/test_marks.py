"""Closed doors: marks on networks, knocking, and what they leave behind. T01, T02 and their neighbours."""

import ipaddress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.db.models import Model
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from accounts.addresses import KeyGone, network_key
from accounts.models import Membership, Organization
from chat.models import Ban, Event, Knock, Mark, Member, Session
from chat.places import KNOCK, PLACE
from chat.services import knocks, marks, members
from chat.services.members import DoorClosed
from tests.chat.doors import at, body, is_in, logged_in, main_of, words
from tests.chat.people import lead_of, make_counsellor, make_session
from tests.chat.scene import Scene

pytestmark = pytest.mark.django_db

SCHOOL = "198.51.100.23"
HOME = "203.0.113.66"
unhurried = examples(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])


def browser(address: str = SCHOOL) -> Client:
    return Client(REMOTE_ADDR=address)


def come(session: Session, client: Client | None = None, *, alias: str = "") -> Client:
    """Through the door, which has to be open."""
    client = client or browser()
    answer = client.post(at(session, "join/"), {"alias": alias or members.suggest_alias(session)})
    assert (answer.status_code, answer.get("Location")) == (302, at(session, "room/")), words(answer)
    return client


def member_of(client: Client, session: Session) -> Member:
    member = Member.objects.by_place(session, client.cookies[PLACE].value)
    assert member is not None
    return member


def shut_out(session: Session, client: Client, *, days: int = 7, now: datetime | None = None) -> Member:
    """The end of the ladder, as the ladder leaves it."""
    now = now or timezone.now()
    member = member_of(client, session)
    Member.objects.filter(pk=member.pk).update(kicked_at=now, banned_until=now + timedelta(days=days))
    marks.mark_after_ban(session=Session.objects.get(pk=session.pk), member=member, now=now)
    return Member.objects.get(pk=member.pk)


def marked(*addresses: str, **fields: Any) -> Session:
    """An open session whose newcomers from these addresses knock."""
    session = make_session(state="open", **fields)
    for address in addresses or (SCHOOL,):
        shut_out(session, come(session, browser(address)))
    return session


def house_of(slug: str) -> Organization:
    return Organization.objects.get_or_create(slug=slug, defaults={"name": slug.title(), "kind": "association"})[0]


def held_by(slug: str, **fields: Any) -> Session:
    session = make_session(state="open", **fields)
    session.organizations.set([house_of(slug)])
    return session


def answer(scene: Scene, knock: Knock, *, let_in: bool) -> dict[str, Any]:
    return scene.done(scene.karla, "door.answer", knock=knock.public_id, let_in=let_in)


def desk(session: Session, kind: str) -> list[str]:
    rows = Event.objects.filter(session=session, stream="desk", type=kind).order_by("seq")
    return list(rows.values_list("public_id", flat=True))


# T01 --------------------------------------------------------------------------------------------------------------


def test_T01_a_ban_behind_a_shared_address_leaves_29_writing_and_a_newcomer_is_let_in_by_hand() -> None:
    scene = Scene(capacity=60)
    school = [come(scene.session) for _number in range(30)]
    people = [scene.come(member_of(client, scene.session)) for client in school]
    banned, others = people[0], people[1:]
    assert scene.done(scene.karla, "ban.preview", member=banned.public_id)["shared"] == "many"

    scene.kick(banned)
    scene.done(scene.karla, "member.ban", member=banned.public_id, reason="Du blev ved", days=7)
    for number, member in enumerate(others):
        scene.say(member, f"stadig her {number}")
    assert len(scene.shown()) == 29
    assert school[0].get(at(scene.session, "room/")).status_code == 403
    assert all(is_in(client, scene.session) for client in school[1:])

    newcomer = browser()
    refused = newcomer.post(at(scene.session, "join/"), {"alias": "Modig Mus"})
    assert refused.status_code == 403
    assert '<article class="card' in main_of(refused)  # somebody to call, on the very page
    newcomer.post(at(scene.session, "knock/"))
    answer(scene, Knock.objects.get(), let_in=True)
    come(scene.session, newcomer, alias="Modig Mus")
    assert is_in(newcomer, scene.session)

    mark = Mark.objects.get()
    assert marks.forget_expired(now=mark.expires_at - timedelta(seconds=1)) == 0
    marks.forget_expired(now=mark.expires_at)
    assert not Mark.objects.exists()


def test_T01_nobody_is_kept_out_of_anything_but_the_chats() -> None:
    marked()
    for page in ("/", "/hjaelp/", "/tilbud/", "/blog/", "/chat/", "/privatliv/"):
        assert browser().get(page).status_code == 200


def test_T01_who_has_a_place_comes_back_to_it_past_the_mark_by_browser_and_by_word_code() -> None:
    session = make_session(state="open")
    inside = come(session)
    code = inside.cookies["words"].value
    shut_out(session, come(session))
    assert inside.get(at(session)).status_code == 200
    assert "knock" not in main_of(inside.get(at(session)))
    assert is_in(come(session, inside), session)
    other_phone = browser()
    assert other_phone.post(at(session, "tilbage/"), {"code": code}).status_code == 302
    assert is_in(other_phone, session)


def test_the_counsellor_sees_whether_none_some_or_many_share_the_network() -> None:
    session = make_session(state="open", capacity=60)
    first = member_of(come(session), session)
    come(session, browser(HOME))
    seen = {}
    for others in range(1, 7):
        session.refresh_from_db()
        seen[others - 1] = marks.shared_with(session=session, member=first, now=timezone.now())
        come(session)
    assert seen == {0: "none", 1: "some", 2: "some", 3: "some", 4: "some", 5: "many"}


def test_where_the_address_is_not_known_nothing_is_shared_and_nothing_is_marked() -> None:
    session = make_session(state="open")
    people = [member_of(come(session, browser("")), session) for _number in range(3)]
    assert {member.network for member in people} == {""}
    assert marks.shared_with(session=session, member=people[0], now=timezone.now()) == "none"
    assert marks.mark_after_ban(session=session, member=people[0], now=timezone.now()) is None
    assert not marks.is_marked(session, "", now=timezone.now())


# T02 --------------------------------------------------------------------------------------------------------------


def mark_on(session: Session, address: str) -> None:
    """The only mark there is, as after a ban of somebody from there."""
    Mark.objects.all().delete()
    member = session.members.young().get()
    member.network, member.area = marks.kept_of(session, address, now=timezone.now())
    assert marks.mark_after_ban(session=session, member=member, now=timezone.now())


def test_T02_a_mark_holds_for_every_address_of_the_64_and_for_no_other() -> None:
    session = make_session(state="open")
    come(session)
    session.refresh_from_db()

    @unhurried
    @given(prefix=st.integers(2**61, 2**62 - 1), one=st.integers(0, 2**64 - 1), two=st.integers(0, 2**64 - 1))
    def holds(prefix: int, one: int, two: int) -> None:
        first, second = (ipaddress.IPv6Address((prefix << 64) + rest) for rest in (one, two))
        neighbour = ipaddress.IPv6Address(((prefix ^ 1) << 64) + one)
        mark_on(session, str(first))
        for spelling in (str(first), str(second), second.exploded.upper(), f"{second}%wlan0", f"[{second}]:443"):
            assert marks.is_marked(session, spelling, now=timezone.now()), spelling
        assert not marks.is_marked(session, str(neighbour), now=timezone.now())

    holds()


def test_T02_a_mark_on_an_ipv4_address_holds_in_the_clothes_of_ipv6() -> None:
    session = make_session(state="open")
    come(session)
    session.refresh_from_db()

    @unhurried
    @given(number=st.integers(1, 2**32 - 2))
    def holds(number: int) -> None:
        plain, next_door = (str(ipaddress.IPv4Address(value)) for value in (number, number + 1))
        mark_on(session, f"::ffff:{plain}")
        for spelling in (plain, f"::FFFF:{plain}", f"{plain}:51234", f"[::ffff:{plain}]"):
            assert marks.is_marked(session, spelling, now=timezone.now()), spelling
        assert not marks.is_marked(session, next_door, now=timezone.now())

    holds()


# How long, and whose chats ----------------------------------------------------------------------------------------


def test_a_mark_counts_in_the_chats_of_the_houses_that_held_the_session_and_in_no_other() -> None:
    session = held_by("aaby")
    shut_out(session, come(session))
    assert browser().post(at(held_by("aaby"), "join/"), {"alias": "Modig Mus"}).status_code == 403
    assert is_in(come(elsewhere := held_by("borup")), elsewhere)


def test_two_bans_on_one_network_make_one_mark() -> None:
    session = make_session(state="open")
    clients = [come(session), come(session)]
    for client in clients:
        shut_out(session, client)
    assert Mark.objects.count() == 1


def test_a_mark_holds_a_day_at_most() -> None:
    now = timezone.now()
    marked()
    assert now < Mark.objects.get().expires_at <= now + timedelta(hours=24, seconds=10)


@pytest.fixture
def own_keys(settings: Any, tmp_path: Path) -> Path:
    settings.KEYS_DIR = tmp_path
    return tmp_path / "networks"


def test_a_mark_is_over_when_its_key_is_and_no_renewal_outlives_it(own_keys: Path) -> None:
    evening = datetime(2026, 3, 3, 22, 30, tzinfo=UTC)  # 23.30 in Denmark, of a session whose key is that day's
    with time_machine.travel(evening, tick=False):
        session = make_session(state="open")
        client = come(session)
    with time_machine.travel(evening + timedelta(hours=2), tick=False):
        shut_out(session, client)
        mark = Mark.objects.get()
        assert mark.expires_at == datetime(2026, 3, 4, 23, tzinfo=UTC)  # midnight, when the third day's key destroys it
    with time_machine.travel(evening + timedelta(hours=20), tick=False):
        marks.renew(mark, now=timezone.now())
        assert mark.expires_at == datetime(2026, 3, 4, 23, tzinfo=UTC)
        assert marks.is_marked(session, SCHOOL, now=timezone.now())


def test_a_renewed_mark_holds_a_day_from_then_on(own_keys: Path) -> None:
    begun = datetime(2026, 3, 3, 8, tzinfo=UTC)
    with time_machine.travel(begun, tick=False):
        session = marked()
    with time_machine.travel(begun + timedelta(hours=10), tick=False):
        mark = Mark.objects.get()
        marks.renew(mark, now=timezone.now())
        assert Mark.objects.get().expires_at == begun + timedelta(hours=34)
        marks.lift(mark)
        assert is_in(come(session), session)


def test_without_its_key_a_mark_is_on_nobody_and_a_ban_makes_none(own_keys: Path) -> None:
    with time_machine.travel("2026-03-01 12:00 +0000", tick=False):
        session = marked()
        inside = come(session, browser(HOME))
    with time_machine.travel("2026-03-03 12:00 +0000", tick=False):
        network_key(SCHOOL, purpose="any")
        network_key(SCHOOL, purpose="any", day=date(2026, 3, 3))
        for key in own_keys.glob("2026-03-01.key"):
            key.unlink()
        with pytest.raises(KeyGone):
            network_key(SCHOOL, purpose="any", day=date(2026, 3, 1))
        now = timezone.now()
        Mark.objects.update(set_at=now, expires_at=now + timedelta(hours=1))
        assert not marks.is_marked(session, SCHOOL, now=now)
        session.refresh_from_db()
        assert marks.mark_after_ban(session=session, member=member_of(inside, session), now=now) is None
        assert marks.kept_of(session, HOME, now=now) == marks.UNKNOWN


def test_a_watch_holds_the_first_messages_of_newcomers_from_there_till_the_session_ends() -> None:
    scene = Scene()
    before, after, elsewhere = come(scene.session), browser(), browser(HOME)
    fox = scene.come(member_of(before, scene.session))
    scene.kick(fox, watch=True)
    watched = [member_of(come(scene.session, client), scene.session).watched for client in (after, elsewhere)]
    assert watched == [marks.WATCHED_MESSAGES, 0]
    assert member_of(come(scene.session, after), scene.session).watched == marks.WATCHED_MESSAGES  # no newcomer twice
    assert not marks.is_marked(scene.session, SCHOOL, now=scene.now)
    assert not marks.is_watched(make_session(state="open"), SCHOOL, now=scene.now)
    scene.done(scene.karla, "room.close", minutes=0)
    assert not Mark.objects.exists()


# What is left behind (law 8) --------------------------------------------------------------------------------------


def test_a_watch_that_cannot_be_is_told_to_the_desk_and_the_kick_stands() -> None:
    scene = Scene()
    kept = marks.kept_of(Session.objects.get(pk=scene.session.pk), HOME, now=scene.now)
    Member.objects.filter(pk=scene.owl.pk).update(network=kept.network, area=kept.area)
    for young in (scene.fox, scene.owl):  # the first came from nowhere that we know
        scene.kick(young, watch=True)
    assert scene.row(scene.fox).kicked_at
    notes = [note["text"] for note in scene.read(scene.karla, "desk.noted")]
    assert len(notes) == 1
    assert scene.fox.alias in notes[0]
    assert Mark.objects.filter(kind=Mark.Kind.WATCH).count() == 1
    assert scene.read(scene.owl, "desk.noted") == []


def test_when_the_session_closes_nobody_in_it_came_from_anywhere() -> None:
    scene = Scene()
    inside = come(scene.session)
    shut_out(scene.session, come(scene.session, browser(HOME)))
    browser(HOME).post(at(scene.session, "knock/"))
    assert member_of(inside, scene.session).network != ""
    assert Knock.objects.count() == 1
    scene.done(scene.karla, "room.close", minutes=0)
    assert set(scene.session.members.values_list("network", flat=True)) == {""}
    assert not Knock.objects.exists()
    assert Session.objects.get(pk=scene.session.pk).network_day is None
    assert Mark.objects.count() == 1  # it holds in the next chat of the house, too


def values_of(*rows: Model) -> set[str]:
    """Every value of these rows that could lead from one to another; small numbers do not."""
    values = {getattr(row, field.attname) for row in rows for field in row._meta.concrete_fields}
    return {str(value) for value in values if not isinstance(value, bool | int | date) or isinstance(value, datetime)}


def test_no_row_holds_an_address_and_no_ban_or_mark_leads_to_a_member() -> None:
    session = make_session(state="open")
    client = come(session)
    other = come(session)  # from the same network
    member = shut_out(session, client)
    client.get(at(session))
    session.refresh_from_db()
    assert Ban.objects.count() == Mark.objects.count() == 1
    rows = values_of(member, member_of(other, session), session)
    said_nothing = {"", "None"}
    assert values_of(*Ban.objects.all(), *Mark.objects.all()) & rows <= said_nothing
    everything = " ".join(rows | values_of(*Ban.objects.all(), *Mark.objects.all()))
    spellings = {SCHOOL, str(int(ipaddress.ip_address(SCHOOL))), ipaddress.ip_address(SCHOOL).packed.hex()}
    assert [spelling for spelling in spellings if spelling in everything] == []
    assert {field.name for field in Ban._meta.get_fields()} == {"id", "token_hash", "organizations", "expires_at"}


def test_places_in_two_sessions_of_one_evening_are_not_joined_by_their_network() -> None:
    one, two = make_session(state="open"), make_session(state="open")
    at_school, at_home = (
        [member_of(come(session, browser(address)), session).network for session in (one, two)]
        for address in (SCHOOL, HOME)
    )
    assert len({*at_school, *at_home}) == 4
    # Nor by what two networks differ in, which a mask would keep.
    assert int(at_school[0], 16) ^ int(at_home[0], 16) != int(at_school[1], 16) ^ int(at_home[1], 16)


# Knocking ---------------------------------------------------------------------------------------------------------


def test_without_scripts_one_knocks_waits_and_goes_in_by_buttons_alone() -> None:
    scene = Scene()
    shut_out(scene.session, come(scene.session))
    client = browser()
    door = client.get(at(scene.session))
    assert door.status_code == 200
    assert f'action="{at(scene.session, "knock/")}"' in main_of(door)
    assert f'action="{at(scene.session, "join/")}"' not in main_of(door)

    assert client.post(at(scene.session, "knock/"))["Location"] == at(scene.session)
    waiting = client.get(at(scene.session))
    assert waiting["Refresh"] == "5"
    assert '<article class="card' in main_of(waiting)
    assert "<form" not in main_of(waiting)  # nothing to do but wait

    answer(scene, Knock.objects.get(), let_in=True)
    inside = client.get(at(scene.session))
    assert "Refresh" not in inside
    assert f'action="{at(scene.session, "join/")}"' in main_of(inside)
    assert "data-by-itself" not in main_of(inside)  # they have not said under which name
    come(scene.session, client, alias="Modig Mus")
    assert not Knock.objects.exists()
    assert is_in(client, scene.session)


def test_who_had_typed_a_name_goes_in_under_it_and_with_scripts_by_itself() -> None:
    scene = Scene()
    shut_out(scene.session, come(scene.session))
    client = browser()
    assert client.post(at(scene.session, "join/"), {"alias": "Modig Mus"}).status_code == 403
    client.post(at(scene.session, "knock/"))
    answer(scene, Knock.objects.get(), let_in=True)
    page = main_of(client.get(at(scene.session)))
    assert 'value="Modig Mus"' in page
    assert "data-by-itself" in page


def test_who_waits_at_the_door_has_no_place_yet() -> None:
    session = marked()
    client = browser()
    client.post(at(session, "knock/"))
    assert client.get(at(session, "log/")).status_code == 401
    assert client.post(at(session, "join/"), {"alias": "Modig Mus"})["Location"] == at(session)  # on to the wait
    assert session.members.filter(alias="Modig Mus").count() == 0


def test_who_is_not_let_in_is_told_so_with_help_and_may_be_let_in_later() -> None:
    scene = Scene()
    shut_out(scene.session, come(scene.session))
    client = browser()
    client.post(at(scene.session, "knock/"))
    knock = Knock.objects.get()
    answer(scene, knock, let_in=False)
    refused = client.get(at(scene.session))
    assert refused.status_code == 200
    assert "Refresh" not in refused
    assert '<article class="card' in main_of(refused)
    assert f'action="{at(scene.session, "join/")}"' not in main_of(refused)
    assert client.post(at(scene.session, "join/"), {"alias": "Modig Mus"})["Location"] == at(scene.session)
    assert not scene.session.members.filter(alias="Modig Mus").exists()
    answer(scene, knock, let_in=True)
    come(scene.session, client)


def test_the_desk_is_told_of_a_knock_once_and_of_each_answer_that_changes_something() -> None:
    scene = Scene()
    shut_out(scene.session, come(scene.session))
    client = browser()
    for _time in range(3):
        client.post(at(scene.session, "knock/"))
        client.get(at(scene.session))
    knock = Knock.objects.get()
    for let_in in (False, False, True, True):
        answer(scene, knock, let_in=let_in)
    assert desk(scene.session, "door.knocked") == [knock.public_id]
    told = [(event["let_in"], event["by"]) for event in scene.read(scene.karla, "door.answered")]
    assert told == [(False, scene.karla.public_id), (True, scene.karla.public_id)]
    assert scene.read(scene.fox, "door.knocked") == scene.read(scene.fox, "door.answered") == []


def test_an_answer_to_nobody_is_unknown_and_the_young_answer_none() -> None:
    scene = Scene()
    shut_out(scene.session, come(scene.session))
    browser().post(at(scene.session, "knock/"))
    knock = Knock.objects.get().public_id
    assert scene.refused(scene.karla, "door.answer", knock="x" * 22, let_in=True) == "unknown"
    assert scene.refused(scene.fox, "door.answer", knock=knock, let_in=True) == "forbidden"
    other = Scene()
    assert other.refused(other.karla, "door.answer", knock=knock, let_in=True) == "unknown"
    assert not Knock.objects.get().is_let_in


def test_a_knock_that_was_let_in_serves_once_and_in_its_own_session() -> None:
    scene = Scene()
    come(other := make_session(state="open"))
    shut_out(scene.session, come(scene.session))
    token, knock = knocks.knock(session=scene.session, token="", now=scene.now)
    answer(scene, knock, let_in=True)

    def enter(session: Session) -> None:
        members.join(
            session=session,
            alias=members.suggest_alias(session),
            token="",
            waiting="",
            knock=token,
            address=SCHOOL,
            now=timezone.now(),
        )

    with pytest.raises(DoorClosed, match="marked"):
        enter(other)
    enter(scene.session)
    with pytest.raises(DoorClosed, match="marked"):
        enter(scene.session)


def test_the_desk_sees_five_knocks_at_a_time_and_the_others_wait_in_line() -> None:
    scene = Scene()
    standing = [knocks.knock(session=scene.session, token="", now=scene.now) for _number in range(7)]
    ids = [knock.public_id for _token, knock in standing]
    assert desk(scene.session, "door.knocked") == ids[:5]
    answer(scene, standing[2][1], let_in=True)
    scene.later(seconds=5)
    for token, _knock in standing[5:]:
        knocks.knock(session=scene.session, token=token, now=scene.now)
    assert desk(scene.session, "door.knocked") == ids[:6]


def test_who_goes_away_from_the_door_stands_in_nobodys_way() -> None:
    scene = Scene()
    gone = [knocks.knock(session=scene.session, token="", now=scene.now) for _number in range(5)]
    scene.later(seconds=41)
    _token, late = knocks.knock(session=scene.session, token="", now=scene.now)
    assert desk(scene.session, "door.knocked")[-1] == late.public_id
    back, _knock = knocks.knock(session=scene.session, token=gone[0][0], now=scene.now)
    assert back == gone[0][0]
    assert len(desk(scene.session, "door.knocked")) == 6  # known already: it is not told of twice


def test_the_mark_comes_before_the_queue_and_both_are_passed() -> None:
    scene = Scene(capacity=3)
    shut_out(scene.session, come(scene.session))
    come(scene.session, browser(HOME))
    client = browser()
    assert client.post(at(scene.session, "join/"), {"alias": "Modig Mus"}).status_code == 403
    client.post(at(scene.session, "knock/"))
    answer(scene, Knock.objects.get(), let_in=True)
    assert client.post(at(scene.session, "join/"), {"alias": "Modig Mus"})["Location"] == at(scene.session)
    assert client.get(at(scene.session))["Refresh"] == "10"  # in line, and past the mark
    Session.objects.update(capacity=4)
    come(scene.session, client, alias="Modig Mus")


def test_nobody_knocks_where_no_mark_holds_or_no_door_is_open() -> None:
    closed = marked()
    shut_out(free := make_session(state="open"), come(free, browser(HOME)))
    early = make_session(
        starts_at=timezone.now() + timedelta(days=1), ends_at=timezone.now() + timedelta(days=1, hours=1)
    )
    Session.objects.filter(pk=closed.pk).update(state="closed", closed_at=timezone.now())
    Mark.objects.exclude(pk=Mark.objects.last().pk).delete()
    for session in (closed, free, early):
        answered = browser().post(at(session, "knock/"))
        assert answered["Location"] == at(session)
        assert KNOCK not in answered.cookies
    assert not Knock.objects.exists()


def test_when_a_mark_is_lifted_those_who_wait_find_the_door_open() -> None:
    session = marked()
    client = browser()
    client.post(at(session, "knock/"))
    marks.lift(Mark.objects.get())
    assert f'action="{at(session, "join/")}"' in main_of(client.get(at(session)))
    come(session, client)


# The staff's page -------------------------------------------------------------------------------------------------


def test_the_list_says_since_when_until_when_and_for_whom_and_nothing_else() -> None:
    session = marked()
    member = session.members.young().get()
    page = logged_in(lead_of(session)).get("/vagt/netvaerk/")
    assert page.status_code == 200
    assert "Prøvekommunen" in words(page)
    mark = Mark.objects.get()
    for secret in (mark.network, member.network, member.alias, member.public_id, SCHOOL, session.slug):
        assert secret not in body(page)


def test_a_counsellor_renews_and_lifts_a_mark_by_hand(own_keys: Path) -> None:
    with time_machine.travel("2026-03-03 08:00 +0000", tick=False):
        session = marked()
        user = lead_of(session)
        number = Mark.objects.get().pk
    with time_machine.travel("2026-03-03 18:00 +0000", tick=False):
        staff = logged_in(user)
        assert 'value="renew"' in body(staff.get("/vagt/netvaerk/"))
        staff.post("/vagt/netvaerk/", {"mark": number, "action": "renew"})
        assert Mark.objects.get().expires_at == datetime(2026, 3, 4, 18, tzinfo=UTC)
        assert 'value="renew"' not in body(staff.get("/vagt/netvaerk/"))  # it holds as long as it can
        staff.post("/vagt/netvaerk/", {"mark": number, "action": "lift"})
        assert not Mark.objects.exists()
        assert "<form" not in main_of(staff.get("/vagt/netvaerk/"))


def test_a_mark_that_a_colleague_lifts_while_it_is_renewed_is_gone_and_that_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    staff = logged_in(lead_of(marked()))
    renew = marks.renew

    def late(mark: Mark, *, now: datetime) -> bool:
        Mark.objects.all().delete()
        return renew(mark, now=now)

    monkeypatch.setattr(marks, "renew", late)
    fields = {"mark": Mark.objects.get().pk, "action": "renew"}
    answered = staff.post("/vagt/netvaerk/", fields)
    assert answered.status_code == 302
    assert [message.level_tag for message in get_messages(answered.wsgi_request)] == ["info"]
    assert not Mark.objects.exists()


def test_a_ban_marks_the_network_although_its_mark_is_lifted_at_the_same_moment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    session = make_session(state="open")
    first, second = come(session), come(session)
    shut_out(session, first)
    renew = marks.renew

    def late(mark: Mark, *, now: datetime) -> bool:
        Mark.objects.all().delete()
        return renew(mark, now=now)

    monkeypatch.setattr(marks, "renew", late)
    shut_out(session, second)
    assert marks.is_marked(session, SCHOOL, now=timezone.now())


def test_a_watch_is_listed_too_and_can_be_lifted_but_not_renewed() -> None:
    scene = Scene()
    scene.kick(scene.come(member_of(come(scene.session), scene.session)), watch=True)
    staff = logged_in(scene.karla.user)
    Mark.objects.update(expires_at=timezone.now() + timedelta(hours=1))
    assert 'value="renew"' not in body(staff.get("/vagt/netvaerk/"))
    until = Mark.objects.get().expires_at
    staff.post("/vagt/netvaerk/", {"mark": Mark.objects.get().pk, "action": "renew"})
    assert Mark.objects.get().expires_at == until
    staff.post("/vagt/netvaerk/", {"mark": Mark.objects.get().pk, "action": "lift"})
    assert not Mark.objects.exists()


@pytest.mark.parametrize("role, status", [("counsellor", 200), ("coordinator", 200), ("editor", 403)])
def test_counsellors_and_coordinators_of_the_house_look_after_its_marks(role: str, status: int) -> None:
    marked()
    stranger, own = make_counsellor(), make_counsellor()
    Membership.objects.filter(user=stranger).update(organization=house_of("borup"))
    Membership.objects.filter(user=own).update(role=role)
    number = Mark.objects.get().pk
    assert browser().get("/vagt/netvaerk/").status_code == 302
    assert "<form" not in main_of(logged_in(stranger).get("/vagt/netvaerk/"))
    assert logged_in(stranger).post("/vagt/netvaerk/", {"mark": number, "action": "lift"}).status_code == 404
    assert logged_in(own).get("/vagt/netvaerk/").status_code == status
    assert Mark.objects.exists()


@pytest.mark.parametrize("number", ["", "x", "-1", "9" * 30, "²"])
def test_a_number_that_is_no_marks_is_not_found(number: str) -> None:
    session = marked()
    answered = logged_in(lead_of(session)).post("/vagt/netvaerk/", {"mark": number, "action": "lift"})
    assert answered.status_code == 404
