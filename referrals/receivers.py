"""The guard's numbers and sites, and the search, follow every change of the directory, from whatever door."""

from typing import Any

from django.db import transaction
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_delete
from django.dispatch import receiver
from django.urls import reverse

from referrals import cities, known, search
from referrals.hours import Timetable
from referrals.models import Channel, CityPage, KeptHours, Schedule, Service, SpecialDays

KIND = "service"  # of the documents that a search finds


@receiver([post_save, post_delete], sender=Channel)
def forget_known(**_details: Any) -> None:
    """Now, for what this transaction reads; after it too, for what others have read meanwhile."""
    known.forget()
    transaction.on_commit(known.forget)


@receiver([post_save, post_delete], sender=Schedule)
@receiver([post_save, post_delete], sender=SpecialDays)
def keep_hours(*, sender: Any, instance: Schedule | SpecialDays, origin: Any = None, **_details: Any) -> None:
    """A copy that is read with the service itself. Not where a service goes with all that it has: a copy would stay."""
    if origin is not None and getattr(origin, "model", type(origin)) is not sender:
        return
    service = instance.service
    timetable = Timetable(
        rules=tuple(row.rule for row in service.schedules.all()),
        specials=tuple(row.special for row in service.special_days.all()),
    )
    KeptHours.objects.update_or_create(service=service, defaults={"content": timetable.plain})


@receiver([post_save, post_delete], sender=Service)
@receiver(m2m_changed, sender=Service.topics.through)
def index_service(*, instance: Any, **_details: Any) -> None:
    """Found while it is shown, under its words and its topics."""
    if not isinstance(instance, Service):  # the other side of the topics: nothing writes there
        return
    service = Service.objects.shown().filter(pk=instance.pk).prefetch_related("topics").first()
    if service is None:
        search.drop(KIND, str(instance.pk))
    else:
        _put(service)


def index_services() -> None:
    for service in Service.objects.shown().prefetch_related("topics"):
        _put(service)


def _put(service: Service) -> None:
    topics = " ".join(f"{topic.name} {topic.name_en}" for topic in service.topics.all())
    search.put(
        KIND,
        str(service.pk),
        title=service.name,
        body=" ".join([service.description, service.eligibility_description, topics, service.municipality]),
        url=reverse("referrals:service", args=[service.pk]),
        at=service.last_modified,
    )


@receiver(pre_delete, sender=CityPage)
def delete_pictures(*, instance: CityPage, **_details: Any) -> None:
    """With a page go the pictures of all its versions."""
    kept = instance.versions.values_list("content__picture", flat=True)
    cities.forget_pictures({str(instance.picture), *kept})
