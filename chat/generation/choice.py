"""Which provider and model answer: what an administrator set up, what the environment says, the local one.

Read anew for each reply, so that a change is at work at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone

from chat.errors import NoProvider
from chat.models import ConfiguredProvider
from chat.phrases import Phrase
from chat.providers.contract import ProviderConfig
from chat.providers.facts import Facts, facts_of
from chat.providers.local_file import display_name

OPENAI_MODELS = ("gpt-5-mini", "gpt-5", "gpt-4.1")


@dataclass(frozen=True)
class ModelChoice:
    """A model that a person can choose; `model` is empty where the provider decides."""

    provider: str
    model: str
    label: str
    kind: str = ""
    base_url: str = ""


@dataclass(frozen=True)
class Candidate:
    """Somebody who may answer: a provider, the model to ask it for, and what is known of that."""

    config: ProviderConfig
    model: str
    facts: Facts


def candidate_of(config: ProviderConfig, model: str) -> Candidate:
    return Candidate(config, model, facts_of(config.kind, config.base_url, model, timezone.now().date()))


def provider_for(name: str, model: str) -> tuple[ProviderConfig, str]:
    """The provider called `name`, or the default one, and the model to ask it for.

    Raises:
        NoProvider: none has that name, or there is none at all.
    """
    config = _named(name) if name else _default()
    return config, model or (config.models[0] if config.models else "")


def model_choices() -> list[ModelChoice]:
    """All that can be chosen, the default provider first."""
    configs = {config.name: config for config in _all()}
    return [
        ModelChoice(
            config.name,
            model,
            f"{model} · {config.name}" if model else config.name,
            config.kind,
            config.base_url,
        )
        for config in configs.values()
        for model in config.models or ("",)
    ]


def _named(name: str) -> ProviderConfig:
    row = ConfiguredProvider.objects.filter(name=name).first()
    if row is not None:
        return _from_row(row)
    for config in _from_environment():
        if config.name == name:
            return config
    raise NoProvider(
        Phrase(
            "There is no provider called “%(name)s” (any more). Choose another for this conversation.",
            name=name,
        )
    )


def _default() -> ProviderConfig:
    for config in _all():
        return config
    raise NoProvider(Phrase("An administrator can add one with “manage.py add_provider”."))


def _all() -> Iterator[ProviderConfig]:
    """Every provider, in the order in which they are the default; a name may come twice."""
    for row in ConfiguredProvider.objects.order_by("-is_default", "created_at", "id"):
        yield _from_row(row)
    yield from _from_environment()


def _from_environment() -> Iterator[ProviderConfig]:
    if settings.PARLEY_SCRIPTED_PROVIDER:
        yield _config("scripted", "scripted", models=("default",))
    if settings.OPENAI_API_KEY:
        yield _config("openai", "openai", models=OPENAI_MODELS)
    if settings.PARLEY_LOCAL_MODEL != "off":
        yield _config("local", "local")


def _from_row(row: ConfiguredProvider) -> ProviderConfig:
    return _config(
        row.name, row.kind, base_url=row.base_url, api_key=row.api_key, models=tuple(row.model_names)
    )


def _config(
    name: str, kind: str, *, base_url: str = "", api_key: str = "", models: tuple[str, ...] = ()
) -> ProviderConfig:
    if kind == "openai":
        base_url = base_url or settings.OPENAI_BASE_URL
        api_key = api_key or _environment_key(base_url)
    if kind == "local":  # its address is a file
        base_url = base_url or ("" if settings.PARLEY_LOCAL_MODEL == "off" else settings.PARLEY_LOCAL_MODEL)
        models = models or (display_name(base_url),)
    return ProviderConfig(
        name=name,
        kind=kind,
        base_url=base_url,
        api_key=api_key,
        models=models,
        timeout=settings.PARLEY_PROVIDER_TIMEOUT,
    )


def _environment_key(base_url: str) -> str:
    """The environment's key, for the server that it was given for; any other would learn it."""
    is_its_own = base_url.rstrip("/") == settings.OPENAI_BASE_URL.rstrip("/")
    return settings.OPENAI_API_KEY if is_its_own else ""
