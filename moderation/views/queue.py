"""The queue: one list of everything that waits, and one step for each decision (C5). With and without JavaScript."""

from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from moderation import queue
from moderation.models import Claim
from moderation.permissions import coordinated_houses
from moderation.queue import Done, Item, Source
from moderation.refusals import Code, Refused
from moderation.views.shared import desk_required, user_of
from moderation.waits import minutes_since

MOST = 50  # on one page; the next come when these are done
GONE = gettext_lazy("It does not wait any more. A colleague has dealt with it, or it was deleted.")


@dataclass(frozen=True, slots=True)
class Row:
    """One card: the item, who looks at it, and what was typed when it was refused."""

    item: Item
    template: str
    minutes: int
    is_late: bool
    held_by: str = ""  # a colleague's name
    error: str = ""
    typed: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"{self.item.source}/{self.item.key}"

    @property
    def reason(self) -> str:
        return self.typed.get("reason", self.item.reason)

    @property
    def text(self) -> str:
        """Without its first line, where that is the headline above it."""
        first, _newline, rest = self.item.text.partition("\n")
        return rest.strip() if first.strip() == self.item.title and rest.strip() else self.item.text

    @property
    def shows_findings(self) -> bool:
        """Where the guard found something; what is written to counsellors alone is not judged."""
        return self.item.reason == "identifying"

    @property
    def replies(self) -> list[queue.Action]:
        return [action for action in self.item.actions if action.opens_reply]

    @property
    def returns(self) -> list[queue.Action]:
        return [action for action in self.item.actions if action.sends_reason]

    @property
    def others(self) -> list[queue.Action]:
        return [action for action in self.item.actions if not action.opens_reply and not action.sends_reason]


# The page ---------------------------------------------------------------------------------------------------------


@desk_required
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    queue.settle(now=timezone.now())
    return _page(request)


def _page(request: HttpRequest, *, wrong: Row | None = None, status: int = 200) -> HttpResponse:
    now = timezone.now()
    user = user_of(request)
    items = queue.waiting(user, now=now)
    rows = _rows(items[:MOST], user, now)
    if wrong is not None:
        rows = [wrong if row.name == wrong.name else row for row in rows]
    context = {
        "rows": rows,
        "count": len(items),
        "urgent": sum(item.urgency == queue.ACUTE for item in items),
        "late": sum(item.is_late(now=now) for item in items),
        "more": max(0, len(items) - MOST),
        "undo_url": _undo_of(request),
        "coordinates": coordinated_houses(user).exists(),
    }
    return render(request, "moderation/queue.html", context, status=status)


def _rows(items: list[Item], user: User, now: datetime) -> list[Row]:
    claims = queue.claims_of([(item.source, item.key) for item in items], now=now)
    return [_row(item, claims.get((item.source, item.key)), user, now) for item in items]


def _row(item: Item, claim: Claim | None, user: User, now: datetime) -> Row:
    source = queue.source_named(item.source)
    return Row(
        item=item,
        template=source.template if source else Source.template,
        minutes=minutes_since(item.since, now=now),
        is_late=item.is_late(now=now),
        held_by=_colleague(claim, user),
    )


def _colleague(claim: Claim | None, user: User) -> str:
    return queue.working_name(claim.user) if claim is not None and claim.user_id != user.pk else ""


def _undo_of(request: HttpRequest) -> str:
    """Where the decision before this page is taken back, without JavaScript."""
    source, _slash, key = request.GET.get("fortryd", "").partition("/")
    if queue.source_named(source) is None or not _is_key(key):
        return ""
    return reverse("moderation:queue-undo", args=[source, key])


def _is_key(key: str) -> bool:
    return 0 < len(key) <= 40 and key.isascii() and key.replace("-", "").replace("_", "").isalnum()


@desk_required
@require_safe
def now_waiting(request: HttpRequest) -> HttpResponse:
    """What waits now and who looks at what, for a page that is open."""
    now, user = timezone.now(), user_of(request)
    names = queue.names(user, now=now)
    claims = queue.claims_of(names, now=now)
    looked_at = {"/".join(name): _looked_at(_colleague(claims.get(name), user)) for name in names}
    return JsonResponse({"waiting": looked_at})


def _looked_at(name: str) -> str:
    return _("%(name)s is looking at it") % {"name": name} if name else ""


# Steps ------------------------------------------------------------------------------------------------------------


