"""Where somebody lives: a street with a number, a street after "jeg bor på", a postcode with its town."""

import re
from collections.abc import Iterator

from moderation.guard.folding import Folded, Span
from moderation.guard.words import NOT_A_NAME

_STREET_ENDING = (
    r"(?:vej(?:en)?|gaden?|all[eé](?:en)?|stræde[t]?|straede[t]?|plads(?:en)?|torv(?:et)?|vænge[t]?|vaenge[t]?|"
    r"boulevard(?:en)?|blvd|esplanade[n]?|promenade[n]?)"
)
# Words of fields, woods and buildings as well as of streets: they count only with a house number, and with a capital
# letter or a word about living there.
_FIELD_ENDING = (
    r"(?:parken?|have[nr]?|haverne|bakken?|tofte?n?|ageren|agre|marken?|krogen?|lunden?|skrænten|skoven|kæret|højen|høj|"
    r"dalen|gården?|banken|brinken?|svinget|sving|buen|stien|kajen?|løkken|engen|kvarter|dyssen|åsen|holmen)"
)
_NUMBER_WORDS = (
    r"(?:(?:et\s)?hundrede(?:\sog\s\w+)?|(?:en|to|tre|fire|fem|seks|syv|otte|ni)og(?:tyve|tredive|fyrre|halvtreds|tres|halvfjerds|firs|halvfems)|to|tre|"
    r"fire|fem|seks|syv|otte|ni|ti|elleve|tolv|tretten|fjorten|femten|seksten|sytten|atten|nitten|tyve|tredive|fyrre)"
)
_NO_HOUSE = (
    r"(?!\s?(?:gange?|timer?|min|minutter|sek|dage?|uger?|måneder|år|kr|kroner|km|meter|m|mennesker|personer|stk|procent|"
    r"stykker|venner|piger|drenge|folk|steder|kilometer|og en halv|slags|forskellige|andre|elever|børn|unge)"
    r"\b|[.:/]?\d|\s?%)"
)
_REST = (
    rf"\s?,?\s?(?:nr\.?|nummer)?\s?(?:\d{{1,3}}(?!\d)\s?(?:[a-h]\b)?|{_NUMBER_WORDS}\b){_NO_HOUSE}"
    r"(?:\s?,?\s?(?:\d{1,2}|st|kld?)\.?\s?(?:sal)?\s?,?\s?(?:tv|th|mf)\b\.?)?"
    r"(?:\s?,?\s?(?:i\s)?\d{4}\s[^\W\d_]{2,20}(?:\s[a-zæøå]{1,2}\b)?)?"
)
_STREET = re.compile(rf"(?<![^\W_])(?P<street>[^\W\d_]{{0,24}}{_STREET_ENDING})\b(?P<rest>{_REST})?")
_FIELD = re.compile(rf"(?<![^\W_])(?P<street>[^\W\d_]{{3,24}}{_FIELD_ENDING})\b(?P<rest>{_REST})")
_POSTCODE = re.compile(r"(?<!\d)\d{4}\s[^\W\d_]{3,20}(?:\s(?:[cnsvøk]|sv|nv|nø|sø)\b)?")
_LIVING = re.compile(
    r"\b(?:bor|boede|flytter|flyttede|flyttet|adress\w+|ligger|hjem til mig|hjemme|kom til|opgang\w*|lejlighed\w*)\b"
)
_LIVING_REACH = 32
_NEAR = 60

# Words that end like a street, and the kinds of place that are none.
_NO_STREET = """
adgangsvej alle allé arbejdsplads arbejdspladsen blindgade boldplads boldpladsen brigade byggeplads campingplads
cykelvej dalle elevplads falle festplads festpladsen fodboldplads fodboldpladsen gade gaden genvej grusvej
gågade gågaden halle hjemvej hjemvejen hovedgade hovedvej kalle landevej landevejen legeplads legepladsen
losseplads lossepladsen luftvej luftvejen læreplads markedsplads mellemvej motorvej motorvejen omvej
parkeringsplads parkeringspladsen plads pladsen praktikplads praktikpladsen rasteplads rastepladsen
renovationsplads siddeplads sidegade sidevej skalle skolevej skolevejen skovvej stikvej stråvej studieplads torv
torvet uddannelsesplads udvej udvejen undervej vandvej vej vejen vejene vejret
"""
NO_STREET = frozenset(_NO_STREET.split())
_NO_FIELD = """
baggård baggården baghave baghaven bondegård bondegården børnehave børnehaven fodboldmark forhave forhøj
forlystelsespark gokartbane grusgraven havehave kolonihave koncertpark køkkenhave legepark nationalpark opmærken
skatepark skateparken skaterpark skaterparken skolegård skolegården tilhøj vandpark
"""
NO_FIELD = frozenset(_NO_FIELD.split())
# What may stand before the last word of a street's name, besides words with a capital.
_FIRST = "gl gammel gamle ny nye nørre sønder vester øster store lille sankt skt sct kong dronning prins h.c hc"
STREET_FIRST = frozenset(_FIRST.split())


def find(folded: Folded) -> Iterator[Span]:
    for match in _STREET.finditer(folded.text):
        start = _start(folded, match)
        if match["street"] in NO_STREET and start == match.start() and match["rest"]:
            start = _start_of_two_words(folded.text, match)
        named = match["street"] not in NO_STREET or start < match.start()
        if named and (match["rest"] or _is_about_living(folded.text, start)):
            yield folded.span(start, _end(match), "ADDRESS")
    for match in _FIELD.finditer(folded.text):
        is_marked = folded.is_capital(match.start()) or _is_about_living(folded.text, match.start())
        if match["street"] not in NO_FIELD and is_marked:
            yield folded.span(match.start(), _end(match), "ADDRESS")
    for match in _POSTCODE.finditer(folded.text):
        is_town = folded.is_capital(match.start() + 5) or match.group()[:2] not in {"19", "20"}
        if is_town and _is_about_living(folded.text, match.start()):
            yield folded.span(match.start(), match.end(), "ADDRESS")


def _start(folded: Folded, match: re.Match[str]) -> int:
    """Where the street's name begins: "Nørre Allé", "H.C. Andersens Boulevard", "gl. kongevej"."""
    start = match.start()
    for word in reversed(list(re.finditer(r"[^\s,!?;:]+", folded.text[max(0, start - _NEAR) : start]))[-3:]):
        begin = max(0, match.start() - _NEAR) + word.start()
        bare = word.group().rstrip(".")
        is_name = folded.is_capital(begin) and bare not in NOT_A_NAME and len(bare) > 1
        if folded.text[begin + len(word.group()) : start].strip(" ") or not (is_name or bare in STREET_FIRST):
            break
        start = begin
    return start


def _start_of_two_words(text: str, match: re.Match[str]) -> int:
    """Where "solsorte vej 12" begins after "jeg bor"; the place of "vej" if no such name stands there."""
    before = re.search(r"\b([^\W\d_]{4,24}) $", text[max(0, match.start() - _NEAR) : match.start()])
    if before and before[1] not in NOT_A_NAME and _is_about_living(text, match.start() - len(before.group())):
        return match.start() - len(before.group())
    return match.start()


def _is_about_living(text: str, place: int) -> bool:
    return bool(_LIVING.search(text[max(0, place - _LIVING_REACH) : place]))


def _end(match: re.Match[str]) -> int:
    return match.start() + len(match.group().rstrip(" ,."))
