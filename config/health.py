"""`/healthz`: this process answers. `/readyz`: it can do its work, and real help stands ready (law 12)."""

import logging
import uuid
from collections.abc import Callable

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from chat.services import worker
from referrals.models import Service

logger = logging.getLogger(__name__)


@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """Each part and whether it is ready; 503 unless all are."""
    parts = {name: _is_ready(name, check) for name, check in CHECKS.items()}
    ready = all(parts.values())
    return JsonResponse({"status": "ready" if ready else "not ready", "parts": parts}, status=200 if ready else 503)


def _is_ready(name: str, check: Callable[[], bool]) -> bool:
    try:
        return check()
    except Exception as error:  # whatever is broken, the answer is "not ready"
        logger.warning("Not ready: %s (%s)", name, type(error).__name__)
        return False


def _database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return cursor.fetchone() == (1,)


def _layer() -> bool:
    return async_to_sync(_through_the_layer)()


async def _through_the_layer() -> bool:
    """A message sent over the layer comes out of it."""
    layer = get_channel_layer()
    if layer is None:
        return False
    channel = await layer.new_channel("ready")
    mark = uuid.uuid4().hex
    await layer.send(channel, {"type": "ready", "mark": mark})
    return (await layer.receive(channel))["mark"] == mark


def _worker() -> bool:
    return worker.is_alive(now=timezone.now())


def _crisis_service() -> bool:
    return Service.objects.crisis_ready().exists()


CHECKS: dict[str, Callable[[], bool]] = {
    "database": _database,
    "layer": _layer,
    "worker": _worker,
    "crisis_service": _crisis_service,
}
