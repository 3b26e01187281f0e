"""The chat app."""

from __future__ import annotations

from django.apps import AppConfig


class ChatConfig(AppConfig):
    name = "chat"
    verbose_name = "Parley"

    def ready(self) -> None:
        from chat.services import sign_ins  # noqa: F401  it listens
