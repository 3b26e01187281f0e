"""Fills every text of every row with hostile words, whatever table it is in: new tables too.

Run within a Parley's environment; the rows are what was made there before."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import models

from tests.browser.hostile import batches

# What is not shown as it stands: keys, addresses, kept HTML (nh3 was its last step), places of files.
KEPT = {"password", "digest", "api_key", "base_url", "html", "file", "email", "sent_digest", "worker", "kind"}


# Of JSON, what says of which kind the rest is.
KINDS = {"type", "state", "role", "id", "provider", "theme", "language", "zone"}


def main() -> None:
    for model in apps.get_app_config("chat").get_models():
        fields = [field for field in model._meta.concrete_fields if _takes(field)]
        for row in model._default_manager.all() if fields else ():
            for field in fields:
                if (words := getattr(row, field.name)) is not None:  # where there is none, there may be none
                    setattr(row, field.name, _hostile(field, words))
            row.save(update_fields=[field.name for field in fields])


def _hostile(field: Any, value: Any) -> Any:
    if not isinstance(field, models.JSONField):
        return next(_texts(field.max_length or 4000))
    return batches(200) if field.name == "model_names" else _hostile_json(value)


def _hostile_json(value: Any) -> Any:
    match value:
        case dict():
            return {key: kept if key in KINDS else _hostile_json(kept) for key, kept in value.items()}
        case list():
            return [_hostile_json(item) for item in value]
        case str():
            return next(_texts(4000))
    return value


_ROUNDS: dict[int, Iterator[str]] = {}


def _texts(limit: int) -> Iterator[str]:
    """The next batch of that length, and after the last the first again."""
    return _ROUNDS.setdefault(limit, itertools.cycle(batches(limit, "\n\n" if limit == 4000 else " ")))


def _takes(field: Any) -> bool:
    if isinstance(field, models.JSONField):
        return field.name not in ("preferences", "attachment_ids")
    is_text = isinstance(field, models.CharField | models.TextField) and not field.choices
    return is_text and field.name not in KEPT and (field.max_length or 4000) >= 30
