"""Which pages may open a socket: our own, by scheme, host and port (T13)."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http.request import validate_host


def is_own_origin(scope: Mapping[str, Any]) -> bool:
    """The handshake names exactly one Origin, and it is the site's own.

    Where no origins are configured (the demo) that is the host the handshake was sent to, if it is an allowed one.
    """
    origins = _values(scope, b"origin")
    if len(origins) != 1:
        return False
    if settings.ORIGINS:
        return origins[0] in settings.ORIGINS
    hosts = _values(scope, b"host")
    return len(hosts) == 1 and _is_allowed(hosts[0]) and origins[0] == f"http://{hosts[0]}"


def _values(scope: Mapping[str, Any], wanted: bytes) -> list[str]:
    return [value.decode("latin-1") for name, value in scope["headers"] if name == wanted]


def _is_allowed(host: str) -> bool:
    name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
    return validate_host(name, settings.ALLOWED_HOSTS)
