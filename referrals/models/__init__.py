"""The tables of the directory."""

from referrals.models.directory import FRESH_DAYS, Channel, OnHolidays, Service, ServiceQuerySet, Topic
from referrals.models.documents import Document
from referrals.models.history import Version
from referrals.models.hours import Schedule, SpecialDays
from referrals.models.places import Location, ServiceAtLocation

__all__ = [
    "FRESH_DAYS",
    "Channel",
    "Document",
    "Location",
    "OnHolidays",
    "Schedule",
    "Service",
    "ServiceAtLocation",
    "ServiceQuerySet",
    "SpecialDays",
    "Topic",
    "Version",
]
