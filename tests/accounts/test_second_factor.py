"""T25: of many who spend one code at the same moment, one gets it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.db import connection

from accounts import services
from tests.accounts.conftest import MakeStaff, set_up_app

NOW = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)


@pytest.mark.both_engines
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["app", "recovery"])
def test_t25_twenty_parallel_uses_of_one_code_let_exactly_one_in(kind: str, make_staff: MakeStaff) -> None:
    user = make_staff()
    code = format_hotp_value(hotp_value(set_up_app(user), int(NOW.timestamp()) // 30))
    if kind == "recovery":
        code = RecoveryCodes.activate(user).get_unused_codes()[0]
    together = Barrier(20)

    def use(_number: int) -> bool:
        together.wait()
        try:
            return services.use_second_factor(user=user, code=code, now=NOW) is not None
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        assert sum(pool.map(use, range(20))) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "\x00", "0" * 10_000])
def test_what_is_no_code_is_refused_without_a_stumble(code: str, make_staff: MakeStaff) -> None:
    user = make_staff()
    set_up_app(user)
    RecoveryCodes.activate(user)
    assert services.use_second_factor(user=user, code=code, now=NOW) is None


@pytest.mark.django_db
def test_the_code_of_another_counsellor_is_worth_nothing(make_staff: MakeStaff) -> None:
    sofie, ali = make_staff("sofie"), make_staff("ali")
    set_up_app(sofie)
    code = format_hotp_value(hotp_value(set_up_app(ali), int(NOW.timestamp()) // 30))
    assert services.use_second_factor(user=sofie, code=code, now=NOW) is None
    assert services.use_second_factor(user=ali, code=code, now=NOW) is not None
