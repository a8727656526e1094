"""T27: the link checker knocks at no door that is open to our machine alone, whatever stands in a link."""

import ssl
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from chat.services import worker
from referrals import link_check
from referrals.link_check import Silent, check
from referrals.models import Link, Service
from tests.referrals.conftest import NOW, MakeService
from tests.referrals.outside import PUBLIC, PUBLIC_6, Outside, Trap, make_certificates, open_outside, say

WEEK = timedelta(days=7)
SITE = "https://livet.dk/"


@pytest.fixture
def trap() -> Iterator[Trap]:
    trap = Trap()
    yield trap
    trap.door.close()


@pytest.fixture
def outside(trap: Trap, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Outside]:
    with open_outside(tmp_path, monkeypatch, link_check, trap) as outside:
        outside.name("livet.dk")
        yield outside


def silence(url: str, **options: Any) -> str:
    with pytest.raises(Silent) as silent:
        check(url, **options)
    return str(silent.value)


# Doors that nobody knocks at --------------------------------------------------------------------------------------

INNER_ADDRESSES = [
    *("127.0.0.1", "127.0.0.2", "127.255.255.254", "0.0.0.0", "0.1.2.3"),
    *("10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.0.1", "192.168.255.255"),
    *("169.254.169.254", "169.254.0.1", "100.64.0.1", "100.127.255.255", "192.0.0.1", "192.0.0.170"),
    *("192.0.2.1", "198.18.0.1", "198.19.255.255", "198.51.100.7", "203.0.113.9", "192.88.99.1"),
    *("224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255"),
    *("::", "::1", "fe80::1", "fec0::1", "fc00::1", "fd12:3456::1", "ff02::1", "ff0e::1"),
    *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::ffff:0:127.0.0.1", "::127.0.0.1"),
    *(
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::7f00:1",
        "2002:7f00:1::1",
        "2002:a00:1::",
        "2002:a9fe:a9fe::",
    ),
    *("2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:db8::1", "3fff::1", "100::1", "5f00::1", "2001:2::1"),
]
NO_NAMES = [
    *("https://127.0.0.1/", "https://127.1/", "https://127.0.1/", "https://0/", "https://0.0.0.0/"),
    *("https://2130706433/", "https://0x7f000001/", "https://0x7f.0x0.0x0.0x1/", "https://017700000001/"),
    *(
        "https://0177.0.0.1/",
        "https://0177.0.0.01/",
        "https://127.0.0.1./",
        "https://①②⑦.⓪.⓪.①/",
        "https://127。0。0。1/",
    ),
    *("https://３２３２２３５５２１/", "https://2852039166/", "https://0xa9fea9fe/", "https://169.254.169.254/latest/"),
    *("https://[::]/", "https://[::1]/", "https://[::ffff:127.0.0.1]/", "https://[::ffff:7f00:1]/"),
    *("https://[0:0:0:0:0:0:0:1]/", "https://[64:ff9b::127.0.0.1]/", "https://[fe80::1%25lo]/", "https://[::1/"),
    *("https://localhost/", "https://localhost./", "https://LOCALHOST/", "https://ip6-localhost/", "https://db/"),
    *("https://livet.dk@127.0.0.1/", "https://livet.dk:443@127.0.0.1/", "https://127.0.0.1@livet.dk/"),
    *("https://a:b@livet.dk/", "https://@livet.dk/", "https://livet.dk\\@127.0.0.1/", "https://127.0.0.1\\@livet.dk/"),
    *("https://livet.dk:22/", "https://livet.dk:5432/", "https://livet.dk:80/", "https://livet.dk:0/"),
    *("https://livet.dk:99999/", "https://livet.dk:x/", "https://livet.dk:-1/", "https://127.0.0.1:443/"),
    *(
        "http://livet.dk/",
        "http://127.0.0.1/",
        "//127.0.0.1/",
        "https:/127.0.0.1",
        "https:127.0.0.1",
        "https:///etc/passwd",
    ),
    *("gopher://127.0.0.1:6379/_FLUSHALL", "file:///etc/passwd", "ftp://127.0.0.1/", "dict://127.0.0.1:11211/stats"),
    *("ldap://127.0.0.1/", "unix:///run/redis.sock", "javascript:alert(1)", "data:text/html,x", "wss://127.0.0.1/"),
    *(
        "https://",
        "https://.dk/",
        "https://-x.dk/",
        "https://liv et.dk/",
        "https://livet.dk%00.evil.dk/",
        "https://livet..dk/",
    ),
    *("https://%31%32%37.0.0.1/", "https://1/", "https://livet.d1/"),
]
NAMES_OF_INNER = {f"https://i{number}.example.dk/": [address] for number, address in enumerate(INNER_ADDRESSES)}
MIXED = {
    "https://blandet.example.dk/": [PUBLIC, "127.0.0.1"],
    "https://blandet6.example.dk/": [PUBLIC, "::1"],
    "https://foerst.example.dk/": ["10.0.0.1", PUBLIC],
    "https://tom.example.dk/": [],
}
LEAD_INSIDE = {**NAMES_OF_INNER, **MIXED}
ATTACKS = [*NO_NAMES, *LEAD_INSIDE]


