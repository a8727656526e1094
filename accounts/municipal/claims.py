"""What an identity provider says of somebody, and what of it counts here."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.crypto import salted_hmac

from accounts.municipal.logins import PRIVILEGES, Login
from accounts.municipal.privileges import privileges


class TurnedAway(Exception):  # noqa: N818 - what happened to somebody, not an error of ours
    """Nobody gets in. `code` is one of those that templates/accounts/municipal_away.html has words for; `why` is for
    the log, in words of ours and never of an answer."""

    def __init__(self, code: str, why: str = "") -> None:
        super().__init__(code)
        self.code, self.why = code, why


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What we take over: which login, which municipality, which roles in it. `subject` tells people apart."""

    login: str
    municipality: str
    subject: str
    roles: frozenset[str]


def entry_of(login: Login, *, subject: str, claims: Mapping[str, Any]) -> Entry:
    """Judge a checked answer. `roles` may come out empty: then somebody who had one has lost it.

    Raises TurnedAway "weak", "no_municipality" or "failed".
    """
    if login.vouches and one_of(claims, login.assurance_claim) not in login.assurance:
        raise TurnedAway("weak")
    spoken_for = one_of(claims, login.municipality_claim) if login.municipality_claim else ""
    code = login.municipality or login.municipalities.get(spoken_for, "")
    if not code:
        raise TurnedAway("no_municipality")
    if login.roles_as == PRIVILEGES:
        said = privileges(values(claims, login.role_claim), cvr=spoken_for)
    elif login.role_claim in claims:
        said = frozenset(values(claims, login.role_claim))
    else:  # somebody's mistake at the provider must not take every role from everybody
        raise TurnedAway("failed", "the answer has no role_claim at all")
    if login.subject_claim:
        subject = one_of(claims, login.subject_claim)
    if not subject:
        raise TurnedAway("failed", "the answer names nobody; is subject_claim right?")
    roles = frozenset(role for value, role in login.roles.items() if value in said)
    return Entry(login=login.id, municipality=code, subject=_digest(login, code, subject), roles=roles)


def values(claims: Mapping[str, Any], name: str) -> list[str]:
    """A claim's values as texts; a number is one too, for some send a CVR as a number."""
    value = claims.get(name, [])
    found = value if isinstance(value, list | tuple) else [value]
    return [str(one).strip() for one in found if isinstance(one, str | int) and not isinstance(one, bool)]


def one_of(claims: Mapping[str, Any], name: str) -> str:
    """The one value of a claim; nothing when there are none or several, for then nobody knows which one counts."""
    found = set(values(claims, name))
    return found.pop() if len(found) == 1 else ""


def _digest(login: Login, code: str, subject: str) -> str:
    """People are told apart within their municipality: no municipality behind a shared login can name another's staff.

    A digest, since subjects may hold names or mail addresses; under a key that is not in the database, since such
    subjects can be guessed. Another issuer under an old id has other people.
    """
    said = chr(0).join((login.id, login.issuer, code, subject))
    keyed = salted_hmac("accounts.municipal", said, secret=settings.SECOND_FACTOR_KEY, algorithm="sha256")
    return f"{code}:{keyed.hexdigest()}"
