"""Attacks on an evening, named after their rows: what somebody with a copy of the storage or the logs could learn."""

import asyncio
import ipaddress
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from itertools import pairwise
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.test import Client as Browser

from chat.models import Member
from chat.services import retention
from tests.chat.crowd import Everyone, clients, stage
from tests.chat.people import be_present, make_session, seat_young
from tests.servers import Site
from tests.services import Redis


def spellings(address: str) -> list[str]:
    """An address as it could stand in a file: as text, as a number, as hex, and as a digest without a key."""
    import hashlib

    parsed = ipaddress.ip_address(address)
    texts = {address, parsed.exploded, parsed.compressed, str(int(parsed)), parsed.packed.hex()}
    digests = {hashlib.new(kind, address.encode()).hexdigest() for kind in ("md5", "sha1", "sha256")}
    return sorted(texts | digests)


@pytest.mark.both_engines
@pytest.mark.django_db
def test_T04_no_address_of_a_visitor_can_be_read_anywhere(servers: Callable[..., Site]) -> None:
    look_for_addresses(servers(1, SAMRUM_TRUSTED_PROXIES="1"), of_each_kind=6)


@pytest.mark.soak
@pytest.mark.both_engines
@pytest.mark.django_db
def test_T04_none_of_forty_addresses_can_be_read_anywhere(servers: Callable[..., Site]) -> None:
    look_for_addresses(servers(1, SAMRUM_TRUSTED_PROXIES="1"), of_each_kind=20)


def look_for_addresses(site: Site, *, of_each_kind: int) -> None:
    addresses = [f"203.0.113.{10 + n}" for n in range(of_each_kind)]
    addresses += [f"2001:db8:77:{n:x}::{n}" for n in range(of_each_kind)]
    staged = stage(site, members=len(addresses), counsellors=1)
    counsellors = clients(site, staged, "counsellor")
    young = clients(site, staged, "member")

    def visit(address: str) -> None:
        for path in (f"/chat/{staged['slug']}/", "/findes/ikke/"):
            with suppress(HTTPError):  # of the page that is not there
                urlopen(Request(site.url + path, headers={"X-Forwarded-For": address}), timeout=30).read()

    async def scene() -> None:
        for client, address in zip(young, addresses, strict=True):
            client.headers = {"X-Forwarded-For": address}
        async with Everyone(counsellors, young):
            for number, client in enumerate(young):
                assert (await client.say("message.post", ref=f"{number}", text=f"hej {number}"))["type"] == "accepted"

    for address in addresses:
        visit(address)
    asyncio.run(scene())
    wanted = [spelling for address in addresses for spelling in spellings(address)]
    log = site.log()
    assert [spelling for spelling in wanted if spelling in log] == []
    with site.database():
        found = [(place, word) for place, word in retention.find_traces(wanted) if "key" not in place]
    assert found == []


@pytest.mark.django_db(transaction=True)
def test_T07_two_places_of_one_browser_share_no_value_in_the_database() -> None:
    """Somebody goes from one chat to the next in the same browser; a copy of the database does not tell."""
    first, second = make_session(), make_session()
    browser = Browser()
    for session in (first, second):
        assert browser.post(f"/chat/{session.slug}/join/", {"alias": "Samme Navn"}).status_code == 302
        browser.get(f"/chat/{session.slug}/log/")
    one, two = (values_of(Member.objects.get(session=session)) for session in (first, second))
    assert one & two == {"Samme Navn", "sammenavn", "young"}, "only what was typed, and the role"


def values_of(member: Member) -> set[str]:
    """Every value of every row that hangs on a member, as text; small numbers and times say nothing of a person."""
    rows = [member, *(row for model in apps.get_app_config("chat").get_models() for row in _rows(model, member))]
    values = set()
    for row in rows:
        for field in row._meta.concrete_fields:
            value = getattr(row, field.attname)
            if isinstance(value, str) and value:
                values.add(value)
    return values - {"socket", "http"}


def _rows(model: type, member: Member) -> list:
    if "member" not in {field.name for field in model._meta.get_fields()}:
        return []
    return list(model._default_manager.filter(member=member))


@pytest.mark.django_db(transaction=True)
def test_T07_ids_say_nothing_of_the_order_in_which_people_came() -> None:
    session = make_session(capacity=60)
    people = [seat_young(session, f"Ræv {chr(97 + n // 7)}{chr(97 + n % 7)}og")[0] for n in range(40)]
    for member in people:
        be_present(member)
    ids = [member.public_id for member in people]
    assert sorted(ids) != ids
    falls = sum(earlier > later for earlier, later in pairwise(ids))
    assert 8 <= falls <= 31, "random ids fall about as often as they rise"
    assert all(len(identity) >= 22 for identity in ids)
    assert Counter(map(len, ids)).most_common(1)[0][1] == len(ids)


@pytest.mark.django_db(transaction=True)
def test_law_8_a_visit_leaves_no_row_in_the_session_table() -> None:
    session = make_session()
    browser = Browser()
    for path in ("/", "/hjaelp/", "/blog/", f"/chat/{session.slug}/"):
        browser.get(path)
    browser.post(f"/chat/{session.slug}/join/", {"alias": "Stille Ugle"})
    browser.get(f"/chat/{session.slug}/room/")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM django_session")
        assert cursor.fetchone() == (0,)
    assert settings.SESSION_COOKIE_NAME not in browser.cookies


@pytest.mark.postgres
@pytest.mark.django_db
def test_F03_when_redis_is_away_pages_are_read_and_the_room_goes_on(servers: Callable[..., Site]) -> None:
    with Redis() as redis:
        site = servers(2, REDIS_URL=redis.url)
        staged = stage(site, members=2, counsellors=2)
        counsellors, young = clients(site, staged, "counsellor"), clients(site, staged, "member")

        async def scene() -> None:
            async with Everyone(counsellors, young):
                await asyncio.to_thread(redis.stop)
                for path in ("/", "/hjaelp/", "/blog/", f"/chat/{staged['slug']}/"):
                    response = await asyncio.to_thread(urlopen, site.url + path, None, 30)
                    assert response.status == 200
                for number in range(5):
                    text = f"uden Redis {number}"
                    answer = await young[number % 2].say("message.post", ref=f"{number}", text=text)
                    assert answer["type"] == "accepted"
                await everyone_has_read(5)
                await asyncio.to_thread(redis.start)
                assert (await young[0].say("message.post", ref="b", text="igen"))["type"] == "accepted"
                await everyone_has_read(6)

        async def everyone_has_read(count: int) -> None:
            for client in [*counsellors, *young]:
                await client.wait_until(lambda client=client: len(client.messages()) == count)

        asyncio.run(scene())


@pytest.mark.both_engines
@pytest.mark.django_db
def test_an_unfit_handshake_leaves_no_traceback(server: Site) -> None:
    import socket

    host, port = "127.0.0.1", server.ports[0]
    requests = [
        b"GET /chat/x/ws/ HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\n\r\n",
        b"GET /chat/../ws HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
        b"\x00\xff\x00\r\n\r\n",
    ]
    for request in requests:
        with socket.create_connection((host, port), timeout=10) as line:
            line.sendall(request)
            line.settimeout(3)
            try:
                line.recv(4096)
            except TimeoutError:
                continue
    assert "Traceback" not in server.log()
