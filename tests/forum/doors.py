"""The forum's doors as a young person's browser goes through them."""

import re
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.models import User
from chat.management.commands.stage import login_cookie
from forum.models import Board, Post, Topic

FROM_HERE = {"sec-fetch-site": "same-origin"}


def young(user: User | None = None) -> Client:
    """A browser that knows nothing of us yet; with `user`, one in which a profile is logged in."""
    client = Client()
    if user is not None:
        client.cookies.load(login_cookie(user))
    return client


def board_url(board: Board) -> str:
    return reverse("forum:board", args=[board.slug])


def topic_url(topic: Topic) -> str:
    return reverse("forum:topic", args=[topic.public_id])


def send(client: Client, board: Board, text: str, **fields: str) -> HttpResponse:
    values = {"text": text, "alias": "Blå Ræv", **fields}
    return client.post(reverse("forum:write", args=[board.slug]), values)


def send_answer(client: Client, topic: Topic, text: str, **fields: str) -> HttpResponse:
    values = {"text": text, "alias": "Stille Ugle", **fields}
    return client.post(reverse("forum:answer", args=[topic.public_id]), values)


def words_of(response: HttpResponse) -> str:
    return response.content.decode()


def main_of(response: HttpResponse) -> str:
    page = words_of(response)
    return page[page.index("<main") : page.index("</main>")]


def nod(client: Client, post: Post, kind: str = "me_too", **extra: Any) -> HttpResponse:
    where = reverse("forum:nod", args=[post.topic.public_id, post.public_id])
    return client.post(where, {"kind": kind}, headers=extra or FROM_HERE)


def code_on(page: str) -> str:
    """The word code as the page shows it, once."""
    shown = re.search(r'<p class="words__code".*?</p>', page, re.DOTALL)
    return re.sub(r"<[^>]+>", "", shown.group()) if shown else ""
