"""`manage.py create_token USERNAME`: one new API token, and nothing else, on standard output."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from chat.models import ApiToken, User
from chat.services.tokens import create_token

MOST_DAYS = 3653


class Command(BaseCommand):
    help = "Make an API token. It is shown this once, since only its digest is kept."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--name", default="create_token", help="what it is called in the settings")
        parser.add_argument(
            "--scope", choices=ApiToken.Scope.values, default="full", help="read: it changes nothing"
        )
        parser.add_argument("--days", type=int, help="it ends after so many days; without this, never")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            user = User.objects.get_by_natural_key(options["username"])
        except User.DoesNotExist as error:
            raise CommandError(f"There is no user called {options['username']}.") from error
        days, name = options["days"], options["name"]
        if days is not None and not 1 <= days <= MOST_DAYS:
            raise CommandError(f"--days takes 1 to {MOST_DAYS}.")
        if len(name) > 80:
            raise CommandError("--name takes up to 80 characters.")
        scope = ApiToken.Scope(options["scope"])
        expires_at = None if days is None else timezone.now() + timedelta(days=days)
        self.stdout.write(create_token(user=user, name=name, scope=scope, expires_at=expires_at))
