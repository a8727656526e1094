"""What is typed at the door, by staff on their own card, and by the young about their profile."""

from typing import Any, cast

from allauth.account.adapter import get_adapter as account_adapter
from allauth.account.fields import PasswordField
from allauth.account.forms import ChangePasswordForm as AllauthChangePasswordForm
from allauth.account.forms import LoginForm as AllauthLoginForm
from allauth.account.forms import ReauthenticateForm
from allauth.core import context, ratelimit
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
from accounts.services import young

PASSWORD_HELP = _("At least 8 signs. Three words that have nothing to do with each other are easy to remember.")


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

    def clean_login(self) -> str:
        return young.name_at_login(self.cleaned_data["login"])


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
        if self.user is not None and self.user.is_young:
            self.fields["password1"].help_text = PASSWORD_HELP


class NewPasswordField(PasswordField):
    """Typed once: whoever wants to see it can (static/js/show.js)."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=_("New password"), help_text=PASSWORD_HELP, autocomplete="new-password", max_length=128, **kwargs
        )
        self.widget.attrs.pop("placeholder", None)


class RecoverForm(forms.Form):
    """Back to a forgotten profile."""

    username = forms.CharField(
        label=_("User name"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    phrase = forms.CharField(
        label=_("Your six words"),
        max_length=200,
        help_text=_("In the right order. Capitals and signs between them do not matter."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    password = NewPasswordField()

    def clean(self) -> dict[str, Any]:
        """A password is judged before the name is looked for: the same answer whether it exists or not (T22)."""
        words = self.cleaned_data
        if "username" in words and "password" in words:
            like = User(username=young.name_as_kept(words["username"]), is_young=True)
            try:
                account_adapter().clean_password(words["password"], like)
            except forms.ValidationError as error:
                self.add_error("password", error)
        return words


class OwnPasswordForm(forms.Form):
    """Before something that a borrowed phone must not do."""

    password = PasswordField(label=_("Your password"), autocomplete="current-password", max_length=128)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        _plain(self)

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if not ratelimit.consume(context.request, action="reauthenticate", user=self.user):
            raise account_adapter().validation_error("rate_limited")
        if not self.user.check_password(password):
            raise account_adapter().validation_error("incorrect_password")
        return password


class LeaveForm(OwnPasswordForm):
    """Deleting the profile; nothing is chosen beforehand."""

    texts = forms.ChoiceField(
        label=_("What you wrote in the forum"),
        choices=[
            ("stay", _("Let it stand, without me")),
            ("go", _("Delete all that I wrote")),
        ],
        widget=forms.RadioSelect,
    )
    field_order = ["texts", "password"]


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
