"""The blog as everybody reads it: pages, feed, and what must never stand there."""

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from blog.models import Entry
from chat.models import Roster, Session
from tests.blog.people import NOW, make_entry, make_staff

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"

ACTIVE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "[tryk](javascript:alert(1))",
    "[tryk](data:text/html,<script>alert(1)</script>)",
    "![](https://spor.example/a.png)",
    '"><iframe src=//spor.example>',
    "<a href=//spor.example onclick=alert(1)>x</a>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "</title><base href=//spor.example>",
    "{{ settings.SECRET_KEY }}",
]


@pytest.fixture(autouse=True)
def evening() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def page(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def address(entry: Entry) -> str:
    return f"/blog/{entry.public_id}/"


def plan(entry: Entry, *, hours: int = 1, **fields: object) -> Session:
    starts_at = NOW + timedelta(hours=hours)
    values = {"title": entry.title, "starts_at": starts_at, "ends_at": starts_at + timedelta(hours=2), **fields}
    session = Session.objects.create(**values)
    Roster.objects.create(session=session, user=entry.author, is_lead=True)
    return session


# The list ---------------------------------------------------------------------------------------------------------


def test_the_newest_entry_stands_first_and_drafts_nowhere(client: Client) -> None:
    sofie = make_staff("Sofie")
    make_entry(sofie, "Den gamle", published_at=NOW - timedelta(days=2))
    make_entry(sofie, "Den nye", published_at=NOW - timedelta(days=1))
    make_entry(sofie, "Kladden", published_at=None)
    make_entry(sofie, "I morgen", published_at=NOW + timedelta(days=1))
    html = page(client, "/blog/")
    assert re.findall(r"<h2[^>]*><a[^>]*>([^<]*)</a></h2>", html) == ["Den nye", "Den gamle"]
    assert "Kladden" not in html
    assert "I morgen" not in html


def test_an_empty_blog_says_what_one_can_do_instead(client: Client) -> None:
    html = page(client, "/blog/")
    assert "Her er ikke skrevet noget endnu." in html
    assert 'class="button" href="/chat/"' in html


def test_ten_entries_stand_on_a_page(client: Client) -> None:
    sofie = make_staff("Sofie")
    for number in range(12):
        make_entry(sofie, f"Nr. {number}", published_at=NOW - timedelta(hours=number))
    assert page(client, "/blog/").count("card--link") == 10
    last = page(client, "/blog/?side=2")
    assert last.count("card--link") == 2
    assert "Nyere indlæg" in last
    assert page(client, "/blog/?side=bagerst").count("card--link") == 10


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_the_database_twice(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for number in range(count):
        make_entry(make_staff(f"Sofie{number}"))
    with django_assert_num_queries(2):
        client.get("/blog/")


# One entry --------------------------------------------------------------------------------------------------------


def test_an_entry_shows_its_words_and_who_stands_by_them(client: Client) -> None:
    html = page(client, address(make_entry(make_staff("Sofie"), "Om søskende", "Vi **ses**.")))
    assert "<h1>Om søskende</h1>" in html
    assert "<p>Vi <strong>ses</strong>.</p>" in html
    assert re.search(r">\s*Sofie\s*<.*?>\s*rådgiver\s*<", html)
    assert 'src="data:image/svg+xml' in html
    assert "i dag" in html


def test_the_tab_says_nothing_about_the_entry(client: Client) -> None:
    entry = make_entry(make_staff("Sofie"), "Når du gør skade på dig selv")
    assert "<title>Samrum</title>" in page(client, address(entry))
    assert "<title>Samrum</title>" in page(client, "/blog/")
    assert re.fullmatch(r"[a-z0-9]{10}", entry.public_id)


def test_a_draft_is_not_there_not_even_for_the_one_who_writes_it(client: Client) -> None:
    sofie = make_staff("Sofie")
    draft = make_entry(sofie, published_at=None)
    later = make_entry(sofie, published_at=NOW + timedelta(minutes=1))
    client.force_login(sofie)
    assert [client.get(address(entry)).status_code for entry in (draft, later)] == [404, 404]
    assert client.get("/blog/findesikke/").status_code == 404


def test_a_post_before_a_chat_leads_to_its_door_and_into_the_calendar(client: Client) -> None:
    entry = make_entry(make_staff("Sofie"), "Rollemodeller", kind=Entry.Kind.BEFORE)
    session = plan(entry, before_post=entry)
    html = page(client, address(entry))
    assert f'class="button" href="/chat/{session.slug}/"' in html
    assert f'href="/chat/{session.slug}/aftale.ics"' in html
    assert "I aften kl. 19 til 21" in html


def test_a_post_before_a_chat_that_is_over_leads_to_what_was_said_of_it(client: Client) -> None:
    sofie = make_staff("Sofie")
    before = make_entry(sofie, "Rollemodeller", kind=Entry.Kind.BEFORE)
    after = make_entry(sofie, "Tak for snakken", kind=Entry.Kind.AFTER, published_at=None)
    plan(before, hours=-5, before_post=before, after_post=after, state="closed", closed_at=NOW)
    assert address(after) not in page(client, address(before))
    Entry.objects.filter(pk=after.pk).update(published_at=NOW)
    html = page(client, address(before))
    assert address(after) in html
    assert "aftale.ics" not in html


def test_a_post_after_a_chat_says_where_to_go_now(client: Client) -> None:
    sofie = make_staff("Sofie")
    after = make_entry(sofie, kind=Entry.Kind.AFTER)
    plan(after, hours=-5, after_post=after, state="closed", closed_at=NOW)
    html = page(client, address(after))
    for link in ("/hjaelp/", "/tilbud/", "/chat/"):
        assert f'href="{link}">' in html.split("</article>")[1].split("</main>")[0]


@pytest.mark.parametrize("kind", [Entry.Kind.NOTE, Entry.Kind.AFTER])
def test_an_entry_asks_the_database_once(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, kind: Entry.Kind
) -> None:
    entry = make_entry(make_staff("Sofie"), kind=kind)
    if kind == Entry.Kind.AFTER:
        plan(entry, after_post=entry)
    with django_assert_num_queries(1):
        client.get(address(entry))


@pytest.mark.parametrize("count", [1, 3])
def test_a_post_before_a_chat_asks_for_its_people_at_once(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    entry = make_entry(make_staff("Sofie"), kind=Entry.Kind.BEFORE)
    session = plan(entry, before_post=entry)
    for number in range(count):
        Roster.objects.create(session=session, user=make_staff(f"Mads{number}"))
    with django_assert_num_queries(4):
        client.get(address(entry))


# What must never stand there --------------------------------------------------------------------------------------


@pytest.mark.parametrize("payload", ACTIVE)
def test_nothing_written_in_an_entry_comes_alive(client: Client, payload: str) -> None:
    entry = make_entry(make_staff("Sofie"), payload[:120], payload)
    for where in ("/blog/", address(entry)):
        main = page(client, where).split("<main")[1].split("</main>")[0]
        assert not re.search(r"<(script|iframe|base|svg|object|embed|form)\b", main)
        assert not re.search(r"<[^>]*\s(on\w+|style)\s*=", main)
        assert not re.search(r'(href|src)="(javascript|data:text|//|https://spor)', main)
    assert "SECRET" not in page(client, "/blog/").replace("SECRET_KEY", "")


# The feed ---------------------------------------------------------------------------------------------------------


def test_the_feed_tells_what_is_published_and_by_whom(client: Client) -> None:
    sofie = make_staff("Sofie")
    entry = make_entry(sofie, "Om søskende", "Vi **ses**.")
    make_entry(sofie, "Kladden", published_at=None)
    response = client.get("/blog/feed/")
    assert response["Content-Type"].startswith("application/atom+xml")
    (told,) = ElementTree.fromstring(response.content).findall(f"{ATOM}entry")  # noqa: S314 - our own bytes
    texts = {child.tag.removeprefix(ATOM): (child.text or "").strip() for child in told}
    assert texts["title"] == "Om søskende"
    assert texts["summary"] == "<p>Vi <strong>ses</strong>.</p>"
    assert texts["published"] == "2026-11-23T17:00:00+00:00"
    assert told.find(f"{ATOM}author/{ATOM}name").text == "Sofie"  # type: ignore[union-attr]
    assert told.find(f"{ATOM}link").get("href") == f"http://testserver{address(entry)}"  # type: ignore[union-attr]


def test_the_feed_holds_nothing_but_what_the_pages_show(client: Client) -> None:
    sofie = make_staff("Sofie")
    sofie.username, sofie.email = "s.hemmelig", "s@fjordby.example"
    sofie.save()
    make_entry(sofie)
    feed = client.get("/blog/feed/").content.decode()
    assert "hemmelig" not in feed
    assert "@" not in feed
    assert "<title>Samrum</title>" in feed


@pytest.mark.parametrize("count", [1, 3])
def test_the_feed_asks_the_database_once(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for number in range(count):
        make_entry(make_staff(f"Sofie{number}"))
    with django_assert_num_queries(1):
        client.get("/blog/feed/")
