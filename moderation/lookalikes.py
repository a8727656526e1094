"""Letters and digits that look alike, and characters that show nothing: what aliases, guard and crisis check share."""

import unicodedata
from functools import lru_cache


def _pairs(text: str) -> dict[str, str]:
    return {pair[0]: pair[1] for pair in text.split()}


# By the looks of the capital, for it is with a capital that names begin; small and capital must come out the same.
# With the Latin letters that no decomposition leads back to a to z.
_LIKE = _pairs(
    "αa βb γy εe ζz ηh ιi κk μm νn οo ρp σo ςo τt υy χx ωw ϲc ϳj ϻm "
    "аa вb еe ѕs іi јj кk мm нh оo рp сc тt уy хx ԁd ԍg ԛq ԝw һh ӏl ґr гr пn иn ьb яr бb зe шw ыb эe єe үy ёe їi ѡw ѵv "
    "օo սu ոn հh ցg յj զq տs լl "
    "øo łl đd ðd ħh ıi ȷj ĸk ŋn þp ſs ƒf ŧt ƙk ɓb ɗd ɖd ɛe ɔc əe ɣy ʋu ɐa ɑa ɒa ɡg ɩi ɪi ɯw ɹr ʇt ʌv ʍm ʎy "
    "ʀr ɴn ʟl ɢg ʜh ʙb ʏy ᴀa ᴄc ᴅd ᴇe ᴊj ᴋk ᴍm ᴏo ᴘp ᴛt ᴜu ᴠv ᴡw ᴢz"
)
_LONG = {"æ": "ae", "ǽ": "ae", "œ": "oe", "ß": "ss", "ẞ": "ss", "ю": "io", "ж": "x", "ф": "o"}
# "l" stands for everything that is one upright stroke.
_LEET = _pairs("0o 1l 2z 3e 4a 5s 6b 7t 8b 9g il |l !l @a $s €e £l")

# Drawn as nothing, though letters or marks to Unicode: fillers, variation selectors, invisible marks.
_FILLERS = frozenset("\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\ufeff") | {
    chr(code)
    for start, end in ((0x180B, 0x180F), (0xFE00, 0xFE0F), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF))
    for code in range(start, end + 1)
}


def is_invisible(char: str) -> bool:
    """Whether it shows nothing: default-ignorable, format, bidirectional control, filler."""
    return char in _FILLERS or unicodedata.category(char) == "Cf"


@lru_cache(maxsize=4096)
def base_letters(char: str) -> str:
    """The letters a to z that one character looks like, small; itself, without its marks, if it is like none."""
    small = char.casefold()
    if small in _LONG:
        return _LONG[small]
    bare = "".join(part for part in unicodedata.normalize("NFKD", small) if unicodedata.category(part) != "Mn")
    return "".join(_LONG.get(part) or _LIKE.get(part, part) for part in bare)


def skeleton(text: str) -> str:
    """What is left of a name when everything that looks alike is one: two names that look alike have the same.

    Case, accents, other alphabets' look-alikes, digits for letters, marks, spaces and punctuation make no difference.
    """
    letters = "".join(
        base_letters(char) for char in unicodedata.normalize("NFC", text) if char in _LEET or char.isalnum()
    )
    letters = "".join(_LEET.get(char, char) for char in letters)
    letters = letters.replace("vv", "w").replace("rn", "m").replace("aa", "a").replace("oe", "o")
    return letters
