"""Who was sent out of a session or banned (T10): every door is shut, and the page that says so helps."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from asgiref.sync import async_to_sync
from django.db import transaction
from django.test import Client
from django.utils import timezone

from accounts.models import Organization
from accounts.moments import time_in_words
from chat import log
from chat.events import MemberBanned, MemberKicked, Wire
from chat.management.commands.stage import login_cookie
from chat.models import Ban, Member, Session, Stream, digest
from chat.places import BAN, PLACE
from chat.services import bans, marks, retention
from chat.views import door
from chat.views.room import retention_line
from tests.chat.doors import at, body, go_in, is_in, main_of, own_words, words
from tests.chat.people import make_session
from tests.chat.tabs import Tab
from tests.config.reading import length, lix, longest_sentence

pytestmark = pytest.mark.django_db


EVERY_DOOR = ["", "room/", "join/", "tilbage/", "knock/"]


def kick(client: Client, session: Session, **fields: Any) -> Member:
    """As the ladder leaves a member, who was told of it on their own line."""
    member = Member.objects.by_place(session, client.cookies[PLACE].value)
    assert member is not None
    told = MemberKicked(member=member.public_id, reason="Du blev ved med at skrive grimt", ground="harassment")
    tell(session, member, told)
    Member.objects.filter(pk=member.pk).update(kicked_at=timezone.now(), **fields)
    return Member.objects.get(pk=member.pk)


def ban(client: Client, session: Session, *, days: float = 7) -> Member:
    until = timezone.now() + timedelta(days=days)
    member = kick(client, session, banned_until=until)
    tell(session, member, MemberBanned(member=member.public_id, reason="Du har fået en advarsel", until=until))
    return member


def tell(session: Session, member: Member, event: Wire) -> None:
    with transaction.atomic():
        entry = log.Entry(event=event, stream=Stream.PRIVATE, reader=member, author=member)
        log.append(Session.objects.locked(session), [entry], at=timezone.now())


def held_by(slug: str) -> Session:
    """A session of an organisation of its own."""
    session = make_session(state="open")
    house = Organization.objects.get_or_create(slug=slug, defaults={"name": slug.title(), "kind": "association"})[0]
    session.organizations.set([house])
    return session


@pytest.mark.parametrize("page", EVERY_DOOR)
@pytest.mark.parametrize("step", [kick, ban])
def test_T10_no_door_of_the_session_opens_to_who_was_sent_out(step: Callable[..., Member], page: str) -> None:
    session = make_session(state="open")
    client = go_in(session)
    step(client, session)
    assert client.get(at(session, page)).status_code == 403
    assert client.post(at(session, page), {"alias": "Nyt Navn", "code": "bølge-kanel-ugle-telt"}).status_code == 403
    assert session.members.young().count() == 1


@pytest.mark.parametrize("step, status", [(kick, 423), (ban, 451)])
def test_T10_the_room_over_http_is_shut_with_its_own_number(step: Callable[..., Member], status: int) -> None:
    session = make_session(state="open")
    client = go_in(session)
    step(client, session)
    assert client.get(at(session, "log/")).status_code == status
    sent = client.post(at(session, "say/"), {"text": "hej"}, headers={"accept": "application/json"})
    assert (sent.status_code, sent.json()) == (status, {"code": status + 4000})


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("step, code", [(kick, 4423), (ban, 4451)])
def test_T10_the_socket_is_shut_with_the_codes_of_the_protocol(step: Callable[..., Member], code: int) -> None:
    session, same_house = make_session(state="open"), make_session(state="open")
    client = go_in(session)
    step(client, session)
    client.get(at(session))
    cookies = {name: morsel.value for name, morsel in client.cookies.items() if name in {PLACE, BAN}}
    carried = {name: value for name, value in cookies.items() if name == BAN}

    @async_to_sync
    async def knock() -> list[int]:
        codes = []
        for where, what in ((session, cookies), (same_house, carried)):
            async with Tab(where, what) as tab:
                codes.append(await tab.code())
        return codes

    assert knock() == [code, 4451 if carried else 4401]


def test_T10_an_older_cookie_the_word_code_and_a_second_browser_with_the_same_cookie_open_nothing() -> None:
    session = make_session(state="open")
    client = go_in(session)
    old, code = client.cookies[PLACE].value, client.cookies[door.WORD_CODE].value
    go_in(session, client=client)
    copied = client.cookies[PLACE].value
    kick(client, session)
    assert Client(headers={"cookie": f"{PLACE}={copied}"}).get(at(session, "room/")).status_code == 403
    assert not is_in(Client(headers={"cookie": f"{PLACE}={old}"}), session)
    other_phone = Client()
    other_phone.post(at(session, "tilbage/"), {"code": code}, follow=True)
    assert other_phone.get(at(session, "room/")).status_code == 403
    assert not session.connections.exists()


def test_T10_a_place_of_its_own_under_another_code_does_not_help_the_browser_that_was_sent_out() -> None:
    session = make_session(state="open")
    client, friend = go_in(session), go_in(session, "Stille Ugle")
    kick(client, session)
    answer = client.post(at(session, "tilbage/"), {"code": friend.cookies[door.WORD_CODE].value})
    assert answer.status_code == 403
    assert is_in(friend, session)


def test_a_kick_is_of_this_session_alone() -> None:
    session, next_door = make_session(state="open"), make_session(state="open")
    client = go_in(session)
    kick(client, session)
    assert is_in(go_in(next_door, client=client), next_door)


def test_banned_beats_kicked_and_a_ban_that_is_over_leaves_the_kick() -> None:
    session = make_session(state="open")
    client = go_in(session)
    member = ban(client, session)
    assert client.get(at(session, "log/")).status_code == 451
    Member.objects.filter(pk=member.pk).update(banned_until=timezone.now() - timedelta(seconds=1))
    assert client.get(at(session, "log/")).status_code == 423


def test_who_was_sent_out_takes_nobodys_place_in_a_full_room() -> None:
    session = make_session(state="open", capacity=1)
    kick(go_in(session), session)
    assert is_in(go_in(session, "Stille Ugle"), session)


def test_a_kick_is_told_with_its_reason_what_it_means_and_where_else_to_go() -> None:
    session = make_session(state="open")
    client = go_in(session)
    kick(client, session)
    page = client.get(at(session, "room/"))
    assert "Du blev ved med at skrive grimt" in words(page)
    assert "<title>Samrum</title>" in body(page)
    assert f'href="{at(session, "se-paa-det/")}"' in main_of(page)
    assert '<article class="card' in main_of(page)  # who can help now
    for link in ("/chat/", "/tilbud/", "/blog/", "/hjaelp/"):
        assert f'href="{link}"' in main_of(page)
        assert client.get(link).status_code == 200
    assert BAN not in client.cookies


def test_a_ban_is_told_with_its_end_and_its_houses() -> None:
    session = make_session(state="open")
    client = go_in(session)
    member = ban(client, session)
    page = client.get(at(session))
    assert "Du har fået en advarsel" in words(page)
    assert "Prøvekommunen" in words(page)
    assert member.banned_until is not None
    assert time_in_words(member.banned_until, now=timezone.now()) in words(page)
    assert f'href="{at(session, "se-paa-det/")}"' in main_of(page)


@pytest.mark.parametrize("step", [kick, ban])
def test_the_page_of_who_was_sent_out_is_easy_to_read_in_distress(step: Callable[..., Member]) -> None:
    session = make_session(state="open")
    client = go_in(session)
    step(client, session)
    assert lix(own_words(client.get(at(session)))) <= 25


def test_the_closed_door_and_the_wait_behind_it_are_easy_to_read_in_distress() -> None:
    session = make_session(state="open")
    member = Member.objects.by_place(session, go_in(session).cookies[PLACE].value)
    assert member is not None
    session.refresh_from_db()
    marks.mark_after_ban(session=session, member=member, now=timezone.now())
    client = Client()
    pages = [client.get(at(session))]
    client.post(at(session, "knock/"))
    pages.append(client.get(at(session)))
    session.knocks.update(answered_at=timezone.now())
    pages.append(client.get(at(session)))
    session.knocks.update(is_let_in=True)
    pages.append(client.get(at(session)))
    assert ["knock/" in main_of(page) for page in pages] == [True, False, False, False]
    assert [page.get("Refresh") for page in pages] == [None, "5", None, None]
    assert ["join/" in main_of(page) for page in pages] == [False, False, False, True]
    assert retention_line(session) in words(pages[-1])  # what they say yes to stands there, too
    for page in pages:
        assert lix(own_words(page)) <= 25, own_words(page)
        assert length(longest_sentence(own_words(page))) <= 28


# The cookie of a ban ----------------------------------------------------------------------------------------------


def test_the_page_that_tells_of_a_ban_sets_its_cookie_for_chats_alone_and_once() -> None:
    session = make_session(state="open")
    client = go_in(session)
    member = ban(client, session)
    for _time in range(3):
        client.get(at(session))
        client.get(at(session, "room/"))
    cookie = client.cookies[BAN]
    row = Ban.objects.get()
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/chat/", True, "Lax")
    assert row.token_hash == digest(cookie.value)
    assert len(cookie.value) >= 22
    assert list(row.organizations.all()) == list(session.organizations.all())
    assert member.banned_until is not None
    assert member.banned_until - timedelta(hours=1) < row.expires_at <= member.banned_until


def test_a_banned_browser_is_told_so_in_every_chat_of_the_house_and_in_no_other() -> None:
    session = make_session(state="open")
    client = go_in(session)
    ban(client, session)
    client.get(at(session))
    del client.cookies[PLACE]  # the browser was closed; the ban's cookie stays
    same_house, other_house = make_session(state="open"), held_by("borup")
    for page in EVERY_DOOR:
        assert client.get(at(same_house, page)).status_code == 403
        assert client.get(at(session, page)).status_code == 403
    assert client.post(at(same_house, "join/"), {"alias": "Nyt Navn"}).status_code == 403
    assert client.get(at(same_house, "log/")).status_code == 451
    assert "se-paa-det" not in main_of(client.get(at(same_house)))  # nothing happened there that one could look at
    assert is_in(go_in(other_house, client=client), other_house)
    for page in ("/", "/chat/", "/hjaelp/", "/tilbud/", "/blog/"):
        assert client.get(page).status_code == 200


def test_a_ban_shuts_the_other_chats_of_the_house_in_which_the_browser_sits_already() -> None:
    session, same_house = make_session(state="open"), make_session(state="open")
    client = go_in(session)
    go_in(same_house, client=client)
    client.cookies[PLACE]["path"] = "/"  # the test's browser keeps one cookie of a name: that of the second chat
    place = client.cookies[PLACE].value
    member = session.members.young().get()
    Member.objects.filter(pk=member.pk).update(kicked_at=timezone.now())
    tokens, _until = bans.remember({}, session, until=timezone.now() + timedelta(days=2))
    banned = Client(headers={"cookie": f"{PLACE}={place}; {BAN}={tokens[0]}"})
    assert banned.get(at(same_house, "log/")).status_code == 451


def test_a_ban_ends_by_itself_and_its_row_goes() -> None:
    session = make_session(state="open")
    client = go_in(session)
    ban(client, session, days=1)
    client.get(at(session))
    del client.cookies[PLACE]
    later = make_session(state="open")
    with time_machine.travel(timezone.now() + timedelta(days=1), tick=False):
        assert client.get(at(later)).status_code == 200
        marks.forget_expired(now=timezone.now())
    assert not Ban.objects.exists()


def test_bans_of_two_houses_stand_side_by_side_in_one_browser() -> None:
    first, second = held_by("aaby"), held_by("borup")
    client = Client()
    for session, days in ((first, 20), (second, 2)):
        del_place(client)
        ban(go_in(session, client=client), session, days=days)
        assert client.get(at(session)).status_code == 403
    del_place(client)
    assert [client.get(at(held_by(house))).status_code for house in ("aaby", "borup", "ceres")] == [403, 403, 200]
    assert Ban.objects.count() == 2


def del_place(client: Client) -> None:
    client.cookies.pop(PLACE, None)


def test_one_place_taken_from_browser_to_browser_makes_no_heap_of_bans() -> None:
    session = make_session(state="open")
    client = go_in(session)
    place = client.cookies[PLACE].value
    ban(client, session)
    for _browser in range(9):
        assert Client(headers={"cookie": f"{PLACE}={place}"}).get(at(session)).status_code == 403
    assert Ban.objects.count() == 5


def test_a_ban_that_was_wrong_goes_from_the_browser_that_carries_it_and_no_other_ban_does() -> None:
    session, until = make_session(state="open"), timezone.now() + timedelta(days=3)
    (wrong,), _end = bans.remember({}, session, until=until)
    (right,), _end = bans.remember({}, session, until=until + timedelta(days=4))
    carried = {BAN: f"{wrong}.{right}"}
    assert not bans.forgive({}, session, until=until)
    assert not bans.forgive(carried, held_by("borup"), until=until)
    assert bans.forgive(carried, session, until=until)
    assert Ban.objects.get().token_hash == digest(right)


@pytest.mark.parametrize("value", ["", ".", "x", "." * 500, "æøå", "x" * 65, "a.b.c.d.e.f.g"])
def test_a_cookie_that_is_no_ban_bans_nobody(value: str) -> None:
    session = make_session(state="open")
    client = Client()
    client.cookies[BAN] = value
    assert is_in(go_in(session, client=client), session)


def test_nobody_is_told_of_a_session_they_may_not_know_of_by_being_banned_from_it() -> None:
    draft = make_session(announced=False)
    tokens, _until = bans.remember({}, draft, until=timezone.now() + timedelta(days=2))
    client = Client(headers={"cookie": f"{BAN}={tokens[0]}"})
    for page in ("", "log/"):
        assert client.get(at(draft, page)).status_code == 404
    assert client.post(at(draft, "join/"), {"alias": "Blå Ræv"}).status_code == 404


def test_a_counsellor_of_the_session_is_not_shut_out_by_a_browser_that_was_banned() -> None:
    session = make_session(state="open")
    tokens, _until = bans.remember({}, session, until=timezone.now() + timedelta(days=2))
    login = "; ".join(f"{name}={value}" for name, value in login_cookie(session.roster.get().user).items())
    client = Client(headers={"cookie": f"{login}; {BAN}={tokens[0]}"})
    assert client.get(at(session, "room/")).status_code == 200
    assert client.get(at(session)).status_code == 200


def test_once_the_session_is_erased_nobody_is_sent_out_of_it_any_more() -> None:
    session = make_session(state="open")
    client = go_in(session)
    ban(client, session)
    client.get(at(session))
    retention.erase(session=session, now=timezone.now())
    assert client.get(at(session)).status_code == 200
    assert client.get(at(session, "log/")).status_code == 410
