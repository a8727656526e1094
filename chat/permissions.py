"""Who may do what in a session: the only place that answers it."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Membership, Organization, Profile, User
from accounts.permissions import is_counsellor, may_enter_staff_pages
from chat.models import REVIEW_KEPT, Alert, Connection, DutyCase, Member, Review, Role, Roster, Session, SessionQuerySet

KICKED = 4423
BANNED = 4451
WRITABLE_BY_THE_YOUNG = (Session.State.OPEN, Session.State.CLOSING)


def is_led(session: Session, *, now: datetime) -> bool:
    """A counsellor of this session is present: somebody sits at an open socket that answers (law 1)."""
    return Connection.objects.leading(now=now).filter(session=session).exists()


def refusal_to_write(member: Member, session: Session, *, now: datetime) -> str | None:
    """The protocol's code for why `member` may not write just now, None when they may."""
    if session.state == Session.State.CLOSED:
        return "closed"
    if member.is_counsellor:
        return None
    if code := refusal_to_take_part(session, now=now):
        return code
    return "muted" if member.is_muted(now=now) else None


def way_barred(member: Member, *, now: datetime) -> int | None:
    """The close code for a member who was sent out of this session, None for all others. Banned beats kicked."""
    if member.banned_until is not None and member.banned_until > now:
        return BANNED
    return KICKED if member.is_out else None


def refusal_to_take_part(session: Session, *, now: datetime) -> str | None:
    """The code for why nobody but counsellors may write or vote just now, None when they may."""
    if session.state == Session.State.CLOSED:
        return "closed"
    if session.state == Session.State.WAITING:
        return "no_counsellor"
    if session.state not in WRITABLE_BY_THE_YOUNG:
        return "not_open"
    return None if is_led(session, now=now) else "no_counsellor"


def refusal_to_moderate(actor: Member, target: Member) -> str | None:
    """The code for why `actor` may take no step of the ladder on `target`: counsellors may, on the young alone."""
    return None if actor.is_counsellor and target.role == Role.YOUNG else "forbidden"


def can_lead(user: User, session: Session) -> bool:
    """Rostered on this session, let in as staff, and with a card the young can see (law 1)."""
    return is_rostered(user, session) and Profile.objects.get(user=user).is_complete


def is_rostered(user: User, session: Session) -> bool:
    """Put on this session, still let in as staff, and still somebody who answers: a counsellor, or a coordinator of a
    house that holds it. The card may be unfinished."""
    answers = Membership.objects.filter(
        Q(role=Membership.Role.COUNSELLOR) | Q(role=Membership.Role.COORDINATOR, organization__sessions=session),
        user=OuterRef("user"),
    )
    on_it = session.roster.filter(Exists(answers), user_id=user.pk, user__profile__isnull=False)
    return on_it.exists() and may_enter_staff_pages(user)


def is_announced(session: Session, *, now: datetime) -> bool:
    """Its before-post is published: without one there are no doors (law 9)."""
    post = session.before_post
    return post is not None and post.published_at is not None and post.published_at <= now


# Planning, and what is written afterwards -------------------------------------------------------------------------

PLANNING_ROLES = (Membership.Role.COUNSELLOR, Membership.Role.COORDINATOR)


def planning_organizations(user: User) -> QuerySet[Organization]:
    """Organisations in whose name `user` may hold a session."""
    role = Membership.objects.filter(user_id=user.pk, organization=OuterRef("pk"), role__in=PLANNING_ROLES)
    return Organization.objects.filter(Exists(role))


def can_plan(user: User) -> bool:
    """A counsellor or a coordinator. What an editor edits are the offers, not the evenings."""
    return may_enter_staff_pages(user) and planning_organizations(user).exists()


def sessions_in_the_hands_of(user: User) -> SessionQuerySet:
    """Sessions that a counsellor is put on, and those held by an organisation that `user` coordinates."""
    holds = Q(Exists(Roster.objects.filter(session=OuterRef("pk"), user_id=user.pk))) if is_counsellor(user) else Q()
    coordinates = Exists(_shared_roles(user, Membership.Role.COORDINATOR))
    return Session.objects.filter(holds | Q(coordinates))


