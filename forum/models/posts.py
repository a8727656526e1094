"""Topics, posts and who wrote them. A writer is somebody's place in one topic: nothing joins two of them (law 8)."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from forum.models.boards import Board
from moderation.ids import digest, random_id

POSTS_A_PAGE = 20
TOPICS_A_PAGE = 20
EDITABLE = timedelta(minutes=30)  # after publication; what waits can always be edited
REFUSED_KEPT = timedelta(days=30)


class TopicQuerySet(models.QuerySet["Topic"]):
    def published(self) -> "TopicQuerySet":
        """What everybody may read, the last answered first."""
        return self.filter(published_at__isnull=False).order_by("-last_at", "-pk")


class Topic(models.Model):
    """A thread of one board. Its title and opening are the first post's; the rest is kept for the list's sake."""

    public_id = models.CharField(max_length=32, unique=True, default=random_id, editable=False)
    board = models.ForeignKey(Board, on_delete=models.PROTECT, related_name="topics")
    title = models.CharField(max_length=80)
    opening = models.CharField(max_length=160, blank=True)  # how the first post goes on
    warning = models.CharField(max_length=80, blank=True)  # folds title's post away, and the opening in lists
    published_at = models.DateTimeField(null=True, blank=True)  # None: nothing of it is public
    last_at = models.DateTimeField(null=True, blank=True)  # of the last published post
    last_position = models.PositiveIntegerField(default=0)  # positions are given once and never again
    is_answered = models.BooleanField(default=False)
    is_answered_by_counsellor = models.BooleanField(default=False)
    closed_at = models.DateTimeField(null=True, blank=True)  # read only
    merged_into = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(default=0)

    objects = TopicQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["board", "-last_at", "-id"], name="topics_of_a_board", condition=Q(published_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def pages(self) -> int:
        return max(1, -(-self.last_position // POSTS_A_PAGE))


class WriterQuerySet(models.QuerySet["Writer"]):
    def by_token(self, topic: Topic, token: str) -> "Writer | None":
        """The one whose cookie this is; None for any other."""
        return self.filter(topic=topic, token_hash=digest(token)).first() if token else None


class Writer(models.Model):
    """Somebody's place in one topic: an alias, and the two ways back to it. A profile (`user`) has a third.

    Counsellors have none: they sign with name and face.
    """

    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="writers")
    alias = models.CharField(max_length=40)
    skeleton = models.CharField(max_length=80)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    token_hash = models.CharField(max_length=64, blank=True, db_index=True)
    code_hash = models.CharField(max_length=64, blank=True)

    objects = WriterQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="an_alias_once_in_a_topic", fields=["topic", "skeleton"]),
            models.UniqueConstraint(
                name="a_profile_once_in_a_topic", fields=["topic", "user"], condition=Q(user__isnull=False)
            ),
            models.UniqueConstraint(name="a_writers_code_once", fields=["code_hash"], condition=~Q(code_hash="")),
        ]


class PostQuerySet(models.QuerySet["Post"]):
    def published(self) -> "PostQuerySet":
        return self.filter(state=Post.State.PUBLISHED)

    def on_page(self, number: int) -> "PostQuerySet":
        """Published posts of one page of their topic, by stored position; pages count from 1."""
        last = number * POSTS_A_PAGE
        return self.published().filter(position__gt=last - POSTS_A_PAGE, position__lte=last).order_by("position")

    def waiting(self) -> "PostQuerySet":
        """Held, and nobody has decided yet; the most urgent first, then the oldest."""
        return self.filter(state=Post.State.HELD, decision="")

    def in_the_hands_of(self, user: User) -> "PostQuerySet":
        return self.filter(topic__board__in=Board.objects.in_the_hands_of(user))

    def decided(self) -> "PostQuerySet":
        """Decided, but not in effect: there is still time to take it back."""
        return self.filter(state=Post.State.HELD).exclude(decision="")


class Post(models.Model):
    """One text of a topic. `html` is made when it is written, never when it is read."""

    class State(models.TextChoices):
        HELD = "held", _("waits to be read")
        PUBLISHED = "published", _("published")
        REFUSED = "refused", _("sent back")
        HIDDEN = "hidden", _("taken away")

    class Why(models.TextChoices):
        """Why it is held: what a counsellor should know who opens it."""

        FIRST = "first", _("written without a profile")
        ASKED = "asked", _("may show who somebody is")
        ACUTE = "acute", _("somebody may be in danger")
        CONCERN = "concern", _("worrying")
        EDITED = "edited", _("changed after it was read")

    class Decision(models.TextChoices):
        APPROVE = "approve", _("approved")
        REFUSE = "refuse", _("sent back")

    class Reason(models.TextChoices):
        """Why it came back: what the writer is told, in plain words (`forum.reasons`)."""

        IDENTIFYING = "identifying", _("It may show who somebody is")
        UNKIND = "unkind", _("It can hurt somebody")
        METHODS = "methods", _("It tells how one can hurt oneself")
        CONTACT = "contact", _("It arranges contact outside")
        PLACE = "place", _("It belongs somewhere else")
        OTHER = "other", _("Something else")

    public_id = models.CharField(max_length=32, unique=True, default=random_id, editable=False)
    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="posts")
    position = models.PositiveIntegerField(null=True, blank=True)  # from 1, given when it is published
    writer = models.ForeignKey(Writer, on_delete=models.CASCADE, null=True, blank=True, related_name="posts")
    counsellor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="forum_posts"
    )
    title = models.CharField(max_length=80, blank=True)  # of a first post: the topic's, once it is published
    opening = models.CharField(max_length=160, blank=True)
    text = models.TextField(max_length=10_000)
    html = models.TextField()
    warning = models.CharField(max_length=80, blank=True)  # what it is folded away behind
    quote = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    has_quote = models.BooleanField(default=False)  # also when what it quoted is deleted
    is_first = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.HELD)
    why = models.CharField(max_length=8, choices=Why.choices, blank=True)
    is_urgent = models.BooleanField(default=False)  # somebody may be in danger: read before all others
    written_at = models.DateTimeField()  # to five minutes: a time must join nobody's visits
    due_at = models.DateTimeField(null=True, blank=True)  # promised to be read by then
    published_at = models.DateTimeField(null=True, blank=True)
    edited_at = models.DateTimeField(null=True, blank=True)
    decision = models.CharField(max_length=8, choices=Decision.choices, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(max_length=12, choices=Reason.choices, blank=True)
    words = models.TextField(max_length=1000, blank=True)  # of the counsellor to the writer, with a refusal
    set_aside_at = models.DateTimeField(null=True, blank=True)  # a counsellor took it to think about, or to ask
    is_identifying = models.BooleanField(default=False)  # the guard found something when it was written
    urgent_told_at = models.DateTimeField(null=True, blank=True)  # staff got a mail that somebody may be in danger
    late_told_at = models.DateTimeField(null=True, blank=True)  # coordinators got a mail that the promise is broken

    objects = PostQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_post_at_a_position", fields=["topic", "position"]),
            models.UniqueConstraint(name="one_first_post", fields=["topic"], condition=Q(is_first=True)),
            models.CheckConstraint(
                name="a_post_is_of_a_writer_or_a_counsellor",
                condition=Q(writer__isnull=False, counsellor__isnull=True)
                | Q(writer__isnull=True, counsellor__isnull=False),
            ),
            models.CheckConstraint(
                name="a_published_post_has_a_place_and_a_time",
                condition=~Q(state="published") | Q(position__isnull=False, published_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="posts_that_wait", condition=Q(state="held")),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def page(self) -> int:
        return max(1, -(-(self.position or 1) // POSTS_A_PAGE))

    def is_editable(self, *, now: datetime) -> bool:
        """By its writer: while it waits or came back, and a short while after it was published."""
        if self.state in {self.State.HELD, self.State.REFUSED}:
            return True
        return (
            self.state == self.State.PUBLISHED and self.published_at is not None and now < self.published_at + EDITABLE
        )


class PrivateWord(models.Model):
    """The private line between one writer and the counsellors of the board. Never read by anybody else."""

    writer = models.ForeignKey(Writer, on_delete=models.CASCADE, related_name="private_words")
    counsellor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    text = models.TextField(max_length=4000)
    at = models.DateTimeField()
    is_urgent = models.BooleanField(default=False)
    due_at = models.DateTimeField(null=True, blank=True)  # of the writer's words: answered by then
    urgent_told_at = models.DateTimeField(null=True, blank=True)  # as of a post
    late_told_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)  # of the writer's words


class Nod(models.Model):
    """ "Me too" or "it helped me": told to the writer in words, never counted for anybody."""

    class Kind(models.TextChoices):
        ME_TOO = "me_too", _("Me too")
        HELPED = "helped", _("It helped me")

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="nods")
    kind = models.CharField(max_length=6, choices=Kind.choices)

    class Meta:
        constraints = [models.UniqueConstraint(name="each_nod_once", fields=["post", "kind"])]
