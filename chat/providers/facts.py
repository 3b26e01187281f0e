"""What is known of a model before it is asked: its window, its price, what it can do."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import lru_cache
from urllib.parse import urlsplit

from genai_prices import data_snapshot
from genai_prices.types import TieredPrices

# The kinds of provider whose models are theirs wherever they are served.
OWN_MODELS = {"anthropic": "anthropic", "google": "google"}
# Lines of models by what they do: their makers tell it in prose alone. Those that hear, speak, draw or search
# do otherwise.
OTHERS = re.compile(
    r"audio|realtime|transcribe|tts|image|banana|embedding|live|search|voice|robotics|omni|1\.0"
)
SEEING = re.compile(r"gpt-(4o|4\.1|4-turbo|[5-9])|o[134](?!-mini)|o4-mini|claude-(?!2|v1|instant)|gemini-")
READING = re.compile(r"gpt-(4o|4\.1|[5-9])|o[134](?!-mini)|o4-mini|claude-(3-[57]|[a-z]+-[4-9]|4-)|gemini-")
CALLING = re.compile(
    r"gpt-(4o|4\.1|4-turbo|[5-9])|o[134](?!-mini)|o[34]-mini|claude-(?!2|v1|instant)|gemini-"
)
REASONING = re.compile(r"gpt-[5-9]|o[134]|claude-(3-7|[a-z]+-[4-9]|4-)|gemini-(2\.5|[3-9])")
# How much lines of models can write, in tokens, where no list says it: their makers tell it in prose too.
LONGEST = (
    (re.compile(r"claude-3-(opus|haiku|sonnet)"), 4096),
    (re.compile(r"claude-3-5"), 8192),
    (re.compile(r"claude-opus-4(-[01])?(-\d{8})?$"), 32_000),
    (re.compile(r"claude-(3-7|[a-z]+-4)"), 64_000),
    (re.compile(r"gemini-(1\.5|2\.0)"), 8192),
    (re.compile(r"gemini-(2\.5|[3-9])"), 65_536),
    (re.compile(r"gpt-4o"), 16_384),
    (re.compile(r"gpt-4\.1"), 32_768),
    (re.compile(r"gpt-5"), 128_000),
    (re.compile(r"o1-(mini|preview)"), 32_768),
    (re.compile(r"o[134]"), 100_000),
)
OPENAI = "https://api.openai.com/v1"
# Servers that take PDFs within a message; others of their protocol do not, whatever the model could.
TAKING_FILES = frozenset({"api.openai.com", "openrouter.ai"})


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
    if kind == "openai":
        base_url = base_url or OPENAI
    try:
        _, info = data_snapshot.get_snapshot().find_provider_model(
            model, None, provider, None if provider else base_url
        )
    except LookupError:
        return Facts()
    prices = info.get_prices(datetime.combine(day, time(), UTC))
    # OpenRouter and others put the maker's name before.
    line = info.id.rpartition("/")[2]
    is_other = OTHERS.search(line) is not None
    return Facts(
        context_window=info.context_window,
        max_output=None if is_other else _longest(line),
        sees_pictures=not is_other and SEEING.match(line) is not None,
        reads_documents=not is_other and READING.match(line) is not None and takes_files(kind, base_url),
        calls_tools=not is_other and CALLING.match(line) is not None,
        reasons=not is_other and REASONING.match(line) is not None,
        input_price=_first(prices.input_mtok),
        output_price=_first(prices.output_mtok),
        cached_price=_first(prices.cache_read_mtok),
        cache_write_price=_first(prices.cache_write_mtok),
    )


def _longest(line: str) -> int | None:
    return next((tokens for pattern, tokens in LONGEST if pattern.match(line)), None)


def takes_files(kind: str, base_url: str) -> bool:
    """Whether the wire there has a place for a PDF."""
    try:
        return kind != "openai" or urlsplit(base_url).hostname in TAKING_FILES
    except ValueError:  # no address at all
        return False


def _first(price: Decimal | TieredPrices | None) -> Decimal | None:
    """Of a price that grows with the length, the one that it begins with."""
    return price.base if isinstance(price, TieredPrices) else price
