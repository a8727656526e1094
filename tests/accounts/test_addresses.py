"""T02, T03: whose address it is, whatever the header says; and what is kept of it."""

import ipaddress
import re
import stat
from datetime import date
from pathlib import Path

import pytest
import time_machine
from django.core.handlers.asgi import ASGIRequest
from django.test import RequestFactory
from django_ratelimit.core import is_ratelimited
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from pytest_django import Settings

from accounts import addresses
from accounts.addresses import (
    KeyGone,
    address_of_request,
    address_of_scope,
    area_key,
    area_of,
    client_address,
    network_key,
    network_of,
)

PROXY = "10.0.0.7"
V4 = "198.51.100.23"
V6 = "2001:db8:5:6::99"
VICTIM = "203.0.113.66"

# Properties hold or not, however busy the machine is.
unhurried = examples(deadline=None, suppress_health_check=[HealthCheck.too_slow])

# The values of X-Forwarded-For, each header one item; then who it is with 1 and with 2 proxies of ours.
# With none it is always the peer.
FORMS: list[tuple[str, list[str], str, str]] = [
    ("no header at all", [], PROXY, PROXY),
    ("an empty header", [""], PROXY, PROXY),
    ("one address", [V4], V4, PROXY),
    ("one address between blanks", [f"  {V4}\t"], V4, PROXY),
    ("two addresses", [f"{VICTIM}, {V4}"], V4, VICTIM),
    ("three addresses", [f"{VICTIM}, {V4}, 10.0.0.8"], "10.0.0.8", V4),
    ("no blank after the comma", [f"{VICTIM},{V4}"], V4, VICTIM),
    ("two headers", [VICTIM, V4], V4, VICTIM),
    ("two headers, the first with two", [f"{VICTIM}, {V4}", "10.0.0.8"], "10.0.0.8", V4),
    ("two headers, the second with two", [VICTIM, f"{V4}, 10.0.0.8"], "10.0.0.8", V4),
    ("three headers", [VICTIM, V4, "10.0.0.8"], "10.0.0.8", V4),
    ("two headers, the first empty", ["", V4], V4, PROXY),
    ("two headers, the last empty", [V4, ""], PROXY, V4),
    ("a comma at the end", [f"{V4},"], PROXY, V4),
    ("a comma at the front", [f",{V4}"], V4, PROXY),
    ("commas alone", [",,,"], PROXY, PROXY),
    ("a hole in the middle", [f"{VICTIM},,{V4}"], V4, PROXY),
    ("300 forged addresses", [", ".join([VICTIM] * 300 + [V4, "10.0.0.8"])], "10.0.0.8", V4),
    ("300 headers", [*[VICTIM] * 298, V4, "10.0.0.8"], "10.0.0.8", V4),
    ("300 pieces of nonsense, then one", [", ".join(["x"] * 300 + [V4])], V4, PROXY),
    ("IPv6", [V6], V6, PROXY),
    ("IPv6 in brackets", [f"[{V6}]"], V6, PROXY),
    ("IPv6 in brackets with a port", [f"[{V6}]:4711"], V6, PROXY),
    ("IPv6 written out", ["2001:0DB8:0005:0006:0000:0000:0000:0099"], V6, PROXY),
    ("IPv6 in capitals", [V6.upper()], V6, PROXY),
    ("IPv6 with a zone", ["fe80::1%eth0"], "fe80::1", PROXY),
    ("IPv6 in brackets with a zone", ["[fe80::1%25eth0]:80"], "fe80::1", PROXY),
    ("an open bracket", [f"[{V6}"], PROXY, PROXY),
    ("a closed bracket", [f"{V6}]"], PROXY, PROXY),
    ("text after the bracket", [f"[{V6}]x"], PROXY, PROXY),
    ("empty brackets", ["[]"], PROXY, PROXY),
    ("IPv4 in brackets", [f"[{V4}]"], PROXY, PROXY),
    ("IPv4 with a port", [f"{V4}:51234"], V4, PROXY),
    ("IPv4 with a port too large", [f"{V4}:512345"], PROXY, PROXY),
    ("IPv4 with half a port", [f"{V4}:"], PROXY, PROXY),
    ("IPv4 with a word for a port", [f"{V4}:http"], PROXY, PROXY),
    ("IPv4 in IPv6", [f"::ffff:{V4}"], V4, PROXY),
    ("IPv4 in IPv6, in hexadecimal", ["::ffff:c633:6417"], V4, PROXY),
    ("IPv4 in IPv6, in brackets with a port", [f"[::ffff:{V4}]:80"], V4, PROXY),
    ("IPv4 in IPv6, in capitals", [f"::FFFF:{V4}"], V4, PROXY),
    ("unknown", ["unknown"], PROXY, PROXY),
    ("unknown, then an address", [f"unknown, {V4}"], V4, PROXY),
    ("an address, then unknown", [f"{V4}, unknown"], PROXY, V4),
    ("a hidden name", ["_hidden"], PROXY, PROXY),
    ("a host name", ["proxy.example"], PROXY, PROXY),
    ("localhost", ["localhost"], PROXY, PROXY),
    ("in quotation marks", [f'"{V4}"'], PROXY, PROXY),
    ("the form of Forwarded", [f"for={V4}"], PROXY, PROXY),
    ("the form of Forwarded, whole", [f'for="[{V6}]:80";proto=https;by={PROXY}'], PROXY, PROXY),
    ("as one number", ["3325256727"], PROXY, PROXY),
    ("in hexadecimal", ["0xc6336417"], PROXY, PROXY),
    ("in octal", ["0306.063.0144.027"], PROXY, PROXY),
    ("with leading noughts", ["198.051.100.023"], PROXY, PROXY),
    ("three parts", ["198.51.100"], PROXY, PROXY),
    ("five parts", ["198.51.100.23.1"], PROXY, PROXY),
    ("a part over 255", ["198.51.100.256"], PROXY, PROXY),
    ("a negative part", ["198.51.100.-3"], PROXY, PROXY),
    ("a network", ["198.51.100.0/24"], PROXY, PROXY),
    ("with a zone where none can be", [f"{V4}%eth0"], PROXY, PROXY),
    ("a blank within", ["198.51. 100.23"], PROXY, PROXY),
    ("an SQL quotation mark", [f"{V4}' OR 1=1 --"], PROXY, PROXY),
    ("16 kilobytes of one digit", ["1" * 16_384], PROXY, PROXY),
    ("letters beyond ASCII", ["198.51.100.2\xb3"], PROXY, PROXY),
    ("a separator that is none", [f"{VICTIM}; {V4}"], PROXY, PROXY),
    ("addresses with a blank between", [f"{VICTIM} {V4}"], PROXY, PROXY),
]


