"""What becomes of a profile's texts when it leaves."""

from django.db import transaction

from accounts.models import User
from forum.models import Post, PrivateWord, Writer
from forum.services import posts


@transaction.atomic
def delete_all(*, user: User) -> None:
    """Delete every post of the profile, as its owner could one by one, and its private lines with the counsellors."""
    for writer in Writer.objects.filter(user=user).order_by("topic_id"):  # locks in one order
        for post in Post.objects.filter(writer=writer).order_by("pk"):
            if Post.objects.filter(pk=post.pk).exists():  # the whole thread may have gone with an earlier one
                posts.delete(post=post, writer=writer)
    PrivateWord.objects.filter(writer__user=user).delete()
    Writer.objects.filter(user=user).delete()


@transaction.atomic
def leave_all(*, user: User) -> None:
    """Let the posts stand under their aliases. From here on nobody comes back to them."""
    Writer.objects.filter(user=user).update(user=None)
