"""T02: whoever is given a /56 has 256 networks to come back from. Two of them marked, and all of it knocks."""

import hashlib
import ipaddress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from chat.models import Knock, Mark, Member, Session
from chat.services import marks, members, retention
from chat.services.members import DoorClosed
from tests.chat.doors import at, body, is_in, logged_in, main_of
from tests.chat.people import lead_of, make_session
from tests.chat.scene import Scene
from tests.chat.test_marks import answer, browser, come, held_by, house_of, member_of, shut_out, values_of

pytestmark = pytest.mark.django_db

# Networks of one home, 2001:db8:5:600::/56, and one outside of it.
ATTIC, CELLAR, GARDEN, LAST = (f"2001:db8:5:6{n}::7" for n in ("00", "01", "02", "ff"))
NEXT_DOOR = "2001:db8:5:700::7"
FAR_AWAY = "2001:db8:77::7"
unhurried = examples(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])


def knocks_from(address: str, session: Session) -> bool:
    """Whether a newcomer from there meets the closed door; it says the same to whoever looks and whoever posts."""
    newcomer = browser(address)
    looks = f'action="{at(session, "knock/")}"' in main_of(newcomer.get(at(session)))
    posts = newcomer.post(at(session, "join/"), {"alias": members.suggest_alias(session)})
    assert (posts.status_code == 403) is looks
    return looks


def banned_from(session: Session, *addresses: str) -> list[Member]:
    """They come in first, and are banned one after the other."""
    inside = [come(session, browser(address)) for address in addresses]
    return [shut_out(session, client) for client in inside]


# The door ---------------------------------------------------------------------------------------------------------


@pytest.mark.both_engines
def test_T02_two_marked_networks_of_a_home_make_a_third_knock_and_one_does_not() -> None:
    session = make_session(state="open")
    banned_from(session, ATTIC)
    assert [knocks_from(address, session) for address in (ATTIC, CELLAR, LAST)] == [True, False, False]
    banned_from(session, CELLAR)
    assert [knocks_from(address, session) for address in (ATTIC, CELLAR, GARDEN, LAST)] == [True] * 4
    assert [knocks_from(address, session) for address in (NEXT_DOOR, FAR_AWAY)] == [False, False]


def test_T02_who_knocks_from_a_third_network_is_let_in_and_nobody_inside_is_touched() -> None:
    scene = Scene()
    inside = come(scene.session, browser(GARDEN))
    code = inside.cookies["words"].value
    banned_from(scene.session, ATTIC, CELLAR)
    scene.say(scene.come(member_of(inside, scene.session)), "stadig her")
    assert is_in(inside, scene.session)
    other_phone = browser(LAST)
    assert other_phone.post(at(scene.session, "tilbage/"), {"code": code}).status_code == 302
    assert is_in(other_phone, scene.session)

    newcomer = browser(GARDEN)
    refused = newcomer.post(at(scene.session, "join/"), {"alias": "Modig Mus"})
    assert refused.status_code == 403
    assert '<article class="card' in main_of(refused)  # somebody to call, on the very page
    newcomer.post(at(scene.session, "knock/"))
    answer(scene, Knock.objects.get(), let_in=True)
    come(scene.session, newcomer, alias="Modig Mus")
    assert is_in(newcomer, scene.session)


def test_T02_two_bans_on_one_network_of_a_home_leave_the_others_open() -> None:
    session = make_session(state="open")
    other = make_session(state="open")
    other.organizations.add(house_of("borup"))  # so that its ban makes a mark of its own, on the same network
    banned_from(session, ATTIC, "2001:db8:5:600:ffff::1")
    mark(other, ATTIC)
    assert Mark.objects.count() == 2
    assert not knocks_from(CELLAR, session)


def mark(session: Session, address: str) -> Mark:
    """As after a ban of somebody who came from there."""
    session.refresh_from_db()
    member = Member(session=session)
    member.network, member.area = marks.kept_of(session, address, now=timezone.now())
    made = marks.mark_after_ban(session=session, member=member, now=timezone.now())
    assert made
    return made


