"""The pages of cities: what is open for the young who live there, and behind a shut door the next one that is not.

Every municipality has one, whether or not anybody there has written something on it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import Membership, Organization, Profile
from chat.models import Session
from config.pages import Evening, evening
from forum.models import Letterbox
from forum.promises import answered_by
from referrals import cards
from referrals.forms import MunicipalityForm
from referrals.models import CityPage, Service, ServiceAtLocation
from referrals.municipalities import ADDRESSES, MUNICIPALITIES, SLUGS, find_municipalities, where_in
from referrals.neighbours import nearest_first

COMING = 3  # chats of the city that have not begun
LOOKED_AT = 40  # evenings among which the nearest is looked for
DOORS = 2  # of a kind, at the top
FACES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class City:
    """Of whom a page is: one municipality, or those behind a joint page."""

    where: str
    codes: list[str]
    houses: list[Organization] = field(default_factory=list)
    page: CityPage | None = None  # with what they have written, where that may be read
    near: list[str] = field(default_factory=list)
    order: list[str] = field(default_factory=list)
    hidden: set[int] = field(default_factory=set)
    is_joint: bool = False


@dataclass(frozen=True, slots=True)
class Chat:
    """An evening, and where it belongs if the page must tell."""

    evening: Evening
    place: str
    codes: list[str]
    is_ours: bool


@dataclass(frozen=True, slots=True)
class Opening:
    """What opens next in the city."""

    title: str
    href: str
    at: datetime


# Doors ------------------------------------------------------------------------------------------------------------


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The cities that have written something, with what is open there; and all the others, by a few letters."""
    form = MunicipalityForm(request.GET if request.GET else None)
    codes = form.cleaned_data["k"] if form.is_valid() else []
    if len(codes) == 1:
        return redirect("city", place=ADDRESSES[codes[0]])
    now = timezone.now()
    context = {
        "form": form,
        "choices": _links(codes),
        "cities": _with_their_doors(list(CityPage.objects.shown().with_cities()), now),
        "municipalities": MUNICIPALITIES.values(),
        "all": _links(MUNICIPALITIES),
    }
    return render(request, "config/cities.html", context)


@require_safe
def city(request: HttpRequest, place: str) -> HttpResponse:
    """One city's page. Other spellings, and the code, lead to its own address."""
    if place in SLUGS:
        found = of_municipality(SLUGS[place])
    else:
        page = CityPage.objects.shown().joint().with_cities().filter(slug=place).first()
        if page is None:
            return _other_spelling(place)
        found = of_joint_page(page)
    return render(request, "config/city.html", context_of(found, now=timezone.now()))


def _other_spelling(place: str) -> HttpResponse:
    words = place.replace("-kommune", "").strip()
    codes = [words] if words in MUNICIPALITIES else find_municipalities(words)
    if not codes:
        raise Http404
    if len(codes) == 1:
        return redirect("city", place=ADDRESSES[codes[0]])
    asked = QueryDict(mutable=True)
    asked["k"] = words
    return redirect(f"{reverse('cities')}?{asked.urlencode()}")


def _links(codes: Iterable[str]) -> list[dict[str, str]]:
    return [{"name": MUNICIPALITIES[code], "address": ADDRESSES[code]} for code in codes]


def _with_their_doors(pages: list[CityPage], now: datetime) -> list[dict[str, Any]]:
    """Each page with whether a chat or an offer is open there; the open ones first. Four queries for all."""
    chats = _chats([], now=now)
    services = list(Service.objects.shown().exclude(municipality_code="").select_related("kept_hours"))
    told = []
    for page in pages:
        codes = {house.municipality_code for house in page.houses} - {""}
        told.append(
            {
                "page": page,
                "has_chat": any(chat.evening.lets_in and codes & set(chat.codes) for chat in chats),
                "has_offer": any(row.municipality_code in codes and row.state(now).is_open for row in services),
            }
        )
    return sorted(told, key=lambda row: (not row["has_chat"], not row["has_offer"], row["page"].title))


# Whose page it is -------------------------------------------------------------------------------------------------


def of_municipality(code: str) -> City:
    """Also where nobody has joined. What a city has written is there once it is published."""
    house = Organization.objects.filter(municipality_code=code).select_related("city_page").first()
    page = getattr(house, "city_page", None)
    return _city_of(code, house, page, words=page if page and page.is_published else None)


def _city_of(code: str, house: Organization | None, page: CityPage | None, *, words: CityPage | None) -> City:
    return City(
        where=where_in(code),
        codes=[code],
        houses=[house] if house else [],
        page=words,
        near=nearest_first(code, friends=page.friends if page else []),
        order=page.offers if page else [],
        hidden=set(page.hidden) if page else set(),
    )


def of_joint_page(page: CityPage) -> City:
    """The cities that stand behind it, each with whom it does not show."""
    houses = page.houses
    codes = [house.municipality_code for house in houses if house.municipality_code]
    own = [found for house in houses if (found := getattr(house, "city_page", None))]
    near = [code for house in codes for code in nearest_first(house, friends=[])]
    return City(
        where=page.where,
        codes=codes,
        houses=houses,
        page=page,
        near=[code for code in dict.fromkeys(near) if code not in codes],
        order=page.offers,
        hidden={user for each in [page, *own] for user in each.hidden},
        is_joint=True,
    )


def as_if_published(page: CityPage) -> City:
    """The page as the young would see it: for those who write on it."""
    if page.organization is None:
        return of_joint_page(page)
    return _city_of(page.organization.municipality_code, page.organization, page, words=page)


# What stands on it ------------------------------------------------------------------------------------------------


