"""One list of everything that waits for a counsellor, whatever place it comes from.

An app brings what waits in it as a `Source`, registered in its AppConfig.ready. The page, its keys, the claims and the
undo are the same for all of them.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, ClassVar

from django.db import IntegrityError, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from moderation.models import CLAIM_LEASE, Claim
from moderation.refusals import Code, Refused

ACUTE, PRESSING, USUAL = 0, 1, 2
Name = tuple[str, str]  # of an item: its source and its key
CHANGED = gettext_lazy("It was changed since you opened it. Read it again.")


@dataclass(frozen=True, slots=True)
class Action:
    """One button and its key. A approve, R reply, S send back, H hold aside; others choose among these four."""

    code: str  # [a-z_], stands in the address
    label: str | Promise
    key: str = ""  # "A", "R", "S", "H", or none
    opens_reply: bool = False  # its words are written first: the button opens a text field, sent as `data["text"]`
    sends_reason: bool = False  # sends the chosen reason and the words beside it: `data["reason"]`, `data["words"]`


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing that waits. `text` is plain; without `actions` there is only the link `url` to where it is done."""

    source: str
    key: str  # unique within the source, at most 40 of [A-Za-z0-9_-]
    place: str  # in words: "Forum: Venskaber"
    title: str
    text: str = ""
    tags: tuple[str | Promise, ...] = ()  # in words: "skrevet uden profil"
    urgency: int = USUAL  # 0 acute, 1 worrying or late, 2 usual
    is_aside: bool = False  # somebody wants to think about it: behind the others that are as urgent
    since: datetime
    due_at: datetime | None = None  # what the one who waits was promised
    url: str = ""  # where all of it is seen
    url_label: str | Promise = ""
    actions: tuple[Action, ...] = ()
    reasons: tuple[tuple[str, str | Promise], ...] = ()  # code and words, of an action that sends a reason
    reason: str = ""  # the one that is chosen already; "identifying" where the guard found something in the text
    seen: str = ""  # which words these are: sent back with a decision, as `data["seen"]`, so that no others are decided
    reply_label: str | Promise = ""  # of the text field that a reply is written in: who will read it
    detail: Mapping[str, Any] = field(default_factory=dict)  # for a source's own template

    def is_late(self, *, now: datetime) -> bool:
        return self.due_at is not None and now > self.due_at

    @property
    def can_reply(self) -> bool:
        return any(action.opens_reply for action in self.actions)


@dataclass(frozen=True, slots=True)
class Done:
    """What a counsellor is told after a decision; until `undo_until` it can be taken back."""

    said: str
    undo_until: datetime | None = None


class Source(ABC):
    """What waits in one place, and the verbs that decide it. Who may see an item is asked anew with every call."""

    name: ClassVar[str]  # at most 16 of [a-z-], stands in the address
    label: str | Promise
    template: str = "moderation/_item.html"  # what stands on its card between head and buttons; given `row`

    @abstractmethod
    def items(self, user: User, *, now: datetime) -> list[Item]:
        """All that waits for `user`."""

    @abstractmethod
    def find(self, user: User, key: str, *, now: datetime) -> Item | None:
        """The item while it waits for `user`; None when it does not exist, is done, or is nothing of theirs."""

    def count(self, user: User, *, now: datetime) -> int:
        """How many `items` has, with one cheap query where that is possible."""
        return len(self.items(user, now=now))

    def keys(self, user: User, *, now: datetime) -> list[str]:
        """Of what `items` has, in no order, with one cheap query where that is possible: open pages ask often."""
        return [item.key for item in self.items(user, now=now)]

    def decide(self, *, user: User, key: str, action: str, data: Mapping[str, str], now: datetime) -> Done:
        """Do it. Raises Refused: "unknown" when it does not wait any more, else why not."""
        raise Refused(Code.UNKNOWN)

    def undo(self, *, user: User, key: str, now: datetime) -> None:
        """Take the last decision of `user` back. Raises Refused "unknown" when it has taken effect."""
        raise Refused(Code.UNKNOWN)

    def settle(self, *, now: datetime) -> None:
        """Let take effect what nobody took back in time. Called before the list is read, and after the undo time."""
        return None