@pytest.mark.parametrize("hops", [0, 1, 2])
@pytest.mark.parametrize("title,headers,with_one,with_two", FORMS, ids=[form[0] for form in FORMS])
def test_T03_pages_and_sockets_give_the_same_answer_to_every_form_of_the_header(
    title: str, headers: list[str], with_one: str, with_two: str, hops: int, settings: Settings
) -> None:
    settings.TRUSTED_PROXIES = hops
    expected = [PROXY, with_one, with_two][hops]

    raw = [(b"x-real-ip", VICTIM.encode()), (b"forwarded", f"for={VICTIM}".encode())]
    raw += [(b"x-forwarded-for", value.encode("latin-1")) for value in headers]
    scope = {"type": "websocket", "client": [PROXY, 4321], "headers": raw}
    http = {**scope, "type": "http", "method": "GET", "path": "/", "query_string": b""}
    # A WSGI server joins headers of one name with commas.
    wsgi = RequestFactory().get("/", REMOTE_ADDR=PROXY, HTTP_X_REAL_IP=VICTIM, HTTP_FORWARDED=f"for={VICTIM}")
    if headers:
        wsgi.META["HTTP_X_FORWARDED_FOR"] = ",".join(headers)

    assert address_of_scope(scope) == expected
    assert address_of_request(ASGIRequest(http, None)) == expected
    assert address_of_request(wsgi) == expected


def test_T03_the_table_is_as_long_as_the_threat_asks_for() -> None:
    assert len(FORMS) >= 60


def test_T03_a_header_is_not_believed_from_a_peer_that_came_past_the_proxies() -> None:
    assert client_address(peer="8.8.4.4", forwarded=[VICTIM], hops=1) == "8.8.4.4"
    assert client_address(peer="2600::1", forwarded=[VICTIM, VICTIM], hops=2) == "2600::1"


