from django import forms
from django.utils.translation import gettext_lazy as _

from blog import services
from blog.models import Entry

MARKDOWN_HELP = _("**bold**, *leaning*, - list, # headline. A link: [words](https://…)")


class EntryForm(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=services.MAX_TITLE)
    text = forms.CharField(
        label=_("Text"),
        required=False,
        max_length=services.MAX_SOURCE,
        help_text=MARKDOWN_HELP,
        widget=forms.Textarea(attrs={"rows": 16}),
    )

    @classmethod
    def of(cls, entry: Entry | None) -> "EntryForm":
        return cls(initial={"title": entry.title, "text": entry.source} if entry else None)
