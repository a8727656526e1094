"""The staff's door to the places of an organisation, and at which of them a service is given."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from referrals import places
from referrals.models import Location, Service
from referrals.place_forms import PlaceForm, PlacesForm
from referrals.views.doors import StaffRequest, own_service, staff_door

form_door = require_http_methods(["GET", "HEAD", "POST"])


def _own_place(request: StaffRequest, service: Service, place_pk: UUID) -> Location:
    """A place of the organisation whose service this is; 404 for every other."""
    own = Location.objects.editable_by(request.user).filter(organization=service.organization_id)
    return get_object_or_404(own.select_related("organization"), pk=place_pk)


@staff_door
@form_door
def manage_places(request: StaffRequest, pk: UUID) -> HttpResponse:
    service = own_service(request, pk)
    own = Location.objects.editable_by(request.user).filter(organization=service.organization_id)
    form = PlacesForm(request.POST if request.method == "POST" else None, service=service, choices=list(own))
    if form.is_bound and form.is_valid():
        places.set_places(service=service, places=form.chosen, by=request.user)
        messages.success(request, _("Saved."))
        return redirect("referrals:manage-places", pk=service.pk)
    context = {"service": service, "form": form}
    return render(request, "referrals/manage_places.html", context, status=422 if form.is_bound else 200)


@staff_door
@form_door
def manage_place_new(request: StaffRequest, pk: UUID) -> HttpResponse:
    """A new place, at which the service is given from then on."""
    service = own_service(request, pk)
    form = PlaceForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        place = places.save_place(organization=service.organization, values=form.cleaned_data, by=request.user)
        here = {at.location: at.description for at in service.at_locations.all()}
        places.set_places(service=service, places={**here, place: ""}, by=request.user)
        messages.success(request, _("Saved. The service is given there."))
        return redirect("referrals:manage-places", pk=service.pk)
    context = {"service": service, "form": form, "place": None}
    return render(request, "referrals/manage_place.html", context, status=422 if form.is_bound else 200)


@staff_door
@form_door
def manage_place(request: StaffRequest, pk: UUID, place_pk: UUID) -> HttpResponse:
    service = own_service(request, pk)
    place = _own_place(request, service, place_pk)
    name = place.name  # the form writes what was sent on the place
    form = PlaceForm(request.POST if request.method == "POST" else None, instance=place)
    if form.is_bound and form.is_valid():
        places.save_place(organization=service.organization, place=place, values=form.cleaned_data, by=request.user)
        messages.success(request, _("Saved. It holds for all services that are given there."))
        return redirect("referrals:manage-places", pk=service.pk)
    others = Service.objects.editable_by(request.user).filter(at_locations__location=place.pk).exclude(pk=service.pk)
    context = {"service": service, "form": form, "place": place, "name": name, "others": others}
    return render(request, "referrals/manage_place.html", context, status=422 if form.is_bound else 200)


@staff_door
@require_POST
def manage_place_remove(request: StaffRequest, pk: UUID, place_pk: UUID) -> HttpResponse:
    service = own_service(request, pk)
    places.remove_place(place=_own_place(request, service, place_pk), by=request.user)
    messages.success(request, _("The place is gone."))
    return redirect("referrals:manage-places", pk=service.pk)
