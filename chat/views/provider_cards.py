"""A provider as its page shows it: where it is, whose key it has, what it offers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from django.utils.functional import Promise

from chat.access.providers import OWN, SITE
from chat.generation.configured import is_official
from chat.generation.health import health_name
from chat.generation.known import Known, known_of
from chat.models import ConfiguredProvider, ModelList
from chat.models.secrets import Lost
from chat.provider_forms import KINDS
from chat.providers.contract import ProviderConfig
from chat.views.provider_health import HealthShown, health_shown

# How many models a card names.
SHOWN = 4
UNLISTED = ("local", "scripted")


@dataclass(frozen=True, slots=True)
class Card:
    name: str
    kind: str
    kind_words: str | Promise
    scope: str
    # Its host; of a model on this machine its file.
    place: str
    row: ConfiguredProvider | None
    is_default: bool
    # "kept", "lost", "environment", "none", or "missing" where it cannot answer without; empty: it has none.
    key: str
    offered: tuple[str, ...]
    list: ModelList | None
    # Whether a person can have it asked with a key of their own.
    takes_keys: bool = False
    own_key: ConfiguredProvider | None = None
    health: HealthShown | None = None

    @property
    def more(self) -> int:
        """How many models it offers beyond those that are named."""
        return max(0, len(self.offered) - SHOWN)

    @property
    def is_listed(self) -> bool:
        """Whether it can be asked for its models."""
        return self.kind not in UNLISTED


def cards_of(
    configs: Iterable[ProviderConfig],
    rows: Mapping[str, ConfiguredProvider],
    *,
    own_keys: Mapping[str, ConfiguredProvider] | None = None,
) -> list[Card]:
    """`rows`: those of them that were set up, by name; `own_keys`: the person's own for them."""
    configs, keys = list(configs), own_keys or {}
    known, health = known_of(configs), health_shown(map(health_name, configs))
    cards = [_card(config, rows.get(config.name), known, keys.get(config.name)) for config in configs]
    return [
        replace(card, health=health[health_name(config)]) for card, config in zip(cards, configs, strict=True)
    ]


def _card(
    config: ProviderConfig, row: ConfiguredProvider | None, known: Known, own_key: ConfiguredProvider | None
) -> Card:
    listed = known.listed(config)
    words = KINDS.get(config.kind, (config.kind, ""))[0]
    return Card(
        name=config.name,
        kind=config.kind,
        kind_words=words,
        scope=SITE if config.owner is None else OWN,
        place=place_of(config),
        row=row,
        is_default=bool(row and row.is_default),
        key=_key_of(config, row),
        offered=tuple(name for name in known.offered(config, listed) if name),
        list=known.list_of(config),
        takes_keys=config.kind not in UNLISTED and config.owner is None,
        own_key=own_key,
    )


def place_of(config: ProviderConfig) -> str:
    """Without what else an address may hold, a password for one."""
    if config.kind == "local":
        return config.base_url.rpartition("/")[2]
    parts = urlsplit(config.base_url)
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.hostname}{port}" if parts.hostname and not is_official(config) else ""


def _key_of(config: ProviderConfig, row: ConfiguredProvider | None) -> str:
    if config.kind in UNLISTED:
        return ""
    if isinstance(config.api_key, Lost):
        return "lost"
    if not config.api_key:
        return "missing" if is_official(config) else "none"
    return "kept" if row is not None and row.api_key else "environment"
