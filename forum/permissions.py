"""Who may do what in the forum and the letterbox: the only place that answers it."""

from datetime import timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import Membership, Organization, Profile, User
from accounts.permissions import may_enter_staff_pages
from forum.models import Board, Letterbox, LetterPart, Post, Topic

GOOD_POSTS = 3  # so many make a profile trusted
FORGIVEN_AFTER = timedelta(days=30)
READERS = (Membership.Role.COUNSELLOR, Membership.Role.COORDINATOR)


def can_moderate_board(user: User, board: Board) -> bool:
    """Counsellors and coordinators of an organisation that reads it. Nobody else, whatever they administer."""
    return may_enter_staff_pages(user) and house_of(user, board) is not None


def can_read_letterbox(user: User, box: Letterbox) -> bool:
    return may_enter_staff_pages(user) and house_of(user, box) is not None


def can_propose(user: User, box: Letterbox) -> bool:
    """Make a page of a letter and its answers: whoever answers here and is not in training."""
    return can_read_letterbox(user, box) and not is_trainee(user, box)


def can_keep(user: User, place: Board | Letterbox) -> bool:
    """Change what a board or letterbox is and promises: coordinators of an organisation that reads it."""
    return may_enter_staff_pages(user) and (
        Membership.objects.filter(
            user_id=user.pk, role=Membership.Role.COORDINATOR, organization__in=place.organizations.all()
        ).exists()
    )


def house_of(user: User, place: Board | Letterbox) -> Organization | None:
    """For which of its organisations `user` reads here: theirs is what they decide."""
    memberships = Membership.objects.filter(
        user_id=user.pk, role__in=READERS, organization__in=place.organizations.all()
    ).select_related("organization")
    first = memberships.order_by("pk").first()
    return first.organization if first else None


def can_sign(user: User) -> bool:
    """Every answer is signed with a name and a face."""
    card = Profile.objects.filter(user=user).first()
    return card is not None and card.is_complete


def can_give_look(user: User, draft: LetterPart) -> bool:
    """Read an answer for the colleague who asks: whoever has written nothing in it, and is not in training."""
    return not has_written_in(draft, user) and not is_trainee(user, draft.letter.letterbox)


def has_written_in(draft: LetterPart, user: User) -> bool:
    return writers_of(draft).filter(pk=user.pk).exists()


def writers_of(draft: LetterPart) -> QuerySet[User]:
    """All who have written in it, and whoever signs it, also where nothing else is known of it."""
    wrote: QuerySet[User] = User.objects.filter(Q(pk=draft.counsellor_id) | Q(pk__in=draft.writers.values("user")))
    return wrote


def needs_look(box: Letterbox, user: User, draft: LetterPart | None) -> bool:
    """A colleague reads what `user` writes here before it goes out: where the letterbox asks for it, and always when
    somebody in training has written in it."""
    return box.second_look or is_trainee(user, box) or (draft is not None and is_of_trainee(draft))


def is_trainee(user: User, box: Letterbox) -> bool:
    """In training in one of the organisations that answer here, whatever else they are there."""
    return trainees_of(box).filter(user_id=user.pk).exists()


def is_of_trainee(draft: LetterPart) -> bool:
    """Somebody has written in it who was in training then, or is now."""
    trainees = trainees_of(draft.letter.letterbox).filter(user__in=writers_of(draft))
    return draft.writers.filter(was_trainee=True).exists() or trainees.exists()


def trainees_of(box: Letterbox) -> QuerySet[Membership]:
    return Membership.objects.filter(is_trainee=True, organization__in=box.organizations.all())


def is_trusted(user: User | None, board: Board) -> bool:
    """A profile whose posts are not read first here: a few good ones, and none that came back lately."""
    if user is None or board.reads_everyone_first:
        return False
    if user.read_first_until is not None and user.read_first_until >= timezone.localdate():
        return False
    return Post.objects.published().filter(writer__user=user).count() >= GOOD_POSTS


def may_answer(topic: Topic) -> bool:
    return topic.published_at is not None and topic.closed_at is None and topic.merged_into_id is None
