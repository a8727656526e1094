"""The cookies of the forum and the letterbox: each is good below one address, so nothing joins two of them (law 8)."""

from collections.abc import Mapping

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from accounts.models import User
from accounts.permissions import is_young
from forum.models import Letter, Topic, Writer

_PREFIX = "__Secure-" if settings.SECURE_COOKIES else ""
PEN = f"{_PREFIX}pen"
LETTER = f"{_PREFIX}letter"
WORD_CODE = f"{_PREFIX}words"  # hands the words over to the next page, which shows them once
LONGEST = 64


def token_in(cookies: Mapping[str, str], name: str = PEN) -> str:
    value = cookies.get(name, "")
    return value if len(value) <= LONGEST else ""


def set_pen(response: HttpResponse, topic: Topic, token: str, name: str = PEN) -> None:
    """For as long as the browser is open, for this topic's addresses only, out of reach of scripts."""
    _set(response, name, token, reverse("forum:topic", args=[topic.public_id]))


def drop_pen(response: HttpResponse, topic: Topic, name: str = PEN) -> None:
    response.delete_cookie(name, path=reverse("forum:topic", args=[topic.public_id]), samesite="Lax")


def set_letter(response: HttpResponse, letter: Letter, token: str, name: str = LETTER) -> None:
    _set(response, name, token, reverse("letters:letter", args=[letter.public_id]))


def drop_letter(response: HttpResponse, letter: Letter, name: str = LETTER) -> None:
    response.delete_cookie(name, path=reverse("letters:letter", args=[letter.public_id]), samesite="Lax")


def _set(response: HttpResponse, name: str, token: str, path: str) -> None:
    response.set_cookie(name, token, path=path, secure=settings.SECURE_COOKIES, httponly=True, samesite="Lax")


def writer_of(request: HttpRequest, topic: Topic) -> Writer | None:
    """Who reads this topic, if they write in it: by the cookie of this topic, or as a profile.

    A merged topic's cookie still leads to its writer, in the topic that took the posts in.
    """
    here = topic.merged_into or topic
    if writer := Writer.objects.by_token(here, token_in(request.COOKIES)):
        return writer
    user = profile_of(request)
    return Writer.objects.filter(topic=here, user=user).first() if user else None


def profile_of(request: HttpRequest) -> User | None:
    """The young person's profile that is logged in. Staff are none; without a login nothing is asked."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return None
    return request.user if isinstance(request.user, User) and is_young(request.user) else None
