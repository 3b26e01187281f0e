"""Is it alive, is it ready, how is it doing: for what watches over the server."""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from chat import access, threads
from chat.generation.worker import is_ready
from chat.http import bearer_token
from chat.metrics import GENERATIONS
from chat.models import ApiToken, Generation, User
from chat.services.tokens import note_use
from chat.views.provider_health import count_health


@csrf_exempt
@require_safe
async def healthz(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain")


@csrf_exempt
@require_safe
@never_cache
async def readyz(_request: HttpRequest) -> HttpResponse:
    """200 once what a dead process left is taken back, and until this one drains."""
    checks = {"worker": is_ready(), "database": await threads.read(_has_database)}
    return JsonResponse(
        {name: "ok" if good else "not ready" for name, good in checks.items()}, status=_status(checks)
    )


def _status(checks: dict[str, bool]) -> int:
    return 200 if all(checks.values()) else 503


def _has_database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


@csrf_exempt
@require_safe
@never_cache
async def metrics(request: HttpRequest) -> HttpResponse:
    """For staff alone: they tell how much people write."""
    user = await threads.read(_person, request)
    if user is None:
        return HttpResponse(status=401, headers={"WWW-Authenticate": 'Bearer realm="Parley"'})
    if not user.is_staff:
        return HttpResponse(status=403)
    await threads.read(_count)
    return HttpResponse(generate_latest(), content_type=CONTENT_TYPE_LATEST)


def _person(request: HttpRequest) -> User | None:
    if secret := bearer_token(request.META.get("HTTP_AUTHORIZATION", "")):
        token = access.find_token(ApiToken.digest_of(secret))
        if token is None or token.has_expired:
            return None
        note_use(token=token)
        return token.user
    return request.user if isinstance(request.user, User) else None


def _count() -> None:
    count_health()
    rows = Generation.objects.exclude(state=Generation.State.ENDED).values_list("state").annotate(Count("pk"))
    counts = dict(rows.order_by("state"))
    for state in (Generation.State.QUEUED, Generation.State.RUNNING):
        GENERATIONS.labels(state.value).set(counts.get(state, 0))
