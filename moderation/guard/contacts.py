"""Mail addresses, links and the names people go by elsewhere, also when they are spelled out."""

import re
from collections.abc import Iterator

from moderation.guard.folding import Folded, Span
from moderation.guard.words import NOT_A_HANDLE, OWN_WORDS

# Mail -----------------------------------------------------------------------------------------------------------

_DOT = r"(?:\s*[(\[{]?\s*(?:\.|punktum|punkt|prik|dot)\s*[)\]}]?\s*)"
_AT = (
    r"(?:\s*(?:@|[(\[{]\s*(?:at|a|snabel[ -]?a|@)\s*[)\]}]|snabel[ -]?a|kr[øo]lle[ -]?a|alfa[ -]?kr[øo]lle|"
    r"\ba-?t-?\b(?=.{1,30}(?:dot|punktum|prik)))\s*)"
)
_PROVIDER = r"(?:gmail|g-mail|hotmail|outlook|live|yahoo|icloud|mail|jubii|proton(?:mail)?|msn|ofir|skolekom|edu)"
_TLD = r"(?:dk|com|net|org|se|no|de|eu|nu|me|io|gl|fo|uk|info)"
_LOCAL = r"(?<![\w.+%-])[\w.+%-]{1,64}(?:\s(?:punktum|prik|dot|underscore|bindestreg|streg)\s[\w+%-]{1,64}){0,4}"
_MAIL = [
    re.compile(r"(?<![\w.+%-])[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{2,63}){1,4}"),
    re.compile(rf"{_LOCAL}{_AT}[\w-]{{1,40}}{_DOT}(?:[\w-]{{2,20}}{_DOT})?{_TLD}\b"),
    re.compile(rf"{_LOCAL}{_AT}{_PROVIDER}\b(?:{_DOT}{_TLD}\b)?"),
    re.compile(
        rf"(?<![\w.+%-])[\w.+%-]{{2,64}}\s(?:på\s)?(?:gmail|hotmail|outlook|icloud|yahoo){_DOT}?\s?(?:com|dk)\b"
    ),
    re.compile(
        r"\b(?:e-?)?mail(?:adresse)?n?\s?(?:er|:)\s?[\w.+%-]{3,64}\s(?:på\s)?(?:gmail|hotmail|outlook|icloud)\b"
    ),
]

# Links ----------------------------------------------------------------------------------------------------------

_URL = re.compile(r"\b(?:h(?:tt|xx)ps?\s?:\s?/\s?/\s?|www\s?\.\s?)[^\s<>\"]{2,200}")
# Endings that are no Danish or English word; "det var fint.de kom" is a sentence.
_SURE_ENDING = (
    r"(?:dk|com|net|org|gg|io|eu|ly|xyz|ru|uk|fr|nl|pl|ca|gl|fo|app|dev|site|shop|blog|link|club|co|page|live)"
)
_BARE = re.compile(rf"(?<![\w.@%+-])(?:[\w-]{{1,63}}\.){{1,4}}{_SURE_ENDING}\b(?!\.?\w*@)(?:/[^\s<>\"]{{0,200}})?")
_BARE_WITH_PATH = re.compile(
    r"(?<![\w.@%+-])(?:[\w-]{2,63}\.){1,4}(?:me|se|no|de|to|be|nu|is|in|it|us|tv|chat|info)/[\w@][^\s]{0,200}"
)
_SHORTENERS = re.compile(
    r"(?<![\w.@-])(?:t\.me|wa\.me|youtu\.be|linktr\.ee|m\.me|snap(?:chat)?\.com|vm\.tiktok\.com)\b[^\s]{0,200}"
)
_SPELLED = re.compile(
    rf"(?<![\w.@-])[\w-]{{2,63}}(?:\s?[(\[]\s?(?:punktum|prik|dot|\.)\s?[)\]]\s?|\s(?:punktum|prik|dot|punkt)\s|\s\.\s){_SURE_ENDING}\b"
)
_INVITES = re.compile(
    r"\bdiscord(?:app)?\s?(?:\.gg|\.com/invite|server(?:en)?(?:s)? (?:link|kode))\s?[/:]?\s?[\w-]{0,30}"
)
# Where everybody goes; the name alone of such a place leads to nobody.
_PUBLIC = """
dr.dk tv2.dk youtube.com google.com google.dk wikipedia.org netflix.com borger.dk sundhed.dk ug.dk su.dk
dsb.dk rejseplanen.dk aula.dk lectio.dk studieguiden.dk spotify.com minecraft.net roblox.com tv2play.dk dba.dk
"""
PUBLIC_HOSTS = frozenset(_PUBLIC.split())
_TRAILING = ".,;:!?)]}'\"»”…"

