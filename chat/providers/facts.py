"""What is known of a model before it is asked: its window, its price, whether it sees pictures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import lru_cache

from genai_prices import data_snapshot
from genai_prices.types import ModelInfo, TieredPrices

# The kinds of provider whose models are theirs wherever they are served.
OWN_MODELS = {"anthropic": "anthropic", "google": "google"}
# Makers tell it in prose alone; of a model that is not listed we say nothing.
SEEING = ("gpt-4o", "gpt-4.1", "gpt-5", "o3", "o4-mini", "claude-", "gemini-")


@dataclass(frozen=True, slots=True)
class Facts:
    """Prices in US dollars for a million tokens; what nobody has listed is None."""

    context_window: int | None = None
    sees_pictures: bool = False
    input_price: Decimal | None = None
    output_price: Decimal | None = None


@lru_cache(maxsize=4096)
def facts_of(kind: str, base_url: str, model: str, day: date) -> Facts:
    """What is known of `model` on that day; nothing of a model at an address that nobody has listed."""
    provider = OWN_MODELS.get(kind)
    try:
        _, info = data_snapshot.get_snapshot().find_provider_model(
            model, None, provider, None if provider else base_url
        )
    except LookupError:
        return Facts()
    prices = info.get_prices(datetime.combine(day, time(), UTC))
    return Facts(
        info.context_window,
        _sees_pictures(info),
        _first(prices.input_mtok),
        _first(prices.output_mtok),
    )


def _sees_pictures(info: ModelInfo) -> bool:
    return info.id.startswith(SEEING)


def _first(price: Decimal | TieredPrices | None) -> Decimal | None:
    """Of a price that grows with the length, the one that it begins with."""
    return price.base if isinstance(price, TieredPrices) else price
