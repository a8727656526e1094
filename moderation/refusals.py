"""Why a verb did nothing: one exception, whose codes are those of the wire protocol.

Every door translates it: the socket and the fallback with `as_event`, a page by showing `text`.
"""

import math
from collections.abc import Iterable, Sequence
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Code(StrEnum):
    """`refused.code` of the protocol; nothing else goes over the wire."""

    BAD_COMMAND = "bad_command"
    TOO_LONG = "too_long"
    TOO_FAST = "too_fast"
    SLOW_MODE = "slow_mode"
    NOT_OPEN = "not_open"
    NO_COUNSELLOR = "no_counsellor"
    MUTED = "muted"
    IDENTIFYING = "identifying"
    FORBIDDEN = "forbidden"
    UNKNOWN = "unknown"
    LADDER = "ladder"
    CLOSED = "closed"


# What happened, and what helps. The reader may be young and in distress.
TEXTS: dict[Code, Promise] = {
    Code.BAD_COMMAND: _("We could not read that. Write some text and send it again."),
    Code.TOO_LONG: _("That is too long. Split it into two messages."),
    Code.TOO_FAST: _("That was quick. Wait a moment. Your text is still here."),
    Code.SLOW_MODE: _("The chat is going slowly right now, so that everyone can keep up. Wait a moment."),
    Code.NOT_OPEN: _("The chat is not open for writing right now. You can still find help under “Help now”."),
    Code.NO_COUNSELLOR: _(
        "There is no counsellor in the room right now, so nobody can write to the others. "
        "You can still whisper to the counsellors. If you need help now, press “Help now”."
    ),
    Code.MUTED: _("You cannot write to the others right now. You can still read along and whisper to the counsellors."),
    Code.IDENTIFYING: _(
        "This may show who you are, or where others can find you. Change the marked part, or ask a counsellor to let "
        "it through. The others have not seen it."
    ),
    Code.FORBIDDEN: _("You cannot do that here. If you need help, press “Help now”."),
    Code.UNKNOWN: _("It is not here any more. Reload the page to see what is."),
    Code.LADDER: _("Another step of the ladder has to come first."),
    Code.CLOSED: _("The chat is closed for this time. Under “Help now” you can see who you can talk to."),
}


class Refused(Exception):  # noqa: N818 - the domain's own word; a refusal is an answer, not an error
    """Nothing was changed, and `text` tells the reader why and what helps.

    `wait` is in seconds; `missing` names what has to come first (`not_open`, `ladder`); `spans` are (start, end, label)
    in code points of the text that was sent (`identifying`). `text` may be lazy: it is read in the reader's language.
    """

    def __init__(
        self,
        code: str,
        text: str | Promise = "",
        wait: float | None = None,
        missing: Iterable[str] | None = None,
        spans: Iterable[Sequence[int | str]] | None = None,
    ) -> None:
        self.code = Code(code)
        self.text = text or TEXTS[self.code]
        self.wait = wait
        self.missing = None if missing is None else list(missing)
        self.spans = None if spans is None else [list(span) for span in spans]
        super().__init__(self.code.value)

    def as_event(self, ref: str | None = None) -> dict[str, object]:
        """This refusal as the protocol's event, in the language that is active now."""
        event: dict[str, object] = {"type": "refused", "ref": ref, "code": self.code.value, "text": str(self.text)}
        if self.wait is not None:
            event["wait"] = max(1, math.ceil(self.wait))
        if self.missing is not None:
            event["missing"] = self.missing
        if self.spans is not None:
            event["spans"] = self.spans
        return event
