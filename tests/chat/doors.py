"""At the door of a session, as a browser without scripts meets it: the steps, and what its pages say."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from accounts.models import User
from chat.management.commands.stage import login_cookie
from chat.models import Member, Session
from chat.services.members import KEEPS_A_PLACE
from tests.chat.people import make_session
from tests.config.reading import text_of

ALL_STATES = ["lobby", "open", "waiting", "paused", "closing", "closed"]


def at(session: Session, page: str = "") -> str:
    return f"/chat/{session.slug}/{page}"


def in_state(state: str, **fields: Any) -> Session:
    now = timezone.now()
    needed: dict[str, dict[str, Any]] = {
        "waiting": {"waiting_since": now, "state_before_waiting": "open"},
        "closing": {"closes_at": now + timedelta(minutes=2)},
        "closed": {"closed_at": now},
    }
    return make_session(state=state, **{**needed.get(state, {}), **fields})


def logged_in(user: User) -> Client:
    return Client(headers={"cookie": "; ".join(f"{name}={value}" for name, value in login_cookie(user).items())})


def go_in(session: Session, alias: str = "Blå Ræv", client: Client | None = None) -> Client:
    """Through the door, as a browser without scripts does it."""
    client = client or Client()
    answer = client.post(at(session, "join/"), {"alias": alias})
    assert (answer.status_code, answer["Location"]) == (302, at(session, "room/")), answer.content.decode()
    return client


def is_in(client: Client, session: Session) -> bool:
    """Whether the place in this browser opens the room."""
    return client.get(at(session, "room/")).status_code == 200


def body(answer: HttpResponse) -> str:
    return answer.content.decode()


def words(answer: HttpResponse) -> str:
    """What the page says, on one line."""
    return " ".join(unescape(text_of(body(answer))).split())


def typed(answer: HttpResponse) -> str:
    """What stands in the field for the nickname."""
    (value,) = re.findall(r'<input id="alias"[^>]* value="([^"]*)"', body(answer))
    return unescape(value)


def main_of(answer: HttpResponse) -> str:
    return body(answer).split("<main")[1].split("</main>")[0]


def leave(*people: Member) -> None:
    """They closed the page, and the short absence in which a place is kept is over."""
    long_ago = timezone.now() - KEEPS_A_PLACE - timedelta(seconds=1)
    Member.objects.filter(pk__in=[person.pk for person in people]).update(seen_at=long_ago)


def stand_in_line(session: Session, alias: str = "Modig Mus") -> Client:
    client = Client()
    answer = client.post(at(session, "join/"), {"alias": alias})
    assert (answer.status_code, answer["Location"]) == (302, at(session))
    return client


def number_of(client: Client, session: Session) -> int:
    answer = client.get(at(session))
    assert answer["Refresh"] == "10"
    (number,) = re.findall(r"Du er nummer (\d+) i køen", words(answer))
    return int(number)


def planned_for(hours: float) -> Session:
    starts_at = timezone.now() + timedelta(hours=hours)
    return make_session(starts_at=starts_at, ends_at=starts_at + timedelta(hours=2))


def own_words(answer: HttpResponse) -> str:
    """What the page says, without the cards of services, whose names are theirs."""
    return unescape(text_of(re.sub(r"<article.*?</article>", "", body(answer), flags=re.DOTALL)))
