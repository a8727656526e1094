"""Files of others, whatever they are: UTF-8, not too big, not too deep, nothing in them that hides or steers."""

import csv
import io
import json
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MOST_BYTES = 20_000_000
MOST_RECORDS = 5_000
MOST_CELLS = 60
DEEPEST = 24
PLAIN_SPACE = "\n\r\t"
# Signs that turn the direction of what is read, so that it looks like something else.
TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Where in the file, in which field, and what is wrong."""

    where: str
    field: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One record, and where it stands. `is_row`: its fields are columns of a table."""

    where: str
    record: dict[str, Any]
    is_row: bool = False


class Unreadable(Exception):  # noqa: N818 - it tells what is wrong with the file
    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(f"{problem.where}: {problem.field}: {problem.text}" for problem in problems))
        self.problems = problems


def read(file: Path, *, columns: frozenset[str]) -> list[Entry]:
    """All records of a dump (a list, a page, or one on each line) or a table. Raises Unreadable."""
    text = _text(file)
    start = text.lstrip()[:1]
    entries = _json(text) if start in ("{", "[") else _table(text, columns)
    if len(entries) > MOST_RECORDS:
        raise _of_file(f"has {len(entries)} records; at most {MOST_RECORDS} are read at once")
    return entries


def _of_file(text: str, where: str = "file") -> Unreadable:
    return Unreadable(Problem(where=where, field="file", text=text))


def _text(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            data = opened.read(MOST_BYTES + 1)
    except OSError as failure:
        raise _of_file(f"cannot be read: {failure.strerror}") from failure
    if len(data) > MOST_BYTES:
        raise _of_file(f"is bigger than {MOST_BYTES // 1_000_000} MB")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as failure:
        line = data.count(b"\n", 0, failure.start) + 1
        raise _of_file("is not UTF-8 here", f"line {line}") from failure


# JSON -------------------------------------------------------------------------------------------------------------


def _json(text: str) -> list[Entry]:
    lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    if len(lines) > 1 and _is_whole(lines[0][1]):
        return [Entry(where=f"line {number}", record=_record(line, f"line {number}")) for number, line in lines]
    found = _loaded(text, "file")
    if isinstance(found, dict):
        found = found.get("contents", [found])
    if not isinstance(found, list):
        raise _of_file("must be a list of services")
    for number, record in enumerate(found, 1):
        if not isinstance(record, dict):
            raise _of_file("must be an object", f"record {number}")
    return [Entry(where=f"record {number}", record=record) for number, record in enumerate(found, 1)]


def _is_whole(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _record(line: str, where: str) -> dict[str, Any]:
    found = _loaded(line, where)
    if not isinstance(found, dict):
        raise _of_file("must be an object", where)
    return found


def _loaded(text: str, where: str) -> Any:
    try:
        found = json.loads(text, parse_constant=_no_number, parse_float=_number, object_pairs_hook=_once)
    except json.JSONDecodeError as failure:
        at = f"line {failure.lineno}" if where == "file" else where
        raise _of_file(f"is not JSON: {failure.msg}", at) from failure
    except RecursionError as failure:
        raise _of_file("is nested too deep", where) from failure
    except ValueError as failure:
        raise _of_file(str(failure), where) from failure
    _look_at_depth(found, where)
    return found


def _no_number(word: str) -> Any:
    raise ValueError(f"holds {word}, which is no number")


def _number(digits: str) -> float:
    number = float(digits)
    if number in (float("inf"), float("-inf")):
        raise ValueError("holds a number that is too big")
    return number


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("names a field twice in one object")
    return found


def _look_at_depth(found: Any, where: str) -> None:
    """Level by level: nothing here calls itself."""
    level, depth = [found], 0
    while level:
        depth += 1
        if depth > DEEPEST:
            raise _of_file("is nested too deep", where)
        level = [
            inner
            for each in level
            if isinstance(each, dict | list)
            for inner in (each.values() if isinstance(each, dict) else each)
        ]


# Tables -----------------------------------------------------------------------------------------------------------


def _table(text: str, columns: frozenset[str]) -> list[Entry]:
    head = text.split("\n", 1)[0]
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=max(";,", key=head.count), strict=True)
    try:
        names = [name.strip().lower() for name in next(rows, [])]
        _look_at_columns(names, columns)
        return [_entry(names, cells, rows.line_num) for cells in rows if any(cell.strip() for cell in cells)]
    except csv.Error as failure:
        raise _of_file(f"is no table: {failure}", f"line {rows.line_num}") from failure


def _look_at_columns(names: list[str], columns: frozenset[str]) -> None:
    unknown = [name for name in names if name not in columns][:MOST_CELLS]
    if "name" not in names or unknown or len(set(names)) < len(names):
        told = f"; not known: {', '.join(map(repr, unknown))}" if unknown else ""
        raise _of_file(f"must begin with names of columns, each once, and name among them{told}", "line 1")


def _entry(names: list[str], cells: list[str], line: int) -> Entry:
    if len(cells) != len(names):
        raise _of_file(f"has {len(cells)} cells, and the first line has {len(names)}", f"line {line}")
    return Entry(where=f"line {line}", record=dict(zip(names, cells, strict=True)), is_row=True)


# Words ------------------------------------------------------------------------------------------------------------


def clean(value: Any, path: tuple[str | int, ...] = ()) -> tuple[Any, list[tuple[str | int, ...]]]:
    """Without what is null and without spaces in rows; and the paths of words with signs that nobody types."""
    if isinstance(value, str):
        is_strange = any(unicodedata.category(sign) in ("Cc", "Cs") and sign not in PLAIN_SPACE for sign in value)
        strange = [path] if is_strange or not TURNING.isdisjoint(value) else []
        return " ".join(value.split()), strange
    if isinstance(value, dict):
        pairs = [(name, *clean(each, (*path, name))) for name, each in value.items() if each is not None]
        return {name: each for name, each, _strange in pairs}, [one for *_pair, strange in pairs for one in strange]
    if isinstance(value, list):
        items = [clean(each, (*path, number)) for number, each in enumerate(value) if each is not None]
        return [each for each, _strange in items], [one for _item, strange in items for one in strange]
    return value, []
