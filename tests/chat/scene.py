"""An open room with its people present, whose commands go straight to the verbs: no socket, no page."""

import itertools
import json
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from chat.models import Connection, Event, Member, Session, Stream
from chat.services.commands import perform
from chat.services.presence import note_warning
from tests.chat.people import be_present, make_counsellor, make_session, seat_staff, seat_young

_refs = itertools.count(1)


class Scene:
    """One session, open. `karla` and `jens` are its counsellors, `fox` and `owl` young people in it."""

    def __init__(self, *, is_open: bool = True, **fields: Any) -> None:
        self.now = timezone.now()
        self.session = make_session(make_counsellor(), make_counsellor(), **fields)
        first, second = (place.user for place in self.session.roster.select_related("user"))
        self.karla = self.come(seat_staff(self.session, first)[0])
        self.jens = self.come(seat_staff(self.session, second)[0])
        self.fox = self.come(seat_young(self.session, "Blå Ræv")[0])
        self.owl = self.come(seat_young(self.session, "Stille Ugle")[0])
        if is_open:
            self.done(self.karla, "room.open")

    def come(self, member: Member) -> Member:
        be_present(member, now=self.now)
        return Member.objects.get(pk=member.pk)

    def newcomer(self, alias: str = "") -> Member:
        return self.come(seat_young(self.session, alias)[0])

    def later(self, **delta: float) -> datetime:
        """Time goes on, and everybody present stays so."""
        self.now += timedelta(**delta)
        Connection.objects.filter(session=self.session).update(answered_at=self.now, input_at=self.now)
        return self.now

    def ask(self, who: Member, kind: str, *, ref: str = "", **fields: Any) -> dict[str, Any]:
        """The answer to a command."""
        body = {"type": kind, "ref": ref or f"t{next(_refs)}", **fields}
        answer: dict[str, Any] = json.loads(perform(member_id=who.pk, role=who.role, body=body, now=self.now))
        return answer

    def done(self, who: Member, kind: str, **fields: Any) -> dict[str, Any]:
        answer = self.ask(who, kind, **fields)
        assert answer["type"] == "accepted", answer
        return answer

    def refused(self, who: Member, kind: str, **fields: Any) -> str:
        """The code of the refusal, with what is missing after it."""
        answer = self.ask(who, kind, **fields)
        assert answer["type"] == "refused", answer
        return " ".join([answer["code"], *answer.get("missing", [])])

    def say(self, member: Member, text: str = "Hej alle sammen") -> str:
        self.later(seconds=2)
        return str(self.done(member, "message.post", text=text)["id"])

    def warn(self, member: Member, *, reaches: bool = True) -> None:
        """A warning, and whether it was written to an open socket of theirs."""
        self.done(self.karla, "member.warn", member=member.public_id, reason="Tal pænt")
        if reaches:
            note_warning(member_id=member.pk, seq=Member.objects.get(pk=member.pk).private_head)

    def kick(self, member: Member, **fields: Any) -> None:
        self.warn(member)
        step = {"member": member.public_id, "ground": "harassment", "reason": "Du blev ved", **fields}
        self.done(self.karla, "member.kick", **step)

    def row(self, member: Member) -> Member:
        return Member.objects.get(pk=member.pk)

    def read(self, member: Member, kind: str = "") -> list[dict[str, Any]]:
        """What a replay gives this reader, in order."""
        rows = Event.objects.readable_by(self.row(member)).order_by("position")
        events = [json.loads(event.frame) for event in rows]
        return [event for event in events if not kind or event["type"] == kind]

    def room(self) -> list[dict[str, Any]]:
        rows = Event.objects.filter(session=self.session, stream=Stream.ROOM).order_by("seq")
        return [json.loads(event.frame) for event in rows]

    def shown(self) -> list[str]:
        """The texts that stand in the room."""
        return [event["text"] for event in self.room() if event["type"] == "message.posted" and event["text"]]

    def fresh(self) -> Session:
        return Session.objects.get(pk=self.session.pk)
