"""Where a young person's profile leads, and where it never does: staff pages, the chat, the operator's lists."""

from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.core.cache import caches
from django.core.cache.backends.locmem import LocMemCache
from django.db import connection, models
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from pytest_django import Settings

from accounts import permissions
from accounts.models import Membership, Organization, User
from blog.models import Entry
from chat.models import Member, Session
from chat.places import PLACE
from forum.models import Writer
from tests.accounts.conftest import PASSWORD, MakeStaff, is_in, log_in
from tests.accounts.young import NAME, SECRET, make_young, sign_up
from tests.chat.people import be_present, make_counsellor, make_session, seat_staff
from tests.forum import scene

pytestmark = pytest.mark.django_db


# After the login --------------------------------------------------------------------------------------------------


def test_one_door_leads_the_young_to_their_threads_and_staff_to_the_desk(client: Client, make_staff: MakeStaff) -> None:
    make_young()
    make_staff()
    form = {"login": NAME, "password": SECRET}
    assert client.post("/konto/login/", form)["Location"] == reverse("forum:profile")
    assert client.get("/konto/login/")["Location"] == reverse("forum:profile")
    staff = Client()
    assert staff.post("/konto/login/", {"login": "sofie", "password": PASSWORD})["Location"] == reverse("chat:desk")


def test_t25_the_second_factor_is_for_staff_and_never_for_the_young(client: Client, no_demo: None) -> None:
    sign_up(client)
    for path in ("/konto/mig/", "/forum/mig/", "/", "/chat/", "/hjaelp/"):
        assert client.get(path).status_code == 200, path


@pytest.mark.parametrize("rights", [{"role": ""}, {"role": "", "is_staff": True}, {"role": "editor"}])
def test_t25_everybody_else_is_led_to_the_second_factor(
    rights: dict[str, Any], client: Client, make_staff: MakeStaff, no_demo: None
) -> None:
    """Also whoever has no role any more: losing one makes nobody a young person."""
    client.force_login(make_staff(**rights))
    assert client.get("/")["Location"] == reverse("mfa_activate_totp")


def test_a_young_person_cannot_set_up_a_second_factor(client: Client) -> None:
    sign_up(client)
    for path in ("", "app/", "app/fjern/", "noedkoder/", "noedkoder/nye/"):
        assert client.get(f"/konto/kode/{path}").status_code == 403
        assert client.post(f"/konto/kode/{path}", {"code": "000000"}).status_code == 403
    assert not Authenticator.objects.exists()


# Staff pages ------------------------------------------------------------------------------------------------------

# Below these everything is for staff, and so is every page that comes.
STAFF_ONLY = ("vagt/", "drift/", "tilbud/vagt/", "blog/mine/", "konto/profil/", "konto/kode/", "konto/igen/")
FOR_ALL = {"mfa_authenticate"}


