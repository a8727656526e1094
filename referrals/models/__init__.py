"""The tables of the directory."""

from referrals.models.checks import AgreedNumbers, Link, NumberChange, Reminder
from referrals.models.cities import CityMember, CityPage, CityVersion
from referrals.models.directory import CHECK_DAYS, FRESH_DAYS, Channel, OnHolidays, Service, ServiceQuerySet, Topic
from referrals.models.documents import Document
from referrals.models.history import Version
from referrals.models.hours import KeptHours, Schedule, SpecialDays
from referrals.models.places import Location, ServiceAtLocation
from referrals.models.uptake import Uptake

__all__ = [
    "CHECK_DAYS",
    "FRESH_DAYS",
    "AgreedNumbers",
    "Channel",
    "CityMember",
    "CityPage",
    "CityVersion",
    "Document",
    "KeptHours",
    "Link",
    "Location",
    "NumberChange",
    "OnHolidays",
    "Reminder",
    "Schedule",
    "Service",
    "ServiceAtLocation",
    "ServiceQuerySet",
    "SpecialDays",
    "Topic",
    "Uptake",
    "Version",
]