addresses = st.builds(
    lambda area, subnet, host: ipaddress.IPv6Address((0x2A_0500_0000_0000 + area << 72) + (subnet << 64) + host),
    st.integers(0, 1),  # two areas side by side
    st.sampled_from([0, 1, 2, 255]),
    st.integers(0, 2**64 - 1),
)


def test_T02_any_newcomer_knocks_when_their_network_or_two_of_their_area_are_marked_and_only_then() -> None:
    session = make_session(state="open")

    @unhurried
    @given(banned=st.lists(addresses, max_size=4), newcomer=addresses)
    def holds(banned: list[ipaddress.IPv6Address], newcomer: ipaddress.IPv6Address) -> None:
        Mark.objects.all().delete()
        for address in banned:
            mark(session, str(address))
        networks = {int(address) >> 64 for address in banned}
        own = int(newcomer) >> 64
        around = {network for network in networks if network >> 8 == own >> 8}
        expected = own in networks or len(around) >= 2
        for spelling in (str(newcomer), newcomer.exploded.upper(), f"{newcomer}%wlan0", f"[{newcomer}]:443"):
            assert marks.is_marked(session, spelling, now=timezone.now()) is expected, spelling

    holds()


def test_T02_no_number_of_marks_on_ipv4_addresses_makes_another_one_knock() -> None:
    session = make_session(state="open")

    @unhurried
    @given(first=st.integers(2**24, 2**32 - 2**24), steps=st.sets(st.integers(1, 255), min_size=2, max_size=6))
    def holds(first: int, steps: set[int]) -> None:
        Mark.objects.all().delete()
        for step in steps:
            mark(session, str(ipaddress.IPv4Address(first + step)))
        plain = str(ipaddress.IPv4Address(first))
        for spelling in (plain, f"::ffff:{plain}", f"[::FFFF:{plain}]:443"):
            assert not marks.is_marked(session, spelling, now=timezone.now()), spelling

    holds()


def test_T02_marks_of_another_organisation_do_not_count() -> None:
    ours, theirs, common = held_by("aaby"), held_by("borup"), held_by("aaby")
    common.organizations.add(house_of("borup"))
    mark(ours, ATTIC)
    mark(theirs, CELLAR)
    assert not knocks_from(GARDEN, ours)
    assert not knocks_from(GARDEN, theirs)
    assert knocks_from(GARDEN, common)  # either would make them knock here from the network itself
    mark(held_by("aaby"), LAST)
    assert knocks_from(GARDEN, ours)  # whichever chat of the house it was


def test_T02_when_one_of_two_marks_is_lifted_or_over_the_home_comes_in_as_before() -> None:
    session = make_session(state="open")
    first, second = mark(session, ATTIC), mark(session, CELLAR)
    assert marks.is_marked(session, GARDEN, now=timezone.now())
    assert not marks.is_marked(session, GARDEN, now=first.expires_at)
    marks.lift(second)
    assert not knocks_from(GARDEN, session)
    assert knocks_from(ATTIC, session)


@pytest.fixture
def own_keys(settings: Any, tmp_path: Path) -> Path:
    settings.KEYS_DIR = tmp_path
    return tmp_path / "networks"


def test_T02_one_network_marked_on_two_days_is_not_taken_for_two(own_keys: Path) -> None:
    evening = datetime(2026, 3, 3, 19, tzinfo=UTC)
    with time_machine.travel(evening, tick=False):
        mark(make_session(state="open"), ATTIC)
    with time_machine.travel(evening + timedelta(hours=22), tick=False):
        today = make_session(state="open")
        mark(today, ATTIC)
        assert Mark.objects.holding(now=timezone.now()).values("day", "network", "area").distinct().count() == 2
        assert not knocks_from(CELLAR, today)
        mark(today, CELLAR)
        assert knocks_from(GARDEN, today)


def test_T02_without_their_key_two_marks_are_on_nobody(own_keys: Path) -> None:
    with time_machine.travel("2026-03-01 12:00 +0000", tick=False):
        session = make_session(state="open", ends_at=datetime(2026, 3, 9, tzinfo=UTC))
        mark(session, ATTIC)
        mark(session, CELLAR)
    with time_machine.travel("2026-03-03 12:00 +0000", tick=False):
        (own_keys / "2026-03-01.key").unlink()
        now = timezone.now()
        Mark.objects.update(set_at=now, expires_at=now + timedelta(hours=1))
        assert not marks.is_marked(session, GARDEN, now=now)
        assert not marks.is_marked(session, ATTIC, now=now)


