"""What the young do in the forum, and what nobody can do with what they wrote."""

from datetime import timedelta

import pytest

from accounts.models import User
from forum.models import Nod, Post, Topic, Writer
from forum.services import codes, posts, private, reading
from forum.services.posts import AliasRefused
from moderation.refusals import Refused
from referrals import search
from tests.forum.scene import (
    NOW,
    answer,
    later,
    let_through,
    make_board,
    make_profile,
    make_reader,
    published,
    trust,
    write,
    writer_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader() -> User:
    return make_reader()


def found(words: str) -> list[str]:
    return [hit.key for hit in search.find(words)]


def refusal(call: object, **arguments: object) -> Refused:
    with pytest.raises(Refused) as caught:
        call(**arguments)  # type: ignore[operator]
    return caught.value


# Writing ------------------------------------------------------------------------------------------------------------


def test_what_is_written_without_a_profile_waits_and_nobody_can_read_it(reader: User) -> None:
    sent = write(make_board(reader), "Min veninde svarer mig ikke\nHun har ikke skrevet i to uger.")
    assert (sent.post.state, sent.post.why, sent.waits) == (Post.State.HELD, Post.Why.FIRST, True)
    assert list(Topic.objects.published()) == []
    assert found("veninde") == []
    assert (sent.post.topic.title, sent.post.topic.opening, sent.post.topic.last_position) == ("", "", 0)


def test_the_title_is_the_first_line_and_the_opening_goes_on_after_it(reader: User) -> None:
    sent = published(make_board(reader), reader, "Min veninde svarer mig ikke\n\nHun har ikke skrevet i to uger.")
    topic = sent.post.topic
    assert (topic.title, topic.opening) == ("Min veninde svarer mig ikke", "Hun har ikke skrevet i to uger.")


def test_a_long_first_line_is_cut_after_a_word_and_goes_on_in_the_opening(reader: User) -> None:
    sent = write(make_board(reader), "ord " * 60)
    assert sent.post.title == f"{'ord ' * 19}".strip() + "…"
    assert sent.post.opening.startswith("ord ord")


def test_one_may_give_it_a_title_of_ones_own(reader: User) -> None:
    sent = write(make_board(reader), "Hun svarer ikke.", title="  Min \n veninde ")
    assert (sent.post.title, sent.post.opening) == ("Min veninde", "Hun svarer ikke.")


def test_the_writer_gets_words_once_and_the_database_keeps_only_digests(reader: User) -> None:
    sent = write(make_board(reader))
    assert sent.word_code is not None
    assert len(sent.word_code.split("-")) == 5
    stored = Writer.objects.values().get(pk=sent.writer.pk)
    assert sent.token not in str(stored)
    assert sent.word_code not in str(stored)


def test_somebody_with_a_place_in_the_thread_gets_no_second_code(reader: User) -> None:
    sent = published(make_board(reader), reader)
    again = posts.answer(topic=sent.post.topic, writer=sent.writer, text="En ting til", now=NOW)
    assert (again.word_code, again.token, again.writer) == (None, "", sent.writer)


def test_times_are_kept_to_five_minutes_so_that_they_join_no_two_visits(reader: User) -> None:
    sent = write(make_board(reader), now=NOW + timedelta(minutes=2, seconds=17))
    assert sent.post.written_at == NOW.replace(minute=0)


@pytest.mark.parametrize(
    "text,code",
    [("", "bad_command"), ("  \n ", "bad_command"), ("a" * 10_001, "too_long")],
    ids=["none", "blank", "long"],
)
def test_a_text_that_cannot_be_kept_is_refused_and_leaves_nothing(reader: User, text: str, code: str) -> None:
    board = make_board(reader)
    assert refusal(write, board=board, text=text).code == code
    assert (Topic.objects.count(), Post.objects.count(), Writer.objects.count()) == (0, 0, 0)


def test_a_board_that_is_closed_takes_nothing_in(reader: User) -> None:
    assert refusal(write, board=make_board(reader, is_open=False)).code == "closed"


@pytest.mark.parametrize("alias", ["Sofie rådgiver", "x", "21 43 65 87"])
def test_a_name_that_nobody_may_have_is_refused_at_its_own_field(reader: User, alias: str) -> None:
    assert isinstance(refusal(write, board=make_board(reader), alias=alias), AliasRefused)


def test_two_in_one_thread_cannot_have_names_that_look_alike(reader: User) -> None:
    sent = published(make_board(reader), reader, alias="Blå Ræv")
    assert isinstance(refusal(answer, topic=sent.post.topic, alias="BIå Ræv"), AliasRefused)


# Identity and danger ------------------------------------------------------------------------------------------------


def test_a_text_that_shows_who_somebody_is_comes_back_with_the_places_marked(reader: User) -> None:
    refused = refusal(write, board=make_board(reader), text="Skriv til mig på 21 43 65 87")
    assert (refused.code, refused.spans) == ("identifying", [[17, 28, "PHONE"]])


def test_a_title_and_a_warning_are_looked_at_too(reader: User) -> None:
    board = make_board(reader)
    assert refusal(write, board=board, text="Hej", title="Ring 21 43 65 87").code == "identifying"
    assert refusal(write, board=board, text="Hej", warning="Ring 21 43 65 87").code == "identifying"


def test_one_may_ask_a_counsellor_to_look_at_it_first(reader: User) -> None:
    sent = write(make_board(reader), "Skriv til mig på 21 43 65 87", ask=True)
    assert (sent.post.state, sent.post.why) == (Post.State.HELD, Post.Why.ASKED)


def test_numbers_of_services_pass(reader: User) -> None:
    from referrals.services import load_national_drafts

    load_national_drafts()
    assert write(make_board(reader), "Jeg ringede til Børnetelefonen på 116111").post.why == Post.Why.FIRST


def test_somebody_who_may_be_in_danger_is_read_first_and_within_the_hour(reader: User) -> None:
    board = make_board(reader)
    usual, acute = write(board), write(board, "jeg vil dø i nat", alias="Stille Ugle")
    assert (acute.level, acute.post.why, acute.post.is_urgent) == ("acute", Post.Why.ACUTE, True)
    assert acute.post.due_at is not None
    assert usual.post.due_at is not None
    assert acute.post.due_at < usual.post.due_at


@pytest.mark.parametrize("ask", [False, True])
def test_a_text_of_somebody_in_danger_is_never_sent_back_for_what_it_shows(reader: User, ask: bool) -> None:
    sent = write(make_board(reader), "jeg vil dø i nat, ring 21 43 65 87", ask=ask)
    assert (sent.level, sent.post.why, sent.post.state) == ("acute", Post.Why.ACUTE, Post.State.HELD)


def test_a_text_of_somebody_in_danger_waits_for_no_better_name(reader: User) -> None:
    sent = write(make_board(reader), "jeg vil dø i nat", alias="rådgiver Sofie")
    assert (sent.post.why, sent.writer.alias != "rådgiver Sofie") == (Post.Why.ACUTE, True)


def test_a_text_of_somebody_in_danger_reaches_the_desk_from_a_closed_thread_and_after_the_half_hour(
    reader: User,
) -> None:
    from forum.services import topics

    sent = published(make_board(reader), reader)
    topics.close(topic=sent.post.topic, user=reader, now=NOW)
    assert answer(sent.post.topic, "jeg vil dø i nat").post.why == Post.Why.ACUTE
    late = posts.edit(post=sent.post, writer=sent.writer, text="jeg vil dø i nat", now=later(hours=3))
    assert (late.state, late.why) == (Post.State.HELD, Post.Why.ACUTE)


# Profiles -----------------------------------------------------------------------------------------------------------


def test_a_profile_is_read_first_until_it_has_written_a_few_good_posts(reader: User) -> None:
    board, user = make_board(reader), make_profile()
    assert write(board, user=user).waits
    trust(user, board, reader)
    sent = write(board, "Nu kender I mig", user=user)
    assert (sent.post.state, sent.word_code, sent.token) == (Post.State.PUBLISHED, None, "")


@pytest.mark.parametrize("text", ["jeg vil dø i nat", "jeg skærer i mig selv når ingen ser det"])
def test_a_worrying_text_of_a_trusted_profile_waits_all_the_same(reader: User, text: str) -> None:
    board, user = make_board(reader), make_profile()
    trust(user, board, reader)
    assert write(board, text, user=user).waits


def test_a_board_can_read_everyone_first(reader: User) -> None:
    board, user = make_board(reader, reads_everyone_first=True), make_profile()
    trust(user, board, reader)
    assert write(board, user=user).waits


def test_a_post_that_came_back_makes_a_profile_be_read_first_again(reader: User) -> None:
    board, user = make_board(reader), make_profile()
    trust(user, board, reader)
    sent = write(board, user=user)
    reading.hide(post=sent.post, user=reader, now=later(hours=1))
    user.refresh_from_db()
    assert write(board, "Og en til", user=user).waits


def test_two_threads_of_one_person_without_a_profile_share_nothing_in_the_database(reader: User) -> None:
    """T07: no value but the board's, the state's and the clock's is the same on both rows."""
    board = make_board(reader)
    rows = [Writer.objects.values().get(pk=write(board, f"Tekst {n}").writer.pk) for n in (1, 2)]
    shared = {name for name in rows[0] if rows[0][name] == rows[1][name]}
    assert shared == {"alias", "skeleton", "user_id"}, "she chose the same name herself; nothing else joins them"


def test_a_profile_is_read_first_for_a_month_also_when_it_deletes_what_was_taken_away(reader: User) -> None:
    board, user = make_board(reader), make_profile()
    trust(user, board, reader)
    sent = write(board, user=user)
    reading.hide(post=sent.post, user=reader, now=NOW)
    posts.delete(post=Post.objects.get(pk=sent.post.pk), writer=sent.writer)
    user.refresh_from_db()
    assert write(board, "Og en til", user=user).waits


# Answers, quotes, nods ----------------------------------------------------------------------------------------------


def test_an_answer_takes_the_next_place_when_it_is_let_through(reader: User) -> None:
    sent = published(make_board(reader), reader)
    first, second = (answer(sent.post.topic, alias=name).post for name in ("Stille Ugle", "Rolig Bjørn"))
    let_through(second, reader)
    let_through(first, reader)
    assert [post.pk for post in sent.post.topic.posts.on_page(1)] == [sent.post.pk, second.pk, first.pk]


def test_nobody_answers_in_a_thread_that_is_not_public_or_is_closed(reader: User) -> None:
    from forum.services import topics

    board = make_board(reader)
    held = write(board)
    assert refusal(answer, topic=held.post.topic).code == "unknown"
    sent = published(board, reader, alias="Rolig Bjørn")
    topics.close(topic=sent.post.topic, user=reader, now=NOW)
    assert refusal(answer, topic=sent.post.topic).code == "closed"


def test_a_quote_is_of_the_same_thread_and_of_something_public(reader: User) -> None:
    board = make_board(reader)
    one, other = published(board, reader), published(board, reader, alias="Rolig Bjørn")
    waiting = answer(one.post.topic, alias="Modig Mus").post
    quoted = [answer(one.post.topic, alias=name, quote=post).post.quote for name, post in
              (("Lille Måge", one.post), ("Rød Elg", other.post), ("Sej Krage", waiting))]  # fmt: skip
    assert quoted == [one.post, None, None]


def test_a_nod_is_told_but_never_counted(reader: User) -> None:
    sent = published(make_board(reader), reader)
    for _again in range(3):
        posts.nod(post=sent.post, kind="helped")
    assert Nod.objects.filter(post=sent.post).count() == 1
    assert refusal(posts.nod, post=sent.post, kind="hated").code == "bad_command"


def test_one_cannot_nod_to_what_is_not_public(reader: User) -> None:
    assert refusal(posts.nod, post=write(make_board(reader)).post, kind="me_too").code == "unknown"


# Changing -----------------------------------------------------------------------------------------------------------


def test_what_waits_can_be_changed_and_waits_on_without_a_mark(reader: User) -> None:
    sent = write(make_board(reader))
    changed = posts.edit(post=sent.post, writer=sent.writer, text="Noget andet", now=later(hours=2))
    assert (changed.state, changed.why, changed.title, changed.edited_at) == ("held", "first", "Noget andet", None)


def test_a_decision_about_the_old_words_lets_no_new_words_through(reader: User) -> None:
    sent = write(make_board(reader))
    reading.approve(post=sent.post, user=reader, now=NOW)
    posts.edit(post=sent.post, writer=sent.writer, text="Noget helt andet", now=NOW)
    reading.take_effect(now=later(minutes=1))
    sent.post.refresh_from_db()
    assert (sent.post.state, sent.post.decision) == ("held", "")


def test_changed_words_are_gone_from_everywhere_until_they_are_read(reader: User) -> None:
    sent = published(make_board(reader), reader, "Kaniner er søde")
    let_through(answer(sent.post.topic).post, reader)
    assert found("kaniner")
    posts.edit(post=sent.post, writer=sent.writer, text="Hamstere er søde", now=NOW)
    topic = Topic.objects.get(pk=sent.post.topic_id)
    assert (topic.title, topic.opening, found("kaniner"), found("hamstere")) == ("", "", [], [])
    assert topic.published_at is not None, "the answers of others stay"
    let_through(sent.post, reader)
    topic.refresh_from_db()
    assert (topic.title, sent.post.pk) == ("Hamstere er søde", topic.posts.on_page(1)[0].pk)


def test_a_trusted_profile_changes_its_words_at_once_and_it_shows(reader: User) -> None:
    board, user = make_board(reader), make_profile()
    trust(user, board, reader)
    sent = write(board, "Kaniner er søde", user=user)
    posts.edit(post=sent.post, writer=sent.writer, text="Hamstere er søde", now=later(minutes=5))
    sent.post.refresh_from_db()
    assert (sent.post.state, sent.post.edited_at is not None, found("hamstere")) == (
        "published",
        True,
        [sent.post.public_id],
    )


def test_a_headline_of_ones_own_is_kept_or_changed_with_the_text(reader: User) -> None:
    sent = write(make_board(reader), "Hun svarer ikke.", title="Min veninde")
    changed = posts.edit(post=sent.post, writer=sent.writer, text="Hun svarer nu.", title="Min veninde igen", now=NOW)
    assert (changed.title, changed.opening) == ("Min veninde igen", "Hun svarer nu.")


def test_half_an_hour_after_publication_it_can_only_be_deleted(reader: User) -> None:
    sent = published(make_board(reader), reader)
    assert refusal(posts.edit, post=sent.post, writer=sent.writer, text="Nej", now=later(minutes=31)).code == "closed"
    assert posts.delete(post=sent.post, writer=sent.writer) is True


def test_nobody_changes_or_deletes_what_another_wrote(reader: User) -> None:
    sent = published(make_board(reader), reader)
    other = answer(sent.post.topic)
    assert refusal(posts.edit, post=sent.post, writer=other.writer, text="Nej", now=NOW).code == "unknown"
    assert refusal(posts.delete, post=sent.post, writer=other.writer).code == "unknown"


# Deleting (T34) -----------------------------------------------------------------------------------------------------


def test_a_thread_nobody_else_wrote_in_goes_whole(reader: User) -> None:
    sent = published(make_board(reader), reader, "Kaniner er søde")
    assert posts.delete(post=sent.post, writer=sent.writer) is True
    assert (Topic.objects.count(), Writer.objects.count(), found("kaniner")) == (0, 0, [])


def test_a_thread_stays_when_somebody_else_has_a_private_line_in_it(reader: User) -> None:
    sent = published(make_board(reader), reader)
    other = answer(sent.post.topic)
    private.write(writer=other.writer, text="Kan jeg tale med en af jer?", now=NOW)
    posts.delete(post=other.post, writer=other.writer)
    assert posts.delete(post=sent.post, writer=sent.writer) is False
    assert [word.text for word in private.line_of(other.writer)] == ["Kan jeg tale med en af jer?"]
    assert list(Topic.objects.published()) == []


def test_T34_a_deleted_text_stands_nowhere_not_even_as_a_quote(reader: User) -> None:
    sent = published(make_board(reader), reader, "Kaniner er søde")
    quoting = let_through(answer(sent.post.topic, quote=sent.post).post, reader)
    assert posts.delete(post=sent.post, writer=sent.writer) is False
    topic = Topic.objects.get(pk=sent.post.topic_id)
    quoting.refresh_from_db()
    assert (topic.title, topic.opening, quoting.quote, found("kaniner")) == ("", "", None, [])
    assert "aniner" not in str([list(model.objects.values()) for model in (Topic, Post, Writer)])
    assert "aniner" not in str(list(search.Document.objects.values()))


# Coming back --------------------------------------------------------------------------------------------------------


def test_the_words_lead_back_and_the_old_browser_is_out(reader: User) -> None:
    sent = write(make_board(reader))
    assert sent.word_code
    back = codes.open_with(sent.word_code.replace("-", " ").upper())
    assert (back.kind, back.public_id) == ("topic", sent.post.topic.public_id)
    assert Writer.objects.by_token(sent.post.topic, sent.token) is None
    assert Writer.objects.by_token(sent.post.topic, back.token) == writer_of(sent)


def test_wrong_words_lead_nowhere(reader: User) -> None:
    write(make_board(reader))
    assert refusal(codes.open_with, code="bølge kanel ugle telt sky").code == "unknown"
    assert refusal(codes.open_with, code="").code == "unknown"
