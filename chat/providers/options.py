"""Which settings of its own each kind of provider has. Plain data: no provider's library is imported.

`Prompt.options` holds them by these names; each provider puts them into its own words.
"""

from __future__ import annotations

from collections.abc import Mapping

from chat.phrases import Phrase
from chat.providers.option import BadOption, Choice, Option, Value

LARGEST_SEED = 2**31 - 1
LOW = Choice("low", Phrase("Low"))
MEDIUM = Choice("medium", Phrase("Medium"))
HIGH = Choice("high", Phrase("High"))
MINIMAL = Choice("minimal", Phrase("Minimal"))
VERY_HIGH = Choice("xhigh", Phrase("Very high"))

TOP_P = Option(
    "top_p",
    "number",
    Phrase("Top P"),
    Phrase("Only words that together have this probability are drawn from: less is more predictable."),
    minimum=0,
    maximum=1,
)
TOP_K = Option(
    "top_k",
    "integer",
    Phrase("Top K"),
    Phrase("Only this many of the likeliest words are drawn from."),
    minimum=1,
    maximum=1000,
)
SEED = Option(
    "seed",
    "integer",
    Phrase("Seed"),
    Phrase("The same number makes the same answer to the same question likelier."),
    maximum=LARGEST_SEED,
)
JSON_MODE = Option(
    "json_mode",
    "switch",
    Phrase("Answer as JSON"),
    Phrase("The model writes one JSON object and nothing else; tell it which in the system prompt."),
)

OPENAI = (
    Option(
        "reasoning_effort",
        "choice",
        Phrase("Reasoning effort"),
        Phrase("How much the model thinks before it answers. Models that do not think refuse it."),
        (Choice("none", Phrase("None")), MINIMAL, LOW, MEDIUM, HIGH, VERY_HIGH),
    ),
    Option(
        "verbosity",
        "choice",
        Phrase("Length of answers"),
        Phrase("How much the model says. Models before GPT-5 refuse it."),
        (LOW, MEDIUM, HIGH),
    ),
    TOP_P,
    Option(
        "frequency_penalty",
        "number",
        Phrase("Frequency penalty"),
        Phrase("Above 0, words become less likely the more often they were used."),
        minimum=-2,
        maximum=2,
    ),
    Option(
        "presence_penalty",
        "number",
        Phrase("Presence penalty"),
        Phrase("Above 0, words become less likely once they were used, which brings new topics."),
        minimum=-2,
        maximum=2,
    ),
    SEED,
    JSON_MODE,
    Option(
        "service_tier",
        "choice",
        Phrase("Service tier"),
        Phrase("What the provider charges and how soon it answers."),
        (
            Choice("auto", Phrase("Automatic")),
            Choice("default", Phrase("Standard")),
            Choice("flex", Phrase("Flex: cheaper and slower")),
            Choice("priority", Phrase("Priority: dearer and faster")),
        ),
    ),
)

# Since its version of 2026-10-21 the API knows no temperature, top P or top K.
ANTHROPIC = (
    Option(
        "thinking",
        "choice",
        Phrase("Thinking"),
        Phrase("Whether the model thinks before it answers. Older models need a thinking budget instead."),
        (Choice("adaptive", Phrase("As the model sees fit")), Choice("disabled", Phrase("Off"))),
    ),
    Option(
        "effort",
        "choice",
        Phrase("Effort"),
        Phrase("How thoroughly the model thinks and answers. Older models refuse it."),
        (LOW, MEDIUM, HIGH, VERY_HIGH, Choice("max", Phrase("Highest"))),
    ),
    Option(
        "thinking_budget",
        "integer",
        Phrase("Thinking budget"),
        Phrase("Lets older models think with up to this many tokens, which the token limit grows by."),
        minimum=1024,
        maximum=128_000,
    ),
    Option(
        "cache",
        "choice",
        Phrase("Prompt cache"),
        Phrase("What is read from the cache costs a tenth, what is written to it a quarter more."),
        (
            Choice("instructions", Phrase("System prompt and tools")),
            Choice("conversation", Phrase("The whole conversation")),
        ),
    ),
    Option(
        "cache_ttl",
        "choice",
        Phrase("Kept in the cache"),
        Phrase("How long it stays there after its last use. An hour costs twice as much to write."),
        (Choice("5m", Phrase("Five minutes")), Choice("1h", Phrase("One hour"))),
    ),
)

GOOGLE = (
    Option(
        "thinking_level",
        "choice",
        Phrase("Thinking"),
        Phrase("How much the model thinks before it answers. Models before Gemini 3 refuse it."),
        (MINIMAL, LOW, MEDIUM, HIGH),
    ),
    Option(
        "thinking_budget",
        "integer",
        Phrase("Thinking budget"),
        Phrase("In tokens, for Gemini 2.5: 0 is off where the model allows it, -1 as the model sees fit."),
        minimum=-1,
        maximum=32_768,
    ),
    Option(
        "safety_threshold",
        "choice",
        Phrase("Safety filter"),
        Phrase("From which probability of harm on an answer is held back."),
        (
            Choice("BLOCK_LOW_AND_ABOVE", Phrase("Low and above")),
            Choice("BLOCK_MEDIUM_AND_ABOVE", Phrase("Medium and above")),
            Choice("BLOCK_ONLY_HIGH", Phrase("High alone")),
            Choice("BLOCK_NONE", Phrase("Nothing is held back")),
            Choice("OFF", Phrase("Off")),
        ),
    ),
    TOP_P,
    TOP_K,
    SEED,
    JSON_MODE,
)

LOCAL = (
    TOP_P,
    TOP_K,
    Option(
        "repeat_penalty",
        "number",
        Phrase("Repeat penalty"),
        Phrase("Above 1, words become less likely once they were used."),
        minimum=0.5,
        maximum=2,
    ),
    SEED,
)

OPTIONS: Mapping[str, tuple[Option, ...]] = {
    "openai": OPENAI,
    "anthropic": ANTHROPIC,
    "google": GOOGLE,
    "local": LOCAL,
}


def options_of(kind: str) -> tuple[Option, ...]:
    """In the order in which a form has them; none for a kind that has none."""
    return OPTIONS.get(kind, ())


def takes_temperature(kind: str) -> bool:
    """Claude's API knows none any more, and would refuse a request that has one."""
    return kind != "anthropic"


def clean_options(kind: str, values: Mapping[str, object]) -> dict[str, Value]:
    """Those that are set, as `Prompt.options` has them. Raises BadOption at the first that is wrong."""
    known = {option.name: option for option in options_of(kind)}
    if unknown := sorted(values.keys() - known.keys()):
        raise BadOption(unknown[0], Phrase("This provider has no such option."))
    cleaned = {name: known[name].clean(value) for name, value in values.items()}
    return {name: value for name, value in cleaned.items() if value is not None}


def options_for(kind: str, values: Mapping[str, object]) -> dict[str, Value]:
    """What of `values` a provider of that kind takes; the rest was meant for another kind."""
    sent: dict[str, Value] = {}
    for option in options_of(kind):
        try:
            value = option.clean(values.get(option.name))
        except BadOption:
            continue
        if value is not None:
            sent[option.name] = value
    return sent
