"""CPR, phone and card numbers: in digits, in words, in any grouping.

A run is a row of numbers with little between them. What it is follows from how many digits it has and how they stand
together; times, scores, years, dates, prices and marks are set aside, unless the words around speak of a phone.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from moderation.guard.folding import Folded, Span

_UNITS = ["nul", "en", "to", "tre", "fire", "fem", "seks", "syv", "otte", "ni"]
_TEENS = ["ti", "elleve", "tolv", "tretten", "fjorten", "femten", "seksten", "sytten", "atten", "nitten"]
_TENS = ["tyve", "tredive", "fyrre", "halvtreds", "tres", "halvfjerds", "firs", "halvfems"]
_ENGLISH = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
_WORDS: dict[str, str] = (
    {word: str(value) for value, word in enumerate(_UNITS)}
    | {word: str(value) for value, word in enumerate(_ENGLISH)}
    | {word: str(value) for value, word in enumerate(_TEENS, start=10)}
    | {word: str(value) for value, word in zip(range(20, 100, 10), _TENS, strict=True)}
    | {
        f"{unit}og{ten}": str(tens + value)
        for value, unit in list(enumerate(_UNITS))[1:]
        for tens, ten in zip(range(20, 100, 10), _TENS, strict=True)
    }
    | {"et": "1", "én": "1", "sex": "6", "femogfirs": "85", "oh": "0", "null": "0", "fyrretyve": "40"}
)
_NUMBER = re.compile(
    r"(?<![^\W_])(?:[oil|]{0,2}\d(?:[\doil|]{0,18}\d)?[oil|]{0,2}|"
    + "|".join(sorted(_WORDS, key=len, reverse=True))
    + r")(?![^\W_])"
)
_LETTERS_FOR_DIGITS = str.maketrans("oil|", "0111")
_FILLER = r"(?:og|så|saa|derefter|bagefter|dernæst|til sidst|prik|punktum|mellemrum|streg|bindestreg|komma|and|then)"
_BETWEEN = re.compile(rf"[\W_]{{0,4}}(?:{_FILLER}[\W_]{{1,3}}){{0,3}}")

_CUE = re.compile(
    r"\b(?:tlf|telefon\w*|mobil(?:en|nr|nummer\w*)?|mobile ?pay|(?:telefon|mobil)?(?:nummer|nr)|numre?t|ring(?:e|er)?|"
    r"sms\w*|whats ?app|signal|opkald|call|text|phone|number|digits|swish|fang mig|kontakt\w*)\b"
)
_CPR_CUE = re.compile(r"\b(?:cpr\w*|c\.p\.r|personnum\w+|person ?nr|social security)\b")
_ACCOUNT_CUE = re.compile(r"\b(?:konto\w*|kortnummer|kreditkort|dankort|iban|reg)\b")
_UNIT_AFTER = re.compile(
    r"\s?(?:kr\b|kroner|dkk|euro?s?\b|dollars?|%|procent|gange|x\b|visninger|views|likes|følgere|medlemmer|år\b|km\b|"
    r"meter|m\b|kg\b|gram|g\b|cm\b|min\b|minutter|sek|timer|dage|uger|point|streams|mio|mennesker|stk|skridt|ord\b)"
)
_MASKED_CPR = re.compile(r"(?<!\d)(\d{6})\s?-\s?(?:x{3,4}|\*{3,4}|[x*•#_]{4})(?![^\W_])")

_PHONE_SHAPES = {
    (8,), (4, 4), (2, 2, 2, 2), (2, 6), (6, 2), (3, 5), (5, 3), (2, 3, 3), (3, 3, 2), (3, 2, 3),
    (2, 2, 4), (4, 2, 2), (1,) * 8,
}  # fmt: skip
_CPR_SHAPES = {(10,), (6, 4), (2, 2, 2, 4), (2, 2, 2, 2, 2), (6, 2, 2), (1,) * 10, (2, 2, 2, 1, 1, 1, 1), (2, 4, 4)}
_MARKS = frozenset({"12", "10", "7", "07", "4", "04", "02", "2", "00", "03"})  # the Danish scale
_CUE_REACH = 40
_LETTER = re.compile(r"[^\W\d_]")
_OTHER_WORD = re.compile(rf"\b(?!{_FILLER}\b)[^\W\d_]{{2,}}")
_YEAR = re.compile(r"(?:19|20)\d\d")


@dataclass(frozen=True)
class _Group:
    digits: str
    start: int
    end: int
    before: str  # what stands between this group and the one before


def find(folded: Folded) -> Iterator[Span]:
    text = folded.text
    for match in _MASKED_CPR.finditer(text):
        yield folded.span(match.start(), match.end(), "CPR")
    for run in _runs(text):
        yield from _read(folded, run)


def digits_of(text: str) -> str:
    """A number as the directory keeps it: digits alone, without Denmark's prefix."""
    digits = "".join(_value(match.group()) for match in _NUMBER.finditer(text))
    for prefix in ("0045", "45"):
        if digits.startswith(prefix) and len(digits) - len(prefix) == 8:
            return digits.removeprefix(prefix)
    return digits


