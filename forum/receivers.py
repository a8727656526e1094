"""Answers to signals from below."""

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from accounts.models import User
from forum.models import Post
from forum.services import reading
from moderation.signals import hide_asked


@receiver(hide_asked, sender=Post)
def hide_what_was_reported(*, target: Post, user: User, now: datetime, **_signal: Any) -> None:
    """A counsellor decided that a reported post goes. One that is not public any more is gone already."""
    if target.state == Post.State.PUBLISHED:
        reading.hide(post=target, user=user, now=now)
