"""The forum and the letterbox of the demo: made by the same verbs as everything else, at times that have passed."""

import tomllib
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction

from accounts.models import Organization, User
from accounts.permissions import coordinated_by
from forum.models import Board, Letterbox, Post, Topic
from forum.services import letterboxes, letters, places, posts, publications, reading
from forum.starting import make_boards, make_letterbox
from referrals.models import Service
from referrals.models import Topic as Need

SCRIPT = Path(__file__).resolve().parent / "management" / "demo.toml"
Words = Mapping[str, Any]
People = Mapping[str, User]


@transaction.atomic
def fill(*, people: People, organizations: list[Organization], now: datetime) -> None:
    """Boards, threads, what waits to be read, and letters; once."""
    script = tomllib.loads(SCRIPT.read_text(encoding="utf-8"))
    boards = {board.name: board for board in make_boards(organizations)}
    box = make_letterbox(organizations)
    if Topic.objects.filter(board__in=boards.values()).exists():
        return
    set_up(box, script["box"], people)
    reader = people[script["reader"]]
    for thread in script["threads"]:
        make_thread(thread, boards[thread["board"]], reader, people, now=now - timedelta(hours=thread["hours_ago"]))
    for held in script["held"]:
        at = now - timedelta(minutes=held["minutes_ago"])
        posts.start_topic(board=boards[held["board"]], alias=held["alias"], text=held["text"], ask=True, now=at)
    make_letters(script, box, people, now=now)


def make_thread(thread: Words, board: Board, reader: User, people: People, *, now: datetime) -> None:
    sent = posts.start_topic(
        board=board, alias=thread["alias"], text=thread["text"], warning=thread.get("warning", ""), ask=True, now=now
    )
    topic, writers = sent.post.topic, {thread["alias"]: sent.writer}
    let_through(sent.post, reader, now=now + timedelta(minutes=30))
    for number, words in enumerate(thread.get("answers", ()), start=1):
        at = now + timedelta(hours=number)
        if "counsellor" in words:
            reading.answer_as_counsellor(topic=topic, user=people[words["counsellor"]], text=words["text"], now=at)
            continue
        known = writers.get(words["alias"])
        answer = posts.answer(topic=topic, writer=known, alias=words["alias"], text=words["text"], ask=True, now=at)
        writers[words["alias"]] = answer.writer
        let_through(answer.post, reader, now=at + timedelta(minutes=20))


def let_through(post: Post, reader: User, *, now: datetime) -> None:
    reading.approve(post=post, user=reader, now=now)
    reading.take_effect(now=now + reading.UNDO)


def set_up(box: Letterbox, words: Words, people: People) -> None:
    """Its own hours, and the services that it points to."""
    lead = people[words["kept_by"]]
    found = {service.name: service for service in Service.objects.shown().filter(name__in=words["services"])}
    kept = {name: words.get(name, getattr(box, name)) for name in places.FIELDS[Letterbox]}
    kept["services"] = [found[name] for name in words["services"] if name in found]
    letterboxes.change_box(box, user=lead, words=kept, organizations=coordinated_by(lead))
    box.refresh_from_db()


def make_letters(script: Words, box: Letterbox, people: People, *, now: datetime) -> None:
    """One that waits for an answer, one whose answer waits for a colleague, and one whose answer became a page because
    its writer said yes."""
    waiting, asked, answered = script["letter"], script["asked"], script["published"]
    letters.write(box=box, text=waiting["text"], now=now - timedelta(hours=waiting["hours_ago"]))
    at = now - timedelta(hours=asked["hours_ago"])
    letter = letters.write(box=box, text=asked["text"], now=at).letter
    seen = letters.version_of(letter)
    letters.ask_look(
        letter=letter, user=people[asked["by"]], text=asked["answer"], seen=seen, now=at + timedelta(hours=5)
    )
    at = now - timedelta(hours=answered["hours_ago"])
    user = people[answered["by"]]
    letter = letters.write(box=box, text=answered["text"], now=at).letter
    seen = letters.version_of(letter)
    at += timedelta(hours=20)
    letters.send(letter=letter, user=user, text=answered["answer"], seen=seen, now=at)
    made = letters.propose(
        letter=letter,
        user=user,
        title=answered["title"],
        question=answered["text"],
        answer=answered["answer"],
        need=Need.objects.filter(code=answered["need"]).first(),
        service=None,
        now=at,
    )
    letters.consent(letter=letter, seen=publications.version_of(made), now=at + timedelta(hours=2))
