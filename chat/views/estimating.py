"""What the next message would cost: numbers for the composer, which multiplies them as one types."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from chat import access
from chat.costs.pricing import read_price_book
from chat.estimates import RULE
from chat.events import encode
from chat.gauging import Coming, coming_in
from chat.generation.choice import ModelChoice, model_choices
from chat.models import Role
from chat.providers.contract import ProviderConfig
from chat.providers.prices import is_free, price_of_million
from chat.views.choices import SEPARATOR
from chat.views.door import PageRequest, login_needed


@require_GET
@login_needed
def estimate_first(request: PageRequest) -> HttpResponse:
    return _answer(request, Coming())


@require_GET
@login_needed
def estimate_next(request: PageRequest, session_id: UUID) -> HttpResponse:
    return _answer(request, coming_in(access.get_session(request.user, session_id, Role.EDITOR)))


def _answer(request: PageRequest, coming: Coming) -> HttpResponse:
    offered = model_choices(request.user)
    context = {
        "coming": coming,
        "prices": encode(_prices(offered, coming)),
        "scales": encode(
            {_value(one): coming.scales.of(one.kind, one.provider, one.model) for one in offered}
        ),
        "rule": encode(RULE),
    }
    answer = render(request, "usage/_estimate.html", context)
    answer["Cache-Control"] = "no-store"
    return answer


def _value(choice: ModelChoice) -> str:
    """As the composer's form names it."""
    return f"{choice.provider}{SEPARATOR}{choice.model}"


def _scale(choice: ModelChoice, coming: Coming) -> float:
    return coming.scales.of(choice.kind, choice.provider, choice.model)


def _prices(offered: Iterable[ModelChoice], coming: Coming) -> dict[str, list[float] | None]:
    """Of each model that is offered, of a million tokens in and out, the tier heeded; None if unknown."""
    book, now = read_price_book(), timezone.now()
    found: dict[str, list[float] | None] = {}
    for choice in offered:
        config = ProviderConfig(choice.provider, choice.kind, choice.base_url)
        prices = book.prices_of(config, choice.model, now)
        value = _value(choice)
        if prices is None:
            found[value] = None
        elif is_free(prices):
            found[value] = [0, 0]
        else:
            sent = max(1, round(coming.context * _scale(choice, coming)))
            found[value] = [float(each) for each in price_of_million(prices, input_tokens=sent)]
    return found
