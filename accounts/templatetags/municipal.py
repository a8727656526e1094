"""What the login page offers of municipalities."""

from django import template
from django.conf import settings

from accounts.municipal.logins import Login

register = template.Library()


@register.simple_tag
def municipal_logins() -> list[Login]:
    return list(settings.MUNICIPAL_LOGINS.values())
