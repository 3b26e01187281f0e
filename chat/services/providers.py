"""The writer of providers: those of the site and those that a person sets up for themselves."""

from __future__ import annotations

import re
import socket
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from chat import audit
from chat.addresses import is_masked, masked, unmasked
from chat.errors import BadValue
from chat.generation import health
from chat.generation.configured import from_row
from chat.generation.known import note_use
from chat.models import ConfiguredProvider, ModelList, ModelOverride, User
from chat.providers.contract import ProviderConfig
from chat.providers.option import BadOption
from chat.providers.options import clean_options
from chat.providers.outside import is_outside
from chat.providers.registry import KINDS
from chat.speaking import translated

# Whose servers have one address, so that who is no administrator has no reason to name another.
FIXED_ADDRESS = ("anthropic", "google")
MOST_OWN = 30
MOST_MODELS = 2000
MOST_ADDRESS = 500


def provider_kinds(owner: User | None = None) -> list[str]:
    """What a provider can be; the scripted one is for tests alone, a server's file for administrators."""
    kinds = sorted(kind for kind in KINDS if kind != "scripted" or settings.PARLEY_SCRIPTED_PROVIDER)
    return [kind for kind in kinds if owner is None or owner.is_superuser or kind != "local"]


def save_provider(
    *,
    name: str,
    kind: str,
    base_url: str = "",
    api_key: str = "",
    models: Sequence[str] = (),
    fallback: str = "",
    is_default: bool | None = None,
    owner: User | None = None,
    options: Mapping[str, Any] | None = None,
    forgets_key: bool = False,
) -> ConfiguredProvider:
    """Add the provider called `name`, or make it what is said here. Replies that come take it at once.

    Without a key an earlier one for the same server stays, and else the environment's is used, but for a
    person's own. Whether it is the default, and its options, stay too where nothing is said of them.

    Raises:
        BadValue: one of the values will not do.
    """
    before = ConfiguredProvider.objects.filter(owner=owner, name=name).first()
    address = address_of(before, base_url) if before else base_url.rstrip("/")
    check_provider(name, kind, address, owner=owner)  # beside the transaction, as it may wait for a lookup
    with transaction.atomic():
        provider = _locked(owner, name) or ConfiguredProvider(owner=owner, name=name)
        is_same_server = is_same(provider, kind, address)
        provider.kind = kind
        _move(provider, address)
        provider.api_key = api_key or (provider.api_key if is_same_server and not forgets_key else "")
        provider.is_key_only = False
        provider.model_names = checked_names(models)
        provider.fallback = _fallback(provider, fallback)
        provider.options = _options(kind, provider.options if options is None else options, options is None)
        _set_default(provider, is_default=is_default)
        provider.save()
        audit.note(audit.Action.PROVIDER_SAVED, provider, kind=kind)
        # What failed before it was set up anew says nothing of how it is now.
        transaction.on_commit(lambda: health.forget([health.health_name(from_row(provider))]))
        # Whoever set it up looks for its models next.
        transaction.on_commit(lambda: note_use(from_row(provider)))
    return provider


def save_own_key(*, owner: User, site: ProviderConfig, api_key: str) -> ConfiguredProvider:
    """From now on the site's provider is asked with this person's key when they ask, while it stays there.

    Raises:
        BadValue: there is no key, or that person has a provider of the same name.
    """
    if not api_key.strip():
        raise BadValue(_("Enter the key."), field="api_key")
    with transaction.atomic():
        provider = _locked(owner, site.name) or ConfiguredProvider(owner=owner, name=site.name)
        if not provider._state.adding and not provider.is_key_only:
            raise BadValue(_("You have a provider of that name already."), field="api_key")
        provider.kind, provider.base_url, provider.is_key_only = site.kind, site.base_url, True
        provider.secret_url = ""  # the site's is its own
        provider.api_key = api_key.strip()
        provider.save()
        audit.note(audit.Action.PROVIDER_SAVED, provider, kind=site.kind)
    return provider


def remove_provider(*, provider: ConfiguredProvider) -> None:
    """Conversations that name it keep their words, and say that it is gone when they are gone on with."""
    with transaction.atomic():
        audit.note(audit.Action.PROVIDER_REMOVED, provider, name=provider.name)
        if not provider.is_key_only:
            of_it = {"owner": provider.owner, "provider": provider.name}
            ModelList.objects.filter(**of_it).delete()
            ModelOverride.objects.filter(**of_it).delete()
        provider.delete()


def address_of(provider: ConfiguredProvider, typed: str) -> str:
    """What a person means who was shown the address as it may be shown. No server's ends with a slash."""
    return unmasked(typed.rstrip("/"), provider.address)


