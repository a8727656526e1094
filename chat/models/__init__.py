"""What a session stores. What is said stands in `Event`; members, refs and alerts hang on it and go with it (law 6)."""

from chat.models.care import REVIEW_KEPT, DutyCase, Review
from chat.models.entries import Alert, Answer, Event, Poll, Stream, Vote
from chat.models.ids import digest, random_id, random_slug
from chat.models.marks import Ban, Knock, Mark
from chat.models.members import (
    IDLE_AFTER,
    LEASE,
    MAX_TABS,
    POLLER_LEASE,
    READER_LEASE,
    UNTIL_LIFTED,
    Connection,
    Member,
    Role,
    Waiter,
)
from chat.models.sessions import (
    LONGEST_WAITING,
    NO_SHOW_AFTER,
    READABLE_AFTER_CLOSING,
    Roster,
    Session,
    SessionQuerySet,
    retention,
)
from chat.models.worker import WorkerBeat

__all__ = [
    "IDLE_AFTER",
    "LEASE",
    "LONGEST_WAITING",
    "MAX_TABS",
    "NO_SHOW_AFTER",
    "POLLER_LEASE",
    "READABLE_AFTER_CLOSING",
    "READER_LEASE",
    "REVIEW_KEPT",
    "UNTIL_LIFTED",
    "Alert",
    "Answer",
    "Ban",
    "Connection",
    "DutyCase",
    "Event",
    "Knock",
    "Mark",
    "Member",
    "Poll",
    "Review",
    "Role",
    "Roster",
    "Session",
    "SessionQuerySet",
    "Stream",
    "Vote",
    "Waiter",
    "WorkerBeat",
    "digest",
    "random_id",
    "random_slug",
    "retention",
]
