"""F02 and F11: whatever is sent again, by however many tabs at once, is answered as before and stands once."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone

from chat.models import Answer, Event
from chat.services.commands import perform
from tests.chat.people import be_present, lead_of, make_session, seat_staff, seat_young

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_engines]
TABS = 3


def send_again_and_again(count: int) -> None:
    session = make_session()
    counsellor, _cookie = seat_staff(session, lead_of(session))
    be_present(counsellor)
    start = timezone.now()
    perform(member_id=counsellor.pk, role="counsellor", body={"type": "room.open", "ref": "o"}, now=start)
    young, _place = seat_young(session)
    be_present(young)

    def ask(number: int) -> str:
        try:
            body = {"type": "message.post", "ref": f"r{number}", "text": f"linje {number}"}
            return perform(member_id=young.pk, role="young", body=body, now=start + timedelta(seconds=number))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(TABS) as tabs:
        for number in range(count):
            at = start + timedelta(seconds=number)
            counsellor.connections.update(answered_at=at, input_at=at)
            answers = list(tabs.map(ask, [number] * TABS))
            assert answers == [answers[0]] * TABS
            assert json.loads(answers[0])["type"] == "accepted"
    posted = Event.objects.filter(session=session, type="message.posted").order_by("seq")
    assert [json.loads(event.frame)["text"] for event in posted] == [f"linje {number}" for number in range(count)]
    assert Answer.objects.filter(member=young).count() == count


def test_F02_F11_what_three_tabs_send_at_once_stands_once() -> None:
    send_again_and_again(20)


@pytest.mark.soak
def test_F02_F11_a_thousand_of_a_thousand() -> None:
    send_again_and_again(1000)
