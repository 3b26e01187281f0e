"""Temporary conversations: when they end no word of them is left, so they are in no backup either."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models

from chat.backups.moments import Cut, View
from chat.models import Attachment, Draft, Extract, Session

Model = type[models.Model]
ROOT = Session._meta.db_table


def cuts(view: View) -> dict[str, Cut]:
    """By table, each before those that its condition asks; none where there is no such conversation."""
    if "is_temporary" not in view.columns(ROOT):
        return {}
    if not list(view.query(f"SELECT 1 FROM {ROOT} WHERE is_temporary LIMIT 1")):  # noqa: S608
        return {}
    found = {model._meta.db_table: Cut(_gone(view, model), _emptied(view, model)) for model in _inner_first()}
    return {table: cut for table, cut in found.items() if cut.gone or cut.emptied}


def _inner_first() -> list[Model]:
    return sorted(apps.get_models(include_auto_created=True), key=_depth, reverse=True)


def _depth(model: Model, above: tuple[Model, ...] = ()) -> int:
    """How many rows away from its conversation one is at most."""
    if model is Session:
        return 0
    if model is Extract:
        return 1 + _depth(Attachment)
    depths = [_depth(target, (*above, model)) for _column, target in _owners(model, above)]
    return 1 + max(depths, default=-99)


def _owners(model: Model, above: tuple[Model, ...]) -> Iterator[tuple[Any, Any]]:
    """The columns with whose rows one goes, and the tables of those."""
    for column in model._meta.concrete_fields:
        if _goes_by(column) is models.CASCADE and column.related_model not in (*above, model):
            yield column, column.related_model


def _goes_by(column: Any) -> Any:
    return getattr(column.remote_field, "on_delete", None)


def _gone(view: View, model: Model, above: tuple[Model, ...] = ()) -> str:
    if model is Session:
        return "is_temporary"
    if model is Extract:
        return _read_of_gone(view)
    there = view.columns(model._meta.db_table)
    found = [
        _among(view, column, (*above, model))
        for column, _target in _owners(model, above)
        if column.column in there
    ]
    if model is Attachment and not above:
        found += _waiting(view)
    return " OR ".join(filter(None, found))


def _among(view: View, column: Any, above: tuple[Model, ...]) -> str:
    """Whether it leads to a row that goes."""
    target = column.related_model
    gone = _gone(view, target, above)
    table, key = target._meta.db_table, column.target_field.column
    return f'"{column.column}" IN (SELECT "{key}" FROM "{table}" WHERE {gone})' if gone else ""  # noqa: S608


def _read_of_gone(view: View) -> str:
    """What was read of their files; no column leads there, since copies of a message share them."""
    files = f'SELECT "file" FROM "{Attachment._meta.db_table}" WHERE {_gone(view, Attachment)}'  # noqa: S608
    return f'"file" IN ({files})' if view.columns(Extract._meta.db_table) else ""


def _emptied(view: View, model: Model) -> dict[str, str]:
    there = view.columns(model._meta.db_table)
    columns: list[Any] = [
        column
        for column in model._meta.concrete_fields
        if _goes_by(column) is models.SET_NULL and column.column in there
    ]
    found = {column.column: _among(view, column, ()) for column in columns}
    return {column: condition for column, condition in found.items() if condition}


def _waiting(view: View) -> list[str]:
    """Files that were attached there and not sent yet: only the draft names them."""
    statement = f"SELECT attachment_ids FROM {Draft._meta.db_table} WHERE {_gone(view, Draft)}"  # noqa: S608
    lists = [json.loads(ids) if isinstance(ids, str) else ids for (ids,) in view.query(statement)]
    keys = sorted({f"'{UUID(key).hex}'" for ids in lists for key in ids})
    return [f"message_id IS NULL AND id IN ({', '.join(keys)})"] if keys else []
