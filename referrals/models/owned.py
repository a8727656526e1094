"""Rows that belong to an organisation: the one rule of whose they are to see and to change (T23)."""

from typing import ClassVar, Self, TypeVar

from django.db import models
from django.db.models import Exists, OuterRef

from accounts.models import User

Row = TypeVar("Row", bound=models.Model)


class OwnedQuerySet(models.QuerySet[Row]):
    """The staff's doors take their rows from `editable_by` alone; tests/referrals/test_walls.py holds them to it.

    Whose they are is read from the memberships, never from an address or a form.
    """

    owner: ClassVar[str] = "organization"  # the way from the row to its organisation

    def editable_by(self, user: User) -> Self:
        """Those of the user's own organisations; all for an administrator."""
        if user.is_superuser:
            return self.all()
        return self.filter(Exists(user.memberships.filter(organization=OuterRef(self.owner))))
