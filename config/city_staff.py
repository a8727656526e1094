"""For those who write a city's page: the whole of it as the young would see it, and all hours in one place."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from config.cities import as_if_published, context_of
from forum.models import Letterbox
from forum.permissions import can_keep
from referrals import cards, cities
from referrals.models import CityPage, Service
from referrals.views.doors import StaffRequest, own_city_page, staff_door


@staff_door
@require_safe
def preview(request: StaffRequest, page_pk: UUID) -> HttpResponse:
    """As if it were published."""
    page = own_city_page(request, page_pk)
    return render(request, "config/city_preview.html", context_of(as_if_published(page), now=timezone.now()))


@staff_door
@require_safe
def hours(request: StaffRequest, page_pk: UUID) -> HttpResponse:
    """When anybody answers in these cities, each with the way to where it is changed."""
    page, now = own_city_page(request, page_pk), timezone.now()
    shown = [service.pk for service in cities.offers_of(page)]
    own = set(Service.objects.editable_by(request.user).filter(pk__in=shown).values_list("pk", flat=True))
    rows = {service.pk: service for service in Service.objects.shown().filter(pk__in=shown).with_details()}
    codes = [house.municipality_code for house in page.houses if house.municipality_code]
    boxes = Letterbox.objects.shown().filter(municipality_code__in=codes).prefetch_related("organizations")
    context = {
        "page": page,
        "is_shown": CityPage.objects.shown().filter(pk=page.pk).exists(),
        "rows": [(cards.details(rows[pk], now=now), pk in own) for pk in shown if pk in rows],
        "boxes": [(box, can_keep(request.user, box)) for box in boxes],
    }
    return render(request, "config/city_hours.html", context)
