"""The writer of providers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from chat import audit
from chat.errors import BadValue
from chat.models import ConfiguredProvider
from chat.providers.registry import KINDS


def provider_kinds() -> list[str]:
    """What a provider can be; the scripted one is for tests alone."""
    return sorted(kind for kind in KINDS if kind != "scripted" or settings.PARLEY_SCRIPTED_PROVIDER)


def save_provider(
    *,
    name: str,
    kind: str,
    base_url: str = "",
    api_key: str = "",
    models: Sequence[str] = (),
    fallback: str = "",
    is_default: bool | None = None,
) -> ConfiguredProvider:
    """Add the provider called `name`, or make it what is said here. Replies that come take it at once.

    Without a key an earlier one for the same server stays, and else the environment's is used. Whether it is
    the default stays too where nothing is said of that; there is one at most.

    Raises:
        BadValue: one of the values will not do.
    """
    check_provider(name, kind, base_url)
    with transaction.atomic():
        provider = ConfiguredProvider.objects.select_for_update().filter(name=name).first()
        provider = provider or ConfiguredProvider(name=name)
        is_same_server = provider.base_url == base_url.rstrip("/")
        provider.kind, provider.base_url = kind, base_url.rstrip("/")
        provider.api_key = api_key or (provider.api_key if is_same_server else "")
        provider.model_names = list(dict.fromkeys(models))
        provider.fallback = _fallback(provider, fallback)
        if is_default:
            ConfiguredProvider.objects.filter(is_default=True).exclude(pk=provider.pk).update(
                is_default=False
            )
        provider.is_default = provider.is_default if is_default is None else is_default
        provider.save()
        audit.note(audit.Action.PROVIDER_SAVED, provider, kind=kind)
    return provider


def check_provider(name: str, kind: str, base_url: str) -> None:
    """Raises BadValue for what no provider can be."""
    if not re.fullmatch(r"[\w.-]{1,80}", name):
        raise BadValue(_("A provider’s name has up to 80 letters, digits, dots and hyphens."), field="name")
    if kind not in provider_kinds():
        raise BadValue(
            _("The kind must be one of %(kinds)s.") % {"kinds": ", ".join(provider_kinds())}, field="kind"
        )
    if base_url and kind != "local" and not _is_http(base_url):  # a local model's is a file
        raise BadValue(_("The URL must begin with http:// or https:// and name a host."), field="base_url")


def _is_http(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        return False


def _fallback(provider: ConfiguredProvider, name: str) -> ConfiguredProvider | None:
    if not name:
        return None
    fallback = ConfiguredProvider.objects.filter(name=name).first()
    if fallback is None:
        raise BadValue(
            _("There is no provider called “%(name)s” to fall back to.") % {"name": name}, field="fallback"
        )
    if fallback.pk == provider.pk:
        raise BadValue(_("A provider cannot fall back to itself."), field="fallback")
    return fallback
