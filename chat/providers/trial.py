"""Asks a provider what it has and one short question, and tells in words what came of it."""

from __future__ import annotations

import asyncio
import dataclasses
import time
from dataclasses import dataclass

from chat.phrases import Phrase
from chat.providers.contract import (
    Finish,
    Listed,
    Prompt,
    Provider,
    ProviderConfig,
    ProviderError,
    Reasoning,
    Text,
    Turn,
)
from chat.providers.failures import Failures
from chat.providers.registry import build

QUESTION = "Answer with the word “ready” and nothing else."
# Models that think first take some hundreds for it.
MAX_TOKENS = 512
# Seconds: somebody sits there and waits.
SILENCE = 12.0
LISTING = 20.0
ANSWERING = 40.0
MAX_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Step:
    """What was asked of it, and what it said or why it did not; `ms` is how long that took."""

    title: str
    detail: str
    is_good: bool
    ms: int


@dataclass(frozen=True, slots=True)
class Trial:
    """`listed` is its list, or why there is none."""

    steps: tuple[Step, ...]
    listed: tuple[Listed, ...] | ProviderError

    @property
    def is_good(self) -> bool:
        return self.steps[-1].is_good


async def list_models(
    config: ProviderConfig, *, allow_scripted: bool = False
) -> tuple[Listed, ...] | ProviderError:
    try:
        provider = build(dataclasses.replace(config, timeout=SILENCE), allow_scripted=allow_scripted)
    except ProviderError as error:
        return error
    try:
        return await _listed(provider)
    finally:
        await provider.aclose()


async def try_provider(config: ProviderConfig, model: str = "", *, allow_scripted: bool = False) -> Trial:
    """Without a model the first of those that it has is asked."""
    began = time.monotonic()
    try:
        provider = build(dataclasses.replace(config, timeout=SILENCE), allow_scripted=allow_scripted)
    except ProviderError as error:
        return Trial((_failed(error, began),), error)
    try:
        listed = await _listed(provider)
        first = _list_step(listed, config.name, began)
        model = model or _first_of(config, listed)
        # Some servers list nothing and answer all the same; one that cannot be reached does neither.
        if isinstance(listed, ProviderError) and (listed.retryable or not model):
            return Trial((first,), listed)
        second = await _question_step(provider, model)
        return Trial((second,) if second.title == first.title else (first, second), listed)
    finally:
        await provider.aclose()


async def _listed(provider: Provider) -> tuple[Listed, ...] | ProviderError:
    try:
        async with asyncio.timeout(LISTING):
            return await provider.listed()
    except ProviderError as error:
        return error
    except TimeoutError:
        return Failures(dataclasses.replace(provider.config, timeout=LISTING)).silent()


def _first_of(config: ProviderConfig, listed: tuple[Listed, ...] | ProviderError) -> str:
    names = [] if isinstance(listed, ProviderError) else [one.name for one in listed]
    return next(iter((*config.models, *names)), "")


def _list_step(listed: tuple[Listed, ...] | ProviderError, name: str, began: float) -> Step:
    if isinstance(listed, ProviderError):
        return _failed(listed, began)
    title = Phrase("%(name)s can be reached", name=name)
    detail = Phrase("Models that it lists: %(count)s.", count=len(listed))
    return Step(title, detail, is_good=True, ms=_since(began))


async def _question_step(provider: Provider, model: str) -> Step:
    began = time.monotonic()
    try:
        async with asyncio.timeout(ANSWERING):
            answer = await _answer(provider, model)
    except ProviderError as error:
        return _failed(error, began)
    except TimeoutError:
        return _failed(Failures(dataclasses.replace(provider.config, timeout=ANSWERING)).silent(), began)
    title = Phrase("%(model)s answers", model=model or provider.config.name)
    shown = " ".join(answer.split())[:MAX_SHOWN]
    detail = Phrase("It said: %(words)s", words=shown) if shown else Phrase("It has begun to think.")
    return Step(title, detail, is_good=True, ms=_since(began))


async def _answer(provider: Provider, model: str) -> str:
    """Its words; of one that thinks first, that it does is enough."""
    words = ""
    stream = provider.stream(Prompt(model, (Turn("user", QUESTION),), max_tokens=MAX_TOKENS))
    try:
        async for delta in stream:
            match delta:
                case Text(text):
                    words += text
                case Reasoning():
                    break
                case Finish():
                    break
            if len(words) > MAX_SHOWN:
                break
    finally:
        await stream.aclose()
    return words


def _failed(error: ProviderError, began: float) -> Step:
    return Step(error.title, error.detail, is_good=False, ms=_since(began))


def _since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)
