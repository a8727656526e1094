"""What the forum costs its readers: queries, and CPU as multiples of a page with one query and a list of twenty.

Pages as in production over WSGI, with all their middleware, compressed; 1,000 topics of 20 posts and one of 1,000. The
floor is measured in the same run. "Kept" is the second time that a reader without cookies asks, with and without the
ETag of the first.
"""

import os
import time
from datetime import timedelta
from io import BytesIO
from typing import Any

from bench.site import environment, folder

ROUNDS = 40
TOPICS, POSTS, LONG = 1000, 20, 1000
TEXT = (
    "Jeg har det svært i skolen for tiden. De andre snakker ikke rigtig med mig i frikvarteret, og jeg ved ikke, hvad "
    "jeg har gjort.\n\nEr der andre, der har prøvet det? Hvad gjorde I?"
)
# page: queries and multiples of the floor that are promised
LIMITS = {
    "board list": (4, 3.0),
    "topic list": (4, 4.0),
    "topic of 20": (6, 6.0),
    "topic of 1,000, first page": (6, 6.0),
    "topic of 1,000, last page": (6, 6.0),
    "kept: board list": (1, 1.2),
    "kept: topic of 20": (1, 1.2),
    "kept, with its ETag": (1, 1.2),
}


def main() -> None:
    with folder() as path:
        os.environ.update(environment(path), DJANGO_SETTINGS_MODULE="config.settings")
        import django

        django.setup()
        from django.conf import settings
        from django.core.cache import cache
        from django.core.handlers.wsgi import WSGIHandler

        settings.ROOT_URLCONF = "bench.urls"
        board, usual, long = fill()
        site = WSGIHandler()
        asked = f"/forum/{board}/"
        pages = {
            "board list": "/forum/",
            "topic list": asked,
            "topic of 20": f"/forum/t/{usual}/",
            "topic of 1,000, first page": f"/forum/t/{long}/",
            "topic of 1,000, last page": f"/forum/t/{long}/?side={LONG // POSTS}",
        }
        ask(site, "/bench-floor/")
        floor = _cost(site, "/bench-floor/")
        print(f"forum: CPU as multiples of a page with one query ({1000 * floor:.2f} ms), over {ROUNDS} requests each")
        for name, page in pages.items():
            _tell(name, site, page, floor, before=cache.clear)
        _tell("kept: board list", site, "/forum/", floor)
        _tell("kept: topic of 20", site, pages["topic of 20"], floor)
        etag = dict(ask(site, pages["topic of 20"])[1])["ETag"]
        _tell("kept, with its ETag", site, pages["topic of 20"], floor, HTTP_IF_NONE_MATCH=etag)


def _tell(name: str, site: Any, page: str, floor: float, *, before: Any = None, **headers: str) -> None:
    from django.db import connection

    queries: list[str] = []

    def note(execute: Any, sql: str, *rest: Any) -> Any:
        queries.append(sql)
        return execute(sql, *rest)

    ask(site, page, **headers)
    if before:
        before()
    with connection.execute_wrapper(note):
        _status, _headers, body = ask(site, page, **headers)
    times = _cost(site, page, before=before, **headers) / floor
    most_queries, most = LIMITS[name]
    verdict = "" if len(queries) <= most_queries and times <= most else f"  MORE THAN {most_queries} and {most} x"
    print(f"  {name:28} {times:5.2f} x  {len(queries):2} queries  {len(body) / 1024:5.1f} KB{verdict}")


def _cost(site: Any, page: str, *, before: Any = None, **headers: str) -> float:
    """CPU seconds of one request, the median of ROUNDS."""
    times = []
    for _round in range(ROUNDS):
        if before:
            before()
        start = time.process_time()
        ask(site, page, **headers)
        times.append(time.process_time() - start)
    return sorted(times)[ROUNDS // 2]


def ask(site: Any, page: str, **headers: str) -> tuple[str, list[tuple[str, str]], bytes]:
    path, _mark, query = page.partition("?")
    told: list[Any] = []
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "localhost",
        "HTTP_ACCEPT_ENCODING": "gzip",
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(),
        **headers,
    }
    answer = site(environ, lambda status, given, exc=None: told.extend([status, given]))
    body = b"".join(answer)
    answer.close()
    assert told[0][:3] in {"200", "304"}, (page, told[0])
    return told[0], told[1], body


def fill() -> tuple[str, str, str]:
    """Addresses of the board, of a topic of twenty posts, and of the one of a thousand."""
    from django.utils import timezone

    from accounts.models import Organization, User
    from forum.headlines import headline
    from forum.models import Board, Post, Topic, Writer
    from moderation.text import render_plain

    now = timezone.now()
    board = Board.objects.create(name="Bench", position=99)
    board.organizations.add(Organization.objects.first())
    counsellor = User.objects.counsellors().order_by("pk").first()
    title, opening = headline(TEXT)
    topics = Topic.objects.bulk_create(
        Topic(
            board=board,
            title=title,
            opening=opening,
            published_at=now - timedelta(hours=number),
            last_at=now - timedelta(hours=number),
            last_position=LONG if number == 0 else POSTS,
            is_answered=True,
            is_answered_by_counsellor=number % 2 == 0,
        )
        for number in range(TOPICS + 1)
    )
    writers = Writer.objects.bulk_create(
        Writer(topic=topic, alias=f"Blå Ræv {n}", skeleton=f"{n}", code_hash="") for topic in topics for n in range(5)
    )
    html = render_plain(TEXT)
    for number, topic in enumerate(topics):
        Post.objects.bulk_create(
            Post(
                topic=topic,
                position=place,
                writer=None if place % 7 == 5 else writers[5 * number + place % 5],
                counsellor=counsellor if place % 7 == 5 else None,
                text=TEXT,
                html=html,
                title=title if place == 1 else "",
                is_first=place == 1,
                state=Post.State.PUBLISHED,
                written_at=now,
                published_at=now,
            )
            for place in range(1, topic.last_position + 1)
        )
    return board.slug, topics[1].public_id, topics[0].public_id


if __name__ == "__main__":
    main()
