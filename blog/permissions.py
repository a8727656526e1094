"""Who may write in the blog. A session's two posts are for the chat to say: here are the notes."""

from accounts.models import Membership, Profile, User
from accounts.permissions import is_counsellor, may_enter_staff_pages
from blog.models import Entry


def can_write_notes(user: User) -> bool:
    """A counsellor whose card the young can see: every post is signed with a name and a face."""
    if not (is_counsellor(user) and may_enter_staff_pages(user)):
        return False
    card = Profile.objects.filter(user=user).first()
    return card is not None and card.is_complete


def can_see_notes(user: User) -> bool:
    """Has notes in their hands, or may have: counsellors, and the coordinators who answer for them."""
    role = Membership.objects.filter(
        user_id=user.pk, role__in=[Membership.Role.COUNSELLOR, Membership.Role.COORDINATOR]
    )
    return may_enter_staff_pages(user) and role.exists()


def can_edit_entry(user: User, entry: Entry) -> bool:
    """Its author, or a coordinator of the author's organisation. A session's posts are edited with the session."""
    return can_see_notes(user) and Entry.objects.notes_in_the_hands_of(user).filter(pk=entry.pk).exists()
