"""Of many first logins of one person at the same moment one makes the account."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from allauth.socialaccount.models import SocialAccount
from django.db import connection

from accounts.models import Membership, Organization, User
from accounts.municipal.claims import Entry
from accounts.services import municipal

AT_ONCE = 6


@pytest.mark.both_engines
@pytest.mark.django_db(transaction=True)
def test_two_tabs_that_come_in_at_once_are_one_person() -> None:
    Organization.objects.create(name="Testby", slug="testby", kind="municipality", municipality_code="751")
    roles = frozenset({"counsellor", "editor"})
    entry = Entry(login="aarhus", municipality="751", subject="751:sofie", roles=roles)
    together = Barrier(AT_ONCE)

    def come(_number: int) -> int:
        together.wait()
        try:
            return municipal.take_in(entry=entry).user_id
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        people = set(pool.map(come, range(AT_ONCE)))
    assert people == set(User.objects.values_list("pk", flat=True))
    assert SocialAccount.objects.count() == len(people) == 1
    assert Membership.objects.count() == len(roles)
