"""A young person's profile: made, lost and found again, left. No mail, no time, nobody who could look it up."""

import re
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.contrib.auth import hashers
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import IntegrityError, OperationalError, transaction
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts import passwords
from accounts.models import Membership, Organization, Profile, Recovery, User
from accounts.services import create_staff, young
from chat.services import worker
from forum.models import Post, PrivateWord, Topic, Writer
from forum.profile_forms import WARNINGS, suggestion, warning_about
from forum.services import private
from moderation.words import code_words
from tests.accounts.conftest import PASSWORD, MakeStaff, is_in, log_in
from tests.accounts.young import NAME, SECRET, make_young, phrase_on, sign_up
from tests.forum import scene

pytestmark = pytest.mark.django_db

ANOTHER = "fire-grønne-egetræer"


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def same_page(answer: Any) -> str:
    """The page without what differs between any two answers."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", text_of(answer))


# Making one -------------------------------------------------------------------------------------------------------


def test_a_name_and_a_password_make_a_profile_and_six_words_are_shown_once(client: Client) -> None:
    answer = client.post("/konto/ny/", {"username": NAME, "password1": SECRET})
    phrase = phrase_on(text_of(answer))
    assert len(phrase.split()) == 6
    assert set(phrase.split()) <= set(code_words())
    user = User.objects.get(username=NAME)
    assert user.is_young
    assert is_in(client)
    assert answer["Cache-Control"] == "no-store"
    assert phrase_on(text_of(client.get("/konto/mig/"))) == ""
    assert client.get("/konto/ny/")["Location"] == reverse("forum:profile")


def test_whoever_came_from_a_page_goes_on_there_and_never_to_another_site(client: Client) -> None:
    login = text_of(client.get("/konto/login/?next=/forum/skriv/"))
    assert 'href="/konto/ny/?next=%2Fforum%2Fskriv%2F"' in login
    for number, (where, onward) in enumerate(
        {"/forum/skriv/": "/forum/skriv/", "//example.org/": "/forum/mig/"}.items()
    ):
        form = {"username": f"{NAME}{number}", "password1": SECRET, "next": where}
        assert f'href="{onward}"' in text_of(Client().post("/konto/ny/", form)).partition("<main")[2]


def test_the_form_asks_for_a_name_and_a_password_and_for_nothing_else(client: Client) -> None:
    page = text_of(client.get("/konto/ny/"))
    form = page[page.index('action="/konto/ny/"') :].partition("</form>")[0]
    fields = set(re.findall(r'<input[^>]*name="(\w+)"', form))
    assert fields == {"csrfmiddlewaretoken", "username", "password1", "sure"}
    assert "mail" not in form


@pytest.mark.parametrize("path", ["email/", "ny/email/", "mig/email/", "password/reset/", "confirm-email/"])
def test_there_is_no_page_with_a_mail_field(path: str, client: Client) -> None:
    sign_up(client)
    assert client.get(f"/konto/{path}").status_code == 404
    assert client.post(f"/konto/{path}", {"email": "a@example.org"}).status_code == 404


def test_a_mail_address_that_is_sent_along_is_kept_nowhere(client: Client) -> None:
    form = {"username": NAME, "password1": SECRET, "email": "karla@example.org", "is_staff": "1", "is_superuser": "1"}
    client.post("/konto/ny/?email=karla@example.org", form)
    user = User.objects.get(username=NAME)
    assert (user.email, user.is_staff, user.is_superuser) == ("", False, False)
    assert not EmailAddress.objects.exists()
    assert mail.outbox == []


def test_the_phrase_is_stored_as_a_slow_hash_only(client: Client) -> None:
    phrase = sign_up(client)
    stored = Recovery.objects.get().phrase_hash
    assert stored.startswith("argon2$")
    assert hashers.check_password("-".join(phrase.split()), stored)
    rows = [row.session_data for row in Session.objects.all()]
    assert not any(
        word in str(Session().get_session_store_class()().decode(row)) for row in rows for word in phrase.split()
    )


@pytest.mark.parametrize("typed", ["Stille Regn 48", " STILLE-REGN-48 ", "stille  regn 48", "ｓtille-regn-48"])
def test_one_name_has_one_spelling(typed: str, client: Client) -> None:
    make_young()
    answer = client.post("/konto/ny/", {"username": typed, "password1": SECRET, "sure": NAME})
    assert answer.status_code == 200
    assert User.objects.young().count() == 1
    assert log_in(Client(), typed, SECRET) == 302


def test_a_name_of_staff_is_taken_however_it_is_written(client: Client, make_staff: MakeStaff) -> None:
    make_staff("Sofie")
    client.post("/konto/ny/", {"username": "sofie", "password1": SECRET, "sure": "sofie"})
    assert not is_in(client)
    assert log_in(client, "sofie") == 302


def test_nobody_gets_the_name_of_a_profile_in_capitals(organization: Organization) -> None:
    make_young("grantræ-7")
    card = {"working_name": "G", "role_title": "Rådgiver", "organization": organization, "role": "counsellor"}
    with pytest.raises(ValidationError):
        create_staff(username="GRANTRæ-7", password=PASSWORD, **card)


# Names ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name,warning",
    [
        ("freja-hansen", "name"),
        ("mathias", "name"),
        ("emma07", "name"),
        ("regnvejr2009", "year"),
        ("1998-tiger", "year"),
        ("insta-solsort", "contact"),
        ("snap.tiger", "contact"),
        ("stille-regn-48", ""),
        ("blå-ræv", ""),
        ("regnorm_3000", ""),
    ],
)
def test_a_name_that_tells_who_one_is_is_pointed_out(name: str, warning: str) -> None:
    assert warning_about(name) == warning


def test_what_is_suggested_is_never_warned_of() -> None:
    assert [name for name in (suggestion() for _ in range(200)) if warning_about(name)] == []


def test_whoever_is_warned_may_take_the_name_all_the_same(client: Client) -> None:
    answer = client.post("/konto/ny/", {"username": "freja-hansen", "password1": SECRET})
    page = text_of(answer)
    assert str(WARNINGS["name"]) in page
    assert f'value="{SECRET}"' in page  # one press of the button is enough
    assert '<input type="hidden" name="sure" value="freja-hansen"' in page
    assert not User.objects.exists()
    # Warned of one name, and typed another: that one is looked at anew.
    client.post("/konto/ny/", {"username": "emma2009", "password1": SECRET, "sure": "freja-hansen"})
    assert not User.objects.exists()
    client.post("/konto/ny/", {"username": "freja-hansen", "password1": SECRET, "sure": "freja-hansen"})
    assert User.objects.get().username == "freja-hansen"


@pytest.mark.parametrize("name", ["karla@example.org", "20304050", "010109-1234"])
def test_a_number_or_an_address_of_ones_own_is_no_user_name(name: str, client: Client) -> None:
    client.post("/konto/ny/", {"username": name, "password1": SECRET, "sure": name})
    assert not User.objects.exists()


# Passwords --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "password", ["kort", "password", "12345678", "Sommer2024!", "kodeordkodeord", "stille-regn-48"]
)
def test_a_password_that_is_short_common_or_the_name_is_refused(password: str, client: Client) -> None:
    answer = client.post("/konto/ny/", {"username": NAME, "password1": password})
    assert 'id="id_password1_error"' in text_of(answer)
    assert not User.objects.exists()


def test_eight_signs_are_enough_for_the_young_and_too_few_for_staff(client: Client, make_staff: MakeStaff) -> None:
    sign_up(client, password="kvist-7æ")
    staff = Client()
    make_staff()
    log_in(staff, "sofie")
    form = {"oldpassword": PASSWORD, "password1": "kvist-7æ", "password2": "kvist-7æ"}
    staff.post("/konto/adgangskode/", form)
    assert User.objects.get(username="sofie").check_password(PASSWORD)


def test_common_danish_words_are_known_with_numbers_around_them() -> None:
    judge = passwords.DanishCommonPasswordValidator()
    for common in ("Sommer2024", "!fodbold123", "elskerdig"):
        with pytest.raises(ValidationError):
            judge.validate(common)
    judge.validate("sommer regner på taget")


# What is not known ------------------------------------------------------------------------------------------------


def test_no_time_of_a_profile_is_stored(client: Client, make_staff: MakeStaff) -> None:
    with time_machine.travel("2026-03-17 21:43:07 +0100", tick=False):
        sign_up(client)
        again = Client()
        log_in(again, NAME, SECRET)
        make_staff()
        log_in(Client(), "sofie")
        sessions = [dict(client.session), dict(again.session)]
    user = User.objects.get(username=NAME)
    assert user.last_login is None
    assert user.date_joined == datetime(2026, 3, 1, tzinfo=ZoneInfo("Europe/Copenhagen"))
    assert User.objects.get(username="sofie").last_login is not None
    for kept in sessions:
        assert {name for name in kept if name.startswith("account")} == set()
        assert kept["began"] % 300 == 0
        assert "seen" not in kept
        assert NAME not in str(kept)


def test_a_profile_ends_with_the_browser_and_after_twelve_hours(client: Client) -> None:
    with time_machine.travel("2026-03-17 12:00 +0100", tick=False) as clock:
        sign_up(client)
        again = Client()
        log_in(again, NAME, SECRET)
        for browser in (client, again):
            cookie = browser.cookies["sessionid"]
            assert (cookie["max-age"], cookie["expires"]) == ("", "")
        clock.shift(4 * 3600)  # without a page: writing takes as long as it takes
        assert client.get("/konto/mig/").status_code == 200
        clock.shift(8 * 3600 + 1)
        assert client.get("/konto/mig/").status_code == 302


def test_the_worker_deletes_logins_that_are_over(client: Client) -> None:
    with time_machine.travel("2026-03-17 12:00 +0100", tick=False) as clock:
        sign_up(client)
        clock.shift(12 * 3600 - 60)
        worker.sweep()
        assert Session.objects.count() == 1
        clock.shift(120)
        worker.sweep()
    assert not Session.objects.exists()


def test_the_exit_kills_the_session_itself(client: Client) -> None:
    sign_up(client)
    stolen = client.cookies["sessionid"].value
    answer = client.get("/ud/")
    assert '"cookies"' in answer["Clear-Site-Data"]
    thief = Client()
    thief.cookies["sessionid"] = stolen
    assert thief.get("/konto/mig/").status_code == 302
    assert not Session.objects.exists()


def test_the_exit_lets_out_while_the_database_is_away(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    sign_up(client)

    def away(*_args: object, **_more: object) -> None:
        raise OperationalError

    for name in ("load", "delete", "save", "exists"):
        monkeypatch.setattr(SessionStore, name, away)
    answer = client.get("/ud/")
    assert answer.status_code == 303
    assert '"cookies"' in answer["Clear-Site-Data"]


def test_a_young_profile_can_be_given_no_right_and_no_role(organization: Organization) -> None:
    user = make_young()
    for field, value in (("is_staff", True), ("is_superuser", True), ("email", "a@example.org")):
        with pytest.raises(IntegrityError), transaction.atomic():
            User.objects.filter(pk=user.pk).update(**{field: value})
    with pytest.raises(ValidationError):
        Membership(user=user, organization=organization, role="counsellor").full_clean()
    with pytest.raises(ValidationError):
        Profile(user=user, working_name="Sofie").full_clean()


# Lost and found ---------------------------------------------------------------------------------------------------


def recover(client: Client, phrase: str, name: str = NAME, password: str = ANOTHER, **headers: str) -> Any:
    form = {"username": name, "phrase": phrase, "password": password}
    return client.post("/konto/glemt/", form, **headers)  # type: ignore[arg-type]


def test_the_phrase_gives_a_new_password_a_new_phrase_and_ends_all_other_sessions(client: Client) -> None:
    elsewhere = Client()
    phrase = sign_up(elsewhere)
    answer = recover(client, phrase.upper().replace(" ", " - "))
    new = phrase_on(text_of(answer))
    assert len(new.split()) == 6
    assert new != phrase
    assert is_in(client)
    assert client.cookies["sessionid"]["max-age"] == ""
    assert elsewhere.get("/konto/mig/").status_code == 302
    assert log_in(Client(), NAME, SECRET) == 200
    assert log_in(Client(), NAME, ANOTHER) == 302
    assert recover(Client(), phrase).status_code == 422
    assert recover(Client(), new, password="endnu-en-lang-kode").status_code == 200


def test_t22_a_wrong_phrase_an_unknown_name_and_a_name_of_staff_get_the_same_answer(
    client: Client, make_staff: MakeStaff
) -> None:
    phrase = sign_up(Client())
    make_staff("sofie")
    closed = make_young("lukket-låge")
    User.objects.filter(pk=closed.pk).update(is_active=False)
    pages = set()
    for name in (NAME, "ukendt-person", "sofie", "lukket-låge"):
        answer = recover(client, " ".join(reversed(phrase.split())), name)
        assert answer.status_code == 422
        pages.add(same_page(answer).replace(name, "NAVN"))
    assert len(pages) == 1
    assert not is_in(client)


@pytest.mark.parametrize("name", [NAME, "ukendt-person", "sofie"])
def test_t22_each_try_costs_the_work_of_one_hash(
    name: str, client: Client, make_staff: MakeStaff, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_up(Client())
    make_staff()
    hasher = type(hashers.get_hasher())
    work: list[str] = []
    encode, verify = hasher.encode, hasher.verify
    monkeypatch.setattr(hasher, "encode", lambda *args, **more: work.append("encode") or encode(*args, **more))
    monkeypatch.setattr(hasher, "verify", lambda *args, **more: work.append("verify") or verify(*args, **more))
    recover(client, "helt forkerte ord", name)
    assert len(work) == 1


def test_a_weak_new_password_is_refused_before_the_name_is_looked_for(client: Client) -> None:
    phrase = sign_up(Client())
    pages = {same_page(recover(client, phrase, name, "12345678")).replace(name, "NAVN") for name in (NAME, "ukendt")}
    assert len(pages) == 1
    assert recover(client, phrase).status_code == 200


def test_staff_do_not_come_back_by_words(make_staff: MakeStaff) -> None:
    sofie = make_staff()
    with pytest.raises(ValueError, match="Staff"):
        young.renew_phrase(user=sofie, now=datetime.now(tz=ZoneInfo("UTC")))
    Recovery.objects.create(user=sofie, phrase_hash=hashers.make_password("a-b-c"), made_on="2026-03-02")
    assert recover(Client(), "a b c", "sofie").status_code == 422
    assert User.objects.get(username="sofie").check_password(PASSWORD)


def test_after_five_tries_a_name_waits_from_that_network_alone(client: Client) -> None:
    phrase = sign_up(Client())
    with time_machine.travel("2026-03-02 18:00 +0100", tick=False) as clock:
        for _ in range(5):
            recover(client, "forkert", REMOTE_ADDR="198.51.100.7")
        assert recover(client, phrase, REMOTE_ADDR="198.51.100.7").status_code == 422
        clock.shift(15 * 60 + 1)
        for spelling in ("STILLE-regn-48", "stille regn 48", NAME, NAME, NAME):
            recover(client, "forkert", spelling, REMOTE_ADDR="198.51.100.7")
        assert recover(client, phrase, REMOTE_ADDR="198.51.100.7").status_code == 422
        assert recover(client, phrase, REMOTE_ADDR="203.0.113.9").status_code == 200


def test_a_network_makes_no_heap_of_profiles(client: Client) -> None:
    with time_machine.travel("2026-03-02 18:00 +0100", tick=False):
        for _ in range(60):
            client.post("/konto/ny/", {"username": "", "password1": ""})
        answer = client.post("/konto/ny/", {"username": NAME, "password1": SECRET})
        assert answer.status_code == 429
        assert "112" in text_of(answer)
        assert (
            client.post("/konto/ny/", {"username": NAME, "password1": SECRET}, REMOTE_ADDR="203.0.113.9").status_code
            == 200
        )


# One's own page ---------------------------------------------------------------------------------------------------


def test_new_words_kill_the_old_ones_and_need_the_password(client: Client) -> None:
    old = sign_up(client)
    refused = client.post("/konto/mig/ord/", {"password": "forkert"})
    assert refused.status_code == 422
    assert recover(Client(), old).status_code == 200
    log_in(client, NAME, ANOTHER)
    new = phrase_on(text_of(client.post("/konto/mig/ord/", {"password": ANOTHER})))
    assert len(new.split()) == 6
    assert recover(Client(), new).status_code == 200


def test_a_password_cannot_be_guessed_on_a_borrowed_phone(client: Client) -> None:
    sign_up(client)
    with time_machine.travel("2026-03-02 18:00 +0100", tick=False):
        log_in(client, NAME, SECRET)
        for _ in range(10):
            client.post("/konto/mig/ord/", {"password": "forkert"})
        assert client.post("/konto/mig/ord/", {"password": SECRET}).status_code == 422


def test_the_password_is_changed_and_the_others_are_logged_out(client: Client) -> None:
    sign_up(client)
    elsewhere = Client()
    log_in(elsewhere, NAME, SECRET)
    form = {"oldpassword": SECRET, "password1": "kvist-7æ", "password2": "kvist-7æ"}
    answer = client.post("/konto/adgangskode/", form)
    assert answer["Location"] == "/konto/mig/"
    assert client.get("/konto/mig/").status_code == 200
    assert elsewhere.get("/konto/mig/").status_code == 302


@pytest.mark.parametrize("path", ["/konto/mig/", "/konto/mig/slet/", "/forum/mig/"])
def test_the_pages_of_a_profile_are_for_its_owner(path: str, client: Client, make_staff: MakeStaff) -> None:
    assert client.get(path)["Location"].startswith("/konto/login/")
    client.force_login(make_staff())
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/konto/ny/", "/konto/glemt/", "/konto/mig/", "/konto/mig/slet/", "/forum/mig/"])
def test_the_tab_says_samrum_and_nothing_else(path: str, client: Client) -> None:
    if "/mig/" in path:
        sign_up(client)
    assert "<title>Samrum</title>" in text_of(client.get(path))


@pytest.mark.parametrize("path", ["ny/", "glemt/", "mig/ord/", "mig/slet/"])
def test_t13_a_post_without_the_token_is_refused(path: str) -> None:
    strict = Client(enforce_csrf_checks=True)
    if path.startswith("mig/"):
        strict.force_login(make_young())
    form = {"username": NAME, "password1": SECRET, "password": SECRET, "phrase": "a", "texts": "go"}
    assert strict.post(f"/konto/{path}", form).status_code == 403
    assert User.objects.count() == path.startswith("mig/")


# Leaving ----------------------------------------------------------------------------------------------------------


def leave(client: Client, texts: str) -> Any:
    return client.post("/konto/mig/slet/", {"texts": texts, "password": SECRET})


@pytest.fixture
def threads(client: Client) -> dict[str, Topic]:
    """One thread of its own with nobody else in it, one that another answered, one of another that it answered."""
    sign_up(client)
    user = User.objects.get(username=NAME)
    reader = scene.make_reader()
    board = scene.make_board(reader)
    alone = scene.published(board, reader, "Ingen svarer mig", user=user)
    private.write(writer=alone.writer, text="Kun til jer", now=scene.NOW)
    answered = scene.published(board, reader, "Her svarer nogen", user=user)
    scene.let_through(scene.answer(answered.post.topic, "Jeg svarer dig").post, reader)
    theirs = scene.published(board, reader, "En andens tråd", alias="Grøn Sommerfugl")
    scene.let_through(scene.answer(theirs.post.topic, "Mit svar til dig", alias="Modig Mus", user=user).post, reader)
    return {"alone": alone.post.topic, "answered": answered.post.topic, "theirs": theirs.post.topic}


def test_leaving_without_the_texts_lets_them_stand_and_joins_them_to_nobody(
    client: Client, threads: dict[str, Topic]
) -> None:
    before = list(Post.objects.order_by("pk").values_list("pk", "text", "state", "position"))
    answer = leave(client, "stay")
    assert answer.status_code == 200
    assert not User.objects.young().exists()
    assert not Recovery.objects.exists()
    assert list(Post.objects.order_by("pk").values_list("pk", "text", "state", "position")) == before
    assert not Writer.objects.filter(user__isnull=False).exists()
    assert not is_in(client)


def test_leaving_with_the_texts_deletes_them_and_no_word_of_others(client: Client, threads: dict[str, Topic]) -> None:
    leave(client, "go")
    assert not User.objects.young().exists()
    assert not Topic.objects.filter(pk=threads["alone"].pk).exists()
    assert set(Post.objects.values_list("text", flat=True)) == {"Jeg svarer dig", "En andens tråd"}
    assert not PrivateWord.objects.exists()
    for word in ("Ingen svarer mig", "Her svarer nogen", "Mit svar til dig"):
        found = Client().get("/soeg/", {"q": word})
        assert word not in text_of(found).replace(f'value="{word}"', "")


def test_leaving_needs_the_password_and_a_choice(client: Client) -> None:
    sign_up(client)
    for form in ({"texts": "go", "password": "forkert"}, {"password": SECRET}, {"texts": "x", "password": SECRET}):
        assert client.post("/konto/mig/slet/", form).status_code == 422
    assert client.get("/konto/mig/slet/").status_code == 200
    assert User.objects.young().exists()


def test_after_leaving_the_name_is_free_and_opens_nothing(client: Client, threads: dict[str, Topic]) -> None:
    leave(client, "stay")
    newcomer = Client()
    sign_up(newcomer)
    page = text_of(newcomer.get("/forum/mig/"))
    assert "Her svarer nogen" not in page
    for thread in threads.values():
        assert newcomer.get(f"/forum/t/{thread.public_id}/mit/").status_code == 404


def test_if_the_texts_cannot_go_the_profile_stays(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from forum.services import profiles

    sign_up(client)

    def fail(**_words: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(profiles, "delete_all", fail)
    with pytest.raises(RuntimeError):
        leave(client, "go")
    assert User.objects.young().exists()
    assert is_in(client)


# The list of one's own threads ------------------------------------------------------------------------------------


def test_a_profile_finds_its_threads_and_how_they_stand(client: Client, threads: dict[str, Topic]) -> None:
    user = User.objects.get(username=NAME)
    board = threads["alone"].board
    board.reads_everyone_first = True
    held = scene.write(board, "Den her venter", user=user)
    page = text_of(client.get("/forum/mig/"))
    for title in ("Ingen svarer mig", "Her svarer nogen", "En andens tråd", "Den her venter"):
        assert title in page
    assert "Modig Mus" in page
    assert reverse("forum:mine", args=[held.post.topic.public_id]) in page
    assert reverse("forum:topic", args=[held.post.topic.public_id]) not in page.replace("/mit/", "")
    assert client.get("/forum/mig/")["X-Robots-Tag"] == "noindex"


def test_another_profile_sees_nothing_of_it(threads: dict[str, Topic]) -> None:
    other = Client()
    sign_up(other, "en-anden-sky")
    page = text_of(other.get("/forum/mig/"))
    assert "Ingen svarer mig" not in page
    assert NAME not in page


@pytest.mark.parametrize("count", [1, 3, 20])
def test_the_list_asks_as_much_for_many_threads_as_for_one(
    count: int, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    sign_up(client)
    user = User.objects.get(username=NAME)
    board = scene.make_board(scene.make_reader())
    for number in range(count):
        scene.write(board, f"Tråd nummer {number}", user=user)
    with django_assert_num_queries(5):  # session, profile; places with topics, posts, private words
        client.get("/forum/mig/")


def test_what_a_counsellor_is_sent_never_tells_the_user_name(client: Client, threads: dict[str, Topic]) -> None:
    staff = Client()
    reader = User.objects.staff().get()
    staff.force_login(reader)
    for path in ("/vagt/", "/vagt/koe/", *(f"/forum/t/{topic.public_id}/" for topic in threads.values())):
        assert NAME not in text_of(staff.get(path, follow=True))
