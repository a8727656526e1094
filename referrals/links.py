"""How a way of reaching a service is written, checked and linked.

The only place that makes an address of what somebody typed: phone numbers that can be called from Denmark, and
https sites whose host the reader sees before following the link (threat T28).
"""

import re
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# What demo services show instead of a number; no phone can call it.
NO_NUMBER = "00000000"

_SHORT = re.compile(r"1\d{2,5}")
_DANISH = re.compile(r"[2-8]\d{7}|9[1-9]\d{6}")  # 90 is where calls cost extra
_FOREIGN = re.compile(r"\+(?!45)[1-9]\d{6,13}")
_SITE = re.compile(r"https://(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}(?:/[\w.~!$&'()*+,;=:@%/?#-]*)?", re.ASCII)


class Kind(models.TextChoices):
    PHONE = "phone", gettext_lazy("phone")
    CHAT = "chat", gettext_lazy("chat")
    SMS = "sms", gettext_lazy("text message")
    WEB = "web", gettext_lazy("website")
    MAIL = "mail", gettext_lazy("mail")
    VISIT = "visit", gettext_lazy("come by")


NUMBERS = (Kind.PHONE, Kind.SMS)
SITES = (Kind.CHAT, Kind.WEB)


def clean_value(kind: str, value: str) -> str:
    """The value as it is kept: numbers without spaces and +45, sites with https://.

    Raises ValidationError where no safe address can be made of it.
    """
    value = value.strip()
    if kind in NUMBERS:
        return _clean_number(value)
    if kind in SITES:
        return _clean_site(value)
    if kind == Kind.MAIL:
        validate_email(value)
        return value
    if not value or not value.isprintable():
        raise ValidationError(_("Write where to come, in one line."), code="place")
    return value


def _clean_number(value: str) -> str:
    number = re.sub(r"[\s().-]", "", value)
    national = re.sub(r"^(?:\+|00)45(?=\d{8}$)", "", number)
    if national == NO_NUMBER or any(form.fullmatch(national) for form in (_SHORT, _DANISH, _FOREIGN)):
        return national
    raise ValidationError(
        _("Write a Danish number of 3 to 8 digits, or a foreign one with + first. Numbers with 90 first cost extra."),
        code="number",
    )


def _clean_site(value: str) -> str:
    site = value if "://" in value else f"https://{value}"
    scheme, _separator, rest = site.partition("://")
    host, slash, path = rest.partition("/")
    site = f"{scheme.lower()}://{host.lower()}{slash}{path}"
    if _SITE.fullmatch(site):
        return site
    raise ValidationError(_("Write an address such as https://example.dk. It must start with https."), code="site")


def href(kind: str, value: str) -> str | None:
    """What the link leads to. None where there is nothing to follow: a place, or a value that is not safe."""
    try:
        value = clean_value(kind, value)
    except ValidationError:
        return None
    if kind in NUMBERS:
        return _number_href("tel" if kind == Kind.PHONE else "sms", value)
    if kind in SITES:
        return value
    return f"mailto:{value}" if kind == Kind.MAIL else None


def _number_href(scheme: str, number: str) -> str | None:
    if number == NO_NUMBER:
        return None
    return f"{scheme}:+45{number}" if len(number) == 8 and number.isdigit() else f"{scheme}:{number}"


def label(kind: str, value: str) -> str:
    """What to do and where it leads, so that nobody follows a link to somewhere they cannot see."""
    match kind:
        case Kind.PHONE:
            return _("Call %(number)s") % {"number": spaced(value)}
        case Kind.SMS:
            return _("Text %(number)s") % {"number": spaced(value)}
        case Kind.CHAT:
            return _("Chat at %(site)s") % {"site": host(value)}
        case Kind.WEB:
            return _("Read at %(site)s") % {"site": host(value)}
        case Kind.MAIL:
            return _("Write to %(address)s") % {"address": value}
        case _:
            return _("Come by: %(place)s") % {"place": value}


def spaced(number: str) -> str:
    """Eight digits in pairs and six in threes, as Danes read them aloud."""
    step = {8: 2, 6: 3}.get(len(number), len(number))
    return " ".join(number[at : at + step] for at in range(0, len(number), step))


def host(site: str) -> str:
    """The host of an address, in lower case and without www."""
    return (urlsplit(site).hostname or "").removeprefix("www.")
