"""T18: whatever is typed into any field of the forum is text on every page, and nothing else."""

from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from forum.forms import WARNINGS
from forum.models import Board, Post
from forum.services import posts
from moderation.models import Report
from tests.forum.doors import board_url, send, send_answer, topic_url, words_of, young
from tests.forum.scene import let_through, make_board, make_reader, published

pytestmark = pytest.mark.django_db

PAYLOADS = [
    line
    for line in (Path(__file__).parent.parent / "moderation/data/xss.txt").read_text(encoding="utf-8").splitlines()
    if line.strip() and line.isprintable()  # what holds control characters is never stored
]
# What our own templates make of a page; nothing that was typed may add another element or attribute.
OUR_TAGS = frozenset(
    """html head meta title link script body a header svg path span nav main div h1 h2 h3 p ul ol li details summary
    form button input label textarea select option fieldset legend blockquote article section strong br footer img i
    mark small""".split()  # noqa: SIM905
)
OUR_SCRIPTS = ("/static/",)


class Look(HTMLParser):
    """Everything on a page that could act."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.acts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag not in OUR_TAGS:
            self.acts.append(f"<{tag}>")
        self.acts += [f"{tag} {name}" for name in given if name.startswith("on") or name in {"style", "srcdoc"}]
        self.acts += [
            f"{tag} {name}={value}"
            for name, value in given.items()
            if name in {"href", "src", "action", "formaction", "xlink:href"}
            and not value.startswith(("/", "?", "#", "tel:", "data:image/svg+xml", "https://", "sms:"))
        ]
        if tag == "script" and not given.get("src", "").startswith(OUR_SCRIPTS):
            self.acts.append("script")
        if tag == "img" and not given.get("src", "").startswith(("data:image/svg+xml", "/media/")):
            self.acts.append("img")


def acts(page: str) -> list[str]:
    look = Look()
    look.feed(page)
    return look.acts


@pytest.fixture
def sofie() -> User:
    return make_reader("Sofie")


@pytest.fixture
def board(sofie: User) -> Board:
    return make_board(sofie, name="Venner")


def test_the_look_finds_what_acts() -> None:
    assert acts('<p>Hej</p><img src=x onerror="alert(1)"><a href="javascript:1">x</a><iframe></iframe>') == [
        "img onerror",
        "img src=x",
        "img",
        "a href=javascript:1",
        "<iframe>",
    ]


def test_no_payload_acts_in_a_headline_a_text_or_a_quote(board: Board, sofie: User) -> None:
    """All of the list as answers, a sixth of it as headlines, one of them quoted."""
    thread = published(board, sofie, "En tråd at svare i").post.topic
    now = timezone.now()
    for payload in PAYLOADS[::6]:
        fields = {"alias": "Blå Ræv", "text": payload, "title": payload, "warning": payload[:80]}
        let_through(posts.start_topic(board=board, ask=True, now=now, **fields).post, sofie)
    for start in range(0, len(PAYLOADS), 6):
        text = "\n".join(PAYLOADS[start : start + 6])
        alias = posts.suggest_alias(thread)
        let_through(posts.answer(topic=thread, alias=alias, text=text, ask=True, now=now).post, sofie)
    quoted = thread.posts.order_by("-position")[0]
    let_through(
        posts.answer(topic=thread, alias="Sidste Elg", text="Enig", quote=quoted, now=timezone.now()).post, sofie
    )
    thread.refresh_from_db()
    client = young()
    pages = ["/forum/", reverse("forum:answer", args=[thread.public_id]) + f"?til={quoted.public_id}"]
    pages += [f"{board_url(board)}?side={number}" for number in range(1, 3)]
    pages += [f"{topic_url(thread)}?side={number}" for number in range(1, thread.pages + 1)]
    seen = "".join(words_of(client.get(path)) for path in pages)
    assert "&lt;script&gt;alert(1)" in seen
    assert acts(seen) == []


def test_no_payload_acts_in_the_form_that_comes_back(board: Board, sofie: User, settings: Settings) -> None:
    """Every field of every form, refused or not."""
    thread = published(board, sofie, "En tråd at svare i").post
    where = [thread.topic.public_id, thread.public_id]
    settings.NETWORK_LIMITS = False
    for payload in PAYLOADS[::12]:
        client = young()
        answers = [
            send(client, board, f"{payload} ring 22334455", title=payload, alias=payload, warning=payload),
            send(client, board, payload, alias=payload, ask="1"),
            client.post("/forum/skriv/", {"text": payload, "board": payload, "alias": payload, "title": payload}),
            send_answer(client, thread.topic, payload, alias=payload, til=payload),
            client.post(reverse("forum:report", args=where), {"reason": payload, "words": payload}),
            client.post("/forum/kode/", {"code": payload}),
        ]
        assert {each.status_code for each in answers} <= {422, 303}
        assert acts("".join(words_of(each) for each in answers)) == [], payload


def test_no_payload_acts_on_the_writers_own_pages(board: Board, sofie: User) -> None:
    for payload in PAYLOADS[::18]:
        client = young()
        if send(client, board, f"Hej {payload}", ask="1").status_code != 303:
            continue
        post = Post.objects.latest("pk")
        topic = post.topic.public_id
        client.post(reverse("forum:private", args=[topic]), {"text": payload})
        pages = [reverse(f"forum:{name}", args=[topic]) for name in ("mine", "private")]
        pages += [reverse(f"forum:{name}", args=[topic, post.public_id]) for name in ("edit", "delete")]
        seen = "".join(words_of(client.get(path)) for path in pages)
        assert seen.count("<h1") == len(pages)
        assert acts(seen) == [], payload


def test_a_warning_is_one_of_ours_or_none(board: Board) -> None:
    send(young(), board, "Noget hårdt", warning="<b>min egen</b>")
    send(young(), board, "Noget andet hårdt", warning="self-harm")
    assert list(Post.objects.order_by("pk").values_list("warning", flat=True)) == ["", "selvskade"]
    assert "self-harm" in WARNINGS


def test_a_report_with_a_payload_is_stored_as_text_alone(board: Board, sofie: User) -> None:
    post = published(board, sofie, "En tråd at melde").post
    client: Client = young()
    where = reverse("forum:report", args=[post.topic.public_id, post.public_id])
    receipt = client.post(where, {"reason": "unkind", "words": PAYLOADS[0]})["Location"]
    assert Report.objects.get().words == PAYLOADS[0]
    assert acts(words_of(client.get(receipt))) == []
