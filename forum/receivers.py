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
def hide_what_was_reported(*, target: Post, user: User, seen: str | None, now: datetime, **_signal: Any) -> bool:
    """A counsellor decided that a reported post goes."""
    post = reading.hide_reported(post=target, user=user, seen=seen, now=now)
    return post.state in {Post.State.HIDDEN, Post.State.REFUSED}


@receiver(profile_leaving)
def let_go_of_a_profile(*, user: User, with_texts: bool, **_signal: Any) -> None:
    """Before the account goes: its texts go too, or stand on without it."""
    if with_texts:
        profiles.delete_all(user=user)
    else:
        profiles.leave_all(user=user)
