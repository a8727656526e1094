"""`manage.py directory load`: topics, and the national offers as drafts."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from referrals import services


class Command(BaseCommand):
    help = "Load the topics and the national offers into the directory, as drafts. May be repeated."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=["load"])

    def handle(self, *args: Any, **options: Any) -> None:
        new = services.load_national_drafts()
        self.stdout.write(
            f"{new} new drafts. None of them is shown before somebody has checked it: log in as an administrator and "
            "open /tilbud/vagt/. Rooms open when a service is shown that helps in a crisis, day and night."
        )
