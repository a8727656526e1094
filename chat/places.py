"""The place cookie: all that ties a browser to a place in one session (law 8)."""

from collections.abc import Mapping

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse

from chat.models import Session

_PREFIX = "__Secure-" if settings.SECURE_COOKIES else ""
PLACE = f"{_PREFIX}place"
WAITING = f"{_PREFIX}line"
WORD_CODE = f"{_PREFIX}words"  # hands the words over to the room's page, which shows them once


def token_in(cookies: Mapping[str, str], name: str = PLACE) -> str:
    value = cookies.get(name, "")
    return value if len(value) <= 64 else ""


def set_token(response: HttpResponse, session: Session, token: str, name: str = PLACE) -> None:
    """For as long as the browser is open, for this session's addresses only, out of reach of scripts."""
    response.set_cookie(
        name,
        token,
        path=reverse("chat:session", args=[session.slug]),
        secure=settings.SECURE_COOKIES,
        httponly=True,
        samesite="Lax",
    )


def drop_token(response: HttpResponse, session: Session, name: str = PLACE) -> None:
    response.delete_cookie(name, path=reverse("chat:session", args=[session.slug]), samesite="Lax")
