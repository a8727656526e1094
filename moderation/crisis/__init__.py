"""Is somebody in danger? Looked for before anything else is judged; what comes of it only ever adds help.

A first, honest version: phrases in Danish with slang, misspellings and missing æ, ø, å, English, and a few in other
languages. It reads any text, also one that `clean_text` would refuse.
"""

import re
from itertools import pairwise
from typing import Literal

from moderation.crisis import rules
from moderation.crisis.reading import sentences
from moderation.crisis.rules import Kind, Rule

__all__ = ["Level", "level"]

Level = Literal["acute", "concern", "none"]

_NOW = re.compile(r"\b(?:nu|lige nu|i nat|i aften|i dag|inat|iaften|i morgen|igen|tonight|right now|today)\b")
_PAST = re.compile(
    r"\b(?:sidste (?:ar|uge|maned)|engang|en gang for|for i tiden|dengang|tidligere|"
    r"for (?:\w+ )?(?:ar|maneder|uger|dage) siden|"
    r"da (?:jeg|han|hun) (?:var|gik)|da vi|som barn|plejede|havde|haft|provede|"
    r"forsogte|overvejet|i (?:sommers|fjor|vinters)|"
    r"years? ago|used to|last year|when i was|tried)\b"
)
_SELDOM = re.compile(
    r"\b(?:nogle gange|nogen gange|somme tider|sommetider|tit|ofte|(?:en gang|engang) imellem|sometimes|periodevis)\b"
)
_AS_IF = re.compile(
    r"\b(?:som om|foles som|foler det som|frygter at|bange for at|raed for at|angst for at|taenkte|troede|"
    r"tror (?:at )?jeg skal)\b"
)
_DENIED = re.compile(r"\b(?:ikke(?! (?:bare|lade|holde|andet|anden|andre|laengere|mere|at|se)\b)|never|wont|not)\b")
_CLAUSE = re.compile(r"\b(?:jeg|men|og|for|sa|fordi|i)\b")
_TOLD_TO = re.compile(
    r"\b(?:siger|skriver|sagde|skrev|synes|rabte|raber|mener|told|says|tells?) (?:\w+ )?(?:at |me |til mig )?(?:at )?"
    r"(?:jeg|i) (?:skal|burde|bare skal|fortjener|should|skulle|kan)\b"
)
_I = re.compile(r"\b(?:jeg|i|im|ill|ive)\b")
_OTHERS = re.compile(
    r"\b(?:han|hun|de|hende|ham|dem|nogen|man|folk|she|he|they|(?:min|mine|en|vores|hans|hendes|my) "
    r"(?!(?:eneste|plan|lyst|tanke|hjerne|krop|sidste|eget|egen|mave)\b)\w+)\b"
)


def level(text: str) -> Level:
    """ "acute": life or safety now, or a wish to die; "concern": somebody should notice; else "none"."""
    plain = [_without_idioms(sentence) for sentence in sentences(text)]
    alone = set(plain)
    found: Level = "none"
    for sentence in (*plain, *(f"{one} . {other}" for one, other in pairwise(plain))):
        acute, concern = rules.acute().that_may_match(sentence), rules.concern().that_may_match(sentence)
        asked = [rule for rule in (*acute, *concern) if sentence in alone or rule.is_combined]
        fitting = [rule for rule in asked if _is_found(rule, sentence)]
        if any(_is_meant(rule, sentence) for rule in fitting if rule in acute):
            return "acute"
        if fitting:
            found = "concern"
    return found


def _without_idioms(sentence: str) -> str:
    for rule in rules.harmless().that_may_match(sentence):
        sentence = rule.parts[0].sub(" , ", sentence)
    return sentence


def _is_found(rule: Rule, sentence: str) -> bool:
    return all(part.search(sentence) for part in rule.parts)


def _is_meant(rule: Rule, sentence: str) -> bool:
    return any(_holds(rule.kind, sentence, match) for match in rule.parts[0].finditer(sentence))


def _holds(kind: Kind, sentence: str, match: re.Match[str]) -> bool:
    """Whether a find is meant as it stands: by the one who writes, not denied, not long ago."""
    if kind is Kind.FLAT:
        return True
    around = sentence[max(0, match.start() - 80) : match.end() + 80]
    is_now = bool(_NOW.search(around))
    if _PAST.search(around) and not is_now:
        return False
    if kind is Kind.DEED:
        return True
    before = sentence[max(0, match.start() - 60) : match.start()]
    if _TOLD_TO.search(around) or (_AS_IF.search(before) and not is_now) or (_SELDOM.search(around) and not is_now):
        return False
    return not _is_denied(before, match.group()) and (is_now or not _is_about_another(before))


def _is_denied(before: str, said: str) -> bool:
    """ "jeg vil ikke tage livet af mig"; but "jeg vil ikke leve" denies nothing."""
    says_live = re.search(
        r"\b(?:leve|live|vaere|vagne\w*|eksistere|exist|alive|wake|til|fandtes|levede|living)\b", said
    )
    clause = _CLAUSE.split(before)[-1]
    return not says_live and bool(_DENIED.search(said) or _DENIED.search(clause))


def _is_about_another(before: str) -> bool:
    others = [match.end() for match in _OTHERS.finditer(before)]
    own = [match.end() for match in _I.finditer(before)]
    return bool(others) and (not own or max(others) > max(own))
