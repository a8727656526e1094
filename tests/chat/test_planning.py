"""Planning an evening: what a plan must be, who may, and the page that does it in three clicks."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import Membership, Profile, User
from blog.models import Entry
from chat.models import Session
from chat.permissions import can_edit_session, can_plan
from chat.services.planning import (
    before_post_text,
    change_session,
    delete_draft,
    plan_session,
    publish_before_post,
    unpublish_before_post,
)
from moderation.refusals import Refused
from tests.blog.people import NOW, house, make_staff
from tests.chat.evenings import START, make_plan, moment, planned, put, seat
from tests.config.reading import length, lix, longest_sentence

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def evening() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def sofie() -> User:
    return make_staff("Sofie")


@pytest.fixture
def mads() -> User:
    return make_staff("Mads")


def refusal(verb: Any, **arguments: Any) -> Refused:
    with pytest.raises(Refused) as refused:
        verb(**arguments)
    return refused.value


# Planning ---------------------------------------------------------------------------------------------------------


def test_a_plan_becomes_a_session_with_a_draft_that_nobody_sees(sofie: User, mads: User) -> None:
    session = plan_session(planner=sofie, plan=make_plan(sofie, mads), now=NOW)
    post = session.before_post
    assert post is not None
    assert (post.kind, post.title, post.source, post.author) == ("before", "Rollemodeller", "Vi ses i aften.", sofie)
    assert [(place.user, place.is_lead) for place in session.roster.order_by("pk")] == [(sofie, True), (mads, False)]
    assert list(session.organizations.all()) == [house()]
    assert not Session.objects.announced(now=NOW).exists()
    assert not Entry.objects.published(now=NOW).exists()


@pytest.mark.parametrize(
    "fields,code",
    [
        ({"title": "  "}, "bad_command"),
        ({"title": "å" * 121}, "too_long"),
        ({"format": "forelæsning"}, "bad_command"),
        ({"capacity": 0}, "bad_command"),
        ({"capacity": 201}, "bad_command"),
        ({"starts_at": NOW - timedelta(minutes=16)}, "bad_command"),
        ({"starts_at": NOW + timedelta(days=400)}, "bad_command"),
        ({"ends_at": START}, "bad_command"),
        ({"ends_at": START + timedelta(hours=7)}, "bad_command"),
        ({"counsellors": []}, "bad_command"),
        ({"organizations": []}, "bad_command"),
        ({"text": "å" * 20_001}, "too_long"),
    ],
)
def test_what_cannot_be_an_evening_is_refused(sofie: User, fields: dict[str, Any], code: str) -> None:
    assert refusal(plan_session, planner=sofie, plan=make_plan(sofie, **fields), now=NOW).code == code
    assert (Session.objects.count(), Entry.objects.count()) == (0, 0)


def test_a_room_can_be_opened_on_the_spot(sofie: User) -> None:
    assert planned(sofie, starts_at=NOW.replace(second=0) - timedelta(minutes=1)).starts_at < NOW


def test_whoever_has_no_finished_card_is_named_and_not_put_on(sofie: User, mads: User) -> None:
    Profile.objects.filter(user=mads).update(about=" ")
    plan = make_plan(sofie, User.objects.get(pk=mads.pk))
    refused = refusal(plan_session, planner=sofie, plan=plan, now=NOW)
    assert str(refused.text).startswith("Mads mangler at gøre sin profil færdig.")
    assert Session.objects.count() == 0


def test_a_card_that_was_emptied_later_stops_the_publishing(sofie: User) -> None:
    session = planned(sofie, announced=False)
    Profile.objects.filter(user=sofie).update(role_title="")
    assert "Sofie" in str(refusal(publish_before_post, session=session, by=sofie, now=NOW).text)


def test_nobody_signs_for_an_organisation_or_takes_counsellors_that_are_not_theirs(sofie: User) -> None:
    elsewhere = house("Bøgelund")
    foreign = make_staff("Fremmed", at=elsewhere)
    assert refusal(plan_session, planner=sofie, plan=make_plan(sofie, at=(elsewhere,)), now=NOW).code == "forbidden"
    assert refusal(plan_session, planner=sofie, plan=make_plan(sofie, foreign), now=NOW).code == "forbidden"
    editor = make_staff("Jonas", role="editor")
    assert refusal(plan_session, planner=sofie, plan=make_plan(editor), now=NOW).code == "forbidden"


def test_organisations_hold_an_evening_together(sofie: User) -> None:
    elsewhere = house("Bøgelund")
    Membership.objects.create(user=sofie, organization=elsewhere, role="counsellor")
    session = planned(sofie, make_staff("Amir", at=elsewhere), at=(house(), elsewhere))
    assert set(session.organizations.all()) == {house(), elsewhere}


# Announcing (law 9) -----------------------------------------------------------------------------------------------


def test_publishing_the_post_announces_the_session(sofie: User) -> None:
    session = planned(sofie, announced=False)
    publish_before_post(session=session, by=sofie, now=NOW)
    assert list(Session.objects.announced(now=NOW)) == [session]
    assert list(Entry.objects.published(now=NOW)) == [session.before_post]


def test_a_post_without_text_announces_nothing(sofie: User) -> None:
    session = planned(sofie, announced=False, text="")
    assert refusal(publish_before_post, session=session, by=sofie, now=NOW).code == "bad_command"
    assert not Session.objects.announced(now=NOW).exists()


def test_an_evening_that_is_over_cannot_be_announced(sofie: User) -> None:
    session = planned(sofie, announced=False)
    late = session.ends_at
    assert refusal(publish_before_post, session=session, by=sofie, now=late).code == "closed"
    closed = put(session, "closed", closed_at=NOW)
    assert refusal(publish_before_post, session=closed, by=sofie, now=NOW).code == "closed"


def test_an_announcement_is_taken_back_only_while_nobody_has_come(sofie: User) -> None:
    session = planned(sofie)
    unpublish_before_post(session=session, by=sofie)
    assert not Session.objects.announced(now=NOW).exists()
    publish_before_post(session=session, by=sofie, now=NOW)
    seat(session, "Blå Ræv")
    assert refusal(unpublish_before_post, session=session, by=sofie).code == "not_open"
    assert Session.objects.announced(now=NOW).exists()


@pytest.mark.parametrize("state", ["open", "paused", "closing", "closed"])
def test_the_announcement_of_a_room_that_was_opened_stays(sofie: User, state: str) -> None:
    session = put(planned(sofie), state, closed_at=NOW)
    assert refusal(unpublish_before_post, session=session, by=sofie).code == "not_open"


# Changing ---------------------------------------------------------------------------------------------------------


def test_until_it_is_opened_everything_can_be_changed(sofie: User, mads: User) -> None:
    session = planned(sofie)
    later = START + timedelta(days=1)
    plan = make_plan(mads, title="Fri snak", format="free", starts_at=later, ends_at=later + timedelta(hours=1))
    change_session(session=session, editor=sofie, plan=plan, now=NOW)
    session = Session.objects.get(pk=session.pk)
    assert (session.title, session.format, session.starts_at) == ("Fri snak", "free", later)
    assert [(place.user, place.is_lead) for place in session.roster.all()] == [(mads, True)]
    post = session.before_post
    assert post is not None
    assert (post.title, post.author, post.published_at) == ("Fri snak", mads, NOW)


def test_whoever_leads_goes_on_leading(sofie: User, mads: User) -> None:
    session = planned(sofie)
    change_session(session=session, editor=sofie, plan=make_plan(mads, sofie), now=NOW)
    assert session.roster.get(is_lead=True).user == sofie


def test_a_new_time_forgets_that_nobody_came(sofie: User) -> None:
    session = put(planned(sofie), "lobby", no_show_told_at=NOW)
    change_session(session=session, editor=sofie, plan=make_plan(sofie, text="Nyt"), now=NOW)
    assert Session.objects.get(pk=session.pk).no_show_told_at == NOW
    later = make_plan(sofie, starts_at=START + timedelta(hours=1), ends_at=START + timedelta(hours=2))
    change_session(session=session, editor=sofie, plan=later, now=NOW)
    assert Session.objects.get(pk=session.pk).no_show_told_at is None


def test_a_plan_of_the_past_keeps_its_time_while_its_words_change(sofie: User) -> None:
    session = planned(sofie, announced=False)
    late = START + timedelta(hours=5)
    change_session(session=session, editor=sofie, plan=make_plan(sofie, text="Nyt"), now=late)
    moved = make_plan(sofie, starts_at=START + timedelta(hours=1), ends_at=START + timedelta(hours=2))
    assert refusal(change_session, session=session, editor=sofie, plan=moved, now=late).code == "bad_command"


@pytest.mark.parametrize(
    "fields",
    [
        {"title": "Noget andet"},
        {"format": "free"},
        {"starts_at": START + timedelta(minutes=5)},
        {"ends_at": START + timedelta(hours=3)},
        {"text": "Blå Ræv sagde noget klogt."},
    ],
)
def test_once_it_is_opened_title_time_form_and_post_stand(sofie: User, fields: dict[str, Any]) -> None:
    session = put(planned(sofie), "open")
    assert refusal(change_session, session=session, editor=sofie, plan=make_plan(sofie, **fields), now=NOW).code == (
        "closed"
    )


def test_help_can_be_added_to_an_open_room_but_not_taken_from_it(sofie: User, mads: User) -> None:
    session = put(planned(sofie), "open")
    change_session(session=session, editor=sofie, plan=make_plan(sofie, mads, capacity=30), now=NOW)
    assert (session.roster.count(), Session.objects.get(pk=session.pk).capacity) == (2, 30)
    assert refusal(change_session, session=session, editor=mads, plan=make_plan(mads), now=NOW).code == "closed"


def test_a_closed_evening_cannot_be_changed(sofie: User) -> None:
    session = put(planned(sofie), "closed", closed_at=NOW)
    assert refusal(change_session, session=session, editor=sofie, plan=make_plan(sofie), now=NOW).code == "closed"


def test_an_editor_keeps_the_other_organisation_on_and_cannot_take_it_off(sofie: User) -> None:
    elsewhere = house("Bøgelund")
    amir = make_staff("Amir", at=elsewhere)
    Membership.objects.create(user=amir, organization=house(), role="counsellor")
    session = planned(amir, sofie, at=(house(), elsewhere))
    both = make_plan(amir, sofie, at=(house(), elsewhere), text="Nyt")
    change_session(session=session, editor=sofie, plan=both, now=NOW)
    alone = make_plan(amir, sofie, at=(house(),))
    assert refusal(change_session, session=session, editor=sofie, plan=alone, now=NOW).code == "forbidden"


# Who may ----------------------------------------------------------------------------------------------------------


def test_counsellors_and_coordinators_plan(sofie: User, settings: Settings) -> None:
    assert can_plan(sofie)
    assert can_plan(make_staff("Karen", role="coordinator"))
    assert not can_plan(make_staff("Jonas", role="editor"))
    assert not can_plan(make_staff("Ingen", role=""))
    assert not can_plan(AnonymousUser())  # type: ignore[arg-type]
    settings.DEMO = False
    assert not can_plan(sofie), "without a second factor"


def test_a_session_is_changed_by_those_put_on_it_and_by_their_coordinator(sofie: User, mads: User) -> None:
    session = planned(sofie)
    elsewhere = house("Bøgelund")
    assert can_edit_session(sofie, session)
    assert can_edit_session(make_staff("Karen", role="coordinator"), session)
    assert not can_edit_session(mads, session), "not on the roster"
    assert not can_edit_session(make_staff("Jonas", role="editor"), session)
    assert not can_edit_session(make_staff("Fremmed", at=elsewhere), session)
    assert not can_edit_session(make_staff("Nabo", role="coordinator", at=elsewhere), session)
    Membership.objects.filter(user=sofie).delete()
    assert not can_edit_session(sofie, session), "not a counsellor any more"


@pytest.mark.parametrize("verb", ["change", "publish", "unpublish"])
def test_no_verb_obeys_somebody_else(sofie: User, mads: User, verb: str) -> None:
    session = planned(sofie)
    verbs = {
        "change": lambda: change_session(session=session, editor=mads, plan=make_plan(sofie), now=NOW),
        "publish": lambda: publish_before_post(session=session, by=mads, now=NOW),
        "unpublish": lambda: unpublish_before_post(session=session, by=mads),
    }
    assert refusal(verbs[verb]).code == "forbidden"


# The text it begins with ------------------------------------------------------------------------------------------


def proposed(**fields: Any) -> str:
    values = {
        "title": "Rollemodeller",
        "format": "topic",
        "starts_at": moment("2026-12-03 19:00"),
        "ends_at": moment("2026-12-03 20:30"),
        "counsellors": list(User.objects.order_by("pk")),
    }
    return before_post_text(**{**values, **fields})


def test_the_proposed_post_says_what_when_and_with_whom(sofie: User, mads: User) -> None:
    text = proposed()
    assert "Denne gang er emnet **Rollemodeller**." in text
    assert "Vi åbner **torsdag den 3. december kl. 19** og lukker kl. 20.30." in text
    assert "Du møder Sofie og Mads. De er rådgivere" in text
    assert "Sofie er rådgiver" in proposed(counsellors=[sofie])
    assert "Vi begynder med **Rollemodeller**." in proposed(format="partly_free")
    assert "Rollemodeller" not in proposed(format="free")
    assert "Der er en rådgiver med hele tiden." in proposed(counsellors=[])


@pytest.mark.parametrize("form", Session.Format.values)
def test_the_proposed_post_is_easy_to_read(sofie: User, mads: User, form: str) -> None:
    text = proposed(format=form)
    assert lix(text) <= 30
    assert length(longest_sentence(text)) <= 20


# The page ---------------------------------------------------------------------------------------------------------

NEEDED = {"title": "Rollemodeller", "date": "2026-11-24", "start": "19:00"}


def filled(client: Client, address: str = "/vagt/ny/") -> dict[str, Any]:
    """The form as the page gives it to a browser."""
    form = client.get(address).context["form"]
    values = {name: form[name].value() for name in form.fields}
    for name in ("counsellors", "organizations"):
        values[name] = [getattr(choice, "pk", choice) for choice in values[name]]
    return {name: "" if value is None else value for name, value in values.items()}


def post(client: Client, action: str, address: str = "/vagt/ny/", **values: Any) -> Any:
    return client.post(address, {**filled(client, address), **values, "action": action})


def fields_shown(html: str) -> set[str]:
    return set(re.findall(r'<(?:input|select|textarea)[^>]*\sname="(\w+)"', html)) - {
        "csrfmiddlewaretoken",
        "prefilled",
    }


def test_an_evening_takes_three_inputs_and_two_clicks_from_the_desk(client: Client, sofie: User) -> None:
    client.force_login(sofie)
    assert 'href="/vagt/ny/"' in client.get("/vagt/").content.decode()
    answer = post(client, "publish", **NEEDED)
    assert (answer.status_code, answer["Location"]) == (302, "/vagt/")
    session = Session.objects.get()
    assert (session.title, session.format, session.capacity) == ("Rollemodeller", "topic", 20)
    assert (session.starts_at, session.ends_at) == (moment("2026-11-24 19:00"), moment("2026-11-24 20:30"))
    assert list(Session.objects.announced(now=NOW)) == [session]
    assert session.roster.get().user == sofie


def test_the_page_asks_for_what_the_plan_needs_and_nothing_else(client: Client, sofie: User) -> None:
    client.force_login(sofie)
    page = client.get("/vagt/ny/").content.decode().split("<main")[1].split("</main>")[0]
    wanted = {"title", "format", "date", "start", "minutes", "capacity", "counsellors", "organizations", "text"}
    assert fields_shown(page) == wanted


def test_without_javascript_the_post_follows_the_form_until_somebody_writes_in_it(client: Client, sofie: User) -> None:
    client.force_login(sofie)
    seen = post(client, "preview", **NEEDED, format="partly_free")
    html = " ".join(seen.content.decode().split())
    assert seen.status_code == 200
    assert "Vi begynder med <strong>Rollemodeller</strong>." in html
    assert "Vi åbner <strong>tirsdag den 24. november kl. 19</strong>" in html
    assert 'value="Rollemodeller"' in html
    assert Session.objects.count() == 0
    own = seen.context["form"]["text"].value() + "\r\n\r\nMit eget."
    again = post(
        client, "preview", **NEEDED, format="free", text=own, prefilled=seen.context["form"]["prefilled"].value()
    )
    assert again.context["form"]["text"].value() == own
    assert "Mit eget." in again.content.decode()


def test_what_is_published_untouched_fits_what_was_filled_in_last(client: Client, sofie: User) -> None:
    client.force_login(sofie)
    post(client, "publish", title="Fri snak", date="2026-11-25", start="16:30", format="free")
    entry = Entry.objects.get()
    assert "onsdag den 25. november kl. 16.30" in entry.source
    assert "Der er ikke noget emne denne gang." in entry.source


def test_with_javascript_the_preview_comes_as_data(client: Client, sofie: User) -> None:
    client.force_login(sofie)
    answer = client.post("/vagt/preview/", {**filled(client), **NEEDED}).json()
    assert "<strong>Rollemodeller</strong>" in answer["html"]
    assert "**Rollemodeller**" in answer["source"]
    touched = {**filled(client), **NEEDED, "text": "Mit **eget** <script>alert(1)</script>"}
    answer = client.post("/vagt/preview/", touched).json()
    assert answer["source"] == touched["text"]
    assert "<strong>eget</strong>" in answer["html"]
    assert "<script" not in answer["html"]


def test_a_cleared_post_stays_clear_while_somebody_begins_anew(client: Client, sofie: User) -> None:
    client.force_login(sofie)
    assert client.post("/vagt/preview/", {**filled(client), "text": ""}).json()["source"] == ""


def test_bad_input_keeps_the_text_and_says_what_is_wrong(client: Client, sofie: User) -> None:
    client.force_login(sofie)
    for wrong in ({"date": "i morgen"}, {"start": "25:00"}, {"minutes": "7"}, {"capacity": "x"}, {"format": "z"}):
        answer = post(client, "publish", **{**NEEDED, **wrong, "text": "Mit eget."})
        assert answer.status_code == 422
        assert "Mit eget.</textarea>" in answer.content.decode()
    answer = post(client, "publish", **{**NEEDED, "date": "2026-11-22", "text": "Mit eget."})
    assert "Det tidspunkt er forbi." in answer.content.decode()
    assert "Mit eget.</textarea>" in answer.content.decode()
    assert (Session.objects.count(), Entry.objects.count()) == (0, 0)


def test_an_hour_that_the_clocks_leave_out_is_refused(client: Client, sofie: User) -> None:
    client.force_login(sofie)
    answer = post(client, "publish", **{**NEEDED, "date": "2027-03-28", "start": "02:30"})
    assert answer.status_code == 422
    assert "Uret bliver stillet den nat." in answer.content.decode()


def test_a_draft_is_saved_and_gone_on_with(client: Client, sofie: User) -> None:
    client.force_login(sofie)
    post(client, "save", **NEEDED)
    session = Session.objects.get()
    assert not Session.objects.announced(now=NOW).exists()
    address = f"/vagt/{session.slug}/"
    assert address in client.get("/vagt/").content.decode()
    assert filled(client, address)["title"] == "Rollemodeller"
    post(client, "publish", address, title="Venner")
    session.refresh_from_db()
    assert (session.title, list(Session.objects.announced(now=NOW))) == ("Venner", [session])
    assert "**Venner**" in Entry.objects.get().source
    post(client, "unpublish", address)
    assert not Session.objects.announced(now=NOW).exists()


def test_what_cannot_be_taken_down_says_why(client: Client, sofie: User) -> None:
    session = planned(sofie)
    seat(session, "Blå Ræv")
    client.force_login(sofie)
    answer = client.post(f"/vagt/{session.slug}/", {"action": "unpublish"}, follow=True)
    assert "Der er allerede kommet nogen ind." in answer.content.decode()


def test_the_pages_open_to_those_who_may_and_to_nobody_else(client: Client, sofie: User) -> None:
    session = planned(sofie)
    addresses = ["/vagt/", "/vagt/ny/", f"/vagt/{session.slug}/"]
    table = [
        (None, [302, 302, 302]),
        (sofie, [200, 200, 200]),
        (make_staff("Karen", role="coordinator"), [200, 200, 200]),
        (make_staff("Mads"), [200, 200, 404]),
        (make_staff("Jonas", role="editor"), [200, 403, 404]),
        (User.objects.create_superuser("drift"), [403, 403, 404]),
    ]
    for user, wanted in table:
        client.logout()
        if user:
            client.force_login(user)
        assert [client.get(address).status_code for address in addresses] == wanted, user
        assert client.post("/vagt/preview/").status_code == (302 if user is None else 200 if wanted[1] == 200 else 403)
    assert client.get("/vagt/findesik/").status_code == 404


def test_a_draft_is_deleted_after_being_asked_once_more(client: Client, sofie: User) -> None:
    session = planned(sofie, announced=False)
    address = f"/vagt/{session.slug}/slet/"
    client.force_login(sofie)
    assert address in client.get(f"/vagt/{session.slug}/").content.decode()
    assert session.title in client.get(address).content.decode()
    assert Session.objects.count() == 1
    assert client.post(address)["Location"] == "/vagt/"
    assert (Session.objects.count(), Entry.objects.count()) == (0, 0)


def test_what_somebody_was_told_of_is_not_deleted(client: Client, sofie: User, mads: User) -> None:
    announced, visited = planned(sofie), planned(sofie, announced=False)
    seat(visited, "Blå Ræv")
    client.force_login(sofie)
    for session in (announced, visited):
        assert refusal(delete_draft, session=session, by=sofie).code == "not_open"
        assert client.post(f"/vagt/{session.slug}/slet/").status_code == 404
    draft = planned(sofie, announced=False)
    assert refusal(delete_draft, session=draft, by=mads).code == "forbidden"
    client.force_login(mads)
    assert client.post(f"/vagt/{draft.slug}/slet/").status_code == 404
    assert Session.objects.count() == 3


def test_an_announced_evening_shows_its_link_to_copy_and_to_scan(client: Client, sofie: User) -> None:
    session = planned(sofie)
    client.force_login(sofie)
    html = client.get(f"/vagt/{session.slug}/").content.decode()
    assert f'href="http://testserver/chat/{session.slug}/"' in html
    assert '<div class="qr" role="img"' in html
    assert "<svg" in html.split('class="qr"')[1]
    assert "<?xml" not in html
    draft = client.get(f"/vagt/{planned(sofie, announced=False).slug}/").content.decode()
    assert 'class="qr"' not in draft


# The desk ---------------------------------------------------------------------------------------------------------


def desk(client: Client, user: User) -> str:
    client.force_login(user)
    response = client.get("/vagt/")
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_an_empty_desk_says_what_to_do_next(client: Client, sofie: User) -> None:
    html = desk(client, sofie)
    for text in ("Ingen chat i aften.", "Ikke noget at skrive.", "Ingen kladder.", "Der er ikke meldt noget ud"):
        assert text in html


def test_the_desk_sorts_evenings_by_what_they_ask_for(client: Client, sofie: User) -> None:
    tonight = planned(sofie, title="I aften")
    later = planned(
        sofie, title="Senere", starts_at=START + timedelta(days=2), ends_at=START + timedelta(days=2, hours=1)
    )
    draft = planned(sofie, title="Kladden", announced=False)
    planned(make_staff("Mads"), title="En andens")
    html = desk(client, sofie)
    parts = {name: html.split(f'id="{name}"')[1].split("</section>")[0] for name in ("tonight", "later", "drafts")}
    for name, session in (("tonight", tonight), ("later", later), ("drafts", draft)):
        assert re.findall(r"<h3[^>]*>([^<]*)</h3>", parts[name]) == [session.title]
    assert f'href="/chat/{tonight.slug}/room/"' in parts["tonight"]
    assert "En andens" not in html


def test_a_counsellor_without_a_card_is_led_to_it(client: Client, sofie: User) -> None:
    assert "/konto/profil/" not in desk(client, sofie)
    assert "/konto/profil/" in desk(client, make_staff("Ny", about=""))


def test_coordinators_hear_that_nobody_came(client: Client, sofie: User) -> None:
    session = put(planned(sofie), "lobby", no_show_told_at=NOW)
    alarm = "Ingen har åbnet »Rollemodeller«"
    assert alarm in desk(client, make_staff("Karen", role="coordinator"))
    assert alarm not in desk(client, sofie)
    assert alarm not in desk(client, make_staff("Nabo", role="coordinator", at=house("Bøgelund")))
    put(session, "open")
    assert alarm not in desk(client, User.objects.get(username="karen"))


@pytest.mark.parametrize("count", [1, 3])
def test_the_desk_asks_the_database_no_more_for_more_evenings(
    client: Client, sofie: User, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for _unused in range(count):
        planned(sofie)
        put(planned(sofie), "closed", closed_at=NOW)
    client.force_login(sofie)
    with django_assert_num_queries(40):  # twelve of them count what waits, at most every five seconds
        client.get("/vagt/")
