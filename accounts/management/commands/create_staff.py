"""Give a member of staff an account: `manage.py create_staff USERNAME --name … --title … --organization … --role …`.

    manage.py create_staff sofie --name Sofie --title Rådgiver --organization frederiksberg --role counsellor \
        --new-organization "Frederiksberg Kommune" --kind municipality --generate

`--organization` is the organisation's address name; with `--new-organization` (its full name) and `--kind` it is made
if it does not exist. The password is asked for twice at the terminal; with `--generate` one is made and printed, to be
changed by its owner. With `--trainee` they are in training: a colleague reads their answers to letters before these
are sent. At the first login the second factor is set up. A user name that exists is refused, never changed.
"""

import secrets
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from getpass import getpass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts import services
from accounts.models import Membership, Organization


class Command(BaseCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.add_argument("username", help="what they type at login; the young never see it")
        parser.add_argument("--name", required=True, help="working name, as the young see it")
        parser.add_argument("--title", required=True, help="role in words, as the young see it")
        parser.add_argument("--organization", required=True, metavar="SLUG")
        parser.add_argument("--role", choices=Membership.Role.values, default=Membership.Role.COUNSELLOR.value)
        parser.add_argument("--trainee", action="store_true", help="a counsellor in training: a colleague reads along")
        parser.add_argument("--new-organization", metavar="NAME", help="make the organisation under this name")
        parser.add_argument("--kind", choices=Organization.Kind.values, help="with --new-organization")
        parser.add_argument("--generate", action="store_true", help="make a password and print it")

    def handle(self, *args: Any, **options: Any) -> None:
        password = secrets.token_urlsafe(15) if options["generate"] else self._ask()
        try:
            with transaction.atomic():
                user = services.create_staff(
                    username=options["username"],
                    password=password,
                    working_name=options["name"],
                    role_title=options["title"],
                    organization=self._organization(options),
                    role=options["role"],
                    is_trainee=options["trainee"],
                )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(f"{user.username} can log in now.")
        if options["generate"]:
            self.stdout.write(f"Password: {password}")

    def _organization(self, options: dict[str, Any]) -> Organization:
        slug, name, kind = options["organization"], options["new_organization"], options["kind"]
        known = Organization.objects.filter(slug=slug).first()
        if known:
            return known
        if not (name and kind):
            slugs = ", ".join(Organization.objects.values_list("slug", flat=True)) or "none yet"
            raise CommandError(
                f"There is no organisation {slug!r} ({slugs}). Add --new-organization NAME and --kind to make it."
            )
        made = Organization(slug=slug, name=name, kind=kind)
        made.full_clean()
        made.save()
        return made

    def _ask(self) -> str:
        first = getpass("Password: ")
        if getpass("Once more: ") != first:
            raise CommandError("The two were not the same. Nothing was made.")
        return first
