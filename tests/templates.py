"""The project's templates as a person reads them: the text between the tags, without Django's own."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from django.conf import settings
from django.template.base import Lexer, TokenType

FOLDER = settings.BASE_DIR / "templates"
# Attributes that are read aloud or shown.
SPOKEN = {"alt", "aria-description", "aria-label", "aria-placeholder", "aria-roledescription", "aria-valuetext"}
SPOKEN |= {"content", "label", "placeholder", "summary", "title", "data-label", "data-text"}
LETTER = re.compile(r"[^\W\d_]")


def files() -> list[Path]:
    return sorted(path for path in FOLDER.rglob("*") if path.is_file())


def name(path: Path) -> str:
    return path.relative_to(FOLDER).as_posix()


def markup(source: str) -> str:
    """The template without Django's tags, and without what stands in `blocktranslate` or a comment."""
    kept, ends_with = [], ""
    for token in Lexer(source).tokenize():
        if token.token_type == TokenType.BLOCK:
            word = token.contents.split()[0]
            if token.contents == "block page":  # the class of the body
                ends_with = "endblock"
            elif ends_with:
                ends_with = "" if word == ends_with else ends_with
            elif word in {"blocktranslate", "blocktrans", "comment"}:
                ends_with = f"end{word}"
        elif token.token_type == TokenType.TEXT:
            # Lines stay where they were, so that a finding can name its own.
            kept.append("\n" * token.contents.count("\n") if ends_with else token.contents)
    return "".join(kept)


class _Reader(HTMLParser):
    """Collects (line, words) of everything a person is shown or read, and what the content policy would stop."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[tuple[int, str]] = []
        self.inline: list[tuple[int, str]] = []
        self.inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        line = self.getpos()[0]
        if tag in {"script", "style"}:
            self.inside = tag
        if tag == "style" or (tag == "script" and "src" not in given and given.get("type") != "application/json"):
            self.inline.append((line, f"<{tag}>"))
        for attribute, value in given.items():
            if attribute == "style" or attribute.startswith("on"):
                self.inline.append((line, attribute))
            if value.startswith("javascript:"):
                self.inline.append((line, value))
            shown = attribute in SPOKEN and not (tag == "meta" and given.get("name") in {"viewport", "color-scheme"})
            shown = shown and not (tag == "meta" and given.get("name") in {"robots", "referrer", "theme-color"})
            is_label = tag == "input" and given.get("type") in {
                "submit",
                "button",
                "reset",
            }  # a <button> has words inside
            shown = shown or (attribute == "value" and is_label)
            if shown and LETTER.search(value):
                self.words.append((line, f'{attribute}="{value}"'))

    def handle_endtag(self, tag: str) -> None:
        if tag == self.inside:
            self.inside = ""

    def handle_data(self, data: str) -> None:
        if not self.inside and LETTER.search(data):
            self.words.append((self.getpos()[0], " ".join(data.split())))


def read(source: str) -> _Reader:
    reader = _Reader()
    reader.feed(markup(source))
    reader.close()
    return reader


def places(found: str) -> Iterator[tuple[str, int, str]]:
    """(template, line, what) of everything in all templates; `found` is "words" or "inline"."""
    for path in files():
        for line, what in getattr(read(path.read_text(encoding="utf-8")), found):
            yield name(path), line, what