def addresses(patterns: Any, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in patterns:
        if isinstance(entry, URLResolver):
            yield from addresses(entry.url_patterns, prefix + str(entry.pattern))
        elif isinstance(entry, URLPattern):
            yield prefix + str(entry.pattern), entry


def filled(pattern: str, values: dict[str, Any]) -> str:
    """The address of a pattern, with what exists in the place of each argument."""
    for name, value in values.items():
        for kind in ("", "slug:", "int:", "str:", "uuid:", "path:"):
            pattern = pattern.replace(f"<{kind}{name}>", str(value))
    return "/" + pattern


@pytest.fixture
def something_everywhere(db: None) -> dict[str, Any]:
    """A session in use, an entry, a thread: so that no page of staff is missing only for want of a thing to show."""
    karla = make_counsellor("Karla")
    session = make_session(karla, state=Session.State.OPEN)
    be_present(seat_staff(session, karla)[0])
    board = scene.make_board(karla)
    sent = scene.published(board, karla)
    entry = Entry.objects.get(pk=session.before_post_id)
    return {
        "slug": session.slug,
        "topic_id": sent.post.topic.public_id,
        "post_id": sent.post.public_id,
        "public_id": entry.public_id,
        "pk": sent.post.pk,
        "object_id": karla.pk,
        "source": "post",
        "key": sent.post.public_id,
        "action": "approve",
        "member": Member.objects.get(session=session).public_id,
        "karla": karla,
    }


def test_a_young_profile_sees_no_page_of_staff(client: Client, something_everywhere: dict[str, Any]) -> None:
    sign_up(client)
    karla = Client()
    karla.force_login(something_everywhere["karla"])
    seen_by_karla = 0
    for pattern, entry in addresses(get_resolver().url_patterns):
        if not pattern.startswith(STAFF_ONLY) or entry.name in FOR_ALL:
            continue
        path = filled(pattern, something_everywhere)
        for answer in (client.get(path), client.post(path)):
            assert answer.status_code in {403, 404, 405} or _leads_to_login(answer), f"{path}: {answer.status_code}"
        if not pattern.startswith(("drift/", "konto/")) and "<" not in path:
            seen_by_karla += karla.get(path).status_code == 200
    assert seen_by_karla >= 3


def _leads_to_login(answer: Any) -> bool:
    """Drift's own way for whoever is not an operator: to the login, which sends the young to their threads."""
    return answer.status_code == 302 and ("/login/" in answer["Location"] or answer["Location"] == "/drift/")


@pytest.mark.parametrize(
    "path", ["/vagt/", "/vagt/ny/", "/tilbud/vagt/", "/blog/mine/", "/blog/mine/ny/", "/konto/profil/", "/drift/"]
)
def test_the_best_known_pages_of_staff_answer_403(path: str, client: Client) -> None:
    sign_up(client)
    answer = client.get(path, follow=True)
    assert answer.status_code in {403, 404}


def test_no_question_about_rights_is_answered_with_yes(organization: Organization) -> None:
    """Not even when somebody wrote a role past all forms."""
    user = make_young()
    for role in Membership.Role.values:
        Membership.objects.create(user=user, organization=organization, role=role)
    assert not permissions.is_staff_member(user)
    assert not permissions.is_counsellor(user)
    assert not permissions.is_coordinator(user, organization)
    assert not permissions.may_enter_staff_pages(user)
    assert not permissions.may_enter_admin(user)
    assert not permissions.may_edit_profile(user)


# The operator -----------------------------------------------------------------------------------------------------


def test_law_8_the_operator_is_shown_no_profile_of_the_young(client: Client, make_staff: MakeStaff) -> None:
    user = make_young()
    make_staff()
    client.force_login(make_staff("drift", role="", is_staff=True, is_superuser=True))
    pages = [
        "/drift/accounts/user/",
        "/drift/accounts/user/?q=regn",
        "/drift/accounts/membership/add/",
        "/drift/accounts/profile/add/",
    ]
    for page in pages:
        answer = client.get(page)
        assert answer.status_code == 200
        assert NAME not in answer.content.decode()
    assert "sofie" in client.get(pages[0]).content.decode()
    for way in ("change", "history", "delete", "password"):
        answer = client.get(f"/drift/accounts/user/{user.pk}/{way}/", follow=True)
        assert NAME not in answer.content.decode()
    form = {"action": "end_sessions", "_selected_action": [user.pk]}
    client.post("/drift/accounts/user/", form)
    user.refresh_from_db()
    assert user.session_epoch == 0
    assert not any(model.__name__ == "Recovery" for model in client_models())


def client_models() -> set[type[models.Model]]:
    from django.contrib import admin

    return set(admin.site._registry)


# The chat ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def chatting(client: Client) -> tuple[User, Session]:
    """Somebody logged in with a profile walks through a chat: the list, the door, the room, a line, out again."""
    karla = make_counsellor("Karla")
    session = make_session(karla, state=Session.State.OPEN)
    be_present(seat_staff(session, karla)[0])
    sign_up(client)
    base = f"/chat/{session.slug}/"
    assert client.get("/chat/").status_code == 200
    assert client.get(base).status_code == 200
    assert client.post(f"{base}join/", {"alias": "Blå Ræv"}).status_code in {302, 303}
    assert PLACE in client.cookies
    assert client.get(reverse("chat:room", args=[session.slug])).status_code == 200
    said = client.post(reverse("chat:say", args=[session.slug]), {"text": "Hej med jer", "ref": "a" * 16})
    assert said.status_code in {200, 302, 303}
    return User.objects.get(username=NAME), session


def test_law_8_a_profile_in_a_chat_leaves_no_trace_there(chatting: tuple[User, Session]) -> None:
    user, session = chatting
    member = Member.objects.get(session=session, alias="Blå Ræv")
    assert member.user_id is None
    assert "Hej med jer" in str(everything("chat"))
    for table, row in everything("chat"):
        assert NAME not in str(row), table
    for model in apps.get_app_config("chat").get_models(include_auto_created=True):
        for field in model._meta.get_fields():
            if getattr(field, "related_model", None) is User and getattr(field, "concrete", False):
                assert not model._default_manager.filter(**{field.name: user.pk}).exists(), f"{model}.{field.name}"


def everything(app: str) -> list[tuple[str, Any]]:
    """Every row of an app's tables, as the database holds it."""
    rows: list[tuple[str, Any]] = []
    with connection.cursor() as cursor:
        for model in apps.get_app_config(app).get_models(include_auto_created=True):
            cursor.execute(f'SELECT * FROM "{model._meta.db_table}"')  # noqa: S608
            rows += [(model._meta.db_table, row) for row in cursor.fetchall()]
    return rows


def test_law_8_the_session_of_a_profile_tells_of_no_chat(client: Client) -> None:
    karla = make_counsellor("Karla")
    session = make_session(karla, state=Session.State.OPEN)
    be_present(seat_staff(session, karla)[0])
    sign_up(client)
    before = dict(client.session)
    client.post(f"/chat/{session.slug}/join/", {"alias": "Blå Ræv"})
    client.get(reverse("chat:room", args=[session.slug]))
    assert dict(client.session) == before
    assert session.slug not in str(before)


def test_a_profile_without_a_place_stands_at_the_door_like_everybody_else(client: Client) -> None:
    karla = make_counsellor("Karla")
    session = make_session(karla, state=Session.State.OPEN)
    be_present(seat_staff(session, karla)[0])
    sign_up(client)
    for name in ("room", "log"):
        path = reverse(f"chat:{name}", args=[session.slug])
        mine, theirs = client.get(path), Client().get(path)
        assert (mine.status_code, mine.headers.get("Location")) == (theirs.status_code, theirs.headers.get("Location"))


# A cache that is dead ---------------------------------------------------------------------------------------------


class DeadCache(LocMemCache):
    """A Redis that does not answer."""

    def _fail(self, *_args: Any, **_more: Any) -> Any:
        raise ConnectionError("The cache is away.")

    get = set = add = incr = delete = get_many = set_many = touch = has_key = _fail  # type: ignore[assignment]


@pytest.fixture
def dead_cache(settings: Settings) -> None:
    gone = {"BACKEND": "tests.accounts.test_young_doors.DeadCache", "LOCATION": "gone"}
    settings.CACHES = dict.fromkeys(settings.CACHES, gone)
    assert type(caches["default"]) is DeadCache


@pytest.mark.parametrize("path", ["login/", "ny/", "glemt/", "kode/login/"])
def test_the_login_closes_while_the_cache_is_dead(
    path: str, client: Client, make_staff: MakeStaff, dead_cache: None
) -> None:
    make_staff()
    form = {"login": "sofie", "password": PASSWORD, "username": NAME, "password1": SECRET, "phrase": "a"}
    for answer in (client.get(f"/konto/{path}"), client.post(f"/konto/{path}", form)):
        assert answer.status_code == 503
        page = answer.content.decode()
        assert reverse("referrals:help") in page
        assert "112" in page
    assert not is_in(client)
    assert not User.objects.young().exists()


def test_with_a_dead_cache_nothing_else_of_a_profile_closes(client: Client, settings: Settings) -> None:
    sign_up(client)
    board = scene.make_board(scene.make_reader())
    settings.CACHES = {alias: {"BACKEND": f"{__name__}.DeadCache"} for alias in settings.CACHES}
    assert client.get("/konto/mig/").status_code == 200
    assert client.get("/forum/mig/").status_code == 200
    assert client.post("/konto/mig/slet/", {"texts": "go", "password": SECRET}).status_code == 503
    form = {"alias": "Blå Ræv", "text": "Jeg har det svært derhjemme"}
    assert client.post(f"/forum/{board.slug}/skriv/", form).status_code in {200, 302, 303}
    assert Writer.objects.get().user == User.objects.get(username=NAME)
    assert client.post("/konto/logout/").status_code == 302
    assert not is_in(client)


def test_a_login_that_is_open_stays_open_while_the_cache_is_dead(
    client: Client, make_staff: MakeStaff, settings: Settings
) -> None:
    make_staff()
    assert log_in(client, "sofie") == 302
    settings.CACHES = {alias: {"BACKEND": f"{__name__}.DeadCache"} for alias in settings.CACHES}
    assert client.get("/vagt/").status_code == 200
