"""How hard a Danish text is to read: LIX (Björnsson 1968), counted on what a page shows."""

import re
from html.parser import HTMLParser

# The end of one of these ends a sentence: a heading or an item of a list has no full stop.
BLOCKS = {"p", "li", "h1", "h2", "h3", "h4", "dt", "dd", "legend", "label", "button", "summary", "td", "th"}
UNSEEN = {"script", "style", "template", "svg", "title"}
WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*|\d+(?:[.,]\d+)*")
LONG = 6  # letters; a longer word is a long word


class _Main(HTMLParser):
    """Collects the text of <main>, with a full stop after each block."""

    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self.depth = 0
        self.unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.depth += tag == "main"
        self.unseen += tag in UNSEEN

    def handle_endtag(self, tag: str) -> None:
        if tag in BLOCKS:
            self.text.append(".\n")
        self.depth -= tag == "main"
        self.unseen -= tag in UNSEEN

    def handle_data(self, data: str) -> None:
        if self.depth and not self.unseen:
            self.text.append(data)


def text_of(html: str) -> str:
    """What <main> says, as plain text."""
    reader = _Main()
    reader.feed(html)
    return "".join(reader.text)


def sentences(text: str) -> list[str]:
    parts = re.split(r"[.!?:](?=\s|$)|\n\s*\n", text)
    return [part.strip() for part in parts if WORD.search(part)]


def lix(text: str) -> float:
    """Words per sentence plus per cent of long words. Up to 24 is very easy, 25 to 34 easy."""
    words = WORD.findall(text)
    long = [word for word in words if len(word) > LONG]
    return len(words) / len(sentences(text)) + 100 * len(long) / len(words)


def longest_sentence(text: str) -> str:
    return max(sentences(text), key=lambda sentence: len(WORD.findall(sentence)))


def length(sentence: str) -> int:
    return len(WORD.findall(sentence))
