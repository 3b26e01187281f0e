"""The writer of what is known of providers' models: lists, what of them is offered, what is known better."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from chat import audit
from chat.errors import BadValue
from chat.models import ConfiguredProvider, ModelList, ModelOverride, User
from chat.phrases import kept
from chat.providers.contract import Listed, ProviderConfig, ProviderError
from chat.text import clean_text

# What can be said of a model.
OVERRIDABLE = (
    *("label", "context_window", "max_output"),
    *("sees_pictures", "reads_documents", "calls_tools", "reasons", "is_hidden"),
)
# OpenRouter has some 400. Of one that lists more these are kept.
MOST_LISTED = 2000


def keep_list(config: ProviderConfig, found: Sequence[Listed] | ProviderError) -> ModelList:
    """What the provider has listed; or why it did not, and then the last list of the same server stays."""
    owner = _owner_of(config)
    place = {"kind": config.kind, "base_url": config.base_url}
    with transaction.atomic():
        rows = ModelList.objects.select_for_update().filter(owner=owner, provider=config.name)
        row = rows.first() or ModelList(owner_id=owner, provider=config.name)
        if {name: getattr(row, name) for name in place} != place:
            row.listed, row.listed_at = [], None
        row.kind, row.base_url, row.asked_at = config.kind, config.base_url, timezone.now()
        if isinstance(found, ProviderError):
            row.error = _failure(found)
        else:
            row.listed, row.listed_at, row.error = _rows(found), row.asked_at, None
        row.save()
    return row


def choose_models(*, provider: ConfiguredProvider, names: Sequence[str]) -> None:
    """From now on these are offered; with none, all that it lists."""
    with transaction.atomic():
        provider.model_names = list(dict.fromkeys(names))
        provider.save(update_fields=["model_names"])
        audit.note(audit.Action.MODELS_CHANGED, provider, count=len(provider.model_names))


def override_model(
    *, owner: User | None, provider: str, model: str, values: Mapping[str, Any]
) -> ModelOverride | None:
    """Say of a model what is known better than its list has it (of OVERRIDABLE); None where nothing is left.

    Raises:
        BadValue: there is no such thing to say, or no model named.
    """
    if not model or not provider or not values.keys() <= set(OVERRIDABLE):
        raise BadValue(_("Say of which model of which provider."), field="model")
    of_it = {"owner": owner, "provider": provider, "model": model}
    with transaction.atomic():
        row = ModelOverride.objects.select_for_update().filter(**of_it).first() or ModelOverride(**of_it)
        for name, value in values.items():
            setattr(row, name, value)
        is_known = any(
            getattr(row, name) not in (None, "", False) or _says_no(row, name) for name in OVERRIDABLE
        )
        if is_known:
            row.save()
        elif not row._state.adding:
            row.delete()
        audit.note(audit.Action.MODELS_CHANGED, row if is_known else None, provider=provider, model=model)
    return row if is_known else None


def _says_no(row: ModelOverride, name: str) -> bool:
    """That it cannot do a thing is something to say; that it is not hidden is not."""
    return name != "is_hidden" and getattr(row, name) is False


def _owner_of(config: ProviderConfig) -> UUID | None:
    """With a key of one's own the provider is still the site's, and so is its list."""
    return None if config.has_own_key else config.owner


def _rows(found: Sequence[Listed]) -> list[dict[str, Any]]:
    """What is known of each, cleaned: it is a stranger's."""
    rows = []
    for one in found[:MOST_LISTED]:
        said = {name: value for name, value in dataclasses.asdict(one).items() if value not in (None, "")}
        row = {name: _clean(value) for name, value in said.items()}
        if row.get("name"):
            rows.append(row)
    return rows


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return clean_text(value)[:200].strip()
    return value if isinstance(value, bool) or not isinstance(value, int) else min(max(value, 0), 2**31 - 1)


def _failure(error: ProviderError) -> dict[str, Any]:
    said = {"title": kept(error.title, clean_text), "detail": kept(error.detail, clean_text)}
    return {"title": clean_text(error.title), "detail": clean_text(error.detail), "said": said}
