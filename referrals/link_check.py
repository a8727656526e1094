"""Whether the links of services still answer: asked once a week, by a checker that cannot be made to reach inside.

Anybody who may write a link could otherwise have our machine knock at doors that are open to it alone (threat T27). So:
https to port 443 and nothing else, names and no numbers for a host, looked up once, every address that was found must
be public, and the connection goes to one of exactly these. Each step of a redirect goes through all of that again.
No more is read than the head of the answer.
"""

import ipaddress
import logging
import re
import socket
import ssl
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic
from urllib.parse import quote, urljoin, urlsplit
from uuid import UUID

from django.conf import settings
from django.db.models import F, Q

from referrals import links
from referrals.models import Channel, Link, Service, ServiceQuerySet

logger = logging.getLogger(__name__)

EVERY = timedelta(days=7)
AT_ONCE = 1  # in each of the worker's sweeps, which have more urgent things to do: ten thousand a week are enough
OTHERS = 3  # so many others must be silent, too, before we take it for our own trouble

PORT = 443
CONNECT_SECONDS = 4.0  # for one address of it: the next may be better
MOST_ADDRESSES = 3
SECONDS = 10.0  # for one link, from the look-up to the last redirect
MOST_REDIRECTS = 3
MOST_BYTES = 65_536  # of an answer's head; of its body nothing is read
AGENT = "Samrum link check"
GONE = frozenset({404, 410})  # and 5xx; whoever says 401, 403 or 429 is there, and does not like programs

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_HOST = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{1,59})", re.ASCII)
_STATUS = re.compile(rb"HTTP/1\.[01] ([1-5]\d\d)\b")
_LOCATION = re.compile(rb"^location:[ \t]*([^\r\n]+?)[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_MOVED = frozenset({301, 302, 303, 307, 308})

# IPv6 is handed out from here alone; whatever stands outside is some network's own or carries another address.
_UNICAST = ipaddress.IPv6Network("2000::/3")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_NEVER = [
    ipaddress.ip_network(network)
    for network in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
        *("192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24"),
        *("203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
        *("2001::/23", "2001:db8::/32", "3fff::/20"),
    )
]


class Silent(Exception):  # noqa: N818 - said as the field says it
    """The link does not lead to an answer that a reader could use."""


# May we knock there -----------------------------------------------------------------------------------------------


def is_public(text: str) -> bool:
    """Whether an address is one that anybody in the world could reach, also where it carries another one inside."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:  # fe80::1%eth0 and whatever else is no address
        return False
    if isinstance(address, ipaddress.IPv6Address):
        inner = _carried(address)
        if inner is not None:
            return is_public(str(inner))
        if address not in _UNICAST or address.scope_id:
            return False
    return address.is_global and not any(address in network for network in _NEVER)


def _carried(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that a mapped, a 6to4 or a NAT64 address stands for."""
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour


@dataclass(frozen=True, slots=True)
class Target:
    host: str
    path: str

    @property
    def url(self) -> str:
        return f"https://{self.host}{self.path}"


def read_target(url: str) -> Target:
    """The host and what to ask it for. Raises Silent for everything but https to a name, on the usual port."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
        host = host.encode("idna").decode("ascii").lower()
    except (ValueError, UnicodeError) as error:
        raise Silent("address") from error
    if parts.scheme != "https" or "@" in parts.netloc or port not in (None, 443) or not _HOST.fullmatch(host):
        raise Silent("address")
    path = quote(parts.path or "/", safe="%/:=&~+!$,;'@()*-._")
    query = f"?{quote(parts.query, safe='%/:=&?~+!$,;@()*-._')}" if parts.query else ""
    return Target(host, path + query)


# Knocking ---------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Patience:
    """How long one link may take in all, whatever it is doing."""

    clock: Callable[[], float] = monotonic
    until: float = field(init=False)

    def __post_init__(self) -> None:
        self.until = self.clock() + SECONDS

    @property
    def left(self) -> float:
        left = self.until - self.clock()
        if left <= 0:
            raise Silent("time")
        return left


def check(url: str, *, clock: Callable[[], float] = monotonic) -> None:
    """Knock there. Returns where somebody answers; raises Silent otherwise, and never anything else."""
    patience = Patience(clock)
    for _step in range(MOST_REDIRECTS + 1):
        target = read_target(url)
        try:
            status, location = _ask(target, patience)
            if status not in _MOVED or location is None:
                break
            url = urljoin(target.url, location)
        except (OSError, ValueError) as error:  # ssl's errors are OSErrors, too
            raise Silent(type(error).__name__) from error
    else:
        raise Silent("redirects")
    if status in GONE or status >= 500:
        raise Silent(str(status))


def _ask(target: Target, patience: Patience) -> tuple[int, str | None]:
    with _connect(target.host, patience) as plain:
        plain.settimeout(patience.left)
        with make_context().wrap_socket(plain, server_hostname=target.host) as line:
            line.settimeout(patience.left)
            line.sendall(_request(target))
            return _read_head(line, patience)


def _connect(host: str, patience: Patience) -> socket.socket:
    """To one of the addresses that were found for it, which are all public."""
    trouble: OSError | None = None
    for address in _look_up(host, patience)[:MOST_ADDRESSES]:
        plain = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
        try:
            plain.settimeout(min(patience.left, CONNECT_SECONDS))
            plain.connect((address, PORT))
        except OSError as error:
            plain.close()
            trouble = error
        except Silent:
            plain.close()
            raise
        else:
            return plain
    raise Silent("connection") from trouble


def make_context() -> ssl.SSLContext:
    """The certificate must be right, and the name's."""
    return ssl.create_default_context()


def _request(target: Target) -> bytes:
    lines = (f"GET {target.path} HTTP/1.1", f"Host: {target.host}", f"User-Agent: {AGENT}", "Accept: */*")
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode("ascii")


def _look_up(host: str, patience: Patience) -> list[str]:
    """The addresses of that name, asked for once. One that is not public among them is one too many."""
    found = [str(row[4][0]) for row in _resolve(host, patience.left)]
    if not found or not all(is_public(address) for address in found):
        raise Silent("address")
    return list(dict.fromkeys(found))


Found = list[tuple[int, int, int, str, tuple[str | int, ...]]]


def _resolve(host: str, seconds: float) -> Found:
    """The system's look-up knows no limit of time; a thread that is left behind ends when it does."""
    found: list[Found] = []

    def look() -> None:
        try:
            found.append(socket.getaddrinfo(host, PORT, type=socket.SOCK_STREAM))  # type: ignore[arg-type]
        except (OSError, UnicodeError):
            return

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    thread.join(seconds)
    return found[0] if found else []


def _read_head(line: ssl.SSLSocket, patience: Patience) -> tuple[int, str | None]:
    """The status, and where it leads on. However it is dripped, no longer than there is patience."""
    head, read = b"", 0
    while True:
        whole, end, rest = head.partition(b"\r\n\r\n")
        if end and not whole.startswith((b"HTTP/1.1 1", b"HTTP/1.0 1")):
            break
        if end:  # 103 Early Hints and its like come before the answer
            head = rest
            continue
        line.settimeout(patience.left)
        more = line.recv(4096)
        head, read = head + more, read + len(more)
        if not more or read > MOST_BYTES:
            raise Silent("answer")
    status, location = _STATUS.match(whole), _LOCATION.search(whole)
    if status is None:
        raise Silent("answer")
    return int(status[1]), location[1].decode("latin-1") if location else None


# What the worker does ---------------------------------------------------------------------------------------------


def check_links(*, now: datetime) -> int:
    """Look at the link that has waited longest, if any is due. Answers how many it looked at.

    In the demo nothing goes out: it asks no other host for anything.
    """
    if settings.DEMO:
        return 0
    _keep_list()
    due = Link.objects.filter(Q(checked_at=None) | Q(checked_at__lte=now - EVERY))
    looked_at = list(due.order_by(F("checked_at").asc(nulls_first=True), "pk")[:AT_ONCE])
    for link in looked_at:
        _look_at(link, now=now)
    return len(looked_at)


def _keep_list() -> None:
    """The addresses that the young can follow today, and no others."""
    shown = Service.objects.filter(is_published=True, is_demo=False).exclude(status=Service.Status.DEFUNCT)
    wanted = {url for urls in links_of(shown).values() for url in urls}
    known = set(Link.objects.values_list("url", flat=True))
    Link.objects.filter(url__in=known - wanted).delete()
    Link.objects.bulk_create([Link(url=url) for url in sorted(wanted - known)], ignore_conflicts=True)


def links_of(services: Iterable[Service]) -> dict[UUID, list[str]]:
    """The https addresses that stand on each of these."""
    urls = {service.pk: [service.url] for service in services}
    sites = Channel.objects.filter(service__in=list(urls), kind__in=links.SITES)
    for service, url in sites.values_list("service_id", "value"):
        urls[service].append(url)
    return {
        service: list(dict.fromkeys(url for url in found if url.startswith("https://")))
        for service, found in urls.items()
    }


def _look_at(link: Link, *, now: datetime) -> None:
    try:
        check(link.url)
    except Silent as silent:
        logger.info("A link of the directory does not answer: %s", silent)
        if _is_our_own_trouble(link, now):
            Link.objects.filter(pk=link.pk).update(checked_at=now)
        else:
            since = link.failing_since or now
            Link.objects.filter(pk=link.pk).update(checked_at=now, failures=F("failures") + 1, failing_since=since)
    else:
        Link.objects.filter(pk=link.pk).update(checked_at=now, answered_at=now, failures=0, failing_since=None)


def _is_our_own_trouble(link: Link, now: datetime) -> bool:
    """Where none of several others has answered lately, it is we who do not get out."""
    others = Link.objects.exclude(pk=link.pk)
    return others.count() >= OTHERS and not others.filter(answered_at__gt=now - EVERY - timedelta(days=1)).exists()


def silent_links_of(services: Iterable[Service]) -> dict[UUID, list[Link]]:
    """Links that did not answer twice in a row, of each service that has any. Two queries however many there are."""
    silent = {link.url: link for link in Link.objects.silent()}
    if not silent:
        return {}
    found: dict[UUID, list[Link]] = defaultdict(list)
    for service, urls in links_of(services).items():
        found[service].extend(silent[url] for url in urls if url in silent)
    return {service: of_it for service, of_it in found.items() if of_it}


def with_silent_links(services: Iterable[Service]) -> list[Service]:
    """The same, each knowing its links that do not answer."""
    listed = list(services)
    silent = silent_links_of(listed)
    for service in listed:
        service.silent_links = silent.get(service.pk, [])
    return listed


def services_with_silent_links(services: ServiceQuerySet) -> list[UUID]:
    return list(silent_links_of(services))
