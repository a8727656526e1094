"""What a page costs, anonymous, as multiples of the cheapest page of the same run (`/healthz`, no query)."""

import os
import time

from bench.site import environment, folder

ROUNDS = 60
PAGES = ("/", "/chat/", "/blog/", "/hjaelp/", "/tilbud/", "/privatliv/")


def main() -> None:
    with folder() as path:
        os.environ.update(environment(path), DJANGO_SETTINGS_MODULE="config.settings")
        import django

        django.setup()
        from django.db import connection
        from django.test import Client
        from django.test.utils import CaptureQueriesContext

        client = Client(headers={"host": "localhost"})
        floor = _cost(client, "/healthz")
        print(f"pages: CPU as multiples of /healthz ({1000 * floor:.2f} ms), over {ROUNDS} requests each")
        for page in PAGES:
            cost = _cost(client, page)
            with CaptureQueriesContext(connection) as queries:
                size = len(client.get(page).content)
            print(f"  {page:14} {cost / floor:5.1f} x  {len(queries):2} queries  {size / 1024:5.1f} KB")


def _cost(client: object, page: str) -> float:
    """CPU seconds of one request, the median of ROUNDS."""
    times = []
    for _round in range(ROUNDS):
        start = time.process_time()
        client.get(page)  # type: ignore[attr-defined]
        times.append(time.process_time() - start)
    return sorted(times)[ROUNDS // 2]
