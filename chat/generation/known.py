"""What is known of providers' models: somebody's word, over the provider's list, over tables of prices.

Read anew whenever it is asked, in two queries for however many, so that a change is at work at once.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from chat.generation.configured import SENSIBLE, is_official
from chat.models import ModelList, ModelOverride
from chat.models.prepared import Prepared
from chat.providers.contract import Listed, ProviderConfig
from chat.providers.facts import SCRIPTED, Facts, facts_of

ABILITIES = ("sees_pictures", "reads_documents", "calls_tools", "reasons")
LISTED_FACTS = ("context_window", "max_output", *ABILITIES)
LISTED_FIELDS = {field.name for field in dataclasses.fields(Listed)}
# Makers list them together with those that answer in words.
WORDLESS = re.compile(
    r"embed|whisper|tts|dall-e|moderation|transcri|realtime|gpt-image|imagen|veo|sora|rerank|babbage|davinci"
    r"|aqa|-audio"
)

_used: dict[tuple[UUID | None, str], ProviderConfig] = {}


class Known:
    """Of some providers."""

    def __init__(self, lists: Iterable[ModelList], overrides: Iterable[ModelOverride]) -> None:
        self._lists = {(row.owner_id, row.provider): row for row in lists}
        self._overrides = {(row.owner_id, row.provider, row.model): row for row in overrides}

    def list_of(self, config: ProviderConfig) -> ModelList | None:
        """The last one, if it came from where the provider is now."""
        row = self._lists.get(_place(config))
        is_its_own = row is not None and (row.kind, row.base_url) == (config.kind, config.base_url)
        return row if is_its_own else None

    def listed(self, config: ProviderConfig) -> dict[str, Listed]:
        row = self.list_of(config)
        return {entry["name"]: as_listed(entry) for entry in row.listed} if row else {}

    def override(self, config: ProviderConfig, model: str) -> ModelOverride | None:
        return self._overrides.get((*_place(config), model))

    def all_models(self, config: ProviderConfig, listed: Mapping[str, Listed]) -> list[str]:
        """Those that are chosen, those of its list, the ones that lead first."""
        lead = SENSIBLE.get(config.kind, ()) if is_official(config) else ()
        leading = [name for name in lead if name in listed] if listed else lead
        return list(dict.fromkeys((*config.models, *leading, *listed)))

    def offered(self, config: ProviderConfig, listed: Mapping[str, Listed]) -> list[str]:
        """What can be chosen: what was set for it, else all of its list. An empty name: it decides itself."""
        names = list(config.models) or [
            name for name in self.all_models(config, listed) if not WORDLESS.search(name.lower())
        ]
        shown = [name for name in names if not self._is_hidden(config, name)]
        return shown if names else [""]

    def facts(self, config: ProviderConfig, model: str, listed: Mapping[str, Listed]) -> Facts:
        base = self._base(config, model)
        said = (listed.get(model), self.override(config, model))
        values: dict[str, Any] = {}
        for source in said:
            found = {name: getattr(source, name, None) for name in LISTED_FACTS}
            values |= {name: value for name, value in found.items() if value is not None}
        return dataclasses.replace(base, **values) if values else base

    @staticmethod
    def _base(config: ProviderConfig, model: str) -> Facts:
        if config.kind == "scripted":
            return SCRIPTED.get(model, Facts())
        return facts_of(config.kind, config.base_url, model, timezone.now().date())

    def label(self, config: ProviderConfig, model: str, listed: Mapping[str, Listed]) -> str:
        """As people call it; empty where it has only its name."""
        override = self.override(config, model)
        if override is not None and override.label:
            return override.label
        return listed[model].label if model in listed else ""

    def _is_hidden(self, config: ProviderConfig, model: str) -> bool:
        override = self.override(config, model)
        return override is not None and override.is_hidden


def known_of(configs: Iterable[ProviderConfig]) -> Known:
    places = {_place(config) for config in configs}
    if len(places) == 1:
        return _known_at(*places.pop())
    owners = {owner for owner, _name in places}
    whose = Q(owner__in=[owner for owner in owners if owner is not None])
    whose |= Q(owner=None) if None in owners else Q()
    where = whose & Q(provider__in={name for _owner, name in places})
    return Known(ModelList.objects.filter(where), ModelOverride.objects.filter(where))


def _known_at(owner: UUID | None, provider: str) -> Known:
    if owner is None:
        return Known(_site_lists(provider), _site_overrides(provider))
    return Known(_own_lists(owner, provider), _own_overrides(owner, provider))


_site_lists = Prepared(lambda name: ModelList.objects.filter(owner=None, provider=name), str)
_site_overrides = Prepared(lambda name: ModelOverride.objects.filter(owner=None, provider=name), str)
_own_lists = Prepared(lambda owner, name: ModelList.objects.filter(owner=owner, provider=name), UUID, str)
_own_overrides = Prepared(
    lambda owner, name: ModelOverride.objects.filter(owner=owner, provider=name), UUID, str
)


def note_use(config: ProviderConfig) -> None:
    """It is asked for a reply here: its list is worth to be kept fresh."""
    _used[_place(config)] = config


def take_used() -> list[ProviderConfig]:
    """Those that were used since this was asked last."""
    used = list(_used.values())
    _used.clear()
    return used


def as_listed(entry: Mapping[str, Any]) -> Listed:
    """Of a list that another version may have kept."""
    return Listed(**{name: value for name, value in entry.items() if name in LISTED_FIELDS})


def _place(config: ProviderConfig) -> tuple[UUID | None, str]:
    """Under whom its list is kept: with a key of one's own it is still the site's provider."""
    return (None if config.has_own_key else config.owner, config.name)
