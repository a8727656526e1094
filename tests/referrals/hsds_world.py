"""A directory that has everything the open data can tell, and everything it must not."""

from datetime import date, time
from decimal import Decimal

from accounts.models import Organization
from referrals import services
from referrals.models import Location, Service, Topic
from tests.referrals.conftest import TODAY, MakeService

SECRET_STREET = "Skjultgade"


def everything(make: MakeService, town: Organization) -> Service:
    """One shown service in a town, with every kind of row."""
    services.load_topics()
    service = make(
        organization=town,
        name="Huset på Åen",
        description="Kom forbi, eller skriv.",
        eligibility_description="Unge i Aarhus",
        minimum_age=13,
        maximum_age=25,
        is_anonymous=True,
        municipality_code="751",
        url="https://huset.example.dk/om",
        fees_description="Gratis",
        languages="da,en",
        duty_text="Vi siger det til dig først.",
        no_answer_text="Vi ringer op igen.",
        hours_text="I ferien ringer vi tilbage.",
        alert="Lukket i uge 42.",
        on_holidays="sunday",
        channels=(
            ("phone", "86123456"),
            ("sms", "1212"),
            ("chat", "https://chat.huset.example.dk"),
            ("web", "https://huset.example.dk"),
            ("mail", "hej@huset.example.dk"),
            ("mail", "post@huset.example.dk"),
            ("visit", "Åboulevarden 1"),
        ),
    )
    service.topics.set(Topic.objects.filter(code__in=["t04", "t16"]))
    service.schedules.create(byday="MO,TU", opens_at=time(16), closes_at=time(20), notes="Ring på")
    service.schedules.create(byday="FR,SU", opens_at=time(22), closes_at=time(2))
    service.schedules.create(freq="MONTHLY", byday="1WE,-1SA", opens_at=time(20), closes_at=time(1))
    service.schedules.create(
        byday="TH", interval=2, opens_at=time(10), closes_at=time(0), valid_from=TODAY, valid_to=date(2027, 6, 1)
    )
    service.special_days.create(first_day=date(2026, 12, 27), last_day=date(2026, 12, 29), note="Juleferie")
    service.special_days.create(
        first_day=date(2026, 12, 31), last_day=date(2026, 12, 31), opens_at=time(18), closes_at=time(3)
    )
    open_place = Location.objects.create(
        organization=town,
        name="Huset",
        address_1="Åboulevarden 1",
        postal_code="8000",
        city="Aarhus C",
        latitude=Decimal("56.15674"),
        longitude=Decimal("10.21076"),
        transportation="Letbanen standser lige ved",
        accessibility="Elevator",
    )
    hidden = Location.objects.create(
        organization=town, name="Det trygge sted", is_hidden=True, accessibility=f"Rampe fra {SECRET_STREET}"
    )
    service.at_locations.create(location=open_place, description="Om eftermiddagen")
    service.at_locations.create(location=hidden, description=f"Indgang fra {SECRET_STREET}")
    return service
