"""From what was set up, and from what the environment says, to configurations of providers."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from django.conf import settings

from chat.addresses import masked
from chat.models import ConfiguredProvider
from chat.models.secrets import Lost
from chat.providers.contract import ProviderConfig
from chat.providers.local_file import display_name
from chat.providers.registry import KINDS

# Where the servers of the makers are; a configuration that names no address means these.
OPENAI = "https://api.openai.com/v1"
# What is offered of the makers' own servers until they have listed what they have, and comes first then.
SENSIBLE: dict[str, tuple[str, ...]] = {
    "openai": ("gpt-5-mini", "gpt-5", "gpt-4.1"),
    "anthropic": ("claude-sonnet-4-5", "claude-opus-4-5", "claude-haiku-4-5"),
    "google": ("gemini-2.5-flash", "gemini-2.5-pro"),
}
# The names under which the environment's providers go.
NAMES = {"openai": "openai", "anthropic": "anthropic", "google": "gemini"}


def from_environment() -> Iterator[ProviderConfig]:
    if settings.PARLEY_SCRIPTED_PROVIDER:
        yield _site_config(ConfiguredProvider(name="scripted", kind="scripted", model_names=["default"]))
    for kind, name in NAMES.items():
        if kind in KINDS and _key_of(kind):
            yield _site_config(ConfiguredProvider(name=name, kind=kind))
    if settings.PARLEY_LOCAL_MODEL != "off":
        yield _site_config(ConfiguredProvider(name="local", kind="local"))


def from_row(row: ConfiguredProvider) -> ProviderConfig:
    return _site_config(row) if row.owner_id is None else _own_config(row)


def with_key(site: ProviderConfig, row: ConfiguredProvider) -> ProviderConfig:
    """The site's provider, with a person's own key for it; lost where the site's address is."""
    key = site.secret_url if isinstance(site.secret_url, Lost) else row.api_key
    return dataclasses.replace(site, api_key=key, owner=row.owner_id, has_own_key=True)


def is_official(config: ProviderConfig) -> bool:
    """Whether its server is that of the maker of its models."""
    return config.base_url.rstrip("/") in ("", OPENAI) and config.kind in SENSIBLE


def _site_config(row: ConfiguredProvider) -> ProviderConfig:
    config = _config(row)
    if row.kind == "openai":
        config = config if config.base_url else _at(config, settings.OPENAI_BASE_URL)
    if row.kind == "local":  # its address is a file
        is_bundled = settings.PARLEY_LOCAL_MODEL == "off"
        path = config.base_url or ("" if is_bundled else settings.PARLEY_LOCAL_MODEL)
        config = dataclasses.replace(config, base_url=path, models=config.models or (display_name(path),))
    if config.api_key or isinstance(config.api_key, Lost):
        return config
    return dataclasses.replace(config, api_key=_environment_key(config))


def _own_config(row: ConfiguredProvider) -> ProviderConfig:
    """Without the environment's keys and addresses: they are the site's.

    A maker's own server is where it is, so that one may be asked by way of a proxy.
    """
    config = _config(row)
    if row.kind == "openai":
        config = dataclasses.replace(config, base_url=config.base_url or OPENAI)
    if row.kind == "local":
        config = dataclasses.replace(config, models=config.models or (display_name(config.base_url),))
    assert row.owner is not None
    stays_outside = not (row.owner.is_superuser or is_official(config))
    return dataclasses.replace(config, owner=row.owner_id, stays_outside=stays_outside)


def _at(config: ProviderConfig, address: str) -> ProviderConfig:
    shown = masked(address)
    return dataclasses.replace(config, base_url=shown, secret_url=address if shown != address else "")


def _config(row: ConfiguredProvider) -> ProviderConfig:
    """Whose address is lost is asked no more than whose key is."""
    return ProviderConfig(
        name=row.name,
        kind=row.kind,
        base_url=row.base_url,
        secret_url=row.secret_url,
        api_key=row.secret_url if isinstance(row.secret_url, Lost) else row.api_key,
        models=tuple(row.model_names),
        timeout=settings.PARLEY_PROVIDER_TIMEOUT,
        options=row.options,
    )


def _environment_key(config: ProviderConfig) -> str:
    """The environment's key, for the server that it was given for; any other would learn it."""
    own = masked(settings.OPENAI_BASE_URL) if config.kind == "openai" else ""
    is_its_own = config.base_url.rstrip("/") == own.rstrip("/")
    return _key_of(config.kind) if is_its_own else ""


def _key_of(kind: str) -> str:
    keys = {
        "openai": settings.OPENAI_API_KEY,
        "anthropic": settings.ANTHROPIC_API_KEY,
        "google": settings.GEMINI_API_KEY,
    }
    return str(keys.get(kind, ""))
