"""What a model costs here: what an administrator says, else what its provider's list does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import Q

from chat.models import ModelPrice
from chat.providers.contract import ProviderConfig
from chat.providers.prices import Prices, listed_prices


@dataclass(frozen=True)
class PriceBook:
    """What administrators said, for who asks about several models."""

    rows: Sequence[ModelPrice]

    def prices_of(
        self, config: ProviderConfig, model: str, at: datetime, *, asked: str = ""
    ) -> Prices | None:
        """The prices of `model` at that moment, or of the name by which it was `asked`; None if unknown.

        A provider answers with a longer name than it was asked by, and either may be the one that is listed.
        """
        names = [name for name in (model, asked) if name]
        if own := self.own_price(config.name, names, at):
            return Prices(
                input_mtok=own.input_price,
                output_mtok=own.output_price,
                cache_read_mtok=own.cached_price,
                cache_write_mtok=own.cache_write_price,
            )
        found = (listed_prices(config, name, at) for name in names or [""])
        return next((prices for prices in found if prices is not None), None)

    def own_price(self, provider: str, names: Sequence[str], at: datetime) -> ModelPrice | None:
        """The newest that was valid then; of this model before of all, of this provider before of any."""
        day = at.astimezone(UTC).date()
        rows = [
            row
            for row in self.rows
            if row.valid_from <= day and row.provider in ("", provider) and row.model in ("", *names)
        ]
        return max(rows, key=lambda row: (bool(row.model), bool(row.provider), row.valid_from), default=None)


def read_price_book() -> PriceBook:
    return PriceBook(list(ModelPrice.objects.all()))


def prices_of(config: ProviderConfig, model: str, at: datetime, *, asked: str = "") -> Prices | None:
    """As the book's, where only one model is asked about."""
    rows = ModelPrice.objects.filter(Q(model__in={"", model, asked}), provider__in=["", config.name])
    return PriceBook(list(rows)).prices_of(config, model, at, asked=asked)
