"""Asks providers that are used for their models, once a day: they get new ones, and lose old ones."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import structlog
from django.conf import settings
from django.utils import timezone

from chat.generation.known import known_of, take_used
from chat.providers.contract import ProviderConfig
from chat.providers.trial import list_models
from chat.services.model_lists import keep_list
from chat.threads import read, write

LOOK_SECONDS = 60.0
FRESH = timedelta(days=1)
# What they have is what is there.
UNLISTED = ("local", "scripted")
log = structlog.get_logger(__name__)


async def run() -> None:
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        try:
            await relist()
        except Exception:
            log.exception("relisting.failed")


async def relist() -> None:
    """Ask those that were used since the last time, and were not asked for a day."""
    for config in await read(_due, take_used()):
        found = await list_models(config, allow_scripted=settings.PARLEY_SCRIPTED_PROVIDER)
        await write(keep_list, config, found)


def _due(used: list[ProviderConfig]) -> list[ProviderConfig]:
    known, fresh = known_of(used), timezone.now() - FRESH
    asked = [config for config in used if config.kind not in UNLISTED]
    return [config for config in asked if (row := known.list_of(config)) is None or row.asked_at < fresh]
