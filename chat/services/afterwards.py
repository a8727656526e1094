"""What is written when an evening is over: the after-post, and the check that nothing of the room gets into it.

Law 9 in one sentence each. The post is prepared when the room closes and stays on the desk until it is published.
While the room's log is there, no text with an alias or with five words of the room in a row is stored, not even as a
draft: a draft outlives the erasure, and what was said must not (law 6). Later nothing can be checked any more, so a
second counsellor has to read it. There is no way around either, for nobody.
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import unescape

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.html import strip_tags
from django.utils.translation import gettext as _

from accounts.models import User
from blog import services as blog
from blog.models import Entry
from chat.models import Role, Session
from chat.permissions import can_publish_after_post, can_write_after_post, needs_second_reading
from chat.services.planning import lead_of
from moderation.refusals import Code, Refused
from moderation.text import render_markdown

IN_A_ROW = 5
# An alias that is nothing but one of these points at nobody, and no text can do without them.
SMALL_WORDS = frozenset(
    """
    ad af aldrig alle alt altid at av bare blev bliver burde da de dem den denne der deres det dette dig din dine dit
    dog du efter ej eller en end er et fik for fordi fra få får før gik godt går ham han har havde have hele hen hende
    her hos hun hvad hvem hver hvis hvor hvordan hvornår i igen ikke ind ingen ja jeg jer jeres jo kan kom kunne lige
    lidt man mange med meget mellem men mere mig min mine mit mod må ned nej nogen noget nogle nok nu når næste og også
    om op os over på se selv siden sig sin sine sit skal skulle snart som så til tit tog ud uden under var ved vi vil
    ville vores være været
    """.split()  # noqa: SIM905 - a list of a hundred strings cannot be read
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Echo:
    """Something of the room in a text: where it stands (code points, and the line from 1) and what it says there."""

    kind: str  # "alias" or "quote"
    words: str
    line: int
    start: int
    end: int


# Verbs ------------------------------------------------------------------------------------------------------------


def prepare(*, session: Session, now: datetime) -> Entry:
    """Put a prefilled draft of the after-post on the desk. Part of closing; once it is there nothing changes."""
    if session.after_post is not None:
        return session.after_post
    title, source = after_post_words(session, closed_at=session.closed_at or now)
    post = blog.save_draft(author=_author(session), kind=Entry.Kind.AFTER, title=title, source=source)
    session.after_post = post
    session.save(update_fields=["after_post"])
    return post


@transaction.atomic
def save(*, session: Session, editor: User, title: str, source: str) -> Entry:
    """Write the after-post. Raises Refused "forbidden", "not_open", "bad_command", or "identifying" for an echo."""
    session = Session.objects.locked(session)  # the lock that the erasure takes, too
    post = _after_post(session)
    if not can_write_after_post(editor, session):
        raise Refused(Code.FORBIDDEN)
    if post.is_published and needs_second_reading(session):
        raise Refused(Code.NOT_OPEN, _("The room is erased. Take the post down first; then somebody else reads it."))
    _check_echoes(session, title, source)
    return blog.rewrite(entry=post, editor=editor, title=title, source=source)


@transaction.atomic
def publish(*, session: Session, by: User, now: datetime) -> Entry:
    """Let everyone read it. Raises Refused "forbidden", "not_open", "bad_command", or "identifying" for an echo.

    After the erasure `by` must be another than whoever wrote the text that stands there.
    """
    session = Session.objects.locked(session)
    post = _after_post(session)
    if not can_publish_after_post(by, session):
        if can_write_after_post(by, session):
            raise Refused(Code.FORBIDDEN, _("The room is erased. Let another counsellor read the post and publish it."))
        raise Refused(Code.FORBIDDEN)
    _check_echoes(session, post.title, post.source)
    return blog.publish(entry=post, now=now)


@transaction.atomic
def unpublish(*, session: Session, by: User) -> Entry:
    """Back onto the desk. Raises Refused "forbidden" or "not_open"."""
    session = Session.objects.locked(session)
    post = _after_post(session)
    if not can_write_after_post(by, session):
        raise Refused(Code.FORBIDDEN)
    return blog.unpublish(entry=post)


def _after_post(session: Session) -> Entry:
    if session.after_post is None:
        raise Refused(Code.NOT_OPEN, _("The chat is not over yet."))
    return session.after_post


def _author(session: Session) -> User:
    """Whoever leads; without a roster the one who wrote the before-post."""
    lead = lead_of(session)
    if lead is not None:
        return lead
    if session.before_post is None:
        raise Refused(Code.NOT_OPEN, missing=["before_post"])
    return session.before_post.author


def _check_echoes(session: Session, *texts: str) -> None:
    if any(echoes(session, text) for text in texts):
        raise Refused(
            Code.IDENTIFYING,
            _("Something in it comes from the room. Say it in your own words. Nothing is saved until then."),
        )


# The check against the room ---------------------------------------------------------------------------------------


def echoes(session: Session, text: str) -> list[Echo]:
    """Aliases of the room and five words of it in a row, as they stand in `text`; nothing once the room is erased.

    What stood in the before-post or in the prepared text is no echo: it was written before, or without, the room.
    """
    public = [_plain_words(text) for text in _written_without_the_room(session)]
    aliases = session.members.exclude(role=Role.COUNSELLOR).values_list("alias", flat=True)
    names = [_plain_words(alias) for alias in aliases]
    said = _runs(map(_plain_words, _texts_of(session)), IN_A_ROW) - _runs(public, IN_A_ROW)
    found = [*_find_aliases(text, names, public), *_find_quotes(text, said)]
    return found or _find_hidden(text, names, said, public)


def _texts_of(session: Session) -> Iterator[str]:
    """Everything anybody wrote in the room: messages shown and held, whispers, what an alert quotes."""
    for frame in session.events.exclude(type="help.offered").values_list("frame", flat=True).iterator():
        body = json.loads(frame)
        yield from (body[key] for key in ("text", "excerpt") if isinstance(body.get(key), str))


def _written_without_the_room(session: Session) -> list[str]:
    own = after_post_words(session, closed_at=session.closed_at or session.ends_at)
    before = session.before_post
    return [session.title, *own, *([before.source] if before else [])]


# A word may hold characters that nobody sees; they are dropped, not taken for its end.
_WORD = re.compile("(?:[^\\W_]|[\u00ad\u0300-\u036f\u200b-\u200f\u2060\ufeff])+")
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")

Words = tuple[str, ...]


def _words(text: str) -> list[tuple[str, int, int]]:
    """The words of a text, folded for comparison, and where they stand."""
    found = ((match, _UNSEEN.sub("", match.group())) for match in _WORD.finditer(text))
    return [(_fold(word), match.start(), match.end()) for match, word in found if word]


def _plain_words(text: str) -> Words:
    return tuple(word for word, _start, _end in _words(unicodedata.normalize("NFKC", text)))


def _fold(word: str) -> str:
    return unicodedata.normalize("NFKC", word).casefold()


def _runs(texts: Iterable[Words], length: int) -> set[Words]:
    """All runs of `length` words in these texts."""
    return {words[at : at + length] for words in texts for at in range(len(words) - length + 1)}


def _find_aliases(text: str, names: Sequence[Words], public: Sequence[Words]) -> Iterator[Echo]:
    words = _words(text)
    for name in sorted(set(names)):
        if not name or name in _runs(public, len(name)) or (len(name) == 1 and name[0] in SMALL_WORDS):
            continue
        for at in range(len(words) - len(name) + 1):
            if _is_name(tuple(word for word, _start, _end in words[at : at + len(name)]), name):
                yield _echo("alias", text, words[at][1], words[at + len(name) - 1][2])


def _is_name(words: Words, name: Words) -> bool:
    """The name itself, or "the name's"."""
    return words[:-1] == name[:-1] and words[-1] in (name[-1], f"{name[-1]}s")


def _find_quotes(text: str, said: set[Words]) -> Iterator[Echo]:
    """Each stretch of the text all of whose words stand in runs that were said."""
    words = _words(text)
    run_starts = [
        at for at in range(len(words) - IN_A_ROW + 1) if tuple(word[0] for word in words[at : at + IN_A_ROW]) in said
    ]
    stretch: list[int] = []
    for at in run_starts:
        if stretch and at > stretch[-1] + IN_A_ROW:
            yield _quote(text, words, stretch)
            stretch = []
        stretch.append(at)
    if stretch:
        yield _quote(text, words, stretch)


def _quote(text: str, words: list[tuple[str, int, int]], stretch: list[int]) -> Echo:
    return _echo("quote", text, words[stretch[0]][1], words[stretch[-1] + IN_A_ROW - 1][2])


def _echo(kind: str, text: str, start: int, end: int) -> Echo:
    return Echo(kind=kind, words=text[start:end], line=text.count("\n", 0, start) + 1, start=start, end=end)


def _find_hidden(text: str, names: Sequence[Words], said: set[Words], public: Sequence[Words]) -> list[Echo]:
    """What only shows when the Markdown is rendered, such as an alias spelled with entities: it has no place."""
    shown = unescape(strip_tags(render_markdown(text[: blog.MAX_SOURCE])))
    found = [*_find_aliases(shown, names, public), *_find_quotes(shown, said)]
    return [Echo(kind=echo.kind, words=echo.words, line=1, start=0, end=0) for echo in found]


# The text it begins with ------------------------------------------------------------------------------------------


def after_post_words(session: Session, *, closed_at: datetime) -> tuple[str, str]:
    """Title and text of the draft: what it was about, how long, how many in words. Never a quote, never an alias."""
    with translation.override(settings.LANGUAGE_CODE):
        title = _("After the chat: %(title)s") % {"title": session.title}
        if session.opened_at is None:
            return _fit(title), "\n\n".join([_never_opened(), _where_to_go()])
        parts = [_thanks(session, closed_at - session.opened_at), _topic(session), _you_too(), _where_to_go()]
        return _fit(title), "\n\n".join(parts)


def _fit(title: str) -> str:
    return title if len(title) <= blog.MAX_TITLE else f"{title[: blog.MAX_TITLE - 1].rstrip()}…"


def _thanks(session: Session, length: timedelta) -> str:
    words = {"crowd": crowd_in_words(session.attended or 0), "length": length_in_words(length)}
    return _("Thank you for coming. We were %(crowd)s, and we wrote together for %(length)s.") % words


def crowd_in_words(count: int) -> str:
    """How many came, counsellors included, so that a group of fewer than five stays one (law 11)."""
    if count > 10:
        return _("more than ten")
    return _("a small crowd") if count >= 5 else _("a few")


def length_in_words(length: timedelta) -> str:
    """To the half hour."""
    halves = round(length / timedelta(minutes=30))
    names = [
        _("a short while"),
        _("half an hour"),
        _("an hour"),
        _("an hour and a half"),
        _("two hours"),
        _("two and a half hours"),
        _("three hours"),
    ]
    return names[halves] if halves < len(names) else _("more than three hours")


def _topic(session: Session) -> str:
    words = {"title": session.title}
    if session.format == Session.Format.FREE:
        return _("There was no topic this time. You decided yourselves what we talked about.")
    if session.format == Session.Format.PARTLY_FREE:
        return _("We began with **%(title)s**, and then the talk went where you wanted.") % words
    return _("The topic was **%(title)s**.") % words


def _never_opened() -> str:
    return _("This chat did not come about. If you sat there waiting: we are sorry. You are very welcome next time.")


def _you_too() -> str:
    return _("Could you not come, or did you just read along? You are welcome next time.")


def _where_to_go() -> str:
    return _(
        "Is something still hard? Press **Help now** at the top of the page. There you can see who you can talk to "
        "today. You need not wait for the next chat."
    )
