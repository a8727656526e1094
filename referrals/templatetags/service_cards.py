"""What a template needs to show a card, which holds plain values alone."""

from datetime import date

from django import template

from referrals import links

register = template.Library()


@register.filter
def as_date(value: str) -> date:
    """The date of an ISO string, for the filter `date` to write in the reader's language."""
    return date.fromisoformat(value)


@register.simple_tag
def way_in(kind: str, value: str) -> str:
    """What to do and where it leads, as the young would read it."""
    return links.label(kind, value)
