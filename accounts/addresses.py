"""Where a request comes from, and how that is made unreadable at once.

One function judges an address for pages and sockets alike. What leaves this file for storage is a keyed digest:
its key is made anew each day, lies outside the database and is destroyed after two days, so that afterwards nobody
can tell from a digest which address it was, not even by trying all of them.
"""

import hashlib
import hmac
import ipaddress
import os
import secrets
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# What stands for an address that is not known: a unix socket has none.
NOWHERE = "0.0.0.0"  # noqa: S104 (a value, nothing listens there)
KEYS_KEPT = 2
KEY_BYTES = 32
DIGEST_BYTES = 16


class KeyGone(LookupError):  # noqa: N818 - said as it is: the key is gone
    """The key of that day was destroyed: nothing can be compared with its digests any more."""


def client_address(*, peer: str, forwarded: Sequence[str], hops: int) -> str:
    """The client's address as canonical text.

    `peer` is who holds the connection, `forwarded` are the values of all X-Forwarded-For headers in their order,
    `hops` is the number of our own proxies. Each proxy adds at the right whom it heard; so the client stands exactly
    `hops` places from the right, and what stands left of that is the client's own invention. The header counts for
    nothing when there are no proxies, when the peer came past them (over the open internet), or when that place
    holds no address. An IPv4 address in IPv6 clothes becomes IPv4. Never raises.
    """
    nearest = _parsed(peer)
    if hops > 0 and not (nearest and nearest.is_global):
        items = ",".join(forwarded).rsplit(",", hops)
        claimed = _parsed(items[-hops]) if len(items) >= hops else None
        if claimed:
            return str(claimed)
    return str(nearest) if nearest else NOWHERE


def _parsed(text: str) -> Address | None:
    """An address without brackets, port, zone or IPv6 clothes; None for anything else."""
    text = text.strip(" \t")
    host, port = text, "0"
    if text.startswith("["):
        host, closed, rest = text[1:].partition("]")
        if not closed or ":" not in host or (rest and not rest.startswith(":")):
            return None
        port = rest[1:] if rest else "0"
    elif text.count(":") == 1:
        host, _, port = text.partition(":")
    if not (port.isascii() and port.isdigit() and len(port) <= 5):
        return None
    if ":" in host:
        host = host.partition("%")[0]
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def address_of_request(request: HttpRequest) -> str:
    """The client's address of a page request, by WSGI or ASGI."""
    scope = getattr(request, "scope", None)
    if scope is not None:
        return address_of_scope(scope)
    header = request.META.get("HTTP_X_FORWARDED_FOR", "")
    return client_address(
        peer=request.META.get("REMOTE_ADDR") or "", forwarded=[header] if header else [], hops=settings.TRUSTED_PROXIES
    )


def address_of_scope(scope: Mapping[str, Any]) -> str:
    """The client's address of an ASGI scope, http or websocket."""
    client: Iterable[Any] = scope.get("client") or ("",)
    forwarded = [
        value.decode("latin-1") for name, value in scope.get("headers", []) if name.lower() == b"x-forwarded-for"
    ]
    return client_address(peer=str(next(iter(client)) or ""), forwarded=forwarded, hops=settings.TRUSTED_PROXIES)


def network_of(address: str) -> str:
    """What one household or phone can choose from: an IPv4 address alone, or the /64 of an IPv6 address."""
    parsed = _parsed(address) or ipaddress.ip_address(NOWHERE)
    prefix = 32 if parsed.version == 4 else 64
    return str(ipaddress.ip_network((parsed, prefix), strict=False))


def area_of(address: str) -> str:
    """What one home or house is often given whole: the /56 around an IPv6 address. An IPv4 address stands alone."""
    parsed = _parsed(address) or ipaddress.ip_address(NOWHERE)
    prefix = 32 if parsed.version == 4 else 56
    return str(ipaddress.ip_network((parsed, prefix), strict=False))


def network_key(address: str, *, purpose: str, day: date | None = None) -> str:
    """A digest of the network of an address, as 32 hexadecimal digits: alike for the same network, purpose and day.

    Without `day` it is today's, in the site's time zone. To compare with a digest of an earlier day give that day;
    raises KeyGone when its key was destroyed.
    """
    return _keyed(f"{purpose}\0{network_of(address)}", day)


def area_key(address: str, *, purpose: str, day: date | None = None) -> str:
    """The same of the area around the network, and never alike to the digest of a network.

    Of an IPv4 address it is one, too, so that a digest does not tell which kind of address it was.
    """
    return _keyed(f"{purpose}\0area\0{area_of(address)}", day)


def _keyed(message: str, day: date | None) -> str:
    key = _kept_key(day or timezone.localdate())
    return hmac.digest(key, message.encode(), hashlib.sha256)[:DIGEST_BYTES].hex()


def ratelimit_key(group: str, request: HttpRequest) -> str:
    """The key for django-ratelimit: `@ratelimit(key="accounts.addresses.ratelimit_key")`."""
    return network_key(address_of_request(request), purpose=f"limit {group}")


# The keys of the days -------------------------------------------------------------------------------------------


def _folder() -> Path:
    return Path(settings.KEYS_DIR) / "networks"


def _kept_key(day: date) -> bytes:
    path = _folder() / f"{day.isoformat()}.key"
    with suppress(FileNotFoundError):
        return path.read_bytes()
    today = {timezone.localdate(), timezone.now().date()}  # for an hour or two after midnight it is two days at once
    if day not in today:
        raise KeyGone(day.isoformat())
    _make_key(path)
    _destroy_old_keys(path.parent, today=max(today))
    return path.read_bytes()


def _make_key(path: Path) -> None:
    """Write the key beside its place and link it there in one step: whoever comes second finds a whole key."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{secrets.token_hex(8)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(secrets.token_bytes(KEY_BYTES))
    try:
        with suppress(FileExistsError):  # another process was first: its key counts
            os.link(draft, path)
    finally:
        draft.unlink()


def _destroy_old_keys(folder: Path, *, today: date) -> None:
    """Keep the newest two; overwrite the others, so that the disk forgets them, too.

    A key of a day to come was made under a clock that went wrong: it goes as well.
    """
    keys = set(folder.glob("*.key"))
    kept = sorted(path for path in keys if path.stem <= today.isoformat())[-KEYS_KEPT:]
    for path in keys - set(kept):
        with suppress(FileNotFoundError):  # another process destroys, too
            with path.open("r+b") as file:
                file.write(bytes(KEY_BYTES))
                file.flush()
                os.fsync(file.fileno())
            path.unlink()