def _value(token: str) -> str:
    return _WORDS.get(token) or token.translate(_LETTERS_FOR_DIGITS)


def _runs(text: str) -> Iterator[list[_Group]]:
    run: list[_Group] = []
    end = 0
    for match in _NUMBER.finditer(text):
        between = text[end : match.start()]
        if run and not (len(between) < 40 and _BETWEEN.fullmatch(between)):
            yield run
            run = []
        run.append(_Group(_value(match.group()), match.start(), match.end(), between if run else ""))
        end = match.end()
    if run:
        yield run


def _read(folded: Folded, run: list[_Group]) -> Iterator[Span]:
    """The numbers of people in one run, from the left; the longest reading wins."""
    text = folded.text
    around = _Around.of(text, run)
    index = 0
    while index < len(run):
        for size in range(_longest(run, index), 0, -1):
            groups = run[index : index + size]
            label = _label(text, groups, around, is_whole=size == len(run))
            if label:
                yield folded.span(_start(text, groups), groups[-1].end, label)
                index += size
                break
        else:
            index += 1


def _longest(run: list[_Group], index: int) -> int:
    """How many groups from `index` have no more than 16 digits together."""
    digits = 0
    for size, group in enumerate(run[index : index + 16]):
        digits += len(group.digits)
        if digits > 16:
            return size
    return min(len(run) - index, 16)


def _start(text: str, groups: list[_Group]) -> int:
    start = groups[0].start
    while start and text[start - 1] in "+(":
        start -= 1
    return start


@dataclass(frozen=True)
class _Around:
    """What the words before and after a run speak of."""

    phone: bool
    cpr: bool
    account: bool

    @classmethod
    def of(cls, text: str, run: list[_Group]) -> "_Around":
        before = text[max(0, run[0].start - _CUE_REACH) : run[0].start]
        after = text[run[-1].end : run[-1].end + _CUE_REACH]
        return cls(
            phone=bool(_CUE.search(before) or _CUE.search(after)),
            cpr=bool(_CPR_CUE.search(before) or _CPR_CUE.search(after)),
            account=bool(_ACCOUNT_CUE.search(before)),
        )


def _label(text: str, groups: list[_Group], around: _Around, *, is_whole: bool) -> str:
    count = sum(len(group.digits) for group in groups)
    if around.cpr and count in (4, 6, 10):
        return "CPR"
    if count < 8:
        return ""
    digits = "".join(group.digits for group in groups)
    shape = tuple(len(group.digits) for group in groups)
    if _is_uniform(groups) and _is_cpr(digits, shape):
        return "CPR"
    if _is_abroad(digits, text[max(0, groups[0].start - 3) : groups[0].start], groups):
        return "PHONE"
    if not around.phone and _UNIT_AFTER.match(text, groups[-1].end):
        return ""
    if _is_phone(digits, shape, groups, text, is_whole=is_whole, has_cue=around.phone):
        return "PHONE"
    is_card = shape in {(16,), (4, 4, 4, 4)} and not _are_years(groups)
    is_account = count >= 10 and around.account
    return "OTHER" if is_card or is_account else ""


def _is_uniform(groups: list[_Group]) -> bool:
    return len({group.before for group in groups[1:-1]}) <= 1


