"""The form with which a young person makes a profile. It stands here, and not in accounts, because it judges a name
with moderation's eyes; the settings tell django-allauth of it."""

import re
import secrets
from typing import Any

from allauth.account.forms import SignupForm as AllauthSignupForm
from allauth.core.exceptions import ImmediateHttpResponse
from django import forms
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.forms import PASSWORD_HELP
from accounts.models import User
from accounts.services import young
from moderation import alias, guard
from moderation.guard.words import OWN_WORDS, SURE_GIVEN

LONGEST_NAME = 30
_NEVER = frozenset({"CPR", "PHONE", "EMAIL"})
_YEAR = re.compile(r"(?<!\d)(?:19[89]\d|20[0-2]\d)(?!\d)")
_LETTERS = re.compile(r"[^\W\d_]+")
_MADE_UP = re.compile(r"[-\d]")
TAKEN = "username_taken"  # allauth's code

# One may take such a name all the same: it is nobody else's business. But one should know.
WARNINGS: dict[str, Promise] = {
    "name": _("It looks like your real name. A made-up name is safer."),
    "year": _("There is a year in it. If it is the one you were born in, it tells something about you."),
    "contact": _("It looks like a name that you use elsewhere. Then others can find you by it."),
}


def warning_about(name: str) -> str:
    """Which of the warnings fits a stored user name; "" for a good one."""
    spoken = re.sub(r"[-_.+]+", " ", name).strip()
    if alias.check(spoken).reason == "contact" or guard.find_spans(name):
        return "contact"
    if _YEAR.search(name):
        return "year"
    words = [word.casefold() for word in _LETTERS.findall(spoken)]
    is_full = alias.check(" ".join(word.capitalize() for word in words)).reason == "name"
    return "name" if is_full or any(word in SURE_GIVEN - OWN_WORDS for word in words) else ""


class SignupForm(AllauthSignupForm):
    """A user name and a password, each typed once. No mail, no phone, no age."""

    data: Any
    # The name that its owner has been warned of, and takes all the same by sending the form once more.
    sure = forms.CharField(required=False, max_length=150, widget=forms.HiddenInput)
    field_order = ["username", "password1", "sure"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name, password = self.fields["username"], self.fields["password1"]
        name.label, password.label = _("User name"), _("Password")
        name.help_text = _("Make one up, for example %(name)s. Nobody but you sees it.") % {"name": suggestion()}
        password.help_text = PASSWORD_HELP
        name.max_length = LONGEST_NAME
        name.widget.attrs.update({"maxlength": LONGEST_NAME, "autocapitalize": "none", "spellcheck": "false"})
        for field in (name, password):
            field.widget.attrs.pop("placeholder", None)

    def clean_username(self) -> str:
        self.cleaned_data["username"] = name = young.name_as_kept(self.cleaned_data["username"])
        if {span.label for span in guard.find_spans(name)} & _NEVER:
            raise forms.ValidationError(
                _("That is a number or an address of yours. Choose a name that only works in here.")
            )
        self._refuse_what_may_be_taken(name)
        warning = warning_about(name)
        if warning and self.data.get(self.add_prefix("sure")) != name:
            self.data = self.data.copy()  # the page that warns hands the name over to the next try
            self.data[self.add_prefix("sure")] = name
            raise forms.ValidationError(
                [WARNINGS[warning], _("You may use it all the same. Then press the button once more.")]
            )
        return name

    def _refuse_what_may_be_taken(self, name: str) -> None:
        """A plain first name is refused before anybody looks for it, and with the words that a taken one gets: else the
        form would tell that a counsellor logs in with it (T22)."""
        refused = forms.ValidationError(
            _("Choose another name: two words and a number, for example %(name)s.") % {"name": suggestion()}
        )
        if not _MADE_UP.search(name):
            raise refused
        try:
            super().clean_username()
        except forms.ValidationError as error:
            raise (refused if error.code == TAKEN else error) from None

    def clean(self) -> dict[str, Any]:
        words: dict[str, Any] = super().clean()
        if set(self.errors) == {"username"}:  # "press the button once more" shall not mean "type it all again"
            self.fields["password1"].widget.render_value = True
        return words

    def try_save(self, request: HttpRequest) -> tuple[User, HttpResponse | None]:
        """The profile with its first phrase, or neither. Of two who take one name at the same moment one gets it."""
        try:
            with transaction.atomic():
                user, answer = super().try_save(request)
                user.phrase = young.renew_phrase(user=user, now=timezone.now())
        except IntegrityError:
            raise ImmediateHttpResponse(redirect("account_signup")) from None
        return user, answer


def suggestion() -> str:
    """A name that nobody is known by: "modigt-egern-27"."""
    return young.name_as_kept(f"{alias.suggest()} {secrets.randbelow(90) + 10}")
