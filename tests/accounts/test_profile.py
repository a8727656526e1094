"""The counsellor's own card."""

import io
import re
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from accounts import services
from accounts.models import Profile, User
from tests.accounts.conftest import MakeStaff

pytestmark = pytest.mark.django_db

URL = "/konto/profil/"
WORDS = {"working_name": "Sofie", "role_title": "Socialrådgiver", "about": "Jeg kan lide hunde & <b>havet</b>."}


@pytest.fixture
def media(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def counsellor(client: Client, make_staff: MakeStaff, media: Path) -> User:
    user = make_staff()
    client.force_login(user)
    return user


def upload(colour: str = "teal") -> SimpleUploadedFile:
    target = io.BytesIO()
    Image.new("RGB", (300, 200), colour).save(target, "JPEG")
    return SimpleUploadedFile("ferie i Skagen.jpg", target.getvalue(), content_type="image/jpeg")


def files(media: Path) -> list[str]:
    return [path.relative_to(media).as_posix() for path in media.rglob("*") if path.is_file()]


def test_a_card_is_complete_with_name_role_and_a_few_words() -> None:
    assert Profile(working_name="Sofie", role_title="Rådgiver", about="Jeg lytter.").is_complete
    for missing in ("working_name", "role_title", "about"):
        for empty in ("", "  "):
            assert not Profile(**{**WORDS, missing: empty}).is_complete


def test_a_counsellor_writes_the_card_and_sees_it_as_the_young_do(client: Client, counsellor: User) -> None:
    answer = client.post(URL, WORDS, follow=True)
    card = Profile.objects.get(user=counsellor)
    assert {name: getattr(card, name) for name in WORDS} == WORDS
    page = answer.content.decode()
    assert '<div class="person">' in page
    assert "Jeg kan lide hunde &amp; &lt;b&gt;havet&lt;/b&gt;." in page
    assert "<b>havet" not in page


def test_a_form_with_an_error_keeps_what_was_typed_and_changes_nothing(client: Client, counsellor: User) -> None:
    answer = client.post(URL, {**WORDS, "working_name": "", "about": "x" * 301})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'value="Socialrådgiver"' in page
    assert "x" * 301 in page
    assert page.count('aria-invalid="true"') == 2
    card = Profile.objects.get(user=counsellor)
    assert (card.role_title, card.about) == ("Rådgiver", "Jeg lytter.")


def test_a_picture_gets_a_random_name_and_the_one_before_is_deleted(
    client: Client, counsellor: User, media: Path, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    names = []
    for colour in ("teal", "purple"):
        with django_capture_on_commit_callbacks(execute=True):
            assert client.post(URL, {**WORDS, "picture": upload(colour)}).status_code == 302
        (name,) = files(media)
        assert re.fullmatch(r"faces/[0-9a-f]{32}\.webp", name)
        names.append(name)
    assert names[0] != names[1]
    assert Profile.objects.get(user=counsellor).card()["face"] == f"/media/{names[1]}"


def test_everybody_can_see_the_picture(client: Client, make_staff: MakeStaff) -> None:
    card = services.set_picture(profile=make_staff().profile, upload=upload())
    try:
        shown = client.get(card.card()["face"])
        assert (shown.status_code, shown["Content-Type"]) == (200, "image/webp")
        assert Image.open(io.BytesIO(b"".join(shown))).size == (192, 192)
    finally:
        card.picture.storage.delete(card.picture.name)


def test_a_picture_can_give_way_to_initials_again(
    client: Client, counsellor: User, media: Path, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    assert "remove_picture" not in client.get(URL).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(URL, {**WORDS, "picture": upload()})
        assert "remove_picture" in client.get(URL).content.decode()
        client.post(URL, {**WORDS, "remove_picture": "on"})
    assert files(media) == []
    assert Profile.objects.get(user=counsellor).card()["face"].startswith("data:image/svg+xml")


def test_a_file_that_is_no_picture_is_told_at_its_field_and_nothing_is_kept(
    client: Client, counsellor: User, media: Path
) -> None:
    bad = SimpleUploadedFile("face.jpg", b"<script>alert(1)</script>", content_type="image/jpeg")
    answer = client.post(URL, {**WORDS, "about": "Jeg er ny her.", "picture": bad})
    assert answer.status_code == 422
    assert 'id="id_picture_error"' in answer.content.decode()
    assert "Jeg er ny her." in answer.content.decode()
    assert files(media) == []
    assert Profile.objects.get(user=counsellor).about == "Jeg lytter."


def test_the_picture_goes_with_its_card(
    counsellor: User, media: Path, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        services.set_picture(profile=counsellor.profile, upload=upload())
    assert len(files(media)) == 1
    with django_capture_on_commit_callbacks(execute=True):
        counsellor.delete()
    assert files(media) == []


def test_a_counsellor_without_a_card_gets_an_empty_one_to_fill(client: Client, counsellor: User) -> None:
    counsellor.profile.delete()
    answer = client.get(URL)
    assert answer.status_code == 200
    assert '<div class="person">' not in answer.content.decode()


@pytest.mark.parametrize("role,status", [("counsellor", 200), ("coordinator", 200), ("editor", 403), ("", 403)])
def test_only_those_who_answer_the_young_have_a_card(
    role: str, status: int, client: Client, make_staff: MakeStaff
) -> None:
    client.force_login(make_staff("other", role=role))
    assert client.get(URL).status_code == status
    assert client.post(URL, WORDS).status_code == (302 if status == 200 else 403)


def test_a_visitor_sees_no_card_form(client: Client) -> None:
    assert client.get(URL).status_code == 302
