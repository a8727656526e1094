"""The pages of cities: whoever looks for help where they live finds a door that is open, whatever is shut."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from accounts.models import Membership, Organization, Profile, User
from blog.models import Entry
from chat.models import Roster, Session
from forum.models import Letterbox
from referrals.links import Kind
from referrals.models import CityPage, Service
from referrals.municipalities import ADDRESSES, MUNICIPALITIES, SLUGS, where_in
from referrals.neighbours import NEIGHBOURS, nearness
from tests.config.reading import length, lix, longest_sentence, text_of

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)  # a Monday evening, 19:00 in Copenhagen
AARHUS, FAVRSKOV, ODENSE = "751", "710", "461"


@pytest.fixture(autouse=True)
def evening() -> object:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def house(code: str) -> Organization:
    name = MUNICIPALITIES[code]
    found, _is_new = Organization.objects.get_or_create(
        municipality_code=code, defaults={"name": name, "slug": ADDRESSES[code], "kind": "municipality"}
    )
    return found


def counsellor(name: str, organization: Organization | None = None) -> User:
    user = User.objects.create_user(username=name.lower())
    Profile.objects.update_or_create(
        user=user, defaults={"working_name": name, "role_title": "rådgiver", "about": f"{name} lytter."}
    )
    if organization:
        Membership.objects.create(user=user, organization=organization, role="counsellor")
    return user


def chat(title: str, *codes: str, starts_at: datetime = NOW, state: str = "open") -> Session:
    lead = User.objects.filter(username="ida").first() or counsellor("Ida")
    at = NOW - timedelta(days=1)
    post = Entry.objects.create(kind="before", title=title, html="<p>x</p>", source="x", author=lead, published_at=at)
    waits = {"waiting_since": NOW, "state_before_waiting": "open"} if state == "waiting" else {}
    times = {"starts_at": starts_at, "ends_at": starts_at + timedelta(hours=2)}
    session = Session.objects.create(title=title, state=state, before_post=post, **times, **waits)
    session.organizations.set([house(code) for code in codes])
    Roster.objects.create(session=session, user=lead)
    return session


def offer(
    name: str,
    code: str = "",
    *,
    opens: int | None = None,
    kind: str = Kind.PHONE,
    value: str = "70201201",
    **values: Any,
) -> Service:
    """Open from that hour for two; without hours day and night."""
    checker = User.objects.get_or_create(username="tjek")[0]
    owner = (
        house(code) if code else Organization.objects.get_or_create(name="Livet", slug="livet", kind="association")[0]
    )
    fields = {
        "description": "Tal med nogen.",
        "source": "livet.dk",
        "checked_on": NOW.date(),
        "checked_by": checker,
        "is_published": True,
        "always_open": opens is None,
        "municipality_code": code,
    }
    service = Service.objects.create(organization=owner, name=name, **{**fields, **values})
    if kind:
        service.channels.create(kind=kind, value=value)
    if opens is not None:
        service.schedules.create(byday="MO,TU,WE,TH,FR,SA,SU", opens_at=time(opens), closes_at=time(opens + 2))
    return service


def box(code: str = "", **values: Any) -> Letterbox:
    return Letterbox.objects.create(name=f"Brevkassen {code}", municipality_code=code, **values)


def page_of(client: Client, place: str = "aarhus") -> str:
    answer = client.get(f"/by/{place}/")
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


# Addresses --------------------------------------------------------------------------------------------------------


def test_each_of_the_98_municipalities_has_a_page_of_its_own(client: Client) -> None:
    assert len(SLUGS) == len(ADDRESSES) == 98
    for slug, code in SLUGS.items():
        assert slug.isascii()
        with translation.override("da"):
            assert f"<h1>Ung {where_in(code)}</h1>" in page_of(client, slug)


@pytest.mark.parametrize("spelled", ["Aarhus", "århus", "ÅRHUS", "arhus", "751", "aarhus-kommune"])
def test_other_spellings_and_the_code_lead_to_the_same_page(client: Client, spelled: str) -> None:
    answer = client.get(f"/by/{spelled}/")
    assert (answer.status_code, answer["Location"]) == (302, "/by/aarhus/")


def test_a_few_letters_lead_to_the_city_or_to_a_choice(client: Client) -> None:
    assert client.get("/by/?k=aarh")["Location"] == "/by/aarhus/"
    assert client.get("/by/?k=køb")["Location"] == "/by/koebenhavn/"
    several = client.get("/by/?k=fre").content.decode()
    assert 'href="/by/fredericia/"' in several
    assert 'href="/by/fredensborg/"' in several
    assert client.get("/by/h/")["Location"] == "/by/?k=h"
    assert client.get("/by/findesikke/").status_code == 404
    assert client.get("/by/?k=qqq").status_code == 200


@pytest.mark.parametrize(
    "spelled, slug",
    [
        ("københavns-kommune", "koebenhavn"),
        ("Københavns Kommune", "koebenhavn"),
        ("bornholms-regionskommune", "bornholm"),
        ("Høje Taastrup", "hoeje-taastrup"),
        ("faaborg midtfyn", "faaborg-midtfyn"),
        ("Nordfyns", "nordfyns"),
    ],
)
def test_a_name_is_found_with_its_kommune_and_its_genitive(client: Client, spelled: str, slug: str) -> None:
    assert client.get(f"/by/{spelled}/")["Location"] == f"/by/{slug}/"
    assert client.get("/by/", {"k": spelled})["Location"] == f"/by/{slug}/"


@pytest.mark.both_engines
@pytest.mark.parametrize("place", ["%00", "h%0A", "a" * 3000])
def test_what_is_no_place_is_not_found(client: Client, place: str) -> None:
    assert client.get(f"/by/{place}/").status_code == 404
    assert client.get(f"/by/?k={place}").status_code == 200


@pytest.mark.parametrize("code", ["", "999"])
def test_a_page_of_whoever_is_no_municipality_any_more_stands_nowhere(client: Client, code: str) -> None:
    page = CityPage.objects.create(organization=house(AARHUS), is_published=True, headline="Hej")
    Organization.objects.filter(municipality_code=AARHUS).update(municipality_code=code)
    assert client.get("/by/").status_code == 200
    client.force_login(User.objects.create_superuser("drift"))
    for path in (reverse("referrals:manage-city", args=[page.pk]), reverse("city-preview", args=[page.pk])):
        assert client.get(path).status_code == 200


@pytest.mark.parametrize(
    "code, where",
    [
        ("400", "på Bornholm"),
        ("480", "i Nordfyns Kommune"),
        ("773", "på Mors"),
        ("147", "på Frederiksberg"),
        ("336", "på Stevns"),
    ],
)
def test_a_place_is_named_as_those_who_live_there_do(code: str, where: str) -> None:
    with translation.override("da"):
        assert where_in(code) == where


# Neighbours -------------------------------------------------------------------------------------------------------


def test_every_municipality_has_neighbours_that_have_it_as_theirs() -> None:
    assert set(NEIGHBOURS) == set(MUNICIPALITIES)
    for code, others in NEIGHBOURS.items():
        assert others
        assert len(others) == len(set(others))
        assert code not in others
        assert all(code in NEIGHBOURS[other] for other in others)


def test_from_each_municipality_one_comes_to_every_other() -> None:
    seen, ahead = set(), ["101"]
    while ahead:
        code = ahead.pop()
        if code not in seen:
            seen.add(code)
            ahead += NEIGHBOURS[code]
    assert seen == set(MUNICIPALITIES)


def test_the_cities_that_a_city_has_chosen_go_before_its_neighbours() -> None:
    near = nearness(AARHUS, friends=[ODENSE, FAVRSKOV])
    assert (near[ODENSE], near[FAVRSKOV]) == (0, 1)
    assert {near[code] for code in NEIGHBOURS[AARHUS] if code != FAVRSKOV} == {2}  # all neighbours alike
    assert set(nearness(AARHUS, friends=[FAVRSKOV])) == set(NEIGHBOURS[AARHUS])
    assert "219" in NEIGHBOURS["260"]  # Hillerød and Halsnæs


# Never a shut door ------------------------------------------------------------------------------------------------

SOON = NOW + timedelta(minutes=5)
LATER = NOW + timedelta(days=2)
STATES: dict[str, tuple[Any, list[str]]] = {
    "nothing at all": (lambda: None, ["help"]),
    "a letterbox alone": (lambda: box(), ["box", "help"]),
    "a shut letterbox": (lambda: box(is_open=False), ["help"]),
    "the national lines": (lambda: [offer("Linjen"), box()], ["service"]),
    "national lines that sleep": (lambda: offer("Linjen", opens=8), ["help"]),
    "a national line that nobody has checked lately": (
        lambda: offer("Linjen", checked_on=NOW.date() - timedelta(days=200)),
        ["help"],
    ),
    "all offers shut": (lambda: [offer("Huset", AARHUS, opens=8), offer("Linjen")], ["service"]),
    "an offer open": (lambda: [offer("Huset", AARHUS, opens=18), offer("Linjen")], ["service"]),
    "a chat to come": (lambda: [chat("Venner", AARHUS, starts_at=LATER, state="lobby"), offer("Linjen")], ["service"]),
    "a chat open": (lambda: [chat("Venner", AARHUS), offer("Linjen")], ["chat"]),
    "a chat in its lobby": (
        lambda: [chat("Venner", AARHUS, starts_at=SOON, state="lobby"), offer("Linjen")],
        ["chat", "service"],
    ),
    "a chat that waits for its counsellor": (
        lambda: [chat("Venner", AARHUS, state="waiting"), offer("Linjen"), chat("Andre", FAVRSKOV)],
        ["chat", "chat", "service"],
    ),
    "a chat that pauses": (
        lambda: [chat("Venner", AARHUS, state="paused"), offer("Huset", AARHUS)],
        ["chat", "service"],
    ),
    "a chat that pauses, and nothing else": (lambda: chat("Venner", AARHUS, state="paused"), ["chat", "help"]),
    "an offer that nobody has checked lately": (
        lambda: [offer("Gammel", AARHUS, checked_on=NOW.date() - timedelta(days=400)), offer("Linjen")],
        ["service"],
    ),
    "an offer that one must go to": (
        lambda: [offer("Huset", AARHUS, kind=Kind.VISIT, value="Gade 1"), offer("Linjen")],
        ["service"],
    ),
    "an offer with no way in": (lambda: [offer("Huset", AARHUS, kind=""), offer("Linjen")], ["service"]),
    "a chat of the neighbours open": (lambda: [chat("Venner", FAVRSKOV), offer("Linjen")], ["chat", "service"]),
    "a chat far away open": (lambda: chat("Venner", ODENSE), ["chat"]),
    "an organisation without a page": (lambda: [house(AARHUS), offer("Linjen")], ["service"]),
    "a page that is not published": (
        lambda: [CityPage.objects.create(organization=house(AARHUS), headline="HEMMELIG"), offer("Linjen")],
        ["service"],
    ),
    "a page and nothing else": (
        lambda: CityPage.objects.create(organization=house(AARHUS), is_published=True, headline="Hej"),
        ["help"],
    ),
}


def index_of(client: Client) -> str:
    return str(client.get("/by/").content.decode())


def doors(page: str) -> list[str]:
    return [part.split('"')[0] for part in page.split('data-door="')[1:]]


@pytest.mark.both_engines
@pytest.mark.parametrize("state", STATES)
def test_behind_no_state_of_the_city_is_only_a_shut_door(client: Client, state: str) -> None:
    build, expected = STATES[state]
    build()
    page = page_of(client)
    assert doors(page) == expected
    assert "HEMMELIG" not in page
    for door in page.split("data-door=")[1:]:
        assert '<a class="button' in door.split("data-")[0]


@pytest.mark.parametrize(
    "state",
    ["an offer that nobody has checked lately", "an offer that one must go to", "an offer with no way in"],
)
def test_what_nobody_answers_at_does_not_push_away_who_does(client: Client, state: str) -> None:
    STATES[state][0]()
    CityPage.objects.create(organization=house(AARHUS), is_published=True, headline="Hej")
    assert "Linjen" in page_of(client)
    assert "tag--open" not in index_of(client)


@pytest.mark.parametrize("state", ["lobby", "waiting", "paused"])
def test_where_nobody_can_write_yet_no_chat_is_called_open(client: Client, state: str) -> None:
    CityPage.objects.create(organization=house(AARHUS), is_published=True, headline="Hej")
    chat("Venner", AARHUS, starts_at=NOW - timedelta(minutes=1), state=state)
    for page in (index_of(client), page_of(client), client.get("/").content.decode()):
        assert "tag--open" not in page
    Session.objects.update(state="open", waiting_since=None)
    for page in (index_of(client), page_of(client), client.get("/").content.decode()):
        assert "tag--open" in page


def test_of_neighbours_the_one_where_one_can_write_is_first(client: Client) -> None:
    chat("Naboens", FAVRSKOV, state="waiting")
    chat("Langt væk", "101")
    page = page_of(client)
    assert "Langt væk" in page
    assert "Naboens" not in page


def test_when_all_is_shut_the_page_says_what_opens_next(client: Client) -> None:
    offer("Huset", AARHUS, opens=8)
    chat("Venner", AARHUS, starts_at=LATER, state="lobby")
    page = page_of(client)
    told = page[page.index("data-next") :].split("</p>")[0]
    assert "Huset" in told
    assert "kl. 8" in told
    chat("Snart", AARHUS, starts_at=NOW + timedelta(hours=2), state="lobby")
    assert "Snart" in page_of(client).split("data-next")[1].split("</p>")[0]


def test_an_offer_that_nobody_has_checked_lately_is_not_said_to_open_next(client: Client) -> None:
    offer("Gamle hus", AARHUS, opens=8, checked_on=NOW.date() - timedelta(days=200))
    assert "Gamle hus" not in page_of(client).split("data-next")[1].split("</p>")[0]


def test_of_open_chats_elsewhere_the_chosen_city_s_is_first_then_the_neighbour_s(client: Client) -> None:
    chat("Langt væk", "101")
    chat("Naboens", FAVRSKOV)
    chat("Vennernes", ODENSE)
    assert "Naboens" in page_of(client)
    CityPage.objects.create(organization=house(AARHUS), friends=[ODENSE])
    page = page_of(client)
    assert "Vennernes" in page
    assert "Naboens" not in page
    assert "Odense" in page


def test_an_open_chat_anywhere_goes_before_the_neighbour_s_next_one(client: Client) -> None:
    chat("Naboens næste", FAVRSKOV, starts_at=LATER, state="lobby")
    assert "Naboens næste" in page_of(client)
    chat("Langt væk", "101")
    page = page_of(client)
    assert "Langt væk" in page
    assert "Naboens næste" not in page


def test_an_open_offer_of_the_city_needs_no_other_city(client: Client) -> None:
    offer("Huset", AARHUS, opens=18)
    chat("Naboens", FAVRSKOV)
    page = page_of(client)
    assert "Naboens" not in page
    assert page.index("Åbent nu") < page.index("Huset")


# What stands there ------------------------------------------------------------------------------------------------


def test_the_city_s_own_letterbox_goes_before_the_national_one(client: Client) -> None:
    box()
    assert "Brevkassen" in page_of(client)
    own = box(AARHUS)
    page = page_of(client)
    assert page.count("Brevkassen") == page.count(f"Brevkassen {AARHUS}")
    own.is_open = False
    own.save()
    assert f"Brevkassen {AARHUS}" not in page_of(client)
    assert "Brevkassen" in page_of(client)


def test_offers_stand_open_first_then_by_when_they_open_then_as_the_city_says(client: Client) -> None:
    late, early = offer("Sent", AARHUS, opens=12), offer("Tidligt", AARHUS, opens=8)
    one, two, three = (offer(name, AARHUS, opens=18) for name in ("En", "To", "Tre"))
    CityPage.objects.create(organization=house(AARHUS), offers=[str(three.pk), str(late.pk), str(one.pk)])
    offer("Landet")
    offer("Odenses", ODENSE)
    page = page_of(client)
    shown = [part.split('"')[0] for part in page.split('data-offer="')[1:]]
    assert shown == [str(row.pk) for row in (three, one, two, early, late)]


def test_the_counsellors_have_faces_and_a_hidden_one_has_not(client: Client) -> None:
    sofie, mads = counsellor("Sofie", house(AARHUS)), counsellor("Mads", house(AARHUS))
    empty = counsellor("Tom", house(AARHUS))
    Profile.objects.filter(user=empty).update(about="")
    gone = counsellor("Vera", house(AARHUS))
    User.objects.filter(pk=gone.pk).update(is_active=False)
    counsellor("Odin", house(ODENSE))
    page = page_of(client)
    assert [name in page for name in ("Sofie", "Mads", "Tom", "Vera", "Odin")] == [True, True, False, False, False]
    CityPage.objects.create(organization=house(AARHUS), hidden=[mads.pk])
    assert "Mads lytter." not in page_of(client)
    assert sofie.profile.about in page_of(client)


def test_the_words_of_a_city_are_there_once_they_are_published(client: Client) -> None:
    page = CityPage.objects.create(
        organization=house(AARHUS), headline="Kom forbi", intro="Vi er her.\n\n<b>Også</b> om aftenen."
    )
    assert "Kom forbi" not in page_of(client)
    page.is_published = True
    page.save()
    shown = page_of(client)
    assert "Kom forbi" in shown
    assert "&lt;b&gt;Også" in shown
    assert "Kom forbi" in client.get("/by/").content.decode()


def test_reading_leaves_no_cookie_and_an_empty_title(client: Client) -> None:
    chat("Venner", AARHUS)
    for path in ("/by/", "/by/aarhus/", "/by/?k=fre"):
        answer = client.get(path)
        assert not answer.cookies
        page = answer.content.decode()
        assert "<title>Samrum</title>" in page
        assert 'href="/hjaelp/"' in page
        assert 'href="/ud/"' in page


def test_no_page_of_a_city_tells_how_many_are_there(client: Client) -> None:
    session = chat("Venner", AARHUS)
    Session.objects.filter(pk=session.pk).update(attended=83, capacity=97)
    page = page_of(client)
    assert "83" not in text_of(page)
    assert "97" not in text_of(page)


@pytest.mark.parametrize("state", ["all offers shut", "a chat open", "nothing at all"])
def test_the_page_is_easy_to_read(client: Client, state: str) -> None:
    STATES[state][0]()
    box()
    text = text_of(page_of(client))
    assert lix(text) <= 25, text
    assert length(longest_sentence(text)) <= 28


def test_the_page_costs_the_same_for_one_three_and_twenty(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    CityPage.objects.create(organization=house(AARHUS), is_published=True)
    counsellor("Sofie", house(AARHUS))
    box()
    made = 0
    for number in (1, 3, 20):
        while made < number:
            made += 1
            offer(f"Sted {made}", AARHUS, opens=8)
            offer(f"Linje {made}")
            chat(f"Chat {made}", AARHUS, starts_at=LATER, state="lobby")
            chat(f"Anden {made}", FAVRSKOV)
        with django_assert_num_queries(10):
            page_of(client)
        with django_assert_num_queries(7):
            client.get("/by/")
