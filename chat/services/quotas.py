"""Who has taken as much of models' work as they may asks for no more."""

from __future__ import annotations

import math
from collections.abc import Sequence

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chat.costs import prices_of
from chat.costs.meters import Meter, reached_by, refusing
from chat.errors import NoProvider, TooMany
from chat.generation.choice import provider_for
from chat.models import User
from chat.services.rate_limits import count_message


class QuotaExceeded(TooMany):
    code = "quota-exceeded"
    title = gettext_lazy("Limit reached")


def admit_request(*, user: User, provider: str, model: str) -> None:
    """Count a request of `user` to that model, or to the default one.

    Raises:
        TooMany: of the rate limit, or QuotaExceeded; then it is not counted.
    """
    admit_requests(user=user, models=[(provider, model)])


def admit_requests(*, user: User, models: Sequence[tuple[str, str]]) -> None:
    """Count a request of `user` to each of those, as (provider, model).

    Raises:
        TooMany: of the rate limit, or QuotaExceeded; then none is counted.
    """
    for provider, model in models:
        check_quotas(user=user, provider=provider, model=model)
    count_message(user=user, count=len(models))


def check_quotas(*, user: User, provider: str, model: str) -> None:
    """Let `user` ask that model, or the default one, for another reply.

    Under a limit of costs a model that costs nothing answers all the same, and one by a key of the person's
    own under any.

    Raises:
        QuotaExceeded: a limit is reached.
    """
    reached = reached_by(user)
    if not reached:
        return
    try:
        config, asked = provider_for(provider, model, user)
    except NoProvider:  # nobody answers, and the reply will say so
        return
    if meter := refusing(reached, config, prices_of(config, asked, timezone.now())):
        raise _exceeded(meter)


def _exceeded(meter: Meter) -> QuotaExceeded:
    words = {
        "limit": meter.limit_words,
        "day": date_format(meter.anew_at, "DATETIME_FORMAT"),
        "group": meter.quota.group.name if meter.quota.group else "",
    }
    if not meter.quota.is_shared:
        said = _("You have used up your %(limit)s. It starts anew on %(day)s.")
    elif meter.quota.group:
        said = _("The group “%(group)s” has used up its %(limit)s. It starts anew on %(day)s.")
    else:
        said = _("Everybody here together has used up %(limit)s. It starts anew on %(day)s.")
    said = said % words
    if meter.token_share < 1:
        said = _("%(words)s Models that cost nothing still answer.") % {"words": said}
    return QuotaExceeded(
        said, retry_after=max(1, math.ceil((meter.anew_at - timezone.now()).total_seconds()))
    )
