"""Limits per network, wide enough for a school behind one address; django-ratelimit behind one function."""

import logging

from django.conf import settings
from django.http import HttpRequest
from django_ratelimit.core import is_ratelimited

from accounts.addresses import ratelimit_key

logger = logging.getLogger(__name__)

JOINS = "200/m"
CODES = "30/m"
REQUESTS = "6000/m"


def is_over(request: HttpRequest, *, group: str, rate: str, without_cache: bool = False) -> bool:
    """Count this request and answer whether its network has asked too often.

    `without_cache` is the answer while the cache is away: a dead Redis lets everybody write to a counsellor, and lets
    nobody guess passwords or codes.
    """
    if not settings.NETWORK_LIMITS:
        return False
    try:
        return bool(is_ratelimited(request, group=group, key=ratelimit_key, rate=rate, increment=True))
    except Exception as error:
        logger.warning("The limits could not be read: %s", type(error).__name__)
        return without_cache
