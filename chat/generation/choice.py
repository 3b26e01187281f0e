"""Which provider and model answer a person: their own, what was set up for all, the environment's, the local.

Read anew for each reply, so that a change is at work at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet

from chat.errors import NoProvider
from chat.generation.configured import from_environment, from_row, with_key
from chat.generation.known import known_of
from chat.models import ConfiguredProvider, User
from chat.models.prepared import Prepared
from chat.models.secrets import Lost
from chat.phrases import Phrase
from chat.providers.contract import ProviderConfig
from chat.providers.facts import Facts

# Has nothing of their own.
NOBODY = UUID(int=0)


@dataclass(frozen=True)
class ModelChoice:
    """A model that a person can choose; `model` is empty where the provider decides."""

    provider: str
    model: str
    label: str
    kind: str = ""
    base_url: str = ""
    # As people call it, where that is not its name.
    title: str = ""
    owner: UUID | None = None
    facts: Facts = Facts()


@dataclass(frozen=True)
class Candidate:
    """Somebody who may answer: a provider, the model to ask it for, and what is known of that."""

    config: ProviderConfig
    model: str
    facts: Facts


def candidate_of(config: ProviderConfig, model: str) -> Candidate:
    known = known_of([config])
    return Candidate(config, model, known.facts(config, model, known.listed(config)))


def provider_for(
    name: str, model: str, user: User | None = None, *, configs: Sequence[ProviderConfig] | None = None
) -> tuple[ProviderConfig, str]:
    """The provider that this person means by `name`, or their default one, and the model to ask it for.

    `configs` are theirs, where they have been read.

    Raises:
        NoProvider: none has that name, or there is none at all, or its key cannot be read.
    """
    if configs is None:
        configs = configs_for(user, name=name)
    config = _named(name, configs) if name else _default(configs)
    if isinstance(config.api_key, Lost):
        raise NoProvider(
            Phrase(
                "The key of “%(name)s” cannot be read any more. Enter the key again in the settings.",
                name=config.name,
            )
        )
    return config, model or default_model(config)


def default_model(config: ProviderConfig) -> str:
    if config.models:
        return config.models[0]
    known = known_of([config])
    return next(iter(known.offered(config, known.listed(config))), "")


def model_choices(
    user: User | None = None, *, configs: Sequence[ProviderConfig] | None = None
) -> list[ModelChoice]:
    """All that this person can choose, their default provider first; `configs` as in `provider_for`."""
    configs = configs_for(user) if configs is None else configs
    known = known_of(configs)
    found = []
    for config in configs:
        listed = known.listed(config)
        found += [
            ModelChoice(
                config.name,
                model,
                f"{model} · {config.name}" if model else config.name,
                config.kind,
                config.base_url,
                known.label(config, model, listed),
                owner=config.owner,
                facts=known.facts(config, model, listed),
            )
            for model in known.offered(config, listed)
        ]
    return found


def configs_for(user: User | None, *, name: str = "") -> list[ProviderConfig]:
    """Every provider that this person can ask, in the order in which they are the default, once a name.

    Their own stands in for the site's of the same name. With a name, of what was set up that one alone.
    """
    rows = _rows(user, name)
    site = [from_row(row) for row in rows if row.owner_id is None]
    environment = list(from_environment())
    everyones = {config.name: config for config in (*reversed(environment), *reversed(site))}
    own = {row.name: found for row in rows if (found := _own(row, everyones))}
    defaults = [own[row.name] for row in rows if row.name in own and row.is_default]
    local = [config for config in environment if config.kind == "local"]
    cloud = [config for config in environment if config.kind != "local"]
    ordered = (*defaults, *site, *cloud, *own.values(), *local)
    return list({config.name: own.get(config.name, config) for config in ordered}.values())


def site_configs() -> list[ProviderConfig]:
    """Those that are everybody's, the default first."""
    return configs_for(None)


def _rows(user: User | None, name: str) -> list[ConfiguredProvider]:
    owner = user.pk if user is not None and settings.PARLEY_OWN_PROVIDERS else NOBODY
    return _of_name(owner, name) if name else _all_of(owner)


def _askable(owner: UUID) -> QuerySet[ConfiguredProvider]:
    rows = ConfiguredProvider.objects.select_related("owner").filter(Q(owner=None) | Q(owner=owner))
    return rows.order_by("-is_default", "created_at", "id")


_all_of = Prepared(_askable, UUID)
_of_name = Prepared(lambda owner, name: _askable(owner).filter(name=name), UUID, str)


def _own(row: ConfiguredProvider, site: dict[str, ProviderConfig]) -> ProviderConfig | None:
    """A provider of one's own; of a key alone nothing, where what it is for has gone or moved."""
    if row.owner_id is None:
        return None
    if not row.is_key_only:
        return from_row(row)
    config = site.get(row.name)
    is_there = config is not None and (config.kind, config.base_url) == (row.kind, row.base_url)
    return with_key(config, row) if config is not None and is_there else None


def _named(name: str, configs: Sequence[ProviderConfig]) -> ProviderConfig:
    for config in configs:
        if config.name == name:
            return config
    raise NoProvider(
        Phrase(
            "There is no provider called “%(name)s” (any more) for who asked. "
            "Choose another for this conversation.",
            name=name,
        )
    )


def _default(configs: Sequence[ProviderConfig]) -> ProviderConfig:
    if configs:
        return configs[0]
    raise NoProvider(Phrase("An administrator can add one with “manage.py add_provider”."))
