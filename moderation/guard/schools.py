"""Which school somebody goes to. That there is a school, of which kind, and which class says nothing of who it is."""

import re
from collections.abc import Iterator

from moderation.guard.folding import Folded, Span
from moderation.guard.words import GIVEN, NOT_A_NAME

_SCHOOL = re.compile(
    r"(?<![^\W_])(?P<prefix>(?:[^\W\d_]+-)?[^\W\d_]{0,24}?)(?P<kind>-?(?:privat|fri|real|efter|kost|lille|special|høj|handels|"
    r"katedral|ungdoms|erhvervs|produktions|stats)?(?:skolen?|gymnasi(?:um|et|e))|college|klassecenter|universitet)\b"
)
_BEFORE = re.compile(r"[^\s,.!?;:()]+")
_GOES_TO = re.compile(
    r"\b(?:går|gik|gaar|elev|studerer|starter|startede|begynder|begyndte)\s"
    r"(?:i\s(?:skole|\d{1,2}\.?\s?(?:klasse|[a-f])|[123]\.?\s?g)\s)?"
    r"(?:på|paa|ved|hos)\s(?P<name>[^\W\d_][\w'-]{2,24}(?:\s[^\W\d_][\w'-]{2,24})?)"
)
_SCHOOL_IS = re.compile(
    r"\b(?:skolen?|gymnasi(?:um|et|e))\s(?:hedder|heder|er|:)\s?(?P<name>[^\W\d_][\w'-]{2,24}(?:\s[^\W\d_][\w'-]{2,24})?)"
)
_ATTENDS = re.compile(
    r"\b(?:går|gik|gaar|elev|studerer|starter|startede|begynder|læser|fra|hedder|nede|henne|skole:|skole(?:\s(?:er|hedder)))\b"
)
_CLASS = re.compile(r"\b(?:\d{1,2}\s?\.?\s?[a-fxyz]\b|\d{1,2}\.?\s?klasse|[123]\.?\s?(?:g|hf|htx|hhx)\b)")
_CITY = re.compile(r"\s(?:i|på)\s[^\W\d_]{3,}")

# Not what a school is called, but what kind it is.
_KINDS = """
aften bil billed bondegårds by børne dag danse den design distrikts drama drømme dumme efter efterskole en
erhvervs erhvervsefter flyve fodbold folke folkehøj for fri friluft gammel grund gym handels heldags helvedes
hjemme hunde hver hverdags høj idræt idræts idrætsefter idrætshøj inter internat journalisthøj kokke kommune
koran kost kunst kunsthøj køre land lands landsby lille lorte maler mellem min mode musik musikefter møg nabo
natur net ny overbygnings politi privat produktions prøve real ride sejler ski skov skuespil sommer special
sportsefter sprog stam stor super svømme syge sygepleje søndags teater teknisk test ud under ung ungdoms vores
"""
KINDS = frozenset(_KINDS.split())
_PLAIN = """
a af al alle alm alment almindelig anden andet andre arabisk at bare bedre bedste begge både da dansk danske de
dejlig dem den denne der deres det dig din dit droppede dropper droppet dumme dyr dyre dårlig dårlige efter
efterskole egen eget eller elsker en end endnu eneste enten er et fed fede fedt fin fine flere flyttet
folkeskole for fra fri fuck fucking før første gad gamle gammel gang gik god gode gymnasiet gå går hader ham han
hans har havde hele hen hendes henne her hf hjem hos hun hver hvilken hvis hvor hård i igen ikke ind inde ingen
international jeg jeres jo kan katolsk kedelig kendt kom kommer kommunal kristen lade lang lav lige ligesom
ligger lille lokal lokale lort lorte lærer man mange med mega meget mellem men mens mere mest min mine mit mod
muslimsk måske ned nede noget nogle normal ny nye nyt når nærmeste næste næsten offentlig og også om op oppe os
over paa presset privat privatskole på rigtig samme savner se sej seje seneste sidste sin sit skal skifte
skiftede skifter skiftet skole skolen slutte slutter snart som stadig start starte startede starter sted stor
store stx større super sur svær så sådan ta tage tager teknisk tidligere til tilbage to tre træls træt tysk ud
ude uden under valgte ved vi vil vildt vores vær være været år året
"""
PLAIN = frozenset(_PLAIN.split()) | NOT_A_NAME
_NO_SCHOOL = """
aftenskole alle antidepressiva arbejde bar barsel besøg bibliotek biblioteket bostedet byen cafe café dans
dansen danseskole discord diskotek druk efterskole efterskolen engelsk erhvervsskole eud eux facebook ferie fgu
fitness flere folkeskole folkeskolen fortnite fredag friskole friskolen fritidshjem gaden gymnasie gymnasiet
gymnasium handelsskole hf hg hhx hold htx højskole indkøb insta instagram institution institutionen internat
jagt job jobcenteret jobcentret klubben kommunen kompromis kostskole kurset kursus køreskole line linje linjen
loppemarked lørdag mandag mange matematik medicin minecraft museum musikskole nerverne nettet niveau onsdag
opdagelse opgaven opholdssted opholdsstedet orlov overlevelse piller privatgymnasium privatskole
produktionsskole psykolog reddit ridning ritalin roblox sabbatår samrum shopping skole skolehjem skolen snap
sosu specialklasse specialskole sprogskole stranden stx svømning søndag teknisk tekniskskole tiktok tirsdag to
toilettet torsdag tre trin træning tur tværs tysk ungdomsskole ungdomsskolen ungdomsuddannelse uni universitet
universitetet vejen vuc værtshus weekend youtube zumba
"""
NO_SCHOOL = frozenset(_NO_SCHOOL.split()) | PLAIN


