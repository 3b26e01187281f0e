"""`manage.py add_provider NAME --kind KIND …`: adds or changes a provider, at work at once."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from chat.errors import Refused
from chat.services.providers import provider_kinds, save_provider


class Command(BaseCommand):
    help = "Add a provider, or change the one of that name. A running server uses it for the next reply."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name")
        parser.add_argument("--kind", required=True, choices=provider_kinds())
        parser.add_argument(
            "--base-url",
            default="",
            help="ends before /chat/completions; for a local model, the path of its GGUF file",
        )
        parser.add_argument("--api-key", default="", help="without it, the one of the environment")
        parser.add_argument(
            "--model", action="append", default=[], dest="models", help="may come more than once"
        )
        parser.add_argument("--fallback", default="", help="the provider to ask when this one fails")
        parser.add_argument("--default", action="store_const", const=True, dest="is_default")

    def handle(self, *_args: Any, **options: Any) -> None:
        names = ("name", "kind", "base_url", "api_key", "models", "fallback", "is_default")
        try:
            provider = save_provider(**{name: options[name] for name in names})
        except Refused as refused:
            raise CommandError(refused.detail) from refused
        self.stderr.write(f"Saved the provider {provider.name}.")