def is_same(provider: ConfiguredProvider, kind: str, address: str) -> bool:
    """Whether that is the server that the provider's key was given for."""
    return not provider.is_key_only and (provider.kind, provider.address) == (kind, address.rstrip("/"))


def checked_names(models: Sequence[str]) -> list[str]:
    """Each once.

    Raises:
        BadValue: they are too many, or one is too long.
    """
    names = list(dict.fromkeys(models))
    if len(names) > MOST_MODELS or any(len(name) > 200 for name in names):
        raise BadValue(_("A model’s name has up to 200 characters, and a provider up to 2,000 models."))
    return names


def check_provider(
    name: str, kind: str, base_url: str, *, owner: User | None = None, looks_up: bool = True
) -> None:
    """Raises BadValue for what no provider can be, or none of that person's.

    To look a name up may take as long as its server likes; who cannot wait does that with `is_within`.
    """
    if not re.fullmatch(r"[\w.-]{1,80}", name):
        raise BadValue(_("A provider’s name has up to 80 letters, digits, dots and hyphens."), field="name")
    kinds = provider_kinds(owner)
    if kind not in kinds:
        raise BadValue(_("The kind must be one of %(kinds)s.") % {"kinds": ", ".join(kinds)}, field="kind")
    if base_url and kind != "local" and not _is_http(base_url):  # a local model's is a file
        raise BadValue(_("The URL must begin with http:// or https:// and name a host."), field="base_url")
    if len(base_url) > MOST_ADDRESS or len(masked(base_url)) > MOST_ADDRESS:
        raise BadValue(_("An address has up to 500 characters."), field="base_url")
    if kind != "local" and is_masked(base_url):
        raise BadValue(_("Enter the whole address: what stars stand for is not known."), field="base_url")
    if owner is not None:
        _check_own(name, kind, base_url, owner)
        if looks_up and is_within(base_url, owner):
            raise within()


def is_within(base_url: str, owner: User | None) -> bool:
    """Whether it leads where this person has no right to have us go."""
    if owner is None or owner.is_superuser or not base_url:
        return False
    return not _leads_outside(base_url)


def within() -> BadValue:
    return BadValue(
        _(
            "That address is within the server’s own network. Only an administrator can add a provider "
            "there, for everybody."
        ),
        field="base_url",
    )


def _check_own(name: str, kind: str, base_url: str, owner: User) -> None:
    if not settings.PARLEY_OWN_PROVIDERS:
        raise BadValue(_("This site has people set up no providers of their own."), field="kind")
    others = ConfiguredProvider.objects.filter(owner=owner).exclude(name=name)
    if others.count() >= MOST_OWN:
        raise BadValue(_("You have as many providers as one can have. Remove one first."), field="name")
    if owner.is_superuser or not base_url:
        return
    if kind in FIXED_ADDRESS:
        raise BadValue(_("This kind of provider has one address: leave it empty."), field="base_url")


def _leads_outside(base_url: str) -> bool:
    """Of a name that leads nowhere it is asked again when it is connected to, and each time that it is."""
    parts = urlsplit(base_url)
    try:
        found = socket.getaddrinfo(parts.hostname, parts.port or 443, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return True
    return all(is_outside(str(entry[4][0])) for entry in found)


def _locked(owner: User | None, name: str) -> ConfiguredProvider | None:
    return ConfiguredProvider.objects.select_for_update().filter(owner=owner, name=name).first()


def _move(provider: ConfiguredProvider, address: str) -> None:
    shown = masked(address)
    provider.base_url, provider.secret_url = shown, address if shown != address else ""


def _set_default(provider: ConfiguredProvider, *, is_default: bool | None) -> None:
    """There is one at most of the site, and one of each person."""
    if is_default:
        others = ConfiguredProvider.objects.filter(owner=provider.owner, is_default=True)
        others.exclude(pk=provider.pk).update(is_default=False)
    provider.is_default = provider.is_default if is_default is None else is_default


def _options(kind: str, values: Mapping[str, Any], is_kept: bool) -> dict[str, Any]:  # noqa: FBT001
    try:
        return dict(clean_options(kind, values))
    except BadOption as bad:
        if is_kept:  # of another kind than it was
            return {}
        raise BadValue(translated(bad.words), field=f"option-{bad.field}") from bad


def _is_http(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        return False


def _fallback(provider: ConfiguredProvider, name: str) -> ConfiguredProvider | None:
    if not name:
        return None
    fallback = ConfiguredProvider.objects.filter(owner=provider.owner, name=name).first()
    if fallback is None:
        raise BadValue(
            _("There is no provider called “%(name)s” to fall back to.") % {"name": name}, field="fallback"
        )
    if fallback.pk == provider.pk:
        raise BadValue(_("A provider cannot fall back to itself."), field="fallback")
    return fallback