def know_the_names(outside: Outside) -> None:
    for url, addresses in LEAD_INSIDE.items():
        outside.name(url.removeprefix("https://").rstrip("/"), addresses)


def test_the_list_is_long_enough_and_nothing_stands_there_twice() -> None:
    assert len(ATTACKS) == len(set(ATTACKS)) >= 80


def test_no_link_of_the_list_reaches_inside(outside: Outside, trap: Trap) -> None:
    know_the_names(outside)
    for url in ATTACKS:
        assert silence(url) == "address", url
    assert (trap.count(), outside.knocked) == (0, [])


def test_no_redirect_reaches_inside(outside: Outside, trap: Trap) -> None:
    know_the_names(outside)
    followed = 0
    for number, url in enumerate(ATTACKS):
        location = url.encode("ascii", "ignore").decode()  # as a header can hold it
        outside.paths[f"/{number}"] = say("302 Found", f"Location: {location}")
        try:
            check(f"https://livet.dk/{number}")
            followed += 1
        except Silent:
            pass
    assert len(outside.requests) >= len(ATTACKS), "each of them was met"
    assert trap.count() == 0
    assert {address for address, _port in outside.knocked} == {PUBLIC}
    assert followed < 12, "those that are mere paths on the site itself, such as https:127.0.0.1"


