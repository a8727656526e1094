"""The boards that a new forum begins with: the themes that the young of the trial in Aarhus brought up themselves."""

from collections.abc import Iterable

from django.db import transaction

from accounts.models import Organization
from forum.models import Board, Letterbox
from referrals import topics
from referrals.models import Topic as Need

# Danish name, English name, Danish words, English words, related need
THEMES: tuple[tuple[str, str, str, str, str], ...] = (
    (
        "Venner",
        "Friends",
        "Når det er godt, når det gør ondt, og når der ikke er nogen.",
        "When it is good, when it hurts, and when there is nobody.",
        topics.ANYTHING,
    ),
    (
        "Familie",
        "Family",
        "Om dem derhjemme, på godt og ondt.",
        "About those at home, the good and the bad.",
        topics.FAMILY,
    ),
    (
        "Kærlighed",
        "Love",
        "Forelsket, kærester, slut, og alt det midt imellem.",
        "In love, together, over, and all that is in between.",
        topics.BODY,
    ),
    (
        "Krop",
        "Body",
        "Hvordan den ser ud, hvordan den føles, og hvad man må.",
        "How it looks, how it feels, and what is okay.",
        topics.BODY,
    ),
    (
        "Alene",
        "Lonely",
        "Når man er ensom, også midt i en klasse.",
        "When you feel lonely, even in the middle of a class.",
        topics.LONELY,
    ),
    (
        "Mobning",
        "Bullying",
        "På skolen, på nettet, og når man selv har været med.",
        "At school, online, and when you took part yourself.",
        topics.BULLYING,
    ),
    (
        "Sorg",
        "Grief",
        "Når nogen er døde, flyttet eller bare ikke er den samme mere.",
        "When somebody has died, moved away or is not the same any more.",
        topics.GRIEF,
    ),
    (
        "At være god nok",
        "Being good enough",
        "Selvværd, pres, karakterer og at sammenligne sig.",
        "Self-worth, pressure, grades and comparing yourself.",
        topics.SAD,
    ),
    (
        "Tunge tanker",
        "Heavy thoughts",
        "Når det er mørkt. Her læser vi med ekstra omhu.",
        "When it is dark. Here we read with special care.",
        topics.SUICIDE,
    ),
    (
        "Kultur og forventninger",
        "Culture and expectations",
        "Når der er forskel på det, de vil, og det, du vil.",
        "When what they want and what you want is not the same.",
        topics.CONTROL,
    ),
    (
        "Skole og fremtid",
        "School and future",
        "Eksamen, fravær, uddannelse, job og ikke at vide det.",
        "Exams, absence, education, jobs and not knowing.",
        topics.SCHOOL,
    ),
    (
        "Alt det andet",
        "Everything else",
        "Det, der ikke passer ind nogen steder.",
        "What fits in nowhere.",
        topics.ANYTHING,
    ),
)


@transaction.atomic
def make_boards(organizations: Iterable[Organization]) -> list[Board]:
    """The boards of the whole country, read by these organisations. Those that exist already stay as they are."""
    houses = list(organizations)
    needs = {need.code: need for need in Need.objects.all()}
    boards = []
    for position, (name, name_en, about, about_en, code) in enumerate(THEMES, start=1):
        board, is_new = Board.objects.get_or_create(
            municipality_code="",
            name=name,
            defaults={
                "name_en": name_en,
                "about": about,
                "about_en": about_en,
                "need": needs.get(code),
                "position": position,
                "reads_everyone_first": code == topics.SUICIDE,
            },
        )
        if is_new:
            board.organizations.set(houses)
        boards.append(board)
    return boards


@transaction.atomic
def make_letterbox(organizations: Iterable[Organization]) -> Letterbox:
    """The letterbox of the whole country. One that exists already stays as it is."""
    box, is_new = Letterbox.objects.get_or_create(
        municipality_code="",
        name="Brevkassen",
        defaults={
            "name_en": "The letterbox",
            "about": "Rådgivere, der har snakket med mange unge. De svarer dig personligt.",
            "about_en": "Counsellors who have talked with many young people. They answer you personally.",
        },
    )
    if is_new:
        box.organizations.set(organizations)
    return box
