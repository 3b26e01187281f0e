"""What is known of a model before it is asked: its window, its price, what it can do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import lru_cache

from genai_prices import data_snapshot
from genai_prices.types import TieredPrices

# The kinds of provider whose models are theirs wherever they are served.
OWN_MODELS = {"anthropic": "anthropic", "google": "google"}
# Lines of models that see pictures, read PDFs and call tools: their makers tell it in prose alone.
SEEING = ("gpt-4o", "gpt-4.1", "gpt-5", "o3", "o4-mini", "claude-", "gemini-")


@dataclass(frozen=True, slots=True)
class Facts:
    """Prices in US dollars for a million tokens; what nobody has listed is None.

    A model of which nobody said that it can do a thing counts as one that cannot.
    """

    context_window: int | None = None
    max_output: int | None = None
    sees_pictures: bool = False
    reads_documents: bool = False
    calls_tools: bool = False
    reasons: bool = False
    input_price: Decimal | None = None
    output_price: Decimal | None = None
    cached_price: Decimal | None = None
    cache_write_price: Decimal | None = None


# What the models of the scripted provider can do, by their names: tests say so.
SCRIPTED: dict[str, Facts] = {}


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
    is_known_line = info.id.startswith(SEEING)
    return Facts(
        context_window=info.context_window,
        sees_pictures=is_known_line,
        reads_documents=is_known_line,
        calls_tools=is_known_line,
        input_price=_first(prices.input_mtok),
        output_price=_first(prices.output_mtok),
        cached_price=_first(prices.cache_read_mtok),
        cache_write_price=_first(prices.cache_write_mtok),
    )


def _first(price: Decimal | TieredPrices | None) -> Decimal | None:
    """Of a price that grows with the length, the one that it begins with."""
    return price.base if isinstance(price, TieredPrices) else price