def test_the_trap_catches_who_knocks_inside(outside: Outside, trap: Trap, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the tests above would see, were the addresses not looked at."""
    know_the_names(outside)
    monkeypatch.setattr(link_check, "is_public", lambda _address: True)
    monkeypatch.setattr(link_check, "SECONDS", 1.0)
    silence("https://i0.example.dk/")
    assert trap.count() == 1
    assert outside.knocked == [("127.0.0.1", trap.port)]


def test_a_name_that_changes_its_mind_is_asked_once(outside: Outside, trap: Trap) -> None:
    outside.name("skifter.dk", [PUBLIC], ["127.0.0.1"])
    check("https://skifter.dk/")
    assert (outside.looked_up, trap.count()) == (["skifter.dk"], 0)
    assert outside.knocked == [(PUBLIC, trap.port)]
    assert silence("https://skifter.dk/") == "address"


def test_a_redirect_to_the_same_name_is_looked_up_and_judged_anew(outside: Outside, trap: Trap) -> None:
    outside.name("skifter.dk", [PUBLIC], ["127.0.0.1"])
    outside.paths["/"] = say("302 Found", "Location: /igen")
    assert silence("https://skifter.dk/") == "address"
    assert trap.count() == 0


@pytest.mark.parametrize(
    "address", [PUBLIC, PUBLIC_6, "64:ff9b::5db8:d70e", "2002:5db8:d70e::1", "::ffff:93.184.215.14"]
)
def test_what_everybody_can_reach_is_public(address: str) -> None:
    assert link_check.is_public(address)


@pytest.mark.parametrize("address", [*INNER_ADDRESSES, "", "x", "fe80::1%lo", "2606:2800::1%lo", "1", "127.1"])
def test_what_not_everybody_can_reach_is_not_public(address: str) -> None:
    assert not link_check.is_public(address)


# What is asked, and how long --------------------------------------------------------------------------------------


def test_a_site_is_asked_for_its_page_and_told_nothing(outside: Outside) -> None:
    outside.paths["/chat?a=b"] = say("200 OK", "Set-Cookie: id=1")
    for _twice in range(2):
        check("https://livet.dk/chat?a=b#her")
    lines = ["GET /chat?a=b HTTP/1.1", "Host: livet.dk", "User-Agent: Samrum link check", "Accept: */*"]
    wanted = "\r\n".join([*lines, "Connection: close", "", ""]).encode()
    assert outside.requests == [wanted, wanted]


def test_nothing_is_carried_along_to_where_a_redirect_leads(outside: Outside) -> None:
    outside.name("andet.dk")
    outside.paths["/"] = say("301 Moved", "Set-Cookie: id=1", "Location: https://andet.dk/ny?x=1\tx y")
    outside.paths["/ny?x=1x%20y"] = say("200 OK")
    check(SITE)
    assert outside.requests[1].splitlines()[:2] == [b"GET /ny?x=1x%20y HTTP/1.1", b"Host: andet.dk"]
    assert len(outside.requests[1].split(b"\r\n")) == 7


def test_no_path_smuggles_a_line_into_what_is_asked(outside: Outside) -> None:
    for url in ("https://livet.dk/a\r\nX-Evil: 1", "https://livet.dk/a b\x00\x7f", "https://livet.dk/?q=\r\n\r\nGET /"):
        check(url)
    check("https://livet.dk/æ?ø=å")
    assert all(len(request.split(b"\r\n")) == 7 for request in outside.requests)
    assert outside.requests[-1].startswith(b"GET /%C3%A6?%C3%B8=%C3%A5 HTTP/1.1")


@pytest.mark.parametrize("status", [200, 204, 304, 401, 403, 405, 429])
def test_whoever_answers_is_there(outside: Outside, status: int) -> None:
    outside.paths["/"] = say(f"{status} X")
    check(SITE)


@pytest.mark.parametrize("status", [404, 410, 500, 502, 503])
def test_a_page_that_is_gone_or_broken_is_no_answer(outside: Outside, status: int) -> None:
    outside.paths["/"] = say(f"{status} X")
    assert silence(SITE) == str(status)


@pytest.mark.parametrize("words", [b"", b"SSH-2.0-x\r\n\r\n", b"HTTP/1.1 abc\r\n\r\n", b"HTTP/1.1 200", b"\r\n\r\n"])
def test_what_is_no_web_page_is_no_answer(outside: Outside, words: bytes) -> None:
    outside.paths["/"] = lambda line: line.sendall(words) if words else None
    assert silence(SITE) == "answer"


def test_hints_before_the_answer_are_no_answer(outside: Outside) -> None:
    outside.paths["/"] = say("103 Early Hints", "Link: </a>", body=b"HTTP/1.1 404 X\r\n\r\n")
    assert silence(SITE) == "404"


def test_three_redirects_are_followed_and_not_a_fourth(outside: Outside) -> None:
    for step in range(5):
        outside.paths[f"/{step}"] = say("302 Found", f"Location: /{step + 1}")
    assert silence("https://livet.dk/1") == "redirects"
    assert len(outside.requests) == 4
    check("https://livet.dk/2")


def endlessly(words: bytes, head: bytes = b"") -> Callable[[ssl.SSLSocket], None]:
    def speak(line: ssl.SSLSocket) -> None:
        line.sendall(head)
        while True:
            line.sendall(words)

    return speak


def test_of_a_body_without_end_nothing_is_waited_for(outside: Outside) -> None:
    outside.paths["/"] = endlessly(b"x" * 65_536, b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n")
    check(SITE)


@pytest.mark.parametrize(
    "words",
    [b"X: " + b"y" * 1000 + b"\r\n", b"x" * 4096, b"HTTP/1.1 100 Continue\r\n\r\n"],
    ids=["lines", "line", "100"],
)
def test_a_head_without_end_is_read_to_its_limit(outside: Outside, words: bytes) -> None:
    read = []
    outside.paths["/"] = endlessly(words, b"HTTP/1.1 200 OK\r\n" if b"HTTP" not in words else b"")

    class Counting(ssl.SSLSocket):
        def recv(self, *arguments: Any) -> bytes:
            more = super().recv(*arguments)
            read.append(len(more))
            return more

    context = link_check.make_context()
    context.sslsocket_class = Counting
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(link_check, "make_context", lambda: context)
        assert silence(SITE) == "answer"
    assert link_check.MOST_BYTES < sum(read) <= link_check.MOST_BYTES + 4096


def test_who_drips_is_given_up_on(outside: Outside) -> None:
    """By the checker's own clock, which here goes a second further each time it is looked at."""
    outside.paths["/"] = endlessly(b"x", b"HTTP/1.1 200 OK\r\n")
    seconds = count()
    assert silence(SITE, clock=lambda: next(seconds)) == "time"
    assert next(seconds) <= 12


def test_a_chain_of_slow_redirects_is_given_up_on_as_a_whole(outside: Outside) -> None:
    outside.paths["/"] = say("302 Found", "Location: /1")
    outside.paths["/1"] = say("302 Found", "Location: /2")
    seconds = count()
    assert silence(SITE, clock=lambda: next(seconds) * 1.1) == "time"


@pytest.mark.parametrize("is_mute", [True, False], ids=["before the handshake", "after it"])
def test_who_says_nothing_is_given_up_on(outside: Outside, monkeypatch: pytest.MonkeyPatch, is_mute: bool) -> None:
    monkeypatch.setattr(link_check, "SECONDS", 0.3)
    outside.is_mute = is_mute
    outside.paths["/"] = lambda line: line.recv(1) and None
    assert silence(SITE) in {"TimeoutError", "time"}


def test_the_certificate_must_be_the_name_s(outside: Outside) -> None:
    outside.name("falsk.andet.dk")
    assert silence("https://falsk.andet.dk/") == "SSLCertVerificationError"


def test_the_certificate_must_be_of_somebody_we_trust(
    outside: Outside, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other, _certificate = make_certificates(tmp_path / "other", "livet.dk")
    monkeypatch.setattr(link_check, "make_context", lambda: ssl.create_default_context(cafile=str(other)))
    assert silence(SITE) == "SSLCertVerificationError"


def test_outside_of_tests_names_and_certificates_are_looked_at() -> None:
    context = link_check.make_context()
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert link_check.PORT == 443


def test_where_one_address_does_not_answer_the_next_is_asked(outside: Outside) -> None:
    outside.name("to.dk", [PUBLIC_6, PUBLIC])
    check("https://to.dk/")
    outside.name("seks.dk", [PUBLIC_6])
    assert silence("https://seks.dk/") == "connection"


def test_a_name_that_nobody_knows_is_no_answer(outside: Outside) -> None:
    assert silence("https://findesikke.dk/") == "address"


# What the worker does ---------------------------------------------------------------------------------------------


@pytest.fixture
def production(settings: Any, db: None) -> None:
    settings.DEMO = False


@pytest.fixture
def site(make: MakeService, production: None) -> Service:
    return make(channels=(("chat", SITE), ("phone", "70201201")))


def sweep(now: datetime = NOW) -> int:
    return link_check.check_links(now=now)


def test_each_link_is_looked_at_once_a_week_one_at_a_time(outside: Outside, make: MakeService, site: Service) -> None:
    make(name="B", url="https://livet.dk/om", channels=(("web", SITE), ("web", "https://livet.dk/b")))
    assert [sweep(NOW + timedelta(minutes=minute)) for minute in range(5)] == [1, 1, 1, 0, 0]
    assert sorted(request.split(b" ")[1] for request in outside.requests) == [b"/", b"/b", b"/om"]
    assert [sweep(NOW + timedelta(days=6)), sweep(NOW + WEEK)] == [0, 1]


@pytest.mark.parametrize("other", [{"is_published": False}, {"status": "defunct"}, {"is_demo": True}])
def test_what_the_young_cannot_follow_is_not_looked_at(
    outside: Outside, make: MakeService, production: None, other: dict[str, Any]
) -> None:
    make(channels=(("chat", SITE),), **other)
    assert sweep() == 0


@pytest.mark.django_db
def test_in_the_demo_nothing_goes_out(outside: Outside, make: MakeService) -> None:
    make(channels=(("chat", SITE),))
    assert (sweep(), outside.looked_up) == (0, [])


@pytest.mark.parametrize("url", ["javascript:alert(1)", "http://livet.dk/", "livet.dk", ""])
def test_a_website_that_is_no_https_address_is_left_alone(make: MakeService, production: None, url: str) -> None:
    make(url=url)
    assert sweep() == 0


def test_a_link_is_silent_when_it_fails_twice_in_a_row(outside: Outside, site: Service) -> None:
    told = []
    for week, status in enumerate(["500 X", "200 OK", "500 X", "404 X", "500 X", "200 OK"]):
        outside.paths["/"] = say(status)
        sweep(NOW + week * WEEK)
        silent = link_check.silent_links_of([site]).get(site.pk, [])
        told.append([link.failing_since for link in silent])
    since = NOW + 2 * WEEK
    assert told == [[], [], [], [since], [since], []]


def test_where_nothing_at_all_answers_it_is_we_who_do_not_get_out(
    outside: Outside, make: MakeService, production: None
) -> None:
    outside.names.clear()
    make(channels=[("web", f"https://livet.dk/{number}") for number in range(6)])  # type: ignore[arg-type]
    for step in range(6 * 4):
        sweep(NOW + (step // 6) * WEEK + timedelta(minutes=step))
    assert not Link.objects.silent().exists()
    assert not Link.objects.filter(checked_at=None).exists()


def test_a_link_that_nobody_has_any_more_is_forgotten(outside: Outside, site: Service) -> None:
    sweep()
    site.channels.filter(kind="chat").delete()
    sweep(NOW + timedelta(minutes=1))
    assert not Link.objects.exists()


@pytest.mark.django_db
def test_a_broken_link_is_told_to_its_people_and_never_hidden_from_the_young(
    client: Client, make: MakeService, editor: User, now: datetime
) -> None:
    service = make(channels=(("chat", SITE), ("phone", "70201201")))
    Link.objects.create(url=SITE, failures=2, failing_since=now)
    assert SITE in client.get(reverse("referrals:directory")).content.decode()
    client.force_login(editor)
    (listed,) = client.get(reverse("referrals:manage")).context["services"]
    assert [link.url for link in listed.silent_links] == [SITE]
    html = client.get(reverse("referrals:manage-edit", args=[service.pk])).content.decode()
    assert "notice--error" in html


def test_the_worker_looks_at_links(outside: Outside, site: Service) -> None:
    worker.sweep()
    assert Link.objects.get().answered_at is not None
