"""What a search can find."""

from django.db import models


class Document(models.Model):
    """What a search can find: a copy of something that everybody may read (`referrals.search`)."""

    kind = models.CharField(max_length=12)  # "post", "entry", "answer", "service"
    key = models.CharField(max_length=40)
    group = models.CharField(max_length=40, blank=True)  # documents that share a title: the posts of one thread
    title = models.CharField(max_length=160)
    body = models.TextField(blank=True)
    warning = models.CharField(max_length=80, blank=True)  # stands where the body would; no word that a search finds
    url = models.CharField(max_length=200)
    place = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(name="each_document_once", fields=["kind", "key"])]
        indexes = [models.Index(fields=["kind", "group"], name="documents_of_one_thread")]
