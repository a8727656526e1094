"""The languages in which a service can be spoken to, by their ISO 639-1 codes."""

from django.utils.translation import gettext_lazy as _

# Danish, English, and what many young people in Denmark speak at home.
LANGUAGES = {
    "da": _("Danish"),
    "en": _("English"),
    "de": _("German"),
    "ar": _("Arabic"),
    "tr": _("Turkish"),
    "so": _("Somali"),
    "fa": _("Persian"),
    "ur": _("Urdu"),
    "uk": _("Ukrainian"),
    "pl": _("Polish"),
    "kl": _("Greenlandic"),
    "fo": _("Faroese"),
}


def language_name(code: str) -> str:
    """The name in the reader's language; the code itself where it is not on the list."""
    return str(LANGUAGES.get(code, code))
