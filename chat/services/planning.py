"""Planning an evening: the session and the post that announces it are one thing (law 9)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Membership, Organization, User
from accounts.moments import clock, weekday_and_date
from blog import services as blog
from blog.models import Entry
from chat.models import Roster, Session
from chat.permissions import can_edit_session, can_plan, planning_organizations
from moderation.refusals import Code, Refused

USUAL_LENGTH = timedelta(minutes=90)
LONGEST = timedelta(hours=6)
FARTHEST = timedelta(days=366)
# Someone who opens a room on the spot types the minute that is passing.
JUST_NOW = timedelta(minutes=15)
MOST_PLACES = 200

State = Session.State


@dataclass(frozen=True, kw_only=True)
class Plan:
    """An evening as a counsellor thinks of it. The first of `counsellors` leads, unless somebody led before."""

    title: str
    format: Session.Format
    starts_at: datetime
    ends_at: datetime
    capacity: int
    counsellors: Sequence[User]
    organizations: Sequence[Organization]
    text: str


# Verbs ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def plan_session(*, planner: User, plan: Plan, now: datetime) -> Session:
    """A session with a draft of its before-post. Nobody sees it before that is published.

    Raises Refused "forbidden" or "bad_command", with a text that says what to change.
    """
    if not can_plan(planner):
        raise Refused(Code.FORBIDDEN)
    _check_organizations(plan, planner, kept=())
    _check_counsellors(plan, kept=())
    _check_time(plan, now=now)
    post = blog.save_draft(author=plan.counsellors[0], kind=Entry.Kind.BEFORE, title=plan.title, source=plan.text)
    session = Session(before_post=post)
    _take(session, plan, title=post.title)
    session.save()
    session.organizations.set(plan.organizations)
    _put_on(session, plan.counsellors)
    return session


@transaction.atomic
def change_session(*, session: Session, editor: User, plan: Plan, now: datetime) -> Session:
    """Change an evening that has not closed. Once it has been opened its title, time, form and post stand.

    Raises Refused "forbidden", "closed" or "bad_command".
    """
    session = Session.objects.locked(session)
    if not can_edit_session(editor, session):
        raise Refused(Code.FORBIDDEN)
    if session.state == State.CLOSED:
        raise Refused(Code.CLOSED, _("The chat is over. It cannot be changed any more."))
    holders, kept = list(session.organizations.all()), [place.user for place in session.roster.all()]
    if session.state != State.LOBBY:
        _check_nothing_fixed_moves(session, plan, kept)
    elif (plan.starts_at, plan.ends_at) != (session.starts_at, session.ends_at):
        _check_time(plan, now=now)
    _check_organizations(plan, editor, kept=holders)
    _check_counsellors(plan, kept=kept)
    post = blog.rewrite(entry=_before_post(session), editor=editor, title=plan.title, source=plan.text)
    _take(session, plan, title=post.title)
    session.save()
    session.organizations.set(plan.organizations)
    _put_on(session, plan.counsellors)
    _sign(post, session)
    return session


@transaction.atomic
def publish_before_post(*, session: Session, by: User, now: datetime) -> Entry:
    """Announce the session: from now on it stands on the front page and in the blog, and its door can open.

    Raises Refused "forbidden", "closed", or "bad_command" where text, time or a counsellor's card is missing.
    """
    session = Session.objects.locked(session)
    if not can_edit_session(by, session):
        raise Refused(Code.FORBIDDEN)
    if session.state == State.CLOSED or session.ends_at <= now:
        raise Refused(Code.CLOSED, _("The time of this chat has passed. Choose a new one first."))
    _check_cards([place.user for place in session.roster.select_related("user__profile").order_by("pk")])
    return blog.publish(entry=_before_post(session), now=now)


@transaction.atomic
def unpublish_before_post(*, session: Session, by: User) -> Entry:
    """Take the announcement back, while nobody has come because of it. Raises Refused "forbidden" or "not_open"."""
    session = Session.objects.locked(session)
    if not can_edit_session(by, session):
        raise Refused(Code.FORBIDDEN)
    if session.state != State.LOBBY:
        raise Refused(Code.NOT_OPEN, _("The chat has been opened. Its post stays, so that people find their way back."))
    if session.members.young().exists() or session.waiters.exists():
        raise Refused(
            Code.NOT_OPEN, _("Somebody has come in already. Its post stays, so that they are not left alone.")
        )
    return blog.unpublish(entry=_before_post(session))


@transaction.atomic
def delete_draft(*, session: Session, by: User) -> None:
    """Throw away an evening that nobody was told of, and its post. Raises Refused "forbidden" or "not_open"."""
    session = Session.objects.locked(session)
    if not can_edit_session(by, session):
        raise Refused(Code.FORBIDDEN)
    if not can_delete_draft(session):
        raise Refused(Code.NOT_OPEN, _("The chat is announced. Take the announcement down first."))
    post = session.before_post
    session.delete()
    if post is not None:
        post.delete()


# What has to be true ----------------------------------------------------------------------------------------------


def can_delete_draft(session: Session) -> bool:
    """Nobody was told of it, nobody has been in it."""
    is_announced = session.before_post is not None and session.before_post.published_at is not None
    return session.state == State.LOBBY and not is_announced and not session.members.exists()


def _check_time(plan: Plan, *, now: datetime) -> None:
    if plan.starts_at < now - JUST_NOW:
        raise Refused(Code.BAD_COMMAND, _("That time has passed. Choose a later one."))
    if plan.starts_at > now + FARTHEST:
        raise Refused(Code.BAD_COMMAND, _("That is more than a year away. Look at the date once more."))
    if not timedelta(0) < plan.ends_at - plan.starts_at <= LONGEST:
        raise Refused(Code.BAD_COMMAND, _("A chat ends after it begins, and six hours later at the latest."))


def _check_organizations(plan: Plan, editor: User, *, kept: Sequence[Organization]) -> None:
    """Somebody holds it, and nobody signs or unsigns for an organisation that is not theirs."""
    if not plan.organizations:
        raise Refused(Code.BAD_COMMAND, _("Choose who holds the chat."))
    touched = {organization.pk for organization in kept} ^ {organization.pk for organization in plan.organizations}
    if touched - set(planning_organizations(editor).values_list("pk", flat=True)):
        raise Refused(Code.FORBIDDEN, _("You can only choose organisations you work for."))


def _check_counsellors(plan: Plan, *, kept: Sequence[User]) -> None:
    """Somebody leads it, everyone who is new is a counsellor of those who hold it, and has a finished card."""
    if not plan.counsellors:
        raise Refused(Code.BAD_COMMAND, _("Choose at least one counsellor."))
    of_the_house = set(counsellors_of(plan.organizations).values_list("pk", flat=True))
    known = of_the_house | {user.pk for user in kept}
    if any(user.pk not in known for user in plan.counsellors):
        raise Refused(Code.FORBIDDEN, _("Choose counsellors who work for those who hold the chat."))
    _check_cards(plan.counsellors)


def _check_cards(counsellors: Sequence[User]) -> None:
    """The young see a name, a role and a few words before they come (law 1)."""
    unfinished = [_name(user) for user in counsellors if not _has_card(user)]
    if unfinished:
        raise Refused(
            Code.BAD_COMMAND,
            ngettext(
                "%(names)s has not finished the card that the young see. It takes a name, a role and a few words.",
                "%(names)s have not finished the cards that the young see. It takes a name, a role and a few words.",
                len(unfinished),
            )
            % {"names": get_text_list(unfinished, _("and"))},
        )


def _check_nothing_fixed_moves(session: Session, plan: Plan, kept: Sequence[User]) -> None:
    stands = (session.title, session.format, _to_the_minute(session.starts_at), _to_the_minute(session.ends_at))
    if stands != (plan.title, plan.format, _to_the_minute(plan.starts_at), _to_the_minute(plan.ends_at)):
        raise Refused(Code.CLOSED, _("The chat has been opened. Its title, time and form cannot be changed any more."))
    if plan.text.replace("\r\n", "\n").strip() != _before_post(session).source:
        # Nothing that was said may find its way into a text that nobody checks against the room.
        raise Refused(Code.CLOSED, _("The chat has been opened. Its post stays as it is; write the rest afterwards."))
    if {user.pk for user in kept} - {user.pk for user in plan.counsellors}:
        raise Refused(Code.CLOSED, _("The chat has been opened. You can add a counsellor, but not take one off."))


def _to_the_minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def _has_card(user: User) -> bool:
    card = getattr(user, "profile", None)
    return card is not None and card.is_complete


def _name(user: User) -> str:
    card = getattr(user, "profile", None)
    return (card.working_name if card else "") or user.username


def counsellors_of(organizations: Sequence[Organization]) -> QuerySet[User]:
    """Active counsellors of any of these, each once, by name."""
    role = Membership.Role.COUNSELLOR
    people: QuerySet[User] = User.objects.filter(
        is_active=True, memberships__organization__in=organizations, memberships__role=role
    )
    return people.select_related("profile").order_by("profile__working_name", "username").distinct()


# How it is written down -------------------------------------------------------------------------------------------


def _take(session: Session, plan: Plan, *, title: str) -> None:
    if plan.format not in Session.Format.values or not 1 <= plan.capacity <= MOST_PLACES:
        raise Refused(Code.BAD_COMMAND, _("Choose a form, and between 1 and 200 places."))
    if plan.starts_at != session.starts_at:
        session.no_show_told_at = None
    session.title = title
    session.format, session.capacity = plan.format, plan.capacity
    session.starts_at, session.ends_at = plan.starts_at, plan.ends_at


def _put_on(session: Session, counsellors: Sequence[User]) -> None:
    """Make the roster these people, in this order. Whoever led goes on leading while still among them."""
    session.roster.exclude(user__in=counsellors).delete()
    there = set(session.roster.values_list("user_id", flat=True))
    for user in counsellors:
        if user.pk not in there:
            Roster.objects.create(session=session, user=user)
    if not session.roster.filter(is_lead=True).exists():
        session.roster.filter(user=counsellors[0]).update(is_lead=True)


def _before_post(session: Session) -> Entry:
    if session.before_post is None:
        raise Refused(Code.NOT_OPEN, missing=["before_post"])
    return session.before_post


def _sign(post: Entry, session: Session) -> None:
    """The post is signed by the one who leads."""
    lead = lead_of(session)
    if lead is not None and post.author_id != lead.pk:
        Entry.objects.filter(pk=post.pk).update(author=lead)


def lead_of(session: Session) -> User | None:
    """Whoever leads; else the first who was put on it."""
    place = session.roster.order_by("-is_lead", "pk").select_related("user__profile").first()
    return place.user if place else None


# The text it begins with ------------------------------------------------------------------------------------------


def before_post_text(
    *, title: str, format: str, starts_at: datetime | None, ends_at: datetime | None, counsellors: Sequence[User]
) -> str:
    """A before-post that could be published as it is. In Danish, the language of the rooms, whoever plans."""
    with translation.override(settings.LANGUAGE_CODE):
        names = [_name(user) for user in counsellors]
        parts = [_about(title, format), _when(starts_at, ends_at), _with_whom(names), _how()]
        return "\n\n".join(part for part in parts if part)


def _about(title: str, format: str) -> str:
    words = {"title": title}
    if format == Session.Format.FREE:
        return _(
            "There is no topic this time. You decide what we talk about. It may be something big or something small."
        )
    if not title:
        return ""
    if format == Session.Format.PARTLY_FREE:
        return _("We begin with **%(title)s**. If you would rather talk about something else, we do that.") % words
    return _("This time the topic is **%(title)s**. No question is stupid, and you choose how much you tell.") % words


def _when(starts_at: datetime | None, ends_at: datetime | None) -> str:
    if starts_at is None or ends_at is None:
        return ""
    words = {"day": weekday_and_date(starts_at), "start": clock(starts_at), "end": clock(ends_at)}
    return _("We open **%(day)s at %(start)s** and close at %(end)s.") % words


def _with_whom(names: Sequence[str]) -> str:
    if not names:
        return _("A counsellor is there all the time.")
    return ngettext(
        "You meet %(names)s. %(names)s is a counsellor and is there all the time.",
        "You meet %(names)s. They are counsellors and are there all the time.",
        len(names),
    ) % {"names": get_text_list(list(names), _("and"))}


def _how() -> str:
    return "\n\n".join(
        [
            _(
                "You get a nickname, and nobody asks who you are. You can write, or you can just read what the others "
                "write. You can leave whenever you want, and you need not say why."
            ),
            _("Maybe others feel the way you do. We look forward to meeting you."),
        ]
    )
