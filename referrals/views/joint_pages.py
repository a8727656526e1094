"""The staff's doors to pages that cities hold together: propose one, ask, say yes or no, leave."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Organization
from referrals import joint_pages, permissions
from referrals.city_forms import AskForm, JointPageForm
from referrals.models import CityMember, CityPage
from referrals.municipalities import MUNICIPALITIES
from referrals.views.doors import StaffRequest, own_city_page, staff_door

form_door = require_http_methods(["GET", "HEAD", "POST"])


def _cities() -> QuerySet[Organization]:
    """Those who can be asked: municipalities that are in Samrum. That they are stands on public pages."""
    return Organization.objects.filter(municipality_code__in=MUNICIPALITIES)


@staff_door
@form_door
def manage_joint_new(request: StaffRequest) -> HttpResponse:
    """Name, address, and whom to ask. Nobody else sees anything before they have been asked."""
    own = permissions.cities_of(request.user)
    form = JointPageForm(request.POST or None, organizations=own, others=_cities())
    if form.is_bound and form.is_valid():
        values = form.cleaned_data
        asked = [city for city in values["asked"] if city != values["organization"]]
        try:
            page = joint_pages.propose(organization=values["organization"], values=values, asked=asked, by=request.user)
        except ValidationError as refused:
            for name, errors in refused.message_dict.items():
                form.add_error(name if name in form.fields else None, errors)
        else:
            return redirect("referrals:manage-joint", page_pk=page.pk)
    context = {"form": form, "has_city": own.exists()}
    return render(request, "referrals/manage_joint_new.html", context, status=422 if form.is_bound else 200)


@staff_door
@form_door
def manage_joint(request: StaffRequest, page_pk: UUID) -> HttpResponse:
    """Who stands behind the page, who was asked; ask one more."""
    page = own_city_page(request, page_pk)
    if not page.is_joint:
        raise Http404
    seats = list(page.members.select_related("organization"))
    others = _cities().exclude(pk__in=[seat.organization_id for seat in seats])
    form = AskForm(request.POST or None, others=others)
    if form.is_bound and form.is_valid():
        try:
            joint_pages.ask_cities(page=page, asked=form.cleaned_data["asked"], by=request.user)
        except ValidationError as refused:
            form.add_error("asked", refused.messages)
        else:
            return redirect("referrals:manage-joint", page_pk=page.pk)
    own = {city.pk for city in permissions.cities_of(request.user)}
    context = {
        "page": page,
        "seats": [(seat, seat.organization_id in own) for seat in seats],
        "form": form,
        "others": others.exists(),
        "is_shown": CityPage.objects.shown().filter(pk=page.pk).exists(),
    }
    return render(request, "referrals/manage_joint.html", context, status=422 if form.is_bound else 200)


@staff_door
@form_door
def manage_joint_asked(request: StaffRequest, seat_pk: int) -> HttpResponse:
    """What a city was asked: the page as it is meant to be, and two buttons."""
    seat = _own_seat(request, seat_pk)
    if request.method == "POST":
        agrees = request.POST.get("answer") == "yes"
        try:
            page = joint_pages.answer(seat=seat, agrees=agrees, by=request.user)
        except ObjectDoesNotExist as gone:
            raise Http404 from gone
        if permissions.may_edit_city(request.user, page):  # also who said no after a colleague's yes
            return redirect("referrals:manage-joint", page_pk=page.pk)
        messages.success(request, _("You said no. Your city is not on the page."))
        return redirect("referrals:manage-cities")
    if seat.agreed_at is not None:
        return redirect("referrals:manage-joint", page_pk=seat.page_id)
    return render(request, "referrals/manage_joint_asked.html", {"seat": seat, "page": seat.page})


@staff_door
@require_POST
def manage_joint_leave(request: StaffRequest, seat_pk: int) -> HttpResponse:
    seat = _own_seat(request, seat_pk)
    try:
        joint_pages.leave(seat=seat, by=request.user)
    except ObjectDoesNotExist as gone:
        raise Http404 from gone
    messages.success(request, _("Your city has left the page. It is gone from there."))
    return redirect("referrals:manage-cities")


def _own_seat(request: StaffRequest, seat_pk: int) -> CityMember:
    """404 for the seats of others, and for a colleague who does not write for the city."""
    seats = CityMember.objects.editable_by(request.user).select_related("page", "organization", "asked_by__profile")
    seat = get_object_or_404(seats, pk=seat_pk)
    if not permissions.may_write_for_city(request.user, seat.organization):
        raise Http404
    return seat
