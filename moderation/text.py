"""What a text must be before it is stored (`clean_text`), and how a post becomes HTML (`render_markdown`)."""

import re
import threading
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import nh3
from django.utils.html import escape
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from moderation.refusals import Code, Refused

if TYPE_CHECKING:
    from bleach.sanitizer import Cleaner
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

# Text of people -------------------------------------------------------------------------------------------------

_LINE_ENDS = re.compile("\r\n?")
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f]")
_SURROGATE = re.compile("[\ud800-\udfff]")
# Characters that are drawn as nothing though they are letters, marks or symbols to Unicode.
_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0") | {chr(c) for c in range(0xFE00, 0xFE10)}
# NFC makes at most four code points into one; what is longer than that by far is never normalised.
_LONGEST_FOLD = 4


def clean_text(value: object, *, limit: int) -> str:
    """`value` as it is stored: NFC, line ends as LF, tabs as spaces, ends stripped.

    Raises Refused "bad_command" (no text, blank, control characters, lone surrogates) or "too_long" (over `limit`
    code points).
    """
    if not isinstance(value, str) or _SURROGATE.search(value):
        raise Refused(Code.BAD_COMMAND)
    text = _LINE_ENDS.sub("\n", value).replace("\t", " ")
    if _CONTROL.search(text):
        raise Refused(Code.BAD_COMMAND)
    text = text.strip()
    if len(text) <= limit * _LONGEST_FOLD:
        text = unicodedata.normalize("NFC", text).strip()
    if len(text) > limit:
        raise Refused(
            Code.TOO_LONG, format_lazy(_("{count} characters; the limit is {limit}."), count=len(text), limit=limit)
        )
    if all(_is_drawn_as_nothing(char) for char in text):
        raise Refused(Code.BAD_COMMAND)
    return text


def _is_drawn_as_nothing(char: str) -> bool:
    return char in _INVISIBLE or unicodedata.category(char) in {"Zs", "Zl", "Zp", "Cf", "Cc"}


def render_plain(text: str) -> str:
    """What a young person wrote as HTML: paragraphs and line ends, nothing else of it means anything."""
    paragraphs = (part.strip("\n") for part in re.split(r"\n{2,}", text))
    return "\n".join(f"<p>{escape(part).replace(chr(10), '<br>')}</p>" for part in paragraphs if part.strip())


# Markdown of posts ----------------------------------------------------------------------------------------------

MAX_SOURCE = 50_000
# Deeper than anyone writes. Both sanitisers and the browser build a tree, and bleach's time grows with its square.
MAX_DEPTH = 12
# More than a long post has; bleach's time grows with their square, too.
MAX_TAGS = 3000
# Looking for the end of a link, the Markdown parser's time grows with the square of open brackets.
MAX_BRACKETS = 600

TAGS = frozenset(
    {"p", "br", "hr", "strong", "em", "s", "blockquote", "ul", "ol", "li", "code", "pre", "h2", "h3", "h4", "a", "img"}
)
MEDIA_PATH = "/media/"
REL = "noopener noreferrer nofollow"
# Only our own headings are of the first level: a post starts one below.
_HEADINGS = {"h1": "h2", "h2": "h3", "h3": "h4", "h4": "h4", "h5": "h4", "h6": "h4"}
_OWN_PATH = re.compile(r"/[\w.~%!$&'()*+,;=:@/-]*(?:\?[\w.~%!$&'()*+,;=:@/?-]*)?(?:#[\w.~%-]*)?", re.ASCII)
_PICTURE = re.compile(rf"{MEDIA_PATH}[\w-][\w./-]*\.(?:png|jpe?g|webp|avif|gif)", re.ASCII)
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])", re.ASCII)
_LOCAL_HOSTS = (".localhost", ".local", ".internal", ".localdomain", ".arpa", ".home", ".lan", ".onion", ".test")
# Another host, the way up, and what a server may decode into one of them.
_TREACHEROUS = re.compile(r"//|\.\.|%(?:[01][0-9a-f]|7f|5c|2f|2e)", re.IGNORECASE)


def render_markdown(source: str) -> str:
    """The Markdown of a post as HTML that is safe to show: plain tags, links to https and own pages, own pictures.

    Render once, when the post is written. Raises Refused "too_long" over MAX_SOURCE code points.
    """
    if len(source) > MAX_SOURCE:
        raise Refused(
            Code.TOO_LONG,
            format_lazy(_("{count} characters; the limit is {limit}."), count=len(source), limit=MAX_SOURCE),
        )
    text = _CONTROL.sub("", _SURROGATE.sub("\ufffd", _LINE_ENDS.sub("\n", source).replace("\t", "    ")))
    parser = _parser()
    tokens = list(_Plain().of(parser.parse(_with_few_brackets(text))))
    html = parser.renderer.render(tokens, parser.options, {})
    return sanitise(html)


