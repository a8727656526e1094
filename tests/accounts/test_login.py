"""The staff's door: password, second factor, limits, and what it leaves behind (T04, T13, T22, T25)."""

import ipaddress
import re
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.contrib.auth import hashers
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.urls import get_resolver, reverse
from pytest_django import Settings

from accounts import services
from accounts.models import User
from accounts.urls import urlpatterns
from tests.accounts.conftest import PASSWORD, MakeStaff, code_now, is_in, log_in, secret_of, set_up_app

pytestmark = pytest.mark.django_db

WRONG = "en-helt-anden-adgangskode"


def shown(answer: Any) -> str:
    """The page without what differs between any two answers."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())


# Which doors there are ------------------------------------------------------------------------------------------

DOORS = {
    "profil/",
    "kolleger/",
    "login/",
    "logout/",
    "ny/",
    "glemt/",
    "mig/",
    "mig/ord/",
    "mig/slet/",
    "igen/",
    "adgangskode/",
    "kommune/",
    "kommune/<slug:login_id>/svar/",
    "kommune/<slug:login_id>/acs/",
    "kommune/<slug:login_id>/acs/videre/",
    "kommune/<slug:login_id>/metadata/",
    "kode/",
    "kode/login/",
    "kode/igen/",
    "kode/app/",
    "kode/app/fjern/",
    "kode/noedkoder/",
    "kode/noedkoder/nye/",
}


ALLAUTH = ("account_", "mfa_", "socialaccount_", "openid_connect_", "saml_")


def test_the_listed_doors_are_all_there_are() -> None:
    found = set()
    for entry in urlpatterns:
        found |= {str(part.pattern) for part in getattr(entry, "url_patterns", [entry])}
    assert found == DOORS


@pytest.mark.parametrize(
    "path",
    [
        "",
        "signup/",
        "email/",
        "confirm-email/",
        "confirm-email/abc/",
        "inactive/",
        "password/reset/",
        "password/reset/key/1-abc/",
        "password/set/",
        "password/change/",
        "login/code/",
        "login/code/confirm/",
        "3rdparty/",
        "3rdparty/signup/",
        "3rdparty/login/error/",
        "3rdparty/login/cancelled/",
        "oidc/aarhus/login/",
        "oidc/aarhus/login/callback/",
        "saml/kommunerne/acs/",
        "saml/kommunerne/sls/",
        "2fa/",
        "2fa/webauthn/",
        "kode/trust/",
        "kode/noedkoder/download/",
        "kode/webauthn/",
        "sessions/",
    ],
)
@pytest.mark.parametrize("logged_in", [False, True], ids=["visitor", "counsellor"])
def test_what_allauth_would_add_is_not_there(path: str, logged_in: bool, client: Client, make_staff: MakeStaff) -> None:
    if logged_in:
        client.force_login(make_staff())
    assert client.get(f"/konto/{path}").status_code == 404
    assert client.post(f"/konto/{path}", {"email": "a@example.org"}).status_code == 404


def test_no_other_address_of_the_site_leads_to_allauth() -> None:
    def names(patterns: Any) -> set[str]:
        found: set[str] = set()
        for entry in patterns:
            found |= names(entry.url_patterns) if hasattr(entry, "url_patterns") else {str(entry.name)}
        return found

    listed = {str(entry.name) for entry in urlpatterns if hasattr(entry, "name")}
    everywhere = {name for name in names(get_resolver().url_patterns) if name.startswith(ALLAUTH)}
    assert everywhere == {name for name in listed if name.startswith(("account_", "mfa_"))}


# Password -------------------------------------------------------------------------------------------------------


def test_a_counsellor_logs_in_with_name_and_password_and_lands_on_the_desk(
    client: Client, make_staff: MakeStaff
) -> None:
    make_staff()
    answer = client.post("/konto/login/", {"login": "sofie", "password": PASSWORD})
    assert answer.status_code == 302
    assert answer["Location"] == reverse("chat:desk")
    assert is_in(client)


def test_login_leads_back_to_the_page_one_came_from_and_to_no_other_site(client: Client, make_staff: MakeStaff) -> None:
    make_staff()
    form = {"login": "sofie", "password": PASSWORD}
    assert client.post("/konto/login/", {**form, "next": "/konto/profil/"})["Location"] == "/konto/profil/"
    client.logout()
    for foreign in ("https://example.org/", "//example.org/", "javascript:alert(1)"):
        assert client.post("/konto/login/", {**form, "next": foreign})["Location"] == reverse("chat:desk")
        client.logout()


@pytest.mark.parametrize("path", ["login/", "logout/", "igen/", "adgangskode/", "kode/app/", "profil/"])
def test_t13_a_post_without_the_token_is_refused(path: str, make_staff: MakeStaff) -> None:
    user = make_staff()
    strict = Client(enforce_csrf_checks=True)
    if path != "login/":
        strict.force_login(user)
    answer = strict.post(f"/konto/{path}", {"login": "sofie", "password": PASSWORD})
    assert answer.status_code == 403
    assert is_in(strict) is (path != "login/")


def test_t13_a_login_with_the_token_of_another_site_is_refused(make_staff: MakeStaff) -> None:
    make_staff()
    strict = Client(enforce_csrf_checks=True)
    strict.get("/konto/login/")
    token = strict.cookies["csrftoken"].value
    form = {"login": "sofie", "password": PASSWORD, "csrfmiddlewaretoken": token}
    assert strict.post("/konto/login/", form, HTTP_ORIGIN="https://example.org").status_code == 403
    assert strict.post("/konto/login/", form, HTTP_ORIGIN="http://testserver").status_code == 302


def test_t13_nobody_is_logged_out_by_a_link(client: Client, make_staff: MakeStaff) -> None:
    client.force_login(make_staff())
    assert client.get("/konto/logout/").status_code == 200
    assert is_in(client)
    assert client.post("/konto/logout/").status_code == 302
    assert not is_in(client)


def test_t15_a_session_from_before_the_login_is_dead_after_it(client: Client, make_staff: MakeStaff) -> None:
    make_staff()
    session = client.session
    session["planted"] = "1"
    session.save()
    planted = session.session_key
    client.cookies["sessionid"] = planted
    log_in(client, "sofie")
    assert client.session.session_key != planted
    assert not Session.objects.filter(pk=planted).exists()


def test_t22_a_wrong_password_an_unknown_name_and_a_closed_account_get_the_same_answer(
    client: Client, make_staff: MakeStaff
) -> None:
    make_staff()
    make_staff("gone", is_active=False)
    tries = [("sofie", WRONG), ("nobody", WRONG), ("gone", WRONG), ("gone", PASSWORD)]
    pages = set()
    for name, password in tries:
        answer = client.post("/konto/login/", {"login": name, "password": password})
        assert answer.status_code == 200
        pages.add(shown(answer).replace(name, "NAME"))
    assert len(pages) == 1
    assert not is_in(client)


@pytest.mark.parametrize("name", ["sofie", "nobody", "gone"])
def test_t22_each_try_costs_the_work_of_one_password(
    name: str, client: Client, make_staff: MakeStaff, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_staff()
    make_staff("gone", is_active=False)
    hasher = type(hashers.get_hasher())
    work = []
    encode, verify = hasher.encode, hasher.verify
    monkeypatch.setattr(hasher, "encode", lambda *args, **more: work.append("encode") or encode(*args, **more))
    monkeypatch.setattr(hasher, "verify", lambda *args, **more: work.append("verify") or verify(*args, **more))
    log_in(client, name, WRONG)
    assert len(work) == 1


# Limits ---------------------------------------------------------------------------------------------------------


def test_t25_after_five_wrong_tries_a_name_waits_a_quarter_of_an_hour(client: Client, make_staff: MakeStaff) -> None:
    make_staff()
    with time_machine.travel("2026-03-02 18:00 +0100", tick=False) as clock:
        for _ in range(5):
            log_in(client, "sofie", WRONG)
        assert log_in(client, "sofie") == 200
        clock.shift(15 * 60 - 1)
        assert log_in(client, "sofie") == 200
        assert not is_in(client)
        clock.shift(2)
        assert log_in(client, "sofie") == 302


@pytest.mark.parametrize("spelling", ["SOFIE", "Sofie", " sofie ", "ſofie", "soﬁe", "sof\u0131e", "ｓofie"])
def test_t25_another_spelling_of_the_name_gives_no_new_tries(
    spelling: str, client: Client, make_staff: MakeStaff
) -> None:
    make_staff()
    for _ in range(5):
        log_in(client, spelling, WRONG)
    log_in(client, "sofie")
    assert not is_in(client)


def test_t25_another_host_header_gives_no_new_tries(client: Client, make_staff: MakeStaff) -> None:
    make_staff()
    for port in range(8001, 8006):
        log_in(client, "sofie", WRONG, HTTP_HOST=f"localhost:{port}")
    log_in(client, "sofie")
    assert not is_in(client)


def test_nobody_locks_a_counsellor_out_from_another_network(client: Client, make_staff: MakeStaff) -> None:
    make_staff()
    for _ in range(20):
        log_in(client, "sofie", WRONG, REMOTE_ADDR="198.51.100.7")
    assert log_in(client, "sofie", REMOTE_ADDR="203.0.113.9") == 302


def test_t25_ten_thousand_tries_from_all_over_the_world_get_sixty_a_quarter(
    client: Client, make_staff: MakeStaff, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The work itself is counted, on 90 tries: beyond the limit the number of tries changes nothing."""
    assert checked_of(90, client, make_staff, monkeypatch) == 60


