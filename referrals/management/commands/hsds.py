"""`manage.py hsds validate` and `manage.py hsds import`: open data against the standard, and in from others."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone


class Command(BaseCommand):
    help = "Check the open data against the standard's own schemas; take in services from a file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        validate = actions.add_parser("validate", help="check what is exported against the standard's compiled schemas")
        validate.add_argument(
            "--schemas",
            required=True,
            type=Path,
            metavar="FOLDER",
            help="with service.json, organization.json and service_at_location.json",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        self._validate(options["schemas"])

    def _validate(self, folder: Path) -> None:
        from referrals.hsds import validating

        seen = dict.fromkeys(validating.NAMES, 0)
        wrong = set()
        try:
            judges = validating.judges(folder)
            for name, record in validating.records(timezone.localdate()):
                seen[name] += 1
                for field, problem in validating.errors(judges[name], record):
                    wrong.add((name, record["id"]))
                    self.stdout.write(f"{name} {record['id']}: {field}: {problem}")
        except validating.Unusable as unusable:
            raise CommandError(str(unusable)) from unusable
        told = ", ".join(f"{count} × {name}" for name, count in seen.items())
        if wrong:
            raise CommandError(f"{len(wrong)} of these do not fit: {told}", returncode=1)
        self.stdout.write(f"All of these fit: {told}")
