"""What counsellors type: answers, what a colleague says of them, pages made of letters, and letterboxes."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from forum.services import letters, publications
from moderation.guard import find_spans
from referrals.models import Service
from referrals.models import Topic as Need

MARKDOWN_HELP = _("**bold**, *leaning*, - list, # headline. A link: [words](https://…)")
AROUND = 40  # code points beside what is pointed out


class AnswerForm(forms.Form):
    """An answer, or a part of one. What is wrong with it is for the verbs to say; what was typed stays."""

    text = forms.CharField(
        label=_("Your answer"), required=False, help_text=MARKDOWN_HELP, widget=forms.Textarea(attrs={"rows": 14})
    )
    note = forms.CharField(
        label=_("To the one who wrote it"),
        required=False,
        max_length=letters.LONGEST_NOTE,
        help_text=_("What would you change? Only your colleagues read this."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)


class PublicationForm(forms.Form):
    title = forms.CharField(
        label=_("Headline"),
        max_length=publications.LIMITS["title"],
        help_text=_("The headline is what catches. Use words the young use themselves."),
    )
    question = forms.CharField(
        label=_("The question"),
        max_length=publications.LIMITS["question"],
        help_text=_("Take out all that could show who it is: names, ages, places, what happened when."),
        widget=forms.Textarea(attrs={"rows": 10}),
    )
    answer = forms.CharField(
        label=_("The answer"),
        max_length=publications.LIMITS["answer"],
        help_text=MARKDOWN_HELP,
        widget=forms.Textarea(attrs={"rows": 10}),
    )
    need = forms.ModelChoiceField(
        Need.objects.none(), label=_("What is it about?"), required=False, empty_label=_("Anything")
    )
    service = forms.ModelChoiceField(
        Service.objects.none(),
        label=_("A service that fits"),
        required=False,
        empty_label=_("None"),
        help_text=_("Its card stands below the answer."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ModelChoiceField, self.fields["need"]).queryset = Need.objects.all()
        cast(forms.ModelChoiceField, self.fields["service"]).queryset = Service.objects.shown().order_by("name")

    def pointed_out(self) -> list[tuple[str, str, str]]:
        """What may still show who somebody is, each with the words before and after it."""
        found = []
        for name in ("title", "question", "answer"):
            text = str(self[name].value() or "").replace("\r\n", "\n")
            for span in find_spans(text):
                before, after = text[max(0, span.start - AROUND) : span.start], text[span.end : span.end + AROUND]
                found.append((before, text[span.start : span.end], after))
        return found