@pytest.mark.soak
def test_t25_all_of_ten_thousand_tries(client: Client, make_staff: MakeStaff, monkeypatch: pytest.MonkeyPatch) -> None:
    assert checked_of(10_000, client, make_staff, monkeypatch) == 60


def checked_of(tries: int, client: Client, make_staff: MakeStaff, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many of so many wrong passwords, each from another network, are checked at all."""
    user = make_staff()
    checked = []
    check = User.check_password
    monkeypatch.setattr(User, "check_password", lambda self, raw: checked.append(raw) or check(self, raw))
    with time_machine.travel("2026-03-02 18:00 +0100", tick=False):
        for number in range(tries):
            log_in(client, user.username, WRONG, REMOTE_ADDR=str(ipaddress.IPv4Address(0x0B000000 + number)))
    return len(checked)


def test_a_town_hall_behind_one_address_logs_in_at_once(client: Client, make_staff: MakeStaff) -> None:
    for number in range(40):
        make_staff(f"r{number}")
    with time_machine.travel("2026-03-02 18:00 +0100", tick=False):
        for number in range(40):
            assert log_in(Client(), f"r{number}") == 302


def test_a_right_password_uses_up_no_tries(client: Client, make_staff: MakeStaff) -> None:
    make_staff()
    for _ in range(12):
        assert log_in(Client(), "sofie") == 302


# Second factor --------------------------------------------------------------------------------------------------


def test_with_an_app_the_password_alone_lets_nobody_in(client: Client, make_staff: MakeStaff) -> None:
    secret = set_up_app(make_staff())
    answer = client.post("/konto/login/", {"login": "sofie", "password": PASSWORD})
    assert answer["Location"] == reverse("mfa_authenticate")
    assert not is_in(client)
    assert client.get("/konto/kode/login/").status_code == 200
    wrong = client.post("/konto/kode/login/", {"code": "000000" if code_now(secret) != "000000" else "111111"})
    assert wrong.status_code == 200
    assert not is_in(client)
    right = client.post("/konto/kode/login/", {"code": code_now(secret)})
    assert right["Location"] == reverse("chat:desk")
    assert is_in(client)


def try_code(code: str) -> bool:
    """Log in anew with this code; whether that lets one in."""
    browser = Client()
    log_in(browser, "sofie")
    browser.post("/konto/kode/login/", {"code": code})
    return is_in(browser)


def test_t25_a_code_works_once(make_staff: MakeStaff) -> None:
    secret = set_up_app(make_staff())
    with time_machine.travel("2026-03-02 18:00 +0100", tick=False) as clock:
        code = code_now(secret)
        assert [try_code(code), try_code(code)] == [True, False]
        caches["default"].clear()  # another process, or a cache that was restarted
        assert not try_code(code)
        clock.shift(30)
        assert not try_code(code)
        assert try_code(code_now(secret))


def test_t25_a_code_older_than_one_that_was_used_is_dead(make_staff: MakeStaff) -> None:
    secret = set_up_app(make_staff())
    with time_machine.travel("2026-03-02 18:00 +0100", tick=False):
        earlier, now = code_now(secret, steps=-1), code_now(secret)
        assert [try_code(now), try_code(earlier)] == [True, False]


@pytest.mark.parametrize("steps,accepted", [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_code_is_good_half_a_minute_early_or_late(steps: int, accepted: bool, make_staff: MakeStaff) -> None:
    secret = set_up_app(make_staff())
    with time_machine.travel("2026-03-02 18:00 +0100", tick=False):
        assert try_code(code_now(secret, steps=steps)) is accepted


def test_t25_codes_cannot_be_guessed_on_and_on(make_staff: MakeStaff) -> None:
    secret = set_up_app(make_staff())
    with time_machine.travel("2026-03-02 18:00 +0100", tick=False) as clock:
        good = code_now(secret)
        wrong = [f"{number:06d}" for number in range(20) if f"{number:06d}" not in {good}][:5]
        taken = {code_now(secret, steps=steps) for steps in (-1, 1)}
        for code in wrong:
            assert try_code(code) is (code in taken)
        assert not try_code(good)
        clock.shift(16 * 60)
        assert try_code(code_now(secret))


def test_a_recovery_code_lets_one_in_once(make_staff: MakeStaff) -> None:
    user = make_staff()
    set_up_app(user)
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    code = RecoveryCodes.activate(user).get_unused_codes()[0]
    assert [try_code(code), try_code(code)] == [True, False]


def test_secrets_of_second_factors_are_stored_encrypted(make_staff: MakeStaff, settings: Settings) -> None:
    secret = set_up_app(make_staff())
    stored = Authenticator.objects.get().data["secret"]
    assert secret not in stored
    assert secret_of(User.objects.get()) == secret
    settings.SECOND_FACTOR_KEY = "another key than the one it was made with"
    assert not try_code(code_now(secret))


def test_outside_the_demo_staff_set_up_the_app_before_they_see_anything(
    client: Client, make_staff: MakeStaff, no_demo: None
) -> None:
    make_staff()
    log_in(client, "sofie")
    for page in (reverse("chat:desk"), "/konto/profil/", "/drift/", "/", "/konto/kode/noedkoder/"):
        answer = client.get(page)
        assert (answer.status_code, answer.get("Location")) == (302, reverse("mfa_activate_totp"))
    for page in ("/konto/kode/", "/konto/logout/", reverse("exit"), reverse("referrals:help")):
        assert client.get(page).get("Location") != reverse("mfa_activate_totp")

    log_in(client, "sofie")  # the exit ended the login
    assert client.get("/konto/kode/app/")["Location"].startswith(reverse("account_reauthenticate"))
    client.post("/konto/igen/", {"password": PASSWORD})
    page = client.get("/konto/kode/app/")
    assert page.status_code == 200
    secret = page.context["form"].secret
    answer = client.post("/konto/kode/app/", {"code": code_now(secret)})
    assert answer["Location"] == reverse("mfa_view_recovery_codes")
    codes = client.get(answer["Location"]).context["unused_codes"]
    assert len(codes) == 10
    assert client.get("/konto/profil/").status_code == 200


def test_visitors_without_an_account_are_led_nowhere(client: Client, no_demo: None) -> None:
    client.cookies["sessionid"] = "no-such-session"
    assert client.get(reverse("referrals:help")).status_code == 200


def test_the_code_that_set_the_app_up_is_used(client: Client, make_staff: MakeStaff) -> None:
    make_staff()
    with time_machine.travel("2026-03-02 18:00 +0100", tick=False):
        log_in(client, "sofie")
        client.post("/konto/igen/", {"password": PASSWORD})
        secret = client.get("/konto/kode/app/").context["form"].secret
        code = code_now(secret)
        client.post("/konto/kode/app/", {"code": code})
        assert not try_code(code)


@pytest.mark.django_db(transaction=True)
def test_whoever_was_in_by_the_password_alone_is_out_once_the_app_is_set_up(
    client: Client, make_staff: MakeStaff
) -> None:
    make_staff()
    thief = Client()
    for browser in (client, thief):
        log_in(browser, "sofie")
    client.post("/konto/igen/", {"password": PASSWORD})
    secret = client.get("/konto/kode/app/").context["form"].secret
    client.post("/konto/kode/app/", {"code": code_now(secret)})
    assert client.get("/konto/profil/").status_code == 200
    assert thief.get("/konto/profil/")["Location"].startswith(reverse("account_login"))


def test_a_new_password_ends_the_sessions_elsewhere(client: Client, make_staff: MakeStaff) -> None:
    make_staff()
    elsewhere = Client()
    for browser in (client, elsewhere):
        log_in(browser, "sofie")
    new = "otte-blå-giraffer-i-regn"
    answer = client.post("/konto/adgangskode/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert answer.status_code == 302
    assert client.get("/konto/profil/").status_code == 200
    assert elsewhere.get("/konto/profil/").status_code == 302
    assert log_in(Client(), "sofie", new) == 302


def test_an_operator_can_let_someone_set_up_the_second_factor_anew(client: Client, make_staff: MakeStaff) -> None:
    user = make_staff()
    set_up_app(user)
    client.force_login(user)
    services.take_away_second_factor(user=user)
    assert not Authenticator.objects.exists()
    assert client.get("/konto/profil/").status_code == 302


@pytest.mark.parametrize("path", ["igen/", "adgangskode/", "kode/", "kode/igen/", "kode/app/", "kode/app/fjern/"])
def test_a_visitor_is_led_to_the_login_from_every_other_door(path: str, client: Client) -> None:
    answer = client.get(f"/konto/{path}")
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("account_login"))


# T04 ------------------------------------------------------------------------------------------------------------


def spellings(address: str) -> set[str]:
    """The address in every notation one could find it by."""
    parsed = ipaddress.ip_address(address)
    number = int(parsed)
    found = {address, parsed.exploded, parsed.compressed, str(number), f"{number:x}", f"{number:X}"}
    found |= {parsed.packed.hex(":"), address.replace(":", "%3A")}
    if parsed.version == 4:
        found |= {f"::ffff:{address}", ".".join(reversed(address.split(".")))}
    else:
        found |= {":".join(parsed.exploded.split(":")[:4]), ":".join(address.split(":")[:4])}
    return found


def everything_stored() -> str:
    """All rows of all tables, all cache entries and all mails, as text."""
    with connection.cursor() as cursor:
        parts = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608 - names from the database
            parts.append(f"{table} {cursor.fetchall()!r}")
    parts += [repr(session.get_decoded()) for session in Session.objects.all()]
    parts += [repr(getattr(caches[alias], "_cache", "")) for alias in ("default", "ratelimit")]
    parts += [message.message().as_string() for message in mail.outbox]
    return "\n".join(parts)


@pytest.mark.both_engines
def test_t04_logins_leave_no_address_anywhere(
    make_staff: MakeStaff, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.TRUSTED_PROXIES = 1
    secret = set_up_app(make_staff())
    addresses = [f"198.51.100.{number}" for number in range(101, 121)]
    addresses += [f"2001:db8:{number:x}:abcd::77" for number in range(0x1A01, 0x1A15)]
    with caplog.at_level(0):
        for number, address in enumerate(addresses):
            headers = {"HTTP_X_FORWARDED_FOR": address, "REMOTE_ADDR": "10.1.2.3"}
            browser = Client()
            browser.get("/konto/login/", **headers)
            log_in(browser, "sofie" if number % 2 else f"nobody{number}", WRONG, **headers)
            log_in(browser, "sofie", **headers)
            browser.post("/konto/kode/login/", {"code": code_now(secret)}, **headers)
            browser.get("/konto/profil/", **headers)
            browser.get("/konto/nowhere/", **headers)
            browser.post("/konto/logout/", **headers)
    kept = everything_stored() + caplog.text
    if settings.REDIS_URL:
        import redis

        kept += repr(list(redis.Redis.from_url(settings.REDIS_URL).scan_iter()))
    assert "sofie" in kept
    assert "login_failed" in kept
    found = [spelling for address in [*addresses, "10.1.2.3"] for spelling in spellings(address) if spelling in kept]
    assert found == []
