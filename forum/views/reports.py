""" "Sig det til en rådgiver": any reader, without an account. And the receipt, which later tells what came of it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.redirects import SeeOther
from forum.promises import due_at
from forum.views.shared import REPORTS, limited, public_post, public_topic, unlisted
from forum.views.topics import name_of
from moderation import reports
from moderation.models import Report
from moderation.refusals import Refused
from referrals.cards import help_now

# In the words of the one who taps, not of the desk.
URGENT_FIRST = (
    Report.Reason.WORRYING,
    Report.Reason.UNKIND,
    Report.Reason.IDENTIFYING,
    Report.Reason.UNSAFE,
    Report.Reason.OTHER,
)


@unlisted
@require_http_methods(["GET", "HEAD", "POST"])
@limited(group="forum-report", rate=REPORTS)
def report(request: HttpRequest, topic_id: str, post_id: str) -> HttpResponse:
    """Each reason is a button that sends; words beside it are optional."""
    topic = public_topic(topic_id)
    post = public_post(topic, post_id)
    now = timezone.now()
    words = request.POST.get("words", "")
    due = due_at(topic.board, now=now)
    refused = None
    if request.method == "POST":
        try:
            made = reports.report(
                target=post,
                organizations=topic.board.organizations.all(),
                reason=request.POST.get("reason", ""),
                words=words,
                due_at=due,
                now=now,
            )
        except Refused as refusal:
            refused = refusal
        else:
            return SeeOther(reverse("forum:reported", args=[made.public_id]))
    context = {
        "back": f"{reverse('forum:topic', args=[topic.public_id])}?side={post.page}#p{post.position}",
        "post": post,
        "name": name_of(post),
        "reasons": URGENT_FIRST,
        "words": words,
        "refused": refused,
        "due_at": due,
    }
    return render(request, "forum/report.html", context, status=422 if refused else 200)


@unlisted
@require_safe
def reported(request: HttpRequest, report_id: str) -> HttpResponse:
    """Known by its address to the one who reported, and to nobody else. It names neither text nor place."""
    found = get_object_or_404(Report, public_id=report_id)
    is_worried = found.reason == Report.Reason.WORRYING and found.decided_at is None
    context = {
        "report": found,
        "help_cards": help_now(now=timezone.now(), limit=2) if is_worried else [],
    }
    return render(request, "forum/reported.html", context)