def test_marks_and_places_from_before_areas_were_kept_count_as_networks_alone() -> None:
    session = make_session(state="open")
    inside = [member_of(come(session, browser(address)), session) for address in (ATTIC, CELLAR)]
    Member.objects.update(area="")
    session.refresh_from_db()
    for member in inside:
        member.refresh_from_db()
        assert marks.shared_with(session=session, member=member, now=timezone.now()) == "none"
        marks.mark_after_ban(session=session, member=member, now=timezone.now())
    assert set(Mark.objects.values_list("area", flat=True)) == {""}
    assert [knocks_from(address, session) for address in (ATTIC, CELLAR, GARDEN)] == [True, True, False]


# Watch ------------------------------------------------------------------------------------------------------------


def test_T02_two_watched_networks_of_a_home_watch_all_of_it_in_this_session_alone() -> None:
    scene = Scene()
    mark(scene.session, "2001:db8:5:603::7")  # of a ban: it counts with other bans, not with what is watched
    for address, watched_at_home in ((ATTIC, 0), (CELLAR, marks.WATCHED_MESSAGES)):
        scene.kick(seated(scene, address), watch=True)
        assert watched_of(scene.session, GARDEN) == watched_at_home
    assert watched_of(scene.session, NEXT_DOOR) == 0
    assert watched_of(make_session(state="open"), GARDEN) == 0
    assert not knocks_from(LAST, scene.session)


def watched_of(session: Session, address: str) -> int:
    return member_of(come(session, browser(address)), session).watched


# What the counsellor is told before ---------------------------------------------------------------------------------


def seated(scene: Scene, address: str) -> Member:
    """Somebody from there, in the room."""
    return scene.come(member_of(come(scene.session, browser(address)), scene.session))


def preview(scene: Scene, member: Member) -> str:
    return str(scene.done(scene.karla, "ban.preview", member=member.public_id)["shared"])


def test_T02_before_the_ban_that_closes_a_home_the_counsellor_is_told_of_all_who_are_in_it() -> None:
    scene = Scene(capacity=60)
    first, second = (seated(scene, place) for place in (ATTIC, CELLAR))
    neighbours = [GARDEN, GARDEN, LAST, LAST]
    for address in (*neighbours, NEXT_DOOR):
        come(scene.session, browser(address))
    assert [preview(scene, first), preview(scene, second)] == ["none", "none"]  # one ban closes one network
    scene.kick(first)
    scene.done(scene.karla, "member.ban", member=first.public_id, reason="Du blev ved", days=7)
    assert preview(scene, second) == "some"
    come(scene.session, browser(LAST))
    assert preview(scene, second) == "many"


def test_T02_a_ban_that_only_prolongs_a_mark_is_told_of_as_touching_its_network_alone() -> None:
    scene = Scene(capacity=60)
    one, other = come(scene.session, browser(ATTIC)), seated(scene, ATTIC)
    for address in (CELLAR, GARDEN):
        come(scene.session, browser(address))
    shut_out(scene.session, one)
    assert preview(scene, other) == "none"


def test_T02_who_was_sent_out_before_is_not_counted_among_those_whom_a_ban_would_touch() -> None:
    scene = Scene()
    banned_from(scene.session, ATTIC)
    back_again = seated(scene, CELLAR)
    assert preview(scene, back_again) == "none"


def test_T02_marks_of_another_organisation_change_nothing_of_what_the_counsellor_is_told() -> None:
    scene = Scene()
    elsewhere = held_by("borup")
    mark(elsewhere, ATTIC)
    inside = seated(scene, CELLAR)
    come(scene.session, browser(GARDEN))
    assert preview(scene, inside) == "none"
    elsewhere.organizations.add(*scene.session.organizations.all())
    mark(elsewhere, LAST)
    assert preview(scene, inside) == "some"


# What is left behind (law 8) ----------------------------------------------------------------------------------------