_sources: dict[str, Source] = {}


def register(source: Source) -> None:
    _sources[source.name] = source


def sources() -> list[Source]:
    return list(_sources.values())


def source_named(name: str) -> Source | None:
    return _sources.get(name)


def waiting(user: User, *, now: datetime) -> list[Item]:
    """Everything that waits for `user`: the urgent first, then what was promised earliest."""
    items = [_hurried(item, now=now) for source in sources() for item in source.items(user, now=now)]
    return sorted(items, key=_turn)


def find(user: User, source: str, key: str, *, now: datetime) -> Item | None:
    found = _sources[source].find(user, key, now=now) if source in _sources else None
    return None if found is None else _hurried(found, now=now)


def count(user: User, *, now: datetime) -> int:
    return sum(source.count(user, now=now) for source in sources())


def names(user: User, *, now: datetime) -> list[Name]:
    """What waits for `user`, by name alone."""
    return [(source.name, key) for source in sources() for key in source.keys(user, now=now)]


def settle(*, now: datetime) -> None:
    for source in sources():
        source.settle(now=now)


def _hurried(item: Item, *, now: datetime) -> Item:
    """What is late is pressing, whatever it was before."""
    return replace(item, urgency=PRESSING) if item.urgency > PRESSING and item.is_late(now=now) else item


def _turn(item: Item) -> tuple[int, bool, datetime, datetime, str, str]:
    return item.urgency, item.is_aside, item.due_at or item.since, item.since, item.source, item.key


# Claims -----------------------------------------------------------------------------------------------------------


def claim(*, user: User, source: str, key: str, now: datetime) -> Claim:
    """Say that `user` looks at it, for ten minutes or until it is done. Raises Refused "forbidden" when somebody else
    does."""
    for _again in range(2):  # two who come at once: the second reads what the first wrote
        held = Claim.objects.filter(source=source, key=key).select_related("user__profile").first()
        if held is not None and held.user_id != user.pk and held.claimed_at > now - CLAIM_LEASE:
            raise Refused(Code.FORBIDDEN, _("%(name)s is looking at it.") % {"name": working_name(held.user)})
        try:
            with transaction.atomic():
                if held is None:
                    return Claim.objects.create(source=source, key=key, user=user, claimed_at=now)
                if _taken_over(held, user, now):
                    held.user, held.claimed_at = user, now
                    return held
        except IntegrityError:
            continue
    raise Refused(Code.FORBIDDEN, _("A colleague has just opened it."))


def _taken_over(held: Claim, user: User, now: datetime) -> bool:
    """Only from whom it was read to be held by: somebody else may have been quicker."""
    mine = Claim.objects.filter(pk=held.pk, user=held.user_id, claimed_at=held.claimed_at)
    return mine.update(user=user, claimed_at=now) == 1


def let_go(*, user: User, source: str, key: str) -> None:
    """`user` looks at it no more: it is decided, or somebody else may have it."""
    Claim.objects.filter(source=source, key=key, user=user).delete()


def claims_of(names: Iterable[Name], *, now: datetime) -> dict[Name, Claim]:
    """Who looks at what, with one query for all of them."""
    wanted = set(names)
    held = Claim.objects.filter(claimed_at__gt=now - CLAIM_LEASE).select_related("user__profile")
    return {(row.source, row.key): row for row in held if (row.source, row.key) in wanted}


def forget_claims(*, now: datetime) -> int:
    """Delete claims that are over. Answers how many."""
    gone, _per_model = Claim.objects.filter(claimed_at__lte=now - CLAIM_LEASE).delete()
    return gone


def working_name(user: User) -> str:
    """What colleagues call somebody: the working name, else the user name."""
    card = getattr(user, "profile", None)
    return str(card) if card is not None else user.username
