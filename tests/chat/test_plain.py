"""The room without scripts: whispers, reports, votes and what a counsellor did, as plain forms and pages."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from chat.models import Alert, Event, Member, Poll, Session, Vote
from chat.plain import polls_for
from chat.services.commands import perform
from tests.chat.people import be_present, lead_of, make_session, seat_staff, seat_young

pytestmark = pytest.mark.django_db(transaction=True)


class Evening:
    """An open room with a counsellor, and two young people with browsers that run no scripts."""

    def __init__(self) -> None:
        self.session: Session = make_session()
        self.counsellor: Member = seat_staff(self.session, lead_of(self.session))[0]
        be_present(self.counsellor)
        self.lead("room.open")
        self.fox, fox_cookies = seat_young(self.session, "Blå Ræv")
        self.owl, owl_cookies = seat_young(self.session, "Stille Ugle")
        self.mine, self.theirs = Client(), Client()
        for client, cookies in ((self.mine, fox_cookies), (self.theirs, owl_cookies)):
            for name, value in cookies.items():
                client.cookies[name] = value
            client.get(self.url("frame"))

    def url(self, name: str) -> str:
        return reverse(f"chat:{name}", args=[self.session.slug])

    def lead(self, kind: str, **fields: object) -> str:
        body = {"type": kind, "ref": f"{kind}{Event.objects.count()}", **fields}
        return perform(member_id=self.counsellor.pk, role="counsellor", body=body, now=timezone.now())

    def post(self, client: Client, **fields: str) -> int:
        return client.post(self.url("say"), {"ref": f"r{Event.objects.count()}", **fields}).status_code

    def seen(self, client: Client, query: str = "") -> str:
        return client.get(self.url("frame") + query).content.decode()

    def message(self, text: str) -> str:
        return Event.objects.get(type="message.posted", frame__contains=text).public_id


@pytest.fixture
def evening() -> Evening:
    return Evening()


def test_a_whisper_goes_out_of_a_form_and_comes_back_to_its_writer_alone(evening):
    assert evening.post(evening.mine, type="whisper.send", text="min far slår") == 302
    evening.lead("whisper.send", member=evening.fox.public_id, text="jeg er her")
    mine, theirs = evening.seen(evening.mine), evening.seen(evening.theirs)
    assert "min far slår" in mine
    assert "jeg er her" in mine
    assert "min far" not in theirs
    assert "jeg er her" not in theirs
    assert not Event.objects.filter(stream="room", frame__contains="min far").exists()


def test_a_refused_whisper_stays_in_the_box_for_whispers(evening):
    response = evening.mine.post(evening.url("say"), {"ref": "a", "type": "whisper.send", "text": "x" * 1001})
    assert response.status_code == 422
    assert response.context["whisper"] == "x" * 1001
    assert response.context["draft"] == ""


def test_a_text_that_reveals_its_writer_is_held_for_a_counsellor_who_is_asked(evening):
    assert evening.post(evening.mine, text="ring på 20 30 40 50", ask="true") == 302
    held = Event.objects.get(type="message.held")
    assert held.stream == "desk"
    assert "20 30 40 50" not in evening.seen(evening.theirs)


def test_a_message_is_told_of_with_two_taps_while_the_page_stands_still(evening):
    evening.post(evening.theirs, text="du er klam")
    about = f"?about={evening.message('du er klam')}"
    response = evening.mine.get(evening.url("frame") + about)
    assert "Refresh" not in response.headers
    fields = {"type": "message.report", "back": "frame", "id": about[7:], "reason": "Det er grimt", "ref": "a"}
    sent = evening.mine.post(evening.url("say"), fields)
    assert sent["Location"] == f"{evening.url('frame')}?told"
    assert Alert.objects.get(kind="report").message_id == about[7:]
    assert evening.mine.get(sent["Location"]).headers["Refresh"].endswith(f"url={evening.url('frame')}")
    assert "Det er grimt" not in evening.seen(evening.theirs)


def test_ones_own_message_is_removed_by_a_form(evening):
    evening.post(evening.mine, text="det fortryder jeg")
    message = evening.message("det fortryder jeg")
    assert 'value="message.remove"' in evening.seen(evening.mine, f"?about={message}")
    assert 'value="message.remove"' not in evening.seen(evening.theirs, f"?about={message}")
    evening.post(evening.mine, type="message.remove", back="frame", id=message)
    assert "det fortryder jeg" not in evening.seen(evening.theirs)


def test_what_is_refused_in_the_frame_is_said_in_the_frame(evening):
    fields = {"type": "message.report", "back": "frame", "id": "findesikke", "reason": "x", "ref": "a"}
    response = evening.mine.post(evening.url("say"), fields)
    assert response.status_code == 422
    assert "frame-ancestors 'self'" in response["Content-Security-Policy"]
    assert response.context["refusal"]["code"] == "unknown"


def test_a_vote_is_a_button_and_the_end_of_a_poll_stands_in_the_log(evening):
    evening.lead("poll.open", question="Hvad nu?", options=["Skole", "Venner"])
    poll = evening.mine.get(evening.url("frame")).context["polls"][0]["id"]
    evening.post(evening.mine, type="poll.vote", back="frame", poll=poll, option="1")
    assert Vote.objects.get().option == 1
    assert 'aria-pressed="true"' in evening.seen(evening.mine)
    evening.lead("poll.close", poll=poll)
    context = evening.mine.get(evening.url("frame")).context
    assert context["polls"] == []
    assert context["rows"][-1]["options"] == [{"text": "Skole", "count": 0}, {"text": "Venner", "count": 1}]


def test_what_waits_for_a_counsellor_is_still_there_for_its_writer_after_a_reload(evening):
    evening.lead("room.hold", on=True)
    evening.post(evening.mine, text="vent paa mig")
    assert "vent paa mig" in evening.seen(evening.mine)
    assert "vent paa mig" in evening.mine.get(evening.url("room")).content.decode()
    assert "vent paa mig" not in evening.seen(evening.theirs)
    assert "vent paa mig" not in evening.theirs.get(evening.url("room")).content.decode()
    held = Event.objects.get(type="message.held").public_id
    evening.lead("message.release", id=held)
    assert evening.seen(evening.mine).count("vent paa mig") == 1
    assert "vent paa mig" not in evening.mine.get(evening.url("room")).content.decode()


def test_what_protecting_took_out_of_the_room_does_not_wait_twice(evening):
    evening.post(evening.mine, text="hej med jer")
    evening.lead("member.protect", member=evening.fox.public_id, reason="Jeg passer på dig")
    assert "hej med jer" not in evening.mine.get(evening.url("room")).content.decode()


def test_who_is_warned_and_muted_reads_why_and_the_warning_has_reached_them(evening):
    evening.lead("member.warn", member=evening.fox.public_id, reason="Skriv pænt")
    assert "Skriv pænt" in evening.seen(evening.mine)
    evening.fox.refresh_from_db()
    assert evening.fox.is_warned
    evening.lead("member.mute", member=evening.fox.public_id, reason="Du blev ved", minutes=5)
    cards = evening.mine.get(evening.url("frame")).context["cards"]
    until = timezone.localtime(timezone.now() + timedelta(minutes=5))
    assert [card["why"].endswith("Du blev ved") for card in cards] == [True]
    assert f"{until:%H}" in cards[0]["title"]
    assert "Du blev ved" not in evening.seen(evening.theirs)
    evening.lead("member.unmute", member=evening.fox.public_id)
    assert [card["is_hard"] for card in evening.mine.get(evening.url("frame")).context["cards"]] == [False]


def test_a_warning_that_a_mute_follows_at_once_is_read_before_it_counts(evening):
    evening.lead("member.warn", member=evening.fox.public_id, reason="Skriv pænt")
    evening.lead("member.mute", member=evening.fox.public_id, reason="Du blev ved", minutes=5)
    whys = [card["why"] for card in evening.mine.get(evening.url("frame")).context["cards"]]
    assert [why.rpartition(": ")[2] for why in whys] == ["Du blev ved", "Skriv pænt"]
    evening.fox.refresh_from_db()
    assert evening.fox.is_warned


def test_a_page_that_shows_one_message_brings_no_warning(evening):
    evening.post(evening.theirs, text="hej med dig")
    evening.lead("member.warn", member=evening.fox.public_id, reason="Skriv pænt")
    assert "Skriv pænt" not in evening.seen(evening.mine, f"?about={evening.message('hej med dig')}")
    evening.fox.refresh_from_db()
    assert not evening.fox.is_warned
    assert "Skriv pænt" in evening.seen(evening.mine, "?about=findesikke")
    evening.fox.refresh_from_db()
    assert evening.fox.is_warned


def test_who_was_sent_out_is_led_from_the_frame_to_the_page_that_says_why(evening):
    way_in = f'href="{reverse("chat:session", args=[evening.session.slug])}"'
    assert way_in not in Client().get(evening.url("frame")).content.decode()
    evening.lead("member.warn", member=evening.fox.public_id, reason="Skriv pænt")
    evening.seen(evening.mine)
    evening.lead("member.kick", member=evening.fox.public_id, reason="Ud", ground="discord")
    assert way_in in evening.seen(evening.mine)
    evening.lead("member.ban", member=evening.fox.public_id, reason="Væk", days=7)
    assert way_in in evening.seen(evening.mine)


def test_who_wrote_a_message_that_a_counsellor_took_away_reads_why_and_nobody_else_does(evening):
    evening.post(evening.mine, text="noget grimt")
    evening.lead("message.remove", id=evening.message("noget grimt"), reason="Det gør ondt at læse")
    evening.post(evening.mine, text="ring på 20 30 40 50", ask="true")
    held = Event.objects.get(type="message.held").public_id
    evening.lead("message.discard", id=held, reason="Skriv ikke numre")
    mine, theirs = evening.seen(evening.mine), evening.seen(evening.theirs)
    for reason in ("Det gør ondt at læse", "Skriv ikke numre"):
        assert mine.count(reason) == 1
        assert reason not in theirs


def test_many_polls_ask_the_database_as_often_as_one(evening):
    counts = []
    for number in range(2):
        poll = Poll.objects.create(
            session=evening.session, question=f"Nr. {number}", options=["a", "b"], opened_at=timezone.now()
        )
        Vote.objects.create(poll=poll, member=evening.owl, option=1)
        with CaptureQueriesContext(connection) as asked:
            assert [option["count"] for option in polls_for(evening.fox)[-1]["options"]] == [0, 1]
        counts.append(len(asked))
    assert counts[0] == counts[1]
