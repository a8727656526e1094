"""What somebody typed on a page of the forum, before any verb has judged it, and how it is shown again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from moderation.refusals import Refused
from moderation.text import clean_text

LONGEST_TEXT = 10_000
LONGEST_TYPED = 400  # of one line, before it is judged
# What a text can be folded away behind. A choice and no field: others read it before they decide to read on.
WARNINGS: dict[str, Promise] = {
    "self-harm": _("self-harm"),
    "suicide": _("thoughts of suicide"),
    "body": _("food and body"),
    "violence": _("violence"),
    "abuse": _("sexual abuse"),
    "drugs": _("alcohol or drugs"),
    "death": _("death"),
    "hard": _("something else that is hard to read"),
}
# What the guard found, as it is told to the writer.
LOOKS_LIKE: dict[str, Promise] = {
    "CPR": _("looks like a CPR number"),
    "PHONE": _("looks like a phone number"),
    "EMAIL": _("looks like a mail address"),
    "ADDRESS": _("looks like an address"),
    "NAME": _("looks like a full name"),
    "SCHOOL": _("looks like your school or work"),
    "HANDLE": _("looks like a user name"),
    "LINK": _("is a link"),
    "MEETUP": _("looks like a place to meet"),
}


@dataclass(frozen=True, slots=True)
class Typed:
    """The fields of a form as they were sent. `warning` is a key of WARNINGS, or ""."""

    text: str = ""
    title: str = ""
    alias: str = ""
    warning: str = ""
    board: str = ""
    quote: str = ""
    ask: bool = False

    @classmethod
    def of(cls, data: QueryDict) -> "Typed":
        warning = data.get("warning", "")
        return cls(
            text=cleaned(data.get("text", "")),
            title=data.get("title", "")[:LONGEST_TYPED],
            alias=data.get("alias", "")[:LONGEST_TYPED],
            warning=warning if warning in WARNINGS else "",
            board=data.get("board", "")[:LONGEST_TYPED],
            quote=data.get("til", "")[:LONGEST_TYPED],
            ask=data.get("ask") == "1",
        )

    @property
    def warning_words(self) -> str:
        """What is stored and shown to every reader: it is a part of a Danish text."""
        return danish(WARNINGS[self.warning]) if self.warning else ""


def danish(words: Promise) -> str:
    with override("da"):
        return str(words)


def warning_of(words: str) -> str:
    """The choice behind what is stored, for changing it."""
    return next((key for key, label in WARNINGS.items() if danish(label) == words), "")


def cleaned(text: str) -> str:
    """As it will be stored, so that the spans of a refusal fit what the box shows; as it came, if it cannot be."""
    try:
        return clean_text(text, limit=LONGEST_TEXT)
    except Refused:
        return text[: LONGEST_TEXT * 4]


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text; with `because`, a part that was pointed at."""

    text: str
    because: str = ""


def marked(text: str, spans: Iterable[Sequence[int | str]]) -> list[Piece]:
    """`text` in pieces, those within `spans` marked with why. Spans that do not fit it are left out."""
    pieces, at = [], 0
    for start, end, label in sorted((int(start), int(end), str(label)) for start, end, label in spans):
        if at <= start < end <= len(text):
            pieces += [Piece(text[at:start])] if start > at else []
            pieces.append(Piece(text[start:end], str(LOOKS_LIKE.get(label, _("may show who you are")))))
            at = end
    return [*pieces, Piece(text[at:])] if at < len(text) else pieces
