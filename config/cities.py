"""The pages of cities: what is open for the young who live there, and behind a shut door the next one that is not.

Every municipality has one, whether or not anybody there has written something on it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import Organization, Profile
from chat.models import Session
from config.pages import Evening, evening
from forum.models import Letterbox
from forum.promises import answered_by
from referrals import cards, cities
from referrals.forms import MunicipalityForm
from referrals.links import Kind
from referrals.models import CityPage, Service, ServiceAtLocation
from referrals.municipalities import ADDRESSES, MUNICIPALITIES, SLUGS, SPELLED, find_municipalities, where_in
from referrals.neighbours import nearness

COMING = 3  # chats of the city that have not begun
LOOKED_AT = 40  # evenings among which the nearest is looked for
LONGEST = 60  # letters of a place in an address
DOORS = 2  # of a kind, at the top
FACES = 24  # at most; who is shown the city says itself
NOBODY_WRITES = (Session.State.LOBBY, Session.State.WAITING, Session.State.PAUSED)
ANSWERING = (Kind.PHONE, Kind.CHAT, Kind.SMS)  # where somebody is at the other end


@dataclass(frozen=True, slots=True, kw_only=True)
class City:
    """Of whom a page is: one municipality, or those behind a joint page."""

    where: str
    codes: list[str]
    houses: list[Organization] = field(default_factory=list)
    page: CityPage | None = None  # with what they have written, where that may be read
    near: dict[str, int] = field(default_factory=dict)  # the rank of each city, the nearest lowest
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

    @property
    def is_open(self) -> bool:
        """One can go in and write now, not only wait."""
        state = self.evening.session.state
        return self.evening.lets_in and state not in NOBODY_WRITES


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
    if not codes and (page := _joint_called(request.GET.get("k", ""))):
        return redirect("city", place=page.address)
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
    if not place.isprintable() or len(place) > LONGEST:
        raise Http404
    if place in SLUGS:
        found = of_municipality(SLUGS[place])
    elif page := CityPage.objects.shown().joint().with_cities().filter(slug=place).first():
        found = of_joint_page(page)
    else:
        return _other_spelling(place)
    return render(request, "config/city.html", context_of(found, now=timezone.now()))


def _other_spelling(place: str) -> HttpResponse:
    words = place.strip().casefold()
    codes = [words] if words in MUNICIPALITIES else find_municipalities(words)
    if len(codes) == 1:
        return redirect("city", place=ADDRESSES[codes[0]])
    if codes:
        asked = QueryDict(mutable=True)
        asked["k"] = words
        return redirect(f"{reverse('cities')}?{asked.urlencode()}")
    if page := _joint_called(words):
        return redirect("city", place=page.address)
    raise Http404


def _joint_called(words: str) -> CityPage | None:
    """The shown page that cities hold together under that name or address."""
    slug = words.strip().casefold().translate(SPELLED)
    if not slug.isprintable() or not 0 < len(slug) <= LONGEST:
        return None
    named = Q(slug=slug) | Q(name__iexact=words.strip())
    return CityPage.objects.shown().joint().filter(named).first()


def _links(codes: Iterable[str]) -> list[dict[str, str]]:
    return [{"name": MUNICIPALITIES[code], "address": ADDRESSES[code]} for code in codes]


def _with_their_doors(pages: list[CityPage], now: datetime) -> list[dict[str, Any]]:
    """Each page with whether a chat or an offer is open there; the open ones first. Five queries for all."""
    chats = _chats([], now=now)
    services = list(Service.objects.shown().exclude(municipality_code="").with_hours())
    told = []
    for page in pages:
        codes = {house.municipality_code for house in page.houses} - {""}
        told.append(
            {
                "page": page,
                "has_chat": any(chat.is_open and codes & set(chat.codes) for chat in chats),
                "has_offer": any(row.municipality_code in codes and _answers(row, now) for row in services),
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
        where=where_in(code) if code in MUNICIPALITIES else page.where if page else "",
        codes=[code] if code else [],
        houses=[house] if house else [],
        page=words,
        near=nearness(code, friends=page.friends if page else []),
        order=page.offers if page else [],
        hidden=set(page.hidden) if page else set(),
    )


def of_joint_page(page: CityPage) -> City:
    """The cities that stand behind it, each with whom it does not show."""
    houses = page.houses
    codes = [house.municipality_code for house in houses if house.municipality_code]
    own = [found for house in houses if (found := getattr(house, "city_page", None))]
    friends = [code for each in own for code in each.friends if code not in codes]
    return City(
        where=page.where,
        codes=codes,
        houses=houses,
        page=page,
        near=nearness(*codes, friends=friends),
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
    """What the page needs: ten queries, however much there is."""
    chats = _chats(city.houses, now=now, tell=city.is_joint)
    ours = [chat for chat in chats if chat.is_ours]
    open_now = sorted((chat for chat in ours if chat.evening.lets_in), key=lambda chat: not chat.is_open)
    can_write = any(chat.is_open for chat in open_now)
    coming = [chat for chat in ours if not chat.evening.lets_in][:COMING]
    own, national = _services(city)
    in_turn = cards.in_turn(own, now=now)
    doors = [service for service in in_turn if _answers(service, now)]
    is_closed = not can_write and not doors
    elsewhere = [] if can_write else _nearest([chat for chat in chats if not chat.is_ours], city.near)
    rows = Letterbox.objects.shown().filter(municipality_code__in=["", *city.codes])
    boxes = [box for box in rows if box.municipality_code] or list(rows)[:1]
    helping = [service for service in national if _answers(service, now)]
    there = [chat for chat in elsewhere if chat.is_open][:1] if is_closed else []
    later = [chat for chat in elsewhere if not chat.evening.has_begun][:1] if is_closed and not there else []
    return {
        "city": city,
        "open_now": open_now,
        "doors": [cards.details(service, now=now) for service in doors[:DOORS]] if not can_write else [],
        "is_closed": is_closed,
        "next": _next(coming, own, now) if is_closed else None,
        "elsewhere_now": there,
        "helping": [cards.details(service, now=now) for service in helping[:DOORS]] if is_closed else [],
        "coming": coming,
        "elsewhere_next": later,
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


def _nearest(chats: list[Chat], near: dict[str, int]) -> list[Chat]:
    """Those where one can write before the others; of each the nearest city's first, then by when they begin."""

    def turn(chat: Chat) -> tuple[bool, int, datetime]:
        nearest = min((near[code] for code in chat.codes if code in near), default=len(near))
        return not chat.is_open, nearest, chat.evening.session.starts_at

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
    """Somebody is there now, as far as we have lately checked, and there is a way to them that needs no journey."""
    is_there = service.is_fresh(on=timezone.localdate(now)) and service.state(now).is_open is True
    return is_there and any(channel.kind in ANSWERING for channel in service.channels.all())


def _next(coming: list[Chat], own: list[Service], now: datetime) -> Opening | None:
    """What opens first in the city, if anything does that we know of; an offer that nobody checked lately we do not."""
    openings = []
    for chat in coming:
        session = chat.evening.session
        openings.append(Opening(session.title, reverse("chat:session", args=[session.slug]), session.starts_at))
    today = timezone.localdate(now)
    for service in own:
        at = service.state(now).changes_at
        if at is not None and service.is_fresh(on=today):
            openings.append(Opening(service.name, reverse("referrals:service", args=[service.pk]), at))
    return min(openings, key=lambda opening: opening.at, default=None)


def _people(city: City) -> list[tuple[Profile, str]]:
    """Counsellors with a finished card whom the city shows, each once; on a joint page with where they work."""
    found: dict[int, tuple[Profile, str]] = {}
    for role in cities.counsellors_of(city.houses):
        if role.user_id not in city.hidden:
            found.setdefault(role.user_id, (role.user.profile, _name(role.organization) if city.is_joint else ""))
    return list(found.values())[:FACES]


def _joint_pages(city: City) -> list[CityPage]:
    if city.is_joint or not city.houses:
        return []
    return list(CityPage.objects.shown().of_city(city.houses[0]))