@desk_required
@require_POST
def claim(request: HttpRequest, source: str, key: str) -> HttpResponse:
    """ "I am looking at it." The script says so when an item gets the focus, and lets go when it leaves."""
    user, now = user_of(request), timezone.now()
    _known(source)
    if request.POST.get("let_go"):
        queue.let_go(user=user, source=source, key=key)
        return _told(request, Done(_("Your colleagues can take it.")))
    try:
        if queue.find(user, source, key, now=now) is None:
            raise Refused(Code.UNKNOWN, GONE)
        queue.claim(user=user, source=source, key=key, now=now)
    except Refused as refused:
        return _refused(request, refused)
    return _told(request, Done(_("You are looking at it. Your colleagues can see that for ten minutes.")))


@desk_required
@require_POST
def decide(request: HttpRequest, source: str, key: str, action: str) -> HttpResponse:
    user, now = user_of(request), timezone.now()
    found = _known(source)
    typed = {name: request.POST.get(name, "") for name in ("text", "reason", "words", "seen")}
    item = queue.find(user, source, key, now=now)
    try:
        if item is None:
            raise Refused(Code.UNKNOWN, GONE)
        queue.claim(user=user, source=source, key=key, now=now)
        done = found.decide(user=user, key=key, action=action, data=typed, now=now)
    except Refused as refused:
        return _not_decided(request, (source, key), refused, typed, now)
    queue.let_go(user=user, source=source, key=key)
    return _told(request, done, source=source, key=key)


@desk_required
@require_POST
def undo(request: HttpRequest, source: str, key: str) -> HttpResponse:
    user, now = user_of(request), timezone.now()
    try:
        _known(source).undo(user=user, key=key, now=now)
    except Refused as refused:
        return _refused(request, refused)
    return _told(request, Done(_("Taken back. It waits again.")), source=source, key=key)


@desk_required
@require_POST
def settle(request: HttpRequest) -> HttpResponse:
    """The undo time is over: what was decided takes effect."""
    queue.settle(now=timezone.now())
    return HttpResponse(status=204)


def _known(source: str) -> Source:
    found = queue.source_named(source)
    if found is None:
        raise Http404
    return found


# Answers ----------------------------------------------------------------------------------------------------------


def _is_script(request: HttpRequest) -> bool:
    return request.headers.get("Accept") == "application/json"


def _status(refused: Refused) -> int:
    return {Code.FORBIDDEN: 403, Code.UNKNOWN: 410, Code.CLOSED: 409}.get(refused.code, 422)


def _told(request: HttpRequest, done: Done, *, source: str = "", key: str = "") -> HttpResponse:
    """What was done; to a script with the card as it stands now, when it still waits."""
    now = timezone.now()
    if not _is_script(request):
        messages.info(request, done.said)
        asked = f"?{urlencode({'fortryd': f'{source}/{key}'})}" if done.undo_until else ""
        return redirect(f"{reverse('moderation:queue')}{asked}")
    seconds = (done.undo_until - now).total_seconds() if done.undo_until else 0
    return JsonResponse({"said": done.said, "undo": max(0, seconds), "card": _card(request, source, key, now)})


def _card(request: HttpRequest, source: str, key: str, now: datetime) -> str:
    item = queue.find(user_of(request), source, key, now=now) if source else None
    if item is None:
        return ""
    row = _row(item, None, user_of(request), now)
    return render_to_string("moderation/_card.html", {"row": row}, request=request)


def _not_decided(
    request: HttpRequest, name: queue.Name, refused: Refused, typed: dict[str, str], now: datetime
) -> HttpResponse:
    """Why not; and the thing as it is now, with what was typed, when it waits still. A script keeps the card that it
    has, unless there are other words on it now."""
    item = queue.find(user_of(request), *name, now=now)
    if item is None:
        return _refused(request, refused)
    wrong = _wrong(item, refused, typed, now)
    if not _is_script(request):
        return _page(request, wrong=wrong, status=_status(refused))
    told: dict[str, object] = {"said": str(refused.text), "gone": False}
    if item.seen != typed["seen"]:
        told["card"] = render_to_string("moderation/_card.html", {"row": wrong}, request=request)
    return JsonResponse(told, status=_status(refused))


def _refused(request: HttpRequest, refused: Refused) -> HttpResponse:
    if _is_script(request):
        is_gone = refused.code in {Code.UNKNOWN, Code.CLOSED}
        return JsonResponse({"said": str(refused.text), "gone": is_gone}, status=_status(refused))
    messages.error(request, str(refused.text))
    return redirect("moderation:queue")


def _wrong(item: Item, refused: Refused, typed: dict[str, str], now: datetime) -> Row:
    source = queue.source_named(item.source)
    return Row(
        item=item,
        template=source.template if source else Source.template,
        minutes=minutes_since(item.since, now=now),
        is_late=item.is_late(now=now),
        error=str(refused.text),
        typed=typed,
    )
