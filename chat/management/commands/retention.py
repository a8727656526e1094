"""`manage.py retention`: erase what is due now; with `--check`, prove that nothing is left."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from chat.services import retention


class Command(BaseCommand):
    help = "Erase the text of sessions that are due. --check counts what should be gone; --search looks for words."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="only count and search; exit 1 if anything is left")
        parser.add_argument("--search", metavar="FILE", help="words to look for, one a line; - reads standard input")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["check"]:
            erased = retention.sweep(now=timezone.now())
            self.stdout.write(f"{erased} sessions erased")
        counts = retention.leftovers(now=timezone.now())
        for name, count in counts.items():
            self.stdout.write(f"{name}: {count}")
        traces = list(retention.find_traces(self._words(options["search"]))) if options["search"] else []
        for place, _word in traces:
            self.stdout.write(f"a searched word can be read in {place}")
        if options["search"]:
            self.stdout.write(f"searched words found: {len(traces)}")
        if any(counts.values()) or traces:
            raise CommandError("Something is left that should be gone.")

    def _words(self, source: str) -> list[str]:
        if source == "-":
            return sys.stdin.read().splitlines()
        return Path(source).read_text(encoding="utf-8").splitlines()
