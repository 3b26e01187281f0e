"""`manage.py rebuild_search`: makes the search index anew, beside running servers."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from chat.index import rebuild
from chat.text import number


class Command(BaseCommand):
    help = "Makes the search index anew. Until it is through, a search finds a part of what is there."

    def handle(self, *args: Any, **options: Any) -> None:
        done = 0
        for done in rebuild():
            self.stderr.write(f"\r{number(done)} messages", ending="")
        self.stdout.write(f"The search index is whole: {number(done)} messages.")