@pytest.mark.parametrize("client", [None, ["", 0], ["/run/samrum.sock", None], []])
def test_a_unix_socket_has_no_address_and_troubles_nobody(client: list[object] | None, settings: Settings) -> None:
    settings.TRUSTED_PROXIES = 0
    assert address_of_scope({"client": client, "headers": [(b"x-forwarded-for", V4.encode())]}) == addresses.NOWHERE
    settings.TRUSTED_PROXIES = 1
    assert address_of_scope({"client": client, "headers": [(b"x-forwarded-for", V4.encode())]}) == V4
    assert address_of_request(RequestFactory().get("/", REMOTE_ADDR="", HTTP_X_FORWARDED_FOR=V4)) == V4


@unhurried
@given(peer=st.text(), forwarded=st.lists(st.text(), max_size=5), hops=st.integers(0, 5))
def test_whatever_comes_an_address_comes_out(peer: str, forwarded: list[str], hops: int) -> None:
    answer = client_address(peer=peer, forwarded=forwarded, hops=hops)
    assert str(ipaddress.ip_address(answer)) == answer


@unhurried
@given(forged=st.lists(st.sampled_from([VICTIM, "unknown", "", V6, "::1"]), max_size=8), hops=st.integers(1, 3))
def test_T03_what_a_client_writes_itself_never_moves_it(forged: list[str], hops: int) -> None:
    by_our_proxies = [V4, *["10.0.0.8"] * (hops - 1)]
    assert client_address(peer=PROXY, forwarded=[*forged, *by_our_proxies], hops=hops) == V4
    assert client_address(peer=PROXY, forwarded=[", ".join([*forged, *by_our_proxies])], hops=hops) == V4


# Networks and their keys ----------------------------------------------------------------------------------------


@unhurried
@given(
    prefix=st.integers(0x2000_0000_0000_0000, 0x3FFF_FFFF_FFFF_FFFF),
    one=st.integers(0, 2**64 - 1),
    two=st.integers(0, 2**64 - 1),
)
def test_T02_all_addresses_of_a_64_are_one_network_and_the_next_64_is_another(prefix: int, one: int, two: int) -> None:
    first, second = (ipaddress.IPv6Address((prefix << 64) + rest) for rest in (one, two))
    neighbour = ipaddress.IPv6Address(((prefix ^ 1) << 64) + one)
    assert network_of(str(first)) == network_of(second.exploded.upper()) == network_of(f"{second}%wlan0")
    assert network_of(str(neighbour)) != network_of(str(first))


@unhurried
@given(st.integers(1, 2**32 - 2))
def test_T02_an_ipv4_address_is_the_same_network_in_any_clothes(number: int) -> None:
    plain = str(ipaddress.IPv4Address(number))
    assert network_of(f"::ffff:{plain}") == network_of(plain) == f"{plain}/32"


@unhurried
@given(
    prefix=st.integers(0x20_0000_0000_0000, 0x3F_FFFF_FFFF_FFFF),
    one=st.integers(0, 2**72 - 1),
    two=st.integers(0, 2**72 - 1),
    bit=st.integers(0, 55),
)
def test_T02_all_networks_of_a_56_lie_in_one_area_and_no_network_of_another_56_does(
    prefix: int, one: int, two: int, bit: int
) -> None:
    first, second = (ipaddress.IPv6Address((prefix << 72) + rest) for rest in (one, two))
    elsewhere = ipaddress.IPv6Address(((prefix ^ 1 << bit) << 72) + one)
    assert area_of(str(first)) == area_of(second.exploded.upper()) == area_of(f"{second}%wlan0")
    assert area_of(str(elsewhere)) != area_of(str(first))
    assert ipaddress.ip_network(network_of(str(first))).subnet_of(ipaddress.ip_network(area_of(str(second))))


@unhurried
@given(st.integers(1, 2**32 - 2))
def test_T02_an_ipv4_address_has_nobody_around_it_in_any_clothes(number: int) -> None:
    plain = str(ipaddress.IPv4Address(number))
    assert area_of(f"::ffff:{plain}") == area_of(plain) == network_of(plain)


@pytest.fixture
def keys(settings: Settings, tmp_path: Path) -> Path:
    settings.KEYS_DIR = tmp_path
    return tmp_path / "networks"


def test_a_digest_tells_network_purpose_and_day_apart_and_nothing_else(keys: Path) -> None:
    first = network_key(V6, purpose="mark")
    assert re.fullmatch(r"[0-9a-f]{32}", first)
    assert first == network_key("2001:db8:5:6::1", purpose="mark")
    assert first != network_key("2001:db8:5:7::1", purpose="mark")
    assert first != network_key(V6, purpose="login")
    with time_machine.travel("2036-01-01 12:00 +0000", tick=False):
        assert first != network_key(V6, purpose="mark")


