"""What the next message would cost: numbers for the composer, which multiplies them as one types."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from chat import access
from chat.costs.estimate import Next, next_of
from chat.costs.pricing import read_price_book
from chat.events import encode
from chat.generation.choice import model_choices
from chat.models import Role, User
from chat.providers.contract import ProviderConfig
from chat.providers.prices import is_free, price_of_million
from chat.views.choices import SEPARATOR
from chat.views.door import PageRequest, login_needed


@require_GET
@login_needed
def estimate_first(request: PageRequest) -> HttpResponse:
    return _answer(request, next_of(None))


@require_GET
@login_needed
def estimate_next(request: PageRequest, session_id: UUID) -> HttpResponse:
    return _answer(request, next_of(access.get_session(request.user, session_id, Role.EDITOR)))


def _answer(request: PageRequest, coming: Next) -> HttpResponse:
    context = {"coming": coming, "prices": encode(_prices(request.user, coming))}
    answer = render(request, "usage/_estimate.html", context)
    answer["Cache-Control"] = "no-store"
    return answer


def _prices(user: User, coming: Next) -> dict[str, list[float] | None]:
    """Of each model that is offered, of a million tokens in and out, the tier heeded; None if unknown."""
    book, now = read_price_book(), timezone.now()
    found: dict[str, list[float] | None] = {}
    for choice in model_choices(user):
        config = ProviderConfig(choice.provider, choice.kind, choice.base_url)
        prices = book.prices_of(config, choice.model, now)
        value = f"{choice.provider}{SEPARATOR}{choice.model}"
        if prices is None:
            found[value] = None
        elif is_free(prices):
            found[value] = [0, 0]
        else:
            found[value] = [
                float(each) for each in price_of_million(prices, input_tokens=max(1, coming.context))
            ]
    return found
