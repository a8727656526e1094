"""`manage.py boards <organisation> …`: the boards and the letterbox that a new forum begins with."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import Organization
from forum.starting import make_boards, make_letterbox


class Command(BaseCommand):
    help = "Make the boards of the whole country and its letterbox. What exists already stays as it is."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("organizations", nargs="+", help="the address names of those whose counsellors read it")

    def handle(self, *args: Any, **options: Any) -> None:
        slugs = options["organizations"]
        houses = list(Organization.objects.filter(slug__in=slugs))
        missing = sorted(set(slugs) - {house.slug for house in houses})
        if missing:
            raise CommandError(f"There is no organisation with the address name {', '.join(missing)}.")
        boards = make_boards(houses)
        box = make_letterbox(houses)
        self.stdout.write(f"{len(boards)} boards and the letterbox “{box.name}” are there.")
