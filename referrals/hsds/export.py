"""Services, organisations and places as HSDS records.

Every field that leaves the house is named here; what is not named does not leave it. Never: who checked a service,
where it is known from, what is not shown, and anything of a secret place but its name.
Only what `shown()` shows may be given to these functions (`referrals.hsds.questions` does).
"""

from datetime import UTC, date, datetime
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils import translation

from accounts.models import Organization
from referrals import links
from referrals.hsds import terms, timetable
from referrals.hsds.terms import Record
from referrals.languages import language_name
from referrals.models import Channel, Location, Service, ServiceAtLocation, Topic
from referrals.municipalities import MUNICIPALITIES

COUNTRY = "DK"
CURRENCY = "DKK"
FREE = ("gratis", "free", "det er gratis")
DEMO_ALERT = "Demo: opfundet. Det findes ikke, og intet af det virker."
SECRET = "Hemmelig adresse. Spørg stedet."  # noqa: S105 - what is told of a secret place
WHOLE_COUNTRY = "Hele Danmark"
KINDS = {
    Organization.Kind.MUNICIPALITY: "En dansk kommune.",
    Organization.Kind.ASSOCIATION: "En forening eller organisation, der hjælper unge.",
}
PHONE_TYPES = {links.Kind.PHONE: "voice", links.Kind.SMS: "text"}
REGIONS = {
    "Region Hovedstaden": "101 147 151 153 155 157 159 161 163 165 167 169 173 175 183 185 187 190 201 210 217 219 223 "
    "230 240 250 260 270 400",
    "Region Sjælland": "253 259 265 269 306 316 320 326 329 330 336 340 350 360 370 376 390",
    "Region Syddanmark": "410 420 430 440 450 461 479 480 482 492 510 530 540 550 561 563 573 575 580 607 621 630",
    "Region Midtjylland": "615 657 661 665 671 706 707 710 727 730 740 741 746 751 756 760 766 779 791",
    "Region Nordjylland": "773 787 810 813 820 825 840 846 849 851 860",
}
REGION_OF = {code: region for region, codes in REGIONS.items() for code in codes.split()}


def flat(services: QuerySet[Service]) -> QuerySet[Service]:
    """With what the short record of a service needs, in one query more."""
    return services.select_related("organization").prefetch_related("channels")


def nested(services: QuerySet[Service]) -> QuerySet[Service]:
    """With what the whole record needs, in as many queries for one as for many."""
    places = ServiceAtLocation.objects.select_related("location__organization").order_by("id")
    return services.select_related("organization").prefetch_related(
        "channels", "schedules", "special_days", "topics", Prefetch("at_locations", queryset=places)
    )


def at_whole(found: QuerySet[ServiceAtLocation]) -> QuerySet[ServiceAtLocation]:
    """Places of services with what their whole record needs."""
    services = Prefetch("service", queryset=nested(Service.objects.shown()))
    return found.select_related("location__organization").prefetch_related(services)


# Services ---------------------------------------------------------------------------------------------------------


def service_row(service: Service) -> Record:
    """The fields that stand in one row."""
    mails = _values(service, links.Kind.MAIL)
    return _told(
        id=str(service.pk),
        organization_id=terms.organization_id(service.organization),
        name=service.name,
        description=service.description,
        url=_url(service),
        email=mails[0] if mails else "",
        status=service.status,
        fees_description=service.fees_description,
        eligibility_description=service.eligibility_description,
        minimum_age=service.minimum_age,
        maximum_age=service.maximum_age,
        assured_date=service.checked_on.isoformat() if service.checked_on else "",
        alert=service.alert or (DEMO_ALERT if service.is_demo else ""),
        last_modified=moment(service.last_modified),
    )


def short_service(service: Service) -> Record:
    """As a list has it: what there is one of."""
    return {**service_row(service), "organization": organization_row(service.organization)}


def whole_service(service: Service, *, today: date) -> Record:
    places = [_at_location_of(each) for each in service.at_locations.all()]
    return {**_without_places(service, today), **_told(service_at_locations=places)}


def _without_places(service: Service, today: date) -> Record:
    return {
        **short_service(service),
        **_told(
            phones=[_phone(service, channel) for channel in service.channels.all() if channel.kind in PHONE_TYPES],
            contacts=[_mailbox(service, mail) for mail in _values(service, links.Kind.MAIL)[1:]],
            schedules=timetable.rows(service, today=today),
            service_areas=[_area(service)],
            languages=_languages(service),
            cost_options=_cost(service),
            attributes=_attributes(service),
        ),
    }


def _url(service: Service) -> str:
    """Where one can read more; otherwise where one can write or chat: no record shall be without a way in."""
    candidates = [service.url, *_values(service, links.Kind.WEB), *_values(service, links.Kind.CHAT)]
    return next((url for url in candidates if url and links.href(links.Kind.WEB, url) == url), "")


def _values(service: Service, kind: str) -> list[str]:
    return [channel.value for channel in service.channels.all() if channel.kind == kind]


def _phone(service: Service, channel: Channel) -> Record:
    service_id, number = str(service.pk), channel.value
    is_long = len(number) == 8 and number.isdigit() and number != links.NO_NUMBER
    return {
        "id": terms.derived(service_id, "phone", channel.kind, number),
        "service_id": service_id,
        "number": f"+45{number}" if is_long else number,
        "type": PHONE_TYPES[links.Kind(channel.kind)],
    }


