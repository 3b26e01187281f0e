"""What people may set of a provider's own, and what is refused. Proves B15."""

from __future__ import annotations

from typing import Any

import pytest

from chat.providers.option import BadOption
from chat.providers.options import OPTIONS, clean_options, options_for, options_of
from chat.providers.registry import KINDS


@pytest.mark.parametrize("kind", sorted(OPTIONS))
def test_every_option_says_all_that_a_form_needs(kind: str) -> None:
    options = options_of(kind)
    assert len({option.name for option in options}) == len(options)
    for option in options:
        assert option.label
        assert option.help
        assert bool(option.choices) == (option.type == "choice")
        assert (option.minimum < option.maximum) == (option.type in {"integer", "number"})


def test_a_kind_without_options_has_none() -> None:
    assert options_of("scripted") == ()
    assert "scripted" in KINDS


def test_what_fits_is_kept_and_what_is_not_set_is_left_out() -> None:
    given: dict[str, object] = {"seed": 7.0, "top_p": 1, "verbosity": "", "json_mode": False}
    assert clean_options("openai", given | {"service_tier": None}) == {"seed": 7, "top_p": 1}
    assert clean_options("google", {"thinking_budget": 0, "json_mode": True}) == {
        "thinking_budget": 0,
        "json_mode": True,
    }


@pytest.mark.parametrize(
    ("kind", "name", "value", "words"),
    [
        ("openai", "top_k", 3, "no such option"),
        ("scripted", "seed", 3, "no such option"),
        ("openai", "seed", 1.5, "whole number"),
        ("openai", "seed", True, "whole number"),
        ("openai", "top_p", "0.5", "a number"),
        ("openai", "top_p", float("nan"), "from 0 to 1"),
        ("openai", "top_p", 1.1, "from 0 to 1"),
        ("openai", "json_mode", "yes", "on or off"),
        ("openai", "verbosity", "loud", "one of: low, medium, high"),
        ("openai", "verbosity", ["low"], "one of"),
        ("anthropic", "thinking_budget", 100, "from 1,024 to 128,000"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(kind: str, name: str, value: Any, words: str) -> None:
    with pytest.raises(BadOption, match=words) as refused:
        clean_options(kind, {name: value})
    assert refused.value.field == name
    assert options_for(kind, {name: value}) == {}
