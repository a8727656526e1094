"""The place cookie: all that ties a browser to a place in one session (law 8). And the cookie of a ban."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse

from chat.models import Session

_PREFIX = "__Secure-" if settings.SECURE_COOKIES else ""
PLACE = f"{_PREFIX}place"
WAITING = f"{_PREFIX}line"
REVIEW = f"{_PREFIX}answer"  # fetches what another adult said of a sanction
WORD_CODE = f"{_PREFIX}words"  # hands the words over to the room's page, which shows them once
KNOCK = f"{_PREFIX}knock"
BAN = f"{_PREFIX}ban"
MOST_BANS = 5  # in one browser, of one house each


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


def bans_in(cookies: Mapping[str, str]) -> list[str]:
    """The tokens of a browser's ban cookie: one for each ban it was told of."""
    tokens = cookies.get(BAN, "").split(".")[:MOST_BANS]
    return [token for token in tokens if 0 < len(token) <= 64]


def set_bans(response: HttpResponse, tokens: Sequence[str], *, until: datetime) -> None:
    """For the addresses of chats alone: nothing else on the site hears of a ban."""
    response.set_cookie(
        BAN,
        ".".join(tokens),
        expires=until,
        path=reverse("chat:list"),
        secure=settings.SECURE_COOKIES,
        httponly=True,
        samesite="Lax",
    )