def test_the_digest_of_an_area_is_alike_for_its_networks_and_unlike_any_digest_of_a_network(keys: Path) -> None:
    first = area_key(V6, purpose="mark")
    assert re.fullmatch(r"[0-9a-f]{32}", first)
    assert first == area_key("2001:db8:5:7::1", purpose="mark")
    assert first != area_key("2001:db8:5:106::1", purpose="mark")
    assert first != area_key(V6, purpose="login")
    for address in (V4, V6, "2001:db8:5::"):
        assert area_key(address, purpose="mark") != network_key(address, purpose="mark")
    with time_machine.travel("2036-01-01 12:00 +0000", tick=False):
        assert first != area_key(V6, purpose="mark")


def test_the_keys_of_two_days_are_kept_and_older_ones_are_destroyed(keys: Path) -> None:
    days = [date(2026, 3, number) for number in (1, 2, 3)]
    digests = []
    for day in days:
        with time_machine.travel(f"{day} 12:00 +0100", tick=False):
            digests.append(network_key(V4, purpose="mark"))
    with time_machine.travel("2026-03-03 23:00 +0100", tick=False):
        assert sorted(path.name for path in keys.iterdir()) == ["2026-03-02.key", "2026-03-03.key"]
        assert network_key(V4, purpose="mark", day=days[2]) == digests[2]
        assert network_key(V4, purpose="mark", day=days[1]) == digests[1]
        with pytest.raises(KeyGone):
            network_key(V4, purpose="mark", day=days[0])
        assert sorted(path.name for path in keys.iterdir()) == ["2026-03-02.key", "2026-03-03.key"]


def test_a_day_of_the_site_begins_at_midnight_in_denmark(keys: Path) -> None:
    with time_machine.travel("2026-07-01 22:30 +0000", tick=False):
        network_key(V4, purpose="mark")
    assert [path.name for path in keys.iterdir()] == ["2026-07-02.key"]


def test_the_hour_after_midnight_is_of_two_days_and_both_have_a_key(keys: Path) -> None:
    with time_machine.travel("2026-07-01 22:30 +0000", tick=False):
        for day in (date(2026, 7, 1), date(2026, 7, 2), date(2026, 7, 1)):
            assert network_key(V4, purpose="mark", day=day) == network_key(V4, purpose="mark", day=day)
        with pytest.raises(KeyGone):
            network_key(V4, purpose="mark", day=date(2026, 6, 30))
    assert sorted(path.name for path in keys.iterdir()) == ["2026-07-01.key", "2026-07-02.key"]


def test_F08_a_clock_that_went_ahead_costs_no_key_of_the_days_after(keys: Path) -> None:
    for moment in ("2026-03-01", "2026-03-05", "2026-03-01", "2026-03-02", "2026-03-03"):
        with time_machine.travel(f"{moment} 12:00 +0100", tick=False):
            network_key(V4, purpose="mark")
    assert sorted(path.name for path in keys.iterdir()) == ["2026-03-02.key", "2026-03-03.key"]


def test_a_key_is_read_by_its_owner_alone(keys: Path) -> None:
    network_key(V4, purpose="mark")
    (path,) = keys.iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(keys.stat().st_mode) == 0o700
    assert len(path.read_bytes()) == 32


def test_the_key_of_a_process_that_was_first_counts(keys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make = addresses._make_key

    def late(path: Path) -> None:
        make(path)  # the other process, in between
        make(path)

    monkeypatch.setattr(addresses, "_make_key", late)
    first = network_key(V4, purpose="mark")
    assert network_key(V4, purpose="mark") == first
    assert len(list(keys.iterdir())) == 1


def test_a_limit_counts_networks_without_writing_an_address_anywhere(keys: Path, settings: Settings) -> None:
    settings.TRUSTED_PROXIES = 1
    key = addresses.ratelimit_key

    def limited(forwarded: str) -> bool:
        request = RequestFactory().get("/", REMOTE_ADDR=PROXY, HTTP_X_FORWARDED_FOR=forwarded)
        return bool(is_ratelimited(request, group="door", key=key, rate="1/h", increment=True))

    assert [limited(V4), limited(f"{VICTIM}, {V4}"), limited(V6)] == [False, True, False]
    assert V4 not in key("door", RequestFactory().get("/", REMOTE_ADDR=V4))