# Names elsewhere ------------------------------------------------------------------------------------------------

_PLATFORM = (
    r"(?:sn[aæ@4]?p(?:chat|pen)?|sc|👻|[i1]nst[a@4](?:gram|en)?|ig|tik\s?tok|tt|discord|dc|kik|facebook|fb|messenger|telegram|whats\s?app|"
    r"signal|steam|xbox|psn|playstation|roblox|twitch|reddit|yubo|bereal|twitter|wizz|tinder|vsco|threads|skype|"
    r"fortnite|minecraft|valorant|epic|gamertag)"
)
_NAME = r"@?\w(?:[\w.#-]{1,38}\w)(?:\s(?:underscore|understreg|punktum|prik|bindestreg)\s[\w.]{1,20}){0,2}"
_TOLD = re.compile(
    rf"(?<![^\W_])"
    rf"{_PLATFORM}(?:'?s)?(?:\s?(?:navn|brugernavn|username|user|id|tag|konto|profil))?(?:et)?\s?"
    rf"(?P<link>er|hedder|heder|is|:|=|->|→|-)\s?(?:bare\s|jo\s|også\s)?(?P<name>{_NAME})"
)
_ADD_ME = re.compile(
    rf"\b(?:add|adde|adder|tilføj|følg|find|skriv|dm|søg|kontakt)(?:\s?(?:til|efter))?(?:\s?(?:mig|me|os))?"
    rf"(?:\s?(?:på|on|over|via|i|gerne|bare)){{0,3}}\s{_PLATFORM}(?:en|et)?\s?[:,-]?\s?"
    rf"(?:jeg hedder\s|under\s|som\s)?(?P<name>{_NAME})"
)
_ON = re.compile(
    rf"\b(?:hedder|heder|er|add|adde|tilføj|følg|find|søg|skriv til|søg efter|som)(?:\smig)?[:,]?\s(?P<name>{_NAME})\s"
    rf"(?:på|on|i)\s(?:min\s|mit\s)?{_PLATFORM}\b"
)
_BARE_TOLD = re.compile(
    rf"(?:^|[\n,;.(]|[^\w\s,.;@-])\s?(?:min\s|mit\s)?{_PLATFORM}\s(?P<name>{_NAME})\s?(?:$|[\n,;.!)])"
)
_ITS_MINE = re.compile(rf"(?<![\w.@])(?P<name>{_NAME})\s(?:er|is)\s(?:min|mit|my)\s{_PLATFORM}\b")
_ON_IT = re.compile(rf"\bpå\s{_PLATFORM}\s(?:er|hedder)\sjeg\s(?P<name>{_NAME})")
_ODD = re.compile(r"\bhedder\s(?P<name>[a-zæøå]\w+[._\d][\w.]*\w)")
_USER = re.compile(
    rf"\b(?:brugernavn|username|gamertag|bruger ?id|friend code|venskode)(?:et)?\s?(?:er|is|:|=)\s?(?P<name>{_NAME})"
)
_DISCORD = re.compile(r"(?<![\w#])[\w.]{2,32}#\d{4}(?!\w)")
_AT_NAME = re.compile(r"(?<![\w.@+-])@\s?(?P<name>[a-z0-9_](?:[\w.]{1,28}[\w]))(?![\w@])")
_CONTACT_CUE = re.compile(
    rf"\b(?:{_PLATFORM}|skriv til mig|find mig|følg|add|adde|tilføj|dm|jeg hedder|brugernavn|profil|mig er|min er)\b"
)


