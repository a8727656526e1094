"""`manage.py hsds validate` and `manage.py hsds import`: open data against the standard, and in from others."""

from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import Organization
from referrals.hsds import importing, validating
from referrals.hsds.checking import plain


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

        take_in = actions.add_parser("import", help="take in services from a dump or a table, as drafts")
        take_in.add_argument("file", type=Path, help="JSON, ndjson or CSV; see docs/open-data.md")
        take_in.add_argument("--organization", metavar="SLUG", help="whose services these are")
        take_in.add_argument("--apply", action="store_true", help="write it; otherwise it is only told")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["action"] == "validate":
            self._validate(options["schemas"])
        else:
            self._import(options["file"], options["organization"], is_to_apply=options["apply"])

    def _validate(self, folder: Path) -> None:
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

    def _import(self, file: Path, slug: str | None, *, is_to_apply: bool) -> None:
        organization = Organization.objects.filter(slug=slug).first() if slug else None
        if slug and organization is None:
            raise CommandError(f"There is no organisation {slug!r}.")
        report = importing.take_in(file, organization=organization, is_to_apply=is_to_apply)
        for outcome in report.outcomes:
            self._tell(outcome)
        for problem in report.problems:
            self.stdout.write(f"{problem.where}: {problem.field}: {plain(problem.text)}")
        if report.problems:
            raise CommandError(f"{len(report.problems)} errors. Nothing is written.", returncode=1)
        count = Counter(outcome.what for outcome in report.outcomes)
        told = ", ".join(f"{count[what]} {what}" for what in ("new", "changed", "unchanged", "missing"))
        self.stdout.write(f"{told}. " + ("Written, as drafts." if report.is_written else "Nothing is written: --apply"))

    def _tell(self, outcome: Any) -> None:
        self.stdout.write(f"{outcome.what:9} {plain(outcome.name)} ({outcome.id})")
        for name, old, new in outcome.changes:
            self.stdout.write(f"    {name}: {plain(old)} → {plain(new)}" if old else f"    {name}: {plain(new)}")
        if outcome.was_shown and outcome.what == "changed":
            self.stdout.write("    It is shown now, and will not be until somebody has checked it.")
