"""Made-up services for the demo: marked by their names, and with nothing that can be called or visited."""

from referrals import topics as t
from referrals.links import NO_NUMBER, Kind
from referrals.national import Offer

SOURCE = "Opfundet til demoen"

OFFERS: tuple[Offer, ...] = (
    Offer(
        slug="demo-nattelinjen",
        name="Demo: Nattelinjen",
        organization="Demo Forening",
        description="Opdigtet. Her kunne du ringe eller skrive, når alt er svært, også midt om natten.",
        for_whom="Alle unge",
        channels=((Kind.PHONE, NO_NUMBER), (Kind.CHAT, "https://nattelinjen.example")),
        topics=(t.ANYTHING, t.SUICIDE, t.SELF_HARM, t.SAD, t.LONELY),
        hours="Hele døgnet",
        always_open=True,
        is_crisis=True,
        is_anonymous=True,
        source=SOURCE,
    ),
    Offer(
        slug="demo-kommunens-chat",
        name="Demo: Kommunens chat",
        organization="Demo Kommune",
        of_municipality=True,
        description="Opdigtet. Her kunne du skrive med én rådgiver, kun I to.",
        for_whom="Unge i kommunen",
        ages=(12, 24),
        channels=((Kind.CHAT, "https://chat.demo-kommune.example"),),
        topics=(t.ANYTHING, t.FAMILY, t.SCHOOL, t.MONEY),
        hours="Mandag til torsdag kl. 16–20",
        is_anonymous=True,
        source=SOURCE,
    ),
    Offer(
        slug="demo-ungehuset",
        name="Demo: Ungehuset",
        organization="Demo Kommune",
        of_municipality=True,
        description="Opdigtet. Et hus, hvor du kunne komme forbi, drikke te og tale med en voksen.",
        for_whom="Unge i kommunen",
        ages=(13, 25),
        channels=((Kind.VISIT, "Opfundet Gade 1, Demoby"), (Kind.SMS, NO_NUMBER)),
        topics=(t.LONELY, t.SCHOOL, t.MONEY),
        hours="Hverdage kl. 14–18",
        source=SOURCE,
    ),
)
