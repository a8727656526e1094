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


def is_over(request: HttpRequest, *, group: str, rate: str) -> bool:
    """Count this request and answer whether its network has asked too often. A dead cache lets everybody through."""
    if not settings.NETWORK_LIMITS:
        return False
    try:
        return bool(is_ratelimited(request, group=group, key=ratelimit_key, rate=rate, increment=True))
    except Exception as error:  # the cache is away; keeping a young person out would be worse
        logger.warning("The limits could not be read: %s", type(error).__name__)
        return False