def can_edit_session(user: User, session: Session) -> bool:
    return can_plan(user) and sessions_in_the_hands_of(user).filter(pk=session.pk).exists()


def after_posts_in_the_hands_of(user: User) -> SessionQuerySet:
    """Sessions whose after-post `user` may write.

    Before the erasure those who held the session: the check against the room must tell nobody else what was said.
    Afterwards any counsellor of the organisations, too, so that there is somebody for the second reading (law 9).
    """
    if not is_counsellor(user):
        return Session.objects.none()
    held = Exists(Roster.objects.filter(session=OuterRef("pk"), user_id=user.pk))
    of_the_house = Exists(_shared_roles(user, Membership.Role.COUNSELLOR))
    return Session.objects.filter(Q(held) | (Q(erased_at__isnull=False) & Q(of_the_house)), after_post__isnull=False)


def can_write_after_post(user: User, session: Session) -> bool:
    return may_enter_staff_pages(user) and after_posts_in_the_hands_of(user).filter(pk=session.pk).exists()


def needs_second_reading(session: Session) -> bool:
    """The room is erased, so the text cannot be checked against it any more (law 9)."""
    return session.erased_at is not None


def can_publish_after_post(user: User, session: Session) -> bool:
    """After the erasure somebody else than whoever wrote it last: two people have read it then."""
    return can_write_after_post(user, session) and not is_waiting_for_a_reader(user, session)


def is_waiting_for_a_reader(user: User, session: Session) -> bool:
    """The room is erased and `user` wrote what stands there, so somebody else has to read it."""
    post = session.after_post
    return post is not None and needs_second_reading(session) and post.edited_by_id == user.pk


def _shared_roles(user: User, role: Membership.Role) -> QuerySet[Membership]:
    """Roles of `user` in one of a session's organisations, for a query of sessions."""
    return Membership.objects.filter(user_id=user.pk, role=role, organization__sessions=OuterRef("pk"))


# Reviews of sanctions, and duty cases -----------------------------------------------------------------------------


def reviews_in_the_hands_of(user: User, *, now: datetime) -> QuerySet[Review]:
    """Reviews that `user` may read and answer, and nobody else may: of a house they work for, not of their own steps.

    A review past its time is read by nobody, also when the worker has not come round to erase it.
    """
    if not may_enter_staff_pages(user):
        return Review.objects.none()
    of_the_house = Exists(
        Membership.objects.filter(user_id=user.pk, role__in=PLANNING_ROLES, organization__sessions=OuterRef("session"))
    )
    kept = Review.objects.filter(of_the_house, asked_at__gt=now - REVIEW_KEPT)
    return kept.exclude(Exists(Review.actors.through.objects.filter(review=OuterRef("pk"), user=user.pk)))


def can_answer_review(user: User, review: Review, *, now: datetime) -> bool:
    return reviews_in_the_hands_of(user, now=now).filter(pk=review.pk).exists()


def can_begin_duty_case(user: User, session: Session) -> bool:
    """Those who lead the session, while there is something to pass on."""
    return session.erased_at is None and is_rostered(user, session)


def duty_cases_in_the_hands_of(user: User) -> QuerySet[DutyCase]:
    """Cases of the houses whose counsellor or coordinator `user` is."""
    if not may_enter_staff_pages(user):
        return DutyCase.objects.none()
    return DutyCase.objects.filter(organization__in=planning_organizations(user))


def alerts_to_take_up(user: User) -> QuerySet[Alert]:
    """Acute alerts that nobody took, for those put on the session and for coordinators; that there is one, no text."""
    if not may_enter_staff_pages(user):
        return Alert.objects.none()
    return Alert.objects.unclaimed_acute().filter(session__in=sessions_in_the_hands_of(user))
