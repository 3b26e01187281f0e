"""`manage.py create_token USERNAME`: one new API token, and nothing else, on standard output."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from chat.models import User
from chat.services.accounts import create_token


class Command(BaseCommand):
    help = "Make an API token. It is shown this once, since only its digest is kept."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            user = User.objects.get_by_natural_key(options["username"])
        except User.DoesNotExist as error:
            raise CommandError(f"There is no user called {options['username']}.") from error
        self.stdout.write(create_token(user=user, name="create_token"))