def sanitise(html: str) -> str:
    """The same HTML with nothing but what a post may hold.

    bleach was asked for and has no further releases, not even for security; nh3 reads after it with a parser of its
    own. What only one of them would let through does not pass.
    """
    return _second_pass(_first_pass(html))


def is_safe_link(url: str) -> bool:
    """Whether a post may point there: https to a named host without user name or port, or a path of this site."""
    if not url.isascii() or not url.isprintable() or " " in url or "\\" in url or len(url) > 2000:
        return False
    if url.startswith("/"):
        return bool(_OWN_PATH.fullmatch(url)) and not _TREACHEROUS.search(url)
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    host = parts.netloc.lower()
    return parts.scheme == "https" and bool(_HOST.fullmatch(host)) and not host.endswith(_LOCAL_HOSTS)


def is_own_picture(url: str) -> bool:
    """Whether it is a picture from this site's own storage, which re-encodes what it takes in."""
    return bool(_PICTURE.fullmatch(url)) and not _TREACHEROUS.search(url)


def _with_few_brackets(text: str) -> str:
    pieces = text.split("[", MAX_BRACKETS)
    pieces[-1] = pieces[-1].replace("[", "\\[") if len(pieces) > MAX_BRACKETS else pieces[-1]
    return "[".join(pieces)


class _Plain:
    """The tokens of one post without what nests too deep, unsafe links and foreign pictures; their words stay."""

    def __init__(self) -> None:
        self._tags = 0

    def of(self, tokens: "list[Token]", depth: int = 0) -> "Iterator[Token]":
        dropped: list[bool] = []
        for token in tokens:
            if token.nesting == 1:
                dropped.append(not self._may_open(token, depth + len(dropped)))
                if dropped[-1]:
                    continue
            elif token.nesting == -1 and dropped.pop():
                continue
            if token.type in {"heading_open", "heading_close"}:
                token.tag = _HEADINGS[token.tag]
            elif token.type == "image" and not is_own_picture(str(token.attrs.get("src", ""))):
                token.type, token.tag, token.attrs, token.children = "text", "", {}, None
            if token.children:
                token.children = list(self.of(token.children, depth + len(dropped)))
            yield token

    def _may_open(self, token: "Token", depth: int) -> bool:
        self._tags += 1
        is_unsafe = token.type == "link_open" and not is_safe_link(str(token.attrs.get("href", "")))
        return depth < MAX_DEPTH and self._tags <= MAX_TAGS and not is_unsafe


def _may_stay(tag: str, name: str, value: str) -> bool:
    if tag == "a":
        return (name == "href" and is_safe_link(value)) or (name == "rel" and value == REL)
    if tag == "img":
        return (name == "src" and is_own_picture(value)) or name == "alt"
    return tag == "ol" and name == "start" and value.isascii() and value.isdigit() and len(value) < 6


@cache
def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt  # here, as bleach below: every process reads this file, and few render a post

    parser = MarkdownIt("js-default", {"html": False, "linkify": False, "typographer": False, "maxNesting": MAX_DEPTH})
    parser.disable(["table", "linkify", "replacements", "smartquotes"])
    parser.options["langPrefix"] = ""
    parser.validateLink = lambda url: True  # type: ignore[method-assign]  # `_Plain` judges links, and keeps their words
    return parser


_CLEANERS = threading.local()  # a Cleaner is not safe to share between threads


def _first_pass(html: str) -> str:
    if not hasattr(_CLEANERS, "cleaner"):
        _CLEANERS.cleaner = _make_cleaner()
    return str(_CLEANERS.cleaner.clean(html))


def _make_cleaner() -> "Cleaner":
    from bleach.sanitizer import Cleaner

    return Cleaner(tags=TAGS, attributes=_may_stay, protocols={"https"}, strip=True, strip_comments=True)


def _second_pass(html: str) -> str:
    return nh3.clean(
        html,
        tags=set(TAGS),
        clean_content_tags={"script", "style"},
        attributes={"a": {"href"}, "img": {"src", "alt"}, "ol": {"start"}},
        attribute_filter=lambda tag, name, value: value if _may_stay(tag, name, value) or name == "rel" else None,
        url_schemes={"https"},
        link_rel=REL,
        strip_comments=True,
    )
