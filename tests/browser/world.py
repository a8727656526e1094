"""A site with something on every page, and the people who look at it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, time, timedelta

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page

from accounts.models import Organization, User
from blog import services as blog
from blog.models import Entry
from chat.events import MemberBanned, MemberKicked, MemberWarned
from chat.management.commands.demo import PASSWORD
from chat.models import DutyCase, Member, Review, Session
from chat.places import PLACE
from chat.services import afterwards, marks, reviews
from chat.views.review import REVIEW
from forum.models import Board, Letterbox, LetterPart, Publication, Topic
from forum.places import LETTER, PEN
from forum.services import letters, posts, private, reading
from moderation import reports
from referrals import checks, cities, joint_pages, places
from referrals import services as directory
from referrals.models import CityPage, Link, Service
from referrals.services import edit_service
from tests.accounts.conftest import code_now
from tests.chat.care import house, say, tell
from tests.chat.people import make_session, seat_staff, seat_young
from tests.referrals.conftest import show_page
from tests.servers import Site

Arguments = dict[str, object]


@dataclass
class World:
    """What stands in the addresses of pages (`at`), and what the people who look carry with them (`cookies`)."""

    site: Site
    at: dict[str, Arguments] = field(default_factory=dict)
    cookies: dict[str, dict[str, str]] = field(default_factory=dict)
    secret: str = ""


def make_world(site: Site) -> World:
    """The demo, and what it does not show: a room in use, sanctions and what follows them, a closed door, drafts."""
    world = World(site)
    now = timezone.now()
    sofie, mads = User.objects.get(username="sofie"), User.objects.get(username="mads")
    houses = Organization.objects.filter(slug__in=["demo-kommune", "demo-forening"])

    tonight = Session.objects.get(title="Rollemodeller")
    karla, _login = seat_staff(tonight, sofie)
    young, world.cookies["young"] = seat_young(tonight, "Blå Ræv")
    say(young, "hej med jer", at=now)
    world.at["tonight"] = {"slug": tonight.slug}
    world.at["member"] = {"slug": tonight.slug, "member": young.public_id}

    def sanctioned(alias: str, *steps: tuple[type, dict[str, object]]) -> Member:
        member, world.cookies[alias] = seat_young(tonight, alias)
        tell(member, karla, MemberWarned, at=now, reason="Tal pænt til de andre.")
        for kind, fields in steps:
            tell(member, karla, kind, at=now, **fields)
        return member

    week = now + timedelta(days=7)
    out = (MemberKicked, {"reason": "Det blev for meget.", "ground": "discord"})
    kicked = sanctioned("kicked", out)
    Member.objects.filter(pk=kicked.pk).update(kicked_at=now)
    banned = sanctioned("banned", out, (MemberBanned, {"reason": "Det sårede andre.", "until": week}))
    Member.objects.filter(pk=banned.pk).update(kicked_at=now, banned_until=week)
    sanctioned("warned")
    asking = sanctioned("asking")
    world.cookies["asking"][REVIEW] = reviews.ask(session=tonight, member=asking, words="Jeg mente det ikke.", now=now)
    world.at["review"] = {"pk": Review.objects.get(member=asking).pk}
    DutyCase.objects.create(
        session=tonight, organization=houses[0], counsellor=sofie, told_at=now, deadline_at=now + timedelta(hours=5)
    )

    shut = make_session(mads, title="Lektier", state="open")
    shut.organizations.set([house("andet-sted")])  # its mark closes no other door
    sender = Client()
    sender.post(f"/chat/{shut.slug}/join/", {"alias": "Grøn Ugle"})
    sent_out = Member.objects.by_place(shut, sender.cookies[PLACE].value)
    assert sent_out is not None
    marks.mark_after_ban(session=Session.objects.get(pk=shut.pk), member=sent_out, now=now)
    world.at["shut"] = {"slug": shut.slug}

    ended = make_session(sofie, title="Søskende", state="closed", opened_at=now, closed_at=now, attended=3)
    afterwards.prepare(session=ended, now=now)
    world.at["ended"] = {"slug": ended.slug}

    world.at["entry"] = {"public_id": Entry.objects.published(now=now)[0].public_id}
    draft = blog.save_draft(author=sofie, kind=Entry.Kind.NOTE, title="Om at vente", source="## Vent lidt\n\nDet går.")
    world.at["draft"] = {"public_id": draft.public_id}
    service = Service.objects.filter(organization__slug="demo-kommune").first()  # whose editor looks at it, too
    assert service is not None
    world.at["city"], world.at["quiet city"] = {"place": "aarhus"}, {"place": "lemvig"}
    world.at["service"] = {"pk": service.pk}
    _change_hours(world)
    _write_city_pages(world)
    world.at["question"] = {"token": checks.make_token(service, User.objects.get(username="karen"))}
    world.at["old question"] = {"token": "gammel"}
    crisis, karen = Service.objects.crisis_ready()[0], User.objects.get(username="karen")
    chat = list(crisis.channels.filter(kind="chat").values_list("kind", "value"))
    edit_service(service=crisis, values={}, channels=[("phone", "20304050"), *chat], checked=False, by=karen)
    Link.objects.create(url=chat[0][1], failures=2, failing_since=now)
    world.at["crisis service"] = {"pk": crisis.pk}

    _write_in_the_forum(world, sofie)
    _write_letters(world)
    User.objects.create_user("stillehav", password=PASSWORD, is_young=True)

    world.secret = generate_totp_secret()
    TOTP.activate(mads, world.secret)
    RecoveryCodes.activate(mads)
    return world


def _change_hours(world: World) -> None:
    """A service with all kinds of hours, changed twice, at two places."""
    jonas = User.objects.get(username="jonas")
    service = Service.objects.get(name="Demo: Ungehuset")
    week = {"byday": "MO,TU", "opens_at": time(14), "closes_at": time(18), "freq": "WEEKLY", "interval": 1}
    month = {**week, "byday": "1SA", "opens_at": time(10), "freq": "MONTHLY"}
    rows = [{**row, "valid_from": None, "valid_to": None, "notes": ""} for row in (week, month)]
    christmas = {"first_day": date(timezone.localdate().year + 1, 12, 24), "opens_at": None, "closes_at": None}
    specials = [{**christmas, "last_day": christmas["first_day"], "note": "Jul"}]
    for days in ([], specials):
        directory.set_hours(
            service=service, schedules=rows, special_days=days, always_open=False, on_holidays="closed", by=jonas
        )
    nothing = {"address_1": "", "postal_code": "", "city": "", "transportation": "", "accessibility": ""}
    address = {"address_1": "Opfundet Gade 1", "postal_code": "8000", "city": "Demoby"}
    kinds = ({"name": "Huset", "is_hidden": False, **address}, {"name": "Skjulestedet", "is_hidden": True})
    house, hidden = (
        places.save_place(
            organization=service.organization, values={**nothing, "location_type": "physical", **kind}, by=jonas
        )
        for kind in kinds
    )
    places.set_places(service=service, places={house: "Ring på dør 2.", hidden: ""}, by=jonas)
    world.at["service with changed hours"] = {"pk": service.pk}
    world.at["place"] = {"pk": service.pk, "place_pk": house.pk}


def _write_city_pages(world: World) -> None:
    """Of the demo's editor: the city's own, a joint one that is shown, and one that the city was asked to hold."""
    jonas, mona = User.objects.get(username="jonas"), User.objects.create_user("mona", password=PASSWORD)
    aarhus = Organization.objects.get(municipality_code="751")
    odense = Organization.objects.get(municipality_code="461")
    odense.memberships.create(user=mona, role="editor")
    names = {"name": "Kattegat", "slug": "kattegat", "preposition": "på"}
    page = joint_pages.propose(organization=aarhus, values=names, asked=[odense], by=jonas)
    joint_pages.answer(seat=page.members.get(organization=odense), agrees=True, by=mona)
    cities.write_words(page=page, values={**names, "headline": "Sammen", "intro": "Vi er to."}, by=mona)
    show_page(page, mona)
    names = {"name": "Østersøen", "slug": "oestersoeen", "preposition": "i"}
    asked = joint_pages.propose(organization=odense, values=names, asked=[aarhus], by=mona)
    world.at["city page"] = {"page_pk": CityPage.objects.get(organization=aarhus).pk}
    world.at["joint page"], world.at["joint city"] = {"page_pk": page.pk}, {"place": "kattegat"}
    world.at["asked seat"] = {"seat_pk": asked.members.get(organization=aarhus).pk}


def _write_in_the_forum(world: World, reader: User) -> None:
    """A thread that everybody reads, one that waits, one that came back, and a report of the first."""
    now = timezone.now()
    thread = Topic.objects.published().filter(is_answered_by_counsellor=True).select_related("board").first()
    assert thread is not None
    first = thread.posts.on_page(1)[0]
    world.at["board"] = {"slug": thread.board.slug}
    world.at["quiet board"] = {"slug": Board.objects.get(name="Krop").slug}
    world.at["board pk"] = {"pk": thread.board.pk}
    world.at["thread"] = {"topic_id": thread.public_id}
    world.at["post"] = {"topic_id": thread.public_id, "post_id": first.public_id}

    def write(name: str, text: str) -> posts.Sent:
        sent = posts.start_topic(board=thread.board, alias=posts.suggest_alias(), text=text, ask=True, now=now)
        world.cookies[name] = {PEN: sent.token}
        world.at[name] = {"topic_id": sent.post.topic.public_id}
        world.at[f"{name} post"] = {"topic_id": sent.post.topic.public_id, "post_id": sent.post.public_id}
        return sent

    waiting = write("writer", "Det er svært at begynde\n\nMen nu gør jeg det.")
    private.write(writer=waiting.writer, text="Må jeg skrive til dig?", now=now)
    private.reply(writer=waiting.writer, counsellor=reader, text="Ja, det må du.", now=now)
    back = write("writer sent back", "Alle i min klasse er dumme")
    reading.refuse(post=back.post, user=reader, reason="unkind", words="Skriv hvad der skete.", now=now)
    reading.take_effect(now=now + reading.UNDO)
    houses = thread.board.organizations.all()
    report = reports.report(target=first, organizations=houses, reason="worrying", due_at=now, now=now)
    world.at["report"] = {"report_id": report.public_id}


def _write_letters(world: World) -> None:
    now = timezone.now()
    box = Letterbox.objects.get()
    written = letters.write(box=box, text="Må man godt være sur på sin mor?", now=now)
    world.cookies["letter writer"] = {LETTER: written.token}
    world.at["letter"] = {"public_id": written.letter.public_id}
    asked = letters.write(box=box, text="Er det mærkeligt at savne en kat?", now=now)
    seen, mads = letters.version_of(asked.letter), User.objects.get(username="mads")
    letters.send(letter=asked.letter, user=mads, text="Nej. **Slet ikke.**", seen=seen, now=now)
    words = {"title": "At savne en kat", "question": "Er det mærkeligt?", "answer": "Nej."}
    letters.propose(letter=asked.letter, user=mads, need=None, service=None, now=now, **words)
    world.cookies["one who is asked"] = {LETTER: asked.token}
    to_read = LetterPart.objects.get(look_asked_at__isnull=False)  # the demo's, by somebody in training
    world.at["letter to read"] = {"public_id": to_read.letter.public_id}
    of_mads = letters.write(box=box, text="Hvordan bliver man venner igen?", now=now).letter
    seen = letters.version_of(of_mads)
    letters.ask_look(letter=of_mads, user=mads, text="Sig det først.", seen=seen, now=now)
    world.at["letter of a colleague"] = {"public_id": of_mads.public_id}
    world.at["proposed letter"] = {"public_id": asked.letter.public_id}
    published = Publication.objects.published()[0]
    world.at["publication"] = {"public_id": published.public_id}
    world.at["answered letter"] = {"public_id": published.letter.public_id}
    world.at["box"] = {"slug": box.slug}
    world.at["box pk"] = {"pk": box.pk}


# Who looks --------------------------------------------------------------------------------------------------------


def _log_in(page: Page, world: World, username: str) -> None:
    page.goto(f"{world.site.url}/konto/login/")
    page.locator("[name=login]").fill(username)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main button[type=submit]").first.click()


def _staff(username: str) -> Callable[[Page, World], None]:
    def come(page: Page, world: World) -> None:
        _log_in(page, world, username)
        page.wait_for_url(lambda url: "/login/" not in url)

    return come


def _profile(page: Page, world: World) -> None:
    _staff("stillehav")(page, world)


def _just_in(page: Page, world: World) -> None:
    """What could change the login asks for the password again; afterwards it does not for five minutes."""
    _staff("sofie")(page, world)
    _again(page, world)


def _again(page: Page, world: World) -> None:
    page.goto(f"{world.site.url}/konto/igen/?next=/konto/kode/")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main button[type=submit]").first.click()
    page.wait_for_url("**/konto/kode/")


def _half_in(page: Page, world: World) -> None:
    _log_in(page, world, "mads")
    page.wait_for_url("**/konto/kode/login/")


def _with_code(page: Page, world: World) -> None:
    _half_in(page, world)
    page.locator("[name=code]").fill(code_now(world.secret))
    page.locator("main button[type=submit]").first.click()
    page.wait_for_url(lambda url: "/login/" not in url)
    _again(page, world)


def _carrying(cookies: str) -> Callable[[Page, World], None]:
    def come(page: Page, world: World) -> None:
        carried = world.cookies[cookies].items()
        page.context.add_cookies([{"name": name, "value": value, "url": world.site.url} for name, value in carried])

    return come


ROLES: dict[str, Callable[[Page, World], None]] = {
    "visitor": lambda _page, _world: None,
    "one who left": lambda page, world: page.context.add_cookies(
        [{"name": "ude", "value": "1", "url": world.site.url}]
    ),
    **{name: _carrying(name) for name in ("young", "warned", "kicked", "banned", "asking")},
    **{name: _carrying(name) for name in ("writer", "writer sent back", "letter writer", "one who is asked")},
    "profile": _profile,
    "counsellor": _staff("sofie"),
    "counsellor in training": _staff("asta"),
    "counsellor just in": _just_in,
    "coordinator": _staff("karen"),
    "editor": _staff("jonas"),
    "staff between password and code": _half_in,
    "staff with a code": _with_code,
}
