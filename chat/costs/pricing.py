"""What a model costs here: what an administrator says, else what its provider's list does."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db.models import Q

from chat.models import ModelPrice
from chat.providers.contract import ProviderConfig
from chat.providers.prices import Prices, listed_prices


def prices_of(config: ProviderConfig, model: str, at: datetime, *, asked: str = "") -> Prices | None:
    """The prices of `model` at that moment, or of the name by which it was `asked`; None if unknown.

    A provider answers with a longer name than it was asked by, and either may be the one that is listed.
    """
    names = [name for name in (model, asked) if name]
    if own := _own_prices(config.name, names, at):
        return Prices(
            input_mtok=own.input_price,
            output_mtok=own.output_price,
            cache_read_mtok=own.cached_price,
            cache_write_mtok=own.cache_write_price,
        )
    found = (listed_prices(config, name, at) for name in names or [""])
    return next((prices for prices in found if prices is not None), None)


def _own_prices(provider: str, names: list[str], at: datetime) -> ModelPrice | None:
    """The newest that was valid then; of the model before of all models, of the provider before of any."""
    rows = ModelPrice.objects.filter(
        Q(model__in=["", *names]), provider__in=["", provider], valid_from__lte=at.astimezone(UTC).date()
    )
    return max(rows, key=lambda row: (bool(row.model), bool(row.provider), row.valid_from), default=None)
