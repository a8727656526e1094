"""What a profile has written, on one page: for its owner, and for nobody else."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import User
from forum.models import Post, PrivateWord, Topic, Writer
from forum.places import profile_of
from forum.views.shared import unlisted


@dataclass(frozen=True, slots=True)
class Thread:
    """One topic the profile has a place in, as its owner sees it."""

    topic: Topic  # the address of the own page
    here: Topic  # where it is read now
    alias: str
    title: str
    waiting: Post | None
    came_back: bool
    is_public: bool
    is_answered: bool
    has_private_words: bool
    at: datetime | None


@unlisted
@require_safe
@login_required
def profile(request: HttpRequest) -> HttpResponse:
    user = profile_of(request)
    if user is None:
        raise Http404
    return render(request, "forum/profile.html", {"threads": threads_of(user)})


def threads_of(user: User) -> list[Thread]:
    """The last written in first. In three questions to the database, however many there are."""
    writers = (
        Writer.objects.filter(user=user)
        .select_related("topic", "topic__merged_into")
        .prefetch_related("posts", "private_words")
    )
    found = [_thread(writer, list(writer.posts.all()), list(writer.private_words.all())) for writer in writers]
    return sorted(found, key=lambda thread: thread.at.timestamp() if thread.at else 0, reverse=True)


def _thread(writer: Writer, own: list[Post], line: list[PrivateWord]) -> Thread:
    here = writer.topic.merged_into or writer.topic
    first = next((post for post in own if post.is_first), None)
    return Thread(
        topic=writer.topic,
        here=here,
        alias=writer.alias,
        title=here.title or (first.title if first else ""),
        waiting=next((post for post in own if post.state == Post.State.HELD), None),
        came_back=any(post.state == Post.State.REFUSED for post in own),
        is_public=here.published_at is not None,
        is_answered=here.is_answered,
        has_private_words=any(word.counsellor_id for word in line),
        at=max((post.written_at for post in own), default=None),
    )
