"""How a text becomes the headline and the opening that a list shows."""

import re

LONGEST_TITLE = 80
LONGEST_OPENING = 160


def headline(text: str, *, title: str = "") -> tuple[str, str]:
    """The title, and how the text goes on after it. Without `title` it is the first line, or as much as fits."""
    flat = re.sub(r"\s+", " ", text).strip()
    if title:
        return _cut(re.sub(r"\s+", " ", title).strip(), LONGEST_TITLE)[0], _cut(flat, LONGEST_OPENING)[0]
    first = re.sub(r"\s+", " ", text.strip().split("\n", 1)[0]).strip()
    found, used = _cut(first, LONGEST_TITLE)
    return found, _cut(flat[used:].strip(), LONGEST_OPENING)[0]


def _cut(text: str, limit: int) -> tuple[str, int]:
    """`text` within `limit` code points, cut after a word and marked so; and how much of it was used."""
    if len(text) <= limit:
        return text, len(text)
    cut = text[: limit - 1]
    at = cut.rfind(" ")
    used = at if at > limit // 2 else len(cut)
    return f"{text[:used].rstrip(' ,;:.-')}…", used