def find(folded: Folded) -> Iterator[Span]:
    for match in _SCHOOL.finditer(folded.text):
        prefix = match["prefix"].rstrip("-")
        start: int | None
        if len(prefix) > 2 and prefix not in KINDS and prefix not in PLAIN:
            start = match.start()
        else:
            start = _name_before(folded, match, is_definite=match.group().endswith(("en", "et")))
        if start is not None:
            yield folded.span(start, match.end(), "SCHOOL")
    for pattern in (_GOES_TO, _SCHOOL_IS):
        for match in pattern.finditer(folded.text):
            end = _name_end(folded, match)
            if end:
                yield folded.span(match.start("name"), end, "SCHOOL")


def _name_before(folded: Folded, match: re.Match[str], *, is_definite: bool) -> int | None:
    """Where the name begins that stands before "skole" or "gymnasium"; None if there is none."""
    words = list(_BEFORE.finditer(folded.text, max(0, match.start() - 60), match.start()))[-3:]
    start = None
    for word in reversed(words):
        if folded.text[word.end() : match.start() if start is None else start] != " ":
            break
        if word.group() in PLAIN or word.group() in KINDS or any(char.isdigit() for char in word.group()):
            break
        is_capital = folded.is_capital(word.start()) and word.start() > 0
        attends = _ATTENDS.search(folded.text[max(0, word.start() - 25) : word.start()])
        if not ((is_capital and not is_definite) or attends) or _ATTENDS.fullmatch(word.group()):
            break
        start = word.start()
    return start


def _name_end(folded: Folded, match: re.Match[str]) -> int | None:
    """Where the name ends that follows "går på" or "min skole hedder"; None if none follows."""
    first, *others = match["name"].split(" ")
    start = match.start("name")
    if first in NO_SCHOOL or first in GIVEN or first in KINDS or len(first) < 3:
        return None
    says_class = _CLASS.search(folded.text[max(0, match.start() - 20) : match.end() + 20])
    is_called = "hed" in folded.text[match.start() : start]
    if not (folded.is_capital(start) or says_class or is_called):
        return None
    end = start + len(first)
    if others and folded.is_capital(end + 1) and others[0] not in PLAIN:
        end += 1 + len(others[0])
    return end
