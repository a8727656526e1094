"""What the pages of the one desk show: how much waits, for how long, and what in a text may show who somebody is."""

import logging
from typing import Any

from django import template
from django.core.cache import cache
from django.template import Context
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from accounts.permissions import Person
from moderation import queue, waits
from moderation.guard import find_spans
from moderation.permissions import may_use_desk

register = template.Library()
logger = logging.getLogger(__name__)

COUNTED_FOR = 5  # seconds that a number is shown again without counting


@register.simple_tag(takes_context=True)
def waiting_count(context: Context) -> int | None:
    """How much waits for the one who looks; None for whoever has no desk."""
    request = context.get("request")
    user: Person | None = getattr(request, "user", None)
    if user is None or not user.is_authenticated or user.pk is None:
        return None
    return _remembered(user)


def _remembered(user: Person) -> int | None:
    key = f"queue-count-{user.pk}"
    try:
        known: dict[str, int | None] | None = cache.get(key)
        if known is None:
            known = {"count": _count(user)}
            cache.set(key, known, COUNTED_FOR)
    except Exception as error:  # the cache is away: no page falls with a number in its head
        logger.warning("The number of the desk was not remembered: %s", type(error).__name__)
        return _count(user)
    return known["count"]


def _count(user: Any) -> int | None:
    return queue.count(user, now=timezone.now()) if may_use_desk(user) else None


@register.filter
def duration_in_words(minutes: int) -> str:
    return waits.in_words(minutes)


@register.filter
def with_findings(text: str) -> SafeString:
    """The text, escaped, with what the guard finds in it underlined."""
    pieces: list[tuple[str, str, str]] = []
    end = 0
    for span in find_spans(text):
        pieces.append((text[end : span.start], text[span.start : span.end], ""))
        end = span.end
    return format_html_join("", "{}<mark>{}</mark>{}", pieces) + format_html_join("", "{}", [(text[end:],)])