def test_T07_no_value_joins_places_of_one_home_in_two_sessions_to_each_other_or_to_its_marks() -> None:
    one, two = (make_session(state="open") for _number in range(2))
    homes = (ATTIC, CELLAR), (FAR_AWAY, "2001:db8:77:1::7")
    places = [
        [member_of(come(session, browser(home[number])), session) for home in homes]
        for number, session in enumerate((one, two))
    ]
    assert [len({member.area for member in here}) for here in places] == [2, 2]
    digests = [{value for member in here for value in (member.network, member.area)} for here in places]
    assert len(digests[0] | digests[1]) == 8
    for session, member in zip((one, two), (here[0] for here in places), strict=True):
        session.refresh_from_db()
        assert marks.mark_after_ban(session=session, member=member, now=timezone.now())
    assert len(set(Mark.objects.values_list("area", flat=True))) == 1  # what makes a third network knock
    of_marks = {value for row in Mark.objects.values_list("network", "area") for value in row}
    assert len(of_marks) == 3
    assert of_marks & (digests[0] | digests[1]) == set()
    # Nor by what two homes differ in, which a mask would keep.
    gaps = {int(near.area, 16) ^ int(far.area, 16) for near, far in places}
    assert len(gaps) == 2


def test_T04_neither_an_area_nor_its_kind_of_address_can_be_read_from_a_row() -> None:
    session = make_session(state="open")
    people = [member_of(come(session, browser(address)), session) for address in (ATTIC, "198.51.100.23")]
    session.refresh_from_db()
    for member in people:
        marks.mark_after_ban(session=session, member=member, now=timezone.now())
    rows = [*people, *Mark.objects.all()]
    assert all(len(row.network) == len(row.area) == 32 and row.network != row.area for row in rows)
    everything = " ".join(values_of(*rows))
    area = ipaddress.ip_network("2001:db8:5:600::/56")
    texts = [str(area), str(area.network_address), area.exploded, area.network_address.exploded]
    spellings = [*texts, str(int(area[0])), str(int(area[0]) >> 72), area[0].packed.hex(), area[0].packed[:7].hex()]
    spellings += [hashlib.sha256(text.encode()).hexdigest()[:32] for text in texts]
    assert [spelling for spelling in spellings if spelling in everything] == []


def test_when_the_session_closes_or_is_erased_nobody_came_from_any_area() -> None:
    closed, erased = Scene(), make_session(state="open")
    for session in (closed.session, erased):
        assert member_of(come(session, browser(ATTIC)), session).area != ""
    closed.done(closed.karla, "room.close", minutes=0)
    assert set(closed.session.members.values_list("network", "area")) == {("", "")}
    retention.erase(session=erased, now=timezone.now())
    assert not erased.members.exists()


def test_a_place_that_is_opened_from_elsewhere_comes_from_there_with_all_that_is_kept() -> None:
    session = make_session(state="open")
    client = come(session, browser(ATTIC))
    code = client.cookies["words"].value
    before = member_of(client, session)
    for address, moves in ((FAR_AWAY, True), ("", False)):
        phone = Client(REMOTE_ADDR=address)
        assert phone.post(at(session, "tilbage/"), {"code": code}).status_code == 302
        after = member_of(phone, session)
        assert (after.network != before.network, after.area != before.area) == (moves, moves)
        before = after


def test_no_page_shows_what_is_kept_of_an_area() -> None:
    session = make_session(state="open")
    banned_from(session, ATTIC, CELLAR)
    first, second = Mark.objects.all()
    assert first.area == second.area
    shown = body(logged_in(lead_of(session)).get("/vagt/netvaerk/"))
    assert shown.count('name="mark"') == 2
    assert first.area not in shown


def test_the_door_is_closed_in_the_verb_too_not_on_the_page_alone() -> None:
    session = make_session(state="open")
    mark(session, ATTIC)
    mark(session, CELLAR)
    with pytest.raises(DoorClosed, match="marked"):
        members.join(
            session=session, alias="Modig Mus", token="", waiting="", now=timezone.now(), address=f"{GARDEN}%en0"
        )
    assert not session.members.exists()
