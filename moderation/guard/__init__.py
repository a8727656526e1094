"""What in a text shows who somebody is, or arranges contact (law 7). Numbers and sites of services pass.

A first, honest version: rules for Danish, with some English. It points things out; what follows from it is decided by
whoever asks. Spans are in code points of the text as it was given.
"""

from collections.abc import Callable, Iterable, Iterator

from moderation.guard import addresses, contacts, meetings, names, numbers, schools
from moderation.guard.folding import Folded, Span, fold, joined
from referrals import known

__all__ = ["LABELS", "Span", "find_spans"]

LABELS = frozenset("CPR PHONE EMAIL ADDRESS NAME SCHOOL HANDLE LINK MEETUP OTHER".split())  # noqa: SIM905
Directory = Callable[[], tuple[frozenset[str], frozenset[str]]]

# Longer texts are read in pieces that overlap, so that the time spent grows with the length and no faster.
_PIECE = 4000
_OVERLAP = 200
# Where two rules claim the same place, the one that says more precisely what it is.
_ORDER = {label: rank for rank, label in enumerate(
    ("CPR", "EMAIL", "LINK", "PHONE", "HANDLE", "ADDRESS", "SCHOOL", "NAME", "MEETUP", "OTHER")
)}  # fmt: skip


def find_spans(text: str, *, directory: Directory = known.numbers_and_sites) -> list[Span]:
    """Everything that identifies or arranges contact, in order, none overlapping another.

    `directory` gives the numbers (digits) and hosts of services, which pass; it is asked only if there is one to judge.
    """
    found: set[Span] = set()
    for start in range(0, max(1, len(text)), _PIECE - _OVERLAP):
        piece = text[start : start + _PIECE]
        found.update(Span(start + s, start + e, label) for s, e, label in _find(piece))
    return _apart(span for span in found if not _is_of_a_service(text, span, directory))


def _find(text: str) -> Iterator[Span]:
    folded = fold(text)
    if folded.text.strip():
        yield from numbers.find(folded)
        yield from names.find(folded)
        spaced: Folded = joined(folded)
        for view in {id(view): view for view in (folded, spaced)}.values():
            yield from contacts.find(view)
        for rules in (addresses, schools, meetings):
            yield from rules.find(spaced)


def _is_of_a_service(text: str, span: Span, directory: Directory) -> bool:
    part = fold(text[span.start : span.end]).text
    if span.label == "PHONE":
        return numbers.digits_of(part) in directory()[0]
    if span.label in {"LINK", "EMAIL"}:
        host = contacts.host_of(part)
        return any(host == site or host.endswith(f".{site}") for site in directory()[1])
    return False


def _apart(spans: Iterable[Span]) -> list[Span]:
    """Spans that do not overlap: the more precise label first, then the longer one; the rest is cut or left out."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda span: (_ORDER[span.label], span.start - span.end, span.start)):
        if not any(span.start < other.end and other.start < span.end for other in kept):
            kept.append(span)
    return sorted(kept)
