"""The log of who decided what: codes and ids, never a word of anybody's text (capability 54).

Lines are only added. The table's triggers refuse every change of a line, whoever asks (migration 0002).
"""

from collections.abc import Iterable
from datetime import datetime
from typing import TypedDict

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, User
from moderation.models import Decision

FORUM, LETTERS, CHAT = "forum", "letters", "chat"
PLACES: dict[str, Promise] = {FORUM: _("Forum"), LETTERS: _("Letterbox"), CHAT: _("Group chat")}

ACTIONS: dict[str, Promise] = {
    # forum
    "approve": _("Let a post through"),
    "refuse": _("Sent a post back"),
    "set_aside": _("Held a post aside"),
    "answer": _("Answered as a counsellor"),
    "private_reply": _("Answered on a private line"),
    "hide": _("Took a post away"),
    "restore": _("Put a post back"),
    "close": _("Closed a thread"),
    "reopen": _("Opened a thread again"),
    "move": _("Moved a thread"),
    "merge": _("Put two threads together"),
    # reports, of all places
    "report_kept": _("Let something stay that was reported"),
    "report_hidden": _("Took something away that was reported"),
    # letterbox
    "letter_answer": _("Answered a letter"),
    "letter_look": _("Read a colleague's answer"),
    "letter_back": _("Sent a colleague's answer back"),
    "letter_anew": _("Began a colleague's answer anew"),
    "letter_propose": _("Proposed to publish a letter"),
    "letter_unpublish": _("Took a published letter away"),
    # the group chat's ladder, and what stands beside it
    "warn": _("Gave a warning"),
    "mute": _("Muted somebody"),
    "unmute": _("Lifted a mute"),
    "kick_discord": _("Sent somebody out: sowed discord"),
    "kick_harassing": _("Sent somebody out: harassed somebody"),
    "ban": _("Banned somebody"),
    "protect": _("Protected somebody"),
    "unprotect": _("Ended a protection"),
    "remove": _("Removed a message"),
    "release": _("Let a held message through"),
    "discard": _("Did not let a held message through"),
    "watch": _("Watched a network"),
    "mark_renew": _("Renewed the mark on a network"),
    "mark_lift": _("Lifted the mark on a network"),
    "review_stands": _("Looked at it again: it stands"),
    "review_changed": _("Looked at it again: it was wrong"),
}


def record(
    *,
    actor: User,
    organization: Organization | None,
    place: str,
    action: str,
    target: str = "",
    waited: int | None = None,
    was_late: bool | None = None,
    now: datetime,
) -> Decision:
    """Add a line, in the transaction of what was decided. `waited` is in seconds, `target` an opaque id.

    Raises ValueError on a place or an action that the log has no words for.
    """
    if place not in PLACES or action not in ACTIONS:
        raise ValueError(f"{place}: {action} is not in the log's list.")
    return Decision.objects.create(
        at=now,
        actor=actor,
        organization=organization,
        place=place,
        action=action,
        target=target,
        waited=None if waited is None else max(0, waited),
        was_late=was_late,
    )


def house_of(user: User, organizations: Iterable[Organization]) -> Organization | None:
    """In whose name `user` decides about something that several `organizations` hold: the first they work for."""
    own = set(user.memberships.values_list("organization_id", flat=True))
    return next((house for house in organizations if house.pk in own), None)


class Waited(TypedDict):
    waited: int | None
    was_late: bool | None


def promise_of(*, since: datetime | None, due_at: datetime | None, now: datetime) -> Waited:
    """What `record` is told of something that somebody waited for since then, and was promised by then."""
    return {
        "waited": None if since is None else max(0, int((now - since).total_seconds())),
        "was_late": None if due_at is None else now > due_at,
    }