def find(folded: Folded) -> Iterator[Span]:
    text = folded.text
    if "@" in text or re.search(r"snabel|kr[øo]lle|[(\[{]\s*a|mail|hotmail|outlook|icloud|yahoo|\bat\b", text):
        for pattern in _MAIL:
            for match in pattern.finditer(text):
                yield folded.span(match.start(), _end(match), "EMAIL")
    for pattern in (_URL, _BARE, _BARE_WITH_PATH, _SHORTENERS, _SPELLED, _INVITES):
        for match in pattern.finditer(text):
            if not _is_public(match.group()):
                yield folded.span(match.start(), _end(match), "LINK")
    yield from _handles(folded)


def host_of(link: str) -> str:
    """The host of a link or mail address as it was written: "https://www.Tilbud.example/x" is "tilbud.example"."""
    link = re.sub(r"\s?[(\[]?\s?\b(?:punktum|punkt|prik|dot)\b\s?[)\]]?\s?", ".", link)
    link = re.sub(r"[\s()\[\]]", "", link).rstrip(_TRAILING).lower()
    host = re.split(r"[/?#]", re.sub(r"^h(?:tt|xx)ps?:/+", "", link), maxsplit=1)[0]
    return host.rsplit("@", 1)[-1].split(":")[0].removeprefix("www.")


def _is_public(link: str) -> bool:
    return host_of(link) in PUBLIC_HOSTS and "/" not in link.rstrip("/").removeprefix("https://").removeprefix(
        "http://"
    )


def _handles(folded: Folded) -> Iterator[Span]:
    text = folded.text
    for match in _DISCORD.finditer(text):
        yield folded.span(match.start(), match.end(), "HANDLE")
    for match in _AT_NAME.finditer(text):
        if _is_elsewhere(match, text):
            yield folded.span(match.start(), match.end(), "HANDLE")
    for pattern in (_TOLD, _ADD_ME, _ON, _ON_IT, _ITS_MINE, _ODD, _BARE_TOLD, _USER):
        for match in pattern.finditer(text):
            if _is_handle(match, text):
                yield folded.span(match.start("name"), match.end("name"), "HANDLE")


def _is_elsewhere(match: re.Match[str], text: str) -> bool:
    """Whether "@name" is a name elsewhere, and not a word to somebody in the room ("@kaffekop du har ret")."""
    name = match["name"]
    if re.search(r"[\d_.]", name):
        return True
    if name in OWN_WORDS:
        return False
    alone = match.start() == 0 and match.end() == len(text)
    return alone or bool(_CONTACT_CUE.search(text[max(0, match.start() - 60) : match.start()]))


def _is_handle(match: re.Match[str], text: str) -> bool:
    name = match["name"].removeprefix("@")
    if name in NOT_A_HANDLE or name in OWN_WORDS or len(name) < 3:
        return False
    if re.search(r"[\d_.# ]", name):
        return True
    link = match.groupdict().get("link")
    if link in {":", "=", "->", "→", "hedder", "heder"}:
        return True
    # A plain word after "is": a name only where the sentence ends, and if it has no ending of an adjective.
    ends_here = not re.match(r"\s?[\w]", text[match.end("name") :])
    return len(name) > 4 and ends_here and not re.search(r"(?:et|ede|ig|igt|sk|som|fuld|ende|løs|løst|bar)$", name)


def _end(match: re.Match[str]) -> int:
    return match.start() + max(1, len(match.group().rstrip(_TRAILING + " ")))
