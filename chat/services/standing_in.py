"""Who answers where a model does not, as rows keep it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def stand_ins(named: Iterable[Mapping[str, str]]) -> list[dict[str, str]]:
    """In their order; one without a model is asked for the provider's first."""
    return [{"provider": one["provider"], "model": one.get("model", "")} for one in named]
