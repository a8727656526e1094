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
from django.db.models import F, FloatField, QuerySet
from django.db.models.expressions import RawSQL

from referrals.models import Document
from referrals.stopwords_da import STOP_WORDS

MOST_WORDS = 12  # of a query; more narrow nothing down and cost time
EXCERPT = 160
WORDS_TABLE = "referrals_document_words"
DANISH = "to_tsvector('danish', title || ' ' || body || ' ' || place)"
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One found document, with the words around the first place that fits."""

    kind: str
    key: str
    title: str
    url: str
    excerpt: str
    place: str
    at: datetime


# Verbs ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def put(
    kind: str, key: str, *, title: str, body: str, url: str, at: datetime, group: str = "", place: str = ""
) -> None:
    """Let everybody find this; what was there under the same key is replaced."""
    document, _is_new = Document.objects.update_or_create(
        kind=kind,
        key=key,
        defaults={"title": title, "body": body, "url": url, "at": at, "group": group, "place": place},
    )
    if connection.vendor == "sqlite":
        _forget_words([document.pk])
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {WORDS_TABLE} (rowid, stems) VALUES (%s, %s)",  # noqa: S608 - our own name
                [document.pk, " ".join(stems(f"{title} {body} {place}"))],
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


def find(query: str, *, limit: int = 30, kinds: Iterable[str] = ()) -> list[Hit]:
    """What fits best: what holds all the words, or where nothing does, some of them. At most three queries."""
    wanted = stems(query, is_query=True)[:MOST_WORDS]
    if not wanted:
        return []
    documents = Document.objects.filter(kind__in=list(kinds)) if kinds else Document.objects.all()
    found = list(_ranked(documents, query, wanted, every=True)[:limit])
    if not found and len(wanted) > 1:
        found = list(_ranked(documents, query, wanted, every=False)[:limit])
    titles = _titles_of_threads({document.group for document in found if not document.title})
    return [_hit(document, titles, set(wanted)) for document in found]


def _titles_of_threads(groups: set[str]) -> dict[str, str]:
    """An answer has no title of its own: it is shown with that of the thread, as it is now."""
    if not groups:
        return {}
    first = Document.objects.filter(group__in=groups).exclude(title="")
    return dict(first.values_list("group", "title"))


def _ranked(documents: QuerySet[Document], query: str, wanted: list[str], *, every: bool) -> QuerySet[Document]:
    if connection.vendor == "sqlite":
        match = (" " if every else " OR ").join(f'"{stem}"' for stem in wanted)
        rank: Any = RawSQL(  # noqa: S611 - the words are parameters
            f"(SELECT rank FROM {WORDS_TABLE} WHERE {WORDS_TABLE} MATCH %s AND rowid = referrals_document.id)",  # noqa: S608
            [match],
            output_field=FloatField(),
        )
        rows = RawSQL(f"SELECT rowid FROM {WORDS_TABLE} WHERE {WORDS_TABLE} MATCH %s", [match])  # noqa: S608, S611
        return documents.filter(pk__in=rows).annotate(rank=rank).order_by("rank", "-at", "-pk")
    words = (" & " if every else " | ").join(_plain_words(query)[:MOST_WORDS])
    matches = RawSQL(f"{DANISH} @@ to_tsquery('danish', %s)", [words])  # noqa: S611
    rank = RawSQL(f"ts_rank({DANISH}, to_tsquery('danish', %s))", [words], output_field=FloatField())  # noqa: S611
    return documents.annotate(fits=matches, rank=rank).filter(fits=True).order_by(F("rank").desc(), "-at", "-pk")


def _plain_words(text: str) -> list[str]:
    """Words without anything that a query language could read."""
    return _WORD.findall(text.casefold().replace("_", " "))


def stems(text: str, *, is_query: bool = False) -> list[str]:
    """The stems of the words, in order. Of a query the small words are left out, unless there are no others."""
    words = _plain_words(text[:500] if is_query else text)
    if is_query:
        words = [word for word in words if word not in STOP_WORDS] or words
    return list(_stemmer().stemWords(words))


@cache
def _stemmer() -> Any:
    import snowballstemmer  # here: few processes search

    return snowballstemmer.stemmer("danish")


def _hit(document: Document, titles: dict[str, str], wanted: set[str]) -> Hit:
    return Hit(
        kind=document.kind,
        key=document.key,
        title=document.title or titles.get(document.group, ""),
        url=document.url,
        excerpt=excerpt(document.body, wanted),
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
