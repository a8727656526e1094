"""The national offers, as public sources stated them: drafts for the directory.

None has been checked since its source wrote. What no source stated is left out: never guess a number or hours here.
The texts are Danish, as the services are; they are data, not interface.
"""

from dataclasses import dataclass
from uuid import UUID, uuid5

from referrals import topics as t
from referrals.links import Kind

# An offer has the same id in every installation.
_IDS = UUID("5f0a3c1e-8a4b-4d0c-9b1f-2f6c7d1e4a90")


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    slug: str
    name: str
    organization: str
    of_municipality: bool = False
    description: str
    source: str
    source_date: str = ""
    for_whom: str = ""
    ages: tuple[int | None, int | None] = (None, None)
    channels: tuple[tuple[Kind, str], ...] = ()
    topics: tuple[str, ...] = ()
    hours: str = ""
    week: tuple[tuple[str, str, str], ...] = ()  # days as in RFC 5545, from, to: ("MO,TU", "16:00", "20:00")
    municipality: str = ""
    cost: str = ""
    passes_on: str = ""
    no_answer: str = ""
    always_open: bool = False
    is_crisis: bool = False
    is_anonymous: bool | None = None

    @property
    def id(self) -> UUID:
        return uuid5(_IDS, self.slug)


OFFERS: tuple[Offer, ...] = (
    Offer(
        slug="bornetelefonen",
        name="BørneTelefonen",
        organization="Børns Vilkår",
        description="Her kan du tale om alt. Du kan ringe, chatte eller skrive en sms.",
        for_whom="Børn og unge",
        channels=((Kind.PHONE, "116111"), (Kind.CHAT, "https://bornetelefonen.dk")),
        topics=(t.ANYTHING, t.SUICIDE, t.SELF_HARM, t.SAD, t.LONELY, t.FAMILY, t.VIOLENCE, t.ABUSE, t.BULLYING),
        hours="Hele døgnet",
        always_open=True,
        is_crisis=True,
        source="Ekstra Bladet 2021-11; B.T. 2022-12; Child Helpline International 2023",
        source_date="2023",
    ),
    Offer(
        slug="livslinien",
        name="Livslinien",
        organization="Livslinien",
        description="Tal med nogen, når du får tanker om at dø. Du kan også ringe, hvis du er urolig for en ven.",
        for_whom="Alle, der tænker på at dø, og dem tæt på",
        channels=((Kind.PHONE, "70201201"), (Kind.CHAT, "https://livslinien.dk")),
        topics=(t.SUICIDE,),
        hours="Hver dag kl. 11–19 (oplyst i 2015)",
        is_crisis=True,
        source="CPH Post 2015-10; Ekstra Bladet 2022",
        source_date="2022",
    ),
    Offer(
        slug="hort",
        name="Hørt",
        organization="Børns Vilkår",
        description="Et sted at skrive, når du har brug for at blive hørt. Der er chat og gruppechat.",
        for_whom="Unge",
        ages=(15, 24),
        topics=(t.ANYTHING, t.LONELY, t.SAD),
        hours="Chatten har åbent hele døgnet (oplyst i 2022)",
        source="B.T. 2022-03; Kristeligt Dagblad 2023",
        source_date="2023",
    ),
    Offer(
        slug="headspace",
        name="headspace",
        organization="headspace Danmark",
        description="Chat med dem, eller kom forbi et center. Der er 37 centre i landet.",
        for_whom="Unge",
        ages=(12, 25),
        channels=((Kind.CHAT, "https://headspace.dk"),),
        topics=(t.ANYTHING, t.LONELY, t.SAD, t.SCHOOL),
        source="headspace.dk",
        source_date="2025-03",
    ),
    Offer(
        slug="girltalk",
        name="GirlTalk",
        organization="GirlTalk",
        description="En chat, når noget er svært, og du vil skrive med en, der lytter.",
        for_whom="Piger og unge kvinder",
        channels=((Kind.CHAT, "https://girltalk.dk"),),
        topics=(t.LONELY, t.SAD, t.BODY),
        hours="Kl. 19–23 den dag, vi læste siden",
        source="girltalk.dk",
    ),
    Offer(
        slug="cyberhus",
        name="Cyberhus",
        organization="Center for Digital Pædagogik",
        description="Chat, brevkasse og forum. Flere kommuner har deres egen chat her.",
        for_whom="Børn og unge",
        ages=(9, 23),
        channels=((Kind.CHAT, "https://cyberhus.dk"),),
        topics=(t.ANYTHING, t.LONELY, t.SAD, t.FAMILY),
        hours="Gruppechat torsdag kl. 18–21 (oplyst i 2022)",
        source="cyberhus.dk",
        source_date="2022",
    ),
    Offer(
        slug="spiseforstyrrelser-og-selvskade",
        name="Foreningen Spiseforstyrrelser og Selvskade",
        organization="Foreningen Spiseforstyrrelser og Selvskade",
        description="Om mad, krop og selvskade. Du kan ringe, chatte, skrive en sms eller tale på video.",
        for_whom="Dig, det handler om, og dem tæt på",
        topics=(t.FOOD, t.SELF_HARM),
        hours="Chat på hverdage (oplyst i 2025)",
        source="welltica.dk 2025; B.T. 2024",
        source_date="2025",
    ),
    Offer(
        slug="psykiatrifonden",
        name="Psykiatrifonden",
        organization="Psykiatrifonden",
        description="Råd om psykisk sygdom. Du kan ringe eller chatte.",
        for_whom="Alle aldre",
        topics=(t.SAD,),
        source="welltica.dk",
    ),
    Offer(
        slug="red-raadgivning",
        name="RED Rådgivning",
        organization="RED",
        description="Hjælp, når familien vil styre dit liv, og det handler om ære.",
        channels=((Kind.WEB, "https://red-safehouse.dk"),),
        topics=(t.CONTROL, t.FAMILY, t.VIOLENCE),
        hours="Hele døgnet",
        always_open=True,
        is_crisis=True,
        source="red-safehouse.dk; aarhus.dk",
    ),
    Offer(
        slug="lev-uden-vold",
        name="Lev Uden Vold",
        organization="Lev Uden Vold",
        description="Ring, hvis en tæt på dig slår, truer eller styrer dig. Det er gratis.",
        channels=((Kind.PHONE, "1888"), (Kind.WEB, "https://levudenvold.dk")),
        topics=(t.VIOLENCE, t.CONTROL, t.FAMILY),
        hours="Hele døgnet",
        always_open=True,
        is_crisis=True,
        is_anonymous=True,
        source="levudenvold.dk",
        source_date="2023",
    ),
    Offer(
        slug="danner",
        name="Danner",
        organization="Danner",
        description="Hjælp til kvinder, der bliver slået, truet eller styret.",
        for_whom="Kvinder",
        channels=((Kind.PHONE, "33330047"), (Kind.WEB, "https://danner.dk")),
        topics=(t.VIOLENCE,),
        hours="Hele døgnet",
        always_open=True,
        is_crisis=True,
        source="danner.dk",
        source_date="2021-02",
    ),
    Offer(
        slug="sletdet",
        name="SletDet",
        organization="Red Barnet",
        description="Hjælp, når nogen deler billeder af dig eller truer dig på nettet. Du kan ringe eller chatte.",
        for_whom="Dig under 18",
        ages=(None, 17),
        channels=((Kind.WEB, "https://redbarnet.dk"),),
        topics=(t.ONLINE, t.ABUSE),
        source="redbarnet.dk",
    ),
    Offer(
        slug="alkolinjen",
        name="Alkolinjen",
        organization="Alkolinjen",
        description="Tal om det, når du selv eller en, du holder af, drikker for meget. Det er gratis.",
        channels=((Kind.PHONE, "80200500"),),
        topics=(t.DRINK, t.DRINK_AT_HOME),
        is_anonymous=True,
        source="Kristeligt Dagblad 2018; TV 2 2019",
        source_date="2019",
    ),
    Offer(
        slug="tuba",
        name="TUBA",
        organization="TUBA",
        description="Når en derhjemme drikker eller tager stoffer. Der er samtaler, grupper og chat.",
        ages=(14, 35),
        topics=(t.DRINK_AT_HOME, t.FAMILY),
        source="TUBA",
        source_date="2022",
    ),
    Offer(
        slug="sexlinien",
        name="Sexlinien",
        organization="Sex & Samfund",
        description="Spørg om krop, sex og kærester.",
        for_whom="Unge",
        channels=((Kind.WEB, "https://sexogsamfund.dk"),),
        topics=(t.BODY, t.GENDER),
        source="sexogsamfund.dk",
        source_date="2016",
    ),
    Offer(
        slug="exitcirklen",
        name="Exitcirklen",
        organization="Exitcirklen",
        description="Grupper for dig, som andre har styret eller gjort bange. Du melder dig til på siden.",
        channels=((Kind.WEB, "https://exitcirklen.dk"),),
        topics=(t.CONTROL, t.VIOLENCE),
        source="exitcirklen.dk",
    ),
    Offer(
        slug="mindhelper",
        name="Mindhelper",
        organization="Mindhelper",
        description="En side at læse på, når tanker og følelser fylder. Den kommer fra regionerne.",
        for_whom="Unge",
        channels=((Kind.WEB, "https://mindhelper.dk"),),
        topics=(t.SAD, t.LONELY, t.SCHOOL),
        source="mindhelper.dk",
    ),
)
