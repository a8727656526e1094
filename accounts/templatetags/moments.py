"""Times in words, for templates of the blog and of the chat."""

from datetime import datetime

from django import template
from django.utils import timezone

from accounts import moments

register = template.Library()


@register.filter
def clock(moment: datetime) -> str:
    return moments.clock(moment)


@register.filter
def day_in_words(moment: datetime) -> str:
    return moments.day_in_words(moment, now=timezone.now())


@register.filter
def time_in_words(moment: datetime) -> str:
    return moments.time_in_words(moment, now=timezone.now())
