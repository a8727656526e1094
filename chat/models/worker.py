"""A sign of life of the background worker."""

from django.db import models


class WorkerBeat(models.Model):
    """When the background worker last swept; `/readyz` reads it."""

    name = models.CharField(max_length=32, unique=True)
    beat_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
