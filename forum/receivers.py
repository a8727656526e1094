"""Answers to signals from below."""

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from accounts.models import User
from accounts.signals import profile_leaving
from forum.models import Post
from forum.services import profiles, reading
from moderation.signals import hide_asked


@receiver(hide_asked, sender=Post)
def hide_what_was_reported(*, target: Post, user: User, now: datetime, **_signal: Any) -> None:
    """A counsellor decided that a reported post goes. One that is not public any more is gone already."""
    if target.state == Post.State.PUBLISHED:
        reading.hide(post=target, user=user, now=now)


@receiver(profile_leaving)
def let_go_of_a_profile(*, user: User, with_texts: bool, **_signal: Any) -> None:
    """Before the account goes: its texts go too, or stand on without it."""
    if with_texts:
        profiles.delete_all(user=user)
    else:
        profiles.leave_all(user=user)
