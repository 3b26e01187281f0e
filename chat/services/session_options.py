"""What a conversation asks of providers, by their kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chat.errors import BadValue
from chat.providers.option import BadOption
from chat.providers.options import OPTIONS, clean_options, options_for
from chat.speaking import translated

Options = Mapping[str, Mapping[str, Any]]


def merged_options(old: Options, changes: Options) -> dict[str, dict[str, Any]]:
    """What is named stands in the place of what was; null takes it back.

    Raises:
        BadValue: there is no such option, or no such value of it.
    """
    merged = {kind: dict(values) for kind, values in old.items()}
    for kind, values in changes.items():
        try:
            # What was set may be none of its options any more.
            kept = options_for(kind, merged.get(kind, {}))
            merged[kind] = dict(clean_options(kind, {**kept, **values}))
        except BadOption as bad:
            raise BadValue(translated(bad.words), field=f"options.{kind}.{bad.field}") from bad
    return {kind: values for kind, values in merged.items() if values}


def known_options(values: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Of what came from elsewhere, those that there are here."""
    found = {kind: values.get(kind) for kind in OPTIONS}
    kept = {kind: dict(options_for(kind, said)) for kind, said in found.items() if isinstance(said, dict)}
    return {kind: said for kind, said in kept.items() if said}
