"""The look, as numbers: contrast of every colour on every ground it stands on, both themes alike, small on the wire."""

import gzip
import re
from itertools import product
from pathlib import Path

import pytest
from django.conf import settings

from config.pages import SHEETS, stylesheet_text

CSS: Path = settings.BASE_DIR / "static" / "css"
TOKENS = (CSS / "tokens.css").read_text("utf-8")
THEMES = ["light", "dark"]

GROUNDS = ("ground", "surface", "sunken")
# (text, what it stands on): at least 7:1.
TEXTS = [
    *product(("ink", "ink-soft", "link"), (*GROUNDS, "lamp-soft")),
    *product(("danger",), ("ground", "surface")),
    ("surface", "danger"),
    ("action-ink", "action"),
    ("action-ink", "action-strong"),
    ("quiet-ink", "quiet"),
    ("ink", "quiet"),
    ("lamp-ink", "lamp"),
    ("dusk-ink", "dusk"),
    ("dusk-soft", "dusk"),
    ("exit-ink", "exit"),
    ("hush-ink", "hush"),
    ("hush", "hush-line"),
]
# (edge, what it stands out from): at least 3:1.
EDGES = [
    *product(("line", "focus"), GROUNDS),
    *product(("action", "exit-line", "mark"), ("ground",)),
    ("action", "sunken"),
    ("danger", "surface"),
    *product(("hush-line",), (*GROUNDS, "hush")),
]
# Colours that carry nothing a reader needs.
DECORATION = {"hairline", "focus-halo", "shape-1", "shape-2", "shape-3", "shape-4", "shape-5"}


def block(opening: str) -> dict[str, str]:
    """The tokens of the first rule that begins with `opening`."""
    body = TOKENS[TOKENS.index(opening) + len(opening) :].split("}")[0]
    return dict(re.findall(r"--([\w-]+):\s*([^;]+);", body))


LIGHT = block(":root {")
BY_SYSTEM = block(':root:not([data-theme="light"]) {')
BY_CHOICE = block(':root[data-theme="dark"] {')
COLOURS = {"light": LIGHT, "dark": {**LIGHT, **BY_CHOICE}}


def luminance(colour: str) -> float:
    """Relative luminance of "#rrggbb" (WCAG 2.2)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_counted_as_the_standard_counts_it() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("text, ground", TEXTS)
def test_text_stands_out_seven_to_one(theme: str, text: str, ground: str) -> None:
    assert contrast(COLOURS[theme][text], COLOURS[theme][ground]) >= 7


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("edge, ground", EDGES)
def test_edges_and_focus_stand_out_three_to_one(theme: str, edge: str, ground: str) -> None:
    assert contrast(COLOURS[theme][edge], COLOURS[theme][ground]) >= 3


def test_no_colour_is_left_out_of_these_pairs() -> None:
    named = {name for pair in [*TEXTS, *EDGES] for name in pair} | DECORATION
    assert {name for name, value in LIGHT.items() if value.startswith("#")} == named


def test_dark_is_the_same_by_the_systems_wish_and_by_choice() -> None:
    assert BY_SYSTEM == BY_CHOICE


def test_every_token_that_is_used_exists_and_every_one_that_exists_is_used() -> None:
    sources = [path.read_text("utf-8") for path in CSS.glob("*.css")]
    own = {name for text in sources for name in re.findall(r"(?<![\w(])--([\w-]+)\s*:", text)}
    used = {name for text in sources for name in re.findall(r"var\(--([\w-]+)\)", text)}
    assert sorted(used - own) == []
    assert sorted(set(LIGHT) - used) == []


@pytest.mark.parametrize("sheet", sorted(path.name for path in CSS.glob("*.css") if path.name != "tokens.css"))
def test_colours_are_named_in_one_place(sheet: str) -> None:
    assert re.findall(r"#[0-9a-f]{3,8}\b", (CSS / sheet).read_text("utf-8"), flags=re.IGNORECASE) == []


def test_the_sheet_of_every_page_is_within_its_budget() -> None:
    assert len(gzip.compress(stylesheet_text().encode())) <= 12 * 1024


def test_the_sheet_holds_its_four_files_in_the_order_of_the_layers() -> None:
    text = stylesheet_text()
    places = [text.index((CSS / f"{name}.css").read_text("utf-8")) for name in SHEETS]
    assert places == sorted(places)
    assert "@layer tokens, base, layout, parts, utilities;" in text[: places[1]]
