"""Names: somebody says what they are called, signs with it, or a given name and a surname stand together."""

import re
from collections.abc import Iterator

from moderation.guard.folding import Folded, Span, joined
from moderation.guard.words import FAMOUS, GIVEN, NOT_A_NAME, OWN_WORDS, SURE_GIVEN, SURNAMES

_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*\.?")
_FILLERS = (
    r"(?:\s(?:faktisk|altså|egentlig|egentligt|rigtigt|bare|forresten|btw|i virkeligheden|jo|også|actually)){0,2}"
)
_CALLED = re.compile(
    rf"\b(?:(?:jeg|jg|jeh)\s(?:hedder|heder|hedde|hdder|kaldes)|(?:hedder|heder)\sjeg|^hedder|(?:mit|mt)\s(?:rigtige\s|fulde\s|eget\s|borgerlige\s)?"
    rf"(?:for|efter|mellem)?navn\s?(?:er|:)|navnet\ser|my\s(?:real\s|full\s|first\s|last\s)?name(?:\sis|'s|s)|i'?m\scalled|benim\sad[ıi]m|magacaygu\swaa|ismi)"
    rf"{_FILLERS}\s?[:,]?\s?[\"']?"
)
_I_AM = re.compile(r"\b(?:jeg\ser|jeg's|det\ser|i\sam|i'?m|her\ser)(?:\s(?:også|bare|faktisk|altså))?\s(?=[^\W\d_])")
_SIGNED = re.compile(
    r"\b(?:kh|mvh|vh|(?:kærlig|venlig|bedste|mange)\shils(?:en|ner)|hilsner|hilsen|knus|kram|xoxo)\b"
    r"(?:\sfra)?\s?[,:.!-]?\s{0,3}(?=[^\W\d_])"
)
_HERE_ONLY = re.compile(
    r"\s?(?:\w+\s){0,2}?(?:herinde|her\s?inde|her\s(?:i\schatten|på\ssiden)|i\s(?:den\sher\s)?chatten?|på\s(?:siden|samrum|nettet))\b"
)
_CONNECTORS = frozenset({"og", "men", "er", "fra", "på", "i", "med", "til", "så", "du", "hvad", "jeg", "and", "for"})
_PARTICLES = frozenset({"van", "von", "de", "al", "el", "bin", "af", "der", "den", "da"})
_LONGEST_NAME = 4
_OWN_ALONE = OWN_WORDS - SURNAMES


def find(folded: Folded) -> Iterator[Span]:
    for view in {id(folded): folded, id(spaced := joined(folded)): spaced}.values():
        yield from _told(view)
    yield from _full_names(folded)


def is_full_name(text: str, folded: Folded) -> bool:
    """Whether the whole of `text` is a given name with at least one more after it."""
    return any(span.start == 0 and span.end == len(text) for span in _full_names(folded))


def _told(folded: Folded) -> Iterator[Span]:
    for match in _CALLED.finditer(folded.text):
        words = _name_after(folded, match.end(), is_expected=True)
        if words and not _HERE_ONLY.match(folded.text, words[-1].end()):
            yield folded.span(words[0].start(), words[-1].end(), "NAME")
    for pattern in (_I_AM, _SIGNED):
        for match in pattern.finditer(folded.text):
            words = _name_after(folded, match.end(), is_expected=False)
            if words:
                yield folded.span(words[0].start(), words[-1].end(), "NAME")


def _name_after(folded: Folded, place: int, *, is_expected: bool) -> list[re.Match[str]]:
    """The words of the name that starts at `place`; none if no name does."""
    words: list[re.Match[str]] = []
    while len(words) < _LONGEST_NAME:
        match = _WORD.match(folded.text, place)
        if not match or not _belongs(folded, match, words, is_expected=is_expected):
            break
        words.append(match)
        place = match.end()
        if folded.text[place : place + 1] != " ":
            break
        place += 1
    while words and words[-1].group() in _PARTICLES:
        words.pop()
    return words


def _belongs(folded: Folded, match: re.Match[str], words: list[re.Match[str]], *, is_expected: bool) -> bool:
    word = match.group().rstrip(".")
    if word in NOT_A_NAME or word in OWN_WORDS or len(word) < 2:
        return bool(words) and len(word) == 1 and folded.is_capital(match.start()) and word != "i"
    is_capital = folded.is_capital(match.start()) and not _shouts(folded, match)
    if words:
        return is_capital or word in SURNAMES or word in SURE_GIVEN or word in _PARTICLES
    if not is_expected:
        return word in SURE_GIVEN or (is_capital and word in GIVEN)
    return is_capital or word in GIVEN or _stands_alone(folded.text, match.end())


def _stands_alone(text: str, end: int) -> bool:
    """Whether the sentence ends here or goes on with another one, as after a name and seldom after another word."""
    after = re.match(r"\s?(?:$|[.,!?:;)\n]|(\w+))", text[end:])
    return bool(after) and (after is not None and (after[1] is None or after[1] in _CONNECTORS))


def _shouts(folded: Folded, match: re.Match[str]) -> bool:
    """Whether the word is in capitals throughout, so that its first capital says nothing."""
    start, end = folded.places[match.start()], folded.places[match.end() - 1] + 1
    word = folded.original[start:end]
    return len(word) > 1 and word.isupper() and match.group() not in GIVEN


def _full_names(folded: Folded) -> Iterator[Span]:
    words = list(_WORD.finditer(folded.text))
    index = 0
    while index < len(words):
        name = _full_name(folded, words, index)
        if name:
            yield folded.span(name[0].start(), name[-1].end(), "NAME")
        index += max(1, len(name))


def _full_name(folded: Folded, words: list[re.Match[str]], index: int) -> list[re.Match[str]]:
    first = words[index]
    given = first.group().split("-")[0]
    if given not in GIVEN:
        return []
    name = [first]
    for word in words[index + 1 : index + _LONGEST_NAME]:
        if folded.text[name[-1].end() : word.start()] != " " or name[-1].group().endswith("."):
            break
        name.append(word)
        if _is_surname(folded, first, word):
            return [] if f"{first.group()} {word.group().rstrip('.')}" in FAMOUS else name
        if word.group() not in GIVEN and not (len(word.group()) <= 2 and folded.is_capital(word.start())):
            break
    return []


def _is_surname(folded: Folded, first: re.Match[str], word: re.Match[str]) -> bool:
    name = word.group().rstrip(".")
    are_capitals = folded.is_capital(first.start()) and folded.is_capital(word.start())
    if name in NOT_A_NAME or name in _OWN_ALONE or len(name) < 2:
        return False
    if name in SURNAMES:
        return are_capitals or first.group() in SURE_GIVEN
    if name in GIVEN:
        return False
    return are_capitals and not _shouts(folded, word)
