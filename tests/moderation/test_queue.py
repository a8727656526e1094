"""One list of everything that waits: who sees it, in which order, and how one decides (C5)."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Membership, Organization, Profile, User
from moderation import queue
from moderation.models import CLAIM_LEASE, Claim
from moderation.queue import ACUTE, PRESSING, USUAL, Action, Done, Item, Source
from moderation.refusals import Code, Refused
from moderation.waits import in_words, minutes_since

pytestmark = [pytest.mark.django_db]
NOW = timezone.now()
ACTIONS = (
    Action("approve", "Slip igennem", "A"),
    Action("reply", "Svar", "R", opens_reply=True),
    Action("refuse", "Send tilbage", "S", sends_reason=True),
    Action("hold", "Gem", "H"),
)


class Tray(Source):
    """A place whose things lie in memory, with an undo of ten seconds."""

    name = "tray"
    label = "Bakke"

    def __init__(self) -> None:
        self.things: dict[str, Item] = {}
        self.done: dict[str, tuple[str, Mapping[str, str]]] = {}
        self.settled = 0

    def put(self, key: str, **fields: object) -> Item:
        given = {"title": f"Titel {key}", "text": "Jeg er ked af det", "since": NOW, "actions": ACTIONS, **fields}
        reasons = (("identifying", "Viser hvem"), ("unkind", "Gør ondt"))
        self.things[key] = Item(source="tray", key=key, place="Bakke", reasons=reasons, **given)  # type: ignore[arg-type]
        return self.things[key]

    def items(self, user: User, *, now: datetime) -> list[Item]:
        return [item for key, item in self.things.items() if key not in self.done and user.username != "fremmed"]

    def find(self, user: User, key: str, *, now: datetime) -> Item | None:
        return next((item for item in self.items(user, now=now) if item.key == key), None)

    def decide(self, *, user: User, key: str, action: str, data: Mapping[str, str], now: datetime) -> Done:
        if action == "refuse" and not data["reason"]:
            raise Refused(Code.BAD_COMMAND, "Vælg en grund.")
        if action == "hold":
            return Done("Gemt.")
        self.done[key] = (action, dict(data))
        return Done(f"{action}: {key}", now + timedelta(seconds=10))

    def undo(self, *, user: User, key: str, now: datetime) -> None:
        if self.done.pop(key, None) is None:
            raise Refused(Code.UNKNOWN, "For sent.")

    def settle(self, *, now: datetime) -> None:
        self.settled += 1


@pytest.fixture
def tray(monkeypatch: pytest.MonkeyPatch) -> Tray:
    tray = Tray()
    monkeypatch.setattr(queue, "_sources", {"tray": tray})
    return tray


@pytest.fixture
def house() -> Organization:
    return Organization.objects.create(name="Ung i Aarhus", slug="ung", kind="association")


def person(house: Organization, name: str, role: str = "counsellor") -> User:
    user = User.objects.create_user(name)
    Membership.objects.create(user=user, organization=house, role=role)
    Profile.objects.create(user=user, working_name=name.capitalize())
    return user


@pytest.fixture
def sofie(house: Organization) -> User:
    return person(house, "sofie")


@pytest.fixture
def mads(house: Organization) -> User:
    return person(house, "mads")


@pytest.fixture
def desk(client: Client, sofie: User) -> Client:
    client.force_login(sofie)
    return client


SCRIPT = {"headers": {"Accept": "application/json"}}


# Order ------------------------------------------------------------------------------------------------------------


def test_the_urgent_come_first_and_then_what_was_promised_earliest(tray: Tray, sofie: User) -> None:
    tray.put("later", due_at=NOW + timedelta(hours=4))
    tray.put("soon", due_at=NOW + timedelta(hours=1))
    tray.put("worrying", urgency=PRESSING, due_at=NOW + timedelta(hours=9))
    tray.put("acute", urgency=ACUTE, due_at=NOW + timedelta(hours=9))
    tray.put("no promise", since=NOW - timedelta(minutes=1))
    keys = [item.key for item in queue.waiting(sofie, now=NOW)]
    assert keys == ["acute", "worrying", "no promise", "soon", "later"]


def test_what_is_late_is_pressing_and_what_was_kept_aside_comes_after_its_like(tray: Tray, sofie: User) -> None:
    tray.put("aside", due_at=NOW + timedelta(hours=1), is_aside=True)
    tray.put("usual", due_at=NOW + timedelta(hours=2))
    tray.put("late", due_at=NOW - timedelta(seconds=1))
    rows = queue.waiting(sofie, now=NOW)
    assert [(item.key, item.urgency) for item in rows] == [("late", PRESSING), ("usual", USUAL), ("aside", USUAL)]


@pytest.mark.parametrize(
    "minutes, words",
    [(0, "under et minut"), (12, "12 min."), (185, "3 t. 5 min."), (24 * 60, "1 dag"), (3 * 24 * 60 - 1, "2 dage")],
)
def test_waiting_is_told_in_words(minutes: int, words: str) -> None:
    assert in_words(minutes) == words
    assert minutes_since(NOW - timedelta(minutes=minutes), now=NOW) == minutes


# Claims -----------------------------------------------------------------------------------------------------------


def claim(user: User, *, now: datetime = NOW) -> Claim:
    return queue.claim(user=user, source="tray", key="a", now=now)


@pytest.mark.both_engines
def test_one_thing_is_looked_at_by_one_counsellor(sofie: User, mads: User) -> None:
    claim(sofie)
    with pytest.raises(Refused, match="forbidden") as refused:
        claim(mads)
    assert str(refused.value.text) == "Sofie kigger på det."
    assert Claim.objects.get().user == sofie


def test_a_claim_is_renewed_by_its_owner_and_ends_after_ten_minutes(sofie: User, mads: User) -> None:
    claim(sofie)
    assert claim(sofie, now=NOW + timedelta(minutes=9)).claimed_at == NOW + timedelta(minutes=9)
    with pytest.raises(Refused):
        claim(mads, now=NOW + timedelta(minutes=18))
    assert claim(mads, now=NOW + timedelta(minutes=19)).user == mads
    assert Claim.objects.get().user == mads


def test_claims_that_are_over_are_forgotten(sofie: User) -> None:
    claim(sofie)
    assert queue.forget_claims(now=NOW + CLAIM_LEASE - timedelta(seconds=1)) == 0
    assert queue.forget_claims(now=NOW + CLAIM_LEASE) == 1


def test_nobody_lets_go_what_a_colleague_looks_at(sofie: User, mads: User) -> None:
    claim(sofie)
    queue.let_go(user=mads, source="tray", key="a")
    assert Claim.objects.count() == 1
    queue.let_go(user=sofie, source="tray", key="a")
    assert not Claim.objects.exists()


# The page ---------------------------------------------------------------------------------------------------------


def test_each_thing_shows_where_it_stands_how_long_it_waits_and_what_was_promised(tray: Tray, desk: Client) -> None:
    tray.put("a", tags=("skrevet uden profil",), since=NOW - timedelta(minutes=40), due_at=NOW - timedelta(minutes=5))
    page = desk.get("/vagt/koe/").content.decode()
    for words in ("Bakke", "Titel a", "skrevet uden profil", "Har ventet", "lovet", "For sent"):
        assert words in page
    assert tray.settled == 1


def test_every_key_has_a_button(tray: Tray, desk: Client) -> None:
    tray.put("a")
    page = desk.get("/vagt/koe/").content.decode()
    assert [f'<kbd aria-hidden="true">{key}</kbd>' in page for key in "ARSH?Z"] == [True] * 6


def test_what_may_show_who_somebody_is_is_underlined_and_nothing_else_is_markup(tray: Tray, desk: Client) -> None:
    tray.put("a", text="<b>Ring</b> til mig på 31 22 43 54", reason="identifying")
    page = desk.get("/vagt/koe/").content.decode()
    assert "&lt;b&gt;Ring&lt;/b&gt; til mig på <mark>31 22 43 54</mark>" in page
    assert '<option value="identifying" selected>' in page


def test_an_empty_list_is_kind_and_leads_on(tray: Tray, desk: Client) -> None:
    page = desk.get("/vagt/koe/").content.decode()
    assert "Ingen venter på dig lige nu" in page
    assert 'href="/vagt/"' in page


def test_a_colleague_who_looks_at_it_is_seen(tray: Tray, desk: Client, mads: User) -> None:
    tray.put("a")
    queue.claim(user=mads, source="tray", key="a", now=timezone.now())
    assert "Mads kigger på det" in desk.get("/vagt/koe/").content.decode()
    assert desk.get("/vagt/koe/nu/").json() == {"waiting": {"tray/a": "Mads kigger på det"}}


def test_more_than_a_page_waits_behind_it(tray: Tray, desk: Client) -> None:
    for number in range(52):
        tray.put(f"n{number}")
    page = desk.get("/vagt/koe/").content.decode()
    assert page.count("data-item") == 50
    assert "2 ting venter bag disse" in page


@pytest.mark.parametrize("count", [1, 20])
def test_the_list_asks_as_much_of_the_database_for_twenty_as_for_one(
    tray: Tray, desk: Client, mads: User, count: int, django_assert_num_queries: object
) -> None:
    for number in range(count):
        tray.put(f"n{number}")
        queue.claim(user=mads, source="tray", key=f"n{number}", now=timezone.now())
    desk.get("/vagt/koe/")
    with django_assert_num_queries(QUERIES):  # type: ignore[operator]
        desk.get("/vagt/koe/")


QUERIES = 7  # session, user; twice whether one is staff and in which role; the claims


# Decisions --------------------------------------------------------------------------------------------------------


def test_a_decision_without_javascript_leads_back_and_can_be_taken_back(tray: Tray, desk: Client) -> None:
    tray.put("a")
    page = desk.post("/vagt/koe/tray/a/approve/", follow=True)
    assert page.redirect_chain == [("/vagt/koe/?fortryd=tray%2Fa", 302)]
    text = page.content.decode()
    assert "approve: a" in text
    assert 'action="/vagt/koe/tray/a/fortryd/"' in text
    assert tray.done["a"][0] == "approve"
    again = desk.post("/vagt/koe/tray/a/fortryd/", follow=True).content.decode()
    assert tray.done == {}
    assert "Det venter igen" in again
    assert "Titel a" in again


def test_what_goes_back_goes_with_its_reason_and_words(tray: Tray, desk: Client) -> None:
    tray.put("a")
    desk.post("/vagt/koe/tray/a/refuse/", {"reason": "unkind", "words": "Skriv hvordan du har det"})
    assert tray.done["a"] == (
        "refuse",
        {"text": "", "reason": "unkind", "words": "Skriv hvordan du har det", "seen": ""},
    )


def test_a_script_is_told_what_was_done_for_how_long_it_can_be_taken_back_and_what_still_waits(
    tray: Tray, desk: Client
) -> None:
    tray.put("a")
    held = desk.post("/vagt/koe/tray/a/hold/", **SCRIPT).json()
    assert (held["said"], held["undo"]) == ("Gemt.", 0)
    assert 'data-row="tray/a"' in held["card"]
    told = desk.post("/vagt/koe/tray/a/approve/", **SCRIPT).json()
    assert (told["said"], told["card"]) == ("approve: a", "")
    assert 9 < told["undo"] <= 10
    assert 'data-row="tray/a"' in desk.post("/vagt/koe/tray/a/fortryd/", **SCRIPT).json()["card"]


def test_what_was_refused_stands_in_the_form_with_what_was_typed(tray: Tray, desk: Client) -> None:
    tray.put("a")
    page = desk.post("/vagt/koe/tray/a/refuse/", {"words": "Mine egne ord"})
    assert page.status_code == 422
    text = page.content.decode()
    assert "Vælg en grund." in text
    assert "Mine egne ord</textarea>" in text


def test_what_a_colleague_looks_at_is_not_decided_by_another(tray: Tray, desk: Client, mads: User) -> None:
    tray.put("a")
    queue.claim(user=mads, source="tray", key="a", now=timezone.now())
    answer = desk.post("/vagt/koe/tray/a/approve/", **SCRIPT)
    assert (answer.status_code, answer.json()) == (403, {"said": "Mads kigger på det.", "gone": False})
    assert tray.done == {}


def test_nobody_looks_any_more_at_what_is_decided(tray: Tray, desk: Client) -> None:
    tray.put("a")
    desk.post("/vagt/koe/tray/a/tag/")
    assert Claim.objects.count() == 1
    desk.post("/vagt/koe/tray/a/approve/")
    assert not Claim.objects.exists()


@pytest.mark.parametrize("step", ["approve", "tag"])
def test_what_is_dealt_with_already_is_answered_kindly(tray: Tray, desk: Client, step: str) -> None:
    answer = desk.post(f"/vagt/koe/tray/gone/{step}/", **SCRIPT)
    assert (answer.status_code, answer.json()["gone"]) == (410, True)
    assert "Det venter ikke længere" in answer.json()["said"]
    assert "Det venter ikke længere" in desk.post(f"/vagt/koe/tray/gone/{step}/", follow=True).content.decode()


def test_an_undo_that_comes_too_late_says_so(tray: Tray, desk: Client) -> None:
    tray.put("a")
    assert "For sent." in desk.post("/vagt/koe/tray/a/fortryd/", follow=True).content.decode()


def test_a_place_that_there_is_not_is_not_found(tray: Tray, desk: Client) -> None:
    assert desk.post("/vagt/koe/other/a/approve/").status_code == 404
    assert "/fortryd/" not in desk.get("/vagt/koe/?fortryd=other/a").content.decode()
    assert "/fortryd/" not in desk.get("/vagt/koe/?fortryd=tray/%22%3E").content.decode()


def test_when_the_time_is_over_decisions_take_effect(tray: Tray, desk: Client) -> None:
    assert desk.post("/vagt/koe/gjort/").status_code == 204
    assert tray.settled == 1


# Who may ----------------------------------------------------------------------------------------------------------

PAGES = ["/vagt/koe/", "/vagt/koe/nu/", "/vagt/logbog/", "/vagt/spejl/"]
STEPS = ["/vagt/koe/gjort/", "/vagt/koe/tray/a/tag/", "/vagt/koe/tray/a/approve/", "/vagt/koe/tray/a/fortryd/"]
STATUS = {"counsellor": 200, "coordinator": 200, "editor": 403, "nobody": 302, "young": 403, "administrator": 403}


def log_in(client: Client, house: Organization, role: str) -> None:
    if role == "nobody":
        return
    if role in {"young", "administrator"}:
        client.force_login(User.objects.create_user(role, is_staff=role == "administrator"))
        return
    client.force_login(person(house, role, role))


@pytest.mark.parametrize("role", STATUS)
def test_the_desk_is_for_counsellors_and_coordinators(
    tray: Tray, client: Client, house: Organization, role: str
) -> None:
    tray.put("a")
    log_in(client, house, role)
    assert {client.get(page).status_code for page in PAGES} == {STATUS[role]}
    answers = {client.post(step, **SCRIPT).status_code for step in STEPS}
    assert answers <= ({200, 204} if STATUS[role] == 200 else {STATUS[role]})
    assert bool(tray.settled) == (STATUS[role] == 200)


def test_what_is_nothing_of_theirs_does_not_exist_for_them(tray: Tray, client: Client, house: Organization) -> None:
    tray.put("a")
    client.force_login(person(house, "fremmed"))
    assert "Titel a" not in client.get("/vagt/koe/").content.decode()
    assert client.post("/vagt/koe/tray/a/approve/", **SCRIPT).status_code == 410
    assert tray.done == {}


# The number in the navigation -------------------------------------------------------------------------------------


def test_how_much_waits_stands_on_every_page_of_the_staff(tray: Tray, desk: Client) -> None:
    tray.put("a")
    tray.put("b")
    assert 'class="tag tag--open">2<' in desk.get("/vagt/spejl/").content.decode()


def test_an_editor_has_no_desk_in_the_navigation(tray: Tray, client: Client, house: Organization) -> None:
    tray.put("a")
    client.force_login(person(house, "editor", "editor"))
    assert "/vagt/koe/" not in client.get("/vagt/").content.decode()


def test_the_number_is_there_while_the_cache_is_away(tray: Tray, desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*args: object) -> None:
        raise ConnectionError

    tray.put("a")
    monkeypatch.setattr("moderation.templatetags.desk.cache", type("Away", (), {"get": away, "set": away}))
    assert 'class="tag tag--open">1<' in desk.get("/vagt/spejl/").content.decode()
