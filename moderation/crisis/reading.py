"""A text as the crisis check reads it: sentences of plain words, spelled one way, in the letters a to z."""

import re
import unicodedata

from moderation.guard.folding import fold, joined

# In one reading; what is longer is read at its beginning and its end. A message has at most 1,000 code points.
LONGEST = 20_000

_LEET = str.maketrans("013457@$", "oleastas")
_MIXED = re.compile(r"(?<![a-zæøå013457@$])[a-zæøå013457@$]*[013457@$][a-zæøå013457@$]*")
_CENSORED = re.compile(r"(?<![a-zæøå])[a-zæøå]{1,20}[*#]{1,8}[a-zæøå]{0,20}")
_REPEATED = re.compile(r"([a-zæøå])\1{2,}")
_PAUSE = re.compile(r"\.{2,}")
_BREAK = re.compile(r"[.!?;:\n…|]+|[-–—]\s")
_NO_WORD = re.compile(r"[^\w\s]|_")
# Words that are written with a star in them, so that a filter does not see them.
_STARRED = [
    "selvmord",
    "selvmordstanker",
    "skærer",
    "skære",
    "dø",
    "død",
    "dræbe",
    "dræber",
    "hænge",
    "voldtaget",
    "voldtog",
]
_STARRED += ["voldtægt", "slår", "suicide", "kill", "killing", "die", "cutter", "cutte", "misbrug"]
_SLANG = {
    word: plain
    for plain, words in {
        "ikke": "ik ikk ikek iki ikkee ikker ej aldrig",
        "jeg": "jg jeh jeq jei jeeg jæ",
        "mere": "mer længere længer laengere laenger længre mere",
        "vil": "ville vill vl",
        "kan": "ka kn",
        "gider": "gir gidder gidr",
        "skal": "ska skl",
        "mig": "mi mej mg",
        "være": "vær vere vær'",
        "selvmord": "selvmor selvmrod selmord sewerslide",
        "selvmordstanker": "selvmorstanker selvmordstanke selvmordstankerne selvmordtanker selvmordsplaner",
        "taget": "taget tagede tagt",
        "nat": "natt nt",
        "orker": "orke magter magte overskuer",
        "want to": "wanna wanto",
        "going to": "gonna gona",
    }.items()
    for word in words.split()
}
# After slang: one spelling for those with and without æ, ø, å at hand.
_SPELLING = (("æ", "ae"), ("ø", "o"), ("å", "a"), ("oe", "o"), ("aa", "a"))


def sentences(text: str) -> list[str]:
    """Each as words with one space between them: "Jeg vil ik dø!!" is ["jeg vil ikke do"]."""
    if len(text) > LONGEST:
        text = f"{text[: LONGEST // 2]}\n{text[-LONGEST // 2 :]}"
    small = joined(fold(text)).text
    small = _CENSORED.sub(_uncensored, small)
    small = _MIXED.sub(_with_letters, small)
    small = _REPEATED.sub(r"\1", small)
    small = _PAUSE.sub(" ", small.replace("'", ""))
    return [plain for part in _BREAK.split(small) if (plain := _plain(part))]


def _with_letters(match: re.Match[str]) -> str:
    """ "s3lvm0rd" as it is meant; a number stays a number."""
    word = match.group()
    return word.translate(_LEET) if any(char.isalpha() for char in word) else word


def _plain(sentence: str) -> str:
    words = (_SLANG.get(word, word) for word in _NO_WORD.sub(" ", sentence).split())
    return respelled(" ".join(words))


def respelled(text: str) -> str:
    """In the letters a to z: with or without æ, ø, å at hand it comes out the same."""
    for letters, plain in _SPELLING:
        text = text.replace(letters, plain)
    bare = "".join(char for char in unicodedata.normalize("NFD", text) if unicodedata.category(char) != "Mn")
    return bare.replace("ı", "i")


def _uncensored(match: re.Match[str]) -> str:
    hidden = re.compile(re.sub(r"[*#]+", r"[^\\W\\d_]{1,6}", match.group()))
    return next((word for word in _STARRED if hidden.fullmatch(word)), match.group())
