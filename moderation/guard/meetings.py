"""Proposals to meet outside, and to write to each other elsewhere."""

import re
from collections.abc import Iterator

from moderation.guard.folding import Folded, Span


def _rule(*parts: str) -> re.Pattern[str]:
    """One pattern from its parts; a space in them is any white space."""
    return re.compile("".join(parts).replace(" ", r"\s"))


_SOON = r"(?:(?:ikke|ik|så|gerne|bare|to|evt\.?|måske|godt|lige|prøve at|snart|rigtig|faktisk|da) ){0,3}"
_TO_THE_END = r"[^.!?\n]{0,60}"
_APPS = (
    r"(?:sna?p(?:chat|pen)?|insta(?:gram)?|discord|tik ?tok|messenger|whats ?app|telegram|signal|facebook|fb|ig|kik|"
    r"sms|telefon(?:en)?|facetime|skype|en anden app|andre apps)"
)
_NUMBER = r"(?:nummer|nr|(?:telefon|mobil|tlf)\.?nummer|tlf|number|mail(?:adresse)?)"
_MEET = r"(?:mødes(?: op)?|møde (?:mig|hinanden|dig)|ses|hænge ud|meetes|meete|linke op|hygge sammen)"
_PLACE = (
    r"(?:ved|foran|nede ved|bag|"
    r"på (?:banegården|stationen|mc ?d\w*|café\w*|biblioteket|stranden|torvet|skaterbanen|legepladsen|rådhuspladsen)|"
    r"i (?:parken|byen|centret|centeret|storcentret|biffen|biografen|skoven|kælderen))"
)
_MEETUP = (
    _rule(
        r"\b(?:skal?|kan|ku|kunne|vil|må|lad|burde|hvad med at) (?:vi|du|os|i|nogen) ",
        _SOON,
        _MEET,
        r"\b",
        _TO_THE_END,
    ),
    _rule(r"\bvi (?:kan|ku|kunne|burde|skal|må) (?:jo |da |også )?", _SOON, _MEET, r"\b", _TO_THE_END),
    _rule(
        r"\b(?:jeg vil (?:rigtig |så |også )?gerne|(?:har du )?lyst til at|er du med på at) ",
        _SOON,
        r"(?:mødes|møde dig|ses|hænge ud)\b",
        _TO_THE_END,
    ),
    _rule(r"\b(?:mød|møder) (?:mig|dig) ", _PLACE, _TO_THE_END),
    _rule(
        r"\b(?:nogen|hvem|du|i)(?: her| fra \w+)? (?:der |som )?",
        r"(?:vil|kunne tænke sig at|frisk på at|har lyst til at|er klar på at) ",
        _SOON,
        r"(?:mødes|ses i virkeligheden|hænge ud)\b",
        _TO_THE_END,
    ),
    _rule(
        r"\bjeg (?:kan|vil|skal|kommer og) (?:gerne |godt |bare )?(?:hente|henter|besøge|besøger) dig\b", _TO_THE_END
    ),
    _rule(r"\bkom (?:hen |ned |over )?(?:til|på|ved) [^.!?\n]{2,30}? (?:kl\.?|klokken) ?\d{1,2}(?:[.:]\d\d)?"),
    _rule(
        r"\b(?:skal|kan|kunne|vil) (?:vi|du|i|nogen) ",
        _SOON,
        r"(?:tage|drikke|spise|snuppe|få) (?:en |et |noget )?(?:kop |tur )?",
        r"(?:kaffe|øl|burger|is|kakao|te|pizza|mcd\w*)\b",
        _TO_THE_END,
    ),
    _rule(
        r"\b(?:mødes|ses) (?:vi |bare |så )?",
        rf"(?:{_PLACE}|irl|i virkeligheden|face to face|uden ?for chatten)",
        _TO_THE_END,
    ),
    _rule(r"\bkom (?:(?:hjem|hen|ned|over|forbi|ud) )?(?:til mig|hos mig|og besøg mig|og mød mig)", _TO_THE_END),
    _rule(
        r"\b(?:kan|vil|skal|må) du ",
        _SOON,
        r"(?:komme (?:(?:hjem|hen|forbi) )?(?:(?:til|hos) )?mig|med? hjem|hente mig|sove hos mig)",
        _TO_THE_END,
    ),
    _rule(
        r"\bjeg (?:står|venter|sidder|er) (?:klar |alene |og venter )?(?:ved|foran|nede ved|uden ?for) ",
        r"[^.!?\n]{2,40}? (?:kl\.?|klokken) \d{1,2}(?:[.:]\d\d)?",
    ),
    _rule(
        r"\b(?:vil|skal|kan) (?:du|i|nogen|vi) ",
        _SOON,
        r"(?:med? (?:(?:en tur )?(?:i|til) (?:biografen|byen|tivoli|biffen|fest|koncert|stranden|parken))|"
        r"ses irl|snakke irl|"
        r"drikke (?:en )?(?:kaffe|øl) sammen|gå en tur (?:sammen|med mig)|tage (?:i byen|ud) sammen)",
        _TO_THE_END,
    ),
    _rule(r"\b(?:wanna|want to|can we|let'?s|could we|should we) (?:meet|hang out|meet up|link up)\b", _TO_THE_END),
    _rule(
        r"\b(?:hvor (?:\w+ ){0,2}?bor du\b(?: henne| præcist?)?|hvad er din adresse\b|del din lokation\b|"
        r"send (?:mig )?din (?:adresse|lokation|location|placering)\b)"
    ),
)
_ELSEWHERE = (
    _rule(
        r"\b(?:hvad? (?:er|hedder)|må jeg (?:lige |godt |gerne )?få|kan? jeg (?:lige |ikke )?få|send(?: mig)?|"
        r"giv(?: mig)?|kan du (?:ikke )?sende|what'?s|skal vi (?:ikke )?bytte|kan vi bytte|skriv) "
        r"(?:din|dit|your|jeres)? ?",
        rf"(?:{_APPS}|{_NUMBER})\b(?! (?:konto|streak))",
    ),
    _rule(
        r"\b(?:skriv(?:e)?|snakke?|skrives|dm) (?:bare |lige |gerne )?(?:til mig |med mig |sammen |ved )?",
        r"(?:privat(?! til (?:en )?(?:råd|voks|jer|personale))|i dm|på dm|i pb|et andet sted|",
        r"uden ?for (?:chatten|siden))",
    ),
    _rule(r"\bhvad? (?:hedder|kalder|er) (?:du|i) (?:dig )?(?:på|i) ", _APPS, r"\b"),
    _rule(r"\bhvad? er (?:dit|din) (?:brugernavn|username|gamertag|profil|user)\b"),
    _rule(rf"\bhar du (?:ikke )?(?:en |et )?(?:{_APPS}|nummer)(?:,| så| jeg kan| vi kan|\?|$)"),
    _rule(
        r"\b(?:skal|kan|ska|vil|kunne|må|lad) (?:vi|du|jeg|os) ",
        _SOON,
        r"(?:skrive|snakke|ringe|chatte|tale|adde|tilføje|facetime|snappe|skrives|følges|snakkes) ?",
        r"(?:(?:sammen|videre|hinanden|mig|dig|med mig|privat|til dig|til mig|ved) ){0,2}(?:på|over|via|i) ",
        _APPS,
        r"\b",
    ),
    _rule(r"\b(?:add|tilføj|adde|skriv til|dm|find|følg) (?:mig|me) (?:på|on|over|i) ", _APPS, r"\b"),
    _rule(
        r"\b(?:skriv|snakke?s?|skrives) (?:til mig |sammen |videre |ved )?(?:på|over|via) ", _APPS, " i stedet", r"\b"
    ),
)
_IN_THE_ROOM = _rule(
    r"\b(?:her ?inde|her i (?:chatten|gruppen|rummet)|i (?:gruppe)?chatten|online|på samrum|her igen|"
    r"næste chat|her næste)\b"
)
# Meeting people one knows, or help, is no proposal to somebody in the room.
_KNOWN_PEOPLE = _rule(
    r"\bmed (?:min|mine|hende|ham|dem|en|nogle|nogen|andre|folk|vores|klassen|psykolog\w*|kommunen|sagsbehandler\w*)\b"
)
_SEE = _rule(r"\bses (?:om|at|som|ofte|tydeligt|på mig|på ham|ned)\b")


def find(folded: Folded) -> Iterator[Span]:
    text = folded.text
    for pattern in _MEETUP:
        for match in pattern.finditer(text):
            said = match.group()
            if not (_IN_THE_ROOM.search(said) or _KNOWN_PEOPLE.search(said) or _SEE.search(said)):
                yield folded.span(match.start(), match.start() + len(said.rstrip()), "MEETUP")
    for pattern in _ELSEWHERE:
        for match in pattern.finditer(text):
            yield folded.span(match.start(), match.end(), "OTHER")
