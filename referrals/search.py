"""Search in Danish over what everybody may read: posts of the forum, the blog, published answers, services.

Whoever publishes puts a document here in the same transaction, and drops it when it is taken back: what is not here
cannot be found, counted or guessed at. PostgreSQL searches by its own `danish` configuration; SQLite over stems of the
same words in an FTS5 table.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

from referrals.models import Document
from referrals.stopwords_da import STOP_WORDS

MOST_WORDS = 12  # of a query; more narrow nothing down and cost time
MOST_SIGNS = 500  # of a query
# Found of each kind: a busy forum shall not crowd out places that help.
MOST = {"post": 15, "answer": 10, "entry": 10, "service": 8}
EXCERPT = 160
WORDS_TABLE = "referrals_document_words"
DANISH = "to_tsvector('danish', title || ' ' || body || ' ' || place)"
# Each engine tells once what fits, and how well: more is better. The best of each kind come first, then the others.
FITS = {
    "sqlite": f"SELECT rowid AS id, -rank AS fits FROM {WORDS_TABLE} WHERE {WORDS_TABLE} MATCH %s",  # noqa: S608
    "postgresql": (
        f"SELECT id, ts_rank({DANISH}, asked) AS fits "  # noqa: S608
        f"FROM referrals_document, to_tsquery('danish', %s) AS asked WHERE {DANISH} @@ asked"
    ),
}
BEST = """
    SELECT * FROM (
        SELECT document.*, fits, row_number() OVER (
            PARTITION BY document.kind ORDER BY fits DESC, document.at DESC, document.id DESC
        ) AS nth
        FROM ({fits}) AS fitting CROSS JOIN referrals_document AS document WHERE document.id = fitting.id
    ) AS best WHERE nth <= %s ORDER BY fits DESC, best.at DESC, best.id DESC
"""
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One found document, with the words around the first place that fits.

    `warning` is its writer's content warning: the excerpt is not shown, only the warning. `title_warning` is that of
    the post which the title was taken from.
    """

    kind: str
    key: str
    title: str
    title_warning: str
    url: str
    excerpt: str
    warning: str
    place: str
    at: datetime


# Verbs ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def put(
    kind: str,
    key: str,
    *,
    title: str,
    body: str,
    url: str,
    at: datetime,
    group: str = "",
    place: str = "",
    warning: str = "",
) -> None:
    """Let everybody find this; what was there under the same key is replaced. It is not found by its `warning`."""
    document, _is_new = Document.objects.update_or_create(
        kind=kind,
        key=key,
        defaults={
            "title": title,
            "body": body,
            "url": url,
            "at": at,
            "group": group,
            "place": place,
            "warning": warning,
        },
    )
    if connection.vendor == "sqlite":
        _forget_words([document.pk])
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {WORDS_TABLE} (rowid, stems) VALUES (%s, %s)",  # noqa: S608 - our own name
                [document.pk, " ".join(stems(_plain_words(f"{title} {body} {place}")))],
            )


def drop(kind: str, key: str) -> None:
    _drop(Document.objects.filter(kind=kind, key=key))


def drop_group(kind: str, group: str) -> None:
    """All documents of one thread."""
    _drop(Document.objects.filter(kind=kind, group=group))


@transaction.atomic
def _drop(documents: QuerySet[Document]) -> None:
    ids = list(documents.values_list("pk", flat=True))
    if ids and connection.vendor == "sqlite":
        _forget_words(ids)
    Document.objects.filter(pk__in=ids).delete()


def _forget_words(ids: Sequence[int]) -> None:
    marks = ", ".join(["%s"] * len(ids))
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {WORDS_TABLE} WHERE rowid IN ({marks})", list(ids))  # noqa: S608 - our own name


