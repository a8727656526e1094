"""What is written when an evening is over, and that nothing of the room gets into it (laws 6, 9 and 11)."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.utils.html import strip_tags

from accounts.models import Membership, User
from blog.models import Entry
from chat.commands import RoomClose
from chat.events import AlertRaised, HelpOffered, MessageHeld
from chat.models import Role, Session, Stream
from chat.permissions import can_publish_after_post, can_write_after_post
from chat.services import afterwards, retention, rooms
from chat.services.afterwards import crowd_in_words, echoes, length_in_words
from chat.services.planning import change_session
from moderation.refusals import Refused
from tests.blog.people import NOW, house, make_staff
from tests.chat.evenings import make_plan, planned, put, say, seat, write
from tests.config.reading import length, lix, longest_sentence

pytestmark = pytest.mark.django_db

CLOSED = NOW + timedelta(minutes=94)


@pytest.fixture(autouse=True)
def evening() -> Iterator[None]:
    with time_machine.travel(CLOSED, tick=False):
        yield


@pytest.fixture
def sofie() -> User:
    return make_staff("Sofie")


@pytest.fixture
def mads() -> User:
    return make_staff("Mads")


def held(*counsellors: User, attended: int = 3, **fields: Any) -> Session:
    """A session that was opened and has closed, with its prepared post."""
    session = planned(*counsellors, **fields)
    session = put(session, "closed", opened_at=NOW, closed_at=CLOSED, attended=attended)
    afterwards.prepare(session=session, now=CLOSED)
    return session


def save(session: Session, editor: User, source: str, title: str = "Bagefter") -> Entry:
    return afterwards.save(session=session, editor=editor, title=title, source=source)


def erase(session: Session) -> Session:
    retention.erase(session=session, now=session.erase_at)
    return Session.objects.get(pk=session.pk)


def code_of(verb: Any, **arguments: Any) -> str:
    with pytest.raises(Refused) as refused:
        verb(**arguments)
    return refused.value.code


# Prepared when the room closes ------------------------------------------------------------------------------------


def test_closing_puts_a_prepared_post_on_the_desk(sofie: User) -> None:
    session = put(planned(sofie), "open", opened_at=NOW)
    seat(session, "Blå Ræv")
    lead = session.members.create(alias="Sofie", skeleton="sofie", role=Role.COUNSELLOR, user=sofie, seen_at=NOW)
    with transaction.atomic():
        locked = Session.objects.locked(session)
        rooms.close_room(session=locked, actor=lead, command=RoomClose(ref="1", minutes=0), now=CLOSED)
    session = Session.objects.get(pk=session.pk)
    post = session.after_post
    assert post is not None
    assert (post.kind, post.author, post.published_at) == ("after", sofie, None)
    assert post.title == "Efter chatten: Rollemodeller"
    assert "vi skrev sammen i halvanden time" in post.source
    assert "<strong>Rollemodeller</strong>" in post.html


def test_preparing_twice_changes_nothing(sofie: User) -> None:
    session = held(sofie)
    first = save(session, sofie, "Mit eget.")
    assert afterwards.prepare(session=Session.objects.get(pk=session.pk), now=CLOSED) == first
    assert Entry.objects.filter(kind="after").count() == 1
    assert Entry.objects.get(pk=first.pk).source == "Mit eget."


def test_the_prepared_post_tells_nothing_that_was_said_and_nobodys_name(sofie: User) -> None:
    session = put(planned(sofie), "closed", opened_at=NOW, closed_at=CLOSED, attended=1)
    say(seat(session, "Sommerfugl"), "Papegøjen spiste min franskprøve.")
    afterwards.prepare(session=session, now=CLOSED)
    post = Session.objects.get(pk=session.pk).after_post
    assert post is not None
    for secret in ("Sommerfugl", "Papegøjen", "franskprøve"):
        assert secret not in post.title + post.source + post.html


@pytest.mark.parametrize("count", range(5))
def test_fewer_than_five_are_one_group(sofie: User, count: int) -> None:
    titles_and_texts = {
        afterwards.after_post_words(held(sofie, attended=number), closed_at=CLOSED) for number in (count, 4)
    }
    assert len(titles_and_texts) == 1


def test_the_crowd_is_told_in_words() -> None:
    told = {count: crowd_in_words(count) for count in range(200)}
    assert set(told.values()) == {"et par stykker", "en lille flok", "over ti"}
    assert [told[count] for count in (0, 4, 5, 10, 11)] == [
        "et par stykker",
        "et par stykker",
        "en lille flok",
        "en lille flok",
        "over ti",
    ]


@pytest.mark.parametrize(
    "minutes,words",
    [
        (3, "et lille stykke tid"),
        (34, "en halv time"),
        (61, "en time"),
        (94, "halvanden time"),
        (118, "to timer"),
        (150, "to og en halv time"),
        (181, "tre timer"),
        (400, "mere end tre timer"),
    ],
)
def test_the_length_is_told_in_words(minutes: int, words: str) -> None:
    assert length_in_words(timedelta(minutes=minutes)) == words


def test_an_evening_that_was_never_opened_says_sorry(sofie: User) -> None:
    session = put(planned(sofie), "closed", closed_at=CLOSED)
    post = afterwards.prepare(session=session, now=CLOSED)
    assert "Chatten blev ikke til noget denne gang." in post.source
    assert "skrev sammen" not in post.source


@pytest.mark.parametrize("form", Session.Format.values)
@pytest.mark.parametrize("was_opened", [True, False])
def test_the_prepared_post_is_easy_to_read(sofie: User, form: str, was_opened: bool) -> None:
    session = held(sofie, format=form)
    session.opened_at = NOW if was_opened else None
    _title, text = afterwards.after_post_words(session, closed_at=CLOSED)
    assert lix(text) <= 30
    assert length(longest_sentence(text)) <= 20


# The check against the room ---------------------------------------------------------------------------------------


@pytest.fixture
def session(sofie: User) -> Session:
    """A closed session in which Blå Ræv and Sol have written."""
    session = held(sofie)
    fox = seat(session, "Blå Ræv")
    say(fox, "Min storesøster lærte mig at svømme, og hun grinede aldrig.")
    say(seat(session, "Sol"), "Jeg tør ikke sige det til min far")
    return session


@pytest.mark.parametrize(
    "text,words",
    [
        ("Tak til Blå Ræv for det hele.", "Blå Ræv"),
        ("Tak til blå ræv.", "blå ræv"),
        ("Det var Blå\nRævs idé.", "Blå\nRævs"),
        ("Tak til **Blå** *Ræv*.", "Blå** *Ræv"),
        ("Tak til Bla\u030a Ræv.", "Bla\u030a Ræv"),
        ("Tak til Bl\u00adå R\u200bæv.", "Bl\u00adå R\u200bæv"),
        ("Tak til ＢＬÅ RÆV.", "ＢＬÅ RÆV"),
        ("Og så Sol, som altid er glad.", "Sol"),
        ("En sagde: min storesøster lærte mig at svømme!", "min storesøster lærte mig at svømme"),
        ("MIN STORESØSTER, LÆRTE - MIG AT", "MIN STORESØSTER, LÆRTE - MIG AT"),
        ("> lærte mig\n> at **svømme** og", "lærte mig\n> at **svømme** og"),
        ("Nogle tør ikke sige det til nogen: jeg tør ikke sige det.", "tør ikke sige det til"),
    ],
)
def test_an_alias_and_five_words_in_a_row_are_pointed_out(session: Session, text: str, words: str) -> None:
    first = echoes(session, text)[0]
    assert first.words == words
    assert text[first.start : first.end] == words


@pytest.mark.parametrize(
    "text",
    [
        "Nogle har en storesøster, der har lært dem meget.",
        "Min storesøster lærte mig noget andet.",  # four in a row
        "Ræven er blå.",
        "Det er solen, der varmer; solskin hjælper.",
        "Vi ses i aften. Emnet var Rollemodeller.",  # stood in the before-post
        "",
    ],
)
def test_own_words_pass(session: Session, text: str) -> None:
    assert echoes(session, text) == []


def test_a_name_spelled_in_a_way_that_only_shows_when_rendered_is_found(session: Session) -> None:
    assert [echo.kind for echo in echoes(session, "Tak til Bl&aring; R&aelig;v.")] == ["alias"]
    assert [echo.kind for echo in echoes(session, "Min storesøster l&aelig;rte mig at svømme.")] == ["quote"]


def test_every_place_is_pointed_out_with_its_line(session: Session) -> None:
    found = echoes(session, "Tak.\n\nBlå Ræv skrev meget.\nOg Sol med.\n\nMin storesøster lærte mig at svømme.")
    assert [(echo.kind, echo.line) for echo in found] == [("alias", 3), ("alias", 4), ("quote", 6)]


def test_what_was_held_back_or_raised_an_alert_counts_as_said(session: Session, sofie: User) -> None:
    member = seat(session, "Mus")
    held_back = MessageHeld(id="h", member="m", text="Jeg bor lige over for bageren", why="ask")
    alert = AlertRaised(alert="a", kind="crisis", member="m", level="acute", excerpt="Jeg vil slet ikke være her")
    for event in (held_back, alert):
        write(session, event, stream=Stream.DESK, author=member)
    assert [echo.words for echo in echoes(session, "Én boede lige over for bageren.")] == []
    assert [echo.words for echo in echoes(session, "Jeg bor lige over for os.")] == ["Jeg bor lige over for"]
    assert [echo.words for echo in echoes(session, "Jeg vil slet ikke være sur.")] == ["Jeg vil slet ikke være"]
    write(session, HelpOffered(services=[], text="Du kan ringe til nogen lige nu"), stream=Stream.DESK)
    assert echoes(session, "Du kan ringe til nogen lige nu.") == []


def test_words_that_no_text_can_do_without_block_nobody(session: Session) -> None:
    """A young person may be called "Og" or "Tak": the post must still be possible to write."""
    for alias in ("Og", "Vi", "Hjælp", "Tak", "Rollemodeller"):
        seat(session, alias)
    own_words = "Vi talte og lyttede. Tak, fordi I kom. Emnet var **Rollemodeller**. Tryk på **Hjælp nu**."
    assert echoes(session, own_words) == []


def test_the_prepared_post_is_no_echo_even_when_somebody_wrote_the_same(session: Session, sofie: User) -> None:
    post = session.after_post
    assert post is not None
    say(seat(session, "Mus"), post.source)
    assert echoes(session, post.source) == []
    assert afterwards.publish(session=session, by=sofie, now=CLOSED).published_at == CLOSED


def test_counsellors_own_names_may_stand_there(session: Session) -> None:
    seat(session, "Karla", role=Role.GUEST)
    session.members.create(alias="Sofie", skeleton="sofie", role=Role.COUNSELLOR, user=make_staff("S"), seen_at=CLOSED)
    assert echoes(session, "Hilsen Sofie") == []
    assert [echo.words for echo in echoes(session, "Hilsen Karla")] == ["Karla"]


# Saving and publishing --------------------------------------------------------------------------------------------


def test_an_echo_is_neither_published_nor_saved_by_anybody(session: Session, sofie: User) -> None:
    for title, source in (("Tak til Blå Ræv", "Tekst."), ("Tak", "Min storesøster lærte mig at svømme.")):
        assert code_of(save, session=session, editor=sofie, source=source, title=title) == "identifying"
    assert not Entry.objects.filter(html__contains="svømme").exists()
    # A draft from before the check, as a restore or a hand in the database would leave it.
    Entry.objects.filter(pk=session.after_post_id).update(source="Tak, Blå Ræv", html="<p>Tak, Blå Ræv</p>")
    assert code_of(afterwards.publish, session=session, by=sofie, now=CLOSED) == "identifying"
    assert not Entry.objects.published(now=CLOSED).filter(kind="after").exists()


def test_a_published_post_stands_in_the_blog_and_can_be_taken_down(session: Session, sofie: User) -> None:
    save(session, sofie, "Vi snakkede om mod.")
    post = afterwards.publish(session=session, by=sofie, now=CLOSED)
    assert Entry.objects.published(now=CLOSED).first() == post
    save(session, sofie, "Vi snakkede om stort mod.")
    assert Entry.objects.get(pk=post.pk).is_published
    afterwards.unpublish(session=session, by=sofie)
    assert not Entry.objects.get(pk=post.pk).is_published


def test_before_closing_there_is_nothing_to_write(sofie: User) -> None:
    session = put(planned(sofie), "open", opened_at=NOW)
    assert code_of(save, session=session, editor=sofie, source="Vi") == "not_open"
    assert code_of(afterwards.publish, session=session, by=sofie, now=NOW) == "not_open"


def test_after_the_erasure_the_one_who_wrote_it_is_refused_and_another_publishes(sofie: User, mads: User) -> None:
    session = erase(held(sofie, mads))
    save(session, sofie, "Vi snakkede om mod.")
    assert code_of(afterwards.publish, session=session, by=sofie, now=session.erase_at) == "forbidden"
    assert not Entry.objects.published(now=session.erase_at).filter(kind="after").exists()
    assert afterwards.publish(session=session, by=mads, now=session.erase_at).is_published


def test_whoever_changes_it_while_reading_needs_another_reader(sofie: User, mads: User) -> None:
    session = erase(held(sofie, mads))
    save(session, sofie, "Vi snakkede om mod.")
    save(session, mads, "Vi snakkede om mod og mus.")
    assert code_of(afterwards.publish, session=session, by=mads, now=session.erase_at) == "forbidden"
    assert afterwards.publish(session=session, by=sofie, now=session.erase_at).is_published


def test_a_published_post_is_not_rewritten_after_the_erasure(sofie: User, mads: User) -> None:
    session = held(sofie, mads)
    afterwards.publish(session=session, by=sofie, now=CLOSED)
    session = erase(session)
    assert code_of(save, session=session, editor=sofie, source="Blå Ræv sagde") == "not_open"
    afterwards.unpublish(session=session, by=sofie)
    save(session, sofie, "Vi snakkede om mod.")
    assert code_of(afterwards.publish, session=session, by=sofie, now=session.erase_at) == "forbidden"


def test_the_erasure_leaves_the_post_and_takes_the_room(session: Session, sofie: User) -> None:
    save(session, sofie, "Vi snakkede om mod.")
    session = erase(session)
    assert not session.events.exists()
    assert session.after_post is not None
    assert session.after_post.source == "Vi snakkede om mod."


# Who may ----------------------------------------------------------------------------------------------------------


def test_who_may_write_and_publish(sofie: User, mads: User) -> None:
    session = held(sofie)
    karen, jonas = make_staff("Karen", role="coordinator"), make_staff("Jonas", role="editor")
    foreign = make_staff("Fremmed", at=house("Bøgelund"))
    everybody = [sofie, mads, karen, jonas, foreign]
    assert [can_write_after_post(user, session) for user in everybody] == [True, False, False, False, False]
    assert [can_publish_after_post(user, session) for user in everybody] == [True, False, False, False, False]
    session = erase(session)
    assert [can_write_after_post(user, session) for user in everybody] == [True, True, False, False, False]
    assert [can_publish_after_post(user, session) for user in everybody] == [False, True, False, False, False]
    Membership.objects.filter(user=mads).delete()
    assert not can_publish_after_post(mads, session)


def test_no_verb_obeys_somebody_else(session: Session, mads: User) -> None:
    assert code_of(save, session=session, editor=mads, source="Mit") == "forbidden"
    assert code_of(afterwards.publish, session=session, by=mads, now=CLOSED) == "forbidden"
    assert code_of(afterwards.unpublish, session=session, by=mads) == "forbidden"


# The page ---------------------------------------------------------------------------------------------------------


def text_of(response: Any) -> str:
    main = response.content.decode().split("<main")[1].split("</main>")[0]
    return " ".join(strip_tags(main).split())


def test_ending_takes_two_clicks_from_the_desk(client: Client, session: Session, sofie: User) -> None:
    client.force_login(sofie)
    address = f"/vagt/{session.slug}/efter/"
    assert f'href="{address}"' in client.get("/vagt/").content.decode()
    form = client.get(address).context["form"]
    words = {"title": form["title"].value(), "text": form["text"].value()}
    answer = client.post(address, {**words, "action": "publish"}, follow=True)
    assert "Indlægget er ude." in text_of(answer)
    post = Entry.objects.published(now=CLOSED).get(kind="after")
    assert client.get(f"/blog/{post.public_id}/").status_code == 200
    assert f'href="{address}"' not in client.get("/vagt/").content.decode()


def test_the_page_points_at_what_comes_from_the_room_and_keeps_the_text(
    client: Client, session: Session, sofie: User
) -> None:
    client.force_login(sofie)
    address = f"/vagt/{session.slug}/efter/"
    words = {"title": "Tak", "text": "Tak.\n\nBlå Ræv er sej."}
    for action, status in (("save", 422), ("publish", 422), ("preview", 200)):
        answer = client.post(address, {**words, "action": action})
        assert answer.status_code == status
        assert "Blå Ræv er et kaldenavn fra rummet. Linje 3" in text_of(answer)
        assert "Blå Ræv er sej.</textarea>" in answer.content.decode()
    post = Entry.objects.get(pk=session.after_post_id)
    assert "Ræv" not in post.source
    assert not post.is_published


def test_after_the_erasure_the_page_asks_for_a_second_reader(client: Client, sofie: User, mads: User) -> None:
    session = erase(held(sofie))
    address = f"/vagt/{session.slug}/efter/"
    words = {"title": "Tak", "text": "Vi snakkede om mod."}
    client.force_login(sofie)
    answer = client.post(address, {**words, "action": "publish"})
    assert answer.status_code == 422
    assert "Lad en anden rådgiver læse indlægget" in text_of(answer)
    assert Entry.objects.get(pk=session.after_post_id).source == "Vi snakkede om mod."
    assert "Venter på, at en anden rådgiver læser det" in text_of(client.get("/vagt/"))
    client.force_login(mads)
    assert f'href="{address}"' in client.get("/vagt/").content.decode()
    assert "Jeg har læst det: Udgiv" in text_of(client.get(address))
    client.post(address, {**words, "action": "publish"})
    assert Entry.objects.get(pk=session.after_post_id).is_published


def test_the_desk_tells_what_is_due_and_what_is_overdue(client: Client, sofie: User) -> None:
    session = held(sofie)
    client.force_login(sofie)
    assert "Udgiv det inden i morgen kl. 19.34" in text_of(client.get("/vagt/"))
    erase(session)
    assert "Fristen er overskredet." not in text_of(client.get("/vagt/")), (
        "it waits for a reader: the prepared text is hers"
    )
    client.force_login(make_staff("Mads"))
    assert "Fristen er overskredet." in text_of(client.get("/vagt/"))
    client.force_login(make_staff("Karen", role="coordinator"))
    page = client.get("/vagt/")
    assert "Fristen er overskredet." in text_of(page)
    assert not re.search(r'href="/vagt/\w+/efter/"', page.content.decode())


def test_the_page_is_there_for_those_who_may_write_and_for_nobody_else(
    client: Client, session: Session, sofie: User, mads: User
) -> None:
    address = f"/vagt/{session.slug}/efter/"
    assert client.get(address).status_code == 302
    for user in (mads, make_staff("Karen", role="coordinator"), make_staff("Jonas", role="editor")):
        client.force_login(user)
        assert (client.get(address).status_code, client.post(address).status_code) == (404, 404)
    client.force_login(sofie)
    assert client.get(address).status_code == 200
    assert client.get("/vagt/findesik/efter/").status_code == 404
    open_one = put(planned(sofie, title="Åben"), "open", opened_at=NOW)
    assert client.get(f"/vagt/{open_one.slug}/efter/").status_code == 404


def test_a_plan_is_not_a_way_around_the_check(session: Session, sofie: User) -> None:
    """The before-post of a closed evening stays as it was announced."""
    plan = make_plan(sofie, text="Blå Ræv var sej.")
    assert code_of(change_session, session=session, editor=sofie, plan=plan, now=CLOSED) == "closed"
