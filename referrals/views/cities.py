"""The staff's doors to a city's page: its words, its picture, who and what is shown first, what stood there before."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form, ModelForm
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from accounts.moments import clock, day_in_words
from referrals import cities, permissions
from referrals.city_forms import NewPageForm, PictureForm, ShownForm, WordsForm
from referrals.models import CityMember, CityPage, CityVersion, Service
from referrals.views.doors import StaffRequest, own_city_page, staff_door

form_door = require_http_methods(["GET", "HEAD", "POST"])
JUST_NOW = timedelta(hours=1)
# What Undo takes back whole. Shown and hidden have buttons of their own, and a city's yes is its own.
UNDONE = {CityVersion.What.WORDS, CityVersion.What.PICTURE, CityVersion.What.ORDER, CityVersion.What.SHOWN}


@staff_door
@form_door
def manage_cities(request: StaffRequest) -> HttpResponse:
    """The pages that this person writes on, what other cities have asked, and a button for each city without one."""
    own = permissions.cities_of(request.user)
    without = own.filter(city_page__isnull=True)
    if request.method == "POST":
        form = NewPageForm(request.POST, organizations=own)  # a colleague may have begun it meanwhile
        if form.is_valid():
            page = cities.begin_page(organization=form.cleaned_data["organization"], by=request.user)
            return redirect("referrals:manage-city", page_pk=page.pk)
        messages.error(request, _("You cannot begin that page. These are the ones you can write on."))
    pages = [page for page in CityPage.objects.editable_by(request.user).with_cities() if may(request, page)]
    seats = CityMember.objects.editable_by(request.user).filter(agreed_at__isnull=True, organization__in=own)
    context = {
        "pages": pages,
        "shown": set(CityPage.objects.shown().filter(pk__in=[page.pk for page in pages]).values_list("pk", flat=True)),
        "without": without,
        "asked": seats.select_related("page", "organization", "asked_by__profile").prefetch_related(
            "page__members__organization"
        ),
        "has_city": own.exists(),
    }
    return render(request, "referrals/manage_cities.html", context)


def may(request: StaffRequest, page: CityPage) -> bool:
    return permissions.may_edit_city(request.user, page)


# Words and picture ------------------------------------------------------------------------------------------------


@staff_door
@form_door
def manage_city(request: StaffRequest, page_pk: UUID) -> HttpResponse:
    """Headline and text. "Show what it looks like" writes nothing; "Save and show" publishes, too."""
    page = own_city_page(request, page_pk)
    form = WordsForm(request.POST or None, instance=page)
    refused, kept = "", None
    if form.is_bound and form.is_valid() and "preview" not in request.POST:
        values = form.cleaned_data
        try:
            cities.write_words(
                page=page,
                values=values,
                by=request.user,
                publish="publish" in request.POST,
                seen=values["seen"] or None,
            )
        except ValidationError as error:
            refused = " ".join(error.messages)
            if getattr(error, "code", "") == "changed_since":
                kept = own_city_page(request, page_pk)
                form = _with_new_mark(request, WordsForm, own_city_page(request, page_pk), cities.WORDS)
                form.is_valid()
        else:
            return redirect("referrals:manage-city", page_pk=page.pk)
    context = {"form": form, "refused": refused, "kept": kept, "can_be_shown": cities.can_be_shown(page)}
    return _page(request, "manage_city", page, form, context)


def _with_new_mark(request: StaffRequest, kind: type[ModelForm], page: CityPage, names: Any) -> Any:
    """What was sent, under the mark of what stands there now: who saves once more has read what the others wrote."""
    sent = request.POST.copy()
    sent["seen"] = cities.mark_of(page, names)
    return kind(sent, instance=page)


def _try(verb: Callable[[], Any]) -> str:
    """Empty where it worked; else why not."""
    try:
        verb()
    except ValidationError as refused:
        return " ".join(refused.messages)
    return ""


def _page(
    request: StaffRequest, name: str, page: CityPage, form: Form | ModelForm, context: dict[str, Any]
) -> HttpResponse:
    is_wrong = form.is_bound and not form.is_valid()
    more = {
        "page": page,
        "is_wrong": is_wrong,
        "is_shown": _is_shown(page),
        "saved": None if form.is_bound else _just_saved(request, page),
    }
    status = 422 if is_wrong or context.get("refused") else 200
    return render(request, f"referrals/{name}.html", {**more, **context}, status=status)


def _is_shown(page: CityPage) -> bool:
    return CityPage.objects.shown().filter(pk=page.pk).exists()


@dataclass(frozen=True, slots=True)
class Saved:
    """What this person has just done, and the version that Undo takes back."""

    words: str
    seen: str
    before: int | None


def _just_saved(request: StaffRequest, page: CityPage) -> Saved | None:
    found = list(page.versions.all()[:2])
    now = timezone.now()
    if not found or found[0].made_by_id != request.user.pk or now - found[0].made_at > JUST_NOW:
        return None
    what = CityVersion.What(found[0].what)
    if what == CityVersion.What.BEGUN:
        return None
    words = {"clock": clock(found[0].made_at)}
    told = _("Shown to the young since %(clock)s.") if _is_shown(page) else _("Saved at %(clock)s. Not shown yet.")
    before = found[1].pk if len(found) > 1 and what in UNDONE and found[1].content != found[0].content else None
    return Saved(told % words, cities.mark_of(page, cities.FIELDS), before)


@staff_door
@form_door
def manage_city_picture(request: StaffRequest, page_pk: UUID) -> HttpResponse:
    """A page of its own, so that a picture that is refused takes no text along."""
    page = own_city_page(request, page_pk)
    form = PictureForm(request.POST or None, request.FILES or None, page=page)
    is_changed = False
    if form.is_bound and form.is_valid():
        words = form.cleaned_data
        try:
            cities.set_picture(
                page=page,
                upload=words["picture"],
                alt=words["picture_alt"],
                remove=words.get("remove", False),
                by=request.user,
                seen=words["seen"] or None,
            )
        except ValidationError as refused:
            page.refresh_from_db()
            _tell(form, refused)
            is_changed = getattr(refused, "code", "") == "changed_since"
            form.data = form.data.copy()  # type: ignore[attr-defined]
            form.data["seen"] = cities.mark_of(page, cities.PICTURE)  # type: ignore[index]
        else:
            return redirect("referrals:manage-city-picture", page_pk=page.pk)
    return _page(request, "manage_city_picture", page, form, {"form": form, "is_changed": is_changed})


def _tell(form: Form, refused: ValidationError) -> None:
    """At the field that it is about."""
    if hasattr(refused, "error_dict"):
        for name, errors in refused.error_dict.items():
            form.add_error(name if name in form.fields else None, errors)
    else:
        about_all = getattr(refused, "code", "") == "changed_since"
        form.add_error(None if about_all else "picture", refused)


# Who and what is shown --------------------------------------------------------------------------------------------


@staff_door
@form_door
def manage_city_shown(request: StaffRequest, page_pk: UUID) -> HttpResponse:
    """The order of the offers, one press at a time; and who is shown."""
    page = own_city_page(request, page_pk)
    up, down = request.POST.get("up", ""), request.POST.get("down", "")
    if up or down:
        return _move(request, page, up or down, up=bool(up))
    roles = cities.counsellors_on(page)
    form = ShownForm(request.POST or None, page=page, roles=roles)
    refused = ""
    if form.is_bound and form.is_valid():
        values = form.cleaned_data

        def save() -> None:
            cities.choose_shown(
                page=page,
                hidden=form.hidden,
                friends=values.get("friends", []),
                by=request.user,
                seen=values["seen"] or None,
            )

        refused = _try(save)
        if not refused:
            return redirect("referrals:manage-city-shown", page_pk=page.pk)
        page = own_city_page(request, page_pk)
        sent = request.POST.copy()
        sent["seen"] = cities.mark_of(page, cities.SHOWN)
        form = ShownForm(sent, page=page, roles=roles)
    context = {
        "form": form,
        "refused": refused,
        "offers": cities.offers_of(page),
        "moved": request.GET.get("flyttet", ""),
    }
    return _page(request, "manage_city_shown", page, form, context)


def _move(request: StaffRequest, page: CityPage, key: str, *, up: bool) -> HttpResponse:
    try:
        service = Service.objects.shown().filter(pk=UUID(key)).first()
    except ValueError:
        service = None
    if service is not None:
        cities.move_offer(page=page, service=service, up=up, by=request.user)
    back = reverse("referrals:manage-city-shown", args=[page.pk])
    return redirect(f"{back}?flyttet={service.pk}#offer-{service.pk}" if service else back)


@staff_door
@require_POST
def manage_city_hide(request: StaffRequest, page_pk: UUID) -> HttpResponse:
    """Take it away from the young. It is shown again with its words."""
    page = own_city_page(request, page_pk)
    cities.withdraw_page(page=page, by=request.user)
    return redirect("referrals:manage-city", page_pk=page.pk)


# What stood there before ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """One version as the page tells it."""

    pk: int
    what: str
    when: str
    who: str
    headline: str
    intro: str
    is_current: bool


@staff_door
@require_safe
def manage_city_history(request: StaffRequest, page_pk: UUID) -> HttpResponse:
    page = own_city_page(request, page_pk)
    own = CityVersion.objects.editable_by(request.user).filter(page=page)
    found = list(own.select_related("made_by__profile").prefetch_related("made_by__memberships__organization"))
    context = {
        "page": page,
        "is_shown": _is_shown(page),
        "lines": [_line(page, version, cities.content_of(page), timezone.now()) for version in found],
        "seen": cities.mark_of(page, cities.FIELDS),
    }
    return render(request, "referrals/manage_city_history.html", context)


def _line(page: CityPage, version: CityVersion, current: dict[str, Any], now: datetime) -> Line:
    content = version.content
    when = {"day": day_in_words(version.made_at, now=now), "clock": clock(version.made_at)}
    return Line(
        pk=version.pk,
        what=version.get_what_display(),
        when=_("%(day)s at %(clock)s") % when,
        who=_who(version.made_by, page),
        headline=content["headline"],
        intro=content["intro"],
        is_current=all(content[name] == current[name] for name in cities.FIELDS),
    )


def _who(user: User | None, page: CityPage) -> str:
    """By the name that colleagues know, on a joint page with the city; nobody of a city that is not on it is named."""
    if user is None:
        return _("came with Samrum")
    here = [role.organization for role in user.memberships.all() if role.organization in page.houses]
    if not here:
        return _("the administrators") if user.is_superuser else _("somebody who is not in your organisation")
    profile = getattr(user, "profile", None)
    name = (profile.working_name if profile else "") or user.get_short_name()
    return f"{name}, {here[0].name}" if page.is_joint else name


@staff_door
@require_POST
def manage_city_take_back(request: StaffRequest, page_pk: UUID, version_pk: int) -> HttpResponse:
    """Let it stand as in that version."""
    page = own_city_page(request, page_pk)
    version = get_object_or_404(CityVersion.objects.editable_by(request.user).filter(page=page), pk=version_pk)
    seen = request.POST.get("seen") or None
    if refused := _try(lambda: cities.take_back(page=page, version=version, by=request.user, seen=seen)):
        messages.error(request, refused)
        return redirect("referrals:manage-city-history", page_pk=page.pk)
    return redirect("referrals:manage-city", page_pk=page.pk)
