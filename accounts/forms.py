"""What staff type: at the door, and on their own card."""

from typing import Any, cast

from allauth.account.forms import ChangePasswordForm as AllauthChangePasswordForm
from allauth.account.forms import LoginForm as AllauthLoginForm
from allauth.account.forms import ReauthenticateForm
from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as AllauthCodeAgainForm
from allauth.mfa.base.internal.flows import check_rate_limit
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import services
from accounts.models import Profile, User


def _plain(form: forms.Form, **labels: Any) -> None:
    """Give the fields our labels, and take the grey text out of them: it vanishes as soon as one types."""
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)
    for name, label in labels.items():
        form.fields[name].label = label


class LoginForm(AllauthLoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self, login=_("User name"), password=_("Password"))
        self.fields["login"].widget.attrs.update({"autocapitalize": "none", "spellcheck": "false"})


class PasswordAgainForm(ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self, password=_("Password"))


class ChangePasswordForm(AllauthChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(
            self,
            oldpassword=_("Your password of today"),
            password1=_("New password"),
            password2=_("New password once more"),
        )


class _CodeForm(forms.Form):
    """A code from the app, or a recovery code. Each works once."""

    user: User
    authenticator: Authenticator

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self, code=_("Code"))
        self.fields["code"].widget.attrs.update({"inputmode": "numeric", "spellcheck": "false"})

    def clean_code(self) -> str:
        forget_tries = check_rate_limit(self.user)
        code: str = self.cleaned_data["code"]
        authenticator = services.use_second_factor(user=self.user, code=code, now=timezone.now())
        if authenticator is None:
            raise get_adapter().validation_error("incorrect_code")
        authenticator.user = self.user
        self.authenticator = authenticator
        forget_tries()
        return code


class SecondFactorForm(_CodeForm, AuthenticateForm):
    """At login."""


class SecondFactorAgainForm(_CodeForm, AllauthCodeAgainForm):
    """Before something that a borrowed screen must not do."""


class SetUpAppForm(ActivateTOTPForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self, code=_("The six digits that the app shows now"))
        self.fields["code"].widget.attrs.update({"inputmode": "numeric", "spellcheck": "false"})

    def clean_code(self) -> str:
        code = super().clean_code()
        # Used here, so it is not good for a login in the next half minute.
        user = cast(User, context.request.user)
        services.spend_code(user=user, secret=self.secret, code=code, now=timezone.now())
        return code


class ProfileForm(forms.ModelForm):
    picture = forms.FileField(
        label=_("Picture"),
        required=False,
        help_text=_(
            "A square from the middle is shown. We keep the pixels only: not where or when it was taken. "
            "Without a picture your initials are shown."
        ),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )
    remove_picture = forms.BooleanField(label=_("Show my initials instead of the picture"), required=False)

    class Meta:
        model = Profile
        fields = ("working_name", "role_title", "about")
        labels = {"about": _("A few words about yourself")}
        help_texts = {
            "working_name": _("The name the young see. Your first name is enough."),
            "role_title": _("For example: counsellor, social worker, nurse."),
            "about": _("Two or three sentences. What do you like to talk about? What are you good at?"),
        }
        widgets = {"about": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.Meta.fields:
            self.fields[name].required = True
        if not self.instance.picture:
            del self.fields["remove_picture"]
