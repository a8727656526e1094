"""Passwords that many choose in Denmark; Django's own list knows the English ones."""

import re

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

_COMMON = frozenset(
    """
    adgangskode kodeord hemmelig hemmeligt velkommen sommer vinter efterår forår danmark københavn aarhus århus odense
    aalborg esbjerg fodbold brøndby håndbold elskerdig jegelskerdig kærlighed skat prinsesse sommerfugl sommerferie
    juleaften tillykke fødselsdag mandag tirsdag onsdag torsdag fredag lørdag søndag januar februar marts april juni
    juli august september oktober november december mormor morfar farmor farfar familie kattekilling samrum
    """.split()  # noqa: SIM905
)
_AROUND = re.compile(r"^[\W\d_]+|[\W\d_]+$")


class DanishCommonPasswordValidator:
    """Refuses such a word alone or twice, also with numbers and signs before or behind it: "Sommer2024!"."""

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        word = _AROUND.sub("", password.casefold())
        half = word[: len(word) // 2]
        if word in _COMMON or (half in _COMMON and word == half * 2):
            raise ValidationError(
                _("Many people use that one, so it is easy to guess. Put three words together instead."),
                code="password_too_common",
            )

    def get_help_text(self) -> str:
        return _("Choose one that not many others use.")
