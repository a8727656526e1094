"""Which municipalities lie beside each other: where one can turn when one's own is closed.

Each pair stands once, under either of the two. Beside borders by land stand some across the water, where a bridge or a
ferry goes: an island without either would have nobody.
"""

from referrals.municipalities import MUNICIPALITIES

BESIDE = """
Frederikshavn: Hjørring Brønderslev Læsø
Hjørring: Brønderslev Jammerbugt
Jammerbugt: Brønderslev Aalborg Vesthimmerlands Thisted
Aalborg: Brønderslev Rebild Vesthimmerlands Mariagerfjord
Rebild: Vesthimmerlands Mariagerfjord
Vesthimmerlands: Mariagerfjord Viborg
Thisted: Morsø Struer Lemvig
Morsø: Skive
Viborg: Skive Holstebro Herning Ikast-Brande Silkeborg Favrskov Randers Mariagerfjord
Holstebro: Skive Struer Lemvig Herning Ringkøbing-Skjern
Struer: Lemvig
Herning: Ringkøbing-Skjern Billund Ikast-Brande
Silkeborg: Ikast-Brande Favrskov Skanderborg Horsens
Skanderborg: Favrskov Aarhus Odder Horsens
Aarhus: Favrskov Syddjurs Odder Samsø
Randers: Mariagerfjord Favrskov Syddjurs Norddjurs
Syddjurs: Favrskov Norddjurs
Samsø: Odder Kalundborg
Horsens: Odder Hedensted Ikast-Brande
Vejle: Hedensted Ikast-Brande Billund Vejen Kolding Fredericia
Hedensted: Ikast-Brande
Billund: Ikast-Brande Ringkøbing-Skjern Varde Vejen
Varde: Ringkøbing-Skjern Vejen Esbjerg
Esbjerg: Fanø Vejen Haderslev Tønder
Kolding: Fredericia Vejen Haderslev
Haderslev: Vejen Tønder Aabenraa
Aabenraa: Tønder Sønderborg
Middelfart: Fredericia Nordfyns Assens
Nordfyns: Assens Odense
Odense: Assens Faaborg-Midtfyn Kerteminde
Faaborg-Midtfyn: Assens Kerteminde Nyborg Svendborg
Nyborg: Kerteminde Svendborg Slagelse
Langeland: Svendborg Lolland
Ærø: Svendborg Langeland Faaborg-Midtfyn Sønderborg
Kalundborg: Odsherred Holbæk Sorø Slagelse
Holbæk: Odsherred Lejre Ringsted Sorø
Slagelse: Sorø Næstved
Næstved: Sorø Ringsted Faxe Vordingborg
Ringsted: Sorø Lejre Køge Faxe
Faxe: Køge Stevns Vordingborg
Guldborgsund: Vordingborg Lolland
Køge: Stevns Lejre Roskilde Solrød Bornholm
Roskilde: Lejre Solrød Greve Høje-Taastrup Egedal
Greve: Solrød Ishøj Høje-Taastrup
Frederikssund: Lejre Egedal Allerød Hillerød Halsnæs
Gribskov: Halsnæs Hillerød Fredensborg Helsingør
Fredensborg: Helsingør Hillerød Allerød Hørsholm
Allerød: Hillerød Hørsholm Rudersdal Furesø Egedal
Rudersdal: Hørsholm Furesø Lyngby-Taarbæk
Furesø: Lyngby-Taarbæk Gladsaxe Herlev Ballerup Egedal
Albertslund: Egedal Ballerup Glostrup Brøndby Vallensbæk Høje-Taastrup
Ishøj: Vallensbæk Høje-Taastrup
Vallensbæk: Brøndby Høje-Taastrup
Egedal: Ballerup Høje-Taastrup
Glostrup: Ballerup Herlev Rødovre Brøndby
Herlev: Ballerup Gladsaxe Rødovre København
Rødovre: Brøndby Hvidovre København
Hvidovre: Brøndby København
Gladsaxe: Lyngby-Taarbæk Gentofte København
Gentofte: Lyngby-Taarbæk København
København: Frederiksberg Tårnby
Tårnby: Dragør
Odsherred: Halsnæs
Halsnæs: Hillerød
"""


def _read(table: str) -> dict[str, list[str]]:
    codes = {name: code for code, name in MUNICIPALITIES.items()}
    beside: dict[str, list[str]] = {code: [] for code in MUNICIPALITIES}
    for line in table.strip().splitlines():
        name, others = line.split(": ")
        for other in others.split():
            beside[codes[name]].append(codes[other])
            beside[codes[other]].append(codes[name])
    return beside


NEIGHBOURS = _read(BESIDE)


def nearness(*codes: str, friends: list[str]) -> dict[str, int]:
    """The rank of each city near these: those they work together with as they have chosen them, then all neighbours
    alike. Where two rank alike, whatever is first in time goes first."""
    chosen = list(dict.fromkeys(code for code in friends if code not in codes))
    neighbours = {other for code in codes for other in NEIGHBOURS.get(code, ()) if other not in codes}
    return dict.fromkeys(neighbours, len(chosen)) | {code: rank for rank, code in enumerate(chosen)}
