"""Writing in the blog: who may, what is kept, and what the operator sees of it."""

from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client

from accounts.models import User
from blog import services
from blog.models import Entry
from blog.permissions import can_edit_entry, can_write_notes
from moderation.refusals import Refused
from tests.blog.people import NOW, house, make_entry, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def evening() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def sofie() -> User:
    return make_staff("Sofie")


# Verbs ------------------------------------------------------------------------------------------------------------


def test_a_draft_is_rendered_when_it_is_written(sofie: User) -> None:
    entry = services.save_draft(author=sofie, kind=Entry.Kind.NOTE, title="  Om\nsøskende ", source="Vi\r\n\r\n**ses**")
    assert (entry.title, entry.source) == ("Om søskende", "Vi\n\n**ses**")
    assert entry.html == "<p>Vi</p>\n<p><strong>ses</strong></p>\n"
    assert entry.published_at is None


@pytest.mark.parametrize(
    "title,source,code",
    [
        ("", "Tekst", "bad_command"),
        (" \n ", "Tekst", "bad_command"),
        ("å" * 121, "Tekst", "too_long"),
        ("Titel", "å" * 20_001, "too_long"),
        ("Titel", "\x00", "bad_command"),
    ],
)
def test_what_cannot_be_an_entry_is_refused(sofie: User, title: str, source: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        services.save_draft(author=sofie, kind=Entry.Kind.NOTE, title=title, source=source)
    assert refused.value.code == code
    assert Entry.objects.count() == 0


def test_an_entry_without_text_cannot_be_published(sofie: User) -> None:
    entry = make_entry(sofie, source="", published_at=None)
    with pytest.raises(Refused) as refused:
        services.publish(entry=entry, now=NOW)
    assert refused.value.code == "bad_command"


def test_a_published_entry_keeps_its_date_and_may_not_lose_its_text(sofie: User) -> None:
    entry = make_entry(sofie)
    with time_machine.travel(NOW.replace(hour=20)):
        assert services.publish(entry=entry, now=NOW.replace(hour=20)).published_at == NOW
    with pytest.raises(Refused):
        services.rewrite(entry=entry, editor=sofie, title="Om søskende", source="")
    assert services.rewrite(entry=entry, editor=sofie, title="Om søskende", source="Nyt").published_at == NOW


def test_whoever_changes_a_word_wrote_last_and_whoever_changes_nothing_did_not(sofie: User) -> None:
    mads = make_staff("Mads")
    entry = make_entry(sofie)
    same = services.rewrite(entry=entry, editor=mads, title=entry.title, source=entry.source.replace("\n", "\r\n"))
    assert same.edited_by == sofie
    assert services.rewrite(entry=entry, editor=mads, title=entry.title, source="Andet").edited_by == mads


# Who may ----------------------------------------------------------------------------------------------------------


def test_notes_are_written_by_counsellors_with_a_card(sofie: User) -> None:
    assert can_write_notes(sofie)
    assert not can_write_notes(make_staff("Uklar", about=""))
    assert not can_write_notes(make_staff("Karen", role="coordinator"))
    assert not can_write_notes(make_staff("Jonas", role="editor"))
    assert not can_write_notes(make_staff("Drift", role=""))


def test_a_note_is_changed_by_its_author_and_by_their_coordinator(sofie: User) -> None:
    note = make_entry(sofie)
    assert can_edit_entry(sofie, note)
    assert can_edit_entry(make_staff("Karen", role="coordinator"), note)
    assert not can_edit_entry(make_staff("Mads"), note)
    assert not can_edit_entry(make_staff("Jonas", role="editor"), note)
    assert not can_edit_entry(make_staff("Fremmed", role="coordinator", at=house("Bøgelund")), note)
    sofie.is_active = False
    sofie.save()
    assert not can_edit_entry(sofie, note)


@pytest.mark.parametrize("kind", [Entry.Kind.BEFORE, Entry.Kind.AFTER])
def test_the_posts_of_a_chat_cannot_be_changed_here(client: Client, sofie: User, kind: Entry.Kind) -> None:
    entry = make_entry(sofie, kind=kind)
    client.force_login(sofie)
    for action in ("save", "unpublish"):
        answer = client.post(f"/blog/{entry.public_id}/ret/", {"title": "Nyt", "text": "Nyt", "action": action})
        assert answer.status_code == 404
    entry.refresh_from_db()
    assert entry.title == "Om søskende"
    assert entry.is_published


# The pages --------------------------------------------------------------------------------------------------------


def test_a_note_is_written_seen_and_published(client: Client, sofie: User) -> None:
    client.force_login(sofie)
    words = {"title": "Om søskende", "text": "Vi **ses**."}
    seen = client.post("/blog/mine/ny/", {**words, "action": "preview"})
    assert "<strong>ses</strong>" in seen.content.decode()
    assert 'value="Om søskende"' in seen.content.decode()
    assert Entry.objects.count() == 0
    client.post("/blog/mine/ny/", {**words, "action": "save"})
    entry = Entry.objects.get()
    assert not entry.is_published
    client.post(f"/blog/{entry.public_id}/ret/", {**words, "action": "publish"})
    assert client.get(f"/blog/{entry.public_id}/").status_code == 200
    client.post(f"/blog/{entry.public_id}/ret/", {**words, "action": "unpublish"})
    assert client.get(f"/blog/{entry.public_id}/").status_code == 404


def test_what_cannot_be_published_is_not_saved_half_way_and_the_form_keeps_it(client: Client, sofie: User) -> None:
    client.force_login(sofie)
    answer = client.post("/blog/mine/ny/", {"title": "Om søskende", "text": "  ", "action": "publish"})
    assert answer.status_code == 422
    assert "Der står ikke noget i indlægget endnu." in answer.content.decode()
    assert 'value="Om søskende"' in answer.content.decode()
    assert Entry.objects.count() == 0


def test_the_preview_answers_staff_alone_and_by_the_renderer_of_posts(client: Client, sofie: User) -> None:
    words = {"text": "**ses** <script>alert(1)</script>"}
    assert client.post("/blog/preview/", words).status_code == 302
    client.force_login(User.objects.create_user("fremmed"))
    assert client.post("/blog/preview/", words).status_code == 403
    client.force_login(sofie)
    html = client.post("/blog/preview/", words).json()["html"]
    assert "<strong>ses</strong>" in html
    assert "<script" not in html
    assert len(client.post("/blog/preview/", {"text": "å" * 30_000}).json()["html"]) < 20_100
    assert client.get("/blog/preview/").status_code == 405


def test_the_page_of_notes_shows_ones_own_and_says_what_is_missing(client: Client, sofie: User) -> None:
    make_entry(sofie, "Min egen")
    make_entry(make_staff("Mads"), "En andens")
    client.force_login(sofie)
    html = client.get("/blog/mine/").content.decode()
    assert "Min egen" in html
    assert "En andens" not in html
    client.force_login(make_staff("Uklar", about=""))
    html = client.get("/blog/mine/").content.decode()
    assert "/konto/profil/" in html
    assert "/blog/mine/ny/" not in html
    client.force_login(make_staff("Jonas", role="editor"))
    assert client.get("/blog/mine/").status_code == 403


# The operator -----------------------------------------------------------------------------------------------------


def test_the_operator_sees_published_entries_and_can_change_nothing(client: Client, sofie: User) -> None:
    out, draft = make_entry(sofie, "Ude <b>nu</b>"), make_entry(sofie, "Kladden", published_at=None)
    client.force_login(User.objects.create_superuser("drift"))
    html = client.get("/drift/blog/entry/").content.decode()
    assert "Ude &lt;b&gt;nu&lt;/b&gt;" in html
    assert "Kladden" not in html
    assert client.get(f"/drift/blog/entry/{draft.pk}/change/").status_code == 302
    assert client.post(f"/drift/blog/entry/{out.pk}/change/", {"title": "Nyt"}).status_code == 403
    assert client.post(f"/drift/blog/entry/{out.pk}/delete/", {"post": "yes"}).status_code == 403
    assert client.get("/drift/blog/entry/add/").status_code == 403
