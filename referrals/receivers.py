"""The guard's numbers and sites follow every change of the directory, from whatever door."""

from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from referrals import known
from referrals.models import Channel


@receiver([post_save, post_delete], sender=Channel)
def forget_known(**_details: Any) -> None:
    """Now, for what this transaction reads; after it too, for what others have read meanwhile."""
    known.forget()
    transaction.on_commit(known.forget)
