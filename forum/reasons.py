"""Why a post came back, told to the one who wrote it: what it means, and what helps. Nobody is to feel told off."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from forum.models import Post


@dataclass(frozen=True, slots=True)
class Told:
    means: Promise
    helps: Promise


TOLD: dict[str, Told] = {
    Post.Reason.IDENTIFYING: Told(
        _("Some of it may show who you are, or who somebody else is."),
        _("Take out names, school, town and numbers. The rest is good as it is."),
    ),
    Post.Reason.UNKIND: Told(
        _("Some of it can hurt somebody who reads it."),
        _("You may be angry. Write how it feels for you, and leave out what the others are."),
    ),
    Post.Reason.METHODS: Told(
        _("It tells how one can hurt oneself. It can be dangerous for others to read that."),
        _("Write how you feel, not how you do it. And tell us more in private. We want to listen."),
    ),
    Post.Reason.CONTACT: Told(
        _("It looks as if you want to meet or write to each other somewhere else."),
        _("In here nobody can know who the others are. So we only write here. Leave that part out."),
    ),
    Post.Reason.PLACE: Told(
        _("It is a good text, but it fits better somewhere else."),
        _("Try another board, or write a letter to a counsellor."),
    ),
    Post.Reason.OTHER: Told(
        _("We cannot show it as it is."),
        _("Read what the counsellor writes. You can ask if you do not understand it."),
    ),
}


def told(reason: str) -> Told:
    return TOLD.get(reason, TOLD[Post.Reason.OTHER])
