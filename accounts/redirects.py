"""Answers that send a browser on."""

from django.http import HttpResponseRedirect


class SeeOther(HttpResponseRedirect):
    """Whatever was asked and how: it is done, GET that page now (RFC 9110, 303)."""

    status_code = 303
