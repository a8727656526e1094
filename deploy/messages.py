"""The message catalogues, without gettext's programs.

python deploy/messages.py           compile .po to .mo where needed
python deploy/messages.py collect   take the strings of code and templates into every .po, then compile
"""

import io
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "locale"
CODE = ("accounts", "blog", "chat", "config", "forum", "moderation", "referrals")
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}


def catalogues() -> list[Path]:
    return sorted(LOCALE.glob("*/LC_MESSAGES/*.po"))


def read(source: Path) -> Catalog:
    with source.open("rb") as file:
        return read_po(file, locale=source.parent.parent.name, domain=source.stem, abort_invalid=True)


# Compiling ------------------------------------------------------------------------------------------------------


def compile_all() -> list[Path]:
    """Write each .mo that is missing or older than its .po; return those written."""
    written = []
    for source in catalogues():
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        unfinished = target.with_suffix(f".mo.{os.getpid()}")  # a reader never meets half a file
        with unfinished.open("wb") as file:
            write_mo(file, read(source))
        unfinished.replace(target)
        written.append(target)
    return written


# Collecting -----------------------------------------------------------------------------------------------------


def source_files() -> list[Path]:
    """Code and templates that speak to people."""
    python = [file for name in CODE for file in (ROOT / name).rglob("*.py") if "migrations" not in file.parts]
    templates = [file for file in (ROOT / "templates").rglob("*") if file.suffix in {".html", ".txt", ".xml"}]
    return sorted([*python, *templates])


def strings_of(file: Path) -> Iterator[tuple[int, str | tuple[str, ...], str | None, list[str]]]:
    """Line, string (or singular and plural), context and translator's comments of each marked string in a file."""
    text = file.read_text(encoding="utf-8")
    if file.suffix != ".py":
        from django.utils.translation.template import templatize

        # Django writes a template's marked strings as calls, each on one line, and blanks out everything else.
        text = "\n".join(line.lstrip() for line in templatize(text).splitlines())
    calls: Iterator[Any] = extract_python(io.BytesIO(text.encode()), KEYWORDS, ["Translators:"], {"encoding": "utf-8"})
    for line, function, found, comments in calls:
        parts = list(found) if isinstance(found, tuple) else [found]
        context = parts.pop(0) if function.lstrip("n").startswith("pgettext") else None
        if not parts or not isinstance(parts[0], str):
            continue  # called with a variable: the string is marked where it stands
        plural = function.startswith(("ng", "np"))
        yield line, (parts[0], parts[1]) if plural else parts[0], context, comments


def collect() -> Catalog:
    """All marked strings of the project, untranslated."""
    template = Catalog(fuzzy=False)
    for file in source_files():
        for line, string, context, comments in strings_of(file):
            name = file.relative_to(ROOT).as_posix()
            template.add(string, locations=[(name, line)], context=context, auto_comments=comments)
    return template


def update_all() -> None:
    """Bring every catalogue up to the code: new strings come in empty, unused ones go."""
    template = collect()
    for source in catalogues():
        catalogue = read(source)
        catalogue.update(template, no_fuzzy_matching=True, update_creation_date=False)
        catalogue.obsolete.clear()
        write(catalogue, source)


def write(catalogue: Catalog, target: Path) -> None:
    """Write a catalogue in a stable form: by file, without line numbers, so that a diff shows words only."""
    buffer = io.BytesIO()
    write_po(buffer, catalogue, width=110, sort_by_file=True, include_lineno=False, ignore_obsolete=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(buffer.getvalue())


if __name__ == "__main__":
    if sys.argv[1:] == ["collect"]:
        update_all()
    for path in compile_all():
        sys.stdout.write(f"compiled {path.relative_to(ROOT)}\n")
