"""Denmark's 98 municipalities: the official code of three digits and the name, in alphabetical order."""

from django.utils.translation import get_language
from django.utils.translation import gettext as _

# What people without our letters write, and what towns themselves have written.
FOLDED = str.maketrans({"æ": "ae", "ø": "o", "å": "aa", "é": "e"})

MUNICIPALITIES: dict[str, str] = {
    "580": "Aabenraa",
    "851": "Aalborg",
    "751": "Aarhus",
    "165": "Albertslund",
    "201": "Allerød",
    "420": "Assens",
    "151": "Ballerup",
    "530": "Billund",
    "400": "Bornholm",
    "153": "Brøndby",
    "810": "Brønderslev",
    "155": "Dragør",
    "240": "Egedal",
    "561": "Esbjerg",
    "430": "Faaborg-Midtfyn",
    "563": "Fanø",
    "710": "Favrskov",
    "320": "Faxe",
    "210": "Fredensborg",
    "607": "Fredericia",
    "147": "Frederiksberg",
    "813": "Frederikshavn",
    "250": "Frederikssund",
    "190": "Furesø",
    "157": "Gentofte",
    "159": "Gladsaxe",
    "161": "Glostrup",
    "253": "Greve",
    "270": "Gribskov",
    "376": "Guldborgsund",
    "510": "Haderslev",
    "260": "Halsnæs",
    "766": "Hedensted",
    "217": "Helsingør",
    "163": "Herlev",
    "657": "Herning",
    "219": "Hillerød",
    "860": "Hjørring",
    "316": "Holbæk",
    "661": "Holstebro",
    "615": "Horsens",
    "167": "Hvidovre",
    "169": "Høje-Taastrup",
    "223": "Hørsholm",
    "756": "Ikast-Brande",
    "183": "Ishøj",
    "849": "Jammerbugt",
    "326": "Kalundborg",
    "440": "Kerteminde",
    "621": "Kolding",
    "101": "København",
    "259": "Køge",
    "482": "Langeland",
    "350": "Lejre",
    "665": "Lemvig",
    "360": "Lolland",
    "173": "Lyngby-Taarbæk",
    "825": "Læsø",
    "846": "Mariagerfjord",
    "410": "Middelfart",
    "773": "Morsø",
    "707": "Norddjurs",
    "480": "Nordfyns",
    "450": "Nyborg",
    "370": "Næstved",
    "727": "Odder",
    "461": "Odense",
    "306": "Odsherred",
    "730": "Randers",
    "840": "Rebild",
    "760": "Ringkøbing-Skjern",
    "329": "Ringsted",
    "265": "Roskilde",
    "230": "Rudersdal",
    "175": "Rødovre",
    "741": "Samsø",
    "740": "Silkeborg",
    "746": "Skanderborg",
    "779": "Skive",
    "330": "Slagelse",
    "269": "Solrød",
    "340": "Sorø",
    "336": "Stevns",
    "671": "Struer",
    "479": "Svendborg",
    "706": "Syddjurs",
    "540": "Sønderborg",
    "787": "Thisted",
    "550": "Tønder",
    "185": "Tårnby",
    "187": "Vallensbæk",
    "573": "Varde",
    "575": "Vejen",
    "630": "Vejle",
    "820": "Vesthimmerlands",
    "791": "Viborg",
    "390": "Vordingborg",
    "492": "Ærø",
}


# Whoever lives there says "på": of islands, of peninsulas and of Frederiksberg; and what they call it.
WITH_ON = {"400": "Bornholm", "482": "Langeland", "360": "Lolland", "825": "Læsø", "773": "Mors"}
WITH_ON |= {"741": "Samsø", "492": "Ærø", "563": "Fanø", "147": "Frederiksberg", "336": "Stevns"}
# These names are the genitive of a landscape: nobody says them without the word that follows.
GENITIVES = {"480", "820"}
# As they stand in addresses.
SPELLED = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "é": "e", " ": "-"})
SLUGS: dict[str, str] = {name.casefold().translate(SPELLED): code for code, name in MUNICIPALITIES.items()}
ADDRESSES: dict[str, str] = {code: slug for slug, code in SLUGS.items()}


def where_in(code: str) -> str:
    """ "i Aarhus", "på Bornholm", "i Nordfyns Kommune"."""
    if code in GENITIVES:
        return _("in %(place)s Municipality") % {"place": MUNICIPALITIES[code]}
    if code in WITH_ON and get_language() != "en":
        return on_the(WITH_ON[code])
    return in_the(MUNICIPALITIES[code])


def in_the(place: str) -> str:
    return _("in %(place)s") % {"place": place}


def on_the(place: str) -> str:
    return _("on %(place)s") % {"place": place}


def find_municipalities(words: str) -> list[str]:
    """Codes of those whose name begins so, "år" as "aar"; else of those with a later word that does; else of the one
    whose genitive it is. At most eight."""
    wanted = _folded(words)
    if not wanted:
        return []
    names = {code: _folded(name) for code, name in MUNICIPALITIES.items()}
    beginning = [code for code, name in names.items() if name.startswith(wanted)]
    later = [code for code, name in names.items() if any(part.startswith(wanted) for part in name.split())]
    bare = [code for code, name in names.items() if name.replace("aa", "a").startswith(wanted)]  # "Arhus"
    return (_called(wanted, names) or beginning or later or bare or _called(wanted.removesuffix("s"), names))[:8]


def is_name_of_one(words: str) -> bool:
    """Whether a municipality is called exactly so, however it is spelled: "Århus", "Københavns Kommune"."""
    wanted, names = _folded(words), {code: _folded(name) for code, name in MUNICIPALITIES.items()}
    return bool(_called(wanted, names) or _called(wanted.removesuffix("s"), names))


def _called(wanted: str, names: dict[str, str]) -> list[str]:
    return [code for code, name in names.items() if name == wanted]


def _folded(words: str) -> str:
    for word in ("regionskommune", "kommune", "-"):
        words = words.casefold().replace(word, " ")
    return " ".join(words.split()).translate(FOLDED).replace("oe", "o")
