"""T22: does an answer take longer for what exists than for what does not? Pairs, asked in turn, in one process.

What is printed is the difference of the medians in milliseconds; below 5 nobody can tell over a network.
"""

import os
import time
from datetime import timedelta
from functools import partial
from typing import Any

from bench.site import environment, folder

ROUNDS = 2000
ROUNDS_OF_HASHES = 100  # a password's hash takes a tenth of a second
LIMIT_MS = 5.0
NOBODY = "A" * 22


def main() -> None:
    with folder() as path:
        os.environ.update(environment(path), DJANGO_SETTINGS_MODULE="config.settings")
        import django

        django.setup()
        from django.utils import timezone

        from accounts.services import young
        from chat.models import Session
        from forum.models import Letter, Post

        now = timezone.now()
        profile = young.new_profile(now=now)
        profile.username = "stillehav"
        profile.set_password("noget-meget-hemmeligt")
        profile.save()
        young.renew_phrase(user=profile, now=now)
        draft = Session.objects.create(title="Ikke på endnu", starts_at=now, ends_at=now + timedelta(hours=1))
        held = Post.objects.filter(state=Post.State.HELD, is_first=True).select_related("topic")[0]
        letter = Letter.objects.all()[0]
        asker = Asker()
        print(
            f"enumeration: difference of medians over {ROUNDS} pairs (hashes: {ROUNDS_OF_HASHES}), limit {LIMIT_MS} ms"
        )
        for name, there, nowhere in (
            ("a thread that waits", f"/forum/t/{held.topic.public_id}/", f"/forum/t/{NOBODY}/"),
            ("its writer's page", f"/forum/t/{held.topic.public_id}/mit/", f"/forum/t/{NOBODY}/mit/"),
            ("a letter", f"/brevkasse/brev/{letter.public_id}/", f"/brevkasse/brev/{NOBODY}/"),
            ("a session not announced", f"/chat/{draft.slug}/", "/chat/aaaaaaaa/"),
        ):
            _tell(name, ROUNDS, partial(asker.get, there), partial(asker.get, nowhere))
        words = {"password": "forkert-kodeord-her", "phrase": "ugle kanel telt sky bølge sten"}
        for name, page, field in (("a login", "/konto/login/", "login"), ("a way back", "/konto/glemt/", "username")):
            pair = [partial(asker.post, page, {field: user, **words}) for user in ("stillehav", "findesikke")]
            _tell(name, ROUNDS_OF_HASHES, *pair)


class Asker:
    """Asks without cookies, and without the limits that would answer for the page. Answers status and kind of size."""

    def __init__(self) -> None:
        from django.core.cache import caches
        from django.test import Client

        self.caches = [caches["default"], caches["ratelimit"]]
        self.client = Client(headers={"host": "localhost"})

    def get(self, path: str) -> tuple[int, int]:
        answer = self.client.get(path)
        return answer.status_code, len(answer.content) // 100

    def post(self, path: str, data: dict[str, str]) -> tuple[int, int]:
        for cache in self.caches:
            cache.clear()
        answer = self.client.post(path, data)
        return answer.status_code, len(answer.content) // 100


def _tell(name: str, rounds: int, there: Any, nowhere: Any) -> None:
    """One after the other, so that whatever else the machine does falls on both."""
    times: tuple[list[float], list[float]] = ([], [])
    answers = [set(), set()]  # type: ignore[var-annotated]
    for _round in range(rounds):
        for place, ask in enumerate((there, nowhere)):
            start = time.perf_counter()
            answers[place].add(ask())
            times[place].append(time.perf_counter() - start)
    medians = [sorted(taken)[rounds // 2] for taken in times]
    difference = 1000 * abs(medians[0] - medians[1])
    verdict = "" if difference < LIMIT_MS and answers[0] == answers[1] else "  TELLS THEM APART"
    print(f"  {name:26} {difference:6.2f} ms  {answers[0]} {answers[1]}{verdict}")


if __name__ == "__main__":
    main()