def _mailbox(service: Service, mail: str) -> Record:
    service_id = str(service.pk)
    return {"id": terms.derived(service_id, "contact", mail), "service_id": service_id, "email": mail}


def _area(service: Service) -> Record:
    """HSDS asks for a form of land; it lets a name stand for it."""
    service_id, code = str(service.pk), service.municipality_code
    return {
        "id": terms.derived(service_id, "area"),
        "service_id": service_id,
        "name": MUNICIPALITIES.get(code, code) if code else WHOLE_COUNTRY,
        "extent": code or COUNTRY,
        "extent_type": "text",
    }


def _languages(service: Service) -> list[Record]:
    service_id = str(service.pk)
    with translation.override("da"):
        return [
            {
                "id": terms.derived(service_id, "language", code),
                "service_id": service_id,
                "name": language_name(code),
                "code": code,
            }
            for code in (service.languages or "da").split(",")
        ]


def _cost(service: Service) -> list[Record]:
    if service.fees_description.strip().rstrip(".").lower() not in FREE:
        return []
    service_id = str(service.pk)
    return [
        {
            "id": terms.derived(service_id, "cost"),
            "service_id": service_id,
            "option": "Gratis",
            "amount": 0,
            "currency": CURRENCY,
        }
    ]


def _attributes(service: Service) -> list[Record]:
    service_id = str(service.pk)
    topics = [terms.attribute(service_id, "service", terms.topic_term(topic)) for topic in service.topics.all()]
    told = [
        terms.attribute(service_id, "service", terms.quality_term(quality), value)
        for quality in terms.OF_SERVICES
        for value in quality.values(service)
    ]
    return [*topics, *told]


# Organisations ----------------------------------------------------------------------------------------------------


def organization_row(organization: Organization) -> Record:
    return {
        "id": terms.organization_id(organization),
        "name": organization.name,
        "description": KINDS[Organization.Kind(organization.kind)],
    }


def whole_organization(organization: Organization, services: list[Record]) -> Record:
    identifiers = _identifiers(organization)
    return {**organization_row(organization), **_told(organization_identifiers=identifiers, services=services)}


def _identifiers(organization: Organization) -> list[Record]:
    if not organization.municipality_code:
        return []
    organization_id = terms.organization_id(organization)
    return [
        {
            "id": terms.derived(organization_id, "identifier"),
            "organization_id": organization_id,
            "identifier_type": "Kommunekode",
            "identifier": organization.municipality_code,
        }
    ]


# Places -----------------------------------------------------------------------------------------------------------


def at_location_row(at: ServiceAtLocation) -> Record:
    """What is different in a secret place could tell where it is."""
    return _told(
        id=str(at.pk),
        service_id=str(at.service_id),
        location_id=str(at.location_id),
        description="" if at.location.is_hidden else at.description,
    )


def _at_location_of(at: ServiceAtLocation) -> Record:
    return {**at_location_row(at), "location": location(at.location)}


def whole_at_location(at: ServiceAtLocation, *, today: date) -> Record:
    return {**_at_location_of(at), "service": _without_places(at.service, today)}


def location(place: Location) -> Record:
    """A secret place has a name and nothing that leads there, whatever stands in its row."""
    named = {
        "id": str(place.pk),
        "location_type": place.location_type,
        "organization_id": terms.organization_id(place.organization),
        "name": place.name,
    }
    if place.is_hidden:
        return {**named, "description": SECRET}
    return {
        **named,
        **_told(
            latitude=None if place.latitude is None else float(place.latitude),
            longitude=None if place.longitude is None else float(place.longitude),
            transportation=place.transportation,
            addresses=_addresses(place),
            accessibility=_accessibility(place),
        ),
    }


def _addresses(place: Location) -> list[Record]:
    if not place.address:
        return []
    place_id = str(place.pk)
    return [
        {
            "id": terms.derived(place_id, "address"),
            "location_id": place_id,
            "address_1": place.address_1,
            "city": place.city,
            "state_province": REGION_OF.get(place.organization.municipality_code, WHOLE_COUNTRY),
            "postal_code": place.postal_code,
            "country": COUNTRY,
            "address_type": place.location_type,
        }
    ]


def _accessibility(place: Location) -> list[Record]:
    if not place.accessibility:
        return []
    place_id = str(place.pk)
    return [
        {
            "id": terms.derived(place_id, "accessibility"),
            "location_id": place_id,
            "description": place.accessibility,
        }
    ]


# The vocabulary ---------------------------------------------------------------------------------------------------


def used_terms() -> list[Record]:
    """The terms that say something of a service that is shown; no others."""
    shown = Service.objects.shown()
    topics = Topic.objects.filter(services__in=shown).distinct().order_by("position", "code")
    used = [quality for quality in terms.OF_SERVICES if shown.filter(quality.told_of).exists()]
    return [*map(terms.topic_term, topics), *map(terms.quality_term, used)]


def moment(at: datetime) -> str:
    """To the millisecond, as HSDS asks."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds")


def _told(**fields: Any) -> Record:
    """Without what is not known: HSDS has no empty values."""
    return {name: value for name, value in fields.items() if value not in (None, "", [])}
