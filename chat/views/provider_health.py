"""How the providers are, in words: for the pages that list them, the model picker and the metrics."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from chat.generation.choice import model_choices
from chat.generation.health import Health, State, health_of
from chat.metrics import PROVIDER_HEALTH
from chat.speaking import spoken

METRICS: dict[State, float] = {"well": 1.0, "trying": 0.5, "rested": 0.0}


@dataclass(frozen=True, slots=True)
class HealthShown:
    """`lasts`: how long it is like this. `title`, `detail`, `failed`: how and when it failed last."""

    state: State
    words: str
    lasts: str = ""
    failed: str = ""
    title: str = ""
    detail: str = ""


def health_shown(names: Iterable[str]) -> dict[str, HealthShown]:
    return {name: _shown(health) for name, health in health_of(names).items()}


def resting(names: Iterable[str]) -> set[str]:
    """Those that are left alone for a while."""
    return {name for name, health in health_of(names).items() if health.state == "rested"}


def count_health() -> None:
    """That of the site's providers, for the metrics; one that was taken away has none."""
    PROVIDER_HEALTH.clear()
    for name, health in health_of(choice.provider for choice in model_choices()).items():
        PROVIDER_HEALTH.labels(name).set(METRICS[health.state])


def _shown(health: Health) -> HealthShown:
    error = health.last_error or {}
    said = error.get("said") or {}
    title, detail = (spoken(said.get(part), error.get(part) or "") for part in ("title", "detail"))
    return HealthShown(
        health.state, _words(health), _lasts(health.since), _failed(health.failed_at), title, detail
    )


def _lasts(since: datetime | None) -> str:
    """Nothing of what began in this minute."""
    return "" if since is None or _is_now(since) else _("for %(time)s") % {"time": timesince(since)}


def _failed(moment: datetime | None) -> str:
    if moment is None or _is_now(moment):
        return _("What went wrong")
    return _("Last failure %(time)s ago") % {"time": timesince(moment)}


def _is_now(moment: datetime) -> bool:
    return timezone.now() - moment < timedelta(minutes=1)


def _words(health: Health) -> str:
    match health.state:
        case "rested":
            return _("Failed too often; left alone for a while")
        case "trying":
            return _("Failed too often; the next reply tries it again")
        case _ if health.recent_failures:
            return _("Failed just now")
        case _:
            return _("Answers")
