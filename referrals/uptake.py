"""Counting the cards that counsellors hand on (capability 66): only how many, and small numbers for nobody (law 11)."""

from datetime import date, datetime
from uuid import UUID

from django.db.models import F
from django.utils import timezone

from referrals.models import Service, Uptake

SMALLEST = 5  # law 11: fewer are told to nobody
MONTHS = 12


def count_card(service_id: UUID, *, now: datetime) -> None:
    """One more in this month. Call it last in a transaction: it holds the row of the month until that ends."""
    month = timezone.localdate(now).replace(day=1)
    row, _is_new = Uptake.objects.get_or_create(service_id=service_id, month=month)
    Uptake.objects.filter(pk=row.pk).update(shared=F("shared") + 1)


def months_of(service: Service) -> list[tuple[date, int | None]]:
    """(month, number) of the last year, the newest first; None where it is fewer than five, and more than none."""
    rows = service.uptakes.values_list("month", "shared")[:MONTHS]
    return [(month, shared if shared >= SMALLEST else None) for month, shared in rows]