def tidy(*, now: datetime) -> None:
    """Rewrite SQLite's index of words, so that the words of what was dropped are in no file any more."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO {WORDS_TABLE} ({WORDS_TABLE}) VALUES ('optimize')")  # noqa: S608 - our own name


# All of it anew ---------------------------------------------------------------------------------------------------

_SOURCES: dict[str, Callable[[], None]] = {}


def register(kind: str, put_all: Callable[[], None]) -> None:
    """An app says how all of its documents are put here; `rebuild` asks for it."""
    _SOURCES[kind] = put_all


@transaction.atomic
def rebuild() -> None:
    """For a database that was filled by other ways than the verbs: a restored or imported one."""
    for kind, put_all in _SOURCES.items():
        _drop(Document.objects.filter(kind=kind))
        put_all()


# Reads ------------------------------------------------------------------------------------------------------------


def find(query: str, *, limit: int | None = None) -> list[Hit]:
    """What fits best: what holds all the words, or where nothing does, some of them. Of each kind at most so many, and
    at most `limit` of all. At most three queries."""
    words = words_asked_for(query)
    if not words:
        return []
    found = _best(words, every=True)
    if not found and len(words) > 1:
        found = _best(words, every=False)
    found = found[:limit]
    heads = _heads_of_threads({document.group for document in found if not document.title})
    return [_hit(document, heads, set(stems(words))) for document in found]


def words_asked_for(query: str) -> list[str]:
    """The words of a query that both engines search for: each once, without the small ones that narrow nothing down.
    Of small words alone nothing is found."""
    words = dict.fromkeys(_plain_words(query[:MOST_SIGNS]))
    return [word for word in words if word not in STOP_WORDS][:MOST_WORDS]


def _heads_of_threads(groups: set[str]) -> dict[str, tuple[str, str]]:
    """Title and warning. An answer has no title of its own: it is shown with that of the thread, as it is now."""
    if not groups:
        return {}
    first = Document.objects.filter(group__in=groups).exclude(title="")
    return {group: (title, warning) for group, title, warning in first.values_list("group", "title", "warning")}


def _best(words: list[str], *, every: bool) -> list[Document]:
    """The best of each kind, the best of all first. One query."""
    best = BEST.format(fits=FITS[connection.vendor])
    documents = Document.objects.raw(best, [_question(words, every=every), max(MOST.values())])
    return [each for each in documents if each.nth <= MOST[each.kind]]  # type: ignore[attr-defined]


def _question(words: list[str], *, every: bool) -> str:
    """The words as the engine's own language asks for all of them, or for any."""
    if connection.vendor == "sqlite":
        return (" " if every else " OR ").join(f'"{stem}"' for stem in stems(words))
    return (" & " if every else " | ").join(words)


def _plain_words(text: str) -> list[str]:
    """Words without anything that a query language could read."""
    return _WORD.findall(text.casefold().replace("_", " "))


def stems(words: Iterable[str]) -> list[str]:
    return list(_stemmer().stemWords(list(words)))


@cache
def _stemmer() -> Any:
    import snowballstemmer  # here: few processes search

    return snowballstemmer.stemmer("danish")


def _hit(document: Document, heads: dict[str, tuple[str, str]], wanted: set[str]) -> Hit:
    own = (document.title, document.warning)
    title, title_warning = own if document.title else heads.get(document.group, ("", ""))
    return Hit(
        kind=document.kind,
        key=document.key,
        title=title,
        title_warning=title_warning,
        url=document.url,
        excerpt=excerpt(document.body, wanted),
        warning=document.warning,
        place=document.place,
        at=document.at,
    )


def excerpt(body: str, wanted: set[str]) -> str:
    """The words around the first one that fits; the beginning when none does."""
    flat = re.sub(r"\s+", " ", body).strip()
    start = 0
    for found in _WORD.finditer(flat):
        if _stemmer().stemWord(found.group().casefold()) in wanted:
            start = max(0, found.start() - EXCERPT // 3)
            break
    if start:
        start = flat.find(" ", start) + 1
    piece = flat[start : start + EXCERPT]
    if start + EXCERPT < len(flat):
        piece = f"{piece[: piece.rfind(' ')]}…"
    return f"…{piece}" if start else piece
