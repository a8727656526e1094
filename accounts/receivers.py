"""Answers to signals of Django and django-allauth, and to a card that is deleted."""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.models import update_last_login
from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.http import HttpRequest

from accounts import services
from accounts.models import Profile, User


@receiver([authenticator_added, authenticator_removed])
def end_other_sessions(*, request: HttpRequest, user: User, authenticator: Authenticator, **_more: Any) -> None:
    """Whoever was in by the password alone is out when the second factor changes; only this browser stays in."""
    if authenticator.type == Authenticator.Type.TOTP:
        services.end_sessions(user=user)
        update_session_auth_hash(request, user)


# Under the name that Django connects its own under, later: so there is one receiver, and it is ours.
@receiver(user_logged_in, dispatch_uid="update_last_login")
def note_last_login(*, sender: type[User], user: User, **more: Any) -> None:
    """When a young person was here is noted nowhere."""
    if not user.is_young:
        update_last_login(sender, user, **more)


@receiver(post_delete, sender=Profile)
def delete_picture(*, instance: Profile, **_more: Any) -> None:
    """With the card goes its picture."""
    services.forget_picture_file(profile=instance)
