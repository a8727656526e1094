"""Which words are names, and which are not though they stand where a name would."""

from moderation import words_da
from moderation.guard import names_da

GIVEN = frozenset(names_da.GIVEN.split())
ALSO_WORDS = frozenset(names_da.ALSO_WORDS.split())
# A given name in small letters that can be nothing else.
SURE_GIVEN = GIVEN - ALSO_WORDS
SURNAMES = frozenset(names_da.SURNAMES.split())
FAMOUS = frozenset(" ".join(name.split()) for name in names_da.FAMOUS.split(","))

# What this site suggests as aliases is nobody's name.
OWN_WORDS = frozenset(
    f"{words_da.ADJECTIVES.replace('/', ' ')} {words_da.COMMON_NOUNS} {words_da.NEUTER_NOUNS}".split()
)

_NOT_A_NAME = """
a alene alle alt altid altså an and anderledes andet anonym at atten bad bange bare bedre bi blot but både da
dansk dansker de dem den der deres det dig din dit dreng du dum efter efternavn egentlig egentligt eller
elleve en enig ensom er et faktisk femten fine fint fjorten for fordi forelsket forresten forskelligt fra
frivilligt from fx færdig før gay god godt good hader haha ham han har hej hemmeligt hende her here herinde
herude hetero hinanden homo hos hun hvad hvem hvis hvor hvordan i igen ikk ikk' ikke in ingen ingenting intet
ja jeg jo just kan ked klar kristen kun kvinde kæreste lesbisk lige ligegyldigt ligesom like lol man mand
mange me med meget men mens mere mig min mine mit mon mor muslim my må nej nemlig new nitten nogen noget nogle
nok nonbinær normalt not nu ny når næsen næsten og også ok okay om omg on op os pige på sad samme seksten selv
sgu sig sikkert sin single sjovt snart so som somalier sorry stadig sur syg syrer sytten så sådan tak teenager
the til tired tit to tolv trans tretten tror træt tyrker tyve ud ude uden underligt ung var ved vel vi vil
vild virkelig virkeligt vist vores vred være xd your åh ærligt øh
"""
NOT_A_NAME = frozenset(_NOT_A_NAME.split())

_NOT_A_HANDLE = """
aften aftenen alligevel app appen bedste besked beskeder billede billeder blevet bot bror bruge bruger bruges
dag dage dagen deaktiveret dem denne dette discord dumt dårlig død eneste engang facebook fake far farligt fed
fjernet folk fucking fuld fyldt følger først gang gange gider giftigt god gruppe gruppen grupper hacket hele
helt historie hver hvilket hvorfor idag igår imorgen insta instagram kedelig klassen konto kontoer laver
ligger logget lort lukket lærer mange map maps mega mobning mor morgen nede nederen nogen noget nørdet pinligt
plus premium privat profil profiler ret rigtig score sender senere ser server servere sidst sjov sjovt skole
skriver slettet slukket snap snapchat spil spiller spillet stedet story streak streaks super søster tid tiktok
timer træls ven venner vennerne video videoer vigtig vigtigt vildt væk værste åben
"""
NOT_A_HANDLE = NOT_A_NAME | frozenset(_NOT_A_HANDLE.split())
