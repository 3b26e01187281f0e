"""Asks providers that are used, or were set up, for their models once a day: new ones come, old ones go."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import structlog
from django.conf import settings
from django.utils import timezone

from chat.generation.choice import site_configs
from chat.generation.known import known_of, take_used
from chat.providers.contract import ProviderConfig
from chat.providers.trial import list_models
from chat.services.model_lists import keep_list
from chat.threads import read, write

# Who has set one up chooses of its models soon.
LOOK_SECONDS = 3.0
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
    used = take_used()
    for config in await read(_due, used) if used else ():
        found = await list_models(config, allow_scripted=settings.PARLEY_SCRIPTED_PROVIDER)
        await write(keep_list, config, found)


def _due(used: list[ProviderConfig]) -> list[ProviderConfig]:
    asked = [config for config in map(_as_listed_by, used) if config and config.kind not in UNLISTED]
    known, fresh = known_of(asked), timezone.now() - FRESH
    return [config for config in asked if (row := known.list_of(config)) is None or row.asked_at < fresh]


def _as_listed_by(config: ProviderConfig) -> ProviderConfig | None:
    """The site's list is everybody's: a person's key would list that person's own models in it."""
    if not config.has_own_key:
        return config
    return next((one for one in site_configs() if one.name == config.name and one.api_key), None)
