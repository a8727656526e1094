"""Made-up pages of the demo's three cities, with a drawn picture."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from django.core.files.base import ContentFile
from django.db import transaction
from PIL import Image, ImageDraw

from accounts.faces import encode_picture
from accounts.models import Organization
from referrals import cities
from referrals.models import CityPage, CityVersion


@dataclass(frozen=True, slots=True)
class DemoCity:
    organization: str  # its slug
    code: str
    headline: str
    intro: str
    sky: str
    house: str


CITIES = (
    DemoCity(
        organization="demo-kommune",
        code="751",
        headline="Her er altid en dør på klem",
        intro="Opdigtet. Vi er dem, du møder i chatten og i Ungehuset. Du kan komme, som du er.\n\n"
        "Ved du ikke, hvor du skal starte? Skriv til os. Så finder vi ud af det sammen.",
        sky="#f3d9b1",
        house="#8a3b2a",
    ),
    DemoCity(
        organization="demo-kommune-odense",
        code="461",
        headline="Vi har tid til dig om aftenen",
        intro="Opdigtet. I Odense er chatten åben, når dagen er slut. Du skriver, og vi lytter.",
        sky="#c9def0",
        house="#2f5d50",
    ),
    DemoCity(
        organization="demo-kommune-kobenhavn",
        code="101",
        headline="Bussen holder, hvor du er",
        intro="Opdigtet. To gange om ugen holder vi på pladsen. Der er varm kakao og en voksen, der har tid.",
        sky="#e4d3ee",
        house="#374a7a",
    ),
)
ALT = "En tegning: fire huse på række, og i det ene er der lys i døren."


@transaction.atomic
def load_demo_cities(*, now: datetime) -> None:
    """May be repeated: a page that is there stays as people have made it."""
    for city in CITIES:
        house = Organization.objects.filter(slug=city.organization).first()
        is_taken = Organization.objects.filter(municipality_code=city.code).exclude(slug=city.organization).exists()
        if house is None or is_taken:
            continue
        if not house.municipality_code:
            house.municipality_code = city.code
            house.save(update_fields=["municipality_code"])
        if not CityPage.objects.filter(organization=house).exists():
            _make(city, house, now)


def _make(city: DemoCity, house: Organization, now: datetime) -> None:
    page = CityPage(organization=house, headline=city.headline, intro=city.intro, picture_alt=ALT, is_published=True)
    encoded = encode_picture(_drawn(city), size=cities.PICTURE_SIZE, most=cities.PICTURE_BYTES)
    page.picture.save(f"{secrets.token_hex(16)}.webp", ContentFile(encoded), save=False)
    page.full_clean()
    page.save()
    cities.record(page, CityVersion.What.BEGUN, by=None, now=now)


def _drawn(city: DemoCity) -> BytesIO:
    """Four houses in a row; light in the door of one."""
    picture = Image.new("RGB", cities.PICTURE_SIZE, city.sky)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 470, 960, 540), fill="#3d3a36")
    for number, height in enumerate((210, 270, 180, 240)):
        left = 40 + number * 225
        top = 470 - height
        draw.rectangle((left, top, left + 205, 470), fill=city.house)
        draw.polygon(((left - 10, top), (left + 215, top), (left + 102, top - 80)), fill="#2b2622")
        draw.rectangle((left + 78, 385, left + 127, 470), fill="#ffcf5a" if number == 1 else "#1e1b18")
        for window in (25, 135):
            draw.rectangle((left + window, top + 40, left + window + 45, top + 90), fill="#fff3d6")
    drawn = BytesIO()
    picture.save(drawn, "PNG")
    drawn.seek(0)
    return drawn
