"""What a provider's list says that a model costs, and what tokens come to at such prices."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from genai_prices import data_snapshot
from genai_prices import types as listed

from chat.providers.contract import ProviderConfig, Usage
from chat.providers.facts import OWN_MODELS

# A model on this machine costs nothing that anybody is billed for.
FREE = listed.ModelPrice(input_mtok=Decimal(0), output_mtok=Decimal(0))
MILLION = 1_000_000
# What a column of costs holds.
PLACES = Decimal("0.00000001")
MOST = Decimal(999_999)

Prices = listed.ModelPrice


def listed_prices(config: ProviderConfig, model: str, at: datetime) -> Prices | None:
    """The prices of `model` at that moment; None where nobody has listed them for that address."""
    if config.kind == "local":
        return FREE
    provider = OWN_MODELS.get(config.kind)
    if not model or not (provider or config.base_url):
        return None
    snapshot = data_snapshot.get_snapshot()
    try:
        _, info = snapshot.find_provider_model(model, None, provider, None if provider else config.base_url)
    except LookupError:
        return None
    prices = info.get_prices(at)
    return prices if prices.input_mtok is not None and prices.output_mtok is not None else None


def cost_of(prices: Prices | None, usage: Usage | None) -> Decimal | None:
    """What `usage` costs in US dollars, tiers and caches heeded; None where that cannot be known.

    A provider that tells the cost is taken at its word.
    """
    if usage is not None and usage.cost is not None:
        return kept(usage.cost)
    if prices is None:
        return None
    if is_free(prices):
        return Decimal(0)
    if usage is None or usage.input_tokens is None or usage.output_tokens is None:
        return None
    cached = min(usage.cached_tokens or 0, usage.input_tokens)
    written = min(usage.cache_write_tokens or 0, usage.input_tokens - cached)
    taken = listed.Usage(
        input_tokens=usage.input_tokens,
        cache_read_tokens=cached,
        cache_write_tokens=written,
        output_tokens=usage.output_tokens,
    )
    return kept(prices.calc_price(taken)["total_price"])


def kept(cost: Decimal) -> Decimal | None:
    """A cost as a column holds it; None of what is none, such as a server may tell."""
    return cost.quantize(PLACES) if cost.is_finite() and 0 <= cost <= MOST else None


def is_free(prices: Prices) -> bool:
    return not any(one for one in vars(prices).values() if one is not None)


def is_paid_by_asker(config: ProviderConfig) -> bool:
    """Whether it is asked by a key of the person's own."""
    return config.owner is not None or config.has_own_key


def price_of_million(prices: Prices, *, input_tokens: int) -> tuple[Decimal, Decimal]:
    """Of a million tokens of input and of output, where the input is that long."""
    million = Decimal(MILLION)
    base = listed.Usage(input_tokens=input_tokens, output_tokens=MILLION)
    found = prices.calc_price(base)
    per_token = found["input_price"] / input_tokens if input_tokens else Decimal(0)
    return per_token * million, found["output_price"]
