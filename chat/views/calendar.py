from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from chat.calendar import FILE_NAME, neutral_calendar
from chat.models import Session


@require_safe
def calendar(request: HttpRequest, slug: str) -> HttpResponse:
    """The time of an announced session, for a calendar that others may see. It is kept nowhere on the way."""
    session = get_object_or_404(Session.objects.upcoming(now=timezone.now()), slug=slug)
    response = HttpResponse(neutral_calendar(session), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{FILE_NAME}"'
    response["Cache-Control"] = "no-store"
    return response
