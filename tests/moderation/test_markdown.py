"""What a post becomes: plain tags, safe links, own pictures, and nothing that runs (T18)."""

from html.parser import HTMLParser
from pathlib import Path

import nh3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moderation import text
from moderation.refusals import Refused
from moderation.text import is_own_picture, is_safe_link, render_markdown, sanitise

PAYLOADS = (Path(__file__).parent / "data" / "xss.txt").read_text(encoding="utf-8").splitlines()
ALLOWED = {
    **dict.fromkeys(("p", "br", "hr", "strong", "em", "s", "blockquote", "ul", "li", "code", "pre"), frozenset()),
    **dict.fromkeys(("h2", "h3", "h4"), frozenset()),
    "ol": {"start"},
    "a": {"href", "rel"},
    "img": {"src", "alt"},
}


class Strict(HTMLParser):
    """Reads a page as severely as can be and keeps a list of what is not allowed in it."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.wrong: list[str] = []
        self.tags: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in ALLOWED:
            self.wrong.append(f"<{tag}>")
            return
        names = {name for name, _value in attrs}
        self.wrong.extend(f"{tag} {name}" for name in names - ALLOWED[tag])
        given_values = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in names:
            href = given_values["href"]
            own = href.startswith("/") and not href.startswith(("//", "/\\"))
            if not (own or href.startswith("https://")) or given_values.get("rel") != "noopener noreferrer nofollow":
                self.wrong.append(f"a {attrs}")
        if tag == "img" and "src" in names and not given_values["src"].startswith("/media/"):
            self.wrong.append(f"img {attrs}")

    def handle_comment(self, data: str) -> None:
        self.wrong.append(f"<!--{data}")

    def handle_decl(self, decl: str) -> None:
        self.wrong.append(f"<!{decl}")

    def unknown_decl(self, data: str) -> None:
        self.wrong.append(f"<![{data}")

    def handle_pi(self, data: str) -> None:
        self.wrong.append(f"<?{data}")


def test_the_list_of_payloads_is_long() -> None:
    assert len(set(PAYLOADS)) >= 120


@pytest.mark.parametrize("payload", PAYLOADS)
def test_T18_no_payload_comes_out_active(payload: str) -> None:
    inside = (f"hej **{payload}** du", f"> 1. {payload}\n\n{payload}", f"[a]({payload})", f"![{payload}]({payload})")
    for source in (payload, *inside):
        html = render_markdown(source)
        assert Strict(html).wrong == []
    assert Strict(sanitise(payload)).wrong == []


def test_T18_each_sanitiser_alone_lets_no_payload_through() -> None:
    for payload in PAYLOADS:
        assert Strict(text._second_pass(payload)).wrong == [], payload
        first = text._first_pass(payload)
        # bleach writes no rel, that is nh3's part; all else must stand by itself.
        assert [wrong for wrong in Strict(first).wrong if not wrong.startswith("a [('href', ")] == [], payload


def test_a_post_keeps_its_form() -> None:
    html = render_markdown(
        "# Velkommen\n\nHej *du* og **du**, ~~ikke~~ her.\n\n- et\n- to\n\n3. tre\n\n> citat\n\n`kode`\n\n---\n\n"
        "[Livslinien](https://www.livslinien.dk/chat?a=1&b=2) og [hjælp](/hjaelp/)\n\n![Et træ](/media/post/trae.webp)"
    )

    assert html == (
        "<h2>Velkommen</h2>\n<p>Hej <em>du</em> og <strong>du</strong>, <s>ikke</s> her.</p>\n"
        '<ul>\n<li>et</li>\n<li>to</li>\n</ul>\n<ol start="3">\n<li>tre</li>\n</ol>\n'
        "<blockquote>\n<p>citat</p>\n</blockquote>\n<p><code>kode</code></p>\n<hr>\n"
        '<p><a href="https://www.livslinien.dk/chat?a=1&amp;b=2" rel="noopener noreferrer nofollow">Livslinien</a> og '
        '<a href="/hjaelp/" rel="noopener noreferrer nofollow">hjælp</a></p>\n'
        '<p><img src="/media/post/trae.webp" alt="Et træ"></p>\n'
    )


def test_a_link_that_is_not_safe_leaves_its_words() -> None:
    assert render_markdown("se [her](javascript:alert(1)) nu") == "<p>se her nu</p>\n"
    assert render_markdown("![et billede](https://evil.example/p.png)") == "<p>et billede</p>\n"


def test_html_in_a_post_is_shown_as_it_was_typed() -> None:
    assert render_markdown("<b>hej</b> & farvel") == "<p>&lt;b&gt;hej&lt;/b&gt; &amp; farvel</p>\n"


def test_the_headings_of_a_post_start_below_the_pages_own() -> None:
    html = render_markdown("# a\n\n## b\n\n### c\n\n#### d\n\n###### e")
    assert Strict(html).tags == ["h2", "h3", "h4", "h4", "h4"]


@pytest.mark.parametrize(
    "url",
    [
        "https://livslinien.dk", "https://www.livslinien.dk/chat/?a=1&b=2#c", "https://xn--brnetelefonen-jnb.dk/",
        "/", "/hjaelp/", "/blog/a-b_c.d/?side=2#svar",
    ],
)  # fmt: skip
def test_a_safe_link_stays(url: str) -> None:
    assert is_safe_link(url)


@pytest.mark.parametrize(
    "url",
    [
        "", "#", "hjaelp/", "//evil.example", "/\\evil.example", "/a//b", "/a/../b", "/a/%2E%2e/b", "/a\nb", "/å",
        "http://a.dk", "HTTPS://a.dk:443", "https://a.dk:8443/", "https://a@b.dk", "https://a.dk@b.dk", "https://localhost",
        "https://a.localhost", "https://nas.local", "https://127.0.0.1", "https://[::1]", "https://2130706433", "https://a",
        "https://a.dk\\@b.dk", "https:a.dk", "https:///a.dk", "javascript:alert(1)", "mailto:a@b.dk", "tel:112",
        "https://a.dk/" + "a" * 2000, "https://\u0430.dk", "https://a.dk\t/x", " https://a.dk", "https://[", "https://-.dk",
    ],
)  # fmt: skip
def test_an_unsafe_link_goes(url: str) -> None:
    assert not is_safe_link(url)


def test_only_pictures_of_our_own_storage_are_shown() -> None:
    assert is_own_picture("/media/a/b-c_1.webp")
    for url in (
        "/media/a.svg",
        "/media/../a.png",
        "/media//a.png",
        "/media/a.png?x",
        "media/a.png",
        "https://x.dk/media/a.png",
    ):
        assert not is_own_picture(url)


@pytest.mark.parametrize(
    "source",
    [
        "*" * 20_000 + "a" + "*" * 20_000,
        ">" * 40_000 + "a",
        "> " * 20 + "a\n" * 3000,
        "[" * 20_000,
        "![" * 10_000,
        "- " * 10_000,
        "<b>" * 4000,
        "**a**" * 10_000,
        "[a](" * 5000,
        "`" * 5000 + " `a" * 5000,
    ],
)
def test_nesting_without_end_is_cut_and_not_followed(source: str) -> None:
    html = render_markdown(source)

    depth = most = 0
    for tag in html.split("<")[1:]:
        depth += -1 if tag.startswith("/") else tag[:2] not in {"br", "hr", "im"}
        most = max(most, depth)
    assert most <= text.MAX_DEPTH + 2
    assert Strict(html).wrong == []


def test_a_post_that_is_far_too_long_is_refused() -> None:
    with pytest.raises(Refused) as caught:
        render_markdown("a" * (text.MAX_SOURCE + 1))
    assert caught.value.code == "too_long"


def test_control_characters_and_halves_of_characters_do_not_come_through() -> None:
    assert render_markdown("a\x00b\x1bc\ud800d\r\ne") == "<p>abc\ufffdd\ne</p>\n"


_SIGNS = "< > / \" ' ` * _ [ ] ( ) ! # & ; : = \\ - | ~ script img a svg style href src onerror javascript x <!-- -->"
_MORE = "<![CDATA[ https://ok.example /media/a.png ]]> &lt; &#106; \u0000 \u2028 å"
_MARKUP = st.sampled_from([*_SIGNS.split(), *_MORE.split(" "), " ", "\n"])


@settings(max_examples=150, deadline=None)
@given(st.lists(_MARKUP, max_size=40).map("".join))
def test_T18_whatever_is_typed_both_sanitisers_agree_that_nothing_is_left(source: str) -> None:
    html = render_markdown(source)

    assert Strict(html).wrong == []
    assert sanitise(html) == html
    # nh3 with its own rules, wider than ours, has nothing to take away either.
    assert nh3.clean(html, link_rel=text.REL) == html


@settings(max_examples=150, deadline=None)
@given(st.lists(_MARKUP, max_size=40).map("".join))
def test_T18_raw_html_is_made_harmless_too(html: str) -> None:
    assert Strict(sanitise(html)).wrong == []
