"""What a template needs to show a card, which holds plain values alone."""

from datetime import date

from django import template

register = template.Library()


@register.filter
def as_date(value: str) -> date:
    """The date of an ISO string, for the filter `date` to write in the reader's language."""
    return date.fromisoformat(value)