def _is_cpr(digits: str, shape: tuple[int, ...]) -> bool:
    """A date of birth and four digits; the day plus 60 is a replacement number. Since 2007 no check digit is sure."""
    if len(digits) != 10 or shape not in _CPR_SHAPES:
        return False
    day, month = int(digits[:2]), int(digits[2:4])
    return (1 <= day <= 31 or 61 <= day <= 91) and 1 <= month <= 12


def _is_abroad(digits: str, before: str, groups: list[_Group]) -> bool:
    """A number with a country's prefix, or one of another country's forms."""
    enough = 9 <= len(digits) <= 15
    if before.rstrip(" (").endswith("+") and enough:
        return True
    if digits.startswith("00") and len(groups[0].digits) >= 4 and enough:
        return True
    if digits.startswith("45") and len(digits) == 10 and groups[0].digits in {"45", digits, digits[:6]}:
        return True
    return digits.startswith("07") and len(digits) in (10, 11) and len(groups) <= 4


def _is_phone(
    digits: str, shape: tuple[int, ...], groups: list[_Group], text: str, *, is_whole: bool, has_cue: bool
) -> bool:
    if len(digits) != 8:
        return False
    if has_cue:
        return not _are_years(groups)
    if not is_whole or _counts_up(groups) or _are_years(groups) or _is_date(shape, digits, groups):
        return False
    gaps = [group.before for group in groups[1:]]
    if gaps and all("," in gap or _LETTER.search(gap) for gap in gaps):
        return shape == (1,) * 8 or all("så" in gap for gap in gaps) or _says_little_else(text)
    if shape not in _PHONE_SHAPES:
        return len(groups) > 4 and max(shape) <= 2 and len(set(gaps)) == 1
    if shape == (2, 3, 3) and set(gaps) == {"."}:
        return False
    return not (_is_time_range(groups) or _is_score(gaps) or all(group.digits in _MARKS for group in groups))


def _says_little_else(text: str) -> bool:
    """Whether the text is not much more than its numbers: a list of ages or marks comes with words."""
    return len(_OTHER_WORD.findall(_NUMBER.sub(" ", text))) <= 1


def _counts_up(groups: list[_Group]) -> bool:
    values = [int(group.digits) for group in groups]
    return (
        len(values) > 2
        and all(b - a in (1, 2, 5, 10) for a, b in pairwise(values))
        and (len({b - a for a, b in pairwise(values)}) == 1)
    )


def _are_years(groups: list[_Group]) -> bool:
    return len(groups) > 1 and all(_YEAR.fullmatch(group.digits) for group in groups)


def _is_date(shape: tuple[int, ...], digits: str, groups: list[_Group]) -> bool:
    if shape == (4, 2, 2):
        year, month, day = digits[:4], digits[4:6], digits[6:]
    elif shape == (2, 2, 4) or (shape == (8,) and digits[0] in "01"):
        day, month, year = digits[:2], digits[2:4], digits[4:]
    else:
        return False
    return year[:2] in {"19", "20"} and 1 <= int(month) <= 12 and 1 <= int(day) <= 31


def _is_clock(digits: str) -> bool:
    return int(digits[:2]) <= 24 and int(digits[2:]) < 60


def _is_time_range(groups: list[_Group]) -> bool:
    """ "12.30-14.00", "16:00 18:30", "1630-1830"."""
    if len(groups) == 2:
        return groups[1].before.strip() == "-" and all(_is_clock(group.digits) for group in groups)
    if len(groups) != 4:
        return False
    first, middle, last = (group.before for group in groups[1:])
    halves = (groups[0].digits + groups[1].digits, groups[2].digits + groups[3].digits)
    is_clocks = all(_is_clock(half) for half in halves)
    return is_clocks and (first == last == ":" or (first == last == "." and middle != "."))


def _is_score(gaps: list[str]) -> bool:
    """ "21-19 21-17", "12/10 13/10": pairs that belong together more closely than the pairs to each other."""
    return len(gaps) == 3 and gaps[0] == gaps[2] != gaps[1] and gaps[0] in {"-", "/", ":", " - "}
