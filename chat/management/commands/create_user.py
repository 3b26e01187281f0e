"""`manage.py create_user USERNAME [--email E] [--password P]`: an ordinary account."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from chat.errors import Refused
from chat.services.accounts import create_user


class Command(BaseCommand):
    help = "Make an ordinary user. Without a password nobody can log in to it, but its tokens work."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--email", default="")
        parser.add_argument("--password")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            user = create_user(
                username=options["username"], password=options["password"], email=options["email"]
            )
        except Refused as refused:
            raise CommandError(f"{refused.field}: {refused.detail}") from refused
        self.stderr.write(f"Made the user {user.get_username()}.")
