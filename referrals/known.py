"""Numbers and sites that may always be written in a room: those of services. Asked at every message."""

import logging
from time import monotonic

from referrals import links
from referrals.models import Channel
from referrals.national import OFFERS

logger = logging.getLogger(__name__)

Known = tuple[frozenset[str], frozenset[str]]

KEPT_SECONDS = 60.0

# Alarm, police, the capital's medical line, and the suicide and children's lines: they pass whatever happens to data.
_NUMBERS = ("112", "114", "1813", "116111", "70201201", "1888")
_SITES = ("livslinien.dk", "bornetelefonen.dk", "headspace.dk", "girltalk.dk", "cyberhus.dk", "sundhed.dk")


def _of(channels: list[tuple[str, str]]) -> Known:
    numbers = ("".join(filter(str.isdigit, value)) for kind, value in channels if kind in links.NUMBERS)
    sites = (links.host(value) for kind, value in channels if kind in links.SITES)
    return frozenset(filter(None, numbers)), frozenset(filter(None, sites))


_offered = _of([channel for offer in OFFERS for channel in offer.channels])
BUILT_IN: Known = (_offered[0] | set(_NUMBERS), _offered[1] | set(_SITES))

_kept: tuple[float, Known] | None = None


def numbers_and_sites() -> Known:
    """Digits of every number (no +45), and every host (lower case, no www), of all services, drafts too.

    At most a minute old, at once right in the process that changed them. Never raises: without a database there is
    still what is built in, for the guard must stand whatever else has fallen.
    """
    global _kept
    if _kept is not None and monotonic() - _kept[0] < KEPT_SECONDS:
        return _kept[1]
    try:
        stored = _of(list(Channel.objects.values_list("kind", "value")))
    except Exception as failure:  # whatever it is, the guard goes on with what is built in
        logger.warning("Cannot read the directory (%s): the built-in numbers and sites pass.", type(failure).__name__)
        return BUILT_IN
    known = (BUILT_IN[0] | stored[0], BUILT_IN[1] | stored[1])
    _kept = (monotonic(), known)
    return known


def forget() -> None:
    """Read the directory again at the next question."""
    global _kept
    _kept = None
