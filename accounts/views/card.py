"""The pages of staff about themselves. Login and second factor are django-allauth's views (urls.py)."""

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import permissions, services
from accounts.forms import ProfileForm
from accounts.models import Profile, User


@login_required
@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """The counsellor's own card: what stands on it, and how the young see it."""
    user = cast(User, request.user)
    if not permissions.may_edit_profile(user):
        raise PermissionDenied
    card, _made = Profile.objects.get_or_create(user=user)
    # The form works on a copy: what is shown as "how the young see it" is what is stored, not what is being typed.
    form = ProfileForm(request.POST or None, request.FILES or None, instance=Profile.objects.get(pk=card.pk))
    if request.method == "POST" and form.is_valid() and _save(card, form):
        messages.success(request, _("Your card is saved. This is how the young see you now."))
        return redirect("accounts:profile")
    status = 422 if form.errors else 200
    return render(request, "accounts/profile.html", {"form": form, "profile": card}, status=status)


def _save(card: Profile, form: ProfileForm) -> bool:
    """Carry out what the form asks; a picture that cannot be used becomes an error at its field."""
    words = form.cleaned_data
    try:
        if words["picture"]:
            services.set_picture(profile=card, upload=words["picture"])
        elif words.get("remove_picture"):
            services.remove_picture(profile=card)
    except ValidationError as error:
        form.add_error("picture", error)
        return False
    services.write_card(
        profile=card, working_name=words["working_name"], role_title=words["role_title"], about=words["about"]
    )
    return True