def context_of(city: City, *, now: datetime) -> dict[str, Any]:
    """What the page needs: at most twelve queries, however much there is."""
    chats = _chats(city.houses, now=now, tell=city.is_joint)
    ours = [chat for chat in chats if chat.is_ours]
    open_now = [chat for chat in ours if chat.evening.lets_in]
    coming = [chat for chat in ours if not chat.evening.lets_in][:COMING]
    own, national = _services(city)
    in_turn = cards.in_turn(own, now=now)
    doors = [service for service in in_turn if _answers(service, now)]
    is_closed = not open_now and not doors
    elsewhere = [] if open_now else _nearest([chat for chat in chats if not chat.is_ours], city.near)
    rows = Letterbox.objects.shown().filter(municipality_code__in=["", *city.codes])
    boxes = [box for box in rows if box.municipality_code] or list(rows)[:1]
    today = timezone.localdate(now)
    helping = [service for service in national if service.is_fresh(on=today) and _answers(service, now)]
    return {
        "city": city,
        "open_now": open_now,
        "doors": [cards.details(service, now=now) for service in doors[:DOORS]] if not open_now else [],
        "is_closed": is_closed,
        "next": _next(coming, own, now) if is_closed else None,
        "elsewhere_now": [chat for chat in elsewhere if chat.evening.lets_in][:1] if is_closed else [],
        "helping": [cards.details(service, now=now) for service in helping[:DOORS]] if is_closed else [],
        "coming": coming,
        "elsewhere_next": elsewhere[:1] if is_closed and not any(each.evening.lets_in for each in elsewhere) else [],
        "boxes": [(box, box.hours and answered_by(box, now=now)) for box in boxes],
        "cards": [cards.details(service, now=now) for service in in_turn],
        "people": _people(city),
        "joint_pages": _joint_pages(city),
        "code": city.codes[0] if len(city.codes) == 1 else "",
    }


def _chats(houses: list[Organization], *, now: datetime, tell: bool = True) -> list[Chat]:
    """Evenings that are open or to come, those of these houses first. Three queries."""
    evenings = Session.objects.on_front(now=now).prefetch_related("organizations")
    if houses:
        held = Session.organizations.through.objects.filter(session=OuterRef("pk"), organization__in=houses)
        evenings = evenings.alias(is_ours=Exists(held)).order_by("-is_ours", "starts_at", "pk")
    found = []
    for session in evenings[:LOOKED_AT]:
        holding = sorted(session.organizations.all(), key=lambda house: house.name)
        ours = [house for house in holding if house in houses]
        place = ", ".join(_name(house) for house in ours or holding) if tell or not ours else ""
        codes = [house.municipality_code for house in holding if house.municipality_code]
        found.append(Chat(evening(session, now=now), place, codes, bool(ours)))
    return found


def _name(house: Organization) -> str:
    return MUNICIPALITIES.get(house.municipality_code, house.name)


def _nearest(chats: list[Chat], near: list[str]) -> list[Chat]:
    """Those that are open before those to come; of each the nearest city's first, then by when they begin."""
    place = {code: number for number, code in enumerate(near)}

    def turn(chat: Chat) -> tuple[bool, int, datetime]:
        nearest = min((place[code] for code in chat.codes if code in place), default=len(place))
        return not chat.evening.lets_in, nearest, chat.evening.session.starts_at

    return sorted(chats, key=turn)


def _services(city: City) -> tuple[list[Service], list[Service]]:
    """The city's own, in the order that it has chosen; and those for the whole country. Three queries."""
    at = Prefetch("at_locations", ServiceAtLocation.objects.select_related("location"))
    found = Service.objects.shown().for_municipality(*city.codes).help_first().with_hours().prefetch_related(at)
    place = {pk: number for number, pk in enumerate(city.order)}
    rows = list(found)
    own = [service for service in rows if service.municipality_code]
    own.sort(key=lambda service: place.get(str(service.pk), len(place)))
    return own, [service for service in rows if not service.municipality_code]


def _answers(service: Service, now: datetime) -> bool:
    """Somebody is there now, and there is a way in."""
    return service.state(now).is_open is True and bool(service.channels.all())


def _next(coming: list[Chat], own: list[Service], now: datetime) -> Opening | None:
    """What opens first in the city, if anything does that we know of."""
    openings = []
    for chat in coming:
        session = chat.evening.session
        openings.append(Opening(session.title, reverse("chat:session", args=[session.slug]), session.starts_at))
    for service in own:
        at = service.state(now).changes_at
        if at is not None:
            openings.append(Opening(service.name, reverse("referrals:service", args=[service.pk]), at))
    return min(openings, key=lambda opening: opening.at, default=None)


def _people(city: City) -> list[tuple[Profile, str]]:
    """Counsellors with a finished card whom the city shows, each once; on a joint page with where they work."""
    if not city.houses:
        return []
    roles = Membership.objects.filter(
        role=Membership.Role.COUNSELLOR,
        organization__in=city.houses,
        user__is_active=True,
        user__profile__isnull=False,
    )
    found: dict[int, tuple[Profile, str]] = {}
    for role in roles.select_related("user__profile", "organization").order_by("user__profile__working_name", "pk"):
        if role.user.profile.is_complete and role.user_id not in city.hidden:
            found.setdefault(role.user_id, (role.user.profile, _name(role.organization) if city.is_joint else ""))
    return list(found.values())[:FACES]


def _joint_pages(city: City) -> list[CityPage]:
    if city.is_joint or not city.houses:
        return []
    return list(CityPage.objects.shown().of_city(city.houses[0]))
